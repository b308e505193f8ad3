//! One ticket with its conversation.

use cluster_api::{HelpRule, Problem, TicketId, TicketNote, TicketState, TicketStory};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;
use secrecy::{ExposeSecret, SecretString};

use super::{
    server_fns::{SetTicket, WriteNote},
    tickets::{state_badge, subject},
};
use crate::{
    answer::revealed,
    dashboard::ask,
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, says, t,
    ui::{
        field::{describedby, field, form_error, invalid},
        said::said,
        submit::{Submit, submit},
    },
    when::ago,
};

/// How often it is brought up to date, in seconds: no stream tells of notes.
const EVERY_S: u32 = 10;

/// What was asked and answered, and the form to go on with.
#[component]
pub fn TicketPage() -> AnyView {
    let id: Option<TicketId> = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let refused = said(SetTicket::PATH).map(says::problem);
    let note_refused = said(WriteNote::PATH).map(says::problem);
    signed_in(move |frame| async move {
        crate::dashboard::needs(cluster_api::Offer::Help)?;
        let rule = HelpRule::NoTicket;
        let id = id.ok_or(AppError(Problem::Help { rule }))?;
        let typed = revealed().await?.and_then(|it| it.secret);
        let story = ask(|up| async move { up.control_plane.ticket(&up.token, id).await }).await?;
        // Who helps somebody else answers; who asks goes on asking.
        let helps = frame.user.is_admin && story.ticket.account != frame.user.username;
        let title = subject(&story.ticket);
        let body = view! {
            <nav class="crumbs" aria-label=t!("crumbs")>
                <a href=paths::HELP>{t!("nav-help")}</a>
                <span aria-hidden="true">"/"</span>
                <span aria-current="page">{title.clone()}</span>
            </nav>
            <div class="head">
                <h1>{title.clone()}</h1>
                {state_badge(story.ticket.state)}
                <div class="end">{set_form(&story)}</div>
            </div>
            {form_error(refused)}
            {facts(&story)}
            {notes(&story.notes)}
            {reply(id, helps, typed, note_refused)}
        };
        Ok(Page::new(title, body).every(EVERY_S))
    })
}

fn facts(story: &TicketStory) -> AnyView {
    let ticket = &story.ticket;
    let cluster = ticket.cluster.as_ref().map(|cluster| {
        view! {
            <dt>{t!("ticket-cluster")}</dt>
            <dd>
                <a href=paths::cluster(cluster.id)>{cluster.name.clone()}</a>
                <a href=paths::support(cluster.id) download="">
                    {t!("error-support-bundle")}
                </a>
            </dd>
        }
    });
    let by = ticket
        .opened_by
        .clone()
        .unwrap_or_else(|| t!("ticket-by-itself"));
    view! {
        <section class="panel ticket-facts" aria-label=t!("about")>
            <dl class="about body">
                <dt>{t!("account-menu")}</dt>
                <dd>{ticket.account.clone()}</dd>
                {cluster}
                <dt>{t!("ticket-opened")}</dt>
                <dd>{by} " " <span class="quiet">{ago(ticket.created_at)}</span></dd>
            </dl>
        </section>
    }
    .into_any()
}

fn notes(notes: &[TicketNote]) -> AnyView {
    let notes: Vec<_> = notes
        .iter()
        .enumerate()
        .map(|(number, note)| one_note(number, note))
        .collect();
    view! {
        <section aria-labelledby="notes-title">
            <h2 id="notes-title" class="unseen">
                {t!("ticket-notes")}
            </h2>
            <ol class="conversation" id="notes">
                {notes}
            </ol>
        </section>
    }
    .into_any()
}

fn one_note(number: usize, note: &TicketNote) -> AnyView {
    let by_itself = note.author.is_none();
    let author = note.author.clone().unwrap_or_else(|| t!("brand"));
    let role = note.is_admin.then(|| t!("role-admin"));
    // "Resolved." is the control plane's word for what somebody did.
    let text = if by_itself || note.text == "Resolved." || note.text == "Opened again." {
        says::sentences(&note.text)
    } else {
        note.text.clone()
    };
    let class = match (by_itself, note.is_admin) {
        (true, _) => "panel ticket-note by-itself",
        (false, true) => "panel ticket-note answer",
        (false, false) => "panel ticket-note",
    };
    view! {
        <li class=class id=format!("note-{number}")>
            <p class="note-head">
                <b>{author}</b>
                {role.map(|role| view! { <span class="quiet">{role}</span> })}
                <span class="quiet">{ago(note.at)}</span>
            </p>
            <p class="note-text">{text}</p>
        </li>
    }
    .into_any()
}

/// Resolves the ticket, or opens it again.
fn set_form(story: &TicketStory) -> AnyView {
    let (state, label) = if story.ticket.state == TicketState::Resolved {
        ("open", t!("ticket-reopen"))
    } else {
        ("resolved", t!("ticket-resolve"))
    };
    view! {
        <form method="post" action=SetTicket::url()>
            <input type="hidden" name="id" value=story.ticket.id.to_string()/>
            <input type="hidden" name="state" value=state/>
            {submit(Submit {
                label: label.clone(),
                busy: label,
                ..Submit::default()
            })}
        </form>
    }
    .into_any()
}

fn reply(id: TicketId, helps: bool, typed: Option<SecretString>, error: Option<String>) -> AnyView {
    let (label, hint) = if helps {
        (t!("ticket-answer"), t!("ticket-answer-hint"))
    } else {
        (t!("ticket-reply"), t!("ticket-reply-hint"))
    };
    let text = view! {
        <textarea
            id="text"
            name="text"
            rows="5"
            required
            maxlength="10000"
            aria-describedby=describedby("text")
            aria-invalid=invalid(error.as_ref())
        >
            {typed.map(|it| it.expose_secret().to_owned())}
        </textarea>
    };
    view! {
        <section class="panel" id="reply">
            <form method="post" action=WriteNote::url() class="body form">
                <input type="hidden" name="id" value=id.to_string()/>
                {field("text", label, Some(hint), error, text)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("ticket-send"),
                        busy: t!("ticket-sending"),
                        class: "btn main",
                        ..Submit::default()
                    })}
                </div>
            </form>
        </section>
    }
    .into_any()
}
