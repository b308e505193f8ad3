//! The network of a cluster.

use bollard::{
    models::{Ipam, IpamConfig, NetworkCreateRequest},
    query_parameters::{InspectNetworkOptions, ListNetworksOptionsBuilder},
};
use std::net::Ipv4Addr;
use uuid::Uuid;

use super::{
    DockerProvisioner,
    engine::host_of_docker_host,
    error::{failed, failure, is_not_found, status_of},
    names::Names,
};
use crate::provisioner::{ClusterAccess, FailureKind, ProvisionError};

/// Clusters get a /25 each out of this /16: 512 of them, with room for 125 nodes. The engine's own
/// pools hold 31 networks only, and without a subnet of its own a node cannot keep its address. Nodes
/// make networks from 10.0.0.0 upwards (Docker Swarm's default pool), far away from here.
const POOL: [u8; 2] = [10, 83];
const SUBNETS: u16 = 512;

const MASK: u32 = u32::MAX << 7;
const POOL_MASK: u32 = u32::MAX << 16;

/// A route of the host.
struct Route {
    destination: u32,
    mask: u32,
}

/// The routes of this host, as Linux tells them. None elsewhere, or if they cannot be read: then the
/// engine is left to find out.
fn host_routes() -> Vec<Route> {
    parse_routes(&std::fs::read_to_string("/proc/net/route").unwrap_or_default())
}

/// Reads `/proc/net/route`: tab-separated columns, addresses as hexadecimal numbers in the byte order
/// of the machine, which in memory is that of the network.
fn parse_routes(text: &str) -> Vec<Route> {
    let number = |hex: &str| {
        let in_memory = u32::from_str_radix(hex, 16).ok()?.to_ne_bytes();
        Some(u32::from_be_bytes(in_memory))
    };
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            Some(Route {
                destination: number(columns.get(1)?)?,
                mask: number(columns.get(7)?)?,
            })
        })
        .collect()
}

/// A subnet of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subnet(u16);

impl Subnet {
    /// All of them, beginning at one that depends on the installation: engines know nothing of each
    /// other's networks, and two on one host must not give out the same addresses.
    fn all_from(installation: Uuid) -> impl Iterator<Item = Self> {
        let bytes = installation.as_bytes();
        let first = u16::from_be_bytes([bytes[0], bytes[1]]);
        (0..SUBNETS).map(move |step| Self((first.wrapping_add(step)) % SUBNETS))
    }

    /// Whether a route of the host leads to some of its addresses already. Routes to more than the
    /// whole pool do not count: the network's own will be the more specific one.
    fn is_routed(self, routes: &[Route]) -> bool {
        routes.iter().any(|route| {
            let both = route.mask & MASK;
            route.mask >= POOL_MASK && route.destination & both == self.base() & both
        })
    }

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
        let routes = if host_of_docker_host().is_none() {
            host_routes()
        } else {
            Vec::new()
        };
        for subnet in Subnet::all_from(self.names.installation())
            .filter(|subnet| !taken.contains(subnet) && !subnet.is_routed(&routes))
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
                "All {SUBNETS} networks of this host are in use. Delete a cluster, then retry."
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
                format!("A network named {name} is there that is not ours. Remove it, then retry."),
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
                format!(
                    "The network {name} has addresses that are not ours. Remove it, then retry."
                ),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_another_engine_of_the_host_gives_out_are_left_alone() {
        // A route to 10.83.1.128/25, the default route, and one to all of 10.0.0.0/8.
        let routes = parse_routes(
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n\
             br-1\t8001530A\t00000000\t0001\t0\t0\t0\t80FFFFFF\t0\t0\t0\n\
             eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
             vpn0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n",
        );
        assert_eq!(routes.len(), 3);
        assert!(Subnet(3).is_routed(&routes));
        assert!(!Subnet(2).is_routed(&routes) && !Subnet(4).is_routed(&routes));
    }

    #[test]
    fn every_installation_tries_all_subnets_in_an_order_of_its_own() {
        let order = |id| {
            Subnet::all_from(Uuid::from_u128(id))
                .map(|it| it.0)
                .collect::<Vec<_>>()
        };
        let mut all = order(u128::MAX);
        assert_ne!(all, order(0));
        all.sort_unstable();
        assert_eq!(all, (0..SUBNETS).collect::<Vec<_>>());
    }

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
