//! What every control plane does, done with Magnum.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::json;
use tokio::time::sleep;

use super::{
    BEGUN, Magnum, PAUSE,
    bundle::{self, Bundle, BundleError, CERTIFICATE_DAYS, Known, Request},
    calls::unsure,
    keystone::{Granted, Proof},
    login::Login,
    map,
    watch::MOST_NODES,
    wire::{CertificateBody, ClusterBody, NodegroupBody, QuotaBody, Stage, TemplateBody, Work},
};
use crate::{
    Access, Cluster, ClusterId, ClusterName, ClusterStatus, ClusterType, ClusterTypeList,
    CreateCluster, Event, EventId, EventList, EventQuery, IdempotencyKey, NodeCount, NodeId,
    NodeRule, Problem, Project, Provisioning, Quotas, RequestId, Snapshot, TaskKind, Template,
    Timestamp, UsualTime, UsualTimes, WatchMessage,
    client::{AccountApi, ControlPlane, Grant, HelpApi, InsideApi, Origin, Secret, Watch, Who},
};

/// What a project may have where nobody set a quota (Magnum's own default).
const DEFAULT_QUOTA: u32 = 20;

/// A page of the timeline has so many entries.
const EVENTS: u32 = 100;

impl InsideApi for Magnum {}
impl AccountApi for Magnum {}
impl HelpApi for Magnum {}

impl Magnum {
    /// A cluster, as Magnum writes it.
    pub(super) async fn one(&self, login: &Login, id: ClusterId) -> Result<ClusterBody, Problem> {
        let answer = self.read(login, &format!("/clusters/{id}")).await?;
        let body: ClusterBody = answer.json()?;
        // An admin of any project may read everybody's.
        if body
            .project_id
            .as_ref()
            .is_some_and(|its| *its != login.project.id)
        {
            return Err(Problem::NotFound);
        }
        Ok(body)
    }

    /// A cluster that may not be there yet: for some 100 ms after it was asked for, it is not.
    pub(super) async fn born(&self, login: &Login, id: ClusterId) -> Result<ClusterBody, Problem> {
        let mut tries = 0;
        loop {
            match self.one(login, id).await {
                Err(Problem::NotFound) if tries < BEGUN => tries += 1,
                Err(Problem::NotFound) => return Err(Problem::NotBegun),
                answer => return answer.map_err(unsure),
            }
            sleep(PAUSE).await;
        }
    }

    /// A cluster in the words of all.
    pub(super) async fn cluster_of(
        &self,
        login: &Login,
        body: &ClusterBody,
        version: EventId,
    ) -> Result<Cluster, Problem> {
        let mut templates = HashMap::new();
        let id = body.cluster_template_id;
        // Of another project, or gone: the cluster goes on without it.
        if let Ok(template) = self.template_body(login, &id.to_string()).await {
            templates.insert(id, Template::from(template));
        }
        self.row(login, body, &templates, version)
            .ok_or(Problem::NotFound)
    }

    pub(super) async fn template_body(
        &self,
        login: &Login,
        id: &str,
    ) -> Result<TemplateBody, Problem> {
        let answer = self.read(login, &format!("/clustertemplates/{id}")).await?;
        answer.json()
    }

    pub(super) async fn max_clusters(&self, login: &Login) -> Result<u32, Problem> {
        let path = format!("/quotas/{}/Cluster", login.project.id);
        match self.read(login, &path).await {
            Ok(answer) => {
                let QuotaBody { hard_limit } = answer.json()?;
                Ok(u32::try_from(hard_limit).unwrap_or(u32::MAX))
            }
            // Some clouds keep their quotas to themselves.
            Err(Problem::Refused { status: 403, .. } | Problem::NotFound) => Ok(DEFAULT_QUOTA),
            Err(problem) => Err(problem),
        }
    }

    /// Waits until what was asked for shows. Magnum answers 202 at once and hands the wish to its
    /// conductor, which drops it where the state forbids it, with a line in its own log.
    pub(super) async fn begun(
        &self,
        login: &Login,
        before: &ClusterBody,
        shows: impl Fn(&ClusterBody) -> bool,
    ) -> Result<ClusterBody, Problem> {
        for _ in 0..BEGUN {
            let body = self.one(login, before.uuid).await.map_err(unsure)?;
            // That its row was written again says nothing: whoever checks its health writes it too.
            if shows(&body) || body.status != before.status {
                return Ok(body);
            }
            sleep(PAUSE).await;
        }
        Err(Problem::NotBegun)
    }

    /// Gives somebody a session in a project; `account` is whose they have already.
    pub(super) async fn enter(
        &self,
        proof: Proof,
        project: Option<&str>,
        account: Option<&str>,
    ) -> Result<Grant, Problem> {
        let keystone = &self.0.keystone;
        let mut granted = keystone.grant(&proof, project, account).await?;
        if project.is_none() && !proof.has_project() && !self.is_allowed(&granted) {
            let projects = keystone.projects(&granted.token, account).await;
            self.drop_token(&granted).await;
            // The first one that this dashboard is for.
            let first = self.allowed(projects?).into_iter().next();
            let first = first.ok_or(Problem::WrongCredentials)?;
            granted = keystone.grant(&proof, Some(&first.id), account).await?;
        }
        if !self.is_allowed(&granted) {
            self.drop_token(&granted).await;
            return Err(Problem::WrongCredentials);
        }
        let (user, is_admin) = (
            granted.user.clone(),
            granted.roles.iter().any(|role| role == "admin"),
        );
        let begun = self
            .0
            .logins
            .begin(granted, proof, &self.0.settings, Timestamp::now())?;
        Ok(Grant {
            token: begun.ticket,
            expires_at: begun.expires_at,
            account_id: begun.login.account(),
            username: user.name,
            scopes: None,
            is_admin,
        })
    }

    /// Ends a token that nobody needs; if it cannot be ended it ends by itself.
    async fn drop_token(&self, granted: &Granted) {
        let _ = self.0.keystone.revoke(&granted.token).await;
    }

    /// Whether a token is for a project that people may sign in to here. Users may have a default project,
    /// and then one that was asked for without a project is for that.
    fn is_allowed(&self, granted: &Granted) -> bool {
        let project = granted.project.clone().map(Project::from);
        project.is_some_and(|it| !self.allowed(vec![it]).is_empty())
    }

    /// Those projects that people may sign in to here.
    pub(super) fn allowed(&self, projects: Vec<Project>) -> Vec<Project> {
        let allowed = &self.0.settings.projects;
        let is_allowed = |it: &Project| {
            allowed.is_empty() || allowed.contains(&it.id) || allowed.contains(&it.name)
        };
        projects.into_iter().filter(is_allowed).collect()
    }

    /// Changes how many nodes the workers of a cluster are, in the group that came with it.
    async fn resize_workers(
        &self,
        login: &Login,
        id: ClusterId,
        nodes: NodeCount,
    ) -> Result<(), Problem> {
        let before = self.one(login, id).await?;
        can_resize(&before)?;
        let (total, now) = (nodes.get(), before.node_count + before.master_count);
        let groups = self.nodegroup_bodies(login, id).await?;
        let workers = groups.iter().find(|it| it.name == "default-worker");
        let workers = workers.map_or(before.node_count, |it| it.node_count);
        // The wish is about all nodes; the managers stay as many as they are.
        let wished = i64::from(workers) + i64::from(total) - i64::from(now);
        if wished < 0 {
            return Err(Problem::NodesInvalid {
                max: NodeCount::MAX,
            });
        }
        let content = json!({"node_count": wished});
        let message = format!("{total} nodes asked for");
        self.ask_resize(login, &before, &content, &message).await
    }

    /// Takes chosen workers out, each of the group that has it: Magnum looks for them in the group that is
    /// resized and in no other.
    async fn take_out(
        &self,
        login: &Login,
        id: ClusterId,
        nodes: NodeCount,
        remove: &[NodeId],
    ) -> Result<(), Problem> {
        let body = self.one(login, id).await?;
        can_resize(&body)?;
        let now = body.node_count + body.master_count;
        if remove.len() != now.saturating_sub(nodes.get()) as usize {
            return Err(Problem::NodeInvalid {
                rule: NodeRule::Number,
            });
        }
        let mut groups = self.nodegroup_bodies(login, id).await?;
        groups.retain(|it| it.role != "master");
        let mut chosen = BTreeMap::<usize, BTreeSet<String>>::new();
        for node in remove {
            let place = (0..body.node_count as usize).find(|at| map::worker_id(id, *at) == *node);
            let address = place.and_then(|at| body.node_addresses.get(at));
            let has_it = |it: &NodegroupBody| {
                groups.len() == 1 || address.is_some_and(|its| it.node_addresses.contains(its))
            };
            let (Some(place), Some(group)) = (place, groups.iter().position(has_it)) else {
                return Err(Problem::NodeInvalid {
                    rule: NodeRule::Unknown,
                });
            };
            // Magnum wants the addresses of nodes or their places in the group.
            let name = address.cloned().unwrap_or_else(|| place.to_string());
            chosen.entry(group).or_default().insert(name);
        }
        for (group, names) in chosen {
            let its = &groups[group];
            let before = self.one(login, id).await?;
            let left = its.node_count.saturating_sub(names.len() as u32);
            self.resize_group(login, &before, its, left, &names).await?;
        }
        Ok(())
    }

    /// Changes how many nodes a group has, and says which ones go if any are chosen.
    pub(super) async fn resize_group<'n>(
        &self,
        login: &Login,
        before: &ClusterBody,
        group: &NodegroupBody,
        count: u32,
        remove: impl IntoIterator<Item = &'n String> + Send,
    ) -> Result<(), Problem> {
        let mut content = json!({"node_count": count, "nodegroup": group.name});
        let remove: Vec<&String> = remove.into_iter().collect();
        if !remove.is_empty() {
            content["nodes_to_remove"] = json!(remove);
        }
        let message = format!("Group of nodes {} asked to have {count}", group.name);
        self.ask_resize(login, before, &content, &message).await
    }

    /// Asks for a resize, and waits until it shows.
    async fn ask_resize(
        &self,
        login: &Login,
        before: &ClusterBody,
        content: &serde_json::Value,
        message: &str,
    ) -> Result<(), Problem> {
        let path = format!("/clusters/{}/actions/resize", before.uuid);
        self.magnum(login, Method::POST, &path, Some(content))
            .await?;
        self.write_down(login, before.uuid, message).await;
        self.begun(login, before, |it| it.node_count != before.node_count)
            .await?;
        self.0.accounts.of(&login.account()).poke();
        Ok(())
    }
}

/// Whether Magnum's conductor would take a resize, or a change of a group of nodes, in that state.
pub(super) fn can_resize(body: &ClusterBody) -> Result<(), Problem> {
    match (body.status.work, body.status.stage) {
        (_, Stage::Complete) | (Work::Update, _) => Ok(()),
        _ => Err(Problem::Busy {
            status: body.status.status(),
        }),
    }
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// A bundle that could not be made, told in the log.
fn failed(error: &BundleError) -> Problem {
    let request_id = RequestId(uuid::Uuid::new_v4());
    let mut story = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        story.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    tracing::error!(%request_id, "credentials could not be made: {story}");
    Problem::Internal { request_id }
}

#[async_trait]
impl ControlPlane for Magnum {
    async fn sign_in(
        &self,
        who: &Who,
        secret: &Secret,
        _origin: &Origin,
    ) -> Result<Grant, Problem> {
        let proof = match secret {
            Secret::Password(password) => Proof::Password {
                user: who.username.clone(),
                domain: (who.domain.clone()).unwrap_or_else(|| self.0.settings.domain.clone()),
                password: password.clone(),
            },
            Secret::ApiKey(secret) => Proof::ApplicationCredential {
                id: who.username.clone(),
                secret: secret.clone(),
            },
        };
        self.enter(proof, who.project.as_deref(), None).await
    }

    async fn check_token(&self, token: &SecretString) -> Result<bool, Problem> {
        let login = match self.login(token) {
            Ok(login) => login,
            // None of ours; whether Keystone can be asked shows all the same.
            Err(_) => return self.0.keystone.is_good(token).await,
        };
        let keystone = &self.0.keystone;
        let current = match login.token(keystone, Timestamp::now()).await {
            Ok(current) => current,
            Err(Problem::SignedOut) => return Ok(false),
            Err(problem) => return Err(problem),
        };
        if keystone.is_good(&current).await? {
            return Ok(true);
        }
        // Revoked elsewhere, or Keystone forgot its keys: once more with what it was granted for.
        match login.token_after(keystone, &current).await {
            Ok(_) => Ok(true),
            Err(Problem::SignedOut) => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    async fn sign_out(&self, token: &SecretString) -> Result<(), Problem> {
        let Ok(login) = self.login(token) else {
            return Ok(());
        };
        self.0.logins.end(&login);
        self.0.keystone.revoke(&login.last_token().await).await
    }

    async fn snapshot(&self, token: &SecretString) -> Result<Snapshot, Problem> {
        use futures::StreamExt;
        let mut watch = self.open_watch(self.login(token)?).await?;
        match watch.next().await {
            Some(Ok(WatchMessage::Snapshot(snapshot))) => Ok(snapshot),
            Some(Err(problem)) => Err(problem),
            _ => Err(Problem::Unreachable),
        }
    }

    async fn cluster_types(&self, token: &SecretString) -> Result<ClusterTypeList, Problem> {
        let login = self.login(token)?;
        let templates = self.all_templates(&login).await?;
        let cluster_types: Vec<ClusterType> = templates.iter().map(map::type_of).collect();
        Ok(ClusterTypeList { cluster_types })
    }

    async fn quotas(&self, token: &SecretString) -> Result<Quotas, Problem> {
        let login = self.login(token)?;
        Ok(Quotas {
            max_clusters: self.max_clusters(&login).await?,
            max_nodes_per_cluster: NodeCount::of_a_cloud(MOST_NODES),
        })
    }

    async fn cluster(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let login = self.login(token)?;
        let version = self.0.places.next(Timestamp::now());
        let body = self.one(&login, id).await?;
        self.cluster_of(&login, &body, version).await
    }

    async fn events(&self, token: &SecretString, id: ClusterId) -> Result<Vec<Event>, Problem> {
        let query = EventQuery::default();
        Ok(self.page_of_events(token, id, &query).await?.events)
    }

    async fn page_of_events(
        &self,
        token: &SecretString,
        id: ClusterId,
        query: &EventQuery,
    ) -> Result<EventList, Problem> {
        let login = self.login(token)?;
        let before = query
            .marker
            .as_ref()
            .and_then(|it| it.parse().ok())
            .map(EventId);
        let limit = query.limit.unwrap_or(EVENTS).clamp(1, 500);
        let events = self
            .0
            .journal
            .read(&login.project.id, id, before, limit)
            .await;
        let is_full = events.len() == limit as usize;
        let next = events
            .last()
            .filter(|_| is_full)
            .map(|it| it.id.to_string());
        Ok(EventList { events, next })
    }

    async fn create(
        &self,
        token: &SecretString,
        cluster: &CreateCluster,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        let login = self.login(token)?;
        let templates = self.all_templates(&login).await?;
        let template = templates
            .iter()
            .find(|it| map::type_id(it.id) == cluster.cluster_type_id)
            .ok_or(Problem::TypeUnknown)?;
        let wish = crate::FromTemplate {
            name: cluster.name.clone(),
            template: template.id,
            managers: 1,
            workers: cluster.node_count.get() - 1,
            flavor: None,
            manager_flavor: None,
            keypair: None,
            network: None,
            labels: cluster.labels.as_map().clone().into_iter().collect(),
        };
        self.make(&login, &wish, key).await
    }

    async fn usual(&self, _token: &SecretString) -> Result<UsualTimes, Problem> {
        let usual = |task| UsualTime {
            task,
            typical_ms: self.0.accounts.usual(task),
        };
        Ok(UsualTimes {
            provisioning: Provisioning::Cloud,
            times: TaskKind::ALL.into_iter().map(usual).collect(),
        })
    }

    async fn resize(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
    ) -> Result<(), Problem> {
        let login = self.login(token)?;
        self.resize_workers(&login, id, nodes).await
    }

    async fn shrink(
        &self,
        token: &SecretString,
        id: ClusterId,
        nodes: NodeCount,
        remove: &[NodeId],
    ) -> Result<(), Problem> {
        let login = self.login(token)?;
        if remove.is_empty() {
            return self.resize_workers(&login, id, nodes).await;
        }
        self.take_out(&login, id, nodes, remove).await
    }

    async fn retry(&self, token: &SecretString, id: ClusterId) -> Result<(), Problem> {
        let login = self.login(token)?;
        let body = self.one(&login, id).await?;
        match (body.status.work, body.status.stage) {
            (Work::Delete, Stage::Failed) => self.delete(token, id).await.map(drop),
            (Work::Update, Stage::Failed) => {
                let nodes = NodeCount::of_a_cloud(body.node_count + body.master_count);
                self.resize_workers(&login, id, nodes).await
            }
            // What was never made is made again as another cluster.
            (_, Stage::Failed) => Err(Problem::NotOffered),
            _ => Err(Problem::Busy {
                status: body.status.status(),
            }),
        }
    }

    async fn rotate(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let login = self.login(token)?;
        let before = self.one(&login, id).await?;
        let version = self.0.places.next(Timestamp::now());
        let now = self.cluster_of(&login, &before, version).await?;
        now.can_rotate()?;
        let path = format!("/certificates/{id}");
        self.magnum(&login, Method::PATCH, &path, None).await?;
        self.write_down(
            &login,
            id,
            "Asked for new certificates; bundles handed out before will be refused",
        )
        .await;
        let begun = self.begun(&login, &before, |_| false).await?;
        self.0.accounts.of(&login.account()).poke();
        let version = self.0.places.next(Timestamp::now());
        self.cluster_of(&login, &begun, version).await
    }

    async fn delete(&self, token: &SecretString, id: ClusterId) -> Result<Cluster, Problem> {
        let login = self.login(token)?;
        let before = self.one(&login, id).await?;
        let path = format!("/clusters/{id}");
        self.magnum(&login, Method::DELETE, &path, None).await?;
        self.write_down(&login, id, "Deletion asked for").await;
        // It may be on its way out already.
        let goes =
            |it: &ClusterBody| it.status.work == Work::Delete && it.status.stage != Stage::Failed;
        let begun = self.begun(&login, &before, goes).await;
        let version = self.0.places.next(Timestamp::now());
        self.0.accounts.of(&login.account()).poke();
        match begun {
            Ok(body) => self.cluster_of(&login, &body, version).await,
            // It is gone already; its last row says so.
            Err(Problem::NotFound) => {
                let mut cluster = self.cluster_of(&login, &before, version).await?;
                cluster.status = ClusterStatus::Deleted;
                Ok(cluster)
            }
            Err(problem) => Err(problem),
        }
    }

    async fn access(&self, token: &SecretString, id: ClusterId) -> Result<Access, Problem> {
        let login = self.login(token)?;
        let body = self.one(&login, id).await?;
        let endpoint = body.api_address.clone().filter(|it| !it.is_empty());
        let endpoint = endpoint.ok_or(Problem::CredentialsNotReady)?;
        let authority = self.authority(&login, &body).await?;
        let known = Known::of(&authority).map_err(|error| failed(&error))?;
        Ok(Access {
            endpoint,
            ca_fingerprint: known.fingerprint,
            ca_expires_at: known.expires_at,
            certificate_days: CERTIFICATE_DAYS,
            last_issued: None,
        })
    }

    async fn credentials_zip(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        let login = self.login(token)?;
        let body = self.one(&login, id).await?;
        let cluster = self.cluster_of(&login, &body, EventId::default()).await?;
        let endpoint = cluster
            .endpoint
            .clone()
            .ok_or(Problem::CredentialsNotReady)?;
        let template = self
            .template_body(&login, &body.cluster_template_id.to_string())
            .await;
        let has_tls = template.map_or(true, |it| !it.tls_disabled);
        let request = Request::new().map_err(|error| failed(&error))?;
        let mut certificate = None;
        let mut authority = String::new();
        if has_tls {
            authority = self.authority(&login, &body).await?;
            let wish = json!({"cluster_uuid": id, "csr": request.request});
            let answer = self
                .magnum(&login, Method::POST, "/certificates", Some(&wish))
                .await;
            let CertificateBody { pem } =
                answer.map_err(|it| not_yours(&login, &body, it))?.json()?;
            self.write_down(&login, id, "Credentials handed out").await;
            certificate = Some(pem);
        }
        let bundle = Bundle {
            name: &cluster.name,
            endpoint: &endpoint,
            authority: &authority,
            client: certificate.as_deref().map(|it| (it, &request.key)),
            now: Timestamp::now(),
        };
        // Clouds before 18.0 still have swarms.
        let made = if cluster.cluster_type.coe.starts_with("swarm") {
            bundle.for_docker()
        } else {
            bundle.for_kubectl()
        };
        made.map_err(|error| failed(&error))
    }

    /// What Magnum says of the cluster, its template and its groups of nodes, and the timeline from here.
    /// There are no secrets in any of it.
    async fn support_bundle(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<u8>, Problem> {
        let login = self.login(token)?;
        let body = self.one(&login, id).await?;
        let name = ClusterName::of_a_cloud(body.name.clone())
            .map_err(|rule| Problem::NameInvalid { rule })?;
        let template = format!("/clustertemplates/{}", body.cluster_template_id);
        let groups = format!("/clusters/{id}/nodegroups");
        let mut files = Vec::new();
        for (file, path) in [
            ("cluster.json", format!("/clusters/{id}")),
            ("template.json", template),
            ("nodegroups.json", groups),
        ] {
            // A part that cannot be read is no reason to give none.
            let text = match self.read(&login, &path).await {
                Ok(answer) => pretty(&answer.json::<serde_json::Value>()?),
                Err(problem) => problem.to_string(),
            };
            files.push((file, 0o644, text));
        }
        let limit = 500;
        let events = self
            .0
            .journal
            .read(&login.project.id, id, None, limit)
            .await;
        files.push(("events.json", 0o644, pretty(&events)));
        bundle::zip(&name, &files).map_err(|error| failed(&error))
    }

    async fn watch(&self, token: &SecretString, _last: Option<EventId>) -> Result<Watch, Problem> {
        self.open_watch(self.login(token)?).await
    }
}

impl Magnum {
    /// The authority of a cluster, as PEM.
    async fn authority(&self, login: &Login, body: &ClusterBody) -> Result<String, Problem> {
        let answer = self
            .read(login, &format!("/certificates/{}", body.uuid))
            .await;
        let CertificateBody { pem } = answer.map_err(|it| not_yours(login, body, it))?.json()?;
        Ok(pem)
    }
}

/// Only the user who made a cluster gets credentials of it (policies `certificate:get` and
/// `certificate:create`); of another project's cluster even an admin hears that there is none.
fn not_yours(login: &Login, body: &ClusterBody, problem: Problem) -> Problem {
    match problem {
        Problem::Refused { .. } | Problem::NotFound if body.user_id != login.user.id => {
            Problem::NotTheOwner
        }
        problem => problem,
    }
}
