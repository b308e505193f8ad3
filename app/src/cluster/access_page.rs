//! How to use a cluster: download, unzip, `docker info`; by hand, and by programs that deploy.

use cluster_api::{Access, Cluster, Offer, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    access_fns::{MakeCiKey, RotateCluster},
    frame::{Subject, Tab, cluster_page},
    ledger::{fingerprint, ledger},
    overview_page::api_word,
    recipes::{Recipe, is_loopback, recipes},
    shells::{kubernetes_shells, shells},
};
use crate::{
    answer::{Revealed, reject, revealed},
    dashboard::{act, ask, dashboard, offers},
    error::AppError,
    paths, says, t,
    ui::{
        copy::{command, copied},
        field::form_error,
        icon::icon,
        link_or::{Label, link_or},
        said::said,
        shown_once::shown_once,
        submit::{Submit, submit},
    },
    when,
};

/// What was handed out is read again so often, in seconds: a download tells nobody that it is done.
const EVERY_S: u32 = 10;

/// What the server said against the forms of the page.
struct Said {
    rotate: Option<String>,
    key: Option<String>,
}

/// Three steps from nothing to `docker info`, or why that is not possible yet.
#[component]
pub fn AccessPage() -> AnyView {
    let rotating =
        use_query_map().with_untracked(|query| query.get_str("confirm") == Some("rotate"));
    let said = Said {
        rotate: said(RotateCluster::PATH).map(says::problem),
        key: said(MakeCiKey::PATH).map(says::problem),
    };
    cluster_page(Tab::Access, Some(EVERY_S), move |subject| async move {
        match subject.cluster().can_access() {
            Ok(()) => there_is(&subject, rotating, said).await,
            Err(problem) => Ok(not_yet(subject.cluster(), problem)),
        }
    })
}

/// Why there is no way in; the page around says what happens. It becomes the way in by itself.
fn not_yet(cluster: &Cluster, why: Problem) -> AnyView {
    let owner = (cluster.cloud.as_ref())
        .filter(|_| why == Problem::NotTheOwner)
        .map(|facts| t!("owner-is", id = facts.owner.as_str()));
    let turns = cluster.status.is_changing() && cluster.can_change().is_ok();
    view! {
        <div class="panel">
            <div class="body">
                <p class="notice" id="no-access">
                    {icon("key", "")}
                    <span>
                        {says::problem(why)}
                        " "
                        {owner}
                        {turns.then(|| t!("access-turns"))}
                    </span>
                </p>
            </div>
        </div>
    }
    .into_any()
}

async fn there_is(subject: &Subject, rotating: bool, said: Said) -> Result<AnyView, AppError> {
    let cluster = subject.cluster();
    let id = cluster.id;
    let access = ask(|up| async move { up.control_plane.access(&up.token, id).await }).await?;
    let handed_out = act(|up| async move { up.control_plane.ledger(&up.token, id).await }).await;
    let handed_out = match handed_out {
        Ok(list) => Some(list),
        Err(Problem::NotOffered) => None,
        Err(problem) => return Err(reject(problem)),
    };
    let key = revealed().await?;
    let dashboard = dashboard();
    let recipe = Recipe {
        id,
        name: cluster.name.as_str(),
        api: dashboard.api_url(),
        username: &subject.user.username,
    };
    let handed_out = handed_out.map(|list| {
        view! {
            <section class="panel" id="ledger" aria-labelledby="ledger-title">
                <header>
                    <h2 id="ledger-title">{t!("access-ledger")}</h2>
                </header>
                {ledger(&list)}
            </section>
        }
    });
    Ok(view! {
        <div class="split">
            {steps(cluster, access.certificate_days)}
            <div>{facts(cluster, access)} {rotate(cluster, rotating, said.rotate)}</div>
        </div>
        <div class="stack after">{handed_out} {offers(Offer::Recipes).then(|| ci(&recipe, key, said.key))}</div>
    }
    .into_any())
}

fn steps(cluster: &Cluster, days: u32) -> AnyView {
    let name = cluster.name.to_string();
    let zip = format!("{name}.zip");
    let unzip = format!("unzip {zip}");
    let download = t!("access-download-do", file = zip.as_str());
    view! {
        <ol class="steps">
            <li class="panel">
                <h2>{t!("access-download")}</h2>
                <p>
                    <a class="btn main" href=paths::credentials(cluster.id) download=zip>
                        {icon("download", "")}
                        {download}
                    </a>
                </p>
                <p class="small quiet">
                    {if cluster.cloud.is_some() {
                        t!("cloud-access-reach")
                    } else {
                        t!("access-download-about", count = days)
                    }}
                </p>
            </li>
            <li class="panel">
                <h2>{t!("access-unzip")}</h2>
                {command(unzip, &t!("access-unzip-command"))}
            </li>
            <li class="panel">
                <h2>{t!("access-use")}</h2>
                {if cluster.cluster_type.coe == "kubernetes" { kubernetes_shells(&name) } else { shells(&name) }}
            </li>
        </ol>
    }
    .into_any()
}

fn facts(cluster: &Cluster, access: Access) -> AnyView {
    let ends = access.ca_expires_at;
    let last = match access.last_issued {
        Some(certificate) => when::ago(certificate.issued_at).into_any(),
        None => view! { <span class="quiet">{t!("access-never")}</span> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="certificates">
            <header>
                <h2 id="certificates">{t!("access-certificates")}</h2>
            </header>
            <dl class="body about">
                <dt>{api_word(cluster)}</dt>
                <dd>{copied(access.endpoint, None, &api_word(cluster))}</dd>
                <dt>{t!("access-ca")}</dt>
                <dd>{fingerprint(&access.ca_fingerprint)}</dd>
                <dt>{t!("access-ca-until")}</dt>
                <dd>{when::at(ends, when::day(ends))}</dd>
                <dt>{t!("access-last")}</dt>
                <dd>{last}</dd>
            </dl>
        </section>
    }
    .into_any()
}

/// New certificates, behind the question whether those handed out are to be shut out.
fn rotate(cluster: &Cluster, asked: bool, said: Option<String>) -> AnyView {
    if cluster.can_rotate() == Err(Problem::NotOffered) {
        return view! {
            <section class="panel" aria-labelledby="rotate">
                <header>
                    <h2 id="rotate">{t!("access-rotate-title")}</h2>
                </header>
                <p class="body small quiet">{t!("cloud-access-rotate")}</p>
            </section>
        }
        .into_any();
    }
    let name = cluster.name.to_string();
    let way = if asked && cluster.can_rotate().is_ok() {
        view! {
            <form method="post" action=RotateCluster::url() class="ask" aria-labelledby="ask-rotate">
                <input type="hidden" name="id" value=cluster.id.to_string()/>
                <h3 id="ask-rotate">{t!("access-rotate-ask", name = name.as_str())}</h3>
                <p>{t!("access-rotate-lost")}</p>
                <div class="acts">
                    {submit(Submit {
                        label: t!("access-rotate-do"),
                        busy: t!("access-rotating"),
                        class: "btn bad full",
                        ..Submit::default()
                    })}
                    <a class="btn" href=paths::access(cluster.id)>
                        {t!("cancel")}
                    </a>
                </div>
            </form>
        }
        .into_any()
    } else {
        let label = Label {
            words: t!("access-rotate"),
            of: name,
            icon: "key",
            class: "btn bad",
        };
        let refused = cluster.can_rotate().err().map(says::problem);
        view! { <p>{link_or(paths::rotate(cluster.id), refused, label)}</p> }.into_any()
    };
    view! {
        <section class="panel" id="rotate" aria-labelledby="rotate-title">
            <header>
                <h2 id="rotate-title">{t!("access-rotate-title")}</h2>
            </header>
            <div class="body helps">
                {form_error(said)}
                <p class="small">
                    {if cluster.cloud.is_some() {
                        t!("cloud-access-rotate-about")
                    } else {
                        t!("access-rotate-about")
                    }}
                </p>
                {way}
            </div>
        </section>
    }
    .into_any()
}

/// Recipes for programs, and a key for them.
fn ci(recipe: &Recipe<'_>, key: Option<Revealed>, said: Option<String>) -> AnyView {
    let near = is_loopback(recipe.api).then(|| {
        view! {
            <p class="notice">
                {icon("bad", "")}
                <span>{t!("access-ci-near", url = recipe.api)}</span>
            </p>
        }
    });
    view! {
        <section class="panel" id="ci" aria-labelledby="ci-title">
            <header>
                <h2 id="ci-title">{t!("access-ci")}</h2>
            </header>
            <div class="body helps">
                <p>{t!("access-ci-about")}</p>
                {near}
                {form_error(said)}
                {shown_once(key, &t!("access-ci-key"), t!("access-ci-key-note"))}
                <form method="post" action=MakeCiKey::url() class="help">
                    <input type="hidden" name="id" value=recipe.id.to_string()/>
                    <p class="small quiet">{t!("access-ci-key-about")}</p>
                    {submit(Submit {
                        label: t!("access-ci-key-make"),
                        busy: t!("access-ci-key-making"),
                        ..Submit::default()
                    })}
                </form>
                {recipes(recipe)}
            </div>
        </section>
    }
    .into_any()
}
