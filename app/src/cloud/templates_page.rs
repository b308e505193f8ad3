//! What clusters are made from.

use cluster_api::{Offer, Problem, Template};
use leptos::prelude::*;

use crate::{
    dashboard::{ask, offers},
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, t,
};

/// The page: every template, with all that clusters made from it have.
#[component]
pub fn TemplatesPage() -> AnyView {
    signed_in(|_| async move {
        if !offers(Offer::Templates) {
            return Err(AppError(Problem::NotOffered));
        }
        let all = ask(|up| async move { up.control_plane.templates(&up.token).await }).await?;
        let list = if all.is_empty() {
            view! { <p class="quiet">{t!("templates-none")}</p> }.into_any()
        } else {
            all.iter().map(template).collect_view().into_any()
        };
        let body = view! {
            <div class="head">
                <h1>{t!("templates-title")}</h1>
            </div>
            <div class="stack">{list}</div>
        };
        Ok(Page::new(t!("templates-title"), body))
    })
}

fn template(template: &Template) -> AnyView {
    let title = format!("template-{}", template.id);
    let fact = |name: String, value: Option<String>| {
        value.filter(|it| !it.is_empty()).map(|value| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
    };
    let labels: Vec<_> = template
        .labels
        .iter()
        .map(|(key, value)| view! { <code class="label">{format!("{key}={value}")}</code> })
        .collect();
    let labels = (!labels.is_empty()).then(|| {
        view! {
            <dt>{t!("template-labels")}</dt>
            <dd>{labels}</dd>
        }
    });
    let networks = [
        &template.external_network,
        &template.network,
        &template.network_driver,
    ];
    let networks: Vec<_> = networks.into_iter().flatten().cloned().collect();
    let reach = if template.public {
        t!("templates-public")
    } else {
        t!("templates-of-project")
    };
    let yes_or_no = if template.balanced {
        t!("on")
    } else {
        t!("off")
    };
    let to = paths::with_query(
        paths::NEW_CLUSTER,
        &[("template", &*template.id.to_string())],
    );
    let way = if template.hidden {
        view! { <span class="end quiet">{t!("template-hidden")}</span> }.into_any()
    } else {
        view! {
            <a class="btn end" href=to>
                {t!("template-use")}
                <span class="unseen">" " {template.name.clone()}</span>
            </a>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby=title.clone()>
            <header>
                <h2 id=title.clone()>{template.name.clone()}</h2>
                <span class="small quiet">{template.engine.clone()}</span>
                {way}
            </header>
            <dl class="body about">
                {fact(t!("template-version"), template.version().map(ToOwned::to_owned))}
                {fact(t!("template-image"), Some(template.image.clone()))}
                {fact(t!("create-flavor-workers"), template.flavor.clone())}
                {fact(t!("create-flavor-managers"), template.manager_flavor.clone())}
                {fact(t!("template-key"), template.keypair.clone())}
                {fact(t!("template-networks"), Some(networks.join(", ")))}
                {fact(t!("template-balanced"), Some(yes_or_no))}
                {fact(t!("template-reach"), Some(reach))}
                {labels}
            </dl>
        </section>
    }
    .into_any()
}
