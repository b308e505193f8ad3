//! Amounts of processor, memory and network as people read them.

use crate::t;

/// What an amount is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Processors.
    Cpus,
    /// Bytes.
    Bytes,
    /// Bytes a second.
    Rate,
}

impl Unit {
    /// An amount with its unit, as exact as it is short: "0.42", "312 MiB", "1.4 KiB/s". A number of
    /// processors has no unit.
    #[must_use]
    pub fn words(self, amount: f64) -> String {
        match self {
            Self::Cpus => number(amount, if amount < 9.995 { 2 } else { 1 }),
            Self::Bytes => bytes(amount),
            Self::Rate => t!("metrics-per-second", amount = bytes(amount)),
        }
    }

    /// An amount of what there is: "0.42 of 4"; without what there is where that is not known.
    #[must_use]
    pub fn of(self, amount: f64, all: Option<f64>) -> String {
        let amount = self.words(amount);
        match all {
            Some(all) => t!("metrics-of", amount = amount, all = self.words(all)),
            None => amount,
        }
    }
}

/// A share of what there is, in whole percent; None where nothing is there to be shared.
#[must_use]
pub fn share(part: f64, of: f64) -> Option<String> {
    (of > 0.0).then(|| t!("metrics-percent", number = number(100.0 * part / of, 0)))
}

fn bytes(amount: f64) -> String {
    // 1023.5 would be rounded to 1024.
    let fits = |amount: f64| amount < 1023.5;
    let (kib, mib, gib) = (
        amount / 1024.0,
        amount / 1024.0_f64.powi(2),
        amount / 1024.0_f64.powi(3),
    );
    let short = |amount: f64| number(amount, if amount < 9.95 { 1 } else { 0 });
    if fits(amount) {
        t!("metrics-bytes", amount = number(amount, 0))
    } else if fits(kib) {
        t!("metrics-kib", amount = short(kib))
    } else if fits(mib) {
        t!("metrics-mib", amount = short(mib))
    } else {
        t!("metrics-gib", amount = short(gib))
    }
}

/// A number with at most so many digits after the point, and none that say nothing.
fn number(number: f64, digits: usize) -> String {
    let text = format!("{number:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    let text = if text == "-0" { "0" } else { text };
    text.replace('.', &t!("unit-point"))
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn amounts_are_short() {
        let mib = 1024.0 * 1024.0;
        for (unit, amount, words) in [
            (Unit::Cpus, 0.0, "0"),
            (Unit::Cpus, 0.004, "0"),
            (Unit::Cpus, 0.42, "0.42"),
            (Unit::Cpus, 1.999, "2"),
            (Unit::Cpus, 12.34, "12.3"),
            (Unit::Cpus, 100.0, "100"),
            (Unit::Bytes, 0.0, "0 B"),
            (Unit::Bytes, 1023.0, "1023 B"),
            (Unit::Bytes, 1023.9, "1 KiB"),
            (Unit::Bytes, 1.44 * mib, "1.4 MiB"),
            (Unit::Bytes, 312.2 * mib, "312 MiB"),
            (Unit::Bytes, 6.26 * 1024.0 * mib, "6.3 GiB"),
            (Unit::Bytes, 4000.0 * 1024.0 * mib, "4000 GiB"),
            (Unit::Rate, 2048.0, "2 KiB/s"),
        ] {
            assert_eq!(unit.words(amount), words, "{unit:?} {amount}");
        }
    }

    #[test]
    fn the_point_is_that_of_the_language() {
        let owner = Owner::new();
        owner.with(|| {
            Lang::Ru.provide();
            assert_eq!(Unit::Cpus.words(0.42), "0,42");
            assert_eq!(Unit::Rate.words(1536.0), "1,5 КиБ/с");
        });
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(share(1.0, 0.0), None);
        assert_eq!(share(0.52, 4.0).as_deref(), Some("13 %"));
    }
}
