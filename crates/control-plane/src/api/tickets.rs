//! `/v2/tickets`: asking for help.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use cluster_api::{
    ClusterId, HelpRule, OpenTicket, Problem, TicketChange, TicketList, TicketState, TicketStory,
    WriteNote,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    answer::Refusal,
    body::Object,
    caller::{Caller, TicketInPath},
    openapi::{BadQuery, HELP, HelpFull},
    page::Parameters,
};
use crate::service::Service;

type Answer<T> = Result<Json<T>, Refusal>;
type Rules = State<Arc<Service>>;

/// List tickets.
///
/// The account's own, or everybody's for an admin; the one that changed last first, at most 200.
#[utoipa::path(get, path = "/tickets", operation_id = "list_tickets", tag = HELP,
    params(("state" = Option<TicketState>, Query, description = "In that state alone."),
        ("cluster" = Option<ClusterId>, Query, description = "About that cluster alone.")),
    responses((status = 200, description = "The tickets, without their notes.", body = TicketList),
        BadQuery, (status = 404, description = "What is given as a cluster is the id of none.")))]
pub(super) async fn list(
    caller: Caller,
    State(service): Rules,
    mut parameters: Parameters,
) -> Answer<TicketList> {
    let state = parameters
        .one("state")?
        .map(|word| state(&word))
        .transpose()?;
    let cluster = parameters
        .one("cluster")?
        .map(|id| id.parse().map_err(|_| Problem::NotFound))
        .transpose()?;
    parameters.finish()?;
    let tickets = service.tickets(&caller.actor, state, cluster).await?;
    Ok(Json(TicketList { tickets }))
}

/// Open a ticket: ask for help.
///
/// A cluster that goes to `error` opens one by itself.
#[utoipa::path(post, path = "/tickets", operation_id = "open_ticket", tag = HELP, request_body = OpenTicket,
    responses((status = 201, description = "The ticket with its first note.", body = TicketStory), HelpFull,
        (status = 404, description = "There is no such cluster.")))]
pub(super) async fn open(
    caller: Caller,
    State(service): Rules,
    Object(body): Object,
) -> Result<(StatusCode, Json<TicketStory>), Refusal> {
    let story = service
        .open_ticket(
            &caller.actor,
            text(&body, "subject", HelpRule::Subject)?,
            text(&body, "text", HelpRule::Note)?,
            cluster_id(&body)?,
        )
        .await?;
    Ok((StatusCode::CREATED, Json(story)))
}

/// Show a ticket with its notes.
#[utoipa::path(get, path = "/tickets/{id}", operation_id = "show_ticket", tag = HELP, params(TicketInPath),
    responses((status = 200, description = "The ticket, and its notes in order.", body = TicketStory)))]
pub(super) async fn show(
    caller: Caller,
    State(service): Rules,
    id: TicketInPath,
) -> Answer<TicketStory> {
    Ok(Json(service.ticket(&caller.actor, id.0).await?))
}

/// Resolve a ticket, or open it again.
#[utoipa::path(patch, path = "/tickets/{id}", operation_id = "change_ticket", tag = HELP, params(TicketInPath),
    request_body = TicketChange,
    responses((status = 200, description = "The ticket as it is now.", body = TicketStory), HelpFull))]
pub(super) async fn change(
    caller: Caller,
    State(service): Rules,
    id: TicketInPath,
    Object(body): Object,
) -> Answer<TicketStory> {
    let state = state(text(&body, "state", HelpRule::State)?)?;
    Ok(Json(service.set_ticket(&caller.actor, id.0, state).await?))
}

/// Write into a ticket.
///
/// The member's notes make it `open`, an admin's `answered`.
#[utoipa::path(post, path = "/tickets/{id}/notes", operation_id = "write_note", tag = HELP, params(TicketInPath),
    request_body = WriteNote,
    responses((status = 201, description = "The ticket with the new note.", body = TicketStory), HelpFull))]
pub(super) async fn add_note(
    caller: Caller,
    State(service): Rules,
    id: TicketInPath,
    Object(body): Object,
) -> Result<(StatusCode, Json<TicketStory>), Refusal> {
    let text = text(&body, "text", HelpRule::Note)?;
    let story = service.add_ticket_note(&caller.actor, id.0, text).await?;
    Ok((StatusCode::CREATED, Json(story)))
}

fn state(word: &str) -> Result<TicketState, Problem> {
    let word = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word);
    TicketState::deserialize(word).map_err(|_| Problem::Help {
        rule: HelpRule::State,
    })
}

fn text<'a>(body: &'a Map<String, Value>, name: &str, rule: HelpRule) -> Result<&'a str, Problem> {
    let text = body.get(name).and_then(Value::as_str);
    text.ok_or(Problem::Help { rule })
}

/// The cluster that a body names, if it does. Text that is no id names no cluster.
pub(super) fn cluster_id(body: &Map<String, Value>) -> Result<Option<ClusterId>, Problem> {
    match body.get("cluster_id") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) => id.parse().map(Some).map_err(|_| Problem::NotFound),
        Some(_) => Err(Problem::Malformed),
    }
}
