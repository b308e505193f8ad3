//! Pages that keep themselves up to date with JavaScript off.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Reloads the page every 2 s if scripts do not run and something on it will change, and offers to
/// stop that.
#[component]
pub fn Refresh(
    /// Whether something on the page will change.
    changing: bool,
) -> impl IntoView {
    let stopped = use_query_map().with_untracked(|query| {
        query.get_str("pause").is_some() || query.get_str("confirm").is_some()
    });
    // The parser of a browser with scripts takes what is in <noscript> for text, so it goes in whole.
    (changing && !stopped).then(|| {
        let inside = "<meta http-equiv=\"refresh\" content=\"2\"><p class=\"notice\">This page reloads by \
                      itself while something changes. <a href=\"?pause=1\">Stop reloading</a></p>";
        view! { <noscript inner_html=inside></noscript> }
    })
}
