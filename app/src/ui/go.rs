//! Going to another page instead of showing one.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Goes to another page of this site: with a redirect on the server, by navigation in the browser.
#[component(transparent)]
pub fn Go(
    /// Its address.
    #[prop(into)]
    to: String,
) {
    #[cfg(feature = "ssr")]
    crate::answer::redirect(&to);
    let navigate = use_navigate();
    Effect::new(move |_| {
        navigate(
            &to,
            NavigateOptions {
                replace: true,
                ..Default::default()
            },
        );
    });
}
