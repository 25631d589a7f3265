//! Records one after the other in the format that was asked for; only a table is held in memory, up to a bound.

use std::fmt;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::show::{Format, table};
use crate::render;

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
        for (name, _) in rows.iter().flat_map(|row| &row.0) {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        columns
    }

    /// Its members' values as JSON.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.get())
    }

    fn has_no_column(&self, columns: &[String]) -> Option<&str> {
        let mut names = self.0.iter().map(|(name, _)| name.as_str());
        names.find(|name| !columns.iter().any(|column| column == name))
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

/// Where rows go.
pub(super) struct Sink {
    to: Box<dyn AsyncWrite + Unpin>,
    format: Format,
    /// Whether control characters are replaced: a terminal obeys them.
    is_cleaned: bool,
    columns: Vec<String>,
    held: Vec<Value>,
    count: u64,
}

impl Sink {
    /// Rows whose columns are known, or taken from the first.
    pub(super) fn new(
        to: Box<dyn AsyncWrite + Unpin>,
        format: Format,
        is_cleaned: bool,
        columns: Vec<String>,
    ) -> Self {
        Self {
            to,
            format,
            is_cleaned,
            columns,
            held: Vec::new(),
            count: 0,
        }
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
            Format::Table => self.held.push(serde_json::from_slice(json)?),
        }
        self.count += 1;
        Ok(true)
    }

    async fn take_csv(&mut self, json: &[u8]) -> anyhow::Result<()> {
        let row: Row = serde_json::from_slice(json).context("a row of the answer is no record")?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        if self.count == 0 {
            if self.columns.is_empty() {
                self.columns = Row::columns(std::slice::from_ref(&row));
            }
            writer.write_record(&self.columns)?;
        }
        if let Some(name) = row.has_no_column(&self.columns) {
            self.to.flush().await?;
            bail!(
                "record {} has the field {name}, which the first one lacks, so that the columns do not fit; name the fields, or \
                 use --format ndjson",
                self.count + 1
            );
        }
        let cells = self.columns.iter().map(|column| row.cell(column));
        writer.write_record(cells.map(|cell| match self.is_cleaned {
            true => render::clean(&cell),
            false => cell,
        }))?;
        let bytes = writer.into_inner().context("a row cannot be written")?;
        Ok(self.to.write_all(&bytes).await?)
    }

    /// Writes what is still held; gives how many rows there were.
    pub(super) async fn end(mut self) -> anyhow::Result<u64> {
        match self.format {
            Format::Json if self.count == 0 => self.to.write_all(b"[]\n").await?,
            Format::Json => self.to.write_all(b"\n]\n").await?,
            Format::Table if self.held.is_empty() => self.to.write_all(b"Nothing.\n").await?,
            Format::Table => self.to.write_all(table(&self.held).as_bytes()).await?,
            Format::Csv | Format::Ndjson => {}
        }
        self.to.flush().await?;
        Ok(self.count)
    }

    /// Writes what there is; the stream ended in its midst.
    pub(super) async fn give_up(self) -> anyhow::Result<()> {
        match self.format {
            Format::Table => self.end().await.map(drop),
            _ => {
                let mut to = self.to;
                Ok(to.flush().await?)
            }
        }
    }
}
