//! The page with the audit log.

use cluster_api::{AuditAction, AuditList, AuditQuery};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{
    query::Filter,
    table::{action_word, table},
};
use crate::{
    dashboard::ask,
    layout::frame::{Follows, Page, signed_in},
    paths, says, t,
    ui::{field::form_error, icon::icon},
    when::Clock,
};

/// Who did what, a page at a time, newest first.
#[component]
pub fn ActivityPage() -> AnyView {
    let filter = use_query_map().with_untracked(Filter::from_address);
    signed_in(move |frame| async move {
        let wanted = filter.wanted(Clock::current().zone.unwrap_or(0));
        let (found, problem) = match wanted {
            Ok(query) => {
                let query = AuditQuery {
                    limit: Some(Filter::PAGE),
                    ..query
                };
                let list = ask(|up| async move { up.control_plane.audit(&up.token, &query).await })
                    .await?;
                (Some(list), None)
            }
            Err(problem) => (None, Some(says::problem(problem))),
        };
        let is_admin = frame.user.is_admin;
        let lead = if is_admin {
            t!("activity-lead-admin")
        } else {
            t!("activity-lead")
        };
        let known = frame.known.snapshot;
        let list = found.map(|list| {
            if list.entries.is_empty() {
                nothing(&filter)
            } else {
                let AuditList { entries, next } = list;
                view! {
                    {table(entries, &known.clusters)}
                    {pages(&filter, next)}
                }
                .into_any()
            }
        });
        let body = view! {
            <div class="head">
                <h1>{t!("nav-activity")}</h1>
                <div class="end">{downloads(&filter)}</div>
            </div>
            <p class="quiet activity-lead">{lead}</p>
            {form_error(problem)}
            {filter_form(&filter)}
            {list}
        };
        let page = Page::new(t!("nav-activity"), body);
        // Older pages stay as they are.
        Ok(if filter.marker.is_empty() {
            page.follows(Follows::All).every(30)
        } else {
            page
        })
    })
}

fn downloads(filter: &Filter) -> AnyView {
    let link = |path: &str, words: String| {
        view! {
            <a class="btn" href=filter.address(path) download rel="external">
                {icon("download", "")}
                {words}
            </a>
        }
    };
    view! {
        {link(paths::ACTIVITY_CSV, t!("download-csv"))}
        {link(paths::ACTIVITY_JSON_LINES, t!("download-json-lines"))}
    }
    .into_any()
}

fn filter_form(filter: &Filter) -> AnyView {
    let actions: Vec<_> = AuditAction::ALL
        .iter()
        .map(|action| {
            view! {
                <option value=action.as_str() selected=action.as_str() == filter.action>
                    {action_word(*action)}
                </option>
            }
        })
        .collect();
    let text = |name: &'static str, label: String, value: &str| {
        let value = value.to_owned();
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input id=name name=name type="text" value=value autocomplete="off" spellcheck="false" maxlength="100"/>
            </div>
        }
    };
    let utc = Clock::current().zone.is_none();
    let moment = |name: &'static str, label: String, value: &str| {
        let value = value.to_owned();
        let label = if utc {
            format!("{label} ({})", t!("zone-utc"))
        } else {
            label
        };
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input id=name name=name type="datetime-local" value=value/>
            </div>
        }
    };
    let clear = filter.is_narrow().then(|| {
        view! {
            <a class="btn" href=paths::ACTIVITY>
                {t!("activity-all")}
            </a>
        }
    });
    view! {
        <search>
            <form method="get" action=paths::ACTIVITY class="panel activity-filter" id="filter">
                <div class="field">
                    <label for="action">{t!("activity-what")}</label>
                    <select id="action" name="action">
                        <option value="">{t!("activity-any")}</option>
                        {actions}
                    </select>
                </div>
                {text("actor", t!("activity-who"), &filter.actor)}
                {text("cluster", t!("activity-cluster"), &filter.cluster)}
                {moment("since", t!("activity-since"), &filter.since)}
                {moment("until", t!("activity-until"), &filter.until)}
                <div class="acts">
                    <button type="submit" class="btn main">
                        {t!("activity-filter")}
                    </button>
                    {clear}
                </div>
            </form>
        </search>
    }
    .into_any()
}

fn nothing(filter: &Filter) -> AnyView {
    let (title, why) = if filter.is_narrow() {
        (t!("no-match"), t!("activity-no-match-why"))
    } else {
        (t!("activity-none"), t!("activity-none-why"))
    };
    view! {
        <div class="empty" id="nothing">
            <h2>{title}</h2>
            <p class="quiet">{why}</p>
        </div>
    }
    .into_any()
}

fn pages(filter: &Filter, next: Option<i64>) -> Option<AnyView> {
    let newest = (!filter.marker.is_empty()).then(|| {
        view! {
            <a class="btn" href=filter.address(paths::ACTIVITY)>
                {t!("activity-newest")}
            </a>
        }
    });
    let older = next.map(|next| {
        view! {
            <a class="btn" href=filter.page(next) rel="next">
                {t!("activity-older")}
            </a>
        }
    });
    (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="pages" aria-label=t!("pages")>
                {newest}
                {older}
            </nav>
        }
        .into_any()
    })
}
