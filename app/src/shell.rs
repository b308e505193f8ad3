//! The document around the pages.

use leptos::{hydration::HydrationScripts, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{
    router::App,
    t,
    theme::Theme,
    when::{Clock, units},
    words::Lang,
};

/// The whole document of a page. Its inline scripts carry the nonce of `use_nonce()`, which the Content
/// Security Policy has to name.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let lang = Lang::current();
    let units = units(lang);
    view! {
        <!DOCTYPE html>
        <html
            lang=lang.tag()
            data-theme=Theme::current().as_str()
            data-now=Clock::current().now.as_millisecond().to_string()
            data-units=units.joined()
            data-ago=units.ago.clone()
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta
                    name="description"
                    content=t!("description")
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
