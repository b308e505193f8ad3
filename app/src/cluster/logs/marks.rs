//! Finding what is searched in a line, and marking it: on the page, and in the browser for what comes
//! later.

use std::ops::Range;

use crate::ui::escaped::escaped;

/// So many places of a line are marked: a letter may be everywhere.
const MOST_MARKS: usize = 16;

/// The markup of the parts of a line, which are read one after another as one text with `between` between
/// them, with what is searched in `<mark>`; None for a part without any of it. Nothing at all if the line
/// does not hold it. How letters are written makes no difference.
#[must_use]
pub fn marked(parts: &[&str], between: &str, searched: &str) -> Option<Vec<Option<String>>> {
    let searched: Vec<char> = searched.chars().flat_map(char::to_lowercase).collect();
    if searched.is_empty() {
        return Some(vec![None; parts.len()]);
    }
    // Each letter as it is compared, and the place of the one it is of.
    let letters: Vec<(char, usize)> = parts
        .iter()
        .flat_map(|part| part.chars().chain(between.chars()))
        .enumerate()
        .flat_map(|(place, letter)| letter.to_lowercase().map(move |lower| (lower, place)))
        .collect();
    let found = places(&letters, &searched);
    if found.is_empty() {
        return None;
    }
    let mut begin = 0;
    let marked = parts.iter().map(|part| {
        let end = begin + part.chars().count();
        let inside = found
            .iter()
            .filter(|it| it.start < end && it.end > begin)
            .map(|it| it.start.max(begin) - begin..it.end.min(end) - begin);
        let markup = mark(part, inside);
        begin = end + between.chars().count();
        markup
    });
    Some(marked.collect())
}

/// Where the letters are those that are searched, of which there is at least one.
fn places(letters: &[(char, usize)], searched: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut rest = letters;
    while found.len() < MOST_MARKS {
        let is_here = |here: &[(char, usize)]| here.iter().map(|(it, _)| it).eq(searched);
        let Some(at) = rest.windows(searched.len()).position(is_here) else {
            break;
        };
        let (here, after) = rest.split_at(at + searched.len());
        if let (Some((_, first)), Some((_, last))) = (here.get(at), here.last()) {
            found.push(*first..last + 1);
        }
        rest = after;
    }
    found
}

/// A text with those ranges of its letters marked; None: there is none.
fn mark(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Option<String> {
    let mut markup = String::new();
    let mut letters = text.chars();
    let mut done = 0;
    for range in ranges {
        let before: String = letters.by_ref().take(range.start - done).collect();
        let inside: String = letters.by_ref().take(range.len()).collect();
        markup.push_str(&escaped(&before));
        markup.push_str("<mark>");
        markup.push_str(&escaped(&inside));
        markup.push_str("</mark>");
        done = range.end;
    }
    (done > 0).then(|| markup + &escaped(letters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole line.
    fn line(parts: &[&str], searched: &str) -> Option<String> {
        let marked = marked(parts, "", searched)?;
        let parts = parts.iter().zip(marked);
        Some(
            parts
                .map(|(part, markup)| markup.unwrap_or_else(|| escaped(part)))
                .collect(),
        )
    }

    #[test]
    fn what_is_searched_is_marked_however_it_is_written() {
        for (searched, markup) in [
            ("get", Some("<mark>GET</mark> /<mark>get</mark>&lt;1&gt;")),
            ("/GET<", Some("GET <mark>/get&lt;</mark>1&gt;")),
            ("", Some("GET /get&lt;1&gt;")),
            ("post", None),
        ] {
            assert_eq!(line(&["GET /get<1>"], searched).as_deref(), markup);
        }
        assert_eq!(line(&["Имя"], "ИМ").unwrap(), "<mark>Им</mark>я");
        // A letter that is two when it is written small.
        assert_eq!(line(&["aİb"], "i\u{307}b").unwrap(), "a<mark>İb</mark>");
    }

    #[test]
    fn what_goes_over_the_end_of_a_part_is_marked_in_both() {
        assert_eq!(
            marked(&["14:02", "web.1", "x"], " ", "02 web").unwrap(),
            [
                Some("14:<mark>02</mark>".to_owned()),
                Some("<mark>web</mark>.1".to_owned()),
                None,
            ]
        );
    }

    #[test]
    fn marks_have_an_end() {
        let markup = line(&[&"a".repeat(1000)], "a").unwrap();
        assert_eq!(markup.matches("<mark>").count(), MOST_MARKS);
        assert!(markup.ends_with("aaa"));
        assert_eq!(line(&["aaa"], "aa").unwrap(), "<mark>aa</mark>a");
    }
}
