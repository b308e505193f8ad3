//! `carina support`

use std::{fs, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::{
    failure::Failure,
    output::{self, Output},
    table::Table,
};

#[derive(Args)]
pub(crate) struct Support {
    /// Its name or id
    name: String,

    /// The file that it is written to [default: NAME-support.zip]
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,
}

#[derive(Serialize)]
struct Written<'a> {
    cluster: &'a str,
    path: &'a str,
}

impl Support {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        let id = cluster.id;
        let zip = context
            .session
            .ask(async |plane, token| plane.support_bundle(token, id).await);
        let zip = zip.await?;
        let path = self
            .path
            .unwrap_or_else(|| format!("{}-support.zip", cluster.name).into());
        fs::write(&path, zip).map_err(Failure::file(&path))?;
        let path = path.display().to_string();
        if context.output() == Output::Table {
            return output::lines([path]);
        }
        let table = Table {
            columns: &["Path"],
            rows: vec![vec![path.clone()]],
        };
        let written = Written {
            cluster: cluster.name.as_str(),
            path: &path,
        };
        context.output().print(&written, &table)
    }
}
