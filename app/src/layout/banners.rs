//! What everybody has to know, across the top.

use cluster_api::Provisioning;
use leptos::prelude::*;

use crate::{
    t,
    ui::icon::icon,
    view::{Freshness, Known},
    when::hour_minute,
};

/// The banners that hold now.
#[must_use]
pub fn banners(known: &Known) -> AnyView {
    let simulated = (known.snapshot.provisioning == Provisioning::Simulated).then(|| {
        view! {
            <p class="banner quiet-banner">
                <b>{t!("banner-simulated")}</b>
                " "
                {t!("banner-simulated-why")}
            </p>
        }
    });
    let unreachable = match known.freshness {
        Freshness::Live { .. } => None,
        Freshness::Unreachable { since } => Some(view! {
            <p class="banner bad">
                {icon("bad", "")}
                <span>
                    <b>{t!("banner-unreachable", time = hour_minute(since))}</b>
                    " "
                    {t!("banner-unreachable-why")}
                </span>
            </p>
        }),
    };
    view! {
        <div role="status" id="banners">
            {simulated}
            {unreachable}
        </div>
    }
    .into_any()
}
