//! Where webhooks may go. Whoever subscribes chooses the address, and the control plane stands inside a
//! network: without this, a webhook is a way to speak to what only the control plane can reach (the
//! metadata service of a cloud, an engine on loopback).
//!
//! The rule is asked when a name is resolved, at every try, and the connection goes to the very
//! addresses that were found good: a name that answers otherwise the second time gains nothing.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use cluster_api::HelpRule;
use ipnet::IpNet;
use reqwest::{
    Url,
    dns::{Name, Resolve, Resolving},
};

/// The longest address of a webhook, in bytes.
const MOST_URL: usize = 2000;

/// Knows where webhooks may go: to public addresses, and to what the operator allows.
#[derive(Clone, Debug)]
pub struct Guard {
    allowed: Arc<[IpNet]>,
}

/// Why a name leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NowhereToGo {
    /// It has no address.
    #[error("the host of the webhook has no address")]
    Unknown,
    /// It has one that webhooks are not sent to.
    #[error("the host of the webhook has a private address")]
    Private,
}

impl Guard {
    /// A guard that lets webhooks into these networks too.
    #[must_use]
    pub fn new(allowed: &[IpNet]) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    /// Reads the address of a webhook: http or https, a host, no user and no password; an address
    /// instead of a name has to be one that webhooks are sent to.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn check_url(&self, text: &str) -> Result<Url, HelpRule> {
        if text.len() > MOST_URL {
            return Err(HelpRule::Url);
        }
        let url: Url = text.parse().map_err(|_| HelpRule::Url)?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        if !matches!(url.scheme(), "http" | "https") || has_user || url.fragment().is_some() {
            return Err(HelpRule::Url);
        }
        // Numbers of every spelling (0x7f.1, 2130706433) are addresses to the parser, as to a resolver.
        let host = url.host_str().ok_or(HelpRule::Url)?;
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) if !self.permits(address) => Err(HelpRule::PrivateUrl),
            _ => Ok(url),
        }
    }

    fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        is_public(address)
            || self
                .allowed
                .iter()
                .any(|network| network.contains(&address))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| NowhereToGo::Unknown)?;
            let found: Vec<_> = found.collect();
            if found.is_empty() {
                return Err(NowhereToGo::Unknown.into());
            }
            // One bad address spoils the name: whoever mixes them in has no good purpose.
            if !found.iter().all(|found| guard.permits(found.ip())) {
                return Err(NowhereToGo::Private.into());
            }
            Ok(Box::new(found.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// Whether an address is one of the internet, by the registries of special addresses (RFC 6890, and
/// what IANA added since).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        (0 | 10 | 127, ..)          // this network, private, loopback
        | (169, 254, _)             // link-local; a cloud's metadata
        | (172, 16..=31, _)         // private
        | (192, 168, _)             // private
        | (100, 64..=127, _)        // shared by carriers
        | (192, 0, 0 | 2)           // protocols, documentation
        | (192, 88, 99)             // relays to IPv6
        | (198, 18..=19, _)         // benchmarks
        | (198, 51, 100)            // documentation
        | (203, 0, 113)             // documentation
        | (224.., ..) => true,      // multicast, reserved, broadcast
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Global unicast is 2000::/3. All else is loopback, unspecified, local, multicast, or carries an
    // IPv4 address inside (`to_canonical` has unpacked the common form of that).
    let is_global = segments[0] & 0xe000 == 0x2000;
    let special = match segments {
        [0x2001, second, ..] if second < 0x0200 => true, // protocols; Teredo
        [0x2001, 0x0db8, ..] => true,                    // documentation
        [0x2002, ..] => true,                            // an IPv4 address inside (6to4)
        [0x3fff, second, ..] if second < 0x1000 => true, // documentation
        _ => false,
    };
    is_global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_of_the_internet_are_refused() {
        let guard = Guard::new(&[]);
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!guard.permits(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "223.255.255.254",
            "2606:4700::1111",
            "2001:4860::8888",
            "::ffff:8.8.8.8",
        ] {
            assert!(guard.permits(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn the_operator_lets_networks_in() {
        let guard = Guard::new(&["10.1.0.0/16".parse().unwrap()]);
        assert!(guard.permits("10.1.2.3".parse().unwrap()));
        assert!(guard.permits("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!guard.permits("10.2.0.1".parse().unwrap()));
    }

    #[test]
    fn only_plain_web_addresses_are_taken() {
        let guard = Guard::new(&[]);
        for good in [
            "https://example.com/hook?a=b",
            "http://example.com:8080/",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(guard.check_url(good).is_ok(), "{good}");
        }
        let long = format!("https://example.com/{}", "a".repeat(2000));
        for wrong in [
            "",
            "example.com",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://",
            "https://user@example.com/",
            "https://user:password@example.com/",
            "https://example.com/#part",
            "javascript:alert(1)",
            &long,
        ] {
            assert_eq!(guard.check_url(wrong), Err(HelpRule::Url), "{wrong}");
        }
        for private in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]:2375/",
            "http://[::ffff:127.0.0.1]/",
            "https://192.168.0.1/",
        ] {
            assert_eq!(
                guard.check_url(private),
                Err(HelpRule::PrivateUrl),
                "{private}"
            );
        }
    }

    #[tokio::test]
    async fn a_name_with_a_private_address_leads_nowhere() {
        let ask = async |guard: &Guard, name: &str| {
            let found = guard.resolve(name.parse().unwrap()).await;
            found
                .map(Iterator::count)
                .map_err(|error| *error.downcast::<NowhereToGo>().unwrap())
        };
        let guard = Guard::new(&[]);
        assert_eq!(ask(&guard, "localhost").await, Err(NowhereToGo::Private));
        // RFC 6761: a name that can never be there.
        assert_eq!(
            ask(&guard, "nowhere.invalid").await,
            Err(NowhereToGo::Unknown)
        );
        let open = ["127.0.0.0/8", "::1/128"].map(|network| network.parse().unwrap());
        assert!(ask(&Guard::new(&open), "localhost").await.unwrap() >= 1);
    }
}
