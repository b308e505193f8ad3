//! Pages that keep themselves up to date with JavaScript off.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::escaped::escaped;
use crate::{answer::SHOWN, t};

/// Reloads the page every 2 s if scripts do not run and something on it will change, and offers to
/// stop that. A page that asks for something or shows a secret stays.
#[must_use]
pub fn refresh(changing: bool) -> Option<AnyView> {
    let stopped = use_query_map().with_untracked(|query| {
        let fields = ["pause", "confirm", SHOWN];
        fields.iter().any(|field| query.get_str(field).is_some())
    });
    let location = use_location();
    let (path, query) = (location.pathname, location.search);
    (changing && !stopped).then(|| {
        let inside = inside(&path.get_untracked(), &query.get_untracked());
        view! { <noscript inner_html=inside></noscript> }.into_any()
    })
}

/// The parser of a browser with scripts takes what is in `<noscript>` for text, so it goes in whole.
///
/// The address is named: a page whose address ends in `#size` would be scrolled, not loaded.
fn inside(path: &str, query: &str) -> String {
    let (here, paused) = if query.is_empty() {
        (path.to_owned(), format!("{path}?pause=1"))
    } else {
        (format!("{path}?{query}"), format!("{path}?{query}&pause=1"))
    };
    let (here, paused) = (escaped(&here), escaped(&paused));
    let (reloads, stop) = (t!("reloads"), t!("stop-reloading"));
    format!(
        "<meta http-equiv=\"refresh\" content=\"2; url={here}\"><p class=\"notice\">{reloads} \
         <a href=\"{paused}\">{stop}</a></p>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_an_address() {
        let inside = inside("/clusters", "q=a&status=\"><script>");
        assert!(inside.contains("url=/clusters?q=a&amp;status=&quot;&gt;&lt;script&gt;\""));
        assert!(!inside.contains("<script"));
        assert!(inside.contains("&amp;pause=1\""));
    }
}
