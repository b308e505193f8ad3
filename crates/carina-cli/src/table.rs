//! Tables as the first `carina` printed them: cells of at least 20 characters, three of them empty.

/// The narrowest column.
const NARROWEST: usize = 20;

/// What stands between two columns at least.
const PADDING: usize = 3;

/// Rows under a head.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// The head.
    pub(crate) columns: &'static [&'static str],
    /// A cell for each column. The first one is the name of what the row tells about.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// The head and the rows, a line each. The last cell of a line is not filled up.
    pub(crate) fn lines(&self) -> Vec<String> {
        let head = self.columns.iter().map(|&name| one_line(name)).collect();
        let mut lines: Vec<Vec<String>> = vec![head];
        for row in &self.rows {
            lines.push(row.iter().map(|cell| one_line(cell)).collect());
        }
        let mut widths = vec![NARROWEST; self.columns.len()];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count() + PADDING);
            }
        }
        let text = |line: &Vec<String>| {
            let (last, before) = line.split_last()?;
            let mut text = String::new();
            for (cell, width) in before.iter().zip(&widths) {
                text.push_str(&format!("{cell:width$}"));
            }
            text.push_str(last);
            Some(text)
        };
        lines.iter().filter_map(text).collect()
    }
}

/// No cell breaks a row, or steers a terminal.
pub(crate) fn one_line(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_wide_as_in_the_known_transcript() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let table = Table {
            columns: &["ClusterName", "Flavor", "Status"],
            rows: vec![
                row(["mycluster", "container1-4G", "active"]),
                row(["a-name-of-eighteen", "x\u{1b}[2J", "active"]),
            ],
        };
        assert_eq!(
            table.lines(),
            [
                "ClusterName          Flavor              Status",
                "mycluster            container1-4G       active",
                "a-name-of-eighteen   x [2J               active",
            ]
        );
    }
}
