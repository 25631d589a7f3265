//! The envelope of answers, and their headers.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};

use super::admit::Admitted;
use super::datum::Datum;
use super::document::Document;
use super::problem::Problem;
use crate::http::Answer;
use crate::state::Shared;

/// An answer of code 0.
pub(super) fn success(status: u16, message: &str, members: Document) -> Answer {
    let mut body = Document::default();
    body.set("code", 0);
    body.set("message", message);
    body.merge(members);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let json = serde_json::to_vec(&Datum::Object(body)).unwrap_or_default();
    Answer::json_bytes(status, json)
}

/// What a fault answers in the words of the CRM, in the words of Books.
pub(crate) fn in_place_of_fault(answer: &Answer) -> Option<Answer> {
    let kind = answer
        .headers
        .iter()
        .find(|(name, _)| *name == header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|(_, kind)| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return None;
    }
    let problem = if answer.status == StatusCode::TOO_MANY_REQUESTS {
        Problem::too_many_in_a_minute()
    } else {
        Problem::new(answer.status, 1000, "Internal error")
    };
    Some(problem.into_answer())
}

/// Headers of every answer to a call that was let in.
pub(crate) fn with_headers(mut answer: Answer, shared: &Shared, admitted: &Admitted) -> Answer {
    let operation = admitted.found.operation;
    let allow = operation
        .allow
        .clone()
        .unwrap_or_else(|| format!("OPTIONS, {}", operation.method));
    let has_disposition = answer
        .headers
        .iter()
        .any(|(name, _)| *name == header::CONTENT_DISPOSITION);
    let mut add = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers.push((HeaderName::from_static(name), value));
        }
    };
    if !has_disposition {
        add("content-disposition", "attachment;");
    }
    add("allow", &allow);
    common(&mut add);
    if let Some((limit, remaining, reset)) = rates(shared, admitted.organisation) {
        add("x-rate-limit-limit", &limit.to_string());
        add("x-rate-limit-remaining", &remaining.to_string());
        add("x-rate-limit-reset", &reset.to_string());
    }
    answer
}

fn common(add: &mut impl FnMut(&'static str, &str)) {
    add("server", "ZGS");
    add(
        "cache-control",
        "no-store, no-cache, must-revalidate, private",
    );
    add("x-content-type-options", "nosniff");
    add("x-frame-options", "DENY");
    add("vary", "accept-encoding");
}

/// The daily limit, what is left of it, and the seconds until it begins anew.
fn rates(shared: &Shared, organisation: Option<u64>) -> Option<(u64, u64, i64)> {
    const DAY_SECONDS: i64 = 24 * 60 * 60;
    let limits = shared.limits();
    let now = shared.clock.now();
    let world = shared.world();
    let organisation = world.books.organisations.get(&organisation?)?;
    let limit = limits
        .books_calls_per_day_max
        .unwrap_or(organisation.calls_per_day);
    let local = now.saturating_add(i64::from(organisation.utc_offset_minutes) * 60);
    let reset = DAY_SECONDS - local.rem_euclid(DAY_SECONDS);
    Some((limit, limit.saturating_sub(organisation.usage.calls), reset))
}
