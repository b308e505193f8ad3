//! The page with the form for a new cluster.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{create_form::CreateForm, draft::Draft};
use crate::{
    live::Live,
    ui::{crumbs::Crumbs, icon::Icon},
};

/// Asks for what a new cluster is to be.
#[component]
pub fn CreatePage() -> AnyView {
    // Made with the page, so that the same form sent twice makes one cluster.
    let key = SharedValue::new(fresh_key).into_inner();
    let mut draft = use_query_map().with_untracked(Draft::from_query);
    if draft.key.is_empty() {
        draft.key = key;
    }
    let refused = Live::expect().no_create();
    view! {
        <Title text="Create cluster"/>
        <Crumbs here="Create cluster"/>
        <div class="head">
            <h1>"Create cluster"</h1>
        </div>
        {move || {
            refused
                .get()
                .map(|why| {
                    view! {
                        <p class="notice bad">
                            <Icon name="bad"/>
                            <span>{why}</span>
                        </p>
                    }.into_any()
                })
        }}
        <CreateForm draft refused/>
    }
    .into_any()
}

/// A key that no other form has.
#[must_use]
pub fn fresh_key() -> String {
    #[cfg(feature = "ssr")]
    {
        uuid::Uuid::new_v4().to_string()
    }
    #[cfg(not(feature = "ssr"))]
    {
        // It only has to differ from the account's other keys.
        use web_sys::js_sys::{Date, Math};
        format!(
            "{:x}-{:x}-{:x}",
            Date::now().to_bits(),
            Math::random().to_bits(),
            Math::random().to_bits()
        )
    }
}
