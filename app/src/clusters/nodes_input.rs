//! The input for a number of nodes.

use leptos::{html, prelude::*};

/// A number of nodes with a button to either side.
#[component]
pub fn NodesInput(
    /// The id of the input; its hint and error are `{id}-hint` and `{id}-error`.
    id: &'static str,
    /// What was typed.
    value: RwSignal<String>,
    /// The most that makes sense.
    limit: u32,
    /// The input.
    input: NodeRef<html::Input>,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// Whether it was changed.
    changed: RwSignal<bool>,
    /// Whether the focus begins here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    Effect::new(move |before: Option<()>| {
        let wished = value.get();
        let Some(input) = input.get() else {
            return;
        };
        let there = input.value();
        if there == wished {
            return;
        }
        if before.is_none() {
            // What was typed before scripts ran counts.
            value.set(there);
            changed.set(true);
        } else {
            input.set_value(&wished);
        }
    });
    view! {
        <div class="stepper">
            <Step value limit changed up=false/>
            <input
                id=id
                name="nodes"
                type="number"
                inputmode="numeric"
                required
                min="1"
                max=limit.to_string()
                step="1"
                value=value.get_untracked()
                autofocus=autofocus
                node_ref=input
                aria-describedby=format!("{id}-hint {id}-error")
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:input=move |event| {
                    value.set(event_target_value(&event));
                    changed.set(true);
                }
            />
            <Step value limit changed up=true/>
        </div>
    }
}

#[component]
fn Step(
    /// What was typed.
    value: RwSignal<String>,
    /// The most that makes sense.
    limit: u32,
    /// Whether it was changed.
    changed: RwSignal<bool>,
    /// Up or down.
    up: bool,
) -> impl IntoView {
    let next = move || {
        let now = value.with(|text| text.trim().parse::<u32>().unwrap_or(1));
        let next = if up {
            now.saturating_add(1)
        } else {
            now.saturating_sub(1)
        };
        (now, next.clamp(1, limit))
    };
    let end = move || {
        let (now, next) = next();
        (now == next).then_some("true")
    };
    let step = move |_| {
        value.set(untrack(next).1.to_string());
        changed.set(true);
    };
    view! {
        <button
            type="button"
            class="btn icon-only scripted"
            aria-label=if up { "One node more" } else { "One node less" }
            aria-disabled=end
            on:click=step
        >
            {if up { "+" } else { "\u{2212}" }}
        </button>
    }
}
