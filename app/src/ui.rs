//! The parts that every page is made of.

pub mod actions;
pub mod badge;
pub mod copy;
pub mod crumbs;
pub mod field;
pub mod go;
pub mod hydrated;
pub mod icon;
pub mod link_or;
pub mod list;
pub mod menu;
pub mod problem_page;
pub mod refresh;
pub mod submit;
pub mod time;
pub mod words;
