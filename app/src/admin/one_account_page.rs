//! The page of one account, for those who look after it.

use cluster_api::{AccountDetails, Cluster, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    accounts_page::{EVERY_S, id_of, quota_fields, role_choice, words},
    fields::At,
    server_fns::{ChangeAccount, CloseAccount, SetPassword, no_route},
};
use crate::{
    account::account_page::{part, role_word},
    clusters::table::short_table,
    dashboard::ask,
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, t,
    ui::{
        field::{describedby, field, form_error},
        said::said,
        submit::{Submit, submit},
    },
    when::{at, day},
};

/// Role, quotas, password and clusters of an account, and its end.
#[component]
pub fn OneAccountPage() -> AnyView {
    let id = use_params_map().with_untracked(id_of);
    let closing = use_query_map().with_untracked(|query| query.get_str("confirm") == Some("close"));
    signed_in(move |frame| async move {
        crate::dashboard::needs(cluster_api::Offer::Admin)?;
        let Some(id) = id.filter(|_| frame.user.is_admin) else {
            return Err(AppError(Problem::NoRoute));
        };
        let account = ask(|up| async move { up.control_plane.account_of(&up.token, id).await })
            .await
            .map_err(|AppError(problem)| AppError(no_route(problem)))?;
        let clusters = ask(|up| async move { up.control_plane.clusters_of(&up.token, id).await });
        let clusters = part(clusters.await, clusters_panel)?;
        let name = account.username.clone();
        let activity = paths::with_query(paths::ACTIVITY, &[("actor", &name)]);
        let body = view! {
            <nav class="crumbs" aria-label=t!("crumbs")>
                <a href=paths::ADMIN>{t!("nav-admin")}</a>
                <span aria-hidden="true">"/"</span>
                <span aria-current="page">{name.clone()}</span>
            </nav>
            <div class="head">
                <h1>{name.clone()}</h1>
                <span class="quiet">{role_word(account.role)}</span>
                <div class="end">
                    <a class="btn" href=activity>
                        {t!("account-activity")}
                    </a>
                </div>
            </div>
            <div class="split">
                <div class="stack">
                    {facts(&account)}
                    {clusters}
                </div>
                <div class="stack">
                    {change_panel(&account)}
                    {password_panel(&account)}
                    {close_panel(&account, closing)}
                </div>
            </div>
        };
        Ok(Page::new(name, body).every(EVERY_S))
    })
}

fn facts(account: &AccountDetails) -> AnyView {
    let limit = account.quotas.max_clusters;
    view! {
        <section class="panel" aria-labelledby="facts-title">
            <header>
                <h2 id="facts-title">{t!("about")}</h2>
            </header>
            <dl class="body about">
                <dt>{t!("username")}</dt>
                <dd>{account.username.clone()}</dd>
                <dt>{t!("nav-clusters")}</dt>
                <dd>{t!("quota-used", count = account.clusters, limit = limit)}</dd>
                <dt>{t!("quota-nodes")}</dt>
                <dd>{account.quotas.max_nodes_per_cluster.get().to_string()}</dd>
                <dt>{t!("account-made")}</dt>
                <dd>{at(account.created_at, day(account.created_at))}</dd>
            </dl>
        </section>
    }
    .into_any()
}

/// The clusters, without a way in: those who look after an account may see what it has.
fn clusters_panel(clusters: Vec<Cluster>) -> AnyView {
    let body = if clusters.is_empty() {
        view! { <p class="body quiet">{t!("account-no-clusters")}</p> }.into_any()
    } else {
        short_table(&clusters, false)
    };
    view! {
        <section class="panel" aria-labelledby="clusters-title">
            <header>
                <h2 id="clusters-title">{t!("nav-clusters")}</h2>
            </header>
            {body}
        </section>
    }
    .into_any()
}

fn change_panel(account: &AccountDetails) -> AnyView {
    let problem = said(ChangeAccount::PATH);
    let error = problem
        .filter(|it| !matches!(At::of(*it), At::Clusters | At::Nodes))
        .map(words);
    let clusters = account.max_clusters.map(|it| it.to_string());
    let nodes = account.max_nodes_per_cluster.map(|it| it.get().to_string());
    view! {
        <section class="panel" id="change" aria-labelledby="change-title">
            <header>
                <h2 id="change-title">{t!("change-account")}</h2>
            </header>
            <form method="post" action=ChangeAccount::url() class="body form">
                {form_error(error)}
                <input type="hidden" name="id" value=account.id.to_string()/>
                {role_choice(account.role)}
                {quota_fields(&clusters.unwrap_or_default(), &nodes.unwrap_or_default(), problem)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("save-account"),
                        busy: t!("saving"),
                        class: "btn main",
                        ..Submit::default()
                    })}
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn password_panel(account: &AccountDetails) -> AnyView {
    let error = said(SetPassword::PATH).map(words);
    let input = view! {
        <input
            id="new-password"
            name="password"
            type="password"
            required
            minlength="8"
            maxlength="1024"
            autocomplete="new-password"
            aria-describedby=describedby("new-password")
            aria-invalid=error.as_ref().map(|_| "true")
        />
    };
    view! {
        <section class="panel" id="password" aria-labelledby="password-title">
            <header>
                <h2 id="password-title">{t!("set-password-title")}</h2>
            </header>
            <form method="post" action=SetPassword::url() class="body form">
                <input type="hidden" name="id" value=account.id.to_string()/>
                {field("new-password", t!("new-password"), Some(t!("new-password-hint")), error.clone(), input)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("set-password"),
                        busy: t!("saving"),
                        ..Submit::default()
                    })}
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn close_panel(account: &AccountDetails, closing: bool) -> AnyView {
    let problem = said(CloseAccount::PATH);
    let body = if closing || problem.is_some() {
        close_form(account, problem)
    } else {
        view! {
            <div class="body">
                <p>{t!("close-account-why")}</p>
                <p class="acts">
                    <a class="btn bad" href=paths::close_account(account.id)>
                        {t!("close-account-open")}
                    </a>
                </p>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="panel danger" id="close" aria-labelledby="close-title">
            <header>
                <h2 id="close-title">{t!("close-account")}</h2>
            </header>
            {body}
        </section>
    }
    .into_any()
}

/// Says what goes, and asks for the name.
fn close_form(account: &AccountDetails, problem: Option<Problem>) -> AnyView {
    let name = account.username.clone();
    let (typed, error) = match problem {
        Some(Problem::NameMismatch) => (Some(t!("close-mismatch")), None),
        problem => (None, problem.map(words)),
    };
    let input = view! {
        <input
            id="name"
            name="name"
            type="text"
            required
            autofocus
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-describedby=describedby("name")
            aria-invalid=typed.as_ref().map(|_| "true")
        />
    };
    view! {
        <form method="post" action=CloseAccount::url() class="body form">
            {form_error(error)}
            <input type="hidden" name="id" value=account.id.to_string()/>
            <p>{t!("close-account-lost", name = name.as_str(), count = account.clusters)}</p>
            {field("name", t!("close-account-type", name = name.as_str()), None, typed.clone(), input)}
            <div class="acts">
                {submit(Submit {
                    label: t!("close-account-do", name = name.as_str()),
                    busy: t!("closing"),
                    class: "btn bad full",
                    ..Submit::default()
                })}
                <a class="btn" href=paths::admin_account(account.id)>
                    {t!("keep-account")}
                </a>
            </div>
        </form>
    }
    .into_any()
}
