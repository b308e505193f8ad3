//! The document around the pages.

use leptos::{hydration::HydrationScripts, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{
    paths,
    router::App,
    t,
    theme::Theme,
    ui::{icon::icon, problem_page::Failed},
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

/// The document of an answer that no page gives: with the style of the pages, without their scripts.
#[must_use]
pub fn failed_document(options: Option<LeptosOptions>, theme: Theme, failed: Failed) -> String {
    let title = format!("{} \u{b7} {}", failed.title, t!("brand"));
    let style = options.map(|options| view! { <HashedStylesheet options=options/> });
    let document = view! {
        <html lang=Lang::current().tag() data-theme=theme.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                {style}
            </head>
            <body>
                <a class="skip btn" href="#main">
                    {t!("skip")}
                </a>
                <header class="top" id="top">
                    <div class="bar">
                        <a class="brand" href=paths::HOME aria-label=t!("brand-home")>
                            {icon("logo", "logo")}
                            <span>{t!("brand")}</span>
                        </a>
                        <nav aria-label=t!("nav-main")>
                            <a href=paths::CLUSTERS>{t!("nav-clusters")}</a>
                            <a href=paths::ACTIVITY>{t!("nav-activity")}</a>
                            <a href=paths::HELP>{t!("nav-help")}</a>
                        </nav>
                    </div>
                </header>
                <main id="main" tabindex="-1">
                    {failed.view()}
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", document.to_html())
}
