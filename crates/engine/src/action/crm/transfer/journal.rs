//! How far an import under an idempotency key has come: a line on disk before each job is created, and one with its id. A
//! repeat reads it, asks Zoho for the jobs that are there, and creates only those that never were.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zoho::crm::RecordId;

use crate::action::files::disk;
use crate::action::{ActionError, Context, ErrorClass};

/// As long as idempotency keys are kept, and an hour more.
const KEPT: Duration = Duration::from_secs(25 * 3_600);

/// What is known of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// No job was created for it.
    New,
    /// A job was asked for, and the answer was lost.
    Asked,
    /// Its job.
    Job(RecordId),
}

/// The journal of one import. Nobody else can open it meanwhile.
#[derive(Debug, Default)]
pub(super) struct Journal {
    file: Option<File>,
    parts: BTreeMap<u64, Known>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Note {
    Asked { part: u64 },
    Refused { part: u64 },
    Job { part: u64, id: RecordId },
}

impl Journal {
    /// Begins a journal; one that is not kept where there is no key.
    pub(super) fn begin(context: &Context) -> Result<Self, ActionError> {
        let Some(path) = path(context) else {
            return Ok(Self::default());
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(disk)?;
            clear(folder, context.connection.now());
        }
        let file = open(&path, true)?;
        file.set_len(0).map_err(disk)?;
        Ok(Self {
            file: Some(file),
            parts: BTreeMap::new(),
        })
    }

    /// The journal of an import that began before; `None`: it has done nothing yet.
    pub(super) fn resume(context: &Context) -> Result<Option<Self>, ActionError> {
        let Some(path) = path(context).filter(|path| path.exists()) else {
            return Ok(None);
        };
        let file = open(&path, false)?;
        let mut parts = BTreeMap::new();
        for line in BufReader::new(&file).lines() {
            // A line that was cut off when the machine stopped was written before its call was made.
            match serde_json::from_str(&line.map_err(disk)?) {
                Ok(Note::Asked { part }) => parts.insert(part, Known::Asked),
                Ok(Note::Refused { part }) => parts.insert(part, Known::New),
                Ok(Note::Job { part, id }) => parts.insert(part, Known::Job(id)),
                Err(_) => continue,
            };
        }
        Ok(Some(Self {
            file: Some(file),
            parts,
        }))
    }

    /// Whether a repeat can go on where this import stops.
    pub(super) fn is_kept(&self) -> bool {
        self.file.is_some()
    }

    pub(super) fn known(&self, part: u64) -> Known {
        self.parts.get(&part).cloned().unwrap_or(Known::New)
    }

    /// A job is asked for next.
    pub(super) fn asked(&mut self, part: u64) -> Result<(), ActionError> {
        self.note(&Note::Asked { part })
    }

    /// Zoho certainly has not created it.
    pub(super) fn refused(&mut self, part: u64) -> Result<(), ActionError> {
        self.note(&Note::Refused { part })
    }

    pub(super) fn job(&mut self, part: u64, id: &RecordId) -> Result<(), ActionError> {
        self.note(&Note::Job {
            part,
            id: id.clone(),
        })
    }

    fn note(&mut self, note: &Note) -> Result<(), ActionError> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(note).map_err(|error| disk(error.into()))?;
        line.insert(0, b'\n');
        line.push(b'\n');
        file.write_all(&line).map_err(disk)?;
        file.sync_data().map_err(disk)
    }
}

fn path(context: &Context) -> Option<PathBuf> {
    let key = context.idempotency_key.as_deref()?;
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    digest.update(context.connection.config.name.as_bytes());
    digest.update(&[0]);
    digest.update(key.as_bytes());
    let name: String = digest
        .finish()
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let folder = context.spool_dir.with_file_name("imports");
    Some(folder.join(format!("{name}.ndjson")))
}

fn open(path: &Path, creates: bool) -> Result<File, ActionError> {
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(creates)
        .open(path)
        .map_err(disk)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::Error(error)) => Err(disk(error)),
        Err(std::fs::TryLockError::WouldBlock) => {
            let mut error = ActionError::new(
                ErrorClass::Conflict,
                "request_running",
                "the import with this Idempotency-Key is at work",
                "Send it again when the first answer has ended.",
            );
            error.retry_after = Some(Duration::from_secs(5));
            Err(error)
        }
    }
}

/// Removes journals whose keys are forgotten.
fn clear(folder: &Path, now: Timestamp) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let changed = entry.metadata().and_then(|about| about.modified());
        let changed = changed.ok().and_then(|time| Timestamp::try_from(time).ok());
        if changed.is_some_and(|changed| now.duration_since(changed).unsigned_abs() > KEPT) {
            // What cannot be removed now is tried again with the next import.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
