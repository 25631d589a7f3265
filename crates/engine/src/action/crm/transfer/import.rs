//! Imports: a file is read once and checked, cut into parts, and each part is a bulk write from its upload to its result.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::json;
use tokio::sync::mpsc::Sender;
use zoho::crm::{BulkOperation, BulkResource, BulkWriteJob, Crm, RecordId};

use super::columns::{Columns, Rules};
use super::journal::{Journal, Known};
use super::part::{self, ROWS_MAX};
use super::progress::{Looks, Progress};
use super::results::{self, Counts, Span};
use super::source::{Scan, Source};
use super::stream::{blocking, fed, send};
use super::{Piece, spooled};
use crate::action::answer::row;
use crate::action::crm::files::upload;
use crate::action::{
    ActionError, Answer, Context, ErrorClass, FileInput, Inputs, Outcome, Sought, read,
};

/// Tries to load a result.
const LOADS_MAX: u32 = 3;
const LOST: &str = "The answer to the creation of the row's job was lost: Zoho may have written the row or not. Look in Zoho, \
                    and send what is missing as a file of its own.";

/// An import on its way.
struct Import {
    crm: Crm,
    spool_dir: PathBuf,
    file: FileInput,
    scan: Scan,
    columns: Arc<Columns>,
    module: String,
    operation: BulkOperation,
    find_by: Option<String>,
    ignores_empty: bool,
    zgid: String,
    tells_progress: bool,
    journal: Journal,
}

pub(super) fn import<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move { begin(context, inputs, None).await }.boxed()
}

/// Goes on with an import whose answer broke off; `None`: it had not begun.
pub(super) fn resume<'a>(
    context: &'a Context,
    inputs: &'a Inputs,
    _: jiff::Timestamp,
) -> Sought<'a> {
    async move {
        match Journal::resume(context)? {
            Some(journal) => begin(context, inputs, Some(journal)).await.map(Some),
            None => Ok(None),
        }
    }
    .boxed()
}

/// Checks all that can be checked before a job is spent.
async fn begin(
    context: &Context,
    inputs: &Inputs,
    journal: Option<Journal>,
) -> Result<Answer, ActionError> {
    let module = inputs.text("module");
    let file = inputs.file("file")?.clone();
    let (scanned, format) = (file.clone(), inputs.maybe("file_format").map(str::to_owned));
    let scan = blocking(move || Scan::of(&scanned, format.as_deref())).await?;
    let operation = match inputs.text("operation") {
        "insert" => BulkOperation::Insert,
        "update" => BulkOperation::Update,
        _ => BulkOperation::Upsert,
    };
    let find_by = inputs.maybe("find_by").map(str::to_owned);
    let schema = context.connection.fresh_schema(module).await?;
    let rules = Rules {
        operation,
        find_by: find_by.as_deref(),
        inputs,
        schema: &schema,
    };
    let columns = Arc::new(rules.columns(&scan.columns)?);
    let crm = context.crm();
    let import = Import {
        zgid: super::super::bulk::zgid(&crm).await?,
        crm,
        spool_dir: context.spool_dir.clone(),
        file,
        scan,
        columns,
        module: module.to_owned(),
        operation,
        find_by,
        ignores_empty: inputs.is("ignore_empty"),
        tells_progress: inputs.is("progress"),
        journal: match journal {
            Some(journal) => journal,
            None => Journal::begin(context)?,
        },
    };
    let pieces = fed(move |to| async move { import.run(&to).await });
    Ok(Answer::Rows(Box::pin(pieces.filter_map(|piece| async {
        match piece {
            Ok(Piece::Line(line)) => Some(Ok(line)),
            Ok(Piece::Bytes(_)) => None,
            Err(error) => Some(Err(error)),
        }
    }))))
}

impl Import {
    async fn run(mut self, to: &Sender<Piece>) -> Result<(), ActionError> {
        let mut progress = Progress {
            rows_total: Some(self.scan.rows),
            parts: Some(self.scan.rows.div_ceil(ROWS_MAX)),
            ..Progress::default()
        };
        let (mut counts, mut jobs) = (Counts::default(), Vec::new());
        let (file, scan) = (self.file.clone(), self.scan.clone());
        let mut source = blocking(move || Source::open(&file, &scan)).await?;
        while progress.rows < self.scan.rows {
            progress.part += 1;
            // Parts that their size has cut are more than the rows had promised.
            progress.parts = progress.parts.map(|parts| parts.max(progress.part));
            progress.state = "preparing";
            progress.job_id = None;
            progress.zoho_state = None;
            self.tell(&progress, to).await?;
            let (columns, folder) = (self.columns.clone(), self.spool_dir.clone());
            let (back, (zip, rows)) = blocking(move || {
                let written = part::write(&mut source, &columns, &folder)?;
                Ok((source, written))
            })
            .await?;
            source = back;
            if rows == 0 {
                break;
            }
            let span = Span {
                first: progress.rows + 1,
                rows,
            };
            let done = self.part(zip, span, &mut progress, &mut jobs, to).await;
            counts += done.map_err(|error| self.stopped(error, progress.rows))?;
            progress.rows += rows;
        }
        progress.state = "done";
        self.tell(&progress, to).await?;
        let summary = json!({"summary": {
            "rows": progress.rows,
            "written": counts.inserted + counts.updated,
            "inserted": counts.inserted,
            "updated": counts.updated,
            "refused": counts.refused,
            "unknown": counts.unknown,
            "parts": progress.part,
            "job_ids": jobs,
        }});
        send(to, Piece::Line(row(&summary)?)).await
    }

    /// One part, from its upload to its result.
    async fn part(
        &mut self,
        zip: FileInput,
        span: Span,
        progress: &mut Progress,
        jobs: &mut Vec<RecordId>,
        to: &Sender<Piece>,
    ) -> Result<Counts, ActionError> {
        let job = match self.journal.known(progress.part) {
            Known::Job(id) => Some(id),
            Known::Asked if !self.may_repeat() => None,
            Known::New | Known::Asked => self.create(&zip, progress, to).await?,
        };
        drop(zip);
        let Some(id) = job else {
            let to = to.clone();
            return blocking(move || results::all(span, &to, "unknown", "outcome_unknown", LOST))
                .await;
        };
        jobs.push(id.clone());
        progress.job_id = Some(id.to_string());
        progress.state = "waiting";
        let mut looks = Looks::at("bulk write", id.as_str());
        let job = loop {
            if let Some(job) = looks.seen(self.crm.bulk_write_job(&id).await)? {
                progress.zoho_state = Some(job.status.clone());
                self.tell(progress, to).await?;
                if job.is_settled() {
                    break job;
                }
            }
            looks.pause().await?;
        };
        progress.state = "reading";
        self.tell(progress, to).await?;
        let to = to.clone();
        match self.load(&job).await? {
            Some(file) => blocking(move || results::hand_on(&file, span, &to)).await,
            None => {
                let code = job.resource.first().and_then(|part| part.code.clone());
                let code = code.unwrap_or_else(|| job.status.clone());
                let (status, message) = match job.status.as_str() {
                    "FAILED" => (
                        "refused",
                        format!("Zoho refuses all rows of the job {id}: {code}."),
                    ),
                    _ => (
                        "unknown",
                        format!("The job {id} is {} and has no result.", job.status),
                    ),
                };
                blocking(move || results::all(span, &to, status, &code, &message)).await
            }
        }
    }

    /// Uploads the file and creates its job. `None`: nobody knows whether there is one.
    async fn create(
        &mut self,
        zip: &FileInput,
        progress: &mut Progress,
        to: &Sender<Piece>,
    ) -> Result<Option<RecordId>, ActionError> {
        progress.state = "uploading";
        self.tell(progress, to).await?;
        let sent = || self.crm.upload_bulk_file(&self.zgid, upload(zip, None));
        let file_id = match read(sent).await {
            // A file without a job does nothing, so that it may be sent twice.
            Err(error) if error.is_outcome_unknown() => read(sent).await?,
            other => other?,
        };
        self.journal.asked(progress.part)?;
        let create = || self.job(&file_id);
        let mut created = read(create).await;
        if self.may_repeat() && created.as_ref().is_err_and(zoho::Error::is_outcome_unknown) {
            created = read(create).await;
        }
        match created {
            Ok(id) => {
                self.journal.job(progress.part, &id)?;
                Ok(Some(id))
            }
            Err(error) if error.is_outcome_unknown() => {
                tracing::warn!(%error, part = progress.part, "the answer to a bulk write was lost");
                Ok(None)
            }
            Err(error) => {
                self.journal.refused(progress.part)?;
                Err(error.into())
            }
        }
    }

    fn job(&self, file_id: &RecordId) -> impl Future<Output = Result<RecordId, zoho::Error>> {
        let mut resource = BulkResource::new(&self.module, file_id).file_name(part::NAME);
        if let Some(field) = &self.find_by {
            resource = resource.find_by(field);
        }
        for mapping in &self.columns.mappings {
            resource = resource.mapping(mapping.clone());
        }
        self.crm
            .bulk_write(self.operation)
            .ignore_empty(self.ignores_empty)
            .resource(resource)
            .send()
    }

    /// Whether the same rows may be written twice without harm: they are found again by a field.
    fn may_repeat(&self) -> bool {
        self.find_by.is_some()
    }

    /// The result's zip, on disk; loaded again if it breaks off. `None` if the job has none.
    async fn load(&self, job: &BulkWriteJob) -> Result<Option<FileInput>, ActionError> {
        let mut loads = 0;
        loop {
            loads += 1;
            let Some(file) = read(|| self.crm.bulk_write_result(job)).await? else {
                return Ok(None);
            };
            match spooled(&self.spool_dir, file).await {
                Err(error) if error.class == ErrorClass::Unavailable && loads < LOADS_MAX => {
                    tracing::warn!(%error, job = %job.id, "a result is loaded again");
                }
                done => return done.map(Some),
            }
        }
    }

    async fn tell(&self, progress: &Progress, to: &Sender<Piece>) -> Result<(), ActionError> {
        match self.tells_progress {
            true => send(to, Piece::Line(progress.line()?)).await,
            false => Ok(()),
        }
    }

    /// What can be done about an import that stops in the midst of the file.
    fn stopped(&self, mut error: ActionError, rows: u64) -> ActionError {
        let remedy = match self.journal.is_kept() {
            true => "Send the same again under the same Idempotency-Key within 24 hours: it goes on where it stopped, and \
                     no row is sent twice."
                .to_owned(),
            false => format!(
                "The first {rows} rows are done. Look in Zoho for the others, send what is missing as a file of its own, \
                 and send an Idempotency-Key with it, so that a repeat goes on where it stopped."
            ),
        };
        error.remedy = format!("{} {remedy}", error.remedy).trim().to_owned();
        error
    }
}
