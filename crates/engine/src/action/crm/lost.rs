//! What became of changes and deletions whose answer was lost.

use std::collections::HashSet;

use futures_util::{FutureExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use zoho::crm::{Converted, Record, RecordId};

use super::records::looked_up;
use crate::action::{ActionError, Answer, Context, ErrorClass, Inputs, Sought, read};
use crate::delivery::likeness::{Held, fields_changed, held};

/// What Zoho's times leave out (they are whole seconds), and what well-kept clocks differ by.
const ROUNDING: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);
/// By how much Zoho's clock may be behind ours.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// Records that one call reads by their ids.
const IDS_MAX: usize = 100;
const LOOK_AT_IT: &str =
    "Look at the record in Zoho; if it lacks the change, send it under another Idempotency-Key.";

/// Whether a lost change of one record was made.
pub(super) fn changed_one<'a>(
    context: &'a Context,
    inputs: &'a Inputs,
    since: Timestamp,
) -> Sought<'a> {
    async move {
        let record = super::records::one_record(inputs)?;
        let done = changed(context, inputs, since, &[record]).await?;
        done.then(|| Answer::json(&looked_up(inputs.text("record_id"))))
            .transpose()
    }
    .boxed()
}

/// The same for several: all of them, or none.
pub(super) fn changed_many<'a>(
    context: &'a Context,
    inputs: &'a Inputs,
    since: Timestamp,
) -> Sought<'a> {
    async move {
        let records: Vec<Map<String, Value>> = inputs
            .records("records")
            .iter()
            .filter_map(|record| record.as_object().cloned())
            .collect();
        let ids: Vec<String> = records.iter().filter_map(id_of).collect();
        let done = changed(context, inputs, since, &records).await?;
        done.then(|| rows(&ids)).transpose()
    }
    .boxed()
}

/// Whether lost deletions were made: none of the records is there any more.
pub(super) fn deleted_many<'a>(
    context: &'a Context,
    inputs: &'a Inputs,
    _: Timestamp,
) -> Sought<'a> {
    async move {
        let ids = inputs.texts("record_ids");
        let left: HashSet<String> = there(context, inputs, &ids, vec!["Modified_Time"])
            .await?
            .iter()
            .filter_map(|record| Some(record.id()?.to_string()))
            .collect();
        let (left, gone): (Vec<String>, Vec<String>) =
            ids.into_iter().partition(|id| left.contains(id));
        match (left.is_empty(), gone.is_empty()) {
            (true, _) => rows(&gone).map(Some),
            (false, true) => Ok(None),
            (false, false) => Err(unclear(
                format!(
                    "the answer was lost; these records are there still: {}",
                    left.join(", ")
                ),
                "Zoho may have refused to delete them. Look them up, and delete what is left under another Idempotency-Key.",
            )),
        }
    }
    .boxed()
}

/// Whether all records hold what they were to get, written since an instant. A record that does not, and that nobody has
/// written since, may be sent again; one that somebody has written since may not, or his change would be lost. A change
/// that was to be refused on a record that others had written is sent again only if it certainly did nothing: Zoho would
/// take its first try for somebody else's.
async fn changed(
    context: &Context,
    inputs: &Inputs,
    since: Timestamp,
    wanted: &[Map<String, Value>],
) -> Result<bool, ActionError> {
    let ids: Vec<String> = wanted.iter().filter_map(id_of).collect();
    let values: Vec<&Map<String, Value>> = wanted.iter().collect();
    let fields = fields_changed("Modified_Time", &values);
    let read: HashSet<&str> = fields.iter().copied().collect();
    let records = there(context, inputs, &ids, fields).await?;
    let is_once = inputs.has("if_unmodified_since");
    let before = |span| since.saturating_sub(span).unwrap_or(since);
    let (earliest, untouched_until) = match is_once {
        true => (before(ROUNDING), before(SKEW)),
        false => (before(ROUNDING), since),
    };
    let (mut done, mut is_done) = (None, true);
    for values in wanted {
        let record = id_of(values).and_then(|id| {
            records
                .iter()
                .find(|record| record.id().is_some_and(|found| found.as_str() == id))
        });
        // What is not there is Zoho's to refuse.
        let Some(record) = record else {
            is_done = false;
            continue;
        };
        let id = || record.id().map(|id| id.to_string()).unwrap_or_default();
        let modified: Option<Timestamp> = record
            .text("Modified_Time")
            .and_then(|text| text.parse().ok());
        let held = held(record.as_map(), values, Some(&read));
        if held == Held::All && modified.is_some_and(|modified| modified >= earliest) {
            done = Some(id());
        } else if (is_once || held != Held::All)
            && modified.is_some_and(|modified| modified > untouched_until)
        {
            return Err(unclear(
                format!(
                    "the answer was lost, and record {} was changed since, but does not show all that was sent: another change may \
                     have followed, or Zoho keeps the values in a form of its own",
                    id()
                ),
                LOOK_AT_IT,
            ));
        } else {
            is_done = false;
        }
    }
    match done {
        Some(done) if is_once && !is_done => Err(unclear(
            format!("the answer was lost; record {done} shows its change, and others do not"),
            LOOK_AT_IT,
        )),
        _ => Ok(is_done),
    }
}

async fn there(
    context: &Context,
    inputs: &Inputs,
    ids: &[String],
    fields: Vec<&str>,
) -> Result<Vec<Record>, ActionError> {
    let module = inputs.text("module");
    let mut found = Vec::new();
    for ids in ids.chunks(IDS_MAX) {
        let ids: Vec<RecordId> = ids.iter().map(RecordId::new).collect::<Result<_, _>>()?;
        let mut list = context
            .crm()
            .list(module)
            .fields(fields.iter().copied())
            .ids(ids);
        if module == "Leads" {
            list = list.converted(Converted::Both);
        }
        let records: Vec<Record> = read(|| list.clone().stream().try_collect()).await?;
        found.extend(records);
    }
    Ok(found)
}

fn id_of(record: &Map<String, Value>) -> Option<String> {
    match record.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn rows(ids: &[String]) -> Result<Answer, ActionError> {
    let rows: Vec<Value> = ids.iter().map(|id| looked_up(id)).collect();
    Answer::json(&json!({ "written": rows.len(), "refused": 0, "rows": rows }))
}

fn unclear(message: String, remedy: &str) -> ActionError {
    ActionError::new(
        ErrorClass::OutcomeUnknown,
        "outcome_unknown",
        message,
        remedy,
    )
}
