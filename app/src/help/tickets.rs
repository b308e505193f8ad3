//! The list of tickets.

use cluster_api::{Ticket, TicketState};
use leptos::prelude::*;

use crate::{paths, says, t, ui::icon::icon, when::ago};

/// The states in the order in which they are offered.
const STATES: [TicketState; 3] = [
    TicketState::Open,
    TicketState::Answered,
    TicketState::Resolved,
];

/// The state of that name.
pub(super) fn parse_state(name: &str) -> Option<TicketState> {
    STATES.into_iter().find(|state| state.as_str() == name)
}

/// The word for a state.
fn state_word(state: TicketState) -> String {
    match state {
        TicketState::Open => t!("ticket-open"),
        TicketState::Answered => t!("ticket-answered"),
        TicketState::Resolved => t!("ticket-resolved"),
    }
}

/// The badge of a state.
pub(super) fn state_badge(state: TicketState) -> AnyView {
    let (class, shape) = match state {
        TicketState::Open => ("status busy", "busy"),
        TicketState::Answered => ("status good", "ok"),
        TicketState::Resolved => ("status gone", "check"),
    };
    view! {
        <span class=class data-state=state.as_str()>
            {icon(shape, "")}
            {state_word(state)}
        </span>
    }
    .into_any()
}

/// What a ticket is about: the control plane's own words are said in the language of the page.
pub(super) fn subject(ticket: &Ticket) -> String {
    match ticket.opened_by {
        Some(_) => ticket.subject.clone(),
        None => says::sentence(&ticket.subject),
    }
}

/// The panel with the tickets in one state, or all. Admins see whose they are.
pub(super) fn tickets_panel(
    tickets: &[Ticket],
    state: Option<TicketState>,
    is_admin: bool,
) -> AnyView {
    let chips: Vec<_> = std::iter::once(None)
        .chain(STATES.map(Some))
        .map(|it| {
            let word = it.map_or_else(|| t!("tickets-all"), state_word);
            let name = it.map_or("", TicketState::as_str);
            let address = paths::with_query(paths::HELP, &[("state", name)]);
            view! {
                <a href=address aria-current=(it == state).then_some("true")>
                    {word}
                </a>
            }
        })
        .collect();
    let list = match (tickets.is_empty(), state) {
        (true, None) => view! { <p class="body quiet">{t!("tickets-none")}</p> }.into_any(),
        (true, Some(_)) => view! { <p class="body quiet">{t!("tickets-no-match")}</p> }.into_any(),
        (false, _) => table(tickets, is_admin),
    };
    view! {
        <section class="panel" id="tickets" aria-labelledby="tickets-title">
            <header>
                <h2 id="tickets-title">{t!("tickets")}</h2>
                <nav class="chips end" aria-label=t!("tickets-filter")>
                    {chips}
                </nav>
            </header>
            {list}
        </section>
    }
    .into_any()
}

fn table(tickets: &[Ticket], is_admin: bool) -> AnyView {
    let rows: Vec<_> = tickets
        .iter()
        .map(|ticket| {
            let account = is_admin.then(|| view! { <td>{ticket.account.clone()}</td> });
            let cluster = ticket.cluster.as_ref().map(|it| it.name.clone());
            view! {
                <tr id=format!("ticket-{}", ticket.id)>
                    <th scope="row">
                        <a href=paths::ticket(ticket.id)>{subject(ticket)}</a>
                    </th>
                    <td>{state_badge(ticket.state)}</td>
                    {account}
                    <td>{cluster}</td>
                    <td>{ago(ticket.updated_at)}</td>
                    <td class="num">{ticket.notes.to_string()}</td>
                </tr>
            }
        })
        .collect();
    let account = is_admin.then(|| view! { <th scope="col">{t!("account-menu")}</th> });
    view! {
        <div class="table" role="region" aria-label=t!("tickets-table") tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("ticket-subject")}</th>
                        <th scope="col">{t!("status")}</th>
                        {account}
                        <th scope="col">{t!("ticket-cluster")}</th>
                        <th scope="col">{t!("ticket-changed")}</th>
                        <th scope="col" class="num">
                            {t!("ticket-notes")}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
