//! What a browser or a program calls itself, in a few words.

/// Browsers and programs, by a word in what they call themselves. The first that fits counts: browsers
/// name each other.
const PROGRAMS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems, likewise.
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// The program and the system: "Firefox, Linux". What is no browser is called as it calls itself first:
/// "curl".
#[must_use]
pub fn short(user_agent: &str) -> String {
    let found = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let first = user_agent.split(['/', ' ']).next().unwrap_or_default();
    let program = found(&PROGRAMS).map_or_else(|| first.chars().take(40).collect(), str::to_owned);
    match found(&SYSTEMS) {
        Some(system) => format!("{program}, {system}"),
        None => program,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_programs_are_told_apart() {
        for (words, wanted) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 15) AppleWebKit/605 Version/18 Safari/605",
                "Safari, macOS",
            ),
            ("curl/8.14.1", "curl"),
            ("", ""),
        ] {
            assert_eq!(short(words), wanted);
        }
    }
}
