//! `carina delete`

use std::path::PathBuf;

use clap::Args;
use cluster_api::Cluster;

use super::{Context, rows};
use crate::{
    credentials::Folder,
    failure::Failure,
    output,
    session::Session,
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
            let cluster = session.cluster(name).await?;
            let id = cluster.id;
            let beside = match &self.path {
                Some(path) => Some(Folder::of(Some(path), &context.home, id)?),
                None => None,
            };
            let beside = beside.filter(Folder::has_any);
            let goes = match &beside {
                Some(folder) => is_of(session, folder, &cluster).await,
                None => false,
            };
            deleted.push(
                session
                    .ask(async |plane, token| plane.delete(token, id).await)
                    .await?,
            );
            // Nobody can use them any more.
            Folder::of(None, &context.home, id)?.remove()?;
            match beside {
                Some(folder) if goes => folder.remove()?,
                Some(folder) => output::say(&format!(
                    "The files in {} stay: they are not known to be credentials of {}.",
                    folder.path.display(),
                    cluster.name
                )),
                None => {}
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

/// Whether the files in a folder are known to be credentials of a cluster; afterwards nobody knows.
async fn is_of(session: &Session, folder: &Folder, cluster: &Cluster) -> bool {
    let access = session.ask(async |plane, token| plane.access(token, cluster.id).await);
    // What was never handed out, or may not be looked at, is no reason not to delete.
    access
        .await
        .is_ok_and(|access| folder.is_of(cluster, &access))
}
