//! `carina credentials`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::Context;
use crate::{
    credentials::Folder,
    failure::Failure,
    output::{self, Output},
    shell::quoted,
    table::Table,
};

#[derive(Args)]
pub(crate) struct Credentials {
    /// Its name or id
    name: String,

    /// The folder that they are written to [default: clusters/ID below the home]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
}

#[derive(Serialize)]
struct Written<'a> {
    cluster: &'a str,
    path: &'a str,
}

impl Credentials {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        let path = self.path.as_deref();
        let folder = Folder::of(path, &context.home, cluster.id)?;
        folder.download(&context.session, cluster.id).await?;
        let shown = folder.path.display().to_string();
        if context.output() == Output::Table {
            let mut command = format!("carina env {}", cluster.name);
            if path.is_some() {
                command.push_str(&format!(" --path={}", quoted(&shown)));
            }
            return output::lines([
                "#",
                &format!("# Credentials written to \"{shown}\""),
                &format!("# To see how to connect to your cluster, run: {command}"),
                "#",
            ]);
        }
        let table = Table {
            columns: &["Path"],
            rows: vec![vec![shown.clone()]],
        };
        let written = Written {
            cluster: cluster.name.as_str(),
            path: &shown,
        };
        context.output().print(&written, &table)
    }
}
