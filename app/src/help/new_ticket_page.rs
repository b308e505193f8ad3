//! The form for a ticket by hand.

use cluster_api::{Cluster, HelpRule, Problem, RequestId};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use secrecy::ExposeSecret;

use super::server_fns::OpenTicket;
use crate::{
    answer::revealed,
    layout::frame::{Page, signed_in},
    paths, says, t,
    ui::{
        field::{describedby, field, form_error, invalid},
        said::said,
        submit::{Submit, submit},
    },
};

/// A longer text does not go back into the address of a refused form, in bytes.
const MOST_IN_ADDRESS: usize = 2_000;

/// The form as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What it is about, in one line.
    pub subject: String,
    /// The first note.
    pub text: String,
    /// The id of the cluster it is about, or nothing.
    pub cluster: String,
    /// The id of the request that failed, or nothing.
    pub request: String,
}

impl Draft {
    fn from_address(query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).unwrap_or_default();
        Self {
            subject: get("subject"),
            text: get("text"),
            cluster: get("cluster"),
            request: get("request"),
        }
    }

    /// Whether the text is too long for an address.
    #[must_use]
    pub const fn is_long(&self) -> bool {
        self.text.len() > MOST_IN_ADDRESS
    }

    /// The page with the form as it was filled in. A long text is left out.
    #[must_use]
    pub fn address(&self) -> String {
        let text = if self.is_long() { "" } else { &self.text };
        paths::with_query(
            paths::NEW_TICKET,
            &[
                ("cluster", &self.cluster),
                ("request", &self.request),
                ("subject", &self.subject),
                ("text", text),
            ],
        )
    }

    /// The request that failed; anything that is no such id does not count.
    fn request_id(&self) -> Option<RequestId> {
        self.request.parse().ok()
    }

    /// The text of the first note, with the request that failed as its last line.
    #[must_use]
    pub fn whole_text(&self) -> String {
        match self.request_id() {
            Some(id) if !self.text.trim().is_empty() => {
                let line = t!("ticket-request-line", id = id.to_string());
                format!("{}\n\n{line}", self.text.trim_end())
            }
            _ => self.text.clone(),
        }
    }
}

/// Asks what help is needed.
#[component]
pub fn NewTicketPage() -> AnyView {
    let mut draft = use_query_map().with_untracked(Draft::from_address);
    let problem = said(OpenTicket::PATH);
    signed_in(move |frame| async move {
        crate::dashboard::needs(cluster_api::Offer::Help)?;
        if let Some(text) = revealed().await?.and_then(|it| it.secret) {
            text.expose_secret().clone_into(&mut draft.text);
        }
        let body = view! {
            <nav class="crumbs" aria-label=t!("crumbs")>
                <a href=paths::HELP>{t!("nav-help")}</a>
                <span aria-hidden="true">"/"</span>
                <span aria-current="page">{t!("help-open-ticket")}</span>
            </nav>
            <div class="head">
                <h1>{t!("help-open-ticket")}</h1>
            </div>
            {form(&draft, &frame.known.snapshot.clusters, problem)}
        };
        Ok(Page::new(t!("help-open-ticket"), body))
    })
}

fn form(draft: &Draft, clusters: &[Cluster], problem: Option<Problem>) -> AnyView {
    let words = problem.map(says::problem);
    let (subject_error, text_error, error) = match problem {
        Some(Problem::Help {
            rule: HelpRule::Subject,
        }) => (words, None, None),
        Some(Problem::Help {
            rule: HelpRule::Note,
        }) => (None, words, None),
        _ => (None, None, words),
    };
    let subject = view! {
        <input
            id="subject"
            name="subject"
            type="text"
            required
            autofocus
            maxlength="200"
            autocomplete="off"
            value=draft.subject.clone()
            aria-describedby=describedby("subject")
            aria-invalid=invalid(subject_error.as_ref())
        />
    };
    let text = view! {
        <textarea
            id="text"
            name="text"
            rows="8"
            required
            maxlength="9900"
            aria-describedby=describedby("text")
            aria-invalid=invalid(text_error.as_ref())
        >
            {draft.text.clone()}
        </textarea>
    };
    let request = draft.request_id().map(|id| {
        view! {
            <input type="hidden" name="request" value=id.to_string()/>
            <p class="quiet">{t!("ticket-with-request")} " " <code>{id.to_string()}</code></p>
        }
    });
    let cluster = cluster_choice("cluster", t!("ticket-no-cluster"), clusters, &draft.cluster);
    view! {
        <section class="panel">
            <form method="post" action=OpenTicket::url() class="body form">
                {form_error(error)}
                {field("subject", t!("ticket-subject"), Some(t!("ticket-subject-hint")), subject_error, subject)}
                {field("cluster", t!("ticket-cluster"), None, None, cluster)}
                {field("text", t!("ticket-text"), Some(t!("ticket-text-hint")), text_error, text)}
                {request}
                <div class="acts">
                    {submit(Submit {
                        label: t!("help-open-ticket"),
                        busy: t!("ticket-opening"),
                        class: "btn main",
                        ..Submit::default()
                    })}
                    <a class="btn" href=paths::HELP>
                        {t!("cancel")}
                    </a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// More clusters than that are not chosen from, but named.
const MOST_CHOICES: usize = 100;

/// A choice between the clusters of the account, and none of them.
pub(super) fn cluster_choice(
    id: &'static str,
    none: String,
    clusters: &[Cluster],
    chosen: &str,
) -> AnyView {
    if clusters.len() > MOST_CHOICES {
        let named = (clusters.iter()).find(|it| it.id.to_string() == chosen);
        let value = named.map_or_else(|| chosen.to_owned(), |it| it.name.to_string());
        return view! {
            <input
                id=id
                name="cluster"
                type="text"
                maxlength="100"
                autocapitalize="none"
                spellcheck="false"
                value=value
                placeholder=none
            />
        }
        .into_any();
    }
    let options: Vec<_> = clusters
        .iter()
        .map(|cluster| {
            let id = cluster.id.to_string();
            let selected = id == chosen;
            view! {
                <option value=id selected=selected>
                    {cluster.name.to_string()}
                </option>
            }
        })
        .collect();
    view! {
        <select id=id name="cluster">
            <option value="">{none}</option>
            {options}
        </select>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str, request: &str) -> Draft {
        Draft {
            subject: "no network & more".to_owned(),
            text: text.to_owned(),
            cluster: String::new(),
            request: request.to_owned(),
        }
    }

    #[test]
    fn a_refused_form_comes_back_unless_it_is_too_long_for_an_address() {
        assert_eq!(
            draft("why?", "").address(),
            "/help/tickets/new?subject=no%20network%20%26%20more&text=why%3F"
        );
        let long = draft(&"x".repeat(10_000), "");
        assert_eq!(
            long.address(),
            "/help/tickets/new?subject=no%20network%20%26%20more"
        );
    }

    #[test]
    fn a_request_is_named_in_the_text_if_it_is_one() {
        let id = "0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1";
        assert_eq!(
            draft("why?\n", id).whole_text(),
            format!("why?\n\nRequest id: {id}")
        );
        assert_eq!(draft("why?", "<b>").whole_text(), "why?");
        assert_eq!(draft("", id).whole_text(), "");
    }
}
