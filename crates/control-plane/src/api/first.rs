//! The first generation of the Carina API ("make-swarm"), at the root: paths name the account and the
//! cluster, lists are bare arrays, numbers come and go as text. Shapes as its own client reads them
//! (`getcarina/libcarina`, branch `make-swarm`). A cluster is the same one in both generations.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{FromRef, FromRequestParts, Path, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::IntoResponse,
};
use cluster_api::{
    AutoscalePolicy, Cluster, ClusterName, ClusterStatus, ClusterType, CreateCluster, Flavor,
    Labels, NodeCount, Problem, Progress, Quotas,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, schema::Type},
};

use super::{
    PublicUrl,
    answer::Refusal,
    body::Object,
    caller::{Caller, Segments},
    openapi::{FIRST, NotNow, NotReady, OverQuota, Taken, Zip},
};
use crate::service::{Origin, Service};

type Rules = State<Arc<Service>>;

/// A cluster as the first generation shows it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FirstCluster {
    cluster_name: String,
    username: String,
    flavor: &'static str,
    image: String,
    /// A number as text: the original's answers had it so "in all cases" (libcarina's `Number`).
    nodes: String,
    autoscale: bool,
    status: &'static str,
    task_id: String,
    token: String,
}

impl FirstCluster {
    fn of(cluster: &Cluster, username: &str) -> Self {
        Self {
            cluster_name: cluster.name.to_string(),
            username: username.to_owned(),
            flavor: cluster.flavor.name(),
            image: cluster
                .nodes
                .first()
                .map(|node| node.image.clone())
                .unwrap_or_default(),
            nodes: cluster.node_count.get().to_string(),
            autoscale: cluster.autoscale,
            status: status(cluster),
            task_id: cluster.id.to_string(),
            // What it was for in the original is not known, and nobody is known to have read it.
            token: String::new(),
        }
    }
}

/// The first generation's word for the state of a cluster.
fn status(cluster: &Cluster) -> &'static str {
    match cluster.status {
        ClusterStatus::Creating => match cluster.progress {
            Some(Progress { number: 2.., .. }) => "building",
            _ => "new",
        },
        // It goes on working meanwhile, and has no word for what is done.
        ClusterStatus::Active | ClusterStatus::Repairing | ClusterStatus::Rotating => "active",
        ClusterStatus::Resizing => "growing",
        ClusterStatus::Rebuilding => "rebuilding-swarm",
        ClusterStatus::Deleting | ClusterStatus::Deleted => "deleting",
        ClusterStatus::Error => "error",
    }
}

/// The account in the path, which has to be the caller's own; any other does not exist for it.
pub(super) struct Own(Caller);

impl<S> FromRequestParts<S> for Own
where
    S: Send + Sync,
    Arc<Service>: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Path(path) = path.map_err(|_| Problem::NotFound)?;
        let named = path.iter().find(|(name, _)| name == "username");
        if named.is_some_and(|(_, name)| name.eq_ignore_ascii_case(&caller.actor.account.username))
        {
            Ok(Self(caller))
        } else {
            Err(Problem::NotFound.into())
        }
    }
}

impl Own {
    fn quotas(&self, service: &Service) -> Quotas {
        service.quotas(&self.0.actor.account)
    }

    fn show(&self, cluster: &Cluster) -> Json<FirstCluster> {
        Json(FirstCluster::of(cluster, &self.0.actor.account.username))
    }

    /// The account's clusters. One that is being deleted is gone already: the first generation deletes
    /// at once.
    async fn clusters(&self, service: &Service) -> Result<Vec<Cluster>, Refusal> {
        let mut clusters = service.clusters(&self.0.actor).await?;
        clusters.retain(|cluster| cluster.status != ClusterStatus::Deleting);
        Ok(clusters)
    }

    async fn cluster(&self, service: &Service, name: &str) -> Result<Cluster, Refusal> {
        let clusters = self.clusters(service).await?.into_iter();
        let found = clusters
            .into_iter()
            .find(|cluster| cluster.name.as_str() == name);
        found.ok_or_else(|| Problem::NotFound.into())
    }
}

/// Account and cluster in the path.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Named {
    /// The name of the account that the token belongs to.
    #[expect(dead_code, reason = "`Own` has looked at it")]
    username: String,
    /// The cluster's name.
    name: String,
}

/// The account in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "it describes what `Own` reads")]
struct OfAccount {
    /// The name of the account that the token belongs to.
    username: String,
}

/// The body of a create.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `to_create` reads")]
struct FirstCreate {
    /// Its name.
    cluster_name: ClusterName,
    /// How many nodes it is to have; a text that is a number will do.
    #[schema(required = false, schema_with = number_or_text)]
    nodes: i64,
    /// The size of its nodes.
    #[schema(required = false)]
    flavor: Flavor,
    /// Whether it grows and shrinks by itself.
    #[schema(required = false)]
    autoscale: bool,
}

/// The body of a grow.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `grow` reads")]
struct FirstGrow {
    /// How many nodes more; a text that is a number will do.
    #[schema(schema_with = number_or_text)]
    nodes: i64,
}

fn number_or_text() -> RefOr<Schema> {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(NodeCount::MAX.get()));
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some("^[1-9][0-9]?$"));
    OneOfBuilder::new().item(number).item(text).into()
}

/// Where the credentials are.
#[derive(Serialize, ToSchema)]
pub(super) struct ZipUrl {
    /// The address. Whoever has it needs no token.
    zip_url: String,
}

/// List clusters, but those that are being deleted.
#[utoipa::path(get, path = "/clusters/{username}", operation_id = "first_list_clusters", tag = FIRST, params(OfAccount),
    responses((status = 200, description = "All of them.", body = Vec<FirstCluster>)))]
pub(super) async fn list(
    own: Own,
    State(service): Rules,
) -> Result<Json<Vec<FirstCluster>>, Refusal> {
    let clusters = own.clusters(&service).await?;
    let username = &own.0.actor.account.username;
    Ok(Json(
        clusters
            .iter()
            .map(|cluster| FirstCluster::of(cluster, username))
            .collect(),
    ))
}

/// Show a cluster.
#[utoipa::path(get, path = "/clusters/{username}/{name}", operation_id = "first_show_cluster", tag = FIRST, params(Named),
    responses((status = 200, description = "The cluster.", body = FirstCluster)))]
pub(super) async fn show(
    own: Own,
    State(service): Rules,
    Segments(Named { name, .. }): Segments<Named>,
) -> Result<Json<FirstCluster>, Refusal> {
    Ok(own.show(&own.cluster(&service, &name).await?))
}

/// Create a cluster.
#[utoipa::path(post, path = "/clusters/{username}", operation_id = "first_create_cluster", tag = FIRST, params(OfAccount),
    request_body = FirstCreate,
    responses((status = 201, description = "The cluster, on its way.", body = FirstCluster), OverQuota, Taken))]
pub(super) async fn create(
    own: Own,
    State(service): Rules,
    Object(body): Object,
) -> Result<(StatusCode, Json<FirstCluster>), Refusal> {
    let request = to_create(&body, own.quotas(&service).max_nodes_per_cluster)?;
    let cluster = service.create(&own.0.actor, &request, None).await?;
    Ok((StatusCode::CREATED, own.show(&cluster)))
}

/// Add nodes: the number in the body is how many more.
#[utoipa::path(post, path = "/clusters/{username}/{name}/grow", operation_id = "first_grow_cluster", tag = FIRST, params(Named),
    request_body = FirstGrow,
    responses((status = 200, description = "The cluster, which grows from now on.", body = FirstCluster), OverQuota, NotNow))]
pub(super) async fn grow(
    own: Own,
    State(service): Rules,
    Segments(Named { name, .. }): Segments<Named>,
    Object(body): Object,
) -> Result<Json<FirstCluster>, Refusal> {
    let limit = own.quotas(&service).max_nodes_per_cluster;
    let wrong = Problem::NodesInvalid { max: limit };
    let more = body
        .get("nodes")
        .and_then(number)
        .filter(|more| *more > 0)
        .ok_or(wrong)?;
    let cluster = own.cluster(&service, &name).await?;
    let count = i64::from(cluster.node_count.get()).saturating_add(more);
    // What is no number of nodes at all is too many: it is more than there are.
    let count = NodeCount::try_from(count).map_err(|_| Problem::QuotaNodes { limit })?;
    service.resize(&own.0.actor, cluster.id, count, &[]).await?;
    let cluster = service.cluster(&own.0.actor, cluster.id).await?;
    Ok(own.show(&cluster))
}

/// Cluster, and whether it is on, in the path.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Switch {
    /// The name of the account that the token belongs to.
    #[expect(dead_code, reason = "`Own` has looked at it")]
    username: String,
    /// The cluster's name.
    name: String,
    /// Whether it is on from now on.
    on: bool,
}

/// Put autoscaling on or off, with the policy it has.
#[utoipa::path(put, path = "/clusters/{username}/{name}/autoscale/{on}", operation_id = "first_set_autoscale", tag = FIRST, params(Switch),
    responses((status = 200, description = "The cluster.", body = FirstCluster), OverQuota, NotNow))]
pub(super) async fn autoscale(
    own: Own,
    State(service): Rules,
    Segments(Switch { name, on, .. }): Segments<Switch>,
) -> Result<Json<FirstCluster>, Refusal> {
    let cluster = own.cluster(&service, &name).await?;
    service
        .set_autoscale(&own.0.actor, cluster.id, on, None)
        .await?;
    let cluster = service.cluster(&own.0.actor, cluster.id).await?;
    Ok(own.show(&cluster))
}

/// The body of an action.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `act` reads")]
struct FirstAction {
    /// The one there is.
    action: RebuildSwarm,
}

/// The one action there is.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "it describes what `act` reads")]
enum RebuildSwarm {
    /// Makes the swarm and its certificates anew.
    RebuildSwarm,
}

/// Rebuild a cluster.
#[utoipa::path(post, path = "/clusters/{username}/{name}/action", operation_id = "first_act", tag = FIRST, params(Named),
    request_body = FirstAction,
    responses((status = 200, description = "The cluster, which is rebuilt from now on.", body = FirstCluster), NotNow))]
pub(super) async fn act(
    own: Own,
    State(service): Rules,
    Segments(Named { name, .. }): Segments<Named>,
    Object(body): Object,
) -> Result<Json<FirstCluster>, Refusal> {
    if body.get("action").and_then(Value::as_str) != Some("rebuild-swarm") {
        return Err(Problem::Malformed.into());
    }
    let cluster = own.cluster(&service, &name).await?;
    service.rebuild(&own.0.actor, cluster.id).await?;
    let cluster = service.cluster(&own.0.actor, cluster.id).await?;
    Ok(own.show(&cluster))
}

/// Delete a cluster.
///
/// Answers with the cluster, which the original client decodes.
#[utoipa::path(delete, path = "/clusters/{username}/{name}", operation_id = "first_delete_cluster", tag = FIRST, params(Named),
    responses((status = 200, description = "The cluster as it was.", body = FirstCluster), NotNow))]
pub(super) async fn delete(
    own: Own,
    State(service): Rules,
    Segments(Named { name, .. }): Segments<Named>,
) -> Result<Json<FirstCluster>, Refusal> {
    let cluster = own.cluster(&service, &name).await?;
    let cluster = service.delete(&own.0.actor, cluster.id).await?;
    Ok(own.show(&cluster))
}

/// Ask where the credentials are to be had.
///
/// Once, within five minutes, by whoever has the address. One known client waits for exactly 201.
#[utoipa::path(get, path = "/clusters/{username}/{name}/zip", operation_id = "first_locate_credentials", tag = FIRST, params(Named),
    responses((status = 201, description = "The address.", body = ZipUrl), NotReady))]
pub(super) async fn zip(
    own: Own,
    State(service): Rules,
    State(public_url): State<PublicUrl>,
    headers: HeaderMap,
    Segments(Named { name, .. }): Segments<Named>,
) -> Result<(StatusCode, Json<ZipUrl>), Refusal> {
    let cluster = own.cluster(&service, &name).await?;
    let secret = service.zip_address(&own.0.actor, &cluster).await?;
    let base = public_url.of(&headers);
    let zip_url = format!("{base}/zips/{secret}");
    Ok((StatusCode::CREATED, Json(ZipUrl { zip_url })))
}

/// Download credentials, from the address that was answered.
///
/// The original client sends no token with it.
#[utoipa::path(get, path = "/zips/{secret}", operation_id = "first_download_credentials", tag = FIRST, security(()),
    params(("secret" = String, Path, description = "What the address ends with.")),
    responses((status = 200, description = "The bundle.", body = Zip, content_type = "application/zip"), NotReady))]
pub(super) async fn redeem(
    State(service): Rules,
    Extension(origin): Extension<Origin>,
    Segments(secret): Segments<String>,
) -> Result<impl IntoResponse, Refusal> {
    let (actor, id) = service.redeem_zip(&secret, &origin).await?;
    let (name, zip) = service.credentials_zip(&actor, id).await?;
    Ok(super::clusters::zip_answer(&name, zip))
}

/// Show quotas: what the account may have.
#[utoipa::path(get, path = "/quotas/{username}", operation_id = "first_show_quotas", tag = FIRST, params(OfAccount),
    responses((status = 200, description = "The quotas.", body = Quotas)))]
pub(super) async fn quotas(own: Own, State(service): Rules) -> Json<Quotas> {
    Json(own.quotas(&service))
}

fn to_create(body: &Map<String, Value>, max: NodeCount) -> Result<CreateCluster, Problem> {
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(Problem::Malformed),
    };
    let name = ClusterName::try_from(text("cluster_name")?.unwrap_or_default())
        .map_err(|rule| Problem::NameInvalid { rule })?;
    let flavor = text("flavor")?.map_or(Ok(Flavor::default()), |flavor| {
        flavor.parse().map_err(|_| Problem::FlavorUnknown)
    })?;
    let node_count = match body.get("nodes") {
        None | Some(Value::Null) => NodeCount::MIN,
        Some(nodes) => number(nodes)
            .and_then(|nodes| NodeCount::try_from(nodes).ok())
            .ok_or(Problem::NodesInvalid { max })?,
    };
    let autoscale = match body.get("autoscale") {
        None | Some(Value::Null | Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(AutoscalePolicy::of_size(node_count)),
        Some(_) => return Err(Problem::Malformed),
    };
    Ok(CreateCluster {
        name,
        cluster_type_id: ClusterType::swarm().id,
        node_count,
        flavor,
        labels: Labels::default(),
        autoscale,
        deletion_protection: false,
    })
}

/// A number, or a text that is one.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use cluster_api::ClusterStatus;
    use jiff::SignedDuration;
    use serde_json::{Value, json};

    use crate::testing::{Answer, Client, ControlPlane};

    const FIELDS: [&str; 9] = [
        "cluster_name",
        "username",
        "flavor",
        "image",
        "nodes",
        "autoscale",
        "status",
        "task_id",
        "token",
    ];

    /// What libcarina's `Cluster` decodes: every field, of its type; `nodes` a number or one as text.
    fn assert_decodes(cluster: &Value) {
        for field in FIELDS {
            let value = &cluster[field];
            let right = match field {
                "autoscale" => value.is_boolean(),
                "nodes" => value.as_str().is_some_and(|it| it.parse::<i64>().is_ok()),
                _ => value.is_string(),
            };
            assert!(right, "{field}: {cluster}");
        }
    }

    /// A request as the original client makes it: its headers, also where they make no sense.
    async fn ask(client: &Client, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = client
            .request(method, path)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("User-Agent", "getcarina/libcarina:make-swarm")
            .header("Connection", "close");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        client.answer(request.body(body).unwrap()).await
    }

    async fn active(plane: &ControlPlane, owner: &Client, name: &str) {
        let body = json!({"cluster_name": name, "username": "owner", "nodes": 1});
        let answer = ask(owner, "POST", "/clusters/owner", Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.json);
        let id = answer.json["task_id"].as_str().unwrap().parse().unwrap();
        plane.until_status(id, ClusterStatus::Active).await;
    }

    #[tokio::test]
    async fn a_cluster_lives_as_the_first_client_knows_it() {
        let plane = ControlPlane::running().await;
        let owner = plane.client("owner").await;
        let probe = ask(&owner, "HEAD", "/clusters/owner", None).await;
        assert_eq!(probe.status, 200);
        assert_eq!(
            ask(&owner, "GET", "/clusters/owner", None).await.json,
            json!([])
        );

        let body = json!({"cluster_name": "shop", "username": "owner", "nodes": "1"});
        let made = ask(&owner, "POST", "/clusters/owner", Some(body)).await;
        assert_eq!(made.status, 201);
        assert_decodes(&made.json);
        assert_eq!(made.json["cluster_name"], "shop");
        assert_eq!(made.json["nodes"], "1");
        let id = made.json["task_id"].as_str().unwrap().parse().unwrap();
        plane.until_status(id, ClusterStatus::Active).await;

        let listed = ask(&owner, "GET", "/clusters/OWNER", None).await;
        let listed = listed.json.as_array().unwrap().clone();
        assert_eq!(listed.len(), 1, "a bare array");
        assert_eq!(listed[0]["status"], "active");
        let one = ask(&owner, "GET", "/clusters/owner/shop", None).await;
        assert_eq!(one.json, listed[0]);

        let grown = ask(
            &owner,
            "POST",
            "/clusters/owner/shop/grow",
            Some(json!({"nodes": 2})),
        )
        .await;
        assert_eq!(grown.status, 200);
        assert_eq!(
            (&grown.json["status"], &grown.json["nodes"]),
            (&json!("growing"), &json!("3"))
        );
        plane.until_status(id, ClusterStatus::Active).await;

        let second = ask(&owner, "GET", &format!("/v2/clusters/{id}"), None).await;
        assert_eq!(second.json["node_count"], 3, "one cluster, two generations");

        let gone = ask(&owner, "DELETE", "/clusters/owner/shop", None).await;
        assert_eq!(gone.status, 200);
        assert_decodes(&gone.json);
        let after = ask(&owner, "GET", "/clusters/owner/shop", None).await;
        assert_eq!(after.status, 404, "the first generation deletes at once");
    }

    #[tokio::test]
    async fn what_cannot_be_is_told_in_a_sentence() {
        let plane = ControlPlane::running().await;
        let owner = plane.client("owner").await;
        active(&plane, &owner, "shop").await;
        let grow = "/clusters/owner/shop/grow";
        for (path, body, status) in [
            (grow, json!({"nodes": -1}), 400),
            (grow, json!({"nodes": 0}), 400),
            (grow, json!({"nodes": "0"}), 400),
            (grow, json!({"nodes": 1.5}), 400),
            (grow, json!({}), 400),
            (grow, json!({"nodes": i64::MAX}), 403),
            ("/clusters/owner", json!({"cluster_name": "X"}), 400),
            (
                "/clusters/owner",
                json!({"cluster_name": "x", "nodes": 0}),
                400,
            ),
            (
                "/clusters/owner",
                json!({"cluster_name": "x", "autoscale": "yes"}),
                400,
            ),
            (
                "/clusters/owner/shop/action",
                json!({"action": "explode"}),
                400,
            ),
            ("/clusters/owner", json!({"cluster_name": "shop"}), 409),
            ("/clusters/owner/none/grow", json!({"nodes": 1}), 404),
        ] {
            let answer = ask(&owner, "POST", path, Some(body.clone())).await;
            assert_eq!(answer.status, status, "{path} {body}: {}", answer.json);
            let words = answer.json["error"].as_str().unwrap();
            assert!(words.ends_with('.') && words.len() > 10, "{words}");
        }
    }

    #[tokio::test]
    async fn nobody_sees_another_account() {
        let plane = ControlPlane::running().await;
        let owner = plane.client("owner").await;
        active(&plane, &owner, "shop").await;
        let stranger = plane.client("stranger").await;
        for path in [
            "/clusters/owner",
            "/clusters/owner/shop",
            "/clusters/owner/shop/zip",
            "/clusters/stranger/shop",
            "/quotas/owner",
        ] {
            assert_eq!(
                ask(&stranger, "GET", path, None).await.status,
                404,
                "{path}"
            );
            let nobody = ask(&plane.anonymous(), "GET", path, None).await;
            assert_eq!(nobody.status, 401, "{path}");
        }
    }

    #[tokio::test]
    async fn the_zip_is_had_once_by_its_address_alone() {
        let plane = ControlPlane::running().await;
        let owner = plane.client("owner").await;
        active(&plane, &owner, "shop").await;
        let address = async || {
            let answer = ask(&owner, "GET", "/clusters/owner/shop/zip", None).await;
            assert_eq!(answer.status, 201);
            let url = answer.json["zip_url"].as_str().unwrap();
            url.strip_prefix("http://api.test:4000").unwrap().to_owned()
        };
        let first = address().await;
        let looked = ask(&plane.anonymous(), "HEAD", &first, None).await;
        assert_eq!(looked.status, 405, "looking uses nothing up");
        let zip = ask(&plane.anonymous(), "GET", &first, None).await;
        assert_eq!(zip.status, 200);
        let archive = zip::ZipArchive::new(std::io::Cursor::new(zip.bytes)).unwrap();
        let names: Vec<_> = archive.file_names().map(Result::unwrap).collect();
        let settings = names.iter().filter(|name| name.ends_with(".env"));
        assert!(names.len() >= 6);
        assert_eq!(settings.count(), 1);
        let again = ask(&plane.anonymous(), "GET", &first, None).await;
        assert_eq!(again.status, 404, "an address is good once");

        let late = address().await;
        plane.clock.advance(SignedDuration::from_mins(5));
        assert_eq!(
            ask(&plane.anonymous(), "GET", &late, None).await.status,
            404
        );
    }

    #[tokio::test]
    async fn quotas_are_numbers() {
        let plane = ControlPlane::idle().await;
        let owner = plane.client("owner").await;
        let answer = ask(&owner, "GET", "/quotas/owner", None).await;
        assert_eq!(
            answer.json,
            json!({"max_clusters": 3, "max_nodes_per_cluster": 5})
        );
    }
}
