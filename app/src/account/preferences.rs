//! The theme and the language, as plain forms: the same choices as in the header's menus.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    layout::header::theme_word,
    paths, t,
    theme::{Theme, server_fns::SetTheme},
    words::{Lang, server_fns::SetLang},
};

/// The panel with both.
#[must_use]
pub fn preferences_panel() -> AnyView {
    let (theme, lang) = (Theme::current(), Lang::current());
    let themes = Theme::ALL.map(|it| {
        view! {
            <label>
                <input type="radio" name="theme" value=it.as_str() checked=it == theme/>
                <span>{theme_word(it)}</span>
            </label>
        }
    });
    let langs = Lang::ALL.map(|it| {
        view! {
            <label lang=it.tag()>
                <input type="radio" name="lang" value=it.tag() checked=it == lang/>
                <span>{it.name()}</span>
            </label>
        }
    });
    let back = format!("{}#preferences", paths::ACCOUNT);
    view! {
        <section class="panel" id="preferences" aria-labelledby="preferences-title">
            <header>
                <h2 id="preferences-title">{t!("preferences")}</h2>
            </header>
            <form method="post" action=SetTheme::url() class="body form" data-plain>
                <input type="hidden" name="next" value=back.clone()/>
                <fieldset class="segments">
                    <legend>{t!("theme")}</legend>
                    {themes}
                </fieldset>
                <div class="acts">
                    <button type="submit" class="btn">
                        {t!("use-theme")}
                    </button>
                </div>
            </form>
            <form method="post" action=SetLang::url() class="body form" data-plain>
                <input type="hidden" name="next" value=back.clone()/>
                <fieldset class="segments">
                    <legend>{t!("language")}</legend>
                    {langs}
                </fieldset>
                <div class="acts">
                    <button type="submit" class="btn">
                        {t!("use-language")}
                    </button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
