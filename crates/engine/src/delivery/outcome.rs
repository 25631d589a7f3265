//! What a row's fate means for its delivery: delivered, another try, or a dead letter. A pure function.

use zoho::ErrorKind;
use zoho::crm::{RowError, RowOutcome, UpsertAction};

use crate::mapping::explain_refusal;
use crate::model::attempt::Verdict;
use crate::model::delivery::{Action, Operation};
use crate::model::problem::{Problem, Stage};
use crate::store::lease::LeasedRow;
use crate::store::settle::{NewAttempt, Settled};

use super::lane::Lane;
use super::schedule::{chance, next_due_at};
use super::send::Fate;

/// What is known beside the row itself.
#[derive(Debug)]
pub(crate) struct Circumstances<'a> {
    pub lane: &'a Lane,
    /// Rows of the call.
    pub rows: usize,
    /// When the call began.
    pub started_at: i64,
    pub now: i64,
    /// When the connection's gate opens again, if this call has closed it.
    pub gate_opens_at: Option<i64>,
}

/// The next state of a delivery.
#[must_use]
pub(crate) fn settle(row: &LeasedRow, fate: Fate, circumstances: &Circumstances<'_>) -> Settled {
    match fate {
        Fate::Unfit(problems) => dead(row, combine(problems), None, circumstances.now),
        Fate::Found(record_id) => {
            let message =
                "An earlier try had got through; the record was found and nothing was sent again."
                    .to_owned();
            delivered(
                row,
                record_id,
                Action::Found,
                attempt(row, Verdict::Delivered, "FOUND", message, None),
                circumstances.now,
            )
        }
        Fate::Answered(answer) => {
            let raw = Some(answer.raw.get().to_owned());
            match answer.outcome {
                RowOutcome::Success(success) => {
                    let action = match (circumstances.lane.operation, success.action) {
                        (Operation::Upsert, Some(UpsertAction::Update)) => Action::Update,
                        _ => Action::Insert,
                    };
                    let attempt = attempt(row, Verdict::Delivered, "SUCCESS", success.message, raw);
                    delivered(
                        row,
                        success.id.as_str().to_owned(),
                        action,
                        attempt,
                        circumstances.now,
                    )
                }
                RowOutcome::Refused(refusal) => refused(row, &refusal, raw, circumstances),
            }
        }
        Fate::CallFailed(error) => call_failed(row, &error, circumstances),
        Fate::NotTried(error) => not_tried(row, &error, circumstances),
        Fate::TooLate => given_back(row, circumstances.now),
    }
}

fn refused(
    row: &LeasedRow,
    refusal: &RowError,
    raw: Option<String>,
    circumstances: &Circumstances<'_>,
) -> Settled {
    let record = serde_json::value::RawValue::from_string(row.record.clone()).unwrap_or_default();
    let problem = explain_refusal(
        &refusal.code,
        &refusal.message,
        refusal.api_name.as_deref(),
        &refusal.details,
        &record,
        &circumstances.lane.module,
    );
    let tried = |verdict| {
        attempt(
            row,
            verdict,
            &refusal.code,
            refusal.message.clone(),
            raw.clone(),
        )
    };
    if !refusal.is_transient() {
        return dead(
            row,
            problem,
            Some(tried(Verdict::Permanent)),
            circumstances.now,
        );
    }
    again(row, problem, tried, circumstances)
}

fn call_failed(row: &LeasedRow, error: &zoho::Error, circumstances: &Circumstances<'_>) -> Settled {
    let code = error_code(error);
    let problem = call_problem(error, row, circumstances.lane);
    let tried = |verdict| attempt(row, verdict, &code, error.to_string(), None);
    let mut settled = match error.kind() {
        // One bad record can spoil the call for all: from now on each goes alone, and the bad one shows itself.
        ErrorKind::Refused | ErrorKind::Decode | ErrorKind::Input if circumstances.rows > 1 => {
            Settled {
                is_solo: true,
                ..waiting(
                    row,
                    problem,
                    Some(tried(Verdict::Continue)),
                    circumstances.now,
                )
            }
        }
        ErrorKind::Refused | ErrorKind::Decode | ErrorKind::Input => dead(
            row,
            problem,
            Some(tried(Verdict::Permanent)),
            circumstances.now,
        ),
        _ => again(row, problem, tried, circumstances),
    };
    if error.is_outcome_unknown() && !row.has_key {
        settled.uncertain_since = Some(row.uncertain_since.unwrap_or(circumstances.started_at));
    }
    settled
}

/// Nothing was sent, so no try is counted; the delivery waits until the connection can be used again.
fn not_tried(row: &LeasedRow, error: &zoho::Error, circumstances: &Circumstances<'_>) -> Settled {
    let problem = call_problem(error, row, circumstances.lane);
    if error.kind() == ErrorKind::Refused {
        // The module's metadata is refused as a whole: INVALID_MODULE, for one. Waiting does not help.
        return dead(row, problem, None, circumstances.now);
    }
    let soonest = circumstances.now + 1_000_000;
    waiting(
        row,
        problem,
        None,
        circumstances.gate_opens_at.unwrap_or(soonest).max(soonest),
    )
}

/// Due again at once, as if it had never been claimed.
fn given_back(row: &LeasedRow, now: i64) -> Settled {
    Settled {
        seq: row.seq,
        state: if row.attempts > 0 {
            "retrying"
        } else {
            "pending"
        },
        due_at: Some(now),
        settled_at: None,
        is_solo: row.is_solo,
        uncertain_since: row.uncertain_since,
        record_id: None,
        action: None,
        problem: None,
        attempt: None,
    }
}

/// Another try later, or the end of patience.
fn again(
    row: &LeasedRow,
    problem: Problem,
    tried: impl Fn(Verdict) -> NewAttempt,
    circumstances: &Circumstances<'_>,
) -> Settled {
    let attempts = row.attempts + 1;
    match next_due_at(
        attempts,
        row.created_at,
        circumstances.now,
        chance(row.seq, attempts),
    ) {
        Some(due_at) => {
            let due_at = due_at.max(circumstances.gate_opens_at.unwrap_or(due_at));
            waiting(row, problem, Some(tried(Verdict::Continue)), due_at)
        }
        None => dead(
            row,
            problem,
            Some(tried(Verdict::Exhausted)),
            circumstances.now,
        ),
    }
}

fn attempt(
    row: &LeasedRow,
    verdict: Verdict,
    code: &str,
    message: String,
    answer: Option<String>,
) -> NewAttempt {
    NewAttempt {
        number: row.attempts + 1,
        verdict: verdict.as_str(),
        code: code.to_owned(),
        message,
        answer,
    }
}

fn delivered(
    row: &LeasedRow,
    record_id: String,
    action: Action,
    attempt: NewAttempt,
    now: i64,
) -> Settled {
    Settled {
        seq: row.seq,
        state: "delivered",
        due_at: None,
        settled_at: Some(now),
        is_solo: row.is_solo,
        uncertain_since: row.uncertain_since,
        record_id: Some(record_id),
        action: Some(action.as_str()),
        problem: None,
        attempt: Some(attempt),
    }
}

fn dead(row: &LeasedRow, problem: Problem, attempt: Option<NewAttempt>, now: i64) -> Settled {
    Settled {
        seq: row.seq,
        state: "dead",
        due_at: None,
        settled_at: Some(now),
        is_solo: row.is_solo,
        uncertain_since: row.uncertain_since,
        record_id: None,
        action: None,
        problem: Some(stored(&problem)),
        attempt,
    }
}

fn waiting(row: &LeasedRow, problem: Problem, attempt: Option<NewAttempt>, due_at: i64) -> Settled {
    let was_tried = attempt.is_some() || row.attempts > 0;
    Settled {
        seq: row.seq,
        state: if was_tried { "retrying" } else { "pending" },
        due_at: Some(due_at),
        settled_at: None,
        is_solo: row.is_solo,
        uncertain_since: row.uncertain_since,
        record_id: None,
        action: None,
        problem: Some(stored(&problem)),
        attempt,
    }
}

/// Code and JSON, as rows store a problem.
#[must_use]
pub(crate) fn stored(problem: &Problem) -> (String, String) {
    (
        problem.code.clone(),
        serde_json::to_string(problem).unwrap_or_default(),
    )
}

/// One problem that also tells of the others, so that all can be mended at once.
fn combine(problems: Vec<Problem>) -> Problem {
    let mut problems = problems.into_iter();
    let Some(mut first) = problems.next() else {
        return unknown_problem();
    };
    for other in problems {
        first.message = format!("{} Also: {}", first.message, other.message);
        first.remedy = format!("{} Also: {}", first.remedy, other.remedy);
    }
    first
}

fn unknown_problem() -> Problem {
    Problem {
        stage: Stage::Check,
        code: "INVALID_DATA".to_owned(),
        field: None,
        value: None,
        message: "The record does not fit the module.".to_owned(),
        remedy: "Compare the record with the module's fields in Zoho.".to_owned(),
    }
}

fn call_problem(error: &zoho::Error, row: &LeasedRow, lane: &Lane) -> Problem {
    if let (ErrorKind::Refused, Some(code)) = (error.kind(), error.code()) {
        let record =
            serde_json::value::RawValue::from_string(row.record.clone()).unwrap_or_default();
        let field = error
            .details()
            .get("api_name")
            .and_then(serde_json::Value::as_str);
        let problem = explain_refusal(
            code,
            error.message(),
            field,
            error.details(),
            &record,
            &lane.module,
        );
        return Problem {
            stage: Stage::Call,
            ..problem
        };
    }
    Problem {
        stage: Stage::Call,
        code: error_code(error),
        field: None,
        value: None,
        message: format!("The call to Zoho failed: {error}."),
        remedy: error.troubleshooting().to_owned(),
    }
}

/// Zoho's code, or the kind of failure in the same style.
fn error_code(error: &zoho::Error) -> String {
    if let Some(code) = error.code() {
        return code.to_owned();
    }
    let kind = match error.kind() {
        ErrorKind::Connect => "CONNECT",
        ErrorKind::Timeout => "TIMEOUT",
        ErrorKind::BrokenAnswer | ErrorKind::Decode => "BROKEN_ANSWER",
        ErrorKind::Token => "TOKEN",
        ErrorKind::ThrottledToken => "THROTTLED_TOKEN",
        ErrorKind::TooManyRequests => "TOO_MANY_REQUESTS",
        ErrorKind::OutOfCredits => "OUT_OF_CREDITS",
        ErrorKind::Server => "SERVER_ERROR",
        _ => "CALL_FAILED",
    };
    kind.to_owned()
}
