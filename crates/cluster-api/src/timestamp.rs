//! Moments, for the browser.
//!
//! On the server a moment is a `jiff::Timestamp`. In the browser, where a page only counts from
//! moments and writes them down, all of jiff's parsers and messages would be a tenth of the download;
//! this does the same for the one form that is on the wire.
#![cfg_attr(
    not(target_family = "wasm"),
    expect(
        dead_code,
        unreachable_pub,
        reason = "here it is compiled for its tests alone"
    )
)]

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A moment in UTC, in microseconds; on the wire RFC 3339 text ending in `Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// The text or number is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTimestamp;

impl fmt::Display for NoTimestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a moment")
    }
}

impl std::error::Error for NoTimestamp {}

/// As far as four digits of a year reach, in seconds: from the year 0 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

const DAY: i64 = 86_400;
const MICROS: i64 = 1_000_000;

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(0);

    /// The moment so many seconds after 1970.
    ///
    /// # Errors
    /// It is not within the years 0 to 9999.
    pub fn from_second(second: i64) -> Result<Self, NoTimestamp> {
        if SECONDS.contains(&second) {
            Ok(Self(second * MICROS))
        } else {
            Err(NoTimestamp)
        }
    }

    /// The moment so many milliseconds after 1970.
    ///
    /// # Errors
    /// It is not within the years 0 to 9999.
    pub fn from_millisecond(millisecond: i64) -> Result<Self, NoTimestamp> {
        Self::from_second(millisecond.div_euclid(1000))?;
        Ok(Self(millisecond * 1000))
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn as_second(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millisecond(self) -> i64 {
        self.0.div_euclid(1000)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_second();
        let (year, month, day) = date(seconds.div_euclid(DAY));
        let second = seconds.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        let micros = self.0.rem_euclid(MICROS);
        if micros != 0 {
            let digits = format!("{micros:06}");
            write!(formatter, ".{}", digits.trim_end_matches('0'))?;
        }
        formatter.write_str("Z")
    }
}

impl FromStr for Timestamp {
    type Err = NoTimestamp;

    fn from_str(text: &str) -> Result<Self, NoTimestamp> {
        let number = |from: usize, to: usize| -> Result<i64, NoTimestamp> {
            let digits = text.get(from..to).ok_or(NoTimestamp)?;
            if digits.bytes().all(|byte| byte.is_ascii_digit()) {
                digits.parse().map_err(|_| NoTimestamp)
            } else {
                Err(NoTimestamp)
            }
        };
        let mark = |at: usize, mark: u8| text.as_bytes().get(at) == Some(&mark);
        let marks =
            mark(4, b'-') && mark(7, b'-') && mark(10, b'T') && mark(13, b':') && mark(16, b':');
        let rest = text
            .get(19..)
            .and_then(|rest| rest.strip_suffix('Z'))
            .ok_or(NoTimestamp)?;
        if !marks {
            return Err(NoTimestamp);
        }
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        let days = days(year, month, day);
        if date(days) != (year, month, day) || hour > 23 || minute > 59 || second > 59 {
            return Err(NoTimestamp);
        }
        let micros = match rest.strip_prefix('.') {
            None if rest.is_empty() => 0,
            Some(digits) if (1..=9).contains(&digits.len()) => {
                let end = 20 + digits.len();
                number(20, end)? * 10_i64.pow(9 - (end as u32 - 20)) / 1000
            }
            _ => return Err(NoTimestamp),
        };
        let seconds = days * DAY + hour * 3600 + minute * 60 + second;
        Ok(Self(seconds * MICROS + micros))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// The day of the civil calendar, so many days after 1970-01-01. Years begin in March here, so that
/// the leap day is the last one; eras are the 400 years after which the calendar repeats.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The other way.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_written_as_jiff_writes_it() {
        // From 1599 to 2430, in steps that come by every hour, minute and fraction.
        for step in 0..40_000_i64 {
            let micros = -11_700_000_000_000_000 + step * 656_789_012_345;
            let theirs = jiff::Timestamp::from_microsecond(micros).unwrap();
            let ours = Timestamp(micros);
            let text = theirs.to_string();
            assert_eq!(ours.to_string(), text);
            assert_eq!(text.parse(), Ok(ours));
            assert_eq!(
                ours.as_millisecond(),
                theirs.as_microsecond().div_euclid(1000)
            );
            assert_eq!(
                ours.as_second(),
                theirs.as_microsecond().div_euclid(1_000_000)
            );
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23T10:44:28",
            "2026-11-23T10:44:28+01:00",
            "2026-11-23 10:44:28Z",
            "2026-02-29T10:44:28Z",
            "2026-13-01T10:44:28Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T10:44:28.Z",
            "2026-11-23T10:44:28.1234567890Z",
            "2026-11-23T1\u{fc}:44:28Z",
            "+026-11-23T10:44:28Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(NoTimestamp), "{text}");
        }
        assert_eq!(
            "2024-02-29T00:00:00.5Z"
                .parse::<Timestamp>()
                .unwrap()
                .to_string(),
            "2024-02-29T00:00:00.5Z"
        );
    }

    #[test]
    fn json_is_the_same() {
        let text = "\"2026-11-23T10:44:28.12Z\"";
        let ours: Timestamp = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&ours).unwrap(), text);
    }
}
