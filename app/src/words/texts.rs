//! Every text that a person reads, in every language.
//!
//! Pages hold no texts: they name a message, `t!("clusters-title")`, and the files in `app/words` say it,
//! one folder a language, in [Fluent](https://projectfluent.org) with its plurals. A test holds the
//! languages to the same messages with the same variables, and the code to messages that exist.
//!
//! Texts are made on the server alone: what the browser shows came with a page, so that no language is
//! downloaded twice and none is missing.

use std::{collections::HashMap, sync::LazyLock};

use axum::http::{header, request::Parts};
pub use fluent_bundle::FluentValue;
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use leptos::prelude::{Owner, provide_context, use_context};
use unic_langid::LanguageIdentifier;

/// A language of the dashboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Lang {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The name of the cookie that remembers the choice.
    pub const COOKIE: &'static str = "lang";

    /// The tag of the language ([BCP 47](https://www.rfc-editor.org/info/bcp47)).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// What the language calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ru => "Русский",
        }
    }

    /// The language of that tag.
    #[must_use]
    pub fn tagged(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// The cookie that remembers the choice for a year.
    #[must_use]
    pub fn cookie(self) -> String {
        let (name, tag) = (Self::COOKIE, self.tag());
        format!("{name}={tag}; Path=/; Max-Age=31536000; SameSite=Lax")
    }

    /// The language for a request: the one that was chosen, else the first that the browser asks for and
    /// that is here (`Accept-Language`, taken in the order in which it is written).
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let chosen = crate::answer::cookie_of(parts, Self::COOKIE);
        if let Some(lang) = chosen.and_then(|tag| Self::tagged(&tag)) {
            return lang;
        }
        let asked = parts.headers.get(header::ACCEPT_LANGUAGE);
        asked
            .and_then(|value| value.to_str().ok())
            .into_iter()
            .flat_map(|value| value.split(','))
            .filter_map(|range| Self::tagged(range.trim().get(..2)?))
            .next()
            .unwrap_or_default()
    }

    /// The language of the page at hand.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }

    /// Makes it the language of what the caller renders.
    pub fn provide(self) {
        provide_context(self);
    }

    /// Says something in this language where no page is made.
    pub fn speak<T>(self, words: impl FnOnce() -> T) -> T {
        Owner::new().with(|| {
            self.provide();
            words()
        })
    }

    /// A message in this language. A message that does not exist is its own name: the test of this module
    /// lets none through.
    #[must_use]
    pub fn text(self, id: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let bundle = &BUNDLES[&self];
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            tracing::error!("there is no text {id}");
            return id.to_owned();
        };
        let args: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        // What is wrong with a message shows as its source in the text, and in the test.
        bundle
            .format_pattern(pattern, Some(&args), &mut Vec::new())
            .into_owned()
    }

    /// Whether there is a message of that name.
    #[must_use]
    pub fn has(self, id: &str) -> bool {
        BUNDLES[&self].has_message(id)
    }
}

/// A message in the language of the page: `t!("save")`, `t!("room", count = 3, name = name)`. Values are
/// numbers or texts.
#[macro_export]
macro_rules! t {
    ($id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::words::Lang::current().text(
            $id,
            &[$((stringify!($name), $crate::words::FluentValue::from($value))),*],
        )
    };
}

macro_rules! sources {
    ($($file:literal),* $(,)?) => {
        /// The files of a language.
        const fn sources(lang: Lang) -> &'static [&'static str] {
            match lang {
                Lang::En => &[$(include_str!(concat!("../../words/en/", $file, ".ftl"))),*],
                Lang::Ru => &[$(include_str!(concat!("../../words/ru/", $file, ".ftl"))),*],
            }
        }
    };
}

sources![
    "access", "account", "admin", "activity", "cloud", "cluster", "create", "errors", "events",
    "frame", "go", "help", "inside", "list", "logs", "metrics", "nodes", "overview", "says",
    "settings", "units",
];

static BUNDLES: LazyLock<HashMap<Lang, FluentBundle<FluentResource>>> = LazyLock::new(|| {
    Lang::ALL
        .into_iter()
        .map(|lang| (lang, bundle(lang)))
        .collect()
});

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Both languages run from left to right; the marks would be in every text.
    bundle.set_use_isolating(false);
    for source in sources(lang) {
        let resource =
            FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(readable, errors)| {
                tracing::error!("the texts in {lang:?} cannot be read: {errors:?}");
                readable
            });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!("texts in {lang:?} are there twice: {errors:?}");
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::{Path, PathBuf},
    };

    use super::*;

    /// How a text is named in the code; written so that this is none.
    const MACRO: &str = concat!("t", "!(");

    /// The messages of a language with the variables in each.
    fn messages(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages = BTreeMap::new();
        for source in sources(lang) {
            assert!(
                FluentResource::try_new((*source).to_owned()).is_ok(),
                "{lang:?}: {source}"
            );
            let mut current = None;
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                let starts = line.starts_with(|first: char| first.is_ascii_lowercase());
                if let Some((id, _)) = line.split_once('=').filter(|_| starts) {
                    let id = id.trim().to_owned();
                    let before = messages.insert(id.clone(), BTreeSet::new());
                    assert!(before.is_none(), "{lang:?}: {id} is there twice");
                    current = Some(id);
                }
                let variables = line.split('$').skip(1).map(|rest| {
                    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                    rest[..end.unwrap_or(rest.len())].to_owned()
                });
                if let Some(id) = &current {
                    messages.get_mut(id).unwrap().extend(variables);
                }
            }
        }
        messages
    }

    fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                rust_files(&path, into);
            } else if path.extension().is_some_and(|it| it == "rs") {
                into.push(path);
            }
        }
    }

    #[test]
    fn every_language_says_the_same() {
        let english = messages(Lang::En);
        for lang in Lang::ALL {
            let messages = messages(lang);
            let ids = |of: &BTreeMap<String, _>| of.keys().cloned().collect::<BTreeSet<_>>();
            let (known, here) = (ids(&english), ids(&messages));
            let differ: Vec<_> = known.symmetric_difference(&here).collect();
            assert!(
                differ.is_empty(),
                "{lang:?} and English differ in {differ:?}"
            );
            for (id, variables) in messages {
                assert_eq!(variables, english[&id], "{lang:?}: {id}");
            }
        }
    }

    #[test]
    fn pages_name_texts_that_exist_and_no_text_is_left_over() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = Vec::new();
        rust_files(&root.join("app/src"), &mut files);
        rust_files(&root.join("server/src"), &mut files);
        let code: String = files
            .iter()
            .map(|file| fs::read_to_string(file).unwrap())
            .collect();
        let english = messages(Lang::En);
        let mut missing = BTreeSet::new();
        for at in code.match_indices(MACRO).map(|(at, _)| at) {
            // Not the end of another macro's name.
            if code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                continue;
            }
            let rest = code[at + MACRO.len()..].trim_start();
            let id = rest
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            missing.extend(
                id.filter(|id| !english.contains_key(*id))
                    .map(ToOwned::to_owned),
            );
        }
        // The examples in the words of `t!` itself.
        missing.retain(|id| !["save", "room", "clusters-title"].contains(&&**id));
        assert!(missing.is_empty(), "no text for {missing:?}");
        // A message that is chosen by a value is named in the code as well, as a whole word in quotes.
        let unused: Vec<_> = english
            .keys()
            .filter(|id| !code.contains(&format!("\"{id}\"")))
            .collect();
        assert!(unused.is_empty(), "nothing says {unused:?}");
    }

    #[test]
    fn the_choice_comes_before_the_browser() {
        let of = |cookie: &str, accept: &str| {
            let request = axum::http::Request::get("/")
                .header("cookie", cookie)
                .header("accept-language", accept)
                .body(())
                .unwrap();
            Lang::of(&request.into_parts().0)
        };
        assert_eq!(of("lang=ru", "en"), Lang::Ru);
        assert_eq!(of("", "de-DE, ru-RU;q=0.8, en;q=0.5"), Lang::Ru);
        assert_eq!(of("lang=xx", "fr"), Lang::En);
    }

    #[test]
    fn plurals_are_those_of_the_language() {
        let nodes = |lang: Lang, count: u32| lang.text("nodes-count", &[("count", count.into())]);
        assert_eq!(nodes(Lang::En, 1), "1 node");
        assert_eq!(nodes(Lang::En, 5), "5 nodes");
        assert_eq!(nodes(Lang::Ru, 1), "1 узел");
        assert_eq!(nodes(Lang::Ru, 3), "3 узла");
        assert_eq!(nodes(Lang::Ru, 5), "5 узлов");
        assert_eq!(nodes(Lang::Ru, 21), "21 узел");
    }
}
