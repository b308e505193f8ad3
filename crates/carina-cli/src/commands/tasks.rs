//! `carina rebuild`, `carina rotate` and `carina retry`

use clap::Args;

use super::Context;
use crate::{
    failure::Failure,
    wait::{Goal, Wait},
};

#[derive(Args)]
pub(crate) struct Rebuild {
    /// Its name or id
    name: String,

    #[command(flatten)]
    wait: Wait,
}

#[derive(Args)]
pub(crate) struct Rotate {
    /// Its name or id
    name: String,

    #[command(flatten)]
    wait: Wait,
}

#[derive(Args)]
pub(crate) struct Retry {
    /// Its name or id
    name: String,

    #[command(flatten)]
    wait: Wait,
}

impl Rebuild {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let session = &context.session;
        let id = session.cluster(&self.name).await?.id;
        let cluster = session
            .ask(async |plane, token| plane.rebuild(token, id).await)
            .await?;
        context.show(&self.wait.until(Goal::Settled, session, cluster).await?)
    }
}

impl Rotate {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let session = &context.session;
        let id = session.cluster(&self.name).await?.id;
        let cluster = session
            .ask(async |plane, token| plane.rotate(token, id).await)
            .await?;
        context.show(&self.wait.until(Goal::Settled, session, cluster).await?)
    }
}

impl Retry {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let session = &context.session;
        let id = session.cluster(&self.name).await?.id;
        session
            .ask(async |plane, token| plane.retry(token, id).await)
            .await?;
        let cluster = session
            .ask(async |plane, token| plane.cluster(token, id).await)
            .await?;
        context.show(&self.wait.until(Goal::Settled, session, cluster).await?)
    }
}
