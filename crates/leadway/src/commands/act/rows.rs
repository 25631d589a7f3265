//! Records one after the other in the format that was asked for; only a table is held in memory, up to a bound.
//!
//! CSV has its columns in its first line. Where they are the fields that were asked for, rows are written as they come;
//! else the rows wait on disk until the last one is there, since any of them may have a field of its own.

use std::fmt;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::show::{Format, table};
use crate::render;
use crate::render::json::with_exact_numbers;

/// Rows of a table; more are for a file.
const TABLE_ROWS_MAX: usize = 1_000;

/// A record with its members in order and every digit that Zoho sent.
pub(super) struct Row(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Row, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Row(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl Row {
    /// The columns of records that are all there.
    pub(super) fn columns(rows: &[Self]) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for row in rows {
            row.add_columns(&mut columns);
        }
        columns
    }

    /// Its members' values as JSON.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.get())
    }

    fn add_columns(&self, columns: &mut Vec<String>) {
        for (name, _) in &self.0 {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
    }

    /// A text as it is, nothing for null, JSON for the rest.
    fn cell(&self, column: &str) -> String {
        let value = self.0.iter().find(|(name, _)| name == column);
        match value.map(|(_, value)| value.get()) {
            None | Some("null") => String::new(),
            Some(json) => serde_json::from_str(json).unwrap_or_else(|_| json.to_owned()),
        }
    }
}

fn cannot_wait() -> String {
    format!(
        "rows of CSV wait for the last one's columns in {}, which cannot be used; name the fields, or use --format ndjson",
        std::env::temp_dir().display()
    )
}

/// Where rows go.
pub(super) struct Sink {
    to: Box<dyn AsyncWrite + Unpin>,
    format: Format,
    /// Whether control characters are replaced: a terminal obeys them.
    is_cleaned: bool,
    columns: Vec<String>,
    /// Rows of CSV whose columns are not known yet.
    waiting: Option<BufWriter<File>>,
    held: Vec<Value>,
    count: u64,
}

impl Sink {
    /// Rows whose columns are known, or none: then they are those that the rows have.
    ///
    /// # Errors
    /// The folder for temporary files cannot be written.
    pub(super) fn new(
        to: Box<dyn AsyncWrite + Unpin>,
        format: Format,
        is_cleaned: bool,
        columns: Vec<String>,
    ) -> anyhow::Result<Self> {
        let has_to_wait = format == Format::Csv && columns.is_empty();
        let waiting = match has_to_wait {
            true => Some(BufWriter::new(
                tempfile::tempfile().with_context(cannot_wait)?,
            )),
            false => None,
        };
        Ok(Self {
            to,
            format,
            is_cleaned,
            columns,
            waiting,
            held: Vec::new(),
            count: 0,
        })
    }

    /// Takes a row; gives false when no more are wanted.
    pub(super) async fn take(&mut self, json: &[u8]) -> anyhow::Result<bool> {
        let json = json.trim_ascii();
        match self.format {
            Format::Ndjson => {
                self.to.write_all(json).await?;
                self.to.write_all(b"\n").await?;
            }
            Format::Json => {
                let before: &[u8] = if self.count == 0 { b"[\n" } else { b",\n" };
                self.to.write_all(before).await?;
                self.to.write_all(json).await?;
            }
            Format::Csv => self.take_csv(json).await?,
            Format::Table if self.held.len() == TABLE_ROWS_MAX => {
                eprintln!(
                    "A table holds {TABLE_ROWS_MAX} records, and there are more; --format csv or ndjson gives all."
                );
                return Ok(false);
            }
            Format::Table => {
                let exact = with_exact_numbers(std::str::from_utf8(json)?);
                self.held.push(serde_json::from_str(&exact)?);
            }
        }
        self.count += 1;
        Ok(true)
    }

    async fn take_csv(&mut self, json: &[u8]) -> anyhow::Result<()> {
        let row: Row = serde_json::from_slice(json).context("a row of the answer is no record")?;
        if let Some(waiting) = &mut self.waiting {
            row.add_columns(&mut self.columns);
            // Within JSON no line ends.
            let line = [json, b"\n"].concat();
            return waiting.write_all(&line).with_context(cannot_wait);
        }
        if self.count == 0 {
            row.add_columns(&mut self.columns);
            self.write_csv(|columns| columns.to_vec()).await?;
        }
        self.write_csv(|columns| columns.iter().map(|column| row.cell(column)).collect())
            .await
    }

    async fn write_csv(&mut self, cells: impl Fn(&[String]) -> Vec<String>) -> anyhow::Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let cells = cells(&self.columns).into_iter();
        writer.write_record(cells.map(|cell| match self.is_cleaned {
            true => render::clean(&cell),
            false => cell,
        }))?;
        let bytes = writer.into_inner().context("a row cannot be written")?;
        Ok(self.to.write_all(&bytes).await?)
    }

    /// Writes the rows that have waited for their columns.
    async fn write_waiting(&mut self) -> anyhow::Result<()> {
        let Some(waiting) = self.waiting.take().filter(|_| self.count > 0) else {
            return Ok(());
        };
        let mut file = waiting.into_inner().with_context(cannot_wait)?;
        file.rewind().with_context(cannot_wait)?;
        self.write_csv(|columns| columns.to_vec()).await?;
        for line in BufReader::new(file).lines() {
            let row: Row = serde_json::from_str(&line.with_context(cannot_wait)?)?;
            self.write_csv(|columns| columns.iter().map(|column| row.cell(column)).collect())
                .await?;
        }
        Ok(())
    }

    /// Writes what is still held; gives how many rows there were.
    pub(super) async fn end(mut self) -> anyhow::Result<u64> {
        match self.format {
            Format::Json if self.count == 0 => self.to.write_all(b"[]\n").await?,
            Format::Json => self.to.write_all(b"\n]\n").await?,
            Format::Table if self.held.is_empty() => self.to.write_all(b"Nothing.\n").await?,
            Format::Table => self.to.write_all(table(&self.held).as_bytes()).await?,
            Format::Csv => self.write_waiting().await?,
            Format::Ndjson => {}
        }
        self.to.flush().await?;
        Ok(self.count)
    }

    /// Writes what there is; the stream ended in its midst.
    pub(super) async fn give_up(self) -> anyhow::Result<()> {
        match self.format {
            Format::Table | Format::Csv => self.end().await.map(drop),
            _ => {
                let mut to = self.to;
                Ok(to.flush().await?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    async fn csv_of(columns: &[&str], rows: &[&str]) -> String {
        let (to, mut from) = tokio::io::duplex(4_096);
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        let mut sink = Sink::new(Box::new(to), Format::Csv, false, columns).unwrap();
        for row in rows {
            assert!(sink.take(row.as_bytes()).await.unwrap());
        }
        assert_eq!(sink.end().await.unwrap(), rows.len() as u64);
        let mut text = String::new();
        from.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn rows_with_other_fields_fit_into_one_table() {
        let rows = [
            r#"{"id":"1","Last_Name":"Ray"}"#,
            r#"{"id":"2","Company":"a, b","Amount":12345678901234567.80}"#,
        ];
        assert_eq!(
            csv_of(&[], &rows).await,
            "id,Last_Name,Company,Amount\n1,Ray,,\n2,,\"a, b\",12345678901234567.80\n"
        );
        assert_eq!(csv_of(&[], &[]).await, "");
    }

    #[tokio::test]
    async fn the_fields_that_were_asked_for_are_the_columns_and_come_first() {
        let rows = [r#"{"id":"1","Email":null,"Last_Name":"Ray"}"#];
        assert_eq!(
            csv_of(&["Last_Name", "Email"], &rows).await,
            "Last_Name,Email,id\nRay,,1\n"
        );
    }
}
