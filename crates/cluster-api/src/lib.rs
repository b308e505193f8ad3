//! The vocabulary of the control-plane API: what a cluster is, what may be done with it, and what is
//! said when it may not.
//!
//! The dashboard, the control plane and the browser all speak these types. Rules live here as code
//! (`ClusterName::try_from`, `Cluster::can_resize`), so that a button and the server that refuses it
//! can never disagree. The crate knows serde and nothing of HTTP servers, Leptos or SQL.
//!
//! Feature `client` adds the [`ControlPlane`](client::ControlPlane) trait and its reqwest
//! implementation; without it the crate builds for `wasm32-unknown-unknown`. Feature `schema` has every
//! type describe itself for OpenAPI.

mod access;
mod account;
mod audit;
mod autoscale;
mod cloud;
mod cluster;
mod cluster_type;
mod engine;
mod event;
mod flavor;
mod help;
mod id;
pub mod inside;
mod label;
mod list;
mod name;
mod node;
mod problem;
mod quota;
mod request;
#[cfg(feature = "schema")]
mod schema;
mod secret;
mod subscription;
mod ticket;
#[cfg(any(target_family = "wasm", test))]
mod timestamp;
mod usual;
mod watch;

#[cfg(feature = "client")]
pub mod client;

pub use access::{Access, Fingerprint, IssuedCertificate, Ledger, LedgerEntry};
pub use account::{
    AccountDetails, AccountList, AccountRule, AddAccount, ApiKey, ApiKeyList, ChangeAccount,
    ClustersOfAccount, Limit, MadeAccount, MadeKey, MakeKey, Role, Scope, ScopeError, Scopes,
    Session, SessionList, WhoAmI,
};
pub use audit::{AuditAction, AuditActionError, AuditEntry, AuditFormat, AuditList, AuditQuery};
pub use autoscale::{Autoscale, AutoscaleChange, AutoscalePolicy, Percent, PolicyRule, Targets};
pub use cloud::{
    Choices, CloudFacts, CloudFlavor, CloudRule, FromTemplate, Health, Membership, NewNodegroup,
    Nodegroup, Offer, Project, ProjectUse, Taint, TaintEffect, Template,
};
pub use cluster::{Cluster, ClusterStatus, Progress, Reason, TaskKind};
pub use cluster_type::{ClusterType, ClusterTypeId, ClusterTypeList};
pub use engine::EngineHealth;
pub use event::{Event, EventKind};
pub use flavor::Flavor;
pub use help::HelpRule;
pub use id::{
    AccountId, ClusterId, DeliveryId, EventId, KeyId, NodeId, NodegroupId, RequestId, SessionId,
    SubscriptionId, TaskId, TemplateId, TicketId,
};
pub use label::{Labels, LabelsError};
pub use list::{
    ClusterList, ClusterQuery, ClusterSort, ClusterSortError, EventList, EventQuery, SortKey,
    StatusCounts,
};
pub use name::{ClusterName, NameRule};
pub use node::{Node, NodeCount, NodeCountError, NodeRole, NodeRule, NodeState};
pub use problem::{ErrorBody, ErrorItem, ErrorLink, Field, Problem, said_no};
pub use quota::{Provisioning, Quotas};
pub use request::{
    ClusterChange, CreateCluster, DrainNode, IDEMPOTENCY_KEY_HEADER, IdempotencyKey,
    IdempotencyKeyError, ResizeInput, TaskRequest,
};
pub use secret::SecretText;
pub use subscription::{
    Delivery, DeliveryList, DeliveryState, NewSubscription, Notice, NoticeCluster, Subscribe,
    Subscription, SubscriptionChange, SubscriptionList, Target, TicketNotice, TicketTopic, Topic,
    Trial,
};
pub use ticket::{
    OpenTicket, Ticket, TicketChange, TicketCluster, TicketList, TicketNote, TicketState,
    TicketStory, WriteNote,
};
pub use usual::{UsualTime, UsualTimes};
pub use watch::{Snapshot, WatchMessage};

/// Moments are UTC, in microseconds; on the wire RFC 3339 text ending in `Z`.
#[cfg(not(target_family = "wasm"))]
pub use jiff::Timestamp;
#[cfg(target_family = "wasm")]
pub use timestamp::{NoTimestamp, Timestamp};
