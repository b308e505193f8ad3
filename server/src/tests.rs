//! Tests of the parts together, in one process, without a port and without waiting.

mod account;
mod browser;
mod care;
mod clock;
mod errors;
pub(crate) mod fake;
mod hub;
mod inside;
mod pages;
mod routes;
mod sessions;
mod streams;

pub(crate) use self::{
    browser::{Answer, Browser, House},
    clock::ManualClock,
    fake::{FakeControlPlane, cluster, event},
};
