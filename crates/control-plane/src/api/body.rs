//! Reading bodies. What is wrong with one is said precisely: serde's own messages are for
//! programmers, and stop at the first field.

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
};
use cluster_api::{
    AutoscalePolicy, ClusterChange, ClusterName, ClusterTypeId, CreateCluster, Flavor, Labels,
    NameRule, NodeCount, PolicyRule, Problem, ResizeInput, TaskRequest,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::Refusal;

/// No body that the API takes is near this long, in bytes.
const MAX_BODY: usize = 64 << 10;

/// A JSON object.
pub(super) struct Object(pub(super) Map<String, Value>);

impl<S: Sync> FromRequest<S> for Object {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let declared = request.headers().get(axum::http::header::CONTENT_LENGTH);
        let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|length| length > MAX_BODY as u64) {
            return Err(Problem::TooLarge.into());
        }
        // Only the limit can make this fail for a client that is still there.
        let bytes = to_bytes(request.into_body(), MAX_BODY)
            .await
            .map_err(|_| Problem::TooLarge)?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(mut object)) => {
                object.values_mut().for_each(make_whole);
                Ok(Self(object))
            }
            _ => Err(Problem::Malformed.into()),
        }
    }
}

/// Writes whole numbers as such: JSON has one sort of numbers, and `3.0` is the `3` that programs read.
fn make_whole(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(make_whole),
        Value::Object(object) => object.values_mut().for_each(make_whole),
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default();
            // As far as every whole number has a floating one of its own.
            if float.fract() == 0.0 && float.abs() < 2_f64.powi(53) {
                *number = (float as i64).into();
            }
        }
        _ => {}
    }
}

impl Object {
    /// The body of `POST /v2/clusters`.
    pub(super) fn into_create(self, max: NodeCount) -> Result<CreateCluster, Problem> {
        let Self(object) = self;
        let name = match object.get("name") {
            None | Some(Value::Null) => Err(NameRule::Empty),
            Some(Value::String(name)) => ClusterName::try_from(name.as_str()),
            Some(_) => return Err(Problem::Malformed),
        };
        let name = name.map_err(|rule| Problem::NameInvalid { rule })?;
        // A number, or a numeric string: the original's documentation has both.
        let cluster_type_id = match object.get("cluster_type_id") {
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        let cluster_type_id = ClusterTypeId(cluster_type_id.ok_or(Problem::TypeUnknown)?);
        let node_count = match object.get("node_count") {
            None | Some(Value::Null) => NodeCount::MIN,
            Some(value) => node_count(value, max)?,
        };
        let flavor = match object.get("flavor") {
            None | Some(Value::Null) => Flavor::default(),
            Some(Value::String(text)) => text.parse().map_err(|_| Problem::FlavorUnknown)?,
            Some(_) => return Err(Problem::FlavorUnknown),
        };
        Ok(CreateCluster {
            name,
            cluster_type_id,
            node_count,
            flavor,
            labels: labels(object.get("labels"))?.unwrap_or_default(),
            autoscale: policy(object.get("autoscale"), node_count)?,
            deletion_protection: flag(object.get("deletion_protection"))?.unwrap_or_default(),
        })
    }

    /// The body of `PATCH /v2/clusters/{id}`.
    pub(super) fn into_change(self) -> Result<ClusterChange, Problem> {
        let Self(object) = self;
        let known = ["name", "labels", "deletion_protection"];
        // A field that means nothing here is a mistake that should not go unseen.
        if object.is_empty() || object.keys().any(|key| !known.contains(&key.as_str())) {
            return Err(Problem::Malformed);
        }
        let name = match object.get("name") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(
                ClusterName::try_from(name.as_str())
                    .map_err(|rule| Problem::NameInvalid { rule })?,
            ),
            Some(_) => return Err(Problem::Malformed),
        };
        Ok(ClusterChange {
            name,
            labels: labels(object.get("labels"))?,
            deletion_protection: flag(object.get("deletion_protection"))?,
        })
    }

    /// The body of `PUT /v2/clusters/{id}/autoscale`: whether it is on, and how. Without a policy the one
    /// there is stays.
    pub(super) fn into_autoscale(self) -> Result<(bool, Option<AutoscalePolicy>), Problem> {
        let enabled = flag(self.0.get("enabled"))?.ok_or(Problem::Malformed)?;
        Ok((enabled, policy(self.0.get("policy"), NodeCount::MIN)?))
    }

    /// The body of `POST /v2/clusters/{id}/nodes/{node}/drain`: whether it is drained from now on.
    pub(super) fn into_drain(self) -> Result<bool, Problem> {
        flag(self.0.get("on"))?.ok_or(Problem::Malformed)
    }

    /// The body of `POST /v2/clusters/{id}/tasks`.
    pub(super) fn into_task(self, max: NodeCount) -> Result<TaskRequest, Problem> {
        match self.0.get("type").and_then(Value::as_str) {
            Some("resize") => {
                let input = self.0.get("input");
                let count = input.and_then(|input| input.get("node_count"));
                let node_count = node_count(count.unwrap_or(&Value::Null), max)?;
                let remove = match input.and_then(|input| input.get("remove")) {
                    None | Some(Value::Null) => Vec::new(),
                    Some(named) => Vec::deserialize(named).map_err(|_| Problem::Malformed)?,
                };
                Ok(TaskRequest::Resize {
                    input: ResizeInput { node_count, remove },
                })
            }
            Some("retry") => Ok(TaskRequest::Retry),
            Some("rebuild") => Ok(TaskRequest::Rebuild),
            Some("rotate") => Ok(TaskRequest::Rotate),
            _ => Err(Problem::Malformed),
        }
    }
}

fn flag(value: Option<&Value>) -> Result<Option<bool>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_bool().map(Some).ok_or(Problem::Malformed),
    }
}

fn labels(value: Option<&Value>) -> Result<Option<Labels>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => Labels::deserialize(value)
            .map(Some)
            .map_err(|_| Problem::LabelsInvalid),
    }
}

/// A policy, or `true` for the one that everybody begins with.
fn policy(value: Option<&Value>, nodes: NodeCount) -> Result<Option<AutoscalePolicy>, Problem> {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => Ok(None),
        Some(Value::Bool(true)) => Ok(Some(AutoscalePolicy::of_size(nodes))),
        Some(value) => {
            let targets = value.get("targets").and_then(Value::as_object);
            let is_percent = |target: &Value| {
                target.is_null() || target.as_u64().is_some_and(|it| (1..=100).contains(&it))
            };
            if targets.is_some_and(|targets| !targets.values().all(is_percent)) {
                let rule = PolicyRule::Target;
                return Err(Problem::PolicyInvalid { rule });
            }
            AutoscalePolicy::deserialize(value)
                .map(Some)
                .map_err(|_| Problem::Malformed)
        }
    }
}

fn node_count(value: &Value, max: NodeCount) -> Result<NodeCount, Problem> {
    let number = value
        .as_i64()
        .and_then(|number| NodeCount::try_from(number).ok());
    number.ok_or(Problem::NodesInvalid { max })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn create(body: Value) -> Result<CreateCluster, Problem> {
        let Value::Object(object) = body else {
            panic!("not an object")
        };
        Object(object).into_create(NodeCount::MAX)
    }

    /// As clients write it whose language has null for an empty list; the description says so.
    #[test]
    fn a_resize_may_name_no_nodes_by_null() {
        let Value::Object(object) =
            json!({"type": "resize", "input": {"node_count": 3, "remove": null}})
        else {
            panic!("not an object")
        };
        let TaskRequest::Resize { input } = Object(object).into_task(NodeCount::MAX).unwrap()
        else {
            panic!("not a resize")
        };
        assert!(input.remove.is_empty());
    }

    #[test]
    fn every_wrong_field_has_its_own_problem() {
        let nodes = Problem::NodesInvalid {
            max: NodeCount::MAX,
        };
        for (body, problem) in [
            (
                json!({}),
                Problem::NameInvalid {
                    rule: NameRule::Empty,
                },
            ),
            (json!({"name": 7}), Problem::Malformed),
            (
                json!({"name": "A"}),
                Problem::NameInvalid {
                    rule: NameRule::Character,
                },
            ),
            (json!({"name": "a"}), Problem::TypeUnknown),
            (
                json!({"name": "a", "cluster_type_id": "x"}),
                Problem::TypeUnknown,
            ),
            (
                json!({"name": "a", "cluster_type_id": 1, "node_count": 0}),
                nodes,
            ),
            (
                json!({"name": "a", "cluster_type_id": 1, "node_count": -1}),
                nodes,
            ),
            (
                json!({"name": "a", "cluster_type_id": 1, "node_count": 1e9}),
                nodes,
            ),
            (
                json!({"name": "a", "cluster_type_id": 1, "node_count": "abc"}),
                nodes,
            ),
            (
                json!({"name": "a", "cluster_type_id": 1, "flavor": "huge"}),
                Problem::FlavorUnknown,
            ),
        ] {
            assert_eq!(create(body.clone()), Err(problem), "{body}");
        }
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        for (text, same) in [
            ("3.0", "3"),
            ("3e0", "3"),
            ("-0.0", "0"),
            (r#"[{"a":3.0}]"#, r#"[{"a":3}]"#),
            ("3.5", "3.5"),
            ("1e300", "1e300"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            let mut value: Value = serde_json::from_str(text).unwrap();
            make_whole(&mut value);
            assert_eq!(
                value,
                serde_json::from_str::<Value>(same).unwrap(),
                "{text}"
            );
        }
    }

    #[test]
    fn the_original_bodies_are_read() {
        let read = create(json!({"name": "c1", "cluster_type_id": "1", "node_count": 2})).unwrap();
        assert_eq!(
            (read.cluster_type_id, read.node_count.get()),
            (ClusterTypeId(1), 2)
        );
        assert_eq!(
            create(json!({"name": "c1", "cluster_type_id": 1}))
                .unwrap()
                .node_count
                .get(),
            1
        );
    }
}
