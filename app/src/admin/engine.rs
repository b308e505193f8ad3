//! How the engine is that nodes run on.

use cluster_api::{EngineHealth, Provisioning};
use leptos::prelude::*;

use crate::{says, t, ui::icon::icon, when::ago};

/// The panel of an engine that takes longer to answer than the page waits.
#[must_use]
pub fn no_answer() -> AnyView {
    panel(view! {
        <dt>{t!("engine-state")}</dt>
        <dd>{silent()}</dd>
        <dt>{t!("engine-reason")}</dt>
        <dd>{t!("engine-not-in-time")}</dd>
    })
}

/// The panel.
#[must_use]
pub fn engine_panel(health: EngineHealth) -> AnyView {
    let state = if health.reachable {
        view! {
            <span class="status good">
                {icon("ok", "")}
                {t!("engine-answers")}
            </span>
        }
        .into_any()
    } else {
        view! { {silent()} {health.unreachable_since.map(ago)} }.into_any()
    };
    let reason = health.reason.as_deref().map(says::sentence).map(|reason| {
        view! {
            <dt>{t!("engine-reason")}</dt>
            <dd>{reason}</dd>
        }
    });
    let known = |words: String, value: Option<String>| {
        value.map(|value| {
            view! {
                <dt>{words}</dt>
                <dd>{value}</dd>
            }
        })
    };
    let moment = |words: String, at: Option<cluster_api::Timestamp>| {
        let at = match at {
            Some(at) => ago(at).into_any(),
            None => view! { <span class="quiet">{t!("not-yet")}</span> }.into_any(),
        };
        view! {
            <dt>{words}</dt>
            <dd>{at}</dd>
        }
    };
    let machines = match health.provisioning {
        Provisioning::Docker => t!("engine-docker"),
        Provisioning::Cloud => t!("backend-magnum"),
        Provisioning::Simulated => t!("engine-simulated"),
    };
    panel(view! {
        <dt>{t!("engine-state")}</dt>
        <dd>{state}</dd>
        {reason}
        <dt>{t!("engine-machines")}</dt>
        <dd>{machines}</dd>
        {known(t!("engine-version"), health.version)}
        {known(t!("engine-containers"), health.containers.map(|it| it.to_string()))}
        {known(t!("engine-networks"), health.networks.map(|it| it.to_string()))}
        {moment(t!("engine-look"), health.last_look)}
        {moment(t!("engine-sweep"), health.last_sweep)}
    })
}

fn silent() -> AnyView {
    view! {
        <span class="status bad">
            {icon("bad", "")}
            {t!("engine-silent")}
        </span>
    }
    .into_any()
}

fn panel(facts: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="panel" id="engine" aria-labelledby="engine-title">
            <header>
                <h2 id="engine-title">{t!("engine")}</h2>
            </header>
            <dl class="body about">{facts.into_any()}</dl>
        </section>
    }
    .into_any()
}
