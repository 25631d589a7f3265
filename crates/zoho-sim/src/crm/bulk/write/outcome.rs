//! What became of one row, and the file that tells it.

use serde_json::Value;

use super::sheet::Sheet;
use crate::catalog::Refusal;
use crate::rows::Action;
use crate::world::bulk::{Counts, Mapping, WriteResource};

/// Columns of the file that are repeated in the result.
const SHOWN_COLUMNS: usize = 3;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Added(u64),
    Updated(u64),
    /// With the record that was there, if any, and the errors.
    Skipped(Option<u64>, String),
    /// The record that it belongs to was not written.
    Unprocessed,
}

impl Outcome {
    pub(super) fn of(action: Action, id: u64) -> Self {
        match action {
            Action::Update => Self::Updated(id),
            _ => Self::Added(id),
        }
    }

    pub(super) fn refused(refusal: &Refusal) -> Self {
        let id = refusal.details.get("id").and_then(Value::as_str);
        let id = id.and_then(crate::world::parse_id);
        Self::Skipped(id, errors(refusal))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Added(_) => "ADDED",
            Self::Updated(_) => "UPDATED",
            Self::Skipped(..) => "SKIPPED",
            Self::Unprocessed => "UNPROCESSED",
        }
    }
}

/// `CODE-Column`, several joined by colons.
fn errors(refusal: &Refusal) -> String {
    let all = refusal.details.get("errors").and_then(Value::as_array);
    match all {
        Some(all) => {
            let each = all.iter().filter_map(|error| {
                let code = error.get("code")?.as_str()?;
                Some(with_column(code, error.get("details")))
            });
            each.collect::<Vec<_>>().join(":")
        }
        None => with_column(refusal.code, Some(&refusal.details)),
    }
}

fn with_column(code: &str, details: Option<&Value>) -> String {
    let column = details.and_then(|details| details.get("api_name")?.as_str());
    match column {
        None => code.to_owned(),
        Some(column) => format!("{code}-{column}"),
    }
}

pub(super) fn count(outcomes: &[Outcome]) -> Counts {
    let mut counts = Counts {
        total: outcomes.len(),
        ..Counts::default()
    };
    for outcome in outcomes {
        match outcome {
            Outcome::Added(_) => counts.added += 1,
            Outcome::Updated(_) => counts.updated += 1,
            Outcome::Skipped(..) | Outcome::Unprocessed => counts.skipped += 1,
        }
    }
    counts
}

/// The file of one resource: the first mapped columns, then what became of the row. `None` never, as writing into memory does
/// not fail.
pub(super) fn print(
    resource: &WriteResource,
    sheet: &Sheet,
    outcomes: &[Outcome],
) -> Option<(String, Vec<u8>)> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let columns: Vec<&Mapping> = resource
        .mappings
        .iter()
        .filter(|mapping| mapping.index.is_some())
        .take(SHOWN_COLUMNS)
        .collect();
    for mapping in &columns {
        csv.write_field(&mapping.api_name).ok()?;
    }
    csv.write_record(["STATUS", "RECORD_ID", "ERRORS"]).ok()?;
    for (row, outcome) in outcomes.iter().enumerate() {
        for mapping in &columns {
            csv.write_field(sheet.cell(row, mapping.index.unwrap_or(0)))
                .ok()?;
        }
        let (id, errors) = match outcome {
            Outcome::Added(id) | Outcome::Updated(id) => (Some(*id), ""),
            Outcome::Skipped(id, errors) => (*id, errors.as_str()),
            Outcome::Unprocessed => (None, ""),
        };
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        csv.write_record([outcome.name(), id.as_str(), errors])
            .ok()?;
    }
    let name = format!("{}-{}", resource.module, resource.file_name);
    Some((name, csv.into_inner().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{self, Place};

    #[test]
    fn errors_name_code_and_column() {
        let missing = catalog::mandatory_not_found(Place {
            row: 1,
            field: "Last_Name",
        });
        let taken = catalog::duplicate_data(serde_json::json!({"api_name": "Email", "id": "42"}));
        assert_eq!(errors(&missing), "MANDATORY_NOT_FOUND-Last_Name");
        assert_eq!(
            Outcome::refused(&taken),
            Outcome::Skipped(Some(42), "DUPLICATE_DATA-Email".to_owned())
        );
        let both = catalog::multiple_errors(&[missing, taken]);
        assert_eq!(
            errors(&both),
            "MANDATORY_NOT_FOUND-Last_Name:DUPLICATE_DATA-Email"
        );
    }
}
