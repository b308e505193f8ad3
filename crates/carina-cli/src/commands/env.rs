//! `carina env`

use std::path::PathBuf;

use clap::Args;

use super::Context;
use crate::{
    credentials::Folder,
    failure::Failure,
    output,
    shell::{Shell, quoted},
};

#[derive(Args)]
pub(crate) struct Env {
    /// Its name or id
    name: String,

    /// The shell that reads it [default: that of SHELL]
    #[arg(long, value_enum)]
    shell: Option<Shell>,

    /// The folder of the credentials; they are downloaded where they are missing or not good any more
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,

    #[arg(long, hide = true, env = "SHELL")]
    login_shell: Option<PathBuf>,
}

impl Env {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let cluster = context.session.cluster(&self.name).await?;
        let folder = Folder::of(self.path.as_deref(), &context.home, cluster.id)?;
        folder.refresh(&context.session, &cluster).await?;
        let mut command = format!("carina env {}", cluster.name);
        if let Some(shell) = self.shell {
            command.push_str(&format!(" --shell={}", shell.name()));
        }
        if self.path.is_some() {
            command.push_str(&format!(
                " --path={}",
                quoted(&folder.path.display().to_string())
            ));
        }
        let usual = Shell::usual(self.login_shell.as_deref());
        let shell = self.shell.unwrap_or(usual);
        output::lines(shell.lines(folder.program(), &folder.path, &command))
    }
}
