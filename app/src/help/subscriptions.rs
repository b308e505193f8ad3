//! Where the account is told of what happens: those there are, and the form for one more.

use cluster_api::{
    Cluster, ClusterId, EventKind, HelpRule, Problem, Subscribe as Wanted, Subscription, Target,
    Topic,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use super::{new_ticket_page::cluster_choice, server_fns::Subscribe};
use crate::{
    paths, says, t,
    ui::{
        field::{describedby, field, form_error, invalid},
        icon::icon,
        said::said,
        submit::{Submit, submit},
    },
};

/// What can be told, in the order in which it is offered.
const TOPICS: [Topic; 9] = [
    Topic::Event(EventKind::Failed),
    Topic::Event(EventKind::Lost),
    Topic::Event(EventKind::Finished),
    Topic::TICKET,
    Topic::Event(EventKind::Requested),
    Topic::Event(EventKind::Started),
    Topic::Event(EventKind::Done),
    Topic::Event(EventKind::Retrying),
    Topic::Event(EventKind::Noticed),
];

/// What is offered unless something else is chosen: what needs somebody.
const OFFERED: [&str; 3] = ["failed", "lost", "ticket"];

/// The words for a topic.
pub(super) fn topic_words(topic: Topic) -> String {
    match topic {
        Topic::Event(EventKind::Requested) => t!("topic-requested"),
        Topic::Event(EventKind::Started) => t!("topic-started"),
        Topic::Event(EventKind::Done) => t!("topic-done"),
        Topic::Event(EventKind::Retrying) => t!("topic-retrying"),
        Topic::Event(EventKind::Finished) => t!("topic-finished"),
        Topic::Event(EventKind::Failed) => t!("topic-failed"),
        Topic::Event(EventKind::Noticed) => t!("topic-noticed"),
        Topic::Event(EventKind::Lost) => t!("topic-lost"),
        Topic::Ticket(_) => t!("topic-ticket"),
    }
}

/// The words for the kind of a delivery.
pub(super) fn kind_words(kind: &str) -> String {
    TOPICS
        .into_iter()
        .find(|topic| topic.as_str() == kind)
        .map_or_else(
            || {
                if kind == "test" {
                    t!("topic-test")
                } else {
                    kind.to_owned()
                }
            },
            topic_words,
        )
}

/// All that a subscription is told.
pub(super) fn topics_words(topics: &[Topic]) -> String {
    if topics.is_empty() {
        return t!("topics-all");
    }
    let words: Vec<_> = topics.iter().copied().map(topic_words).collect();
    words.join(", ")
}

/// The word for how it is told.
pub(super) fn target_word(target: &Target) -> String {
    match target {
        Target::Webhook { .. } => t!("target-webhook"),
        Target::Mail { .. } => t!("target-mail"),
    }
}

/// Which clusters it is about.
pub(super) fn scope_words(subscription: &Subscription, clusters: &[Cluster]) -> String {
    match subscription.cluster_id {
        Some(id) => cluster_name(id, clusters),
        None if subscription.all_accounts => t!("subscription-everybody"),
        None => t!("subscription-all-clusters"),
    }
}

/// The name of a cluster, or its id when it is not one of the account's any more.
fn cluster_name(id: ClusterId, clusters: &[Cluster]) -> String {
    let known = clusters.iter().find(|cluster| cluster.id == id);
    known.map_or_else(|| id.to_string(), |cluster| cluster.name.to_string())
}

/// Whether anything is sent: a badge.
pub(super) fn enabled_badge(subscription: &Subscription) -> AnyView {
    let (class, shape, word) = if subscription.enabled {
        ("status good", "ok", t!("on"))
    } else if subscription.note.is_some() {
        ("status bad", "bad", t!("off"))
    } else {
        ("status gone", "none", t!("off"))
    };
    view! {
        <span class=class>
            {icon(shape, "")}
            {word}
        </span>
    }
    .into_any()
}

/// The form for a subscription, as it was filled in. There is no secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// `webhook` or `mail`.
    pub kind: String,
    /// The URL or the mail address.
    pub place: String,
    /// The names of topics.
    pub events: Vec<String>,
    /// The id of the one cluster it is about, or nothing.
    pub cluster: String,
    /// Whether it is about everybody's clusters.
    pub everybody: bool,
}

impl Draft {
    fn from_address(query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).unwrap_or_default();
        let events = if query.get_str("kind").is_some() {
            query.get_all("event").unwrap_or_default()
        } else {
            OFFERED.map(ToOwned::to_owned).to_vec()
        };
        Self {
            kind: get("kind"),
            place: get("place"),
            events,
            cluster: get("cluster"),
            everybody: query.get_str("everybody").is_some(),
        }
    }

    /// The page with the form as it was filled in.
    #[must_use]
    pub fn address(&self) -> String {
        let mut pairs = vec![("kind", &*self.kind), ("place", &*self.place)];
        pairs.extend(self.events.iter().map(|event| ("event", &**event)));
        pairs.push(("cluster", &self.cluster));
        if self.everybody {
            pairs.push(("everybody", "on"));
        }
        format!("{}#subscribe", paths::with_query(paths::HELP, &pairs))
    }

    /// The subscription that is wanted. All topics are the same as none: whatever there will be.
    ///
    /// # Errors
    /// A topic that there is not. The control plane looks at the rest.
    pub fn wanted(&self, cluster_id: Option<ClusterId>) -> Result<Wanted, Problem> {
        let topic = |name: &String| TOPICS.into_iter().find(|topic| topic.as_str() == name);
        let events: Option<Vec<_>> = self.events.iter().map(topic).collect();
        let rule = HelpRule::Events;
        let mut events = events.ok_or(Problem::Help { rule })?;
        if events.len() == TOPICS.len() {
            events.clear();
        }
        let place = self.place.trim().to_owned();
        let target = match &*self.kind {
            "mail" => Target::Mail { address: place },
            _ => Target::Webhook { url: place },
        };
        Ok(Wanted {
            target,
            events,
            cluster_id,
            all_accounts: self.everybody,
        })
    }
}

/// The panel with the subscriptions.
pub(super) fn subscriptions_panel(all: &[Subscription], clusters: &[Cluster]) -> AnyView {
    let list = if all.is_empty() {
        view! { <p class="body quiet">{t!("subscriptions-none")}</p> }.into_any()
    } else {
        table(all, clusters)
    };
    view! {
        <section class="panel" id="subscriptions" aria-labelledby="subscriptions-title">
            <header>
                <h2 id="subscriptions-title">{t!("subscriptions")}</h2>
                <div class="end">
                    <a class="btn" href="#subscribe">
                        {icon("plus", "")}
                        {t!("subscribe")}
                    </a>
                </div>
            </header>
            {list}
        </section>
    }
    .into_any()
}

fn table(all: &[Subscription], clusters: &[Cluster]) -> AnyView {
    let rows: Vec<_> = all
        .iter()
        .map(|it| {
            view! {
                <tr id=format!("subscription-{}", it.id)>
                    <th scope="row">
                        <a class="place" href=paths::subscription(it.id)>
                            {it.target.place().to_owned()}
                        </a>
                    </th>
                    <td>{target_word(&it.target)}</td>
                    <td>{enabled_badge(it)}</td>
                    <td>{scope_words(it, clusters)}</td>
                    <td class="wraps">{topics_words(&it.events)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="table" role="region" aria-label=t!("subscriptions-table") tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("subscription-place")}</th>
                        <th scope="col">{t!("subscription-kind")}</th>
                        <th scope="col">{t!("status")}</th>
                        <th scope="col">{t!("subscription-clusters")}</th>
                        <th scope="col">{t!("subscription-events")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The form for one more.
pub(super) fn subscribe_panel(clusters: &[Cluster], is_admin: bool) -> AnyView {
    let draft = use_query_map().with_untracked(Draft::from_address);
    let problem = said(Subscribe::PATH);
    let of_place = matches!(
        problem,
        Some(Problem::Help {
            rule: HelpRule::Url | HelpRule::PrivateUrl | HelpRule::MailAddress | HelpRule::NoMail,
        })
    );
    let words = problem.map(says::problem);
    let (place_error, error) = if of_place {
        (words, None)
    } else {
        (None, words)
    };
    let kinds = [
        ("webhook", t!("target-webhook"), t!("target-webhook-hint")),
        ("mail", t!("target-mail"), t!("target-mail-hint")),
    ]
    .map(|(kind, word, hint)| {
        let checked = draft.kind == kind || (kind == "webhook" && draft.kind != "mail");
        view! {
            <label class="choice">
                <input type="radio" name="kind" value=kind checked=checked/>
                <span>
                    <b>{word}</b>
                    <span class="small quiet">{hint}</span>
                </span>
            </label>
        }
    });
    let place = view! {
        <input
            id="place"
            name="place"
            type="text"
            inputmode="url"
            required
            maxlength="2000"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            value=draft.place.clone()
            aria-describedby=describedby("place")
            aria-invalid=invalid(place_error.as_ref())
        />
    };
    let topics = TOPICS.map(|topic| {
        let name = topic.as_str();
        let checked = draft.events.iter().any(|event| event == name);
        view! {
            <label class="tick">
                <input type="checkbox" name="events[]" value=name checked=checked/>
                {topic_words(topic)}
            </label>
        }
    });
    let everybody = is_admin.then(|| {
        view! {
            <label class="tick">
                <input type="checkbox" name="everybody" value="on" checked=draft.everybody/>
                {t!("subscription-everybody")}
            </label>
        }
    });
    let cluster = cluster_choice(
        "subscription-cluster",
        t!("subscription-all-clusters"),
        clusters,
        &draft.cluster,
    );
    view! {
        <section class="panel" id="subscribe" aria-labelledby="subscribe-title">
            <header>
                <h2 id="subscribe-title">{t!("subscribe-title")}</h2>
            </header>
            <form method="post" action=Subscribe::url() class="body form">
                {form_error(error)}
                <fieldset class="choices three">
                    <legend>{t!("subscription-kind")}</legend>
                    {kinds}
                </fieldset>
                {field("place", t!("subscription-place"), Some(t!("subscription-place-hint")), place_error, place)}
                <fieldset class="ticks">
                    <legend>{t!("subscription-events")}</legend>
                    {topics}
                    <p class="hint">{t!("subscription-events-hint")}</p>
                </fieldset>
                {field("subscription-cluster", t!("subscription-clusters"), None, None, cluster)}
                {everybody}
                <div class="acts">
                    {submit(Submit {
                        label: t!("subscribe"),
                        busy: t!("subscribing"),
                        class: "btn main",
                        ..Submit::default()
                    })}
                </div>
            </form>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(kind: &str, events: &[&str]) -> Draft {
        Draft {
            kind: kind.to_owned(),
            place: " https://example.com/hook ".to_owned(),
            events: events.iter().map(|&it| it.to_owned()).collect(),
            cluster: String::new(),
            everybody: true,
        }
    }

    #[test]
    fn what_is_wanted_is_what_was_filled_in() {
        let wanted = draft("webhook", &["failed", "ticket"])
            .wanted(None)
            .unwrap();
        assert_eq!(wanted.target.place(), "https://example.com/hook");
        assert_eq!(
            wanted.events,
            [Topic::Event(EventKind::Failed), Topic::TICKET]
        );
        assert!(wanted.all_accounts);
        let all = TOPICS.map(Topic::as_str);
        assert_eq!(draft("mail", &all).wanted(None).unwrap().events, []);
        assert_eq!(
            draft("webhook", &["everything"]).wanted(None),
            Err(Problem::Help {
                rule: HelpRule::Events
            })
        );
    }

    #[test]
    fn a_refused_form_comes_back_as_it_was() {
        assert_eq!(
            draft("mail", &["failed", "lost"]).address(),
            "/help?kind=mail&place=%20https%3A%2F%2Fexample.com%2Fhook%20&event=failed&event=lost\
             &everybody=on#subscribe"
        );
    }
}
