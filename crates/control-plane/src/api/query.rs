//! Reading what a look inside is asked for.

use cluster_api::Timestamp;
use utoipa::IntoParams;

use super::{answer::Refusal, page::Parameters};
use crate::service::{WINDOWS, Window};

/// The most lines that may be asked for by number.
const MAX_TAIL: u32 = 10_000;

/// How many of the last lines come when nobody says how many.
const TAIL: u32 = 1_000;

/// What the metrics can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MetricsParams {
    /// How far is looked back: `5m` and `1h` in steps of ten seconds, `6h` of a minute, `24h` of five.
    #[param(required = false, value_type = String, pattern = "^(5m|1h|6h|24h)$", default = "1h")]
    pub(super) window: Window,
    /// Only this node: `node-2`.
    #[param(required = false, value_type = String)]
    pub(super) node: Option<String>,
}

impl MetricsParams {
    pub(super) fn read(mut parameters: Parameters) -> Result<Self, Refusal> {
        let params = Self {
            window: parameters.window()?,
            node: parameters.one("node")?,
        };
        parameters.finish()?;
        Ok(params)
    }
}

/// What a log can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LogParams {
    /// Whether lines that are written from now on are wanted too.
    #[param(required = false, default = false)]
    pub(super) follow: bool,
    /// How many of the last lines, of both streams together: 0 to 10000, or `all`.
    #[param(required = false, value_type = String, pattern = "^([0-9]{1,4}|10000|all)$", default = "1000")]
    pub(super) tail: Option<u32>,
    /// Lines of the standard output. At least one of the two streams is wanted.
    #[param(required = false, default = true)]
    pub(super) stdout: bool,
    /// Lines of the standard error.
    #[param(required = false, default = true)]
    pub(super) stderr: bool,
    /// None that are older: a moment, or seconds since 1970.
    #[param(required = false, value_type = String)]
    pub(super) since: Option<Timestamp>,
    /// Whether each line begins with its moment. (In an event stream it has one in any case.)
    #[param(required = false, default = false)]
    pub(super) timestamps: bool,
    /// The node that the container is on, where several are called the same: `node-2`.
    #[param(required = false, value_type = String)]
    pub(super) node: Option<String>,
}

impl LogParams {
    pub(super) fn read(mut parameters: Parameters) -> Result<Self, Refusal> {
        let (stdout, stderr) = parameters.sources()?;
        let params = Self {
            follow: parameters.flag("follow", false)?,
            tail: parameters.tail()?,
            stdout,
            stderr,
            since: parameters.since()?,
            timestamps: parameters.flag("timestamps", false)?,
            node: parameters.one("node")?,
        };
        parameters.finish()?;
        Ok(params)
    }
}

impl Parameters {
    /// A yes or no.
    fn flag(&mut self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.one(name)?.as_deref() {
            None => Ok(default),
            Some("true" | "1") => Ok(true),
            Some("false" | "0") => Ok(false),
            Some(_) => Err(refused(format!("{name} is true or false."))),
        }
    }

    /// Whether a log's lines of the standard output, and of the standard error, are wanted: both,
    /// unless it is said.
    fn sources(&mut self) -> Result<(bool, bool), Refusal> {
        match (self.flag("stdout", true)?, self.flag("stderr", true)?) {
            (false, false) => Err(refused("Of stdout and stderr, at least one is true.")),
            sources => Ok(sources),
        }
    }

    /// How many of the last lines; None: all.
    fn tail(&mut self) -> Result<Option<u32>, Refusal> {
        match self.one("tail")?.as_deref() {
            None => Ok(Some(TAIL)),
            Some("all") => Ok(None),
            Some(number) => match number.parse() {
                Ok(number) if number <= MAX_TAIL => Ok(Some(number)),
                _ => Err(refused(format!(
                    "tail is a whole number from 0 to {MAX_TAIL}, or all."
                ))),
            },
        }
    }

    /// A moment: RFC 3339, or seconds since 1970.
    fn since(&mut self) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.one("since")? else {
            return Ok(None);
        };
        let moment = match text.parse::<i64>() {
            Ok(seconds) => Timestamp::from_second(seconds).ok(),
            Err(_) => text.parse().ok(),
        };
        moment.map(Some).ok_or_else(|| {
            refused("since is a moment like 2026-01-31T12:00:00Z, or seconds since 1970.")
        })
    }

    /// A time that is looked back on: an hour, unless it is said.
    fn window(&mut self) -> Result<Window, Refusal> {
        let name = self.one("window")?;
        let name = name.as_deref().unwrap_or("1h");
        let window = WINDOWS.iter().find(|window| window.name == name);
        window.copied().ok_or_else(|| {
            let names = WINDOWS.map(|window| window.name).join(", ");
            refused(format!("window is one of {names}."))
        })
    }
}

fn refused(sentence: impl Into<String>) -> Refusal {
    Refusal::malformed(sentence.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, value: &str) -> Parameters {
        Parameters(vec![(name.to_owned(), value.to_owned())])
    }

    fn none() -> Parameters {
        Parameters(Vec::new())
    }

    #[test]
    fn values_have_bounds() {
        for (value, tail) in [("0", Some(0)), ("10000", Some(10_000)), ("all", None)] {
            assert_eq!(given("tail", value).tail().ok(), Some(tail));
        }
        assert_eq!(none().tail().ok(), Some(Some(TAIL)));
        for value in ["", "-1", "10001", "1.5", "ALL", "99999999999"] {
            assert!(given("tail", value).tail().is_err(), "{value}");
        }
        for (value, second) in [
            ("0", 0),
            ("1700000000", 1_700_000_000),
            ("1970-01-01T00:01:00Z", 60),
        ] {
            let since = given("since", value).since().ok().flatten();
            assert_eq!(since.map(Timestamp::as_second), Some(second));
        }
        for value in ["", "yesterday", "2026-01-31", "9999999999999999"] {
            assert!(given("since", value).since().is_err(), "{value}");
        }
        for value in ["", "yes", "TRUE", "2"] {
            assert!(
                given("follow", value).flag("follow", true).is_err(),
                "{value}"
            );
        }
        for value in ["", "2h", "5M"] {
            assert!(given("window", value).window().is_err(), "{value}");
        }
        assert_eq!(none().window().map(|window| window.name).ok(), Some("1h"));
    }
}
