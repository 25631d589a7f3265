//! Reads a CSV file row by row, on a thread of its own, and hands batches on.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use anyhow::Context;
use csv::ByteRecord;
use tokio::sync::mpsc::Sender;

use super::batch::{Batch, UnreadableRow};
use super::lines::LineCounter;
use super::row::RowMaker;
use super::{ImportPlan, sniff};
use crate::remote::RowError;
use crate::usage::wrong_usage;

/// Larger than any event that a gateway takes.
const ROW_BYTES_MAX: usize = 256 * 1024;
const SNIFFED_BYTES: u64 = 64 * 1024;

/// A file that is open, with its headings read.
pub(super) struct Input {
    rows: csv::Reader<LineCounter<File>>,
    headings: Vec<String>,
    maker: RowMaker,
    bytes: u64,
}

/// Opens the file and reads its headings.
pub(super) fn open(plan: &ImportPlan) -> anyhow::Result<Input> {
    let name = plan.file.display().to_string();
    let failed = || format!("{name} cannot be read");
    let mut file = File::open(&plan.file).with_context(failed)?;
    let bytes = file.metadata().with_context(failed)?.len();
    let mut start = Vec::new();
    file.by_ref()
        .take(SNIFFED_BYTES)
        .read_to_end(&mut start)
        .with_context(failed)?;
    let mark = sniff::mark_bytes(&start)
        .map_err(|reason| wrong_usage(format!("{name} cannot be imported: {reason}")))?;
    let delimiter = plan.delimiter.unwrap_or_else(|| sniff::delimiter(&start));
    file.seek(SeekFrom::Start(mark as u64))
        .with_context(failed)?;

    let mut rows = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(LineCounter::new(file));
    let headings = headings(&mut rows, &name)?;
    let paths = plan.columns.paths(&headings)?;
    let file_name = plan
        .file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or(name);
    Ok(Input {
        rows,
        headings,
        maker: RowMaker {
            route: plan.route.clone(),
            file_name,
            paths,
        },
        bytes,
    })
}

fn headings(rows: &mut csv::Reader<LineCounter<File>>, name: &str) -> anyhow::Result<Vec<String>> {
    let record = rows
        .byte_headers()
        .with_context(|| format!("{name} cannot be read"))?;
    let headings: Result<Vec<String>, _> = record
        .iter()
        .map(|heading| std::str::from_utf8(heading).map(|text| text.trim().to_owned()))
        .collect();
    let headings = headings.map_err(|_| {
        wrong_usage(format!(
            "{name} cannot be imported: its headings are not UTF-8; save it as \"CSV UTF-8\""
        ))
    })?;
    if headings.iter().all(String::is_empty) {
        return Err(wrong_usage(format!(
            "{name} cannot be imported: it has no heading line"
        )));
    }
    Ok(headings)
}

impl Input {
    pub(super) fn headings(&self) -> &[String] {
        &self.headings
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands on all rows in batches; ends early when nobody takes them any more.
    pub(super) fn send_to(mut self, batches: &Sender<Batch>) -> anyhow::Result<()> {
        let mut batch = Batch::default();
        let mut record = ByteRecord::new();
        let mut sent_bytes = 0;
        while self.rows.read_byte_record(&mut record)? {
            let end = self.rows.position().byte();
            let breaks = record
                .as_slice()
                .iter()
                .filter(|byte| **byte == b'\n')
                .count() as u64;
            let line = self.rows.get_mut().line_of_row(end, breaks);
            match self.row(line, &record) {
                Ok(Some(row)) => {
                    if !batch.has_room_for(&row) {
                        let here = record.position().map_or(sent_bytes, csv::Position::byte);
                        batch.file_bytes = here.saturating_sub(sent_bytes);
                        sent_bytes = here;
                        if batches.blocking_send(std::mem::take(&mut batch)).is_err() {
                            return Ok(());
                        }
                    }
                    batch.add(row);
                }
                Ok(None) => batch.empty_rows += 1,
                Err(row) => batch.unreadable.push(*row),
            }
        }
        batch.file_bytes = self.bytes.saturating_sub(sent_bytes);
        // When nobody takes it any more, the reason is known on the other side.
        let _ = batches.blocking_send(batch);
        Ok(())
    }

    fn row(
        &self,
        line: u64,
        record: &ByteRecord,
    ) -> Result<Option<super::row::Row>, Box<UnreadableRow>> {
        let cells: Vec<String> = record
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect();
        let error = if record.as_slice().len() > ROW_BYTES_MAX {
            let message = format!(
                "the row has {} bytes; at most {ROW_BYTES_MAX} are taken",
                record.as_slice().len()
            );
            error(
                "row_too_large",
                message,
                "shorten it; a quote that is never closed makes many lines one row",
            )
        } else if record.len() != self.headings.len() {
            let message = format!(
                "the row has {} cells, the heading line {}",
                record.len(),
                self.headings.len()
            );
            error(
                "wrong_cell_count",
                message,
                "put quotes around cells that contain the delimiter or a line break",
            )
        } else if let Some(column) = record
            .iter()
            .position(|cell| std::str::from_utf8(cell).is_err())
        {
            let mut error = error(
                "not_utf8",
                "a cell is not UTF-8 text".to_owned(),
                "save the file as \"CSV UTF-8\"",
            );
            error.field = self.headings.get(column).cloned();
            error
        } else {
            return Ok(self.maker.row(line, cells));
        };
        Err(Box::new(UnreadableRow { line, cells, error }))
    }
}

fn error(code: &str, message: String, remedy: &str) -> RowError {
    RowError {
        code: code.to_owned(),
        field: None,
        value: None,
        message,
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Columns;
    use std::time::Duration;

    fn batches(content: &[u8]) -> Vec<Batch> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("leads.csv");
        std::fs::write(&file, content).unwrap();
        let plan = ImportPlan {
            file,
            route: "lead-capture".to_owned(),
            is_dry_run: false,
            delimiter: None,
            columns: Columns::renamed(Vec::new()),
            patience: Duration::ZERO,
            refused_file: None,
        };
        let (sender, mut receiver) = tokio::sync::mpsc::channel(64);
        open(&plan).unwrap().send_to(&sender).unwrap();
        drop(sender);
        std::iter::from_fn(|| receiver.blocking_recv()).collect()
    }

    #[test]
    fn bad_rows_are_told_apart_with_their_lines() {
        let content =
            b"\xef\xbb\xbfE-Mail;Name\na@b.c;\"Ada\nRay\"\n;\nx;y;z\n\nM\xfcller;a\nd@e.f;Doe\n";
        let all = batches(content);
        assert_eq!(all.len(), 1);
        let lines: Vec<u64> = all[0].rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 8]);
        let bad: Vec<(u64, &str)> = all[0]
            .unreadable
            .iter()
            .map(|row| (row.line, row.error.code.as_str()))
            .collect();
        assert_eq!(bad, [(5, "wrong_cell_count"), (7, "not_utf8")]);
        assert_eq!(all[0].empty_rows, 1);
    }

    #[test]
    fn batches_hold_a_hundred_rows_and_cover_the_file() {
        let mut content = String::from("email\n");
        for number in 0..250 {
            content.push_str(&format!("p{number}@example.com\n"));
        }
        let all = batches(content.as_bytes());
        assert_eq!(
            all.iter().map(|batch| batch.rows.len()).collect::<Vec<_>>(),
            [100, 100, 50]
        );
        assert_eq!(
            all.iter().map(|batch| batch.file_bytes).sum::<u64>(),
            content.len() as u64
        );
        let body: serde_json::Value = serde_json::from_str(&all[0].body()).unwrap();
        assert_eq!(body["events"].as_array().unwrap().len(), 100);
    }
}
