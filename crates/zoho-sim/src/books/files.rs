//! Files that hang on records: attachments, the receipt of an expense, documents by their id.

use axum::http::{HeaderValue, StatusCode, header};
use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::problem::Problem;
use super::registry::RecordType;
use super::state::{File, Organisation};
use super::write::Hand;
use crate::http::{Answer, FormPart};
use crate::world::blob::Blob;

/// Published for delivery challans. unknown: for the others.
const BYTES_MAX: usize = 10 * 1024 * 1024;
/// Files of one organisation.
const FILES_MAX: usize = 10_000;

const TYPES: [(&str, &str); 7] = [
    ("gif", "image/gif"),
    ("png", "image/png"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("bmp", "image/bmp"),
    ("pdf", "application/pdf"),
    ("csv", "text/csv"),
];

/// Adds the files of a call to a record; a receipt takes the place of the one before.
pub(super) fn attach(
    organisation: &mut Organisation,
    kind: &RecordType,
    record: u64,
    parts: &[FormPart],
    is_receipt: bool,
    hand: Hand<'_>,
) -> Result<Vec<Datum>, Problem> {
    let part_name = if is_receipt { "receipt" } else { "attachment" };
    let parts: Vec<&FormPart> = parts
        .iter()
        .filter(|part| part.name.starts_with(part_name))
        .collect();
    if parts.is_empty() {
        return Err(Problem::invalid_value(part_name));
    }
    if organisation.files.len() + parts.len() > FILES_MAX {
        return Err(Problem::wrong_state("The organization is full."));
    }
    for part in &parts {
        let name = part.filename.as_deref().unwrap_or_default();
        if part.bytes.len() > BYTES_MAX || content_type(name).is_none() {
            return Err(Problem::invalid_value(part_name));
        }
    }
    if is_receipt {
        detach(organisation, kind, record, Meant::Receipts);
    }
    let mut documents = Vec::new();
    for part in parts {
        let name = part.filename.clone().unwrap_or_default();
        let id = organisation.next_id();
        let file = File {
            id,
            kind: kind.name.clone(),
            record,
            is_receipt,
            content_type: content_type(&name).unwrap_or_default().to_owned(),
            name,
            at: hand.now,
            bytes: Blob(part.bytes.clone()),
        };
        documents.push(Datum::Object(described(&file)));
        organisation.files.insert(id, file);
    }
    Ok(documents)
}

fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let known = TYPES.iter();
    let mut known = known.filter(|(known, _)| known.eq_ignore_ascii_case(ending));
    known.next().map(|(_, kind)| *kind)
}

/// A file as records list it.
pub(super) fn described(file: &File) -> Document {
    let mut document = Document::default();
    document.set("document_id", file.id.to_string());
    document.set("file_name", file.name.as_str());
    let ending = file.name.rsplit_once('.').map_or("", |(_, ending)| ending);
    document.set("file_type", ending);
    let bytes = i64::try_from(file.bytes.0.len()).unwrap_or(i64::MAX);
    document.set("file_size", bytes);
    let kilobytes = Decimal::from(bytes) / Decimal::from(1024);
    document.set(
        "file_size_formatted",
        format!("{} KB", kilobytes.round_dp(1)),
    );
    document
}

/// The files of a record.
pub(super) fn of<'o>(
    organisation: &'o Organisation,
    kind: &'o str,
    record: u64,
) -> impl DoubleEndedIterator<Item = &'o File> {
    let files = organisation.files.values();
    files.filter(move |file| file.kind == kind && file.record == record)
}

/// Which files of a record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meant {
    Attachments,
    Receipts,
    One(u64),
}

impl Meant {
    /// By the last word of a path.
    pub(super) fn of_path(last: &str) -> Self {
        if last == "receipt" {
            Self::Receipts
        } else {
            Self::Attachments
        }
    }

    pub(super) fn has(self, file: &File) -> bool {
        match self {
            Self::Attachments => !file.is_receipt,
            Self::Receipts => file.is_receipt,
            Self::One(id) => file.id == id,
        }
    }
}

/// Takes files of a record away, and tells how many they were.
pub(super) fn detach(
    organisation: &mut Organisation,
    kind: &RecordType,
    record: u64,
    meant: Meant,
) -> usize {
    organisation
        .take_files(|file| file.kind == kind.name && file.record == record && meant.has(file))
}

/// The bytes of a file.
pub(super) fn download(file: &File) -> Answer {
    let mut answer = Answer::empty(StatusCode::OK);
    answer.body = file.bytes.0.clone();
    let named = format!(
        "attachment; filename=\"{}\"",
        file.name.replace(['"', '\\'], "_")
    );
    for (name, value) in [
        (header::CONTENT_TYPE, file.content_type.clone()),
        (header::CONTENT_DISPOSITION, named),
    ] {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            answer.headers.push((name, value));
        }
    }
    answer
}
