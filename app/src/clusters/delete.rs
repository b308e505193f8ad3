//! Deleting a cluster, by typing its name, and protecting it against that.

use cluster_api::{Cluster, ClusterId, Field, Problem};
use leptos::{either::EitherOf3, ev, html, prelude::*, server_fn::ServerFn};

use super::server_fns::{DeleteCluster, ProtectCluster};
use crate::{
    live::row::Row,
    paths,
    ui::{
        field::{FieldError, form_error},
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
    open: bool,
    /// What the server said against it.
    said: Option<Problem>,
) -> impl IntoView {
    let refused = Memo::new(move |_| row.with(|cluster| cluster.can_delete().err()));
    let (of_name, other) = match said {
        Some(problem) if problem.field() == Some(Field::Name) => (Some(problem), None),
        other => (None, other.map(|problem| problem.to_string())),
    };
    // With scripts the form opens in place; what else was typed on the page stays.
    let open = RwSignal::new(open);
    let way = move || {
        let (id, name) = row.with_untracked(|it| (it.id, it.name.to_string()));
        if let Some(why) = refused.get() {
            let off = (why == Problem::Protected).then(|| protection(id, false));
            EitherOf3::A(view! {
                {form_error(other.clone())}
                <p class="quiet">{why.to_string()}</p>
                {off}
            })
        } else {
            if open.get() {
                EitherOf3::B(form(id, name, of_name, other.clone(), open))
            } else {
                EitherOf3::C(ask(id, &name, open))
            }
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
                    {move || row.with(lost)}
                </p>
                {way}
            </div>
        </section>
    }
}

/// The button that puts the protection on, or takes it off.
fn protection(id: ClusterId, on: bool) -> impl IntoView + use<> {
    let words = if on {
        "Protect against deletion"
    } else {
        "Take the protection off"
    };
    view! {
        <form method="post" action=ProtectCluster::url()>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="on" value=on.to_string()/>
            <button type="submit" class="btn">
                {words}
            </button>
        </form>
    }
}

/// The id of the link that opens the form.
const ASK: &str = "ask-to-delete";

/// Opens the form in place, or closes it. A click that asks for another tab does what it asks for.
fn set(event: ev::MouseEvent, open: RwSignal<bool>, to: bool) {
    use leptos::wasm_bindgen::JsCast;
    if event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    event.prevent_default();
    open.set(to);
    if !to {
        // The focus goes back to where it came from.
        request_animation_frame(|| {
            let link = document().get_element_by_id(ASK);
            if let Some(link) = link.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = link.focus();
            }
        });
    }
}

fn lost(cluster: &Cluster) -> String {
    match u32::try_from(cluster.nodes.len()).unwrap_or(u32::MAX) {
        0 => "Its credentials stop working. This cannot be undone.".to_owned(),
        nodes => format!(
            "{}, with all containers, images and volumes on {}, and all credentials. This cannot \
             be undone.",
            plural(nodes, "node"),
            if nodes == 1 { "it" } else { "them" }
        ),
    }
}

fn ask(id: ClusterId, name: &str, open: RwSignal<bool>) -> impl IntoView + use<> {
    view! {
        <div class="acts">
            <a id=ASK class="btn bad" href=paths::delete(id) on:click=move |event| set(event, open, true)>
                {format!("Delete {name} \u{2026}")}
            </a>
            {protection(id, true)}
        </div>
    }
}

fn form(
    id: ClusterId,
    name: String,
    of_name: Option<Problem>,
    other: Option<String>,
    open: RwSignal<bool>,
) -> impl IntoView + use<> {
    let error = RwSignal::new(of_name.map(|problem| problem.to_string()));
    let input = NodeRef::<html::Input>::new();
    let wanted = name.clone();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // An input that cannot be focused stays as it is.
            let _ = input.focus();
        }
    });
    let check = move |event: ev::SubmitEvent| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        if input.value().trim() != wanted {
            event.prevent_default();
            error.set(Some(Problem::NameMismatch.to_string()));
            input.select();
        }
    };
    view! {
        <form method="post" action=DeleteCluster::url() class="form" on:submit=check>
            {form_error(other)}
            <input type="hidden" name="id" value=id.to_string()/>
            <div class="field">
                <label for="confirm-name">"Type " <b>{name.clone()}</b> " to confirm"</label>
                <input
                    id="confirm-name"
                    name="name"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus
                    maxlength="100"
                    node_ref=input
                    aria-describedby="confirm-name-error"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                />
                <FieldError of="confirm-name" error/>
            </div>
            <div class="acts">
                <Submit label=format!("Delete {name}") busy="Deleting \u{2026}" class="btn bad full"/>
                <a class="btn" href=paths::cluster(id) on:click=move |event| set(event, open, false)>
                    "Keep it"
                </a>
            </div>
        </form>
    }
}
