//! The address at which browsers reach the dashboard: it decides on cookies, HSTS and whose forms are
//! trusted.

use std::{fmt, net::SocketAddr, str::FromStr};

use http::Uri;

/// An origin: a scheme, a host and perhaps a port; nothing after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    /// Lower-case, with the port unless it is the scheme's own.
    authority: String,
}

/// The text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give an address such as https://carina.example.com, without a path")]
pub struct PublicUrlError;

impl PublicUrl {
    /// The address of a listener that nothing stands in front of.
    #[must_use]
    pub fn of_listener(address: SocketAddr) -> Self {
        Self {
            https: false,
            authority: address.to_string(),
        }
    }

    /// Browsers reach it through TLS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// It is only reached from the machine itself, which browsers trust like TLS.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = match self.authority.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
            _ => &self.authority,
        };
        host == "localhost"
            || host.ends_with(".localhost")
            || host
                .trim_matches(['[', ']'])
                .parse()
                .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let uri: Uri = text.trim().parse().map_err(|_| PublicUrlError)?;
        let (https, port) = match uri.scheme_str() {
            Some("https") => (true, ":443"),
            Some("http") => (false, ":80"),
            _ => return Err(PublicUrlError),
        };
        let authority = uri
            .authority()
            .ok_or(PublicUrlError)?
            .as_str()
            .to_ascii_lowercase();
        let more = uri.path() != "/" || uri.query().is_some() || authority.contains('@');
        if more || authority.is_empty() {
            return Err(PublicUrlError);
        }
        let authority = authority
            .strip_suffix(port)
            .unwrap_or(&authority)
            .to_owned();
        Ok(Self { https, authority })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(formatter, "{scheme}://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_and_written_as_browsers_send_them() {
        for (text, origin) in [
            ("https://carina.example.com", "https://carina.example.com"),
            (
                "https://Carina.Example.com:443/",
                "https://carina.example.com",
            ),
            ("http://10.0.0.1:3000", "http://10.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().to_string(), origin);
        }
        for wrong in [
            "",
            "carina",
            "ftp://a",
            "https://a/b",
            "https://a?b",
            "https://u@a",
            "/x",
        ] {
            assert_eq!(wrong.parse::<PublicUrl>(), Err(PublicUrlError), "{wrong}");
        }
    }

    #[test]
    fn loopback_is_told_from_the_rest() {
        for text in [
            "http://127.0.0.1:3000",
            "http://localhost",
            "http://[::1]:1",
            "http://a.localhost:3",
        ] {
            assert!(text.parse::<PublicUrl>().unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://0.0.0.0:3000",
            "http://10.0.0.1",
            "http://localhost.example.com",
        ] {
            assert!(!text.parse::<PublicUrl>().unwrap().is_loopback(), "{text}");
        }
    }
}
