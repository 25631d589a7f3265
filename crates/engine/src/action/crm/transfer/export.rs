//! Exports: bulk reads one after the other, whose files are unpacked and handed on as they come.

use std::path::PathBuf;
use std::sync::Arc;

use csv::ByteRecord;
use futures_util::{FutureExt as _, StreamExt as _};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::sync::mpsc::Sender;
use zoho::Bytes;
use zoho::crm::{BulkCriteria, BulkRead, BulkReadJob, Crm, RecordId};

use super::progress::{Looks, Progress};
use super::stream::{blocking, fed, send, send_blocking};
use super::{Piece, csv_in, spooled, strange};
use crate::action::answer::row;
use crate::action::{
    ActionError, Answer, Context, Download, ErrorClass, FileInput, Inputs, Outcome, read,
};
use crate::mapping::{ModuleSchema, nearest};

/// CSV is handed on in pieces of about this size.
const PIECE_BYTES: usize = 64 * 1024;
/// Tries to load a file.
const LOADS_MAX: u32 = 3;

/// An export on its way.
#[derive(Clone)]
struct Export {
    crm: Crm,
    spool_dir: PathBuf,
    module: String,
    fields: Option<Vec<String>>,
    criteria: Option<Value>,
    custom_view: Option<RecordId>,
    is_csv: bool,
    tells_progress: bool,
    schema: Arc<ModuleSchema>,
}

pub(super) fn export<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let module = inputs.text("module");
        let schema = context.connection.schema(module).await?;
        let fields = inputs.has("fields").then(|| inputs.texts("fields"));
        known(&schema, fields.as_deref().unwrap_or_default())?;
        let is_csv = inputs.text("file_format") == "csv";
        let export = Export {
            crm: context.crm(),
            spool_dir: context.spool_dir.clone(),
            module: module.to_owned(),
            fields,
            criteria: inputs.get("criteria").cloned(),
            custom_view: inputs.record_id("custom_view_id").ok(),
            is_csv,
            tells_progress: inputs.is("progress"),
            schema,
        };
        let is_file = is_csv && !export.tells_progress;
        // What Zoho refuses is told before the answer begins.
        let first = read(|| export.job(1).send()).await?;
        let pieces = fed(move |to| async move { export.run(first, &to).await });
        Ok(match is_file {
            true => Answer::File(Download {
                name: Some(format!("{module}.csv")),
                content_type: Some("text/csv; charset=utf-8".to_owned()),
                length_bytes: None,
                content: Box::pin(pieces.filter_map(|piece| async {
                    match piece {
                        Ok(Piece::Bytes(bytes)) => Some(Ok(bytes)),
                        Ok(Piece::Line(_)) => None,
                        Err(error) => Some(Err(error)),
                    }
                })),
            }),
            false => Answer::Rows(Box::pin(pieces.filter_map(|piece| async {
                match piece {
                    Ok(Piece::Line(line)) => Some(Ok(line)),
                    Ok(Piece::Bytes(bytes)) => Some(csv_line(&bytes)),
                    Err(error) => Some(Err(error)),
                }
            }))),
        })
    }
    .boxed()
}

/// A piece of CSV among lines that tell how far it is.
fn csv_line(bytes: &[u8]) -> Result<Box<RawValue>, ActionError> {
    #[derive(Serialize)]
    struct Line<'a> {
        csv: &'a str,
    }
    let csv = std::str::from_utf8(bytes).map_err(strange)?;
    row(&Line { csv })
}

/// Fields that the module does not have are refused before a job is spent.
fn known(schema: &ModuleSchema, fields: &[String]) -> Result<(), ActionError> {
    for path in fields {
        let name = path.split('.').next().unwrap_or_default();
        if name.starts_with('$') || schema.field(name).is_some() || name == "id" {
            continue;
        }
        let all = schema.fields().iter();
        let names = all.map(|field| (field.api_name.as_str(), field.label.as_str()));
        return Err(ActionError::input(
            "fields",
            Some(&Value::from(path.as_str())),
            format!("{} has no field {name}", schema.module()),
            match nearest(name, names) {
                Some(near) => format!("Did you mean {near}?"),
                None => format!("list_fields shows the fields of {}.", schema.module()),
            },
        ));
    }
    Ok(())
}

impl Export {
    fn job(&self, page: u32) -> BulkRead {
        let mut job = self.crm.bulk_read(&self.module);
        if let Some(fields) = &self.fields {
            job = job.fields(fields.iter().cloned());
        }
        if let Some(criteria) = &self.criteria {
            job = job.criteria(BulkCriteria::written(criteria.clone()));
        }
        if let Some(view) = &self.custom_view {
            job = job.custom_view(view);
        }
        if page > 1 {
            job = job.page(page);
        }
        job
    }

    async fn run(self, first: RecordId, to: &Sender<Piece>) -> Result<(), ActionError> {
        let (mut id, mut header) = (first, None);
        let mut progress = Progress {
            part: 1,
            ..Progress::default()
        };
        loop {
            progress.job_id = Some(id.to_string());
            let job = self.wait(&id, &mut progress, to).await?;
            progress.state = "reading";
            self.tell(&progress, to).await?;
            let zip = self.load(&id).await?;
            let (this, to_rows) = (self.clone(), to.clone());
            let (rows, names) = blocking(move || this.rows(&zip, header, &to_rows)).await?;
            header = Some(names);
            progress.rows += rows;
            let result = job.result.unwrap_or_default();
            if !result.more_records {
                break;
            }
            id = match &result.next_page_token {
                Some(token) => read(|| self.crm.bulk_read_on(token).send()).await?,
                None => read(|| self.job(result.page.max(1) + 1).send()).await?,
            };
            progress.part += 1;
        }
        progress.state = "done";
        progress.parts = Some(progress.part);
        self.tell(&progress, to).await
    }

    async fn wait(
        &self,
        id: &RecordId,
        progress: &mut Progress,
        to: &Sender<Piece>,
    ) -> Result<BulkReadJob, ActionError> {
        progress.state = "waiting";
        let mut looks = Looks::at("bulk read", id.as_str());
        let job = loop {
            if let Some(job) = looks.seen(self.crm.bulk_read_job(id).await)? {
                progress.zoho_state = Some(job.state.clone());
                self.tell(progress, to).await?;
                if job.is_settled() {
                    break job;
                }
            }
            looks.pause().await?;
        };
        if job.is_completed() {
            return Ok(job);
        }
        let said = job.result.and_then(|result| result.error_message);
        let said = said
            .as_ref()
            .and_then(|said| said["message"].as_str())
            .unwrap_or("no reason");
        let mut error = ActionError::new(
            ErrorClass::Unavailable,
            "job_failed",
            format!("the bulk read {id} failed in Zoho, which gives: {said}"),
            "Send the request again; if it fails again, ask for fewer fields.",
        );
        error.zoho_details = Map::from_iter([("job_id".to_owned(), Value::from(id.as_str()))]);
        Err(error)
    }

    /// The job's zip, on disk; loaded again if it breaks off.
    async fn load(&self, id: &RecordId) -> Result<FileInput, ActionError> {
        let mut loads = 0;
        loop {
            loads += 1;
            let file = read(|| self.crm.bulk_read_result(id)).await?;
            let file =
                file.ok_or_else(|| ActionError::no_record("result of a bulk read", id.as_str()))?;
            match spooled(&self.spool_dir, file).await {
                Err(error) if error.class == ErrorClass::Unavailable && loads < LOADS_MAX => {
                    tracing::warn!(%error, %id, "a result is loaded again");
                }
                done => return done,
            }
        }
    }

    async fn tell(&self, progress: &Progress, to: &Sender<Piece>) -> Result<(), ActionError> {
        match self.tells_progress {
            true => send(to, Piece::Line(progress.line()?)).await,
            false => Ok(()),
        }
    }

    /// Hands on the rows of a file; gives their count, and the headings.
    fn rows(
        &self,
        zip: &FileInput,
        header: Option<ByteRecord>,
        to: &Sender<Piece>,
    ) -> Result<(u64, ByteRecord), ActionError> {
        csv_in(zip, |mut csv| {
            let mut names = ByteRecord::new();
            csv.read_byte_record(&mut names).map_err(strange)?;
            if header.as_ref().is_some_and(|header| *header != names) {
                return Err(strange("its headings differ from those of the first file"));
            }
            let mut out = Out::new(self, &names);
            if header.is_none() {
                out.headings(&names)?;
            }
            let (mut record, mut rows) = (ByteRecord::new(), 0);
            while csv.read_byte_record(&mut record).map_err(strange)? {
                rows += 1;
                if let Some(piece) = out.row(&record)? {
                    send_blocking(to, piece)?;
                }
            }
            if let Some(piece) = out.rest()? {
                send_blocking(to, piece)?;
            }
            Ok((rows, names))
        })
    }
}

/// Turns rows into what the caller asked for.
enum Out {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Lines(Vec<(String, Cell)>),
}

/// How a cell reads as JSON.
#[derive(Clone, Copy)]
enum Cell {
    Text,
    Number,
    Boolean,
    List,
}

impl Out {
    fn new(export: &Export, names: &ByteRecord) -> Self {
        if export.is_csv {
            return Self::Csv(Box::new(csv::Writer::from_writer(Vec::new())));
        }
        let kind = |name: &str| match export.schema.field(name).map(|f| f.data_type.as_str()) {
            Some("integer" | "double" | "currency" | "percent") => Cell::Number,
            Some("boolean") => Cell::Boolean,
            Some("multiselectpicklist") => Cell::List,
            _ => Cell::Text,
        };
        let columns = names.iter().map(|name| {
            let name = String::from_utf8_lossy(name);
            // Zoho's column of ids may be written `Id`.
            let name = match name.eq_ignore_ascii_case("id") {
                true => "id".to_owned(),
                false => name.into_owned(),
            };
            let kind = kind(&name);
            (name, kind)
        });
        Self::Lines(columns.collect())
    }

    fn headings(&mut self, names: &ByteRecord) -> Result<(), ActionError> {
        match self {
            Self::Csv(csv) => csv.write_byte_record(names).map_err(strange),
            Self::Lines(_) => Ok(()),
        }
    }

    fn row(&mut self, record: &ByteRecord) -> Result<Option<Piece>, ActionError> {
        match self {
            Self::Csv(csv) => {
                csv.write_byte_record(record).map_err(strange)?;
                match csv.get_ref().len() >= PIECE_BYTES {
                    true => self.rest(),
                    false => Ok(None),
                }
            }
            Self::Lines(columns) => {
                let cells = columns.iter().zip(record.iter());
                let object: Map<String, Value> = cells
                    .map(|((name, kind), cell)| {
                        (name.clone(), kind.json(&String::from_utf8_lossy(cell)))
                    })
                    .collect();
                line(&object).map(Some)
            }
        }
    }

    /// What is not handed on yet.
    fn rest(&mut self) -> Result<Option<Piece>, ActionError> {
        let Self::Csv(csv) = self else {
            return Ok(None);
        };
        let room = Vec::with_capacity(PIECE_BYTES + PIECE_BYTES / 4);
        let writer = std::mem::replace(&mut **csv, csv::Writer::from_writer(room));
        let bytes = writer.into_inner().map_err(strange)?;
        Ok((!bytes.is_empty()).then(|| Piece::Bytes(Bytes::from(bytes))))
    }
}

fn line(object: &Map<String, Value>) -> Result<Piece, ActionError> {
    row(object).map(Piece::Line)
}

impl Cell {
    fn json(self, text: &str) -> Value {
        if text.is_empty() {
            return Value::Null;
        }
        match self {
            // Digits that a double cannot hold stay as they are.
            Self::Number => match text.parse::<serde_json::Number>() {
                Ok(number) if number.to_string() == text => Value::Number(number),
                _ => Value::from(text),
            },
            Self::Boolean if text == "true" || text == "false" => Value::Bool(text == "true"),
            Self::List => text.split(';').map(Value::from).collect(),
            _ => Value::from(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_read_as_json_without_losing_a_digit() {
        for (kind, text, expected) in [
            (Cell::Text, "", Value::Null),
            (Cell::Text, "12", json!("12")),
            (Cell::Number, "12", json!(12)),
            (Cell::Number, "12.5", json!(12.5)),
            (Cell::Number, "12.50", json!("12.50")),
            (
                Cell::Number,
                "12345678901234567890.123",
                json!("12345678901234567890.123"),
            ),
            (Cell::Number, "abc", json!("abc")),
            (Cell::Boolean, "true", json!(true)),
            (Cell::Boolean, "yes", json!("yes")),
            (Cell::List, "a;b", json!(["a", "b"])),
        ] {
            assert_eq!(kind.json(text), expected, "{text}");
        }
    }
}
