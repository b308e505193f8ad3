//! Deleting a cluster, by typing its name.

use cluster_api::Field;
use leptos::prelude::*;

use super::server_fns::DeleteCluster;
use crate::{
    live::row::Row,
    paths,
    ui::{
        actions::problem_of,
        field::{FieldError, FormError},
        submit::Submit,
        words::plural,
    },
};

/// Says what is lost, and deletes once the name was typed. A link opens the form, so that it is in the
/// way of nobody.
#[component]
pub fn DeletePanel(
    /// The cluster.
    row: Row,
    /// Whether the form is open.
    open: Memo<bool>,
) -> AnyView {
    let refused = Memo::new(move |_| row.no_delete());
    let lost = move || {
        let nodes = row.with(|cluster| cluster.nodes.len());
        match u32::try_from(nodes).unwrap_or(u32::MAX) {
            0 => "Its credentials stop working. This cannot be undone.".to_owned(),
            nodes => format!(
                "{}, with all containers, images and volumes on {}, and all credentials. This cannot \
                 be undone.",
                plural(nodes, "node"),
                if nodes == 1 { "it" } else { "them" }
            ),
        }
    };
    let way = move || {
        if let Some(why) = refused.get() {
            view! { <p class="quiet">{why}</p> }.into_any()
        } else if open.get() {
            view! { <DeleteForm row/> }.into_any()
        } else {
            ask(row)
        }
    };
    view! {
        <section class="panel danger" id="delete" aria-labelledby="delete-title">
            <header>
                <h2 id="delete-title">"Delete"</h2>
            </header>
            <div class="body">
                <p>
                    <b>"What is lost: "</b>
                    {move || lost()}
                </p>
                {move || way()}
            </div>
        </section>
    }
    .into_any()
}

fn name(row: Row) -> String {
    row.with_untracked(|cluster| cluster.name.to_string())
}

fn ask(row: Row) -> AnyView {
    view! {
        <p>
            <a class="btn bad" href=paths::delete(row.id()) data-noscroll>
                {format!("Delete {} …", name(row))}
            </a>
        </p>
    }
    .into_any()
}

#[component]
fn DeleteForm(
    /// The cluster.
    row: Row,
) -> AnyView {
    let action = ServerAction::<DeleteCluster>::new();
    let problem = problem_of(action);
    let said = move |of_field: bool| {
        Signal::derive(move || {
            problem
                .get()
                .filter(|problem| (problem.field() == Some(Field::Name)) == of_field)
                .map(|problem| problem.to_string())
        })
    };
    let error = said(true);
    let id = row.id();
    let name = name(row);
    view! {
        <ActionForm action attr:class="form">
            <FormError error=said(false)/>
            <input type="hidden" name="id" value=id.to_string()/>
            <div class="field">
                <label for="confirm-name">
                    "Type " <b>{name.clone()}</b> " to confirm"
                </label>
                <input
                    id="confirm-name"
                    name="name"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    maxlength="100"
                    aria-describedby="confirm-name-error"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                />
                <FieldError of="confirm-name" error/>
            </div>
            <div class="acts">
                <Submit
                    label=format!("Delete {name}")
                    busy="Deleting …"
                    pending=action.pending()
                    class="btn bad full"
                />
                <a class="btn" href=paths::cluster(id) data-noscroll>
                    "Keep it"
                </a>
            </div>
        </ActionForm>
    }
    .into_any()
}
