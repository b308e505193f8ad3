//! `carina get`

use clap::Args;

use super::Context;
use crate::{
    failure::Failure,
    wait::{Goal, Wait},
};

#[derive(Args)]
pub(crate) struct Get {
    /// Its name or id
    name: String,

    #[command(flatten)]
    wait: Wait,
}

impl Get {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        let cluster = self
            .wait
            .until(Goal::Settled, &context.session, cluster)
            .await?;
        context.show(&cluster)
    }
}
