//! Reads the answer of a write: one row per record sent, or an error of the whole call.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Row, RowOutcome};
use crate::Error;
use crate::answer::Reply;

/// The answer of a write that Zoho has processed, whatever became of the single records.
#[derive(Clone, Debug)]
pub struct Written {
    /// 200 or 201 if all records succeeded, 207 for a mixture, 400 (or 412) if none did.
    pub http_status: u16,
    /// Credits that the call cost.
    pub credits: u32,
    /// From sending the last attempt to reading its answer.
    pub elapsed: Duration,
    /// One row per record sent, in the order sent.
    pub rows: Vec<Row>,
    /// Records beyond the first that Zoho made from a single recurring task or event, one row each.
    pub occurrences: Vec<Row>,
}

impl Written {
    /// True if every record was accepted.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.rows.iter().all(|row| row.success().is_some())
    }
}

#[derive(Deserialize)]
struct Items<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

/// Understands an answer to `sent` records.
pub(super) fn read(reply: &Reply<'_>, sent: usize) -> Result<Written, Error> {
    let status = reply.answer.status;
    if matches!(status, 300..=399 | 401 | 429 | 500..) {
        return Err(reply.refusal());
    }
    let Ok(items) = serde_json::from_slice::<Items<'_>>(&reply.answer.body) else {
        return Err(match reply.wire_error() {
            Some(wire) if wire.status == "error" || status >= 400 => reply.refused(wire),
            _ => reply.no_json(),
        });
    };
    if let [only] = items.data.as_slice()
        && let Some(error) = whole_call_refusal(reply, only, sent)
    {
        return Err(error);
    }
    let rows: Option<Vec<Row>> = items.data.iter().map(|item| Row::read(item)).collect();
    let mut rows = rows.ok_or_else(|| {
        reply.broken("a row of the answer is neither a success with an id nor an error")
    })?;
    let is_recurring =
        sent == 1 && rows.len() > 1 && rows.iter().all(|row| row.success().is_some());
    let occurrences = if is_recurring {
        rows.split_off(1)
    } else {
        Vec::new()
    };
    if rows.len() != sent {
        return Err(reply.broken(format!(
            "{sent} records were sent and {} rows came back",
            rows.len()
        )));
    }
    Ok(Written {
        http_status: status,
        credits: reply.call.cost.credits,
        elapsed: reply.answer.elapsed,
        rows,
        occurrences,
    })
}

/// Zoho draws some refusals of the whole call as the only item of `data`. They are told from a refused record by their
/// number, or by details that point at the URL's module, a parameter or the array itself.
fn whole_call_refusal(reply: &Reply<'_>, only: &RawValue, sent: usize) -> Option<Error> {
    let row = Row::read(only)?;
    let RowOutcome::Refused(refusal) = &row.outcome else {
        return None;
    };
    let points_elsewhere = refusal
        .details
        .get("resource_path_index")
        .is_some_and(|index| index == 0)
        || refusal.details.contains_key("param_name")
        || refusal.api_name.as_deref() == Some("data");
    (sent != 1 || points_elsewhere).then(|| reply.refusal())
}
