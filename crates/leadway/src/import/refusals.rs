//! What was refused, gathered by reason, so that a million bad rows need little memory and few lines of output.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::columns::{LINE_COLUMN, REASON_COLUMN};
use crate::remote::RowError;

/// Refused rows by reason, and the file that they go to where one is wanted.
pub(crate) struct Refusals {
    groups: BTreeMap<(String, Option<String>), Group>,
    file: Option<csv::Writer<File>>,
    columns: usize,
}

/// Rows that were refused for one reason.
struct Group {
    /// The first row's error, which speaks for all.
    example: RowError,
    lines: Vec<u64>,
}

impl Refusals {
    pub(super) fn open(path: Option<&Path>, headings: &[String]) -> anyhow::Result<Self> {
        let file = path
            .map(|path| {
                let mut writer = csv::WriterBuilder::new().flexible(true).from_path(path)?;
                writer.write_record(
                    headings
                        .iter()
                        .map(String::as_str)
                        .chain([LINE_COLUMN, REASON_COLUMN]),
                )?;
                anyhow::Ok(writer)
            })
            .transpose()
            .with_context(|| {
                format!(
                    "--refused {}: this file cannot be written",
                    path.unwrap_or(Path::new("")).display()
                )
            })?;
        Ok(Self {
            groups: BTreeMap::new(),
            file,
            columns: headings.len(),
        })
    }

    pub(super) fn add(
        &mut self,
        line: u64,
        cells: Vec<String>,
        error: RowError,
    ) -> anyhow::Result<()> {
        if let Some(file) = &mut self.file {
            let mut cells = cells;
            cells.resize(self.columns, String::new());
            cells.push(line.to_string());
            cells.push(crate::render::with_remedy(&error.message, &error.remedy));
            file.write_record(&cells)
                .context("the file of refused rows cannot be written")?;
        }
        let key = (error.code.clone(), error.field.clone());
        self.groups
            .entry(key)
            .or_insert_with(|| Group {
                example: error,
                lines: Vec::new(),
            })
            .lines
            .push(line);
        Ok(())
    }

    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        match &mut self.file {
            Some(file) => file
                .flush()
                .context("the file of refused rows cannot be written"),
            None => Ok(()),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.groups
            .values()
            .map(|group| group.lines.len() as u64)
            .sum()
    }

    /// The groups, the largest first.
    pub(super) fn groups(&self) -> Vec<RefusalGroup<'_>> {
        let mut groups: Vec<_> = self
            .groups
            .values()
            .map(|group| RefusalGroup {
                example: &group.example,
                lines: sorted(&group.lines),
            })
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.lines.len()));
        groups
    }
}

/// One reason and the lines that it holds for.
pub(super) struct RefusalGroup<'a> {
    pub(super) example: &'a RowError,
    pub(super) lines: Vec<u64>,
}

impl RefusalGroup<'_> {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "code": self.example.code, "field": self.example.field, "value": self.example.value,
            "message": self.example.message, "remedy": self.example.remedy, "lines": self.lines,
        })
    }

    /// `lines 3, 7-9, 12 and 40 more`
    pub(super) fn lines_text(&self) -> String {
        const RANGES_MAX: usize = 12;
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for line in &self.lines {
            match ranges.last_mut() {
                Some((_, end)) if *end + 1 == *line => *end = *line,
                _ => ranges.push((*line, *line)),
            }
        }
        let shown = ranges.iter().take(RANGES_MAX);
        let texts: Vec<String> = shown
            .clone()
            .map(|(start, end)| {
                if start == end {
                    start.to_string()
                } else {
                    format!("{start}-{end}")
                }
            })
            .collect();
        let shown_lines: u64 = shown.map(|(start, end)| end - start + 1).sum();
        let noun = if self.lines.len() == 1 {
            "line"
        } else {
            "lines"
        };
        match self.lines.len() as u64 - shown_lines {
            0 => format!("{noun} {}", texts.join(", ")),
            more => format!("{noun} {} and {more} more", texts.join(", ")),
        }
    }
}

fn sorted(lines: &[u64]) -> Vec<u64> {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> RowError {
        RowError {
            code: code.to_owned(),
            field: None,
            value: None,
            message: "m".to_owned(),
            remedy: "r".to_owned(),
        }
    }

    #[test]
    fn reasons_are_grouped_and_lines_run_together() {
        let mut refusals = Refusals::open(None, &[]).unwrap();
        for line in [9, 3, 8, 7, 12] {
            refusals.add(line, Vec::new(), error("A")).unwrap();
        }
        refusals.add(4, Vec::new(), error("B")).unwrap();
        let groups = refusals.groups();
        assert_eq!(groups[0].lines_text(), "lines 3, 7-9, 12");
        assert_eq!((groups.len(), refusals.count()), (2, 6));
    }

    #[test]
    fn long_lists_of_lines_are_cut() {
        let example = error("A");
        let group = RefusalGroup {
            example: &example,
            lines: (0..40).map(|number| number * 2).collect(),
        };
        assert!(
            group.lines_text().ends_with(", 22 and 28 more"),
            "{}",
            group.lines_text()
        );
    }

    #[test]
    fn refused_rows_go_to_a_file_that_can_be_imported_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("refused.csv");
        let headings = ["Email".to_owned(), "Name".to_owned()];
        let mut refusals = Refusals::open(Some(&path), &headings).unwrap();
        refusals.add(3, vec!["a@b".to_owned()], error("A")).unwrap();
        refusals.flush().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "Email,Name,leadway_line,leadway_reason\na@b,,3,m; r\n"
        );
    }
}
