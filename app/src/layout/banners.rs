//! What everybody has to know, across the top.

use cluster_api::Provisioning;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    live::Live,
    paths,
    session::RelativePath,
    ui::{icon::Icon, words},
    view::Freshness,
};

/// The banners that hold now.
#[component]
pub fn Banners() -> AnyView {
    let live = Live::expect();
    let location = use_location();
    let simulated =
        Memo::new(move |_| live.with(|known| known.provisioning == Provisioning::Simulated));
    let unreachable = Memo::new(move |_| match live.freshness() {
        Freshness::Live { .. } => None,
        Freshness::Unreachable { since } => Some(words::hour_minute(since, live.clock.zone())),
    });
    let sign_in = move || paths::sign_in(&RelativePath::or_home(&location.pathname.get()));
    view! {
        <div role="status">
            {move || {
                simulated
                    .get()
                    .then(|| {
                        view! {
                            <p class="banner quiet-banner">
                                <b>"Simulated: "</b>
                                "these clusters are not real. Nothing runs behind them."
                            </p>
                        }.into_any()
                    })
            }}
            {move || {
                unreachable
                    .get()
                    .map(|since| {
                        view! {
                            <p class="banner bad">
                                <Icon name="bad"/>
                                <span>
                                    <b>"Control plane unreachable since " {since} ". "</b>
                                    "You see what was known then."
                                </span>
                            </p>
                        }.into_any()
                    })
            }}
            {move || {
                live.session_ended()
                    .then(|| {
                        view! {
                            <p class="banner busy">
                                <Icon name="key"/>
                                <span>
                                    "Your session has ended. "
                                    <a href=move || sign_in() rel="external">"Sign in again"</a>
                                </span>
                            </p>
                        }.into_any()
                    })
            }}
        </div>
    }
    .into_any()
}
