//! What is switched on and off: the new state is shown as soon as it was asked for.

use leptos::prelude::*;

/// A state, and the one that a switch asks for. While the answer to the button with the class `toggles` is
/// awaited, whatever has the class `toggled` around both shows the second; a refusal brings the first back
/// and says why. The style does that.
#[must_use]
pub fn toggled(now: impl IntoView + 'static, then: impl IntoView + 'static) -> AnyView {
    view! {
        <span class="now-so">{now}</span>
        <span class="then-so">{then}</span>
    }
    .into_any()
}
