//! The page for addresses where there is nothing.

use cluster_api::Problem;
use leptos::prelude::*;

use crate::{layout::plain::plain, ui::problem_page::problem_page};

/// Nothing is at this address.
#[component]
pub fn NotFound() -> AnyView {
    plain(problem_page(Problem::NoRoute))
}
