//! Light, dark, or as the system has it: a cookie, so that the server writes it into the document and
//! nothing flashes.

pub mod server_fns;
pub mod switch;

use serde::{Deserialize, Serialize};

/// How the pages look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The name of the cookie.
    pub const COOKIE: &'static str = "theme";

    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie and in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name; the system's if there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.as_str() == name)
            .unwrap_or_default()
    }

    /// The theme of the page at hand.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn current() -> Self {
        crate::answer::cookie(Self::COOKIE).map_or(Self::System, |name| Self::named(&name))
    }

    /// The cookie that keeps the theme for a year.
    #[must_use]
    pub fn cookie(self) -> String {
        let (name, value) = (Self::COOKIE, self.as_str());
        format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax")
    }

    /// The theme that the browser keeps: what was chosen last, whatever a page says that was made before.
    #[must_use]
    pub fn kept() -> Self {
        use leptos::wasm_bindgen::JsCast;
        let document = leptos::prelude::document();
        let cookies = document
            .dyn_ref::<web_sys::HtmlDocument>()
            .and_then(|document| document.cookie().ok())
            .unwrap_or_default();
        let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        let kept = pairs.find(|(name, _)| *name == Self::COOKIE);
        kept.map_or(Self::System, |(_, name)| Self::named(name))
    }

    /// Shows the page in this theme at once, and keeps it.
    pub fn show(self) {
        use leptos::wasm_bindgen::JsCast;
        let document = leptos::prelude::document();
        // Neither can fail here: the name is a valid one, and the page has an address of its own.
        if let Some(root) = document.document_element() {
            let _ = root.set_attribute("data-theme", self.as_str());
        }
        if let Some(document) = document.dyn_ref::<web_sys::HtmlDocument>() {
            let _ = document.set_cookie(&self.cookie());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_anywhere_is_a_theme() {
        assert_eq!(Theme::named("dark"), Theme::Dark);
        assert_eq!(Theme::named("\"><script>"), Theme::System);
    }
}
