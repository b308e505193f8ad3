//! One stylesheet out of many: the imports of `main.css`, in their order, without the comments.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// Reads `main.css` in `folder` and puts each `@import "x.css";` in its place.
pub(crate) fn bundle(folder: &Path) -> anyhow::Result<String> {
    let main = read(&folder.join("main.css"))?;
    let mut css = String::new();
    for part in parts(&main)? {
        match part {
            Part::Own(line) => css.push_str(line),
            Part::Import(name) => {
                let imported = read(&folder.join(name))?;
                if parts(&imported)?
                    .iter()
                    .any(|part| matches!(part, Part::Import(_)))
                {
                    bail!("{name} imports other files; only main.css may");
                }
                css.push_str(&imported);
            }
        }
        css.push('\n');
    }
    Ok(tidy(&css))
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[derive(Debug, PartialEq)]
enum Part<'a> {
    Import(&'a str),
    Own(&'a str),
}

/// Splits a stylesheet in lines of its own and plain imports of files beside it.
fn parts(css: &str) -> anyhow::Result<Vec<Part<'_>>> {
    css.lines()
        .map(|line| match line.trim().strip_prefix("@import") {
            None => Ok(Part::Own(line)),
            Some(rest) => rest
                .trim()
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix("\";"))
                .filter(|name| name.ends_with(".css") && !name.contains(['/', '"', ':']))
                .map(Part::Import)
                .with_context(|| format!("not a plain `@import \"file.css\";`: {}", line.trim())),
        })
        .collect()
}

/// Leaves out what only people read: comments, indentation, empty lines.
fn tidy(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    let mut quote = None;
    while let Some(c) = chars.next() {
        if quote.is_none() && c == '/' && chars.peek() == Some(&'*') {
            chars.next();
            let mut last = ' ';
            for c in chars.by_ref() {
                if last == '*' && c == '/' {
                    break;
                }
                last = c;
            }
            // A comment separates what stands around it.
            kept.push(' ');
            continue;
        }
        kept.push(c);
        match quote {
            Some(_) if c == '\\' => kept.extend(chars.next()),
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
    }
    let mut tidied = String::with_capacity(kept.len());
    for line in kept.lines().map(str::trim).filter(|line| !line.is_empty()) {
        tidied.push_str(line);
        tidied.push('\n');
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_stand_where_they_were_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, css: &str| fs::write(folder.path().join(name), css).unwrap();
        write(
            "main.css",
            "@layer a, b;\n@import \"b.css\";\n@import \"a.css\";\nbody { margin: 0 }\n",
        );
        write("a.css", ".a { color: red }\n");
        write("b.css", ".b { color: blue }\n");

        let css = bundle(folder.path()).unwrap();

        assert_eq!(
            css,
            "@layer a, b;\n.b { color: blue }\n.a { color: red }\nbody { margin: 0 }\n"
        );
    }

    #[test]
    fn an_import_that_cannot_be_put_in_place_is_an_error() {
        for css in [
            "@import url(\"a.css\");",
            "@import \"a.css\" layer(a);",
            "@import \"../a.css\";",
            "@import \"https://example.com/a.css\";",
        ] {
            assert!(parts(css).is_err(), "{css}");
        }
    }

    #[test]
    fn a_missing_import_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.css"), "@import \"gone.css\";").unwrap();

        let error = bundle(folder.path()).unwrap_err();

        assert!(format!("{error:#}").contains("gone.css"), "{error:#}");
    }

    #[test]
    fn comments_go_and_strings_stay() {
        let css =
            "/* one\n two */\n.a::before {\n    content: \"/* kept \\\" */\"; /* gone */\n}\n";

        assert_eq!(
            tidy(css),
            ".a::before {\ncontent: \"/* kept \\\" */\";\n}\n"
        );
    }
}
