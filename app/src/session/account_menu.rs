//! Who is signed in, and the way out.

use leptos::{prelude::*, server_fn::ServerFn};

use super::server_fns::SignOut;
use crate::{
    paths, t,
    ui::{icon::icon, menu::menu},
};

/// The account's menu. Signing out is a plain form: it leads to another page, and everything this one
/// knows goes with it.
#[must_use]
pub fn account_menu(username: &str) -> AnyView {
    let button = view! {
        {icon("user", "")}
        <span class="wide-only">{username.to_owned()}</span>
    };
    let sheet = view! {
        <p class="small quiet">
            {t!("signed-in-as")}
            " "
            <b>{username.to_owned()}</b>
        </p>
        <a href=paths::ACCOUNT>{t!("nav-account")}</a>
        <form method="post" action=SignOut::url() data-plain>
            <button type="submit">{t!("sign-out")}</button>
        </form>
    };
    menu(t!("account-menu"), button, sheet).into_any()
}
