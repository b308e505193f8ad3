//! The page that leads to every page and cluster by its name. It does without scripts what the palette
//! does with them, and the palette reads its list from here.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::find::{Place, find};
use crate::{
    layout::frame::{Page, signed_in},
    paths, t,
    ui::icon::icon,
};

/// A search, and what was found.
#[component]
pub fn GoPage() -> AnyView {
    let words = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    signed_in(move |frame| async move {
        let words: String = words.chars().take(100).collect();
        let found = find(&words, &frame.user, &frame.known);
        let list = if found.is_empty() {
            view! { <p class="quiet">{t!("go-nothing", words = words.trim())}</p> }.into_any()
        } else {
            let places: Vec<_> = found.iter().map(place).collect();
            view! {
                <ul class="places" id="found">
                    {places}
                </ul>
            }
            .into_any()
        };
        let body = view! {
            <div class="head">
                <h1>{t!("go-title")}</h1>
            </div>
            <search>
                <form class="find" method="get" action=paths::GO>
                    {icon("find", "")}
                    <label class="unseen" for="q">
                        {t!("go-label")}
                    </label>
                    <input
                        id="q"
                        name="q"
                        type="search"
                        autocomplete="off"
                        maxlength="100"
                        autofocus
                        value=words
                        data-search
                    />
                    <button type="submit" class="btn">
                        {t!("find")}
                    </button>
                </form>
            </search>
            {list}
        };
        Ok(Page::new(t!("go"), body).places(found))
    })
}

fn place(place: &Place) -> AnyView {
    view! {
        <li>
            <a href=place.to.clone()>
                <b>{place.name.clone()}</b>
                " "
                <span class="small quiet">{kind(place)}</span>
            </a>
        </li>
    }
    .into_any()
}

/// What sort of place it is.
pub(super) fn kind(place: &Place) -> String {
    if place.is_cluster {
        t!("go-cluster")
    } else {
        t!("go-page")
    }
}
