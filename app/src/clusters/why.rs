//! Why a cluster is not as it should be, and what helps.

use cluster_api::{Cluster, Offer, Reason, TaskKind};
use leptos::{prelude::*, server_fn::ServerFn};

use super::server_fns::RetryCluster;
use crate::{
    cloud::facts::create_again,
    dashboard::offers,
    paths, says, t,
    ui::{
        icon::icon,
        prose::prose,
        submit::{Submit, submit},
    },
    when::ago,
};

/// The reason of a cluster, with the buttons that help; nothing when all is well. On the cluster's own
/// page it is `full`: with the engine's words, and the way to
/// help.
#[must_use]
pub fn why(cluster: &Cluster, full: bool) -> Option<AnyView> {
    let can_retry = cluster.can_retry().is_ok();
    if !can_retry && cluster.reason.is_none() {
        return None;
    }
    let told = match &cluster.reason {
        Some(reason) => told(reason, full),
        None => view! { <p>{t!("why-unknown")}</p> }.into_any(),
    };
    let id = cluster.id;
    // What was never made is made anew as another cluster.
    let never_made = cluster
        .cloud
        .as_ref()
        .is_some_and(|it| it.failed == Some(TaskKind::Create));
    let again = (can_retry && never_made).then(|| create_again(cluster));
    let retry = (can_retry && !never_made).then(|| {
        let label = t!("retry");
        view! {
            <form method="post" action=RetryCluster::url()>
                <input type="hidden" name="id" value=id.to_string()/>
                {submit(Submit { label, busy: t!("retrying"), ..Submit::default() })}
            </form>
            <a class="btn" href=paths::events(id)>
                {t!("what-else-helps")}
            </a>
        }
    });
    // Where one cluster is looked at, what goes to whoever can help stands beside what one can try.
    let ask = (full && can_retry).then(|| {
        view! {
            <a class="btn" href=paths::support(id) download="">
                {icon("download", "")}
                {t!("events-support")}
            </a>
            {offers(Offer::Help).then(|| view! {
                <a class="btn" href=paths::ticket_about(id)>
                    {t!("events-ticket")}
                </a>
            })}
        }
    });
    let happened = (!can_retry).then(|| {
        view! {
            <a class="btn" href=paths::events(id)>
                {t!("what-happened")}
            </a>
        }
    });
    Some(
        view! {
            <div class=if can_retry { "why bad" } else { "why busy" }>
                {told}
                <div class="acts">
                    {again}
                    {retry}
                    {ask}
                    {happened}
                </div>
            </div>
        }
        .into_any(),
    )
}

fn told(reason: &Reason, full: bool) -> AnyView {
    let detail = reason.detail.clone().filter(|_| full);
    let since = if reason.retrying {
        t!("why-retried-since")
    } else {
        t!("why-since")
    };
    view! {
        <p class="reason">
            {icon("bad", "")}
            <span>
                {prose(&says::sentence(&reason.message))}
                " "
                <span class="quiet">{since} " " {ago(reason.since)} "."</span>
            </span>
        </p>
        {detail.map(engine_words)}
    }
    .into_any()
}

/// What the engine said, for whoever wants to know.
#[must_use]
pub fn engine_words(words: String) -> AnyView {
    view! {
        <details>
            <summary>
                {if offers(Offer::Templates) { t!("engine-words-cloud") } else { t!("engine-words") }}
            </summary>
            <pre class="code" lang="en">{words}</pre>
        </details>
    }
    .into_any()
}
