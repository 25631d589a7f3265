//! Whether a write whose answer was lost may be sent again.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::policy::Idempotency;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    data: Vec<HashMap<String, &'a RawValue>>,
}

/// An update finds its records by their ids, so that a second one changes nothing more.
pub(super) fn update(body: &[u8]) -> Idempotency {
    judge(body, |_| true)
}

/// An upsert finds the record that its lost twin made by the first field of `check_fields` that has a value.
///
/// Without named fields Zoho goes by the module's system field and all unique fields. Which ones an organisation has
/// made unique is not known here, so the fields have to be named for a repetition.
pub(super) fn upsert(body: &[u8], check_fields: &[String]) -> Idempotency {
    judge(body, |record| {
        check_fields
            .iter()
            .any(|field| record.get(field).is_some_and(|value| has_content(value)))
    })
}

fn judge(body: &[u8], is_found_again: impl Fn(&HashMap<String, &RawValue>) -> bool) -> Idempotency {
    let is_harmless = serde_json::from_slice::<Body<'_>>(body).is_ok_and(|body| {
        body.data
            .iter()
            .all(|record| is_found_again(record) && !appends(record))
    });
    if is_harmless {
        Idempotency::Idempotent
    } else {
        Idempotency::NotIdempotent
    }
}

/// Rows of a sub-form without an id are appended each time, and so are values under `$append_values`.
fn appends(record: &HashMap<String, &RawValue>) -> bool {
    record.iter().any(|(field, value)| {
        // Tags are a set: adding one again changes nothing.
        field == "$append_values" || (field != "Tag" && holds_objects(value))
    })
}

fn holds_objects(value: &RawValue) -> bool {
    value
        .get()
        .strip_prefix('[')
        .is_some_and(|rest| rest.trim_start().starts_with('{'))
}

fn has_content(value: &RawValue) -> bool {
    !matches!(value.get(), "null" | "\"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upserted(records: &str) -> Idempotency {
        upsert(
            format!(r#"{{"data":[{records}]}}"#).as_bytes(),
            &["Email".to_owned(), "Phone".to_owned()],
        )
    }

    #[test]
    fn an_upsert_needs_a_check_value_in_every_record() {
        assert_eq!(
            upserted(r#"{"Email":"a@b.example"},{"Phone":"1"}"#),
            Idempotency::Idempotent
        );
        for records in [
            r#"{"Last_Name":"A"}"#,
            r#"{"Email":null}"#,
            r#"{"Email":""}"#,
            r#"{"Phone":"1"},{"Last_Name":"A"}"#,
        ] {
            assert_eq!(upserted(records), Idempotency::NotIdempotent, "{records}");
        }
    }

    #[test]
    fn an_upsert_by_unnamed_fields_is_not_repeated() {
        assert_eq!(
            upsert(br#"{"data":[{"Email":"a@b.example"}]}"#, &[]),
            Idempotency::NotIdempotent
        );
    }

    #[test]
    fn what_appends_is_not_repeated() {
        let updated = |record: &str| update(format!(r#"{{"data":[{record}]}}"#).as_bytes());
        assert_eq!(
            updated(r#"{"id":"1","City":"Rome","Tag":[{"name":"vip"}],"Langs":["A"]}"#),
            Idempotency::Idempotent
        );
        assert_eq!(
            updated(r#"{"id":"1","Items":[ {"Quantity":1}]}"#),
            Idempotency::NotIdempotent
        );
        assert_eq!(
            updated(r#"{"id":"1","$append_values":{"Langs":true}}"#),
            Idempotency::NotIdempotent
        );
    }
}
