//! Moments and durations as people read them, in their language and on their clock.

use std::sync::LazyLock;

use axum::http::request::Parts;
use cluster_api::Timestamp;
use leptos::prelude::*;

use crate::{ages::Units, t, words::Lang};

/// The clock of the one who reads the page: what time it is, and how many minutes they are ahead of UTC
/// if their browser has said so. As context.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The server's clock when the page is made. All ages on a page are counted from it.
    pub now: Timestamp,
    /// Minutes ahead of UTC.
    pub zone: Option<i32>,
}

impl Clock {
    /// The name of the cookie in which a browser says how many minutes it is ahead of UTC.
    pub const COOKIE: &'static str = "zone";

    /// The clock for a request.
    #[must_use]
    pub fn of(parts: &Parts, now: Timestamp) -> Self {
        let zone = crate::answer::cookie_of(parts, Self::COOKIE);
        let zone = zone.and_then(|minutes| minutes.parse().ok());
        // No place is further from UTC than 14 hours.
        Self {
            now,
            zone: zone.filter(|minutes: &i32| minutes.abs() <= 14 * 60),
        }
    }

    /// That of the page at hand.
    #[must_use]
    pub fn current() -> Self {
        use_context().unwrap_or(Self {
            now: Timestamp::UNIX_EPOCH,
            zone: None,
        })
    }

    /// A moment in digits: "2026-11-23 14:02:11".
    #[must_use]
    pub fn date_and_time(self, at: Timestamp) -> String {
        let mut local = self.local(at);
        local.truncate(19);
        local.replacen('T', " ", 1)
    }

    fn local(self, at: Timestamp) -> String {
        let shifted = at.as_second() + i64::from(self.zone.unwrap_or(0)) * 60;
        Timestamp::from_second(shifted).unwrap_or(at).to_string()
    }
}

/// The names of the units in a language.
#[must_use]
pub fn units(lang: Lang) -> &'static Units {
    static ALL: LazyLock<[Units; 2]> = LazyLock::new(|| {
        Lang::ALL.map(|lang| {
            let unit = |id| lang.text(id, &[]);
            Units {
                names: [
                    unit("unit-seconds"),
                    unit("unit-minutes"),
                    unit("unit-hours"),
                    unit("unit-days"),
                ],
                ago: lang.text("ago", &[("age", "{}".into())]),
            }
        })
    });
    &ALL[lang as usize]
}

/// How long something took: "0.4 s", "2 min 5 s".
#[must_use]
pub fn duration(milliseconds: u64) -> String {
    units(Lang::current()).duration(milliseconds, &t!("unit-point"))
}

/// The day of a moment: "23 Nov 2026".
#[must_use]
pub fn day(at: Timestamp) -> String {
    let local = Clock::current().local(at);
    let number = |range: std::ops::Range<usize>| -> usize {
        local
            .get(range)
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(0)
    };
    let months = t!("months");
    let month = months
        .split(' ')
        .nth(number(5..7).saturating_sub(1))
        .unwrap_or_default();
    t!(
        "date",
        day = number(8..10),
        month = month,
        year = local.get(..4).unwrap_or_default()
    )
}

/// The hour, minute and second of a moment: "14:02:11". The day stands elsewhere.
#[must_use]
pub fn time_of_day(at: Timestamp) -> String {
    Clock::current()
        .local(at)
        .get(11..19)
        .unwrap_or_default()
        .to_owned()
}

/// The hour and the minute of a moment: "14:02", or "14:02 UTC" where the reader's clock is not known.
#[must_use]
pub fn hour_minute(at: Timestamp) -> String {
    let clock = Clock::current();
    let time = clock.local(at).get(11..16).unwrap_or_default().to_owned();
    with_zone(time, clock)
}

/// A moment: "23 Nov 2026, 14:02:11", with "UTC" where the reader's clock is not known.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    with_zone(
        format!("{}, {}", day(at), time_of_day(at)),
        Clock::current(),
    )
}

fn with_zone(text: String, clock: Clock) -> String {
    match clock.zone {
        Some(_) => text,
        None => format!("{text} {}", t!("zone-utc")),
    }
}

/// How long ago something was: "4 s ago", with the moment as its title. The browser keeps it current.
#[must_use]
pub fn ago(at: Timestamp) -> impl IntoView + use<> {
    let since = Clock::current().now.as_millisecond() - at.as_millisecond();
    view! {
        <time datetime=at.to_string() title=moment(at) data-ago=at.as_millisecond().to_string()>
            {units(Lang::current()).ago(since)}
        </time>
    }
}

/// A moment on the page, with the exact one as its title.
#[must_use]
pub fn at(moment_at: Timestamp, words: String) -> impl IntoView + use<> {
    view! { <time datetime=moment_at.to_string() title=moment(moment_at)>{words}</time> }
}

/// How long something has been going on since a moment: "1 min 10 s". The browser keeps it current.
#[must_use]
pub fn elapsed(since: Timestamp) -> impl IntoView + use<> {
    let passed = Clock::current().now.as_millisecond() - since.as_millisecond();
    view! {
        <span data-elapsed=since.as_millisecond().to_string()>{units(Lang::current()).elapsed(passed)}</span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(zone: Option<i32>, lang: Lang, read: impl FnOnce(Timestamp) -> T) -> T {
        Owner::new().with(|| {
            let at = "2026-11-23T23:44:28.123456Z".parse().unwrap();
            provide_context(Clock { now: at, zone });
            lang.provide();
            read(at)
        })
    }

    #[test]
    fn moments_say_their_zone_unless_it_is_the_readers() {
        assert_eq!(with(None, Lang::En, moment), "23 Nov 2026, 23:44:28 UTC");
        assert_eq!(with(Some(60), Lang::En, moment), "24 Nov 2026, 00:44:28");
        assert_eq!(with(Some(60), Lang::Ru, moment), "24 нояб. 2026, 00:44:28");
        assert_eq!(with(None, Lang::En, hour_minute), "23:44 UTC");
        assert_eq!(with(Some(-60), Lang::En, hour_minute), "22:44");
    }

    #[test]
    fn a_zone_from_anywhere_is_bounded() {
        let zone = |cookie: &str| {
            let request = axum::http::Request::get("/")
                .header("cookie", cookie)
                .body(())
                .unwrap();
            Clock::of(&request.into_parts().0, Timestamp::UNIX_EPOCH).zone
        };
        assert_eq!(zone("zone=-180"), Some(-180));
        assert_eq!(zone("zone=99999"), None);
        assert_eq!(zone("zone=x"), None);
    }
}
