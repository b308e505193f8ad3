//! What is used of what there is, as a bar with its words.

use leptos::prelude::*;

use super::amount::Unit;

/// The bar, where it is known what there is, and the words: "0.42 of 4". `what` names it for those who hear
/// the page: "CPU of node-1".
#[must_use]
pub fn usage(unit: Unit, used: f64, most: Option<f64>, what: String) -> AnyView {
    let most = most.filter(|most| *most > 0.0);
    let words = unit.of(used, most);
    let bar = most.map(|most| {
        let share = (used / most).clamp(0.0, 1.0);
        view! { <meter min="0" max="1" value=format!("{share:.3}") aria-label=what></meter> }
    });
    view! {
        <span class="usage">
            {bar}
            <span>{words}</span>
        </span>
    }
    .into_any()
}
