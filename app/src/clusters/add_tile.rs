//! The tile that stands after the last card.

use leptos::prelude::*;

use crate::{
    live::Live,
    paths,
    ui::{icon::Icon, words::plural},
};

/// Leads to the form for one more cluster, or says why there cannot be one.
#[component]
pub fn AddTile() -> AnyView {
    let live = Live::expect();
    let refused = live.no_create();
    let room = move || {
        live.with(|known| {
            let used = u32::try_from(known.clusters.len()).unwrap_or(u32::MAX);
            let room = known.quotas.max_clusters.saturating_sub(used);
            format!("Room for {}", plural(room, "more cluster"))
        })
    };
    let tile = move || match refused.get() {
        Some(why) => view! {
            <div class="add full">
                <b>"Add cluster"</b>
                <span class="small">{why}</span>
            </div>
        }
        .into_any(),
        None => view! {
            <a class="add" href=paths::NEW_CLUSTER>
                <b>
                    <Icon name="plus"/>
                    "Add cluster"
                </b>
                <span class="small">{move || room()}</span>
            </a>
        }
        .into_any(),
    };
    view! { {move || tile()} }.into_any()
}
