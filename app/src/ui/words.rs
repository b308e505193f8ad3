//! Numbers, ages and moments as people read them. The same on the server and in the browser.

use cluster_api::Timestamp;

/// "1 node", "3 nodes".
#[must_use]
pub fn plural(count: u32, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// The same with a capital letter at its beginning.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// How long ago something was, in one unit: "4 s", "9 min", "3 hours", "12 days". A clock that is
/// a little behind makes no negative ages.
#[must_use]
pub fn age(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    let minutes = seconds / 60;
    let hours = minutes / 60;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    if minutes == 0 {
        format!("{seconds} s")
    } else if hours == 0 {
        format!("{minutes} min")
    } else if hours < 48 {
        plural(count(hours), "hour")
    } else {
        plural(count(hours / 24), "day")
    }
}

/// How long something took: "0.4 s", "34 s", "2 min 5 s", "1 h 3 min".
#[must_use]
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    if milliseconds < 9_950 {
        let tenths = (milliseconds + 50) / 100;
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else if seconds < 60 {
        format!("{seconds} s")
    } else if seconds < 3600 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else {
        format!("{} h {} min", seconds / 3600, seconds / 60 % 60)
    }
}

/// How long something has been going on, in whole seconds: it is read while it grows.
#[must_use]
pub fn elapsed(milliseconds: i64) -> String {
    let seconds = u64::try_from(milliseconds.max(0) / 1000).unwrap_or(0);
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        duration(seconds * 1000)
    }
}

/// A moment on the wall clock that is `zone` minutes ahead of UTC: "2026-11-23 10:44:28". Without a
/// zone it is UTC and says so.
#[must_use]
pub fn moment(at: Timestamp, zone: Option<i32>) -> String {
    let text = local(at, zone);
    let (Some(day), Some(time)) = (text.get(..10), text.get(11..19)) else {
        return text;
    };
    match zone {
        Some(_) => format!("{day} {time}"),
        None => format!("{day} {time} UTC"),
    }
}

/// The day of a moment: "2026-11-23".
#[must_use]
pub fn day(at: Timestamp, zone: Option<i32>) -> String {
    local(at, zone).get(..10).unwrap_or_default().to_owned()
}

/// The hour and the minute of a moment: "14:02", or "14:02 UTC".
#[must_use]
pub fn hour_minute(at: Timestamp, zone: Option<i32>) -> String {
    let text = local(at, zone);
    let time = text.get(11..16).unwrap_or_default();
    match zone {
        Some(_) => time.to_owned(),
        None => format!("{time} UTC"),
    }
}

/// The hour, minute and second of a moment: "14:02:11". The day stands elsewhere.
#[must_use]
pub fn time_of_day(at: Timestamp, zone: Option<i32>) -> String {
    local(at, zone).get(11..19).unwrap_or_default().to_owned()
}

fn local(at: Timestamp, zone: Option<i32>) -> String {
    let shifted = at.as_second() + i64::from(zone.unwrap_or(0)) * 60;
    Timestamp::from_second(shifted).unwrap_or(at).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_begin_with_a_capital() {
        assert_eq!(capital("swarm in containers"), "Swarm in containers");
        assert_eq!(capital(""), "");
    }

    #[test]
    fn ages_have_one_unit() {
        let second = 1000;
        let minute = 60 * second;
        let hour = 60 * minute;
        for (milliseconds, words) in [
            (-5 * second, "0 s"),
            (999, "0 s"),
            (59 * second, "59 s"),
            (60 * second, "1 min"),
            (59 * minute + 59 * second, "59 min"),
            (hour, "1 hour"),
            (47 * hour, "47 hours"),
            (48 * hour, "2 days"),
            (40 * 24 * hour, "40 days"),
        ] {
            assert_eq!(age(milliseconds), words);
        }
    }

    #[test]
    fn durations_are_as_exact_as_they_are_short() {
        for (milliseconds, words) in [
            (0, "0.0 s"),
            (449, "0.4 s"),
            (1_250, "1.3 s"),
            (9_949, "9.9 s"),
            (9_950, "9 s"),
            (34_900, "34 s"),
            (125_000, "2 min 5 s"),
            (3_780_000, "1 h 3 min"),
        ] {
            assert_eq!(duration(milliseconds), words);
        }
        assert_eq!(elapsed(-1), "0 s");
        assert_eq!(elapsed(3_999), "3 s");
        assert_eq!(elapsed(61_500), "1 min 1 s");
    }

    #[test]
    fn moments_say_their_zone_unless_it_is_the_readers() {
        let at: Timestamp = "2026-11-23T23:44:28.123456Z".parse().unwrap();
        assert_eq!(moment(at, None), "2026-11-23 23:44:28 UTC");
        assert_eq!(moment(at, Some(60)), "2026-11-24 00:44:28");
        assert_eq!(hour_minute(at, None), "23:44 UTC");
        assert_eq!(hour_minute(at, Some(-60)), "22:44");
        assert_eq!(time_of_day(at, None), "23:44:28");
        assert_eq!(day(at, Some(60)), "2026-11-24");
    }
}
