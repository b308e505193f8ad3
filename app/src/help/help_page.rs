//! The page that helps: tickets, who is told what, and what the states of a cluster mean.

use cluster_api::TicketState;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    states::states_panel,
    subscriptions::{subscribe_panel, subscriptions_panel},
    tickets::{parse_state, tickets_panel},
};
use crate::{
    account::account_page::part,
    dashboard::ask,
    layout::frame::{Page, signed_in},
    paths, t,
    ui::icon::icon,
};

/// How often it is brought up to date, in seconds: no stream tells of tickets.
const EVERY_S: u32 = 15;

/// Tickets, subscriptions, and a few words.
#[component]
pub fn HelpPage() -> AnyView {
    let state: Option<TicketState> =
        use_query_map().with_untracked(|query| query.get_str("state").and_then(parse_state));
    signed_in(move |frame| async move {
        crate::dashboard::needs(cluster_api::Offer::Help)?;
        let is_admin = frame.user.is_admin;
        let tickets =
            ask(|up| async move { up.control_plane.tickets(&up.token, state, None).await });
        let tickets = part(tickets.await, |all| tickets_panel(&all, state, is_admin))?;
        let subscriptions =
            ask(|up| async move { up.control_plane.subscriptions(&up.token).await });
        let known = frame.known.snapshot;
        let subscriptions = part(subscriptions.await, |all| {
            subscriptions_panel(&all, &known.clusters)
        })?;
        let body = view! {
            <div class="head">
                <h1>{t!("nav-help")}</h1>
                <div class="end">
                    <a class="btn main" href=paths::NEW_TICKET>
                        {icon("plus", "")}
                        {t!("help-open-ticket")}
                    </a>
                </div>
            </div>
            <div class="stack">{tickets}{subscriptions}</div>
            <div class="split">
                <div class="stack">{subscribe_panel(&known.clusters, is_admin)}</div>
                <div class="stack">{states_panel()}</div>
            </div>
        };
        Ok(Page::new(t!("nav-help"), body).every(EVERY_S))
    })
}
