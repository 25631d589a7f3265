//! Reads Books' answers: `{"code": 0, "message": …, …}` on success, `{"code": n, "message": …}` otherwise.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;
use serde_json::value::RawValue;

use super::members::{Members, ReadMember};
use super::record::Record;
use crate::answer::Reply;
use crate::policy::{Brake, Pass, UNTOLD_DAY};
use crate::transport::Answer;
use crate::{Error, ErrorKind};

/// A successful answer, whole.
#[derive(Debug)]
pub(crate) struct Envelope {
    body: Bytes,
}

/// Reads an answer or the refusal in it.
pub(crate) fn envelope(reply: &Reply<'_>) -> Result<Envelope, Error> {
    let body = &reply.answer.body;
    let Some(members) = Members::parse(body) else {
        return Err(reply.no_json());
    };
    let code = code_of(&members);
    match (reply.answer.status, code.as_deref()) {
        (200..=299, Some("0")) => Ok(Envelope { body: body.clone() }),
        (200..=299, None) => {
            Err(reply.broken("the answer has no code, as all of Books' answers have"))
        }
        (_, code) => Err(refused(reply, code.unwrap_or_default(), &members)),
    }
}

/// Zoho's numeric code as text.
fn code_of(members: &Members<'_>) -> Option<String> {
    Option::<String>::read(members.get("code")).ok().flatten()
}

fn refused(reply: &Reply<'_>, code: &str, members: &Members<'_>) -> Error {
    let message = String::read(members.get("message")).unwrap_or_default();
    let kind = kind_of(reply.answer.status, code);
    let error = reply
        .error(kind, message)
        .zoho_code(code)
        // unknown: whether Zoho may have acted before it answers 5xx; it is taken as possible.
        .outcome_unknown(kind == ErrorKind::Server && reply.call.changes_something());
    // Further members belong to the refusal, such as `errors` or `error_info`.
    let details: serde_json::Map<String, Value> = members
        .iter()
        .filter(|(name, _)| !matches!(*name, "code" | "message"))
        .filter_map(|(name, json)| Some((name.to_owned(), serde_json::from_str(json.get()).ok()?)))
        .collect();
    let error = error.zoho_details(details);
    if kind != ErrorKind::OutOfCredits {
        return error;
    }
    let resets_after = day_of(&reply.answer.headers)
        .map_or(UNTOLD_DAY, |(_, _, seconds)| Duration::from_secs(seconds));
    error.wait(Some(resets_after))
}

/// By Zoho's code first and the HTTP status second. The same code has different meanings under different statuses.
fn kind_of(status: u16, code: &str) -> ErrorKind {
    match (status, code) {
        (401, "57") => ErrorKind::Scope,
        (401, _) => ErrorKind::Token,
        (429, "45") => ErrorKind::OutOfCredits,
        (429, _) => ErrorKind::TooManyRequests,
        (403, _) | (400, "6041" | "103001") => ErrorKind::Permission,
        (500.., _) => ErrorKind::Server,
        _ => ErrorKind::Refused,
    }
}

/// Books answers dead tokens like missing scopes and missing rights.
pub(crate) fn may_be_stale_token(answer: &Answer) -> bool {
    answer.status == 401
}

/// Tells the organisation's pace what an answer says of it.
pub(crate) fn note_pace(status: u16, headers: &HeaderMap, body: &[u8], pass: &Pass<'_>) {
    if let Some((limit, remaining, reset_seconds)) = day_of(headers) {
        pass.note_day(limit, remaining, reset_seconds);
    }
    if status == 429 {
        let code = Members::parse(body).and_then(|members| code_of(&members));
        let brake = match code.as_deref() {
            Some("45") => Brake::Day,
            Some("1070") => Brake::Crowd,
            _ => Brake::Minute,
        };
        let _ = pass.brake(brake);
    }
}

/// The headers `X-Rate-Limit-Limit`, `-Remaining` and `-Reset` (seconds until the day's quota returns).
fn day_of(headers: &HeaderMap) -> Option<(u64, u64, u64)> {
    let number =
        |name: &str| -> Option<u64> { headers.get(name)?.to_str().ok()?.trim().parse().ok() };
    Some((
        number("x-rate-limit-limit")?,
        number("x-rate-limit-remaining")?,
        number("x-rate-limit-reset")?,
    ))
}

/// The refusal in an answer that should have been a file.
pub(crate) fn no_file(reply: &Reply<'_>) -> Error {
    match envelope(reply) {
        Err(error) => error,
        Ok(_) => reply.error(ErrorKind::Decode, "the answer is a message, not a file"),
    }
}

/// Members of the envelope that are never the record.
const FRAME: [&str; 5] = [
    "code",
    "message",
    "page_context",
    "instrumentation",
    "is_first_email",
];

impl Envelope {
    pub(crate) fn members(&self) -> Option<Members<'_>> {
        Members::parse(&self.body)
    }

    pub(crate) fn message(&self) -> String {
        let members = self.members();
        let message = members.and_then(|members| String::read(members.get("message")).ok());
        message.unwrap_or_default()
    }

    /// The single record: by its published key, else the only object of the answer, else the answer itself where Zoho
    /// leaves the wrapper out. A list of one stands for its item.
    pub(crate) fn record(&self, keys: &[Option<&str>], id_field: Option<&str>) -> Option<Record> {
        let members = self.members()?;
        let by_key = keys.iter().flatten().find_map(|key| members.get(key));
        if let Some(record) = by_key.and_then(single) {
            return Some(record);
        }
        if id_field.is_some_and(|field| members.get(field).is_some()) {
            return serde_json::from_slice(&self.body).ok();
        }
        let mut others = members
            .iter()
            .filter(|(name, _)| !FRAME.contains(name))
            .filter_map(|(_, json)| single(json));
        let only = others.next()?;
        others.next().is_none().then_some(only)
    }

    /// The rows of a list: by its published key, else the only list of the answer; a lone object is a single row.
    pub(crate) fn rows(&self, keys: &[Option<&str>]) -> Option<Vec<Record>> {
        let members = self.members()?;
        let by_key = keys.iter().flatten().find_map(|key| members.get(key));
        if let Some(rows) = by_key.and_then(rows_of) {
            return Some(rows);
        }
        let mut others = members
            .iter()
            .filter(|(name, json)| !FRAME.contains(name) && json.get().starts_with('['))
            .filter_map(|(_, json)| rows_of(json));
        let only = others.next()?;
        others.next().is_none().then_some(only)
    }

    /// All members but the frame, as one object.
    pub(crate) fn rest(&self) -> Record {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| Record::empty())
    }
}

fn single(json: &RawValue) -> Option<Record> {
    if let Some(record) = Record::new(json) {
        return Some(record);
    }
    match rows_of(json)?.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn rows_of(json: &RawValue) -> Option<Vec<Record>> {
    match json.get().bytes().next() {
        Some(b'[') => serde_json::from_str(json.get()).ok(),
        Some(b'{') => Record::new(json).map(|record| vec![record]),
        // Zoho writes "" for an empty list here and there.
        _ if matches!(json.get(), "\"\"" | "null") => Some(Vec::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(body: &'static str) -> Envelope {
        Envelope {
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn a_record_is_found_in_all_wrappings() {
        for body in [
            r#"{"code":0,"message":"m","payment":{"payment_id":"1"}}"#,
            r#"{"code":0,"message":"m","payment":[{"payment_id":"1"}]}"#,
            r#"{"code":0,"message":"m","else":{"payment_id":"1"}}"#,
            r#"{"code":0,"message":"m","payment_id":"1","lines":[],"tax":{}}"#,
        ] {
            let record = envelope(body)
                .record(&[Some("payment")], Some("payment_id"))
                .unwrap();
            assert_eq!(
                record.text("payment_id").unwrap().as_deref(),
                Some("1"),
                "{body}"
            );
        }
        assert!(
            envelope(r#"{"code":0,"message":"m"}"#)
                .record(&[Some("x")], Some("x_id"))
                .is_none()
        );
    }

    #[test]
    fn rows_are_found_under_the_published_key_or_alone() {
        for (body, expected) in [
            (
                r#"{"code":0,"tasks":[{"a":1},{"a":2}],"page_context":{}}"#,
                2,
            ),
            (
                r#"{"code":0,"task":[{"a":1}],"page_context":{"page":1}}"#,
                1,
            ),
            (r#"{"code":0,"tasks":[],"others":[{"a":1}]}"#, 0),
            (r#"{"code":0,"tasks":""}"#, 0),
            (r#"{"code":0,"tasks":{"a":1}}"#, 1),
        ] {
            assert_eq!(
                envelope(body).rows(&[Some("tasks")]).unwrap().len(),
                expected,
                "{body}"
            );
        }
        assert!(
            envelope(r#"{"code":0,"message":"m"}"#)
                .rows(&[Some("tasks")])
                .is_none()
        );
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(body in proptest::string::string_regex(r#"[\[\]{}",:a-c0-9 \\]{0,60}"#).unwrap()) {
            let envelope = Envelope { body: body.into() };
            let _ = (envelope.message(), envelope.rest());
            let _ = (envelope.record(&[Some("a")], Some("b")), envelope.rows(&[Some("a")]));
        }
    }

    #[test]
    fn codes_have_meanings() {
        for (status, code, kind) in [
            (401, "57", ErrorKind::Scope),
            (401, "14", ErrorKind::Token),
            (429, "44", ErrorKind::TooManyRequests),
            (429, "1070", ErrorKind::TooManyRequests),
            (429, "45", ErrorKind::OutOfCredits),
            (400, "6041", ErrorKind::Permission),
            (404, "1002", ErrorKind::Refused),
            (500, "1000", ErrorKind::Server),
        ] {
            assert_eq!(kind_of(status, code), kind, "{status} {code}");
        }
    }
}
