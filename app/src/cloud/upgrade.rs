//! Another template for a cluster.

use cluster_api::{Cluster, ClusterStatus, Problem, Template};
use leptos::{prelude::*, server_fn::ServerFn};

use super::server_fns::UpgradeCluster;
use crate::{
    says, t,
    ui::{
        field::form_error,
        submit::{Submit, submit},
    },
};

/// The form, with the templates of the project that it is not on already.
#[must_use]
pub fn upgrade(cluster: &Cluster, templates: &[Template], said: Option<Problem>) -> AnyView {
    let current = cluster.cloud.as_ref().map(|it| it.template);
    let options: Vec<_> = templates
        .iter()
        .filter(|it| Some(it.id) != current && !it.hidden)
        .map(|it| {
            let words = match it.version() {
                Some(version) => format!("{} \u{b7} {version}", it.name),
                None => it.name.clone(),
            };
            view! { <option value=it.id.to_string()>{words}</option> }
        })
        .collect();
    let refused = (cluster.status != ClusterStatus::Active).then(|| {
        says::problem(Problem::Busy {
            status: cluster.status,
        })
    });
    let form = if options.is_empty() {
        view! { <p class="body quiet">{t!("upgrade-none")}</p> }.into_any()
    } else {
        view! {
            <form method="post" action=UpgradeCluster::url() class="body form">
                {form_error(said.map(says::problem))}
                <input type="hidden" name="id" value=cluster.id.to_string()/>
                <p class="small quiet">{t!("upgrade-about")}</p>
                <div class="field">
                    <label for="upgrade-to">{t!("upgrade-to")}</label>
                    <select id="upgrade-to" name="template" required>
                        {options}
                    </select>
                </div>
                <div class="field">
                    <label for="at-once">{t!("upgrade-at-once")}</label>
                    <input id="at-once" name="at_once" type="number" inputmode="numeric" min="1" max="100" value="1" required/>
                </div>
                <div class="acts">
                    {submit(Submit {
                        label: t!("upgrade-do", name = cluster.name.as_str()),
                        busy: t!("upgrade-doing"),
                        refused,
                        ..Submit::default()
                    })}
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="panel" id="upgrade" aria-labelledby="upgrade-title">
            <header>
                <h2 id="upgrade-title">{t!("upgrade-title")}</h2>
            </header>
            {form}
        </section>
    }
    .into_any()
}
