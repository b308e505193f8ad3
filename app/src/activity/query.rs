//! Which entries of the audit log are wanted, as an address says it.

use cluster_api::{AccountRule, AuditAction, AuditQuery, Problem, Timestamp};
use leptos_router::params::ParamsMap;

use crate::paths;

/// The filter, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The word of an action; empty: any.
    pub action: String,
    /// The name of the account that did it; empty: any.
    pub actor: String,
    /// A cluster's name or id; empty: any.
    pub cluster: String,
    /// From that moment on, on the reader's clock: `2026-11-23T10:00`; empty: from the beginning.
    pub since: String,
    /// Before that moment.
    pub until: String,
    /// Where the page begins; empty: with the newest.
    pub marker: String,
}

impl Filter {
    /// Entries on a page.
    pub const PAGE: u32 = 50;

    /// No field is read further than this, in characters.
    const LONGEST: usize = 100;

    /// What an address asks for.
    #[must_use]
    pub fn from_address(query: &ParamsMap) -> Self {
        Self::read(|name| query.get(name))
    }

    /// The same, from anything that has fields.
    #[must_use]
    pub fn read(field: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| -> String {
            let text = field(name).unwrap_or_default();
            text.trim().chars().take(Self::LONGEST).collect()
        };
        Self {
            action: get("action"),
            actor: get("actor"),
            cluster: get("cluster"),
            since: get("since"),
            until: get("until"),
            marker: get("marker"),
        }
    }

    /// The address of `path` with this filter, from its first page on.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        self.address_from(path, "")
    }

    /// The page that begins at a marker.
    #[must_use]
    pub fn page(&self, marker: i64) -> String {
        self.address_from(paths::ACTIVITY, &marker.to_string())
    }

    fn address_from(&self, path: &str, marker: &str) -> String {
        paths::with_query(
            path,
            &[
                ("action", &self.action),
                ("actor", &self.actor),
                ("cluster", &self.cluster),
                ("since", &self.since),
                ("until", &self.until),
                ("marker", marker),
            ],
        )
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.address(paths::ACTIVITY) != paths::ACTIVITY
    }

    /// What the control plane is asked for. `zone`: minutes that the reader is ahead of UTC.
    ///
    /// # Errors
    /// A field that cannot be read.
    pub fn wanted(&self, zone: i32) -> Result<AuditQuery, Problem> {
        let problem = Problem::Account {
            rule: AccountRule::Filter,
        };
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let action: Option<AuditAction> = some(&self.action)
            .map(|word| word.parse())
            .transpose()
            .map_err(|_| problem)?;
        let moment = |text: &String| match some(text) {
            None => Ok(None),
            Some(text) => local(&text, zone).map(Some).ok_or(problem),
        };
        let marker = some(&self.marker)
            .map(|marker| marker.parse())
            .transpose()
            .map_err(|_| problem)?;
        Ok(AuditQuery {
            action,
            actor: some(&self.actor),
            cluster: some(&self.cluster),
            since: moment(&self.since)?,
            until: moment(&self.until)?,
            marker,
            ..AuditQuery::default()
        })
    }
}

/// A moment as a browser's field has it, on a clock so many minutes ahead of UTC. One with a zone of
/// its own is taken as it is.
fn local(text: &str, zone: i32) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    // A browser leaves the seconds out where there are none.
    let seconds = if text.matches(':').count() == 1 {
        ":00"
    } else {
        ""
    };
    let there: Timestamp = format!("{text}{seconds}Z").parse().ok()?;
    Timestamp::from_second(there.as_second() - i64::from(zone) * 60).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(pairs: &[(&str, &str)]) -> Filter {
        Filter::read(|name| {
            let pair = pairs.iter().find(|(known, _)| *known == name);
            pair.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn moments_are_on_the_clock_of_the_reader() {
        let since = |text: &str, zone| filter(&[("since", text)]).wanted(zone).map(|it| it.since);
        let utc = |text: &str| Ok(Some(text.parse().unwrap()));
        assert_eq!(since("", 60), Ok(None));
        assert_eq!(since("2026-11-23T10:00", 0), utc("2026-11-23T10:00:00Z"));
        assert_eq!(since("2026-11-23T00:30", 60), utc("2026-11-22T23:30:00Z"));
        assert_eq!(
            since("2026-11-23T10:00:05", -90),
            utc("2026-11-23T11:30:05Z")
        );
        assert_eq!(
            since("2026-11-23T10:00:05Z", 60),
            utc("2026-11-23T10:00:05Z")
        );
        let problem = Problem::Account {
            rule: AccountRule::Filter,
        };
        for wrong in ["yesterday", "2026-02-30T10:00", "2026-11-23"] {
            assert_eq!(since(wrong, 0), Err(problem), "{wrong}");
        }
    }

    #[test]
    fn an_address_holds_the_filter_and_a_download_begins_at_the_newest() {
        let filter = filter(&[
            ("action", "key.create"),
            ("actor", " a b "),
            ("marker", "17"),
        ]);
        assert!(filter.is_narrow());
        assert_eq!(
            filter.address(paths::ACTIVITY_CSV),
            "/activity/export.csv?action=key.create&actor=a%20b"
        );
        assert_eq!(
            filter.page(9),
            "/activity?action=key.create&actor=a%20b&marker=9"
        );
        let wanted = filter.wanted(0).unwrap();
        assert_eq!(wanted.action, Some(AuditAction::KeyCreate));
        assert_eq!(
            (wanted.actor.as_deref(), wanted.marker),
            (Some("a b"), Some(17))
        );
        assert!(!self::filter(&[("marker", "17")]).is_narrow());
        assert!(self::filter(&[("action", "x")]).wanted(0).is_err());
    }
}
