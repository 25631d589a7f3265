//! What became of each row, printed in the order of the request, and the status that follows from all of them.

use axum::http::StatusCode;

use super::written;
use crate::catalog::Refusal;
use crate::http::Answer;
use crate::rows::{Action, Written};
use crate::world::{Record, World, write_time};

/// What became of one row.
pub(crate) type Outcome = Result<Written, Refusal>;

/// Which write it was: the items differ a little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Insert,
    Update,
    Upsert,
}

/// 201 or 200 when all rows went well, 400 when none did, 207 in between. All too late for `If-Unmodified-Since`: 412.
fn status(kind: Kind, outcomes: &[Outcome]) -> StatusCode {
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    if failed == 0 {
        return if kind == Kind::Insert {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
    }
    if failed < outcomes.len() {
        return StatusCode::MULTI_STATUS;
    }
    let is_late = |outcome: &Outcome| {
        outcome
            .as_ref()
            .is_err_and(|refusal| refusal.status == StatusCode::PRECONDITION_FAILED)
    };
    if outcomes.iter().all(is_late) {
        StatusCode::PRECONDITION_FAILED
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// The answer of a write.
pub(crate) fn answer(world: &World, table: usize, kind: Kind, outcomes: &[Outcome]) -> Answer {
    let table = &world.tables[table];
    let mut out = Vec::with_capacity(64 + outcomes.len() * 420);
    out.extend_from_slice(b"{\"data\":[");
    let mut times = Times {
        offset_minutes: world.organisation.utc_offset_minutes,
        last: None,
    };
    let mut records = Vec::with_capacity(outcomes.len());
    for (number, outcome) in outcomes.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        match outcome {
            Err(refusal) => out.extend_from_slice(refusal.to_json().to_string().as_bytes()),
            Ok(row) => {
                records.push(written(table, row.id, row.action));
                if let Some(record) = table.rows.get(&row.id) {
                    print_success(&mut out, world, table, record, row, kind, &mut times);
                }
            }
        }
    }
    out.extend_from_slice(b"]}");
    let mut answer = Answer::json_bytes(status(kind, outcomes), out);
    answer.written = records;
    answer
}

fn print_success(
    out: &mut Vec<u8>,
    world: &World,
    table: &crate::world::Table,
    record: &Record,
    row: &Written,
    kind: Kind,
    times: &mut Times,
) {
    out.extend_from_slice(b"{\"code\":\"SUCCESS\"");
    if kind == Kind::Upsert {
        out.extend_from_slice(b",\"duplicate_field\":");
        match row.duplicate_field {
            None => out.extend_from_slice(b"null"),
            Some(position) => {
                out.push(b'"');
                out.extend_from_slice(table.module.field_at(position).api_name.as_bytes());
                out.push(b'"');
            }
        }
        out.extend_from_slice(b",\"action\":\"");
        out.extend_from_slice(row.action.name().as_bytes());
        out.push(b'"');
    }
    out.extend_from_slice(b",\"details\":{\"Modified_Time\":\"");
    times.print(out, record.modified_at);
    out.extend_from_slice(b"\",\"Modified_By\":");
    print_person(out, world, record.modified_by);
    out.extend_from_slice(b",\"Created_Time\":\"");
    times.print(out, record.created_at);
    out.extend_from_slice(b"\",\"id\":\"");
    out.extend_from_slice(record.id.to_string().as_bytes());
    out.extend_from_slice(b"\",\"Created_By\":");
    print_person(out, world, record.created_by);
    let is_insert = row.action == Action::Insert;
    if is_insert {
        out.extend_from_slice(b",\"$approval_state\":\"approved\"");
    }
    let message: &[u8] = if is_insert {
        b"record added"
    } else {
        b"record updated"
    };
    out.extend_from_slice(b"},\"message\":\"");
    out.extend_from_slice(message);
    out.extend_from_slice(b"\",\"status\":\"success\"}");
}

/// A user in the details of a write: name and id, no e-mail.
pub(super) fn print_person(out: &mut Vec<u8>, world: &World, id: u64) {
    let name = world
        .user(id)
        .map(crate::world::User::full_name)
        .unwrap_or_default();
    out.extend_from_slice(b"{\"name\":");
    crate::rows::print_text(out, &name);
    out.extend_from_slice(b",\"id\":\"");
    out.extend_from_slice(id.to_string().as_bytes());
    out.extend_from_slice(b"\"}");
}

/// Rows of one call mostly share their times, so the last one is kept as text.
struct Times {
    offset_minutes: i32,
    last: Option<(i64, Vec<u8>)>,
}

impl Times {
    fn print(&mut self, out: &mut Vec<u8>, seconds: i64) {
        match &self.last {
            Some((known, text)) if *known == seconds => out.extend_from_slice(text),
            _ => {
                let mut text = Vec::with_capacity(25);
                write_time(&mut text, seconds, self.offset_minutes);
                out.extend_from_slice(&text);
                self.last = Some((seconds, text));
            }
        }
    }
}
