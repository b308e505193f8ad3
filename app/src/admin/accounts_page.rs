//! The page with all accounts.

use cluster_api::{AccountDetails, AccountId, Problem, Role};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use super::{
    engine::{engine_panel, no_answer},
    fields::{At, role},
    server_fns::{AddAccount, no_route},
};
use crate::{
    account::account_page::{part, role_word},
    answer::revealed,
    dashboard::{act_soon, ask},
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, says, t,
    ui::{
        field::{describedby, field, form_error},
        icon::icon,
        said::said,
        shown_once::shown_once,
        submit::{Submit, submit},
    },
    when::{at, day},
};

/// How often pages about accounts are brought up to date, in seconds: no stream tells of them.
pub(super) const EVERY_S: u32 = 10;

/// All accounts, a page at a time by name, and the form for one more. For whoever does not look after
/// accounts there is nothing here.
#[component]
pub fn AccountsPage() -> AnyView {
    let (marker, draft) =
        use_query_map().with_untracked(|query| (query.get("marker"), Draft::from_address(query)));
    signed_in(move |frame| async move {
        crate::dashboard::needs(cluster_api::Offer::Admin)?;
        if !frame.user.is_admin {
            return Err(AppError(Problem::NoRoute));
        }
        let shown = shown_once(
            revealed().await?,
            &t!("account-password"),
            t!("account-password-why"),
        );
        let list = {
            let marker = marker.clone();
            ask(|up| async move {
                up.control_plane
                    .accounts(&up.token, marker.as_deref())
                    .await
            })
            .await
            .map_err(|AppError(problem)| AppError(no_route(problem)))?
        };
        let engine = act_soon(|up| async move { up.control_plane.engine_health(&up.token).await });
        let engine = match engine.await {
            Err(Problem::NodeSilent) => no_answer(),
            answer => part(answer.map_err(AppError), engine_panel)?,
        };
        let first = marker.is_some().then(|| {
            view! {
                <a class="btn" href=paths::ADMIN>
                    {t!("admin-first")}
                </a>
            }
        });
        let next = list.next.map(|next| {
            let to = paths::with_query(paths::ADMIN, &[("marker", &next)]);
            view! {
                <a class="btn" href=to rel="next">
                    {t!("page-after")}
                </a>
            }
        });
        let pages = (first.is_some() || next.is_some()).then(|| {
            view! {
                <nav class="pages" aria-label=t!("pages")>
                    {first}
                    {next}
                </nav>
            }
        });
        let body = view! {
            <div class="head">
                <h1>{t!("nav-admin")}</h1>
                <div class="end">
                    <a class="btn main" href="#add">
                        {icon("plus", "")}
                        {t!("add-account")}
                    </a>
                </div>
            </div>
            {shown}
            <div class="stack">
                <section class="panel" aria-labelledby="accounts-title">
                    <header>
                        <h2 id="accounts-title">{t!("accounts")}</h2>
                    </header>
                    {table(list.accounts)}
                </section>
                {pages}
                {engine}
                {add_panel(&draft)}
            </div>
        };
        Ok(Page::new(t!("nav-admin"), body).every(EVERY_S))
    })
}

fn table(accounts: Vec<AccountDetails>) -> AnyView {
    let rows: Vec<_> = accounts
        .into_iter()
        .map(|account| {
            let limit = account.quotas.max_clusters;
            view! {
                <tr id=format!("account-{}", account.id)>
                    <th scope="row">
                        <a href=paths::admin_account(account.id)>{account.username}</a>
                    </th>
                    <td>{role_word(account.role)}</td>
                    <td>{t!("quota-used", count = account.clusters, limit = limit)}</td>
                    <td class="num">{account.quotas.max_nodes_per_cluster.get().to_string()}</td>
                    <td>{at(account.created_at, day(account.created_at))}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="table" role="region" aria-label=t!("accounts-table") tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("username")}</th>
                        <th scope="col">{t!("role")}</th>
                        <th scope="col">{t!("nav-clusters")}</th>
                        <th scope="col" class="num">
                            {t!("quota-nodes")}
                        </th>
                        <th scope="col">{t!("account-made")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The form for a new account as it was filled in, but for the password.
struct Draft {
    username: String,
    role: Role,
    max_clusters: String,
    max_nodes: String,
}

impl Draft {
    fn from_address(query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).unwrap_or_default();
        Self {
            username: get("username"),
            role: role(&get("role")),
            max_clusters: get("max_clusters"),
            max_nodes: get("max_nodes"),
        }
    }
}

fn add_panel(draft: &Draft) -> AnyView {
    let problem = said(AddAccount::PATH);
    let error = |at: At| problem.filter(|it| At::of(*it) == at).map(words);
    let username_error = error(At::Username);
    let username = view! {
        <input
            id="username"
            name="username"
            type="text"
            required
            maxlength="64"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            value=draft.username.clone()
            aria-describedby=describedby("username")
            aria-invalid=username_error.as_ref().map(|_| "true")
        />
    };
    let password_error = error(At::Password);
    let password = view! {
        <input
            id="password"
            name="password"
            type="password"
            minlength="8"
            maxlength="1024"
            autocomplete="new-password"
            aria-describedby=describedby("password")
            aria-invalid=password_error.as_ref().map(|_| "true")
        />
    };
    view! {
        <section class="panel" id="add" aria-labelledby="add-title">
            <header>
                <h2 id="add-title">{t!("add-account")}</h2>
            </header>
            <form method="post" action=AddAccount::url() class="body form">
                {form_error(error(At::Form))}
                {field("username", t!("username"), Some(t!("username-hint")), username_error.clone(), username)}
                {field("password", t!("password"), Some(t!("password-hint")), password_error.clone(), password)}
                {role_choice(draft.role)}
                {quota_fields(&draft.max_clusters, &draft.max_nodes, problem)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("add-account"),
                        busy: t!("adding-account"),
                        class: "btn main",
                        ..Submit::default()
                    })}
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// What a problem says in forms about accounts: what cannot be read there is a number.
pub(super) fn words(problem: Problem) -> String {
    match problem {
        Problem::Malformed => t!("quota-invalid"),
        problem => says::problem(problem),
    }
}

/// The choice of a role.
pub(super) fn role_choice(chosen: Role) -> AnyView {
    let roles = [Role::Member, Role::Admin].map(|it| {
        let hint = match it {
            Role::Member => t!("role-member-hint"),
            Role::Admin => t!("role-admin-hint"),
        };
        view! {
            <label class="choice">
                <input type="radio" name="role" value=it.as_str() checked=it == chosen/>
                <span>
                    <b>{role_word(it)}</b>
                    <span class="small quiet">{hint}</span>
                </span>
            </label>
        }
    });
    view! {
        <fieldset class="choices">
            <legend>{t!("role")}</legend>
            {roles}
        </fieldset>
    }
    .into_any()
}

/// The fields of the quotas, as typed.
pub(super) fn quota_fields(clusters: &str, nodes: &str, problem: Option<Problem>) -> AnyView {
    let one = |id: &'static str,
               label: String,
               value: &str,
               bounds: (&'static str, &'static str),
               at: At| {
        let error = problem.filter(|it| At::of(*it) == at).map(words);
        let input = view! {
            <input
                id=id
                name=id
                type="number"
                inputmode="numeric"
                min=bounds.0
                max=bounds.1
                value=value.to_owned()
                aria-describedby=describedby(id)
                aria-invalid=error.as_ref().map(|_| "true")
            />
        };
        field(id, label, Some(t!("quota-hint")), error.clone(), input)
    };
    view! {
        {one("max_clusters", t!("quota-clusters"), clusters, ("0", "10000"), At::Clusters)}
        {one("max_nodes", t!("quota-nodes"), nodes, ("1", ""), At::Nodes)}
    }
    .into_any()
}

/// The id of an account in an address.
pub(super) fn id_of(params: &ParamsMap) -> Option<AccountId> {
    params.get_str("id")?.parse().ok()
}
