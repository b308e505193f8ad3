//! What each type looks like in JSON: the same that serde writes.

use std::str::FromStr;

use cluster_api::{
    Access, Cluster, ClusterId, ClusterName, ClusterStatus, ClusterType, ClusterTypeId, Event,
    EventId, EventKind, Fingerprint, Flavor, IssuedCertificate, NameRule, Node, NodeCount, NodeId,
    NodeRole, NodeState, Problem, Progress, Provisioning, Quotas, Reason, RequestId, Snapshot,
    TaskId, TaskKind, Timestamp,
};

use super::json::Json;
use crate::{
    error::AppError,
    view::{ClusterView, Freshness, Overview, User},
};

/// What can be read from JSON.
pub trait Read: Sized {
    /// The value, if the JSON is one of this type.
    fn read(json: &Json) -> Option<Self>;
}

/// Reads a field.
pub fn field<T: Read>(json: &Json, name: &str) -> Option<T> {
    T::read(&json.get(name))
}

impl Read for () {
    fn read(_json: &Json) -> Option<Self> {
        Some(())
    }
}

impl Read for String {
    fn read(json: &Json) -> Option<Self> {
        json.text()
    }
}

impl Read for bool {
    fn read(json: &Json) -> Option<Self> {
        json.flag()
    }
}

impl Read for i64 {
    fn read(json: &Json) -> Option<Self> {
        json.number()
    }
}

impl Read for u32 {
    fn read(json: &Json) -> Option<Self> {
        json.number()?.try_into().ok()
    }
}

impl Read for u64 {
    fn read(json: &Json) -> Option<Self> {
        json.number()?.try_into().ok()
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Json) -> Option<Self> {
        if json.is_null() {
            Some(None)
        } else {
            T::read(json).map(Some)
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json) -> Option<Self> {
        json.items()?.iter().map(T::read).collect()
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(json: &Json) -> Option<Self> {
        let items = json.items()?;
        Some((A::read(items.first()?)?, B::read(items.get(1)?)?))
    }
}

impl<T: Read> Read for Result<T, AppError> {
    fn read(json: &Json) -> Option<Self> {
        let error = json.get("Err");
        if error.is_null() {
            field(json, "Ok").map(Ok)
        } else {
            AppError::read(&error).map(Err)
        }
    }
}

/// Makes types readable that have a text of their own.
macro_rules! texts {
    ($($name:ident)*) => {
        $(
            impl Read for $name {
                fn read(json: &Json) -> Option<Self> {
                    Self::from_str(&json.text()?).ok()
                }
            }
        )*
    };
}

texts! { ClusterId Flavor NodeId RequestId TaskId Timestamp }

impl Read for ClusterName {
    fn read(json: &Json) -> Option<Self> {
        json.text()?.try_into().ok()
    }
}

impl Read for Fingerprint {
    fn read(json: &Json) -> Option<Self> {
        json.text().map(Self)
    }
}

impl Read for EventId {
    fn read(json: &Json) -> Option<Self> {
        json.number().map(Self)
    }
}

impl Read for ClusterTypeId {
    fn read(json: &Json) -> Option<Self> {
        json.number().map(Self)
    }
}

impl Read for NodeCount {
    fn read(json: &Json) -> Option<Self> {
        json.number()?.try_into().ok()
    }
}

/// Makes types readable whose values are words.
macro_rules! words {
    ($($name:ident { $($word:literal $value:ident)* })*) => {
        $(
            impl Read for $name {
                fn read(json: &Json) -> Option<Self> {
                    Some(match &*json.text()? {
                        $($word => Self::$value,)*
                        _ => return None,
                    })
                }
            }
        )*
    };
}

words! {
    ClusterStatus {
        "creating" Creating
        "active" Active
        "resizing" Resizing
        "deleting" Deleting
        "error" Error
        "deleted" Deleted
    }
    EventKind {
        "requested" Requested
        "started" Started
        "done" Done
        "retrying" Retrying
        "finished" Finished
        "failed" Failed
    }
    NameRule {
        "empty" Empty
        "too-long" TooLong
        "start" Start
        "end" End
        "character" Character
    }
    NodeRole {
        "manager" Manager
        "worker" Worker
    }
    NodeState {
        "creating" Creating
        "joining" Joining
        "ready" Ready
        "draining" Draining
        "lost" Lost
    }
    Provisioning {
        "docker" Docker
        "simulated" Simulated
    }
    TaskKind {
        "create" Create
        "resize" Resize
        "delete" Delete
    }
}

/// Makes structs readable whose fields have the names of their JSON.
macro_rules! structs {
    ($($name:ident { $($field:ident)* })*) => {
        $(
            impl Read for $name {
                fn read(json: &Json) -> Option<Self> {
                    Some(Self { $($field: field(json, stringify!($field))?,)* })
                }
            }
        )*
    };
}

structs! {
    Access { endpoint ca_fingerprint ca_expires_at certificate_days last_issued }
    Cluster {
        id name status cluster_type node_count created_at updated_at flavor nodes endpoint progress
        reason version
    }
    ClusterType { id name coe host_type active flavors }
    ClusterView { cluster events overview }
    Event { id cluster_id task_id at kind message detail duration_ms }
    IssuedCertificate { serial fingerprint issued_at expires_at }
    Node { id name role state address image engine_version }
    Overview { snapshot freshness now }
    Progress { task_id task step number of started_at typical_ms }
    Quotas { max_clusters max_nodes_per_cluster }
    Reason { message detail retrying since }
    Snapshot { version clusters quotas cluster_types provisioning }
    User { username }
}

impl Read for Freshness {
    fn read(json: &Json) -> Option<Self> {
        Some(match &*json.get("kind").text()? {
            "live" => Self::Live {
                at: field(json, "at")?,
            },
            "unreachable" => Self::Unreachable {
                since: field(json, "since")?,
            },
            _ => return None,
        })
    }
}

impl Read for AppError {
    fn read(json: &Json) -> Option<Self> {
        Problem::read(json).map(Self)
    }
}

impl Read for Problem {
    fn read(json: &Json) -> Option<Self> {
        Some(match &*json.get("kind").text()? {
            "malformed" => Self::Malformed,
            "too-large" => Self::TooLarge,
            "name-invalid" => Self::NameInvalid {
                rule: field(json, "rule")?,
            },
            "name-taken" => Self::NameTaken,
            "nodes-invalid" => Self::NodesInvalid {
                max: field(json, "max")?,
            },
            "type-unknown" => Self::TypeUnknown,
            "flavor-unknown" => Self::FlavorUnknown,
            "quota-clusters" => Self::QuotaClusters {
                limit: field(json, "limit")?,
            },
            "quota-nodes" => Self::QuotaNodes {
                limit: field(json, "limit")?,
            },
            "busy" => Self::Busy {
                status: field(json, "status")?,
            },
            "credentials-not-ready" => Self::CredentialsNotReady,
            "idempotency-key-reused" => Self::IdempotencyKeyReused,
            "idempotency-key-invalid" => Self::IdempotencyKeyInvalid,
            "name-mismatch" => Self::NameMismatch,
            "not-found" => Self::NotFound,
            "no-route" => Self::NoRoute,
            "method-not-allowed" => Self::MethodNotAllowed,
            "unsupported-media-type" => Self::UnsupportedMediaType,
            "version-unsupported" => Self::VersionUnsupported,
            "signed-out" => Self::SignedOut,
            "wrong-credentials" => Self::WrongCredentials,
            "too-many-tries" => Self::TooManyTries {
                retry_after_s: field(json, "retry_after_s")?,
            },
            "unreachable" => Self::Unreachable,
            "internal" => Self::Internal {
                request_id: field(json, "request_id")?,
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Serialize;
    use uuid::Uuid;

    use super::*;
    use crate::{fixtures, wire::read};

    fn there_and_back<T: Serialize + Read + PartialEq + Debug>(value: &T) {
        let text = serde_json::to_string(value).unwrap();
        assert_eq!(&read::<T>(&text).unwrap(), value, "{text}");
    }

    /// One of each. A problem that is not listed does not compile.
    fn problems() -> Vec<Problem> {
        use Problem::*;
        let request_id = RequestId(Uuid::from_u128(7));
        let (status, rule, limit) = (ClusterStatus::Resizing, NameRule::TooLong, NodeCount::MAX);
        let all = vec![
            Malformed,
            TooLarge,
            NameInvalid { rule },
            NameTaken,
            NodesInvalid { max: limit },
            TypeUnknown,
            FlavorUnknown,
            QuotaClusters { limit: 3 },
            QuotaNodes { limit },
            Busy { status },
            CredentialsNotReady,
            IdempotencyKeyReused,
            IdempotencyKeyInvalid,
            NameMismatch,
            NotFound,
            NoRoute,
            MethodNotAllowed,
            UnsupportedMediaType,
            VersionUnsupported,
            SignedOut,
            WrongCredentials,
            TooManyTries { retry_after_s: 30 },
            Unreachable,
            Internal { request_id },
        ];
        for problem in &all {
            match problem {
                Malformed
                | TooLarge
                | NameInvalid { .. }
                | NameTaken
                | NodesInvalid { .. }
                | TypeUnknown
                | FlavorUnknown
                | QuotaClusters { .. }
                | QuotaNodes { .. }
                | Busy { .. }
                | CredentialsNotReady
                | IdempotencyKeyReused
                | IdempotencyKeyInvalid
                | NameMismatch
                | NotFound
                | NoRoute
                | MethodNotAllowed
                | UnsupportedMediaType
                | VersionUnsupported
                | SignedOut
                | WrongCredentials
                | TooManyTries { .. }
                | Unreachable
                | Internal { .. } => {}
            }
        }
        all
    }

    #[test]
    fn problems_are_read_as_serde_writes_them() {
        for problem in problems() {
            there_and_back(&problem);
            there_and_back(&Err::<(), _>(AppError(problem)));
        }
        there_and_back(&Ok::<_, AppError>(User {
            username: "admin".to_owned(),
        }));
        there_and_back(&Ok::<(), AppError>(()));
    }

    #[test]
    fn words_are_read_as_serde_writes_them() {
        use ClusterStatus::{Active, Creating, Deleted, Deleting, Error, Resizing};
        for status in [Creating, Active, Resizing, Deleting, Error, Deleted] {
            there_and_back(&status);
        }
        use EventKind::{Done, Failed, Finished, Requested, Retrying, Started};
        for kind in [Requested, Started, Done, Retrying, Finished, Failed] {
            there_and_back(&kind);
        }
        use NameRule::{Character, Empty, End, Start, TooLong};
        for rule in [Empty, TooLong, Start, End, Character] {
            there_and_back(&rule);
        }
        for state in [
            NodeState::Creating,
            NodeState::Joining,
            NodeState::Ready,
            NodeState::Draining,
            NodeState::Lost,
        ] {
            there_and_back(&state);
        }
        for task in [TaskKind::Create, TaskKind::Resize, TaskKind::Delete] {
            there_and_back(&task);
        }
        for flavor in Flavor::ALL {
            there_and_back(&flavor);
        }
        there_and_back(&[NodeRole::Manager, NodeRole::Worker].to_vec());
        there_and_back(&[Provisioning::Docker, Provisioning::Simulated].to_vec());
    }

    fn cluster() -> Cluster {
        let at = fixtures::timestamp(1_700_000_000_123);
        Cluster {
            progress: Some(Progress {
                task_id: TaskId(Uuid::from_u128(1)),
                task: TaskKind::Resize,
                step: "Node 2 \"starts\" \u{2026}".to_owned(),
                number: 2,
                of: 4,
                started_at: at,
                typical_ms: Some(1_900),
            }),
            reason: Some(Reason {
                message: "Why".to_owned(),
                detail: None,
                retrying: true,
                since: at,
            }),
            ..fixtures::cluster("shop", &[NodeState::Ready, NodeState::Lost], 2)
        }
    }

    #[test]
    fn the_data_of_every_page_is_read_as_serde_writes_it() {
        let at = fixtures::timestamp(1_700_000_000_123);
        let overview = Overview {
            snapshot: Snapshot {
                version: EventId(9_007_199_254_740_991),
                clusters: vec![cluster(), fixtures::cluster("docs", &[], 1)],
                quotas: Quotas {
                    max_clusters: 10,
                    max_nodes_per_cluster: NodeCount::MAX,
                },
                cluster_types: vec![ClusterType::swarm()],
                provisioning: Provisioning::Simulated,
            },
            freshness: Freshness::Unreachable { since: at },
            now: at,
        };
        let event = Event {
            id: EventId(7),
            cluster_id: cluster().id,
            task_id: None,
            at,
            kind: EventKind::Failed,
            message: "Node 2 did not start".to_owned(),
            detail: Some("no space left on device".to_owned()),
            duration_ms: Some(0),
        };
        let certificate = IssuedCertificate {
            serial: "0a".to_owned(),
            fingerprint: Fingerprint("9f:2c".to_owned()),
            issued_at: at,
            expires_at: at,
        };
        there_and_back(&Freshness::Live { at });
        there_and_back(&Ok::<_, AppError>((
            User {
                username: "admin".to_owned(),
            },
            overview.clone(),
        )));
        there_and_back(&ClusterView {
            cluster: cluster(),
            events: vec![event],
            overview,
        });
        there_and_back(&Access {
            endpoint: "tcp://127.0.0.1:23760".to_owned(),
            ca_fingerprint: Fingerprint("9f:2c".to_owned()),
            ca_expires_at: at,
            certificate_days: 90,
            last_issued: Some(certificate),
        });
    }

    #[test]
    fn what_is_missing_or_of_another_sort_is_no_value() {
        for text in [
            "",
            "null",
            "{}",
            "[]",
            "\"x\"",
            "{\"kind\":\"new\"}",
            "{\"username\":7}",
        ] {
            assert!(read::<User>(text).is_err(), "{text}");
            assert!(read::<Problem>(text).is_err(), "{text}");
            assert!(read::<Cluster>(text).is_err(), "{text}");
        }
        assert!(read::<u32>("-1").is_err());
        assert!(read::<u32>("1.5").is_err());
        assert!(read::<NodeCount>("0").is_err());
        assert!(read::<NodeState>("\"new\"").is_err());
    }
}
