//! What became of the rows of a part, a line for each.

use std::ops::AddAssign;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::Sender;

use super::stream::send_blocking;
use super::{Piece, csv_in, strange};
use crate::action::answer::row;
use crate::action::{ActionError, FileInput};

/// Rows by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) refused: u64,
    pub(super) unknown: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.refused += other.refused;
        self.unknown += other.unknown;
    }
}

/// Rows of a part: the number of the first one in the file, from 1, and how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: u64,
    pub(super) rows: u64,
}

/// Hands on what Zoho's result file says. Zoho lists the rows in the order in which they were sent, and repeats up to
/// three of their columns. For threads that may block.
pub(super) fn hand_on(
    zip: &FileInput,
    span: Span,
    to: &Sender<Piece>,
) -> Result<Counts, ActionError> {
    csv_in(zip, |mut csv| {
        let mut headings = csv::StringRecord::new();
        csv.read_record(&mut headings).map_err(strange)?;
        let place = |name: &str| {
            let found = headings.iter().position(|heading| heading == name);
            found.ok_or_else(|| strange(format!("it has no column {name}")))
        };
        let (status, id, errors) = (place("STATUS")?, place("RECORD_ID")?, place("ERRORS")?);
        let (mut counts, mut told) = (Counts::default(), 0);
        let mut record = csv::StringRecord::new();
        while csv.read_record(&mut record).map_err(strange)? {
            if told == span.rows {
                return Err(strange(format!("it has more than {} rows", span.rows)));
            }
            let cell = |place: usize| record.get(place).unwrap_or_default().trim();
            let mut line = line_of(cell(status), cell(id), cell(errors), &mut counts);
            let shown: Map<String, Value> = headings
                .iter()
                .take(status)
                .zip(&record)
                .map(|(name, value)| (name.to_owned(), Value::from(value)))
                .collect();
            line.insert("values".to_owned(), Value::Object(shown));
            send_blocking(to, Piece::Line(numbered(span.first + told, line)?))?;
            told += 1;
        }
        let rest = Span {
            first: span.first + told,
            rows: span.rows - told,
        };
        let why = "Zoho's result says nothing of the row.";
        counts += all(rest, to, "unknown", "unknown_answer", why)?;
        Ok(counts)
    })
}

/// Says the same of all rows: `refused` or `unknown`. For threads that may block.
pub(super) fn all(
    span: Span,
    to: &Sender<Piece>,
    status: &str,
    code: &str,
    message: &str,
) -> Result<Counts, ActionError> {
    let same = json!({"status": status, "code": code, "message": message});
    let Value::Object(same) = same else {
        return Ok(Counts::default());
    };
    for number in span.first..span.first + span.rows {
        send_blocking(to, Piece::Line(numbered(number, same.clone())?))?;
    }
    let (refused, unknown) = match status {
        "refused" => (span.rows, 0),
        _ => (0, span.rows),
    };
    Ok(Counts {
        refused,
        unknown,
        ..Counts::default()
    })
}

fn numbered(number: u64, mut line: Map<String, Value>) -> Result<Box<RawValue>, ActionError> {
    line.shift_insert(0, "row".to_owned(), Value::from(number));
    row(&line)
}

fn line_of(status: &str, id: &str, errors: &str, counts: &mut Counts) -> Map<String, Value> {
    let mut line = Map::new();
    let mut set = |name: &str, value: &str| {
        if !value.is_empty() {
            line.insert(name.to_owned(), Value::from(value));
        }
    };
    let action = match status {
        "ADDED" => {
            counts.inserted += 1;
            Some("insert")
        }
        "UPDATED" => {
            counts.updated += 1;
            Some("update")
        }
        _ => None,
    };
    if let Some(action) = action {
        set("status", "written");
        set("action", action);
        set("id", id);
    } else if matches!(status, "SKIPPED" | "UNPROCESSED") {
        counts.refused += 1;
        let told = explain(errors, status);
        set("status", "refused");
        set("id", id);
        set("code", &told.code);
        set("field", &told.field);
        set("message", &told.message);
        set("zoho_errors", errors);
    } else {
        counts.unknown += 1;
        set("status", "unknown");
        set("id", id);
        set("code", "unknown_answer");
        set(
            "message",
            &format!("Zoho calls the row {status:?}, which is not known here."),
        );
        set("zoho_errors", errors);
    }
    line
}

/// The first code and field, and all of them in words.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    code: String,
    field: String,
    message: String,
}

/// `CODE-Field,Field:CODE-Field` in words.
fn explain(errors: &str, status: &str) -> Told {
    let each: Vec<(&str, &str)> = errors
        .split(':')
        .filter(|error| !error.is_empty())
        .map(|error| error.split_once('-').unwrap_or((error, "")))
        .collect();
    let Some((code, fields)) = each.first() else {
        return Told {
            code: status.to_owned(),
            field: String::new(),
            message: match status {
                "UNPROCESSED" => "Zoho did not process the row.".to_owned(),
                _ => "Zoho skipped the row and gives no reason.".to_owned(),
            },
        };
    };
    let sentences = each.iter().map(|(code, fields)| sentence(code, fields));
    Told {
        code: (*code).to_owned(),
        field: fields.split(',').next().unwrap_or_default().to_owned(),
        message: sentences.collect::<Vec<_>>().join(" "),
    }
}

fn sentence(code: &str, fields: &str) -> String {
    let names = fields.replace(',', ", ");
    let names = names.as_str();
    match (code, names) {
        ("MANDATORY_NOT_FOUND", "") => "A mandatory value is missing.".to_owned(),
        ("MANDATORY_NOT_FOUND", _) => format!("A mandatory value is missing: {names}."),
        ("INVALID_DATA", "") => "A value does not fit its field.".to_owned(),
        ("INVALID_DATA", _) => format!("The value does not fit the field: {names}."),
        ("DUPLICATE_DATA", "") => "A record with these values is there already.".to_owned(),
        ("DUPLICATE_DATA", _) => format!("A record with this value is there already: {names}."),
        ("RESOURCE_NOT_FOUND", "") => "There is no such record.".to_owned(),
        ("RESOURCE_NOT_FOUND", _) => format!("There is no record with this value: {names}."),
        ("NOT_APPROVED", _) => "The record waits for an approval.".to_owned(),
        ("BLOCKED_RECORD", _) => "The record is locked by a process.".to_owned(),
        ("LIMIT_EXCEEDED", _) => format!("More than Zoho takes: {names}."),
        ("CANNOT_PROCESS", _) => format!("Zoho cannot process the row. {names}"),
        (_, "") => format!("Zoho refuses the row: {code}."),
        _ => format!("Zoho refuses the row: {code} ({names})."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_in_words() {
        let told = explain(
            "MANDATORY_NOT_FOUND-Company,Last_Name:DUPLICATE_DATA-Email",
            "SKIPPED",
        );
        assert_eq!(
            told,
            Told {
                code: "MANDATORY_NOT_FOUND".to_owned(),
                field: "Company".to_owned(),
                message: "A mandatory value is missing: Company, Last_Name. A record with this value is there already: Email."
                    .to_owned(),
            }
        );
        assert_eq!(
            explain("", "UNPROCESSED").message,
            "Zoho did not process the row."
        );
        assert_eq!(
            explain("NEW_WORD", "SKIPPED").message,
            "Zoho refuses the row: NEW_WORD."
        );
    }
}
