//! The operator's scripts, run on a node.

use std::time::Duration;

use bollard::{
    body_full, exec::StartExecResults, models::ExecConfig,
    query_parameters::UploadToContainerOptionsBuilder,
};
use futures::StreamExt;

use super::{
    DockerProvisioner,
    error::{failed, failure},
    names::Names,
};
use crate::provisioner::{ClusterAccess, FailureKind, NodeScript, ProvisionError, node_name};

/// How long a script may take, in seconds.
const SECONDS: u64 = 60;

/// How much longer it has to end once it was told to.
const GRACE_SECONDS: u64 = 5;

/// How much of what it writes is kept, in bytes: the end.
const OUTPUT: usize = 4096;

/// What `timeout` of both coreutils and busybox ends with when the time was over.
const TIMED_OUT: [i64; 3] = [124, 137, 143];

impl DockerProvisioner {
    pub(super) async fn run_script(
        &self,
        cluster: &ClusterAccess,
        ordinal: u32,
        script: &NodeScript,
    ) -> Result<String, ProvisionError> {
        let docker = &self.engine().await?.docker;
        let container = Names::node(cluster, ordinal);
        let what = format!("The script {} could not run on node {ordinal}", script.name);
        let path = format!("carina/scripts/{}", script.name);
        let files = super::node::tar([(path.as_str(), 0o755, script.text.as_str())]);
        let files = files.map_err(|error| ProvisionError {
            kind: FailureKind::Permanent,
            message: format!("{what}."),
            source: Some(Box::new(error)),
        })?;
        let options = UploadToContainerOptionsBuilder::default().path("/").build();
        docker
            .upload_to_container(&container, Some(options), body_full(files.into()))
            .await
            .map_err(failed(what.clone()))?;
        let role = if ordinal == 1 { "manager" } else { "worker" };
        let config = ExecConfig {
            cmd: Some(
                [
                    "timeout",
                    "-k",
                    &GRACE_SECONDS.to_string(),
                    &SECONDS.to_string(),
                    "sh",
                    &format!("/{path}"),
                ]
                .map(str::to_owned)
                .to_vec(),
            ),
            env: Some(vec![
                format!("CARINA_CLUSTER_ID={}", cluster.id),
                format!("CARINA_NODE_NAME={}", node_name(ordinal)),
                format!("CARINA_NODE_ROLE={role}"),
            ]),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..ExecConfig::default()
        };
        let exec = docker
            .create_exec(&container, config)
            .await
            .map_err(failed(what.clone()))?;
        let started = docker
            .start_exec(&exec.id, None)
            .await
            .map_err(failed(what.clone()))?;
        let written = async {
            let mut written = Vec::new();
            if let StartExecResults::Attached { mut output, .. } = started {
                while let Some(Ok(part)) = output.next().await {
                    written.extend_from_slice(&part.into_bytes());
                    let surplus = written.len().saturating_sub(OUTPUT);
                    written.drain(..surplus);
                }
            }
            String::from_utf8_lossy(&written).trim().to_owned()
        };
        let limit = Duration::from_secs(SECONDS + 2 * GRACE_SECONDS);
        let written = tokio::time::timeout(limit, written)
            .await
            .map_err(|_| too_long(script, ordinal))?;
        let ended = docker
            .inspect_exec(&exec.id)
            .await
            .map_err(failed(what.clone()))?;
        match ended.exit_code {
            Some(0) => Ok(written),
            Some(code) if TIMED_OUT.contains(&code) => Err(ProvisionError {
                source: (!written.is_empty()).then(|| written.into()),
                ..too_long(script, ordinal)
            }),
            code => Err(ProvisionError {
                kind: FailureKind::Permanent,
                message: format!(
                    "The operator's script {} failed on node {ordinal} with code {}. Ask them to mend \
                     it, then retry.",
                    script.name,
                    code.unwrap_or(-1)
                ),
                source: (!written.is_empty()).then(|| written.into()),
            }),
        }
    }
}

fn too_long(script: &NodeScript, ordinal: u32) -> ProvisionError {
    failure(
        FailureKind::Permanent,
        format!(
            "The operator's script {} took longer than {SECONDS} s on node {ordinal} and was ended. \
             Ask them to mend it, then retry.",
            script.name
        ),
    )
}
