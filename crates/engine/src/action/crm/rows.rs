//! The outcome of a write, row by row, in words.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use zoho::crm::{RecordId, Row, RowError, RowOutcome, UpsertAction, Written};

use super::words::for_caller;
use crate::action::error::shown;
use crate::action::{ActionError, Answer, ErrorClass};
use crate::mapping::explain_refusal;
use crate::model::problem::Problem;

/// The answer of a write of several records.
pub(super) fn all(written: &Written, module: &str, sent: &[Value]) -> Result<Answer, ActionError> {
    let rows: Vec<Value> = written
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| json_of(row, module, sent.get(at)))
        .collect();
    let refused = written
        .rows
        .iter()
        .filter(|row| row.refusal().is_some())
        .count();
    Answer::json(&json!({
        "written": rows.len() - refused, "refused": refused, "rows": rows,
    }))
}

/// The answer of a write of one record; its refusal is the action's.
pub(super) fn only(written: &Written, module: &str, sent: &Value) -> Result<Answer, ActionError> {
    let Some(row) = written.rows.first() else {
        return Err(ActionError::new(
            ErrorClass::OutcomeUnknown,
            "outcome_unknown",
            "Zoho's answer says nothing about the record",
            "Look the record up before you send it again.",
        ));
    };
    let RowOutcome::Refused(error) = &row.outcome else {
        return Answer::json(&json_of(row, module, Some(sent)));
    };
    let problem = explained(error, module, Some(sent));
    let mut failure = ActionError::new(
        class_of(error),
        &problem.code,
        problem.message,
        problem.remedy,
    );
    failure.field = problem.field;
    failure.value = problem.value.as_ref().map(shown);
    failure.zoho_status = Some(written.http_status);
    failure.zoho_details = error.details.clone();
    Err(failure)
}

/// The answer of a deletion. Zoho says of an id that it does not know no more than that it is no valid one.
pub(super) fn deleted(written: &Written, what: &str, id: &RecordId) -> Result<Answer, ActionError> {
    let refusal = written.rows.first().and_then(Row::refusal);
    if refusal.is_some_and(|error| error.code == "INVALID_DATA") {
        return Err(ActionError::no_record(what, id.as_str()));
    }
    only(written, what, &Value::Null)
}

fn class_of(error: &RowError) -> ErrorClass {
    match error.code.as_str() {
        "INVALID_DATA" if error.api_name.as_deref() == Some("id") => ErrorClass::NotFound,
        "NO_PERMISSION" | "OAUTH_SCOPE_MISMATCH" => ErrorClass::Forbidden,
        _ => ErrorClass::Refused,
    }
}

fn json_of(row: &Row, module: &str, sent: Option<&Value>) -> Value {
    let zoho: Value = serde_json::from_str(row.raw.get()).unwrap_or_default();
    match &row.outcome {
        RowOutcome::Success(success) => {
            let mut answer = json!({"status": "written", "id": success.id});
            if let Some(action) = success.action {
                answer["action"] = json!(match action {
                    UpsertAction::Insert => "insert",
                    UpsertAction::Update => "update",
                });
            }
            if let Some(field) = &success.duplicate_field {
                answer["duplicate_field"] = json!(field);
            }
            answer["message"] = json!(success.message);
            answer["zoho"] = zoho;
            answer
        }
        RowOutcome::Refused(error) => {
            let problem = explained(error, module, sent);
            let mut answer = json!({
                "status": "refused", "code": problem.code, "message": problem.message, "remedy": problem.remedy,
            });
            if let Some(field) = problem.field {
                answer["field"] = json!(field);
            }
            if let Some(value) = problem.value {
                answer["value"] = value;
            }
            answer["zoho"] = zoho;
            answer
        }
    }
}

fn explained(error: &RowError, module: &str, sent: Option<&Value>) -> Problem {
    let sent = sent.and_then(|sent| to_raw_value(sent).ok());
    let problem = explain_refusal(
        &error.code,
        &error.message,
        error.api_name.as_deref(),
        &error.details,
        &sent.unwrap_or_else(|| RawValue::NULL.to_owned()),
        module,
    );
    for_caller(problem, module)
}
