//! What everybody has to know, across the top.

use cluster_api::Provisioning;
use leptos::prelude::*;

use crate::{
    live::Live,
    paths,
    ui::{icon::icon, words},
    view::Freshness,
};

/// The banners that hold now.
#[island]
pub fn Banners() -> impl IntoView {
    let live = Live::expect();
    let simulated = move || {
        live.snapshot
            .with(|known| known.provisioning == Provisioning::Simulated)
            .then(|| {
                view! {
                    <p class="banner quiet-banner">
                        <b>"Simulated: "</b>
                        "these clusters are not real. Nothing runs behind them."
                    </p>
                }
            })
    };
    let unreachable = move || match live.freshness.get() {
        Freshness::Live { .. } => None,
        Freshness::Unreachable { since } => {
            let since = words::hour_minute(since, live.clock.zone.get());
            Some(view! {
                <p class="banner bad">
                    {icon("bad", "")}
                    <span>
                        <b>"Control plane unreachable since " {since} ". "</b>
                        "You see what was known then."
                    </span>
                </p>
            })
        }
    };
    let ended = move || {
        live.session_ended.get().then(|| {
            view! {
                <p class="banner busy">
                    {icon("key", "")}
                    <span>"Your session has ended. " <a href=way_back()>"Sign in again"</a></span>
                </p>
            }
        })
    };
    view! { <div role="status">{simulated} {unreachable} {ended}</div> }
}

/// The way in, and back to this page.
fn way_back() -> String {
    #[cfg(feature = "hydrate")]
    {
        let location = window().location();
        let mut here = location.pathname().unwrap_or_default();
        here.push_str(&location.search().unwrap_or_default());
        paths::sign_in(&crate::session::RelativePath::or_home(&here))
    }
    // On the server nobody sees a page of a session that has ended.
    #[cfg(not(feature = "hydrate"))]
    paths::SIGN_IN.to_owned()
}
