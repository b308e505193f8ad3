//! One template: all that clusters made from it have, and those there are.

use cluster_api::{Cluster, Offer, Problem, Snapshot, Template, TemplateId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::facts::{fact, labels};
use crate::{
    clusters::table::short_table,
    dashboard::{ask, needs},
    error::AppError,
    layout::frame::{Follows, Page, signed_in},
    paths, t,
    when::{at, day},
};

/// The page.
#[component]
pub fn TemplatePage() -> AnyView {
    let id: Option<TemplateId> = use_params_map()
        .with_untracked(|params| params.get_str("id").and_then(|it| it.parse().ok()));
    signed_in(move |frame| async move {
        needs(Offer::Templates)?;
        let all = ask(|up| async move { up.control_plane.templates(&up.token).await }).await?;
        let Some(template) = all.into_iter().find(|it| Some(it.id) == id) else {
            return Err(AppError(Problem::NotFound));
        };
        let name = template.name.clone();
        let body = view! {
            <nav class="crumbs" aria-label=t!("crumbs")>
                <a href=paths::TEMPLATES>{t!("nav-templates")}</a>
                <span aria-hidden="true">"/"</span>
                <span aria-current="page">{name.clone()}</span>
            </nav>
            <div class="head">
                <h1>{name.clone()}</h1>
                <span class="quiet">{template.engine.clone()}</span>
                <div class="end">{use_it(&template, "btn main")}</div>
            </div>
            <div class="split">
                {made(&template, &frame.known.snapshot)}
                {facts(&template)}
            </div>
        };
        Ok(Page::new(name, body).follows(Follows::All))
    })
}

/// Those of the project that are made from it.
pub(super) fn clusters_of<'k>(
    template: &Template,
    known: &'k Snapshot,
) -> impl Iterator<Item = &'k Cluster> + use<'k> {
    let id = template.id;
    (known.clusters.iter()).filter(move |it| it.cloud.as_ref().map(|it| it.template) == Some(id))
}

/// Who may use it.
pub(super) fn reach(template: &Template) -> String {
    if template.public {
        t!("templates-public")
    } else {
        t!("templates-of-project")
    }
}

/// The way to a cluster made from it, unless it is not offered any more.
pub(super) fn use_it(template: &Template, class: &'static str) -> AnyView {
    if template.hidden {
        return view! { <span class="quiet">{t!("template-hidden")}</span> }.into_any();
    }
    let to = paths::with_query(
        paths::NEW_CLUSTER,
        &[("template", &*template.id.to_string())],
    );
    view! {
        <a class=class href=to>
            {t!("template-use")}
            <span class="unseen">" " {template.name.clone()}</span>
        </a>
    }
    .into_any()
}

fn made(template: &Template, known: &Snapshot) -> AnyView {
    let mut clusters = clusters_of(template, known).peekable();
    let list = if clusters.peek().is_none() {
        view! { <p class="body quiet">{t!("template-unused")}</p> }.into_any()
    } else {
        short_table(clusters, true)
    };
    view! {
        <section class="panel" aria-labelledby="made-title">
            <header>
                <h2 id="made-title">{t!("template-clusters")}</h2>
            </header>
            {list}
        </section>
    }
    .into_any()
}

fn facts(template: &Template) -> AnyView {
    let networks = [
        &template.external_network,
        &template.network,
        &template.network_driver,
    ];
    let networks: Vec<_> = networks.into_iter().flatten().cloned().collect();
    let yes_or_no = if template.balanced {
        t!("on")
    } else {
        t!("off")
    };
    let since = template.created_at.map(|it| {
        view! {
            <dt>{t!("created")}</dt>
            <dd>{at(it, day(it))}</dd>
        }
    });
    view! {
        <section class="panel" aria-labelledby="template-title">
            <header>
                <h2 id="template-title">{t!("template-facts")}</h2>
            </header>
            <dl class="body about">
                {fact(t!("template-version"), template.version().map(ToOwned::to_owned))}
                {fact(t!("template-image"), Some(template.image.clone()))}
                {fact(t!("create-flavor-workers"), template.flavor.clone())}
                {fact(t!("create-flavor-managers"), template.manager_flavor.clone())}
                {fact(t!("template-key"), template.keypair.clone())}
                {fact(t!("template-networks"), Some(networks.join(", ")))}
                {fact(t!("template-balanced"), Some(yes_or_no))}
                {fact(t!("template-reach"), Some(reach(template)))}
                {since}
                {labels(t!("template-labels"), &template.labels)}
            </dl>
        </section>
    }
    .into_any()
}
