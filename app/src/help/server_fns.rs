//! The server functions of tickets and subscriptions: forms that work without scripts.
#![expect(
    missing_docs,
    reason = "the fields of the structs that the macro makes: the arguments"
)]

use leptos::prelude::*;

use crate::{error::AppError, wire::Json};

/// Opens a ticket, about a cluster or about none, and goes on to it. `request` is the id of the request
/// that failed, if one did; it becomes the last line of the text.
///
/// # Errors
/// A rule of tickets; the form comes back as it was filled in.
#[server(output = Json, prefix = "/api", endpoint = "open_ticket")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn open_ticket(
    subject: String,
    text: String,
    #[server(default)] cluster: String,
    #[server(default)] request: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use super::new_ticket_page::Draft;
    use crate::{answer, paths};

    let draft = Draft {
        subject,
        text,
        cluster,
        request,
    };
    let opened = ssr::open_ticket(&draft).await;
    let to = match &opened {
        Ok(story) => paths::ticket(story.ticket.id),
        Err(_) => paths::HELP.to_owned(),
    };
    let back = match &opened {
        Err(_) if draft.is_long() => answer::with_text(&draft.address(), &draft.text).await,
        _ => draft.address(),
    };
    answer::form(opened, OpenTicket::PATH, &back, &to, "done-ticket-opened")
}

/// Writes into a ticket.
///
/// # Errors
/// There is no such ticket, or a rule of notes.
#[server(output = Json, prefix = "/api", endpoint = "write_note")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn write_note(id: String, text: String) -> Result<(), AppError> {
    use cluster_api::WriteNote as Note;
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let page = ssr::ticket_page(&id);
    let note = Note { text };
    let written = {
        let note = &note;
        ssr::with_ticket(&id, |up, id| async move {
            up.control_plane.write_note(&up.token, id, note).await
        })
        .await
    };
    let mut back = format!("{page}#reply");
    if written.is_err() {
        back = answer::with_text(&back, &note.text).await;
    }
    answer::form(written, WriteNote::PATH, &back, &page, "done-note-written")
}

/// Resolves a ticket, or opens it again: `state` is `resolved` or `open`.
///
/// # Errors
/// There is no such ticket, or no such state.
#[server(output = Json, prefix = "/api", endpoint = "set_ticket")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn set_ticket(id: String, state: String) -> Result<(), AppError> {
    use cluster_api::{HelpRule, Problem, TicketChange, TicketState};
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let (state, done) = match &*state {
        "open" => (Ok(TicketState::Open), "done-ticket-reopened"),
        "resolved" => (Ok(TicketState::Resolved), "done-ticket-resolved"),
        _ => (Err(HelpRule::State), ""),
    };
    let page = ssr::ticket_page(&id);
    let set = ssr::with_ticket(&id, |up, id| async move {
        let state = state.map_err(|rule| Problem::Help { rule })?;
        let change = TicketChange { state };
        up.control_plane.change_ticket(&up.token, id, change).await
    });
    answer::form(set.await, SetTicket::PATH, &page, &page, done)
}

/// Has the account told of what happens. The secret of a webhook is shown once, on the page that comes
/// next. `kind` is `webhook` or `mail`, `place` where it goes; no events: all of them.
///
/// # Errors
/// A rule of subscriptions; the form comes back as it was filled in.
#[server(output = Json, prefix = "/api", endpoint = "subscribe")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn subscribe(
    kind: String,
    place: String,
    #[server(default)] events: Vec<String>,
    #[server(default)] cluster: String,
    #[server(default)] everybody: String,
) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use super::subscriptions::Draft;
    use crate::{answer, paths};

    let draft = Draft {
        kind,
        place,
        events,
        cluster,
        everybody: !everybody.is_empty(),
    };
    let back = draft.address();
    match ssr::subscribe(&draft).await {
        Ok((id, Some(secret))) => {
            let to = paths::subscription(id);
            answer::reveal(Ok(secret), Subscribe::PATH, &back, &to, "done-subscribed").await
        }
        Ok((id, None)) => {
            let to = paths::subscription(id);
            answer::form(Ok(()), Subscribe::PATH, &back, &to, "done-subscribed")
        }
        Err(problem) => answer::form::<()>(Err(problem), Subscribe::PATH, &back, "", ""),
    }
}

/// Sends to a subscription from now on, or no longer.
///
/// # Errors
/// There is no such subscription.
#[server(output = Json, prefix = "/api", endpoint = "set_subscription")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn set_subscription(id: String, on: bool) -> Result<(), AppError> {
    use cluster_api::SubscriptionChange;
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let page = ssr::subscription_page(&id);
    let set = ssr::with_subscription(&id, |up, id| async move {
        let change = SubscriptionChange { enabled: on };
        up.control_plane
            .change_subscription(&up.token, id, change)
            .await
    });
    let done = if on {
        "done-subscription-on"
    } else {
        "done-subscription-off"
    };
    answer::form(set.await, SetSubscription::PATH, &page, &page, done)
}

/// Deletes a subscription, and goes on to the help page.
///
/// # Errors
/// There is no such subscription.
#[server(output = Json, prefix = "/api", endpoint = "unsubscribe")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn unsubscribe(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::{answer, paths};

    let page = ssr::subscription_page(&id);
    let gone = ssr::with_subscription(&id, |up, id| async move {
        up.control_plane.unsubscribe(&up.token, id).await
    });
    let to = format!("{}#subscriptions", paths::HELP);
    answer::form(
        gone.await,
        Unsubscribe::PATH,
        &page,
        &to,
        "done-unsubscribed",
    )
}

/// Sends something to a subscription now. What came of it is the first of its deliveries.
///
/// # Errors
/// There is no such subscription, or no mail server.
#[server(output = Json, prefix = "/api", endpoint = "test_subscription")]
#[cfg_attr(feature = "ssr", tracing::instrument(skip_all))]
pub async fn test_subscription(id: String) -> Result<(), AppError> {
    use leptos::server_fn::ServerFn;

    use crate::answer;

    let page = ssr::subscription_page(&id);
    let tried = ssr::with_subscription(&id, |up, id| async move {
        up.control_plane.test_subscription(&up.token, id).await
    });
    let tried = tried.await;
    let done = match &tried {
        Ok(trial) if !trial.delivered => "done-test-failed",
        _ => "done-test-arrived",
    };
    answer::form(tried, TestSubscription::PATH, &page, &page, done)
}

#[cfg(feature = "ssr")]
mod ssr {
    use std::str::FromStr;

    use cluster_api::{
        ClusterId, HelpRule, OpenTicket, Problem, SubscriptionId, TicketId, TicketStory,
    };
    use secrecy::SecretString;

    use super::super::{new_ticket_page, subscriptions};
    use crate::{
        clusters::server_fns::parse_id,
        dashboard::{Upstream, act, dashboard},
        paths,
    };

    /// The page of the ticket that a text names.
    pub(super) fn ticket_page(id: &str) -> String {
        id.parse()
            .map_or_else(|_| paths::HELP.to_owned(), paths::ticket)
    }

    /// The page of the subscription that a text names.
    pub(super) fn subscription_page(id: &str) -> String {
        id.parse()
            .map_or_else(|_| paths::HELP.to_owned(), paths::subscription)
    }

    pub(super) async fn with_ticket<T, F>(
        id: &str,
        question: impl FnOnce(Upstream, TicketId) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        with_id(id, HelpRule::NoTicket, question).await
    }

    pub(super) async fn with_subscription<T, F>(
        id: &str,
        question: impl FnOnce(Upstream, SubscriptionId) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        with_id(id, HelpRule::NoSubscription, question).await
    }

    /// Asks the control plane for something about the thing that a text names.
    async fn with_id<I: FromStr, T, F>(
        id: &str,
        rule: HelpRule,
        question: impl FnOnce(Upstream, I) -> F,
    ) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Problem>>,
    {
        // Who is signed out hears that and nothing of ids.
        dashboard().upstream().await?;
        let id = id.parse().map_err(|_| Problem::Help { rule })?;
        act(|up| question(up, id)).await
    }

    /// The cluster that a form names by its id or, where there are too many to choose from, by its name.
    async fn which(text: &str) -> Result<Option<ClusterId>, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if let Ok(id) = parse_id(text) {
            return Ok(Some(id));
        }
        let known = dashboard().known().await?.snapshot;
        let named = (known.clusters.iter()).find(|it| it.name.as_str() == text);
        named.map(|it| Some(it.id)).ok_or(Problem::NotFound)
    }

    pub(super) async fn open_ticket(
        draft: &new_ticket_page::Draft,
    ) -> Result<TicketStory, Problem> {
        dashboard().upstream().await?;
        let cluster_id = which(&draft.cluster).await?;
        let wanted = OpenTicket {
            subject: draft.subject.clone(),
            text: draft.whole_text(),
            cluster_id,
        };
        act(|up| async move { up.control_plane.open_ticket(&up.token, &wanted).await }).await
    }

    pub(super) async fn subscribe(
        draft: &subscriptions::Draft,
    ) -> Result<(SubscriptionId, Option<SecretString>), Problem> {
        dashboard().upstream().await?;
        let wanted = draft.wanted(which(&draft.cluster).await?)?;
        let made =
            act(|up| async move { up.control_plane.subscribe(&up.token, &wanted).await }).await?;
        Ok((made.subscription.id, made.secret.map(Into::into)))
    }
}
