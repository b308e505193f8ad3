//! The page for addresses where there is nothing.

use cluster_api::Problem;
use leptos::prelude::*;

use crate::{layout::frame::for_anyone, ui::problem_page::problem_page};

/// Nothing is at this address. Who is signed in stays within the frame.
#[component]
pub fn NotFound() -> AnyView {
    for_anyone(|| problem_page(Problem::NoRoute))
}
