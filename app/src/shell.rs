//! The document around the pages.

use leptos::{hydration::HydrationScripts, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{router::App, theme::Theme};

/// The whole document of a page. Its inline scripts carry the nonce of `use_nonce()`, which the Content
/// Security Policy has to name.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::current().as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta
                    name="description"
                    content="Carina makes Docker Swarm clusters that are ready in seconds."
                />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone()/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                // What `behaviour` says to those who hear the page.
                <p id="said" class="unseen" role="status"></p>
            </body>
        </html>
    }
    .into_any()
}
