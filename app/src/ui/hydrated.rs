//! Whether scripts run on the page.

use leptos::prelude::*;

/// Turns true once the page is hydrated. Before that, and for good without JavaScript, what needs
/// scripts is hidden.
#[derive(Clone, Copy)]
pub struct Hydrated(RwSignal<bool>);

impl Hydrated {
    /// Provides it to the whole page, and marks the document with `data-hydrated` when it happens.
    pub fn provide() {
        let hydrated = RwSignal::new(false);
        provide_context(Self(hydrated));
        Effect::new(move |_| {
            hydrated.set(true);
            if let Some(root) = document().document_element() {
                // Cannot fail: the name is a valid one.
                let _ = root.set_attribute("data-hydrated", "");
            }
        });
    }

    /// Whether scripts run.
    #[must_use]
    pub fn get(self) -> bool {
        self.0.get()
    }
}

/// Whether scripts run on this page.
#[must_use]
pub fn use_hydrated() -> Hydrated {
    use_context().unwrap_or_else(|| Hydrated(RwSignal::new(false)))
}
