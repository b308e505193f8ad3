//! The page with the form for a new cluster.
//!
//! While it is filled in, scripts ask for the page with what was typed in its address (`data-check`), so
//! that it says at once what is wrong and what the cluster would use; the same words as when it is sent.

use cluster_api::{
    ClusterName, CreateCluster as Request, Field, Flavor, Labels, Offer, Problem, Snapshot,
    TaskKind,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::{
    draft::Draft,
    quota::{Preview, check_name, check_nodes},
    server_fns::CreateCluster,
};
use crate::{
    cloud::create_page::CloudForm,
    dashboard::{act_soon, offers},
    error::AppError,
    layout::frame::{Page, signed_in},
    paths, says, t,
    ui::{
        copy::command,
        crumbs::Crumbs,
        field::{describedby, field, form_error, invalid},
        said::said,
        stepper::stepper,
        submit::{Submit, submit},
    },
    when::duration,
};

/// Asks for what a new cluster is to be.
#[component]
pub fn CreatePage() -> AnyView {
    let mut draft = use_query_map().with_untracked(Draft::from_query);
    if draft.key.is_empty() {
        // Made with the page, so that the same form sent twice makes one cluster.
        draft.key = uuid::Uuid::new_v4().to_string();
    }
    if draft.nodes.is_empty() {
        draft.nodes = "1".to_owned();
    }
    if draft.flavor.parse::<Flavor>().is_err() {
        draft.flavor = Flavor::default().name().to_owned();
    }
    let said = said(CreateCluster::PATH);
    let cloud = CloudForm::of_address();
    signed_in(move |frame| async move {
        if offers(Offer::Templates) {
            return cloud.page(frame).await;
        }
        let known = frame.known.snapshot;
        let usual = act_soon(|up| async move { up.control_plane.usual(&up.token).await }).await;
        let usual_ms = match usual {
            Ok(times) => times.of(TaskKind::Create),
            Err(Problem::SignedOut) => return Err(AppError(Problem::SignedOut)),
            // Nobody needs it to make a cluster.
            Err(_) => None,
        };
        let body = view! {
            <Crumbs here=t!("create-cluster")/>
            <div class="head">
                <h1>{t!("create-cluster")}</h1>
            </div>
            {form(&known, &draft, usual_ms, said)}
        };
        Ok(Page::new(t!("create-cluster"), body))
    })
}

/// What is wrong with each field.
#[derive(Default)]
struct Wrong {
    name: Option<String>,
    nodes: Option<String>,
    autoscale: Option<String>,
    labels: Option<String>,
    other: Option<String>,
}

impl Wrong {
    /// What the page itself knows, and what the server said when the form was sent. A name that is not
    /// typed yet is not wrong yet.
    fn of(draft: &Draft, known: &Snapshot, said: Option<Problem>) -> Self {
        let mut wrong = Self::default();
        if !draft.name.is_empty() {
            wrong.name = check_name(&draft.name, known).err().map(says::problem);
        }
        let limit = known.quotas.max_nodes_per_cluster;
        wrong.nodes = check_nodes(&draft.nodes, limit).err().map(says::problem);
        wrong.labels = draft.parse_labels().err().map(says::problem);
        if wrong.nodes.is_none() {
            wrong.autoscale = draft.parse_autoscale().err().map(says::problem);
        }
        if let Some(problem) = said {
            let words = Some(says::problem(problem));
            match problem.field() {
                Some(Field::Name) if wrong.name.is_none() => wrong.name = words,
                Some(Field::Nodes) if wrong.nodes.is_none() => wrong.nodes = words,
                Some(Field::Name | Field::Nodes) => {}
                _ => match problem {
                    Problem::LabelsInvalid => wrong.labels = words,
                    Problem::PolicyInvalid { .. } => wrong.autoscale = words,
                    _ => wrong.other = words,
                },
            }
        }
        wrong
    }
}

fn form(known: &Snapshot, draft: &Draft, usual_ms: Option<u64>, said: Option<Problem>) -> AnyView {
    let wrong = Wrong::of(draft, known, said);
    let refused = known.can_create().err().map(says::problem);
    let name = view! {
        <input
            id="name"
            name="name"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            required
            autofocus=wrong.nodes.is_none()
            maxlength=ClusterName::MAX_LENGTH.to_string()
            value=draft.name.clone()
            aria-describedby=describedby("name")
            aria-invalid=invalid(wrong.name.as_ref())
        />
    };
    let limit = known.quotas.max_nodes_per_cluster;
    let nodes = stepper("nodes", &draft.nodes, limit.get(), wrong.nodes.as_ref());
    let nodes_hint = t!("create-nodes-hint", limit = limit.get());
    let labels = view! {
        <textarea
            id="labels"
            name="labels"
            rows="3"
            spellcheck="false"
            autocapitalize="none"
            placeholder="team=shop"
            aria-describedby=describedby("labels")
            aria-invalid=invalid(wrong.labels.as_ref())
        >
            {draft.labels.clone()}
        </textarea>
    };
    view! {
        {form_error(refused.clone())}
        <form method="post" action=CreateCluster::url() class="create" novalidate data-check>
            <div class="panel form">
                {form_error(wrong.other)}
                <input type="hidden" name="key" value=draft.key.clone()/>
                {field("name", t!("name"), Some(t!("create-name-hint")), wrong.name, name)}
                {types(known, &draft.cluster_type)}
                {flavors(&draft.flavor)}
                {field("nodes", t!("nodes"), Some(nodes_hint), wrong.nodes, nodes)}
                {autoscale(draft, limit.get(), wrong.autoscale)}
                {field("labels", t!("create-labels"), Some(t!("create-labels-hint", most = Labels::MOST)), wrong.labels, labels)}
                <label class="check">
                    <input type="checkbox" name="protection" value="on" checked=!draft.protection.is_empty()/>
                    <span>
                        <b>{t!("create-protection")}</b>
                        <span class="small quiet">{t!("create-protection-hint")}</span>
                    </span>
                </label>
            </div>
            <aside class="panel form summary" aria-label=t!("create-summary")>
                {uses(known, draft, usual_ms)}
                <div class="acts">
                    {submit(Submit {
                        label: t!("create-cluster"),
                        busy: t!("creating"),
                        refused,
                        class: "btn main large",
                    })}
                    <button
                        type="submit"
                        class="btn large unscripted"
                        formmethod="get"
                        formaction=paths::NEW_CLUSTER
                    >
                        {t!("size-look")}
                    </button>
                    <a class="btn large" href=paths::CLUSTERS>
                        {t!("cancel")}
                    </a>
                </div>
                {same_elsewhere(draft)}
            </aside>
        </form>
    }
    .into_any()
}

fn types(known: &Snapshot, chosen: &str) -> AnyView {
    let active = || known.cluster_types.iter().filter(|it| it.active);
    let is_known = active().any(|it| it.id.0.to_string() == chosen);
    let choices: Vec<_> = active()
        .enumerate()
        .map(|(index, it)| {
            let id = it.id.0.to_string();
            let checked = if is_known { id == chosen } else { index == 0 };
            let about = t!(
                "type-about",
                coe = it.coe.as_str(),
                host = it.host_type.as_str()
            );
            view! {
                <label class="choice">
                    <input type="radio" name="cluster_type" value=id checked=checked required/>
                    <span>
                        <b>{it.name.clone()}</b>
                        <span class="small quiet">{about}</span>
                    </span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="choices">
            <legend>{t!("cluster-type")}</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

fn flavors(chosen: &str) -> AnyView {
    let choices = Flavor::ALL.map(|flavor| {
        view! {
            <label class="choice">
                <input type="radio" name="flavor" value=flavor.name() checked=flavor.name() == chosen required/>
                <span>
                    <b>{t!("gigabytes", count = flavor.memory_gb())}</b>
                    <span class="small quiet">
                        {t!("cpus", count = flavor.cpus())} " \u{b7} " {flavor.name()}
                    </span>
                </span>
            </label>
        }
    });
    view! {
        <fieldset class="choices three">
            <legend>{t!("create-flavor")}</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

/// The switch, and the bounds, which count once it is on.
fn autoscale(draft: &Draft, limit: u32, wrong: Option<String>) -> AnyView {
    let bound = |id: &'static str, label: String, value: &str, placeholder: String| {
        view! {
            <label class="bound" for=id>
                <span>{label}</span>
                <input
                    id=id
                    name=id
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max=limit.to_string()
                    value=value.to_owned()
                    placeholder=placeholder
                    aria-describedby="autoscale-error"
                />
            </label>
        }
    };
    view! {
        <fieldset class="choices autoscale">
            <legend>{t!("autoscale")}</legend>
            <label class="check">
                <input type="checkbox" name="autoscale" value="on" checked=!draft.autoscale.is_empty()/>
                <span>
                    <b>{t!("create-autoscale")}</b>
                    <span class="small quiet">{t!("create-autoscale-hint")}</span>
                </span>
            </label>
            <div class="bounds">
                {bound("min_nodes", t!("at-least"), &draft.min_nodes, draft.nodes.clone())}
                {bound("max_nodes", t!("at-most"), &draft.max_nodes, limit.to_string())}
            </div>
            {crate::ui::field::field_error("autoscale", wrong)}
        </fieldset>
    }
    .into_any()
}

/// What the cluster would use of the quota, and how long making one usually takes (`usual_ms`, in
/// milliseconds, as far as it was measured).
fn uses(known: &Snapshot, draft: &Draft, usual_ms: Option<u64>) -> AnyView {
    let preview = Preview::of(known, &draft.nodes, &draft.flavor);
    let memory = preview
        .memory_gb
        .map_or_else(String::new, |all| t!("create-memory", count = all));
    let clusters = Use {
        what: t!("nav-clusters"),
        now: Some(preview.clusters),
        after: Some(preview.clusters.saturating_add(1)),
        limit: Some(preview.max_clusters),
    };
    let nodes = Use {
        what: t!("nodes-in-it"),
        now: Some(0),
        after: preview.nodes,
        limit: Some(preview.max_nodes),
    };
    view! {
        {uses_table(vec![clusters, nodes])}
        <p class="small quiet">{memory}</p>
        {usually(usual_ms)}
    }
    .into_any()
}

/// What there is of something, what there would be, and what there may be at most; None: nobody says.
pub struct Use {
    /// What it is.
    pub what: String,
    /// How much there is.
    pub now: Option<u32>,
    /// How much there would be.
    pub after: Option<u32>,
    /// How much there may be.
    pub limit: Option<u32>,
}

/// The table of a quota: now, afterwards, at most.
#[must_use]
pub fn uses_table(uses: Vec<Use>) -> AnyView {
    let number =
        |number: Option<u32>| number.map_or_else(|| "\u{2013}".to_owned(), |it| it.to_string());
    let rows: Vec<_> = uses
        .into_iter()
        .map(|it| {
            view! {
                <tr>
                    <th scope="row">{it.what}</th>
                    <td class="num">{number(it.now)}</td>
                    <td class="num">{number(it.after)}</td>
                    <td class="num">{number(it.limit)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table>
            <caption>{t!("create-uses")}</caption>
            <thead>
                <tr>
                    <th scope="col">
                        <span class="unseen">{t!("quota")}</span>
                    </th>
                    <th scope="col" class="num">{t!("quota-now")}</th>
                    <th scope="col" class="num">{t!("quota-after")}</th>
                    <th scope="col" class="num">{t!("quota-limit")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// How long making a cluster usually takes, as far as it was measured.
#[must_use]
pub fn usually(usual_ms: Option<u64>) -> Option<AnyView> {
    usual_ms.map(|usual| {
        view! {
            <p class="small quiet" id="usually">
                {t!("create-usually", time = duration(usual))}
            </p>
        }
        .into_any()
    })
}

/// The request as a line for the `carina` command.
fn carina_create(cluster: &Request) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let mut line = format!("carina create --nodes={}", cluster.node_count.get());
    let mut add = |word: &str| {
        line.push(' ');
        line.push_str(word);
    };
    if let Some(policy) = &cluster.autoscale {
        add("--autoscale");
        if policy.min != cluster.node_count {
            add(&format!("--min={}", policy.min.get()));
        }
        if let Some(max) = policy.max {
            add(&format!("--max={}", max.get()));
        }
    }
    if cluster.flavor != Flavor::default() {
        add(&format!("--flavor={}", cluster.flavor));
    }
    for (key, value) in cluster.labels.as_map() {
        add(&quoted(&format!("--label={key}={value}")));
    }
    if cluster.deletion_protection {
        add("--protect");
    }
    add("--wait");
    add(cluster.name.as_str());
    line
}

/// The same as commands, to copy. Nothing until what was typed makes a request.
fn same_elsewhere(draft: &Draft) -> AnyView {
    let inside = match draft.parse() {
        Ok((cluster, key)) => {
            let json = serde_json::to_string(&cluster).unwrap_or_default();
            let curl = format!(
                "curl -X POST \"$CARINA_ENDPOINT/v2/clusters\" \\\n  -H \"X-Auth-Token: $CARINA_TOKEN\" \\\n  \
                 -H 'Content-Type: application/json' \\\n  -H 'Idempotency-Key: {}' \\\n  -d '{}'",
                key.as_str(),
                json.replace('\'', "'\\''"),
            );
            view! {
                {command(carina_create(&cluster), &t!("command-carina"))}
                {command(curl, &t!("command-curl"))}
            }
            .into_any()
        }
        Err(_) => view! { <p class="small quiet">{t!("create-same-not-yet")}</p> }.into_any(),
    };
    view! {
        <details class="same">
            <summary>{t!("create-same")}</summary>
            <div class="stack">{inside}</div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use cluster_api::{AutoscalePolicy, ClusterType};

    use super::*;

    /// What the command takes is tried in its own tests; this is what it is told.
    #[test]
    fn the_line_for_the_command_says_all_that_was_chosen() {
        let labels = [("team".to_owned(), "it's web".to_owned())];
        let mut cluster = Request {
            name: "shop".to_owned().try_into().unwrap(),
            cluster_type_id: ClusterType::swarm().id,
            node_count: 2.try_into().unwrap(),
            flavor: Flavor::default(),
            labels: Labels::default(),
            autoscale: None,
            deletion_protection: false,
        };
        assert_eq!(
            carina_create(&cluster),
            "carina create --nodes=2 --wait shop"
        );
        cluster.autoscale = Some(AutoscalePolicy {
            max: Some(5.try_into().unwrap()),
            ..AutoscalePolicy::default()
        });
        cluster.flavor = Flavor::Container4G;
        cluster.labels = Labels::try_from(std::collections::BTreeMap::from(labels)).unwrap();
        cluster.deletion_protection = true;
        assert_eq!(
            carina_create(&cluster),
            r"carina create --nodes=2 --autoscale --min=1 --max=5 --flavor=container1-4G '--label=team=it'\''s web' --protect --wait shop"
        );
    }
}
