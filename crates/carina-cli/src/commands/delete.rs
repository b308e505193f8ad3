//! `carina delete`

use std::path::PathBuf;

use clap::Args;
use cluster_api::client::ControlPlane;

use super::{Context, rows};
use crate::{
    credentials::Folder,
    failure::Failure,
    wait::{Goal, Wait},
};

#[derive(Args)]
pub(crate) struct Delete {
    /// Their names or ids
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    /// Where the credentials are that go with it, if not below the home
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,

    #[command(flatten)]
    wait: Wait,
}

impl Delete {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let session = &context.session;
        let mut deleted = Vec::new();
        for name in &self.names {
            let id = session.cluster(name).await?.id;
            deleted.push(
                session
                    .ask(async |plane, token| plane.delete(token, id).await)
                    .await?,
            );
            // Nobody can use them any more.
            Folder::of(None, &context.settings.home, id)?.remove()?;
            if let Some(path) = &self.path {
                Folder::of(Some(path), &context.settings.home, id)?.remove()?;
            }
        }
        for cluster in &mut deleted {
            *cluster = self
                .wait
                .until(Goal::Gone, session, cluster.clone())
                .await?;
        }
        let table = rows::clusters(&deleted);
        match deleted.as_slice() {
            [one] => context.output().print(one, &table),
            many => context.output().print(&many, &table),
        }
    }
}
