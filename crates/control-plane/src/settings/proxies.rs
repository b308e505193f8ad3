//! Whose word is taken for where a request comes from.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// The text is no list of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give addresses or networks such as 10.0.0.0/8 with commas between, or `none`")]
pub struct TrustedProxiesError;

impl TrustedProxies {
    /// Whether an address is one of theirs.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Where a request comes from that `peer` sent on for the addresses in `forwarded`, the nearest one
    /// last: the nearest that is not trusted. What lies beyond it anybody can write.
    #[must_use]
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut nearest = peer.to_canonical();
        for text in forwarded.rev() {
            if !self.trusts(nearest) {
                break;
            }
            match text.trim().parse::<IpAddr>() {
                Ok(address) => nearest = address.to_canonical(),
                Err(_) => break,
            }
        }
        nearest
    }
}

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(text: &str) -> Result<Self, TrustedProxiesError> {
        if text.trim().eq_ignore_ascii_case("none") {
            return Ok(Self::default());
        }
        let network = |text: &str| {
            let text = text.trim();
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address
                .or_else(|_| text.parse())
                .map_err(|_| TrustedProxiesError)
        };
        text.split(',')
            .map(network)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: TrustedProxies = "127.0.0.0/8, ::1,10.0.0.7".parse().unwrap();
        let client = |peer: &str, forwarded: &str| {
            let hops = forwarded.split(',').filter(|hop| !hop.is_empty());
            trusted.client(address(peer), hops).to_string()
        };
        assert_eq!(client("192.0.2.1", "198.51.100.9"), "192.0.2.1");
        assert_eq!(client("127.0.0.1", ""), "127.0.0.1");
        assert_eq!(client("127.0.0.1", "198.51.100.9"), "198.51.100.9");
        assert_eq!(client("::1", "198.51.100.9"), "198.51.100.9");
        assert_eq!(client("::ffff:127.0.0.1", "198.51.100.9"), "198.51.100.9");
        // Whatever a client wrote itself stands before what the proxies added.
        let lie = "203.0.113.1, 198.51.100.9, 10.0.0.7";
        assert_eq!(client("127.0.0.1", lie), "198.51.100.9");
        assert_eq!(client("127.0.0.1", "198.51.100.9, nonsense"), "127.0.0.1");
        assert_eq!(
            TrustedProxies::default().client(address("127.0.0.1"), ["192.0.2.1"].into_iter()),
            address("127.0.0.1")
        );
    }

    #[test]
    fn networks_are_read_and_nonsense_is_not() {
        assert_eq!("none".parse(), Ok(TrustedProxies::default()));
        for wrong in ["", "localhost", "10.0.0.0/33", "127.0.0.1,"] {
            assert_eq!(
                wrong.parse::<TrustedProxies>(),
                Err(TrustedProxiesError),
                "{wrong}"
            );
        }
    }
}
