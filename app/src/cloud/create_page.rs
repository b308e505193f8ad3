//! The form for a cluster of a cloud: made from a template, with all that the template says in sight.
//!
//! As the form for other clusters it is shown to the server while it is filled in (`data-check`).

use std::collections::BTreeMap;

use cluster_api::{Choices, ClusterName, Field, Problem, ProjectUse, Snapshot, TaskKind, Template};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    draft::{Draft, pairs},
    server_fns::CreateFromTemplate,
};
use crate::{
    clusters::{
        create_page::{Use, uses_table, usually},
        quota::check_name,
    },
    dashboard::{Upstream, act, act_soon, dashboard},
    error::AppError,
    layout::frame::{Frame, Page},
    paths, says, t,
    ui::{
        crumbs::Crumbs,
        field::{describedby, field, form_error, invalid},
        icon::icon,
        said::said,
        submit::{Submit, submit},
    },
};

/// What the address of the form says.
pub struct CloudForm {
    draft: Draft,
    again: Option<String>,
    said: Option<Problem>,
}

/// What there is to choose from, and how much of it.
struct Around {
    templates: Vec<Template>,
    choices: Choices,
    used: Option<ProjectUse>,
    usual_ms: Option<u64>,
}

impl Around {
    /// How many clusters there are and may be: as the cloud says now, and else as it was known last.
    fn clusters(&self, known: &Snapshot) -> (u32, u32) {
        let last = || {
            let clusters = u32::try_from(known.clusters.len()).unwrap_or(u32::MAX);
            (clusters, known.quotas.max_clusters)
        };
        (self.used).map_or_else(last, |it| (it.clusters, it.max_clusters))
    }

    /// Whether one more may be asked for.
    fn quota_left(&self, known: &Snapshot) -> Result<(), Problem> {
        let (clusters, limit) = self.clusters(known);
        if clusters < limit {
            Ok(())
        } else {
            Err(Problem::QuotaClusters { limit })
        }
    }
}

impl CloudForm {
    /// Reads the address of the page at hand.
    #[must_use]
    pub fn of_address() -> Self {
        let (draft, again) = use_query_map().with_untracked(|query| {
            let again = query.get_str("again").map(ToOwned::to_owned);
            (Draft::from_query(query), again)
        });
        Self {
            draft,
            again,
            said: said(CreateFromTemplate::PATH),
        }
    }

    /// The page.
    ///
    /// # Errors
    /// The session is over, or the templates cannot be read.
    pub async fn page(self, frame: Frame) -> Result<Page, AppError> {
        let Self {
            mut draft,
            again,
            said,
        } = self;
        let templates = act(|up| async move { up.control_plane.templates(&up.token).await });
        let choices =
            act_soon(|up: Upstream| async move { up.control_plane.choices(&up.token).await });
        let used =
            act_soon(|up: Upstream| async move { up.control_plane.project_use(&up.token).await });
        let usual = act_soon(|up: Upstream| async move { up.control_plane.usual(&up.token).await });
        let (templates, choices, used, usual) = futures::join!(templates, choices, used, usual);
        let around = Around {
            templates: templates?.into_iter().filter(|it| !it.hidden).collect(),
            // What is not known is typed, and left for Magnum to judge.
            choices: choices.unwrap_or_default(),
            used: used.ok(),
            usual_ms: usual.ok().and_then(|times| times.of(TaskKind::Create)),
        };
        if let Some(id) = again.and_then(|it| it.parse().ok()) {
            let wish = act(|up| async move { up.control_plane.again(&up.token, id).await }).await?;
            draft = Draft::again(&wish);
            draft.name = free_name(&draft.name, &frame.known.snapshot);
        }
        if draft.key.is_empty() {
            // Made with the page, so that the same form sent twice makes one cluster.
            draft.key = uuid::Uuid::new_v4().to_string();
        }
        if draft.managers.is_empty() {
            draft.managers = "1".to_owned();
        }
        if draft.workers.is_empty() {
            draft.workers = "1".to_owned();
        }
        let body = view! {
            <Crumbs here=t!("create-cluster")/>
            <div class="head">
                <h1>{t!("create-cluster")}</h1>
            </div>
            {warnings()}
            {form(&frame.known.snapshot, &draft, &around, said)}
        };
        Ok(Page::new(t!("create-cluster"), body))
    }
}

/// The name with the first number behind it that nobody has: the cluster of that name is still there.
fn free_name(name: &str, known: &Snapshot) -> String {
    let is_free = |name: &String| known.clusters.iter().all(|it| it.name.as_str() != name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(is_free)
        .unwrap_or_default()
}

/// What stands in the way before anything is typed.
fn warnings() -> Option<AnyView> {
    let membership = dashboard().membership()?;
    let words = if !membership.can_change() {
        t!("reader-only", roles = membership.roles.join(", "))
    } else if membership.is_restricted {
        t!("restricted-credential")
    } else {
        return None;
    };
    Some(
        view! {
            <p class="notice" id="cloud-warning">
                {icon("bad", "")}
                <span>{words}</span>
            </p>
        }
        .into_any(),
    )
}

fn form(known: &Snapshot, draft: &Draft, around: &Around, said: Option<Problem>) -> AnyView {
    let templates = &around.templates;
    let chosen = templates
        .iter()
        .find(|it| it.id.to_string() == draft.template);
    let chosen = chosen.or_else(|| templates.first());
    let name_said = said.filter(|it| it.field() == Some(Field::Name));
    let other = said
        .filter(|it| it.field() != Some(Field::Name))
        .map(says::problem);
    let name_wrong = (!draft.name.is_empty())
        .then(|| check_name(&draft.name, known).err())
        .flatten()
        .or(name_said)
        .map(says::problem);
    let balancer =
        draft.parse_managers().is_ok_and(|it| it > 1) && chosen.is_some_and(|it| !it.balanced);
    let managers_wrong = match draft.parse_managers() {
        Err(problem) => Some(says::problem(problem)),
        Ok(_) if balancer => Some(t!("managers-need-balancer")),
        Ok(_) => None,
    };
    let workers_wrong = draft.parse_workers().err().map(says::problem);
    let labels_wrong = match pairs(&draft.labels) {
        Some(_) => None,
        None => Some(says::problem(Problem::LabelsInvalid)),
    };
    let refused = around.quota_left(known).err().map(says::problem);
    let text = |id: &'static str, value: &str, wrong: Option<&String>| {
        view! {
            <input
                id=id
                name=id
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                maxlength="255"
                value=value.to_owned()
                    aria-describedby=describedby(id)
                aria-invalid=invalid(wrong)
            />
        }
    };
    let number = |id: &'static str, value: &str, wrong: Option<&String>, min: &'static str| {
        view! {
            <input
                id=id
                name=id
                type="number"
                inputmode="numeric"
                required
                min=min
                max="999"
                value=value.to_owned()
                aria-describedby=describedby(id)
                aria-invalid=invalid(wrong)
            />
        }
    };
    let name = view! {
        <input
            id="name"
            name="name"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            required
            maxlength=ClusterName::MAX_LENGTH.to_string()
            value=draft.name.clone()
            aria-describedby=describedby("name")
            aria-invalid=invalid(name_wrong.as_ref())
        />
    };
    let options: Vec<_> = templates
        .iter()
        .map(|it| {
            let words = match it.version() {
                Some(version) => format!("{} \u{b7} {version}", it.name),
                None => it.name.clone(),
            };
            let selected = chosen.is_some_and(|chosen| chosen.id == it.id);
            view! { <option value=it.id.to_string() selected=selected>{words}</option> }
        })
        .collect();
    let template = view! {
        <select id="template" name="template" required aria-describedby=describedby("template")>
            {options}
        </select>
    };
    let labels = view! {
        <textarea
            id="labels"
            name="labels"
            rows="3"
            spellcheck="false"
            autocapitalize="none"
            aria-describedby=describedby("labels")
            aria-invalid=invalid(labels_wrong.as_ref())
        >
            {draft.labels.clone()}
        </textarea>
    };
    let choices = &around.choices;
    let as_template = |own: Option<&String>| match own {
        Some(own) => format!("{}: {own}", t!("create-of-template")),
        None => t!("create-of-template"),
    };
    let flavors = |id: &'static str, value: &str, own: Option<&String>| {
        if choices.flavors.is_empty() {
            return text(id, value, None).into_any();
        }
        let all: Vec<_> = choices
            .flavors
            .iter()
            .map(|it| {
                let words = t!(
                    "flavor-about",
                    name = it.name.as_str(),
                    cpus = it.cpus,
                    memory = format!("{:.1}", it.memory_mb as f64 / 1024.0)
                );
                view! { <option value=it.name.clone() selected=it.name == value>{words}</option> }
            })
            .collect();
        view! {
            <select id=id name=id aria-describedby=describedby(id)>
                <option value="">{as_template(own)}</option>
                {all}
            </select>
        }
        .into_any()
    };
    let names = |id: &'static str, value: &str, own: Option<&String>, all: &[String]| {
        if all.is_empty() {
            return text(id, value, None).into_any();
        }
        let all: Vec<_> = all
            .iter()
            .map(|it| view! { <option value=it.clone() selected=it == value>{it.clone()}</option> })
            .collect();
        view! {
            <select id=id name=id aria-describedby=describedby(id)>
                <option value="">{as_template(own)}</option>
                {all}
            </select>
        }
        .into_any()
    };
    let own = |read: fn(&Template) -> Option<&String>| chosen.and_then(read);
    view! {
        {form_error(refused.clone())}
        <form method="post" action=CreateFromTemplate::url() class="create" novalidate data-check>
            <div class="panel form">
                {form_error(other)}
                <input type="hidden" name="key" value=draft.key.clone()/>
                {field("name", t!("name"), Some(t!("create-name-hint")), name_wrong, name)}
                {field("template", t!("create-from"), None, None, template)}
                <noscript>
                    <button type="submit" class="btn" formmethod="get" formaction=paths::NEW_CLUSTER>
                        {t!("create-template-check")}
                    </button>
                </noscript>
                {field(
                    "managers",
                    t!("create-managers"),
                    Some(t!("create-managers-hint")),
                    managers_wrong.clone(),
                    number("managers", &draft.managers, managers_wrong.as_ref(), "1"),
                )}
                {field(
                    "workers",
                    t!("create-workers"),
                    None,
                    workers_wrong.clone(),
                    number("workers", &draft.workers, workers_wrong.as_ref(), "0"),
                )}
                {field(
                    "flavor",
                    t!("create-flavor-workers"),
                    None,
                    None,
                    flavors("flavor", &draft.flavor, own(|it| it.flavor.as_ref())),
                )}
                {field(
                    "manager_flavor",
                    t!("create-flavor-managers"),
                    None,
                    None,
                    flavors("manager_flavor", &draft.manager_flavor, own(|it| it.manager_flavor.as_ref())),
                )}
                {field(
                    "keypair",
                    t!("create-keypair"),
                    None,
                    None,
                    names("keypair", &draft.keypair, own(|it| it.keypair.as_ref()), &choices.keypairs),
                )}
                {field(
                    "network",
                    t!("create-network"),
                    None,
                    None,
                    names("network", &draft.network, own(|it| it.network.as_ref()), &choices.networks),
                )}
                {field("labels", t!("create-labels"), Some(t!("cloud-labels-hint")), labels_wrong, labels)}
            </div>
            <aside class="panel form summary" aria-label=t!("create-summary")>
                {uses(known, draft, around)}
                {chosen.map(|template| merged(template, draft))}
                <div class="acts">
                    {submit(Submit {
                        label: t!("create-cluster"),
                        busy: t!("creating"),
                        refused,
                        class: "btn main large",
                    })}
                    <a class="btn large" href=paths::CLUSTERS>
                        {t!("cancel")}
                    </a>
                </div>
            </aside>
        </form>
    }
    .into_any()
}

/// The labels as Magnum will have them: it is asked to merge.
fn merged(template: &Template, draft: &Draft) -> AnyView {
    let yours = pairs(&draft.labels).unwrap_or_default();
    let mut all: BTreeMap<&String, (&String, bool)> = BTreeMap::new();
    all.extend(
        template
            .labels
            .iter()
            .map(|(key, value)| (key, (value, false))),
    );
    all.extend(yours.iter().map(|(key, value)| (key, (value, true))));
    if all.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = all
        .into_iter()
        .map(|(key, (value, is_yours))| {
            let from = if is_yours {
                t!("create-labels-yours")
            } else {
                t!("create-labels-template")
            };
            view! {
                <li>
                    <code class="label">{format!("{key}={value}")}</code>
                    " "
                    <span class="small quiet">{from}</span>
                </li>
            }
        })
        .collect();
    view! {
        <div id="merged">
            <h2>{t!("create-labels-merged")}</h2>
            <ul class="rows">{rows}</ul>
        </div>
    }
    .into_any()
}

/// Now, afterwards, at most.
fn uses(known: &Snapshot, draft: &Draft, around: &Around) -> AnyView {
    let (clusters, limit) = around.clusters(known);
    let nodes = around.used.map(|it| it.nodes);
    let more = match (draft.parse_managers(), draft.parse_workers()) {
        (Ok(managers), Ok(workers)) => Some(managers + workers),
        _ => None,
    };
    let in_all = Use {
        what: t!("nav-clusters"),
        now: Some(clusters),
        after: Some(clusters.saturating_add(1)),
        limit: Some(limit),
    };
    let nodes = Use {
        what: t!("create-uses-nodes"),
        now: nodes,
        after: nodes.zip(more).map(|(now, more)| now + more),
        // Magnum bounds clusters alone.
        limit: None,
    };
    view! {
        {uses_table(vec![in_all, nodes])}
        {usually(around.usual_ms)}
    }
    .into_any()
}
