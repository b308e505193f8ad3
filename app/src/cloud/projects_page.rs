//! The projects that one may choose from.

use cluster_api::{Offer, Problem, Project};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    dashboard::{ask, dashboard, offers},
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, says,
    session::server_fns::ChooseProject,
    t,
    ui::{
        field::form_error,
        said::said,
        submit::{Submit, submit},
    },
};

/// The page.
#[component]
pub fn ProjectsPage() -> AnyView {
    let refused = said(ChooseProject::PATH).map(says::problem);
    signed_in(move |_| async move {
        let Some(current) = dashboard().membership().filter(|_| offers(Offer::Projects)) else {
            return Err(AppError(Problem::NotOffered));
        };
        let projects = ask(|up| async move { up.control_plane.projects(&up.token).await }).await?;
        let rows: Vec<_> = projects
            .iter()
            .map(|it| row(it, &current.project))
            .collect();
        let list = if rows.is_empty() {
            view! { <p class="body quiet">{t!("projects-none")}</p> }.into_any()
        } else {
            view! { <ul class="body rows">{rows}</ul> }.into_any()
        };
        let body = view! {
            <div class="head">
                <h1>{t!("projects-title")}</h1>
            </div>
            <p class="quiet">{t!("projects-lead", project = current.project.name.as_str())}</p>
            {form_error(refused)}
            <section class="panel" aria-label=t!("projects-title")>
                {list}
            </section>
        };
        Ok(Page::new(t!("projects-title"), body))
    })
}

fn row(project: &Project, current: &Project) -> AnyView {
    let name = project.name.clone();
    let way = if project.id == current.id {
        view! { <a class="quiet" href=paths::CLUSTERS>{t!("project-here")}</a> }.into_any()
    } else {
        view! {
            <form method="post" action=ChooseProject::url() data-plain>
                <input type="hidden" name="id" value=project.id.clone()/>
                {submit(Submit {
                    label: t!("project-choose", name = name.as_str()),
                    busy: t!("project-going"),
                    ..Submit::default()
                })}
            </form>
        }
        .into_any()
    };
    view! {
        <li id=format!("project-{}", project.id)>
            <b>{name}</b>
            <span class="end">{way}</span>
        </li>
    }
    .into_any()
}
