//! The log of a container, from the engine of its node.
//!
//! Not through bollard: it gathers as many bytes as an engine says a frame has, and the engine of a
//! node is not ours to trust; and it takes moments to begin from in whole seconds only.

use std::{collections::VecDeque, fmt::Write};

use bollard::errors::Error;
use cluster_api::inside::LogLine;
use futures::{Stream, StreamExt, stream};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, BodyStream, Empty, Limited};
use hyper::body::Incoming;

use super::{
    super::{
        error::{failed_on_node, failure},
        tls::NodeClient,
    },
    demux::Demux,
};
use crate::provisioner::{
    FailureKind, ProvisionError,
    inside::{Lines, LogQuery},
};

/// No error of an engine that is read is longer, in bytes.
const MAX_ERROR: usize = 4096;

/// Begins to read.
pub(super) async fn open(
    client: &NodeClient,
    container: &str,
    query: LogQuery,
) -> Result<Lines, ProvisionError> {
    let what = "The log could not be read";
    let uri = format!("{}{}", client.base, path(client, container, query));
    let request = Request::get(uri).body(Empty::new()).map_err(|error| {
        tracing::warn!("a log has no usable address: {error}");
        failure(FailureKind::Permanent, format!("{what}."))
    })?;
    let answer = client.https.request(request).await;
    let answer = answer.map_err(|error| failed_on_node(what)(error.into()))?;
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(Box::pin(lines(answer.into_body())));
    }
    let words = Limited::new(answer.into_body(), MAX_ERROR).collect().await;
    let words = words.map(|words| words.to_bytes()).unwrap_or_default();
    Err(failed_on_node(what)(Error::DockerResponseServerError {
        status_code: status.as_u16(),
        message: String::from_utf8_lossy(&words).into_owned(),
    }))
}

fn path(client: &NodeClient, container: &str, query: LogQuery) -> String {
    let version = client.docker.client_version();
    let mut path = format!(
        "/v{}.{}/containers/{container}/logs?timestamps=1&follow={}&stdout={}&stderr={}",
        version.major_version,
        version.minor_version,
        u8::from(query.follow),
        u8::from(query.stdout),
        u8::from(query.stderr),
    );
    // Writing to a string cannot fail.
    let _ = match query.tail {
        Some(tail) => write!(path, "&tail={tail}"),
        None => write!(path, "&tail=all"),
    };
    if let Some(since) = query.since {
        let nanos = since.as_nanosecond();
        let (seconds, nanos) = (
            nanos.div_euclid(1_000_000_000),
            nanos.rem_euclid(1_000_000_000),
        );
        let _ = write!(path, "&since={seconds}.{nanos:09}");
    }
    path
}

/// The lines of an answer, read as fast as they are asked for.
fn lines(body: Incoming) -> impl Stream<Item = Result<LogLine, ProvisionError>> + Send {
    struct Reader {
        body: Option<BodyStream<Incoming>>,
        demux: Demux,
        ready: VecDeque<LogLine>,
    }
    let reader = Reader {
        body: Some(BodyStream::new(body)),
        demux: Demux::default(),
        ready: VecDeque::new(),
    };
    stream::unfold(reader, async |mut reader| {
        loop {
            if let Some(line) = reader.ready.pop_front() {
                return Some((Ok(line), reader));
            }
            let mut lines = Vec::new();
            match reader.body.as_mut()?.next().await {
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        reader.demux.push(&chunk, &mut lines);
                    }
                }
                Some(Err(error)) => {
                    reader.body = None;
                    let error = failure(
                        FailureKind::Transient,
                        format!("The log broke off: {error}."),
                    );
                    return Some((Err(error), reader));
                }
                None => {
                    reader.body = None;
                    reader.demux.finish(&mut lines);
                }
            }
            reader.ready.extend(lines);
        }
    })
}
