//! The network of a cluster.

use bollard::{
    models::{Ipam, IpamConfig, NetworkCreateRequest},
    query_parameters::{InspectNetworkOptions, ListNetworksOptionsBuilder},
};
use std::net::Ipv4Addr;

use super::{
    DockerProvisioner,
    error::{failed, failure, is_not_found, status_of},
    names::Names,
};
use crate::provisioner::{ClusterAccess, FailureKind, ProvisionError};

/// Clusters get a /25 each out of this /16: 512 of them, with room for 125 nodes. The engine's own
/// pools hold 31 networks only, and without a subnet of its own a node cannot keep its address. Nodes
/// make networks from 10.0.0.0 upwards (Docker Swarm's default pool), far away from here.
const POOL: [u8; 2] = [10, 83];
const SUBNETS: u16 = 512;

/// A subnet of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subnet(u16);

impl Subnet {
    fn base(self) -> u32 {
        u32::from(Ipv4Addr::new(POOL[0], POOL[1], 0, 0)) + u32::from(self.0) * 128
    }

    fn cidr(self) -> String {
        format!("{}/25", Ipv4Addr::from(self.base()))
    }

    fn from_cidr(text: &str) -> Option<Self> {
        let address: Ipv4Addr = text.strip_suffix("/25")?.parse().ok()?;
        let offset = u32::from(address).checked_sub(Self(0).base())? / 128;
        u16::try_from(offset)
            .ok()
            .filter(|number| *number < SUBNETS)
            .map(Self)
    }

    /// The address of a node: the gateway is the first one, the manager the second.
    pub(super) fn address(self, ordinal: u32) -> Ipv4Addr {
        Ipv4Addr::from(self.base() + 1 + ordinal)
    }
}

impl DockerProvisioner {
    pub(super) async fn ensure_network(
        &self,
        cluster: &ClusterAccess,
    ) -> Result<(), ProvisionError> {
        let docker = &self.engine().await?.docker;
        let what = "The cluster's network could not be made";
        let _one_at_a_time = self.choosing_network.lock().await;
        if self.subnet(cluster).await?.is_some() {
            return Ok(());
        }
        let options = ListNetworksOptionsBuilder::default().build();
        let networks = docker
            .list_networks(Some(options))
            .await
            .map_err(failed(what))?;
        let taken: Vec<Subnet> = networks
            .into_iter()
            .filter_map(|network| network.ipam?.config)
            .flatten()
            .filter_map(|config| Subnet::from_cidr(&config.subnet?))
            .collect();
        for subnet in (0..SUBNETS)
            .map(Subnet)
            .filter(|subnet| !taken.contains(subnet))
        {
            let request = NetworkCreateRequest {
                name: Names::network(cluster),
                driver: Some("bridge".to_owned()),
                ipam: Some(Ipam {
                    config: Some(vec![IpamConfig {
                        subnet: Some(subnet.cidr()),
                        ..IpamConfig::default()
                    }]),
                    ..Ipam::default()
                }),
                labels: Some(self.names.cluster_labels(cluster.id)),
                ..NetworkCreateRequest::default()
            };
            match docker.create_network(request).await {
                Ok(_) => return Ok(()),
                // Something that is not ours has these addresses: a VPN, a route of the host.
                Err(error)
                    if status_of(&error).is_some_and(|(_, words)| words.contains("overlaps")) => {}
                Err(error) => return Err(failed(what)(error)),
            }
        }
        Err(failure(
            FailureKind::Permanent,
            format!(
                "All {SUBNETS} networks of this host are in use. Delete a cluster to make room."
            ),
        ))
    }

    /// The subnet of the cluster's network; None when it has none yet.
    pub(super) async fn subnet(
        &self,
        cluster: &ClusterAccess,
    ) -> Result<Option<Subnet>, ProvisionError> {
        let what = "The cluster's network could not be looked at";
        let docker = &self.engine().await?.docker;
        let name = Names::network(cluster);
        let network = match docker
            .inspect_network(&name, None::<InspectNetworkOptions>)
            .await
        {
            Ok(network) => network,
            Err(error) if is_not_found(&error) => return Ok(None),
            Err(error) => return Err(failed(what)(error)),
        };
        if !self.names.owns(network.labels.as_ref(), cluster.id) {
            return Err(failure(
                FailureKind::Permanent,
                format!(
                    "A network named {name} is there that is not ours. Remove it, then try again."
                ),
            ));
        }
        let config = network
            .ipam
            .and_then(|ipam| ipam.config)
            .unwrap_or_default();
        let subnet = config
            .into_iter()
            .find_map(|config| Subnet::from_cidr(&config.subnet?));
        subnet.map(Some).ok_or_else(|| {
            failure(
                FailureKind::Permanent,
                format!("The network {name} has addresses that are not ours."),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_do_not_overlap_and_are_recognised() {
        assert_eq!(Subnet(0).cidr(), "10.83.0.0/25");
        assert_eq!(Subnet(511).cidr(), "10.83.255.128/25");
        assert_eq!(Subnet(3).address(1).to_string(), "10.83.1.130");
        for number in [0, 1, 2, 300, 511] {
            assert_eq!(
                Subnet::from_cidr(&Subnet(number).cidr()),
                Some(Subnet(number))
            );
        }
        for other in ["172.18.0.0/16", "10.84.0.0/25", "10.82.0.0/25", "fd00::/64"] {
            assert_eq!(Subnet::from_cidr(other), None);
        }
    }
}
