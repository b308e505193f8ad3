//! Lists whose entries stay what they are while others come and go.

use std::sync::Arc;

use leptos::prelude::*;

/// An entry of a list.
pub struct Item {
    /// What it is known by; another key is another entry.
    key: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

impl Item {
    /// An entry, and how it is shown when it is new.
    #[must_use]
    pub fn new(key: String, view: impl FnOnce() -> AnyView + Send + 'static) -> Self {
        Self {
            key,
            view: Box::new(view),
        }
    }
}

/// A list. What is shown of an entry is made once; it changes by its own signals after that.
#[must_use]
pub fn list(items: impl Fn() -> Vec<Item> + Send + Sync + 'static) -> AnyView {
    // One type for all lists: `<For>` is made anew for every other.
    let items: Arc<dyn Fn() -> Vec<Item> + Send + Sync> = Arc::new(items);
    view! { <For each=move || items() key=|item| item.key.clone() children=|item| (item.view)()/> }
        .into_any()
        .into_any()
}
