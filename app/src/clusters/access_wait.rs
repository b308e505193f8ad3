//! Until there is a way in.
#![expect(
    missing_docs,
    reason = "the struct that the macro makes: an island's properties"
)]

use cluster_api::{Cluster, Problem};
use leptos::prelude::*;

use super::{doing::doing, why::why};
use crate::{
    live::{Live, row::Row},
    ui::icon::icon,
};

/// Why there is no access to a cluster yet, and what happens to it. The page comes anew when there
/// is, or when the cluster is gone.
#[island]
pub fn AccessWait(
    /// The cluster as it is when the page is made.
    cluster: Cluster,
) -> impl IntoView {
    let live = Live::expect();
    live.take_in(cluster.clone());
    let row = Row::new(live, cluster);
    let clock = live.clock;
    let is_over = Memo::new(move |_| row.gone() || row.with(|it| it.can_access().is_ok()));
    Effect::new(move |_| {
        if is_over.get() {
            // A page that cannot be loaded anew stays as it is.
            let _ = window().location().reload();
        }
    });
    view! {
        <div class="stack narrow">
            <p class="notice">
                {icon("key", "")}
                <span>{Problem::CredentialsNotReady.to_string()}</span>
            </p>
            {move || row.with(|cluster| doing(cluster, clock))}
            {move || row.with(|cluster| why(cluster, clock, false))}
        </div>
    }
}
