//! Times on the command line: `90`, `90s`, `5m`, `2h`, `30d`.

use std::time::Duration;

/// Reads a time; a number alone is seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &text[digits.len()..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => 0,
    };
    let number: Option<u64> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(seconds))
        // A hundred years: what is added to now stays a moment.
        .filter(|seconds| (1..=3_155_760_000).contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "a time is a number with s, m, h or d: 90s, 5m, 2h, 30d".to_owned())
}

/// A time as people write it: `5m`, `90s`.
pub(crate) fn text(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds >= 60 && seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_a_unit() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("5m", 300),
            ("2h", 7200),
            ("1d", 86_400),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in [
            "",
            "m",
            "5 m",
            "-5m",
            "5w",
            "1.5h",
            "0",
            "99999999999999999999",
            "9999999d",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(super::text(Duration::from_secs(300)), "5 min");
        assert_eq!(super::text(Duration::from_secs(90)), "90 s");
    }
}
