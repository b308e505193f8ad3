//! The page for addresses where there is nothing.

use cluster_api::Problem;
use leptos::prelude::*;

use crate::{layout::plain::Plain, ui::problem_page::ProblemPage};

/// Nothing is at this address.
#[component]
pub fn NotFound() -> AnyView {
    view! {
        <Plain>
            <ProblemPage problem=Problem::NoRoute/>
        </Plain>
    }
    .into_any()
}
