//! Who is signed in, and the way out.

use leptos::{prelude::*, server_fn::ServerFn};

use super::server_fns::SignOut;
use crate::ui::{icon::icon, menu::menu};

/// The account's menu. Signing out is a plain form: it leads to another page, and everything this one
/// knows goes with it.
#[component]
pub fn AccountMenu(
    /// The account's name.
    username: String,
) -> AnyView {
    let button = view! {
        {icon("user", "")}
        <span class="wide-only">{username.clone()}</span>
    };
    let sheet = view! {
        <p class="small quiet">"Signed in as " <b>{username}</b></p>
        <form method="post" action=SignOut::url()>
            <button type="submit">"Sign out"</button>
        </form>
    };
    menu("Account", button, sheet).into_any()
}
