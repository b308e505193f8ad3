//! What clusters are made from: all of it.

use cluster_api::{Offer, Snapshot, Template};
use leptos::prelude::*;

use super::template_page::{clusters_of, reach, use_it};
use crate::{
    dashboard::{ask, needs},
    layout::frame::{Follows, Page, signed_in},
    paths, t,
};

/// Every template of the project, and how many of its clusters are made from it.
#[component]
pub fn TemplatesPage() -> AnyView {
    signed_in(|frame| async move {
        needs(Offer::Templates)?;
        let all = ask(|up| async move { up.control_plane.templates(&up.token).await }).await?;
        let list = if all.is_empty() {
            view! { <p class="quiet">{t!("templates-none")}</p> }.into_any()
        } else {
            table(&all, &frame.known.snapshot)
        };
        let body = view! {
            <div class="head">
                <h1>{t!("templates-title")}</h1>
            </div>
            {list}
        };
        Ok(Page::new(t!("templates-title"), body).follows(Follows::All))
    })
}

fn table(templates: &[Template], known: &Snapshot) -> AnyView {
    let rows: Vec<_> = templates.iter().map(|it| row(it, known)).collect();
    view! {
        <div class="table panel" role="region" aria-label=t!("templates-title") tabindex="0">
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t!("name")}</th>
                        <th scope="col">{t!("template-version")}</th>
                        <th scope="col">{t!("template-image")}</th>
                        <th scope="col">{t!("create-flavor-workers")}</th>
                        <th scope="col" class="num">
                            {t!("nav-clusters")}
                        </th>
                        <th scope="col">{t!("template-reach")}</th>
                        <th scope="col">
                            <span class="unseen">{t!("template-use")}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(template: &Template, known: &Snapshot) -> AnyView {
    let version = template.version().map(ToOwned::to_owned);
    view! {
        <tr>
            <th scope="row">
                <a href=paths::template(template.id)>{template.name.clone()}</a>
            </th>
            <td>{version.unwrap_or_else(|| template.engine.clone())}</td>
            <td class="mono">{template.image.clone()}</td>
            <td class="mono">{template.flavor.clone()}</td>
            <td class="num">{clusters_of(template, known).count().to_string()}</td>
            <td>{reach(template)}</td>
            <td>{use_it(template, "btn")}</td>
        </tr>
    }
    .into_any()
}
