//! Lines of logs as people read them: on the page, in the stream that goes on with it, in the download.

use std::{fmt::Write, iter::repeat};

use cluster_api::{
    Timestamp,
    inside::{LogLine, LogSource},
};

use super::{marks::marked, read::Source};
use crate::{ui::escaped::escaped, when::Clock, words::Lang};

/// A line on the page keeps so many characters.
const MOST_CHARS: usize = 4_000;

/// What a line is written with: the language and the clock of the one who reads it.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// The language.
    pub lang: Lang,
    /// The clock.
    pub clock: Clock,
}

impl Pen {
    /// That of the page at hand.
    #[must_use]
    pub fn current() -> Self {
        Self {
            lang: Lang::current(),
            clock: Clock::current(),
        }
    }

    /// A line as markup, with `text` marked. What does not hold it is there and hidden, so that another
    /// search finds it.
    #[must_use]
    pub fn line(self, source: &Source, line: &LogLine, text: &str) -> String {
        let time = line.at.map(|at| self.time(at)).unwrap_or_default();
        let (class, mark) = match line.stream {
            LogSource::Stdout => ("ln", ""),
            LogSource::Stderr => ("ln err", "stderr"),
        };
        let mut words: String = clean(&line.data);
        let cut = line.cut || words.chars().nth(MOST_CHARS).is_some();
        if cut {
            words = words.chars().take(MOST_CHARS).collect();
        }
        // Written as text that is selected and copied reads: "14:02:11.123 web.1 GET /".
        let mut parts = vec![("time", &*time), ("b", &*source.name)];
        if !mark.is_empty() {
            parts.push(("i", mark));
        }
        parts.push(("span", &*words));
        let texts: Vec<_> = parts.iter().map(|(_, text)| *text).collect();
        let found = marked(&texts, " ", text);
        let mut markup = start(class, source.slot, found.is_none());
        let found = found.unwrap_or_default().into_iter().chain(repeat(None));
        for ((name, text), marked) in parts.iter().zip(found) {
            if *name != "time" {
                markup.push(' ');
            }
            let inside = marked.unwrap_or_else(|| escaped(text));
            let _ = write!(markup, "<{name}>{inside}</{name}>");
        }
        if cut {
            markup.push_str(" <em>");
            markup.push_str(&escaped(&self.lang.text("logs-cut", &[])));
            markup.push_str("</em>");
        }
        markup.push_str("</p>");
        markup
    }

    /// What there is to say of a log, among its lines.
    #[must_use]
    pub fn note(self, source: &Source, words: &str) -> String {
        let mut markup = start("ln note", source.slot, false);
        markup.push_str("<time></time> <b>");
        markup.push_str(&escaped(&source.name));
        markup.push_str("</b> <em>");
        markup.push_str(&escaped(words));
        markup.push_str("</em></p>");
        markup
    }

    /// The time of a line, to the millisecond; the day stands nowhere when it is today's.
    fn time(self, at: Timestamp) -> String {
        let day = (self.clock.now.as_second() - at.as_second()).abs() >= 86_400;
        let milliseconds = at.as_millisecond().rem_euclid(1000);
        let local = self.clock.date_and_time(at);
        let shown = if day { &local[..] } else { &local[11..] };
        format!("{shown}.{milliseconds:03}")
    }
}

fn start(class: &str, slot: usize, hidden: bool) -> String {
    let hidden = if hidden { " hidden" } else { "" };
    format!("<p class=\"{class} c{slot}\"{hidden}>")
}

/// A line of the download: when, who, where to, what.
#[must_use]
pub fn as_text(source: &Source, line: &LogLine) -> String {
    let at = line.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let to = match line.stream {
        LogSource::Stdout => "stdout",
        LogSource::Stderr => "stderr",
    };
    format!("{at} {} {to} {}\n", source.name, clean(&line.data))
}

/// A line without what a terminal would do with it: colours, the cursor, the bell.
#[must_use]
pub fn clean(data: &str) -> String {
    let mut words = String::with_capacity(data.len());
    let mut chars = data.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next() {
                // CSI: up to its last character.
                Some('[') => while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
                // OSC: up to the bell, or to an escape and a backslash.
                Some(']') => {
                    while let Some(c) = chars.next() {
                        if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                            break;
                        }
                    }
                }
                _ => {}
            },
            '\t' => words.push('\t'),
            // It would turn what stands after it around.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => words.push('\u{fffd}'),
            c if c.is_control() => {}
            c => words.push(c),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen() -> Pen {
        Pen {
            lang: Lang::En,
            clock: Clock {
                now: "2026-11-23T15:00:00Z".parse().unwrap(),
                zone: Some(60),
            },
        }
    }

    fn source() -> Source {
        Source {
            slot: 3,
            id: "abc".to_owned(),
            name: "web.1".to_owned(),
            node: "node-1".to_owned(),
        }
    }

    fn line(stream: LogSource, data: &str) -> LogLine {
        LogLine {
            stream,
            at: Some("2026-11-23T13:02:11.0423456Z".parse().unwrap()),
            data: data.to_owned(),
            cut: false,
        }
    }

    #[test]
    fn a_line_is_text_whatever_a_container_writes() {
        let markup = pen().line(
            &source(),
            &line(
                LogSource::Stderr,
                "<script>alert(\"1\")</script> & \u{1b}[31mred\u{1b}[0m\r",
            ),
            "",
        );
        assert_eq!(
            markup,
            "<p class=\"ln err c3\"><time>14:02:11.042</time> <b>web.1</b> <i>stderr</i> \
             <span>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; red</span></p>"
        );
    }

    #[test]
    fn what_terminals_obey_is_left_out() {
        for (data, words) in [
            ("\u{1b}[1;32mok\u{1b}[0m", "ok"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]0;title\u{1b}\\x", "x"),
            ("a\tb\u{8}\u{0}c\n", "a\tbc"),
            ("\u{202e}desrever", "\u{fffd}desrever"),
            ("\u{1b}[", ""),
            ("\u{1b}", ""),
        ] {
            assert_eq!(clean(data), words, "{data:?}");
        }
    }

    #[test]
    fn a_search_hides_what_does_not_hold_it() {
        let hidden = |text: &str| {
            let line = line(LogSource::Stdout, "GET /Index");
            pen().line(&source(), &line, text).contains(" hidden>")
        };
        for text in ["", "get /index", "WEB.1 get", "14:02"] {
            assert!(!hidden(text), "{text}");
        }
        for text in ["post", "stderr"] {
            assert!(hidden(text), "{text}");
        }
    }

    #[test]
    fn what_is_searched_is_marked() {
        let line = line(LogSource::Stderr, "GET /<web>");
        for (text, marked) in [
            (
                "web",
                "<b><mark>web</mark>.1</b> <i>stderr</i> <span>GET /&lt;<mark>web</mark>&gt;</span>",
            ),
            (
                "1 std",
                "<b>web.<mark>1</mark></b> <i><mark>std</mark>err</i> <span>GET /&lt;web&gt;</span>",
            ),
        ] {
            let markup = pen().line(&source(), &line, text);
            assert!(markup.contains(marked), "{markup}");
        }
    }

    #[test]
    fn old_lines_say_their_day() {
        let mut old = line(LogSource::Stdout, "x");
        old.at = Some("2026-11-20T13:02:11Z".parse().unwrap());
        let markup = pen().line(&source(), &old, "");
        assert!(
            markup.contains("<time>2026-11-20 14:02:11.000</time>"),
            "{markup}"
        );
    }

    #[test]
    fn a_line_that_was_cut_says_so() {
        let long = line(LogSource::Stdout, &"x".repeat(MOST_CHARS + 1));
        let markup = pen().line(&source(), &long, "");
        assert!(markup.contains("<em>"), "{markup}");
        assert!(markup.len() < MOST_CHARS + 200);
    }

    #[test]
    fn the_download_says_all_of_a_line() {
        assert_eq!(
            as_text(&source(), &line(LogSource::Stderr, "oh")),
            "2026-11-23T13:02:11.0423456Z web.1 stderr oh\n"
        );
    }
}
