//! `carina list`

use clap::Args;

use super::{Context, rows};
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let snapshot = context
            .session
            .ask(async |plane, token| plane.snapshot(token).await);
        let clusters = snapshot.await?.clusters;
        context
            .output()
            .print(&clusters, &rows::clusters(&clusters))
    }
}
