//! The groups of nodes of a cluster: how each is, how many nodes it has, and what can be done with it.

use cluster_api::{Cluster, ClusterId, Nodegroup, Problem};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::params::ParamsMap;

use super::server_fns::{AddGroup, BoundGroup, DeleteGroup, ResizeGroup};
use crate::{
    cluster::nodes_page::role_word,
    paths, says, t,
    ui::{
        badge::status_word,
        field::form_error,
        icon::icon,
        said::said,
        submit::{Submit, submit},
    },
};

/// What the address says of groups.
pub struct Asked {
    deleting: Option<String>,
    said: Option<Problem>,
}

impl Asked {
    /// Reads the query of the page at hand.
    #[must_use]
    pub fn of(query: &ParamsMap) -> Self {
        let all = [
            ResizeGroup::PATH,
            BoundGroup::PATH,
            DeleteGroup::PATH,
            AddGroup::PATH,
        ];
        Self {
            deleting: query.get_str("delete-group").map(ToOwned::to_owned),
            said: all.into_iter().find_map(said),
        }
    }
}

/// The panel, or why there is none now.
#[must_use]
pub fn groups_panel(
    cluster: &Cluster,
    groups: Result<Vec<Nodegroup>, Problem>,
    asked: &Asked,
) -> AnyView {
    let body = match groups {
        Ok(groups) => {
            let rows: Vec<_> = groups
                .iter()
                .map(|it| group(cluster.id, it, asked))
                .collect();
            view! {
                <ul class="body groups">{rows}</ul>
                {add(cluster.id)}
            }
            .into_any()
        }
        Err(problem) => view! {
            <p class="body quiet">{t!("groups-unknown")} " " {says::problem(problem)}</p>
        }
        .into_any(),
    };
    view! {
        <section class="panel" id="groups" aria-labelledby="groups-title">
            <header>
                <h2 id="groups-title">{t!("groups-title")}</h2>
            </header>
            {asked.said.map(|problem| view! {
                <div class="body">{form_error(Some(says::problem(problem)))}</div>
            })}
            {body}
        </section>
    }
    .into_any()
}

fn group(id: ClusterId, group: &Nodegroup, asked: &Asked) -> AnyView {
    let name = group.name.clone();
    let title = format!("group-{}", group.id);
    let role = role_word(group.role);
    let bounds = t!(
        "groups-bounds",
        min = group.min,
        max = group.max.unwrap_or(0)
    );
    let marks: Vec<_> = group
        .node_labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .chain(
            group
                .taints
                .iter()
                .map(|it| format!("{}={}:{}", it.key, it.value, it.effect.as_str())),
        )
        .map(|text| view! { <code class="label">{text}</code> })
        .collect();
    let reason = group.reason.clone().map(|reason| {
        view! {
            <p class="reason small">{icon("bad", "")} <span>{reason}</span></p>
        }
    });
    let addresses = (!group.addresses.is_empty())
        .then(|| view! { <p class="mono small quiet">{group.addresses.join(", ")}</p> });
    let default = group
        .is_default
        .then(|| view! { <span class="small quiet">{t!("groups-default")}</span> });
    view! {
        <li id=title.clone()>
            <h3>{name.clone()}</h3>
            <p class="small">
                {status_word(group.status)}
                " \u{b7} "
                {role}
                " \u{b7} "
                {group.flavor.clone().unwrap_or_default()}
                " \u{b7} "
                {t!("nodes-count", count = group.count)}
                ", "
                {bounds}
                " "
                {default}
            </p>
            {reason}
            {addresses}
            {(!marks.is_empty()).then(|| view! { <p>{marks}</p> })}
            {acts(id, group, asked)}
        </li>
    }
    .into_any()
}

fn acts(id: ClusterId, group: &Nodegroup, asked: &Asked) -> AnyView {
    let (of, name) = (group.id.to_string(), group.name.clone());
    let field = |what: &str| format!("{what}-{of}");
    let hidden = || {
        view! {
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="group" value=of.clone()/>
        }
    };
    let delete = if group.is_default {
        None
    } else if asked.deleting.as_deref() == Some(&*of) {
        Some(
            view! {
                <form method="post" action=DeleteGroup::url() class="ask" aria-labelledby=field("ask")>
                    {hidden()}
                    <h4 id=field("ask")>{t!("groups-delete-ask", name = name.as_str())}</h4>
                    <p>{t!("groups-delete-loses", count = group.count)}</p>
                    <div class="acts">
                        {submit(Submit {
                            label: t!("groups-delete-do"),
                            busy: t!("groups-deleting"),
                            class: "btn bad full",
                            ..Submit::default()
                        })}
                        <a class="btn" href=paths::nodes(id)>{t!("cancel")}</a>
                    </div>
                </form>
            }
            .into_any(),
        )
    } else {
        let to = format!(
            "{}#group-{of}",
            paths::with_query(&paths::nodes(id), &[("delete-group", &*of)])
        );
        Some(
            view! {
                <a class="btn bad" href=to>{t!("groups-delete", name = name.as_str())}</a>
            }
            .into_any(),
        )
    };
    let (least, most) = (group.min.to_string(), group.max.map(|it| it.to_string()));
    view! {
        <details>
            <summary>
                {t!("groups-resize")}
                <span class="unseen">" " {name.clone()}</span>
            </summary>
            <form method="post" action=ResizeGroup::url() class="form">
                {hidden()}
                <div class="field">
                    <label for=field("count")>{t!("groups-resize-of", name = name.as_str())}</label>
                    <input id=field("count") name="count" type="number" inputmode="numeric" min="0" max="999" required value=group.count.to_string()/>
                </div>
                <div class="field">
                    <label for=field("remove")>{t!("groups-remove")}</label>
                    <input id=field("remove") name="remove" type="text" autocomplete="off" spellcheck="false" maxlength="2000" aria-describedby=field("remove-hint")/>
                    <p class="hint" id=field("remove-hint")>{t!("groups-remove-hint")}</p>
                </div>
                <div class="acts">{submit(Submit { label: t!("groups-resize"), busy: t!("groups-resizing"), ..Submit::default() })}</div>
            </form>
            <form method="post" action=BoundGroup::url() class="form">
                {hidden()}
                <div class="field">
                    <label for=field("min")>{t!("groups-min")}</label>
                    <input id=field("min") name="min" type="number" inputmode="numeric" min="0" max="999" required value=least/>
                </div>
                <div class="field">
                    <label for=field("max")>{t!("groups-max")}</label>
                    <input id=field("max") name="max" type="number" inputmode="numeric" min="0" max="999" value=most aria-describedby=field("max-hint")/>
                    <p class="hint" id=field("max-hint")>{t!("groups-max-hint")}</p>
                </div>
                <div class="acts">{submit(Submit { label: t!("groups-bound"), busy: t!("groups-resizing"), ..Submit::default() })}</div>
            </form>
        </details>
        {delete}
    }
    .into_any()
}

fn add(id: ClusterId) -> AnyView {
    let text = |name: &'static str, label: String, hint: Option<String>| {
        let (field, hint_id) = (format!("new-{name}"), format!("new-{name}-hint"));
        view! {
            <div class="field">
                <label for=field.clone()>{label}</label>
                <input id=field name=name type="text" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="255" aria-describedby=hint_id.clone()/>
                {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            </div>
        }
    };
    let number = |name: &'static str, label: String, value: &'static str| {
        let field = format!("new-{name}");
        view! {
            <div class="field">
                <label for=field.clone()>{label}</label>
                <input id=field name=name type="number" inputmode="numeric" min="0" max="999" value=value/>
            </div>
        }
    };
    let area = |name: &'static str, label: String, hint: String| {
        let (field, hint_id) = (format!("new-{name}"), format!("new-{name}-hint"));
        view! {
            <div class="field">
                <label for=field.clone()>{label}</label>
                <textarea id=field name=name rows="2" spellcheck="false" autocapitalize="none" aria-describedby=hint_id.clone()></textarea>
                <p class="hint" id=hint_id>{hint}</p>
            </div>
        }
    };
    view! {
        <details class="body">
            <summary>{t!("groups-add")}</summary>
            <form method="post" action=AddGroup::url() class="form">
                <input type="hidden" name="id" value=id.to_string()/>
                {text("name", t!("groups-name"), None)}
                {text("flavor", t!("groups-flavor"), Some(t!("create-of-template")))}
                {number("count", t!("groups-size"), "1")}
                {number("min", t!("groups-min"), "0")}
                {number("max", t!("groups-max"), "")}
                {area("node_labels", t!("groups-labels"), t!("groups-labels-hint"))}
                {area("taints", t!("groups-taints"), t!("groups-taints-hint"))}
                <div class="acts">{submit(Submit { label: t!("groups-add-do"), busy: t!("groups-adding"), ..Submit::default() })}</div>
            </form>
        </details>
    }
    .into_any()
}
