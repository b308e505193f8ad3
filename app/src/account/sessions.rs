//! Where the account is signed in.

use cluster_api::Session;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    agent,
    server_fns::{EndOtherSessions, EndSession},
};
use crate::{
    says,
    session::server_fns::SignOut,
    t,
    ui::{
        field::form_error,
        icon::icon,
        said::said,
        submit::{Submit, submit},
    },
    when::ago,
};

/// No more are shown: programs that sign in for every call would bury the rest.
const MOST: usize = 100;

/// The panel with the sign-ins, this one first.
#[must_use]
pub fn sessions_panel(mut sessions: Vec<Session>) -> AnyView {
    let all = sessions.len();
    let others = sessions.iter().any(|it| !it.is_this);
    // A stable sort: the newest first.
    sessions.sort_by_key(|it| !it.is_this);
    sessions.truncate(MOST);
    let left = all - sessions.len();
    let refused = said(EndSession::PATH)
        .or_else(|| said(EndOtherSessions::PATH))
        .map(says::problem);
    let rows: Vec<_> = sessions.into_iter().map(row).collect();
    let end_others = others.then(|| {
        view! {
            <form method="post" action=EndOtherSessions::url()>
                {submit(Submit {
                    label: t!("end-others"),
                    busy: t!("ending"),
                    class: "btn bad",
                    ..Submit::default()
                })}
            </form>
        }
    });
    view! {
        <section class="panel" id="sessions" aria-labelledby="sessions-title">
            <header>
                <h2 id="sessions-title">{t!("sessions")}</h2>
                <div class="end">{end_others}</div>
            </header>
            <div class="body">
                {form_error(refused)}
                <p class="small quiet">{t!("sessions-why")}</p>
            </div>
            <div class="table" role="region" aria-label=t!("sessions-table") tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t!("session-with")}</th>
                            <th scope="col">{t!("session-from")}</th>
                            <th scope="col">{t!("session-by")}</th>
                            <th scope="col">{t!("session-began")}</th>
                            <th scope="col">{t!("last-used")}</th>
                            <th scope="col">
                                <span class="unseen">{t!("account-actions")}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {(left > 0).then(|| view! { <p class="body small quiet">{t!("sessions-more", count = left)}</p> })}
        </section>
    }
    .into_any()
}

fn row(session: Session) -> AnyView {
    let agent = session
        .user_agent
        .as_deref()
        .map(agent::short)
        .filter(|words| !words.is_empty())
        .unwrap_or_else(|| t!("agent-unknown"));
    let by = session
        .key
        .map_or_else(|| t!("password"), |key| t!("by-key", name = key));
    let this = session.is_this.then(|| {
        view! {
            " "
            <span class="status good">
                {icon("ok", "")}
                {t!("session-this")}
            </span>
        }
    });
    let end = if session.is_this {
        view! {
            <form method="post" action=SignOut::url() data-plain>
                <button type="submit" class="btn">
                    {t!("sign-out")}
                </button>
            </form>
        }
        .into_any()
    } else {
        let of = agent.clone();
        view! {
            <form method="post" action=EndSession::url()>
                <input type="hidden" name="id" value=session.id.to_string()/>
                <button type="submit" class="btn bad">
                    {t!("end-session")}
                    <span class="unseen">" " {of}</span>
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <tr id=format!("session-{}", session.id)>
            <th scope="row">
                <span title=session.user_agent.clone()>{agent}</span>
                {this}
            </th>
            <td class="mono">{session.address.unwrap_or_else(|| t!("address-unknown"))}</td>
            <td>{by}</td>
            <td>{ago(session.created_at)}</td>
            <td>{ago(session.last_used_at)}</td>
            <td class="num">{end}</td>
        </tr>
    }
    .into_any()
}
