//! What only a cloud does: projects, templates, groups of nodes.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use jiff::SignedDuration;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    BEGUN, Made, Magnum, PAUSE,
    calls::unsure,
    clusters::can_resize,
    login::Login,
    wire::{
        ClusterBody, MadeBody, NodegroupBody, NodegroupBrief, NodegroupsBody, Stage, StatsBody,
        Work,
    },
};
use crate::{
    Choices, CloudFlavor, CloudRule, Cluster, ClusterId, ClusterName, FromTemplate, IdempotencyKey,
    Membership, NewNodegroup, NodeRole, Nodegroup, NodegroupId, Offer, Problem, Project,
    ProjectUse, RequestId, Template, TemplateId, Timestamp,
    client::{CloudApi, Grant},
};

/// The clocks of the cloud and of this machine are no further apart.
const CLOCKS: SignedDuration = SignedDuration::from_secs(60);

/// So many groups of nodes are asked about at once.
const AT_ONCE: usize = 4;

impl Magnum {
    /// Makes a cluster, once for a key.
    pub(super) async fn make(
        &self,
        login: &Login,
        wish: &FromTemplate,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        let place = {
            let mut made = self.0.made.lock().unwrap_or_else(PoisonError::into_inner);
            if made.len() >= 10_000 {
                made.clear();
            }
            let place = format!("{}/{}", login.account(), key.as_str());
            Arc::clone(made.entry(place).or_default())
        };
        // A second try waits for what comes of the first.
        let mut made = place.lock().await;
        let id = match made.id {
            Some(id) => id,
            None => {
                let id = self.ask_for(login, wish, &mut made).await?;
                made.id = Some(id);
                self.write_down(login, id, "Creation asked for").await;
                id
            }
        };
        self.0.accounts.of(&login.account()).poke();
        let body = self.born(login, id).await?;
        let version = self.0.places.next(Timestamp::now());
        self.cluster_of(login, &body, version).await
    }

    /// Asks for a cluster, unless it was made before without an answer.
    async fn ask_for(
        &self,
        login: &Login,
        wish: &FromTemplate,
        made: &mut Made,
    ) -> Result<ClusterId, Problem> {
        let tried = made.maybe_since;
        if let Some(since) = tried {
            let is_it = |it: &&ClusterBody| {
                it.name == wish.name.as_str()
                    && it.user_id == login.user.id
                    && it.created_at.is_some_and(|at| at + CLOCKS >= since)
            };
            if let Some(body) = self.list(login).await?.iter().find(is_it) {
                return Ok(body.uuid);
            }
        }
        // Kept first: whoever asks may not wait for the answer.
        made.maybe_since.get_or_insert_with(Timestamp::now);
        let content = create_body(wish);
        let answer = self
            .magnum(login, Method::POST, "/clusters", Some(&content))
            .await;
        // A refusal says nothing of earlier tries.
        if !matches!(answer, Err(Problem::Unsure)) {
            made.maybe_since = tried;
        }
        let MadeBody { uuid } = answer?.json()?;
        Ok(uuid)
    }

    /// The groups of nodes of a cluster, all of each.
    pub(super) async fn nodegroup_bodies(
        &self,
        login: &Login,
        id: ClusterId,
    ) -> Result<Vec<NodegroupBody>, Problem> {
        let path = format!("/clusters/{id}/nodegroups");
        let NodegroupsBody { nodegroups } = self.read(login, &path).await?.json()?;
        // The list has neither addresses nor reasons.
        let bodies = stream::iter(nodegroups.into_iter().map(|NodegroupBrief { uuid }| {
            let path = format!("{path}/{uuid}");
            async move {
                match self.read(login, &path).await {
                    Ok(answer) => answer.json().map(Some),
                    // Gone meanwhile.
                    Err(Problem::Refused { .. } | Problem::NotFound) => Ok(None),
                    Err(problem) => Err(problem),
                }
            }
        }));
        let bodies: Vec<Result<Option<NodegroupBody>, Problem>> =
            bodies.buffered(AT_ONCE).collect().await;
        bodies.into_iter().filter_map(Result::transpose).collect()
    }

    async fn other_service<T: serde::de::DeserializeOwned>(
        &self,
        login: &Login,
        place: Option<&String>,
        path: &str,
    ) -> Option<T> {
        let address = format!("{}{path}", place?);
        // What is not said is typed instead: no reason to show nothing.
        let answer = self
            .ask(login, Method::GET, &address, |request| request)
            .await
            .ok()?;
        answer.checked().ok()?.json().ok()
    }

    /// Waits until what was asked for shows in a group of nodes, or in that it is not there (None).
    async fn group_begun(
        &self,
        login: &Login,
        id: ClusterId,
        group: NodegroupId,
        shows: impl Fn(Option<&NodegroupBody>) -> bool,
    ) -> Result<(), Problem> {
        for _ in 0..BEGUN {
            let body = match self.group(login, id, group).await {
                Ok(body) => Some(body),
                Err(Problem::NotFound) => None,
                Err(problem) => return Err(unsure(problem)),
            };
            if shows(body.as_ref()) {
                self.0.accounts.of(&login.account()).poke();
                return Ok(());
            }
            sleep(PAUSE).await;
        }
        Err(Problem::NotBegun)
    }

    async fn group(
        &self,
        login: &Login,
        id: ClusterId,
        group: NodegroupId,
    ) -> Result<NodegroupBody, Problem> {
        let answer = self
            .read(login, &format!("/clusters/{id}/nodegroups/{group}"))
            .await?;
        answer.json()
    }
}

fn create_body(wish: &FromTemplate) -> Value {
    let mut body = json!({
        "name": wish.name,
        "cluster_template_id": wish.template,
        "master_count": wish.managers,
        "node_count": wish.workers,
    });
    let some = [
        ("flavor_id", &wish.flavor),
        ("master_flavor_id", &wish.manager_flavor),
        ("keypair", &wish.keypair),
        ("fixed_network", &wish.network),
    ];
    for (name, value) in some {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    if !wish.labels.is_empty() {
        body["labels"] = json!(wish.labels);
        // Without it these would take the place of all that the template has.
        body["merge_labels"] = json!(true);
    }
    body
}

#[async_trait]
impl CloudApi for Magnum {
    fn offers(&self, what: Offer) -> bool {
        !what.is_ours()
    }

    fn said(&self, token: &SecretString, request_id: RequestId) -> Option<String> {
        let login = self.login(token).ok()?;
        self.0.said.find(&login.account(), request_id)
    }

    fn membership(&self, token: &SecretString) -> Option<Membership> {
        let login = self.login(token).ok()?;
        Some(Membership {
            project: login.project.clone(),
            roles: login.roles.clone(),
            is_restricted: login.is_restricted,
        })
    }

    async fn projects(&self, token: &SecretString) -> Result<Vec<Project>, Problem> {
        let login = self.login(token)?;
        if login.is_bound {
            return Ok(vec![login.project.clone()]);
        }
        let keystone = &self.0.keystone;
        let token = login.token(keystone, Timestamp::now()).await?;
        Ok(self.allowed(keystone.projects(&token, Some(&login.account())).await?))
    }

    async fn choose_project(&self, token: &SecretString, id: &str) -> Result<Grant, Problem> {
        let login = self.login(token)?;
        // Keystone would grant its own project again, and say nothing.
        if login.is_bound && id != login.project.id {
            return Err(Problem::NotFound);
        }
        let proof = login.proof().await;
        self.enter(proof, Some(id), Some(&login.account())).await
    }

    async fn templates(&self, token: &SecretString) -> Result<Vec<Template>, Problem> {
        let login = self.login(token)?;
        let mut templates = match self.all_templates(&login).await {
            // A form is not taken away because the cloud fails: those that were read last.
            Err(problem) if problem.status() >= 500 => {
                let last = self.0.accounts.of(&login.account()).last_templates();
                if last.is_empty() {
                    return Err(problem);
                }
                last
            }
            templates => templates?,
        };
        templates.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        Ok(templates)
    }

    async fn choices(&self, token: &SecretString) -> Result<Choices, Problem> {
        let login = self.login(token)?;
        let (compute, network) = (login.places.compute.as_ref(), login.places.network.as_ref());
        let (flavors, keypairs, networks) = futures::join!(
            self.other_service::<FlavorsBody>(&login, compute, "/flavors/detail"),
            self.other_service::<KeypairsBody>(&login, compute, "/os-keypairs"),
            self.other_service::<NetworksBody>(&login, network, "/v2.0/networks"),
        );
        let mut flavors: Vec<CloudFlavor> = flavors.map_or_else(Vec::new, |it| {
            let flavors = it.flavors.into_iter();
            flavors
                .map(|it| CloudFlavor {
                    name: it.name,
                    memory_mb: it.ram,
                    cpus: it.vcpus,
                })
                .collect()
        });
        flavors.sort_by_key(|it| (it.memory_mb, it.cpus));
        let mut keypairs: Vec<String> = keypairs.map_or_else(Vec::new, |it| {
            it.keypairs.into_iter().map(|it| it.keypair.name).collect()
        });
        keypairs.sort();
        let mut networks: Vec<String> = networks.map_or_else(Vec::new, |it| {
            let inner = it.networks.into_iter().filter(|it| !it.is_external);
            inner.map(|it| it.name).collect()
        });
        networks.sort();
        Ok(Choices {
            flavors,
            keypairs,
            networks,
        })
    }

    async fn project_use(&self, token: &SecretString) -> Result<ProjectUse, Problem> {
        let login = self.login(token)?;
        let path = format!("/stats?project_id={}", login.project.id);
        let StatsBody { clusters, nodes } = self.read(&login, &path).await?.json()?;
        Ok(ProjectUse {
            clusters,
            nodes,
            max_clusters: self.max_clusters(&login).await?,
        })
    }

    async fn create_from(
        &self,
        token: &SecretString,
        cluster: &FromTemplate,
        key: &IdempotencyKey,
    ) -> Result<Cluster, Problem> {
        let login = self.login(token)?;
        self.make(&login, cluster, key).await
    }

    async fn again(&self, token: &SecretString, id: ClusterId) -> Result<FromTemplate, Problem> {
        let login = self.login(token)?;
        let body = self.one(&login, id).await?;
        // Those that are not the template's own.
        let mut labels: BTreeMap<String, String> = body.labels_added.clone();
        for key in body.labels_overridden.keys() {
            if let Some(value) = body.labels.get(key) {
                labels.insert(key.clone(), value.clone());
            }
        }
        Ok(FromTemplate {
            name: ClusterName::of_a_cloud(body.name)
                .map_err(|rule| Problem::NameInvalid { rule })?,
            template: body.cluster_template_id,
            managers: body.master_count.max(1),
            workers: body.node_count,
            flavor: body.flavor_id,
            manager_flavor: body.master_flavor_id,
            keypair: body.keypair,
            network: body.fixed_network,
            labels,
        })
    }

    async fn upgrade(
        &self,
        token: &SecretString,
        id: ClusterId,
        template: TemplateId,
        at_once: u32,
    ) -> Result<Cluster, Problem> {
        let login = self.login(token)?;
        let before = self.one(&login, id).await?;
        if before.cluster_template_id == template {
            return Err(Problem::Cloud {
                rule: CloudRule::Template,
            });
        }
        if before.status.stage != Stage::Complete {
            return Err(Problem::Busy {
                status: before.status.status(),
            });
        }
        let content = json!({"cluster_template": template, "max_batch_size": at_once.max(1)});
        let path = format!("/clusters/{id}/actions/upgrade");
        self.magnum(&login, Method::POST, &path, Some(&content))
            .await?;
        self.write_down(&login, id, "Upgrade asked for").await;
        let body = self
            .begun(&login, &before, |it| it.cluster_template_id == template)
            .await?;
        self.0.accounts.of(&login.account()).poke();
        let version = self.0.places.next(Timestamp::now());
        self.cluster_of(&login, &body, version).await
    }

    async fn nodegroups(
        &self,
        token: &SecretString,
        id: ClusterId,
    ) -> Result<Vec<Nodegroup>, Problem> {
        let login = self.login(token)?;
        // Whether it is the project's own.
        self.one(&login, id).await?;
        let bodies = self.nodegroup_bodies(&login, id).await?;
        let mut groups: Vec<Nodegroup> = bodies.into_iter().map(Nodegroup::from).collect();
        groups.sort_by_key(|it| {
            (
                it.role != NodeRole::Manager,
                !it.is_default,
                it.name.clone(),
            )
        });
        Ok(groups)
    }

    async fn add_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: &NewNodegroup,
    ) -> Result<(), Problem> {
        let login = self.login(token)?;
        let before = self.one(&login, id).await?;
        can_resize(&before)?;
        let mut content = json!({
            "name": group.name,
            "role": "worker",
            "node_count": group.count,
            "min_node_count": group.min,
            "merge_labels": true,
        });
        if let Some(flavor) = &group.flavor {
            content["flavor_id"] = json!(flavor);
        }
        if let Some(max) = group.max {
            content["max_node_count"] = json!(max);
        }
        // From 1.14 on; an older Magnum refuses what it does not know, and says so.
        if !group.node_labels.is_empty() {
            content["node_labels"] = json!(group.node_labels);
        }
        if !group.taints.is_empty() {
            content["node_taints"] = json!(group.taints);
        }
        let path = format!("/clusters/{id}/nodegroups");
        let answer = self
            .magnum(&login, Method::POST, &path, Some(&content))
            .await?;
        let NodegroupBrief { uuid } = answer.json()?;
        let message = format!("Group of nodes {} asked for", group.name);
        self.write_down(&login, id, &message).await;
        self.group_begun(&login, id, uuid, |it| it.is_some()).await
    }

    async fn resize_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: NodegroupId,
        count: u32,
        remove: &[String],
    ) -> Result<(), Problem> {
        let login = self.login(token)?;
        let before = self.one(&login, id).await?;
        can_resize(&before)?;
        let its = self.group(&login, id, group).await?;
        self.resize_group(&login, &before, &its, count, remove)
            .await
    }

    async fn bound_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: NodegroupId,
        min: u32,
        max: Option<u32>,
    ) -> Result<(), Problem> {
        let login = self.login(token)?;
        can_resize(&self.one(&login, id).await?)?;
        let its = self.group(&login, id, group).await?;
        let mut content = Vec::new();
        if its.min_node_count != min {
            content.push(json!({"op": "replace", "path": "/min_node_count", "value": min}));
        }
        if its.max_node_count != max {
            content.push(match max {
                Some(max) => json!({"op": "replace", "path": "/max_node_count", "value": max}),
                None => json!({"op": "remove", "path": "/max_node_count"}),
            });
        }
        if content.is_empty() {
            return Ok(());
        }
        let path = format!("/clusters/{id}/nodegroups/{group}");
        self.magnum(&login, Method::PATCH, &path, Some(&Value::Array(content)))
            .await?;
        let message = format!("Bounds of the group of nodes {} changed", its.name);
        self.write_down(&login, id, &message).await;
        let is_so = |it: &NodegroupBody| it.min_node_count == min && it.max_node_count == max;
        self.group_begun(&login, id, group, |it| it.is_some_and(is_so))
            .await
    }

    async fn delete_nodegroup(
        &self,
        token: &SecretString,
        id: ClusterId,
        group: NodegroupId,
    ) -> Result<(), Problem> {
        let login = self.login(token)?;
        can_resize(&self.one(&login, id).await?)?;
        let its = self.group(&login, id, group).await?;
        let path = format!("/clusters/{id}/nodegroups/{group}");
        self.magnum(&login, Method::DELETE, &path, None).await?;
        let message = format!("Removal of the group of nodes {} asked for", its.name);
        self.write_down(&login, id, &message).await;
        let goes = |it: &NodegroupBody| {
            let status = it.status.as_ref();
            status.is_some_and(|it| it.work == Work::Delete && it.stage != Stage::Failed)
        };
        self.group_begun(&login, id, group, |it| it.is_none_or(goes))
            .await
    }
}

#[derive(Deserialize)]
struct FlavorsBody {
    flavors: Vec<FlavorBody>,
}

#[derive(Deserialize)]
struct FlavorBody {
    name: String,
    #[serde(default)]
    ram: u64,
    #[serde(default)]
    vcpus: u32,
}

#[derive(Deserialize)]
struct KeypairsBody {
    keypairs: Vec<KeypairBody>,
}

#[derive(Deserialize)]
struct KeypairBody {
    keypair: NamedBody,
}

#[derive(Deserialize)]
struct NamedBody {
    name: String,
}

#[derive(Deserialize)]
struct NetworksBody {
    networks: Vec<NetworkBody>,
}

#[derive(Deserialize)]
struct NetworkBody {
    name: String,
    #[serde(rename = "router:external", default)]
    is_external: bool,
}
