//! How long ago something was and how long something takes, in short. The server writes it with the page
//! and the browser keeps it current, with the same words.

/// The names of the units in the language of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units {
    /// Seconds, minutes, hours, days.
    pub names: [String; 4],
    /// How an age is said, with `{}` where the age is: "{} ago".
    pub ago: String,
}

impl Units {
    /// The names as the document carries them for the browser: in one attribute, between bars.
    #[must_use]
    pub fn joined(&self) -> String {
        self.names.join("|")
    }

    /// Reads what [`Units::joined`] wrote. What is missing is empty.
    #[must_use]
    pub fn read(names: &str, ago: &str) -> Self {
        let mut parts = names.split('|').map(ToOwned::to_owned);
        Self {
            names: std::array::from_fn(|_| parts.next().unwrap_or_default()),
            ago: ago.to_owned(),
        }
    }

    /// How long ago something was, in one unit: "4 s ago", "9 min ago", "12 d ago". A clock that is a
    /// little behind makes no negative ages.
    #[must_use]
    pub fn ago(&self, milliseconds: i64) -> String {
        self.ago.replacen("{}", &self.age(milliseconds), 1)
    }

    /// An age in one unit: "4 s", "9 min", "3 h", "12 d".
    #[must_use]
    pub fn age(&self, milliseconds: i64) -> String {
        let seconds = milliseconds.max(0) / 1000;
        let (minutes, hours) = (seconds / 60, seconds / 3600);
        let [s, min, h, d] = &self.names;
        let (count, unit) = if minutes == 0 {
            (seconds, s)
        } else if hours == 0 {
            (minutes, min)
        } else if hours < 48 {
            (hours, h)
        } else {
            (hours / 24, d)
        };
        format!("{count} {unit}")
    }

    /// How long something has been going on, in whole seconds: it is read while it grows.
    #[must_use]
    pub fn elapsed(&self, milliseconds: i64) -> String {
        let seconds = milliseconds.max(0) / 1000;
        let [s, min, h, _] = &self.names;
        if seconds < 60 {
            format!("{seconds} {s}")
        } else if seconds < 3600 {
            format!("{} {min} {} {s}", seconds / 60, seconds % 60)
        } else {
            format!("{} {h} {} {min}", seconds / 3600, seconds / 60 % 60)
        }
    }

    /// How long something took: "0.4 s", "34 s", "2 min 5 s", "1 h 3 min". `point` is the decimal point
    /// of the language.
    #[must_use]
    pub fn duration(&self, milliseconds: u64, point: &str) -> String {
        if milliseconds < 9_950 {
            let tenths = (milliseconds + 50) / 100;
            format!("{}{point}{} {}", tenths / 10, tenths % 10, self.names[0])
        } else {
            self.elapsed(i64::try_from(milliseconds).unwrap_or(i64::MAX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units() -> Units {
        Units::read("s|min|h|d", "{} ago")
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
            (hour, "1 h"),
            (47 * hour, "47 h"),
            (48 * hour, "2 d"),
            (40 * 24 * hour, "40 d"),
        ] {
            assert_eq!(units().age(milliseconds), words);
        }
        assert_eq!(units().ago(3_000), "3 s ago");
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
            assert_eq!(units().duration(milliseconds, "."), words);
        }
        assert_eq!(units().elapsed(-1), "0 s");
        assert_eq!(units().elapsed(3_999), "3 s");
        assert_eq!(units().elapsed(61_500), "1 min 1 s");
    }

    #[test]
    fn the_browser_reads_what_the_server_wrote() {
        assert_eq!(Units::read(&units().joined(), "{} ago"), units());
        assert_eq!(Units::read("", "").age(0), "0 ");
    }
}
