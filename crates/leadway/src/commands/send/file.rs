//! Many events, one as JSON in each line, sent in batches. Each event's own `messageId` makes repeats harmless.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::remote::{Remote, RowError, Uploaded, persist};
use crate::render;

const EVENTS_MAX: usize = 100;
const BYTES_MAX: usize = 400 * 1024;
const LINE_BYTES_MAX: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends the lines of a file.
pub(super) async fn send_file(
    remote: &Remote,
    write_key: &str,
    path: &Path,
    is_json: bool,
) -> anyhow::Result<ExitCode> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("{name} cannot be read"))?;
    send_lines(remote, write_key, &name, BufReader::new(file), is_json).await
}

/// Sends lines; prints the ids of stored events, and says of refused ones in which line they stand.
pub(super) async fn send_lines(
    remote: &Remote,
    write_key: &str,
    name: &str,
    mut lines: impl BufRead,
    is_json: bool,
) -> anyhow::Result<ExitCode> {
    let mut sender = Sender {
        remote,
        write_key,
        name,
        is_json,
        waiting: Vec::new(),
        bytes: 0,
        ids: Vec::new(),
        refused: Vec::new(),
    };
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line that never ends must not fill the memory.
        let mut bounded = std::io::Read::take(&mut lines, LINE_BYTES_MAX as u64);
        if bounded
            .read_until(b'\n', &mut line)
            .with_context(|| format!("{name} cannot be read"))?
            == 0
        {
            break;
        }
        number += 1;
        anyhow::ensure!(
            line.len() < LINE_BYTES_MAX,
            "{name}, line {number} is longer than {LINE_BYTES_MAX} bytes"
        );
        sender.take(number, line.trim_ascii()).await?;
    }
    sender.flush().await?;
    sender.finish()
}

/// The body of a batch; events go as they were written.
#[derive(Serialize)]
struct Batch<'a> {
    batch: Vec<&'a RawValue>,
}

/// Gathers lines to batches and remembers what became of them.
struct Sender<'a> {
    remote: &'a Remote,
    write_key: &'a str,
    name: &'a str,
    is_json: bool,
    waiting: Vec<(u64, Box<RawValue>)>,
    bytes: usize,
    ids: Vec<String>,
    refused: Vec<(u64, RowError)>,
}

impl Sender<'_> {
    async fn take(&mut self, number: u64, line: &[u8]) -> anyhow::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        match serde_json::from_slice::<Box<RawValue>>(line) {
            Ok(event) => {
                let is_full =
                    self.waiting.len() == EVENTS_MAX || self.bytes + event.get().len() > BYTES_MAX;
                if is_full {
                    self.flush().await?;
                }
                self.bytes += event.get().len();
                self.waiting.push((number, event));
            }
            Err(error) => self.refuse(number, unreadable(&error)),
        }
        Ok(())
    }

    async fn flush(&mut self) -> anyhow::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        if waiting.is_empty() {
            return Ok(());
        }
        let events: Vec<&RawValue> = waiting.iter().map(|(_, event)| &**event).collect();
        let body = serde_json::to_string(&Batch { batch: events })?;
        let uploaded = persist(PATIENCE, async || {
            Uploaded::of(
                self.remote
                    .ingest("batch", self.write_key, body.clone())
                    .await,
                waiting.len(),
            )
        })
        .await?
        .answer;
        for ((number, _), result) in waiting.into_iter().zip(uploaded.results) {
            match (result.id, result.error) {
                (_, Some(error)) => self.refuse(number, error),
                (Some(id), None) => {
                    if !self.is_json {
                        render::print(&format!("{id}\n"))?;
                    }
                    self.ids.push(id.to_string());
                }
                (None, None) => anyhow::bail!(
                    "the gateway does not say what became of {}, line {number}",
                    self.name
                ),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, number: u64, error: RowError) {
        if !self.is_json {
            let reason = render::with_remedy(&error.message, &error.remedy);
            let line = format!("{}:{number}: {reason}", self.name);
            eprintln!("{}", render::clean(&line));
        }
        self.refused.push((number, error));
    }

    fn finish(self) -> anyhow::Result<ExitCode> {
        if self.is_json {
            let refused: Vec<_> = self
                .refused
                .iter()
                .map(|(line, error)| json!({ "line": line, "code": error.code, "field": error.field, "value": error.value, "message": error.message, "remedy": error.remedy }))
                .collect();
            render::print_json(&json!({ "ids": self.ids, "refused": refused }))?;
        } else {
            let accepted = render::counted(self.ids.len() as u64, "event");
            eprintln!("{accepted} accepted, {} refused.", self.refused.len());
        }
        Ok(if self.refused.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn unreadable(error: &serde_json::Error) -> RowError {
    RowError {
        code: "malformed_json".to_owned(),
        field: None,
        value: None,
        message: format!("the line is no JSON: {error}"),
        remedy: "write one event as JSON in each line".to_owned(),
    }
}
