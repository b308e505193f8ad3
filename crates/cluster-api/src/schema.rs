//! What the types whose rules are code look like in OpenAPI: the bounds are those that `TryFrom`
//! checks, from the same constants. All other types derive theirs.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, SchemaFormat,
        schema::{SchemaType, Type},
    },
};

use crate::{
    AccountId, AuditAction, AutoscalePolicy, ClusterId, ClusterName, ClusterSort, ClusterType,
    ClusterTypeId, DeliveryId, EventId, Fingerprint, IdempotencyKey, KeyId, Labels, NodeCount,
    NodeId, Percent, RequestId, SessionId, SortKey, SubscriptionId, TaskId, TicketId, TicketState,
};

macro_rules! described {
    ($name:ident, $schema:expr) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}

fn integer() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer))
}

fn uuid(what: &str) -> ObjectBuilder {
    text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .description(Some(what))
}

described!(ClusterId, uuid("Names one cluster, for good."));
described!(NodeId, uuid("Names one node of a cluster."));
described!(TaskId, uuid("Names one piece of work on a cluster."));
/// The states that a ticket can be set to: an admin's note makes it `answered`.
pub(crate) fn settable_state() -> ObjectBuilder {
    let states = [TicketState::Open, TicketState::Resolved];
    text().enum_values(Some(states.map(TicketState::as_str)))
}

described!(TicketId, uuid("Names one ticket."));
described!(SubscriptionId, uuid("Names one subscription."));
described!(
    DeliveryId,
    uuid("Names one notice on its way to one subscription, over all tries.")
);
described!(AccountId, uuid("Names one account."));
described!(KeyId, uuid("Names one API key."));
described!(SessionId, uuid("Names one sign-in that goes on."));
described!(
    AuditAction,
    text()
        .enum_values(Some(AuditAction::ALL.iter().map(|action| action.as_str())))
        .description(Some("What somebody did."))
);
described!(
    RequestId,
    uuid("Names one request; the control plane's log has it too.")
);

described!(
    EventId,
    integer()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(0))
        .description(Some(
            "The place of an event in the control plane's journal; strictly increasing."
        ))
);

described!(
    ClusterName,
    text()
        .min_length(Some(1))
        .max_length(Some(ClusterName::MAX_LENGTH))
        // HTML anchors its patterns, JSON Schema does not.
        .pattern(Some(format!(
            "^{}$",
            ClusterName::PATTERN.replace("\\-", "-")
        )))
        .description(Some(ClusterName::HINT))
        .examples(["shop"])
);

described!(
    NodeCount,
    integer()
        .minimum(Some(NodeCount::MIN.get()))
        .maximum(Some(NodeCount::MAX.get()))
        .description(Some(
            "How many nodes a cluster has. Quotas are usually lower than the maximum."
        ))
        .examples([3])
);

described!(
    IdempotencyKey,
    text()
        .min_length(Some(1))
        .max_length(Some(64))
        .pattern(Some("^[A-Za-z0-9_-]+$"))
        .description(Some(
            "Made once for a form or a command and sent with every try of it, so that a repeated or \
             doubled create makes one cluster."
        ))
);

described!(
    Fingerprint,
    text()
        .pattern(Some("^[0-9a-f]{2}(:[0-9a-f]{2}){31}$"))
        .description(Some(
            "The SHA-256 of a certificate, as pairs of lower-case hexadecimal digits with colons."
        ))
);

fn type_id() -> ObjectBuilder {
    integer()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .examples([1])
}

described!(
    ClusterTypeId,
    type_id().description(Some("Names a cluster type."))
);

/// The types that new clusters may be made of. Requests may name one as text too: the first clients
/// did.
pub(crate) fn type_on_offer() -> RefOr<Schema> {
    let ids = [ClusterType::swarm()].map(|offered| offered.id.0);
    OneOfBuilder::new()
        .item(type_id().enum_values(Some(ids)))
        .item(text().enum_values(Some(ids.map(|id| id.to_string()))))
        .description(Some(
            "A cluster type that is offered: its number, or the same as text.",
        ))
        .into()
}

/// A policy, `true` for the one that everybody begins with, or `false` and null for none.
pub(crate) fn policy_or_flag() -> RefOr<Schema> {
    OneOfBuilder::new()
        .item(Ref::from_schema_name(AutoscalePolicy::name()))
        .item(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean)))
        .item(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)))
        .description(Some(
            "A policy; `true` for the one that everybody begins with; `false` or null for none.",
        ))
        .into()
}

described!(
    Percent,
    integer()
        .minimum(Some(1))
        .maximum(Some(100))
        .description(Some("A share of a cluster's capacity, in percent."))
        .examples([80])
);

described!(
    Labels,
    ObjectBuilder::new()
        .max_properties(Some(Labels::MOST))
        .property_names(Some(text().pattern(Some("^[A-Za-z0-9._/-]{1,63}$"))))
        .additional_properties(Some(
            text()
                .max_length(Some(63))
                .pattern(Some("^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))
        ))
        .description(Some(Labels::RULE))
        .examples([serde_json::json!({"team": "web"})])
);

described!(
    ClusterSort,
    text()
        .enum_values(Some(
            SortKey::ALL
                .into_iter()
                .flat_map(|key| [false, true].map(|descending| ClusterSort { key, descending }))
                .map(String::from)
        ))
        .default(Some(ClusterSort::NEWEST_FIRST.to_string().into()))
);
