//! Icons, from one small sprite.

use leptos::prelude::*;

/// An icon of `public/icons.svg`, with classes besides `icon`. It only ever stands beside a word, so it
/// is hidden from those who hear the page.
#[must_use]
pub fn icon(name: &'static str, class: &'static str) -> impl IntoView + use<> {
    let class = if class.is_empty() {
        "icon".to_owned()
    } else {
        format!("icon {class}")
    };
    let reference = format!("<use href=\"/icons.svg#{name}\"></use>");
    view! { <svg class=class width="16" height="16" aria-hidden="true" inner_html=reference></svg> }
}
