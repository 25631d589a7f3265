//! Zoho's refusals in words: one method for each family of codes.

use serde_json::{Map, Value};

use super::super::record::SHOWN_CHARACTERS_MAX;
use super::plain::plain_words;
use super::text_at;

/// One error of Zoho's about one record.
pub(super) struct Refusal<'a> {
    pub(super) code: &'a str,
    pub(super) message: &'a str,
    pub(super) details: &'a Map<String, Value>,
    pub(super) module: &'a str,
    pub(super) field: Option<&'a str>,
}

impl Refusal<'_> {
    /// The field's name in a sentence.
    pub(super) fn name(&self) -> &str {
        self.field.unwrap_or("one field")
    }

    /// What is wrong, and what to do.
    pub(super) fn words(&self) -> (String, String) {
        match self.code {
            "MANDATORY_NOT_FOUND" | "EXPECTED_FIELD_MISSING" => self.missing(),
            "DEPENDENT_FIELD_MISSING"
            | "EXPECTED_DEPENDENT_FIELD_MISSING"
            | "DEPENDENT_MISMATCH"
            | "DEPENDENT_FIELD_UNCHANGED" => self.dependent(),
            "INVALID_DATA" | "PATTERN_NOT_MATCHED" | "UNABLE_TO_PARSE_DATA_TYPE" => self.invalid(),
            "DUPLICATE_DATA" => self.duplicate(),
            "MAPPING_MISMATCH" => self.mapping_mismatch(),
            "LIMIT_EXCEEDED" => self.limit_exceeded(),
            "DEPENDENT_SERVICE_ERROR" => self.service_error(),
            "NO_PERMISSION"
            | "AUTHORIZATION_FAILED"
            | "NOT_ALLOWED"
            | "FORBIDDEN"
            | "FEATURE_PERMISSION" => self.permission(),
            _ => plain_words(self).unwrap_or_else(|| self.unknown()),
        }
    }

    fn missing(&self) -> (String, String) {
        let module = self.module;
        let expected = expected_fields(self.details);
        if self.field.is_none() && !expected.is_empty() {
            let list = expected.join(", ");
            return (
                format!("{module} needs at least one of {list}, and the record has none of them."),
                format!(
                    "Fill in one of {list} here and replay; to prevent it, add one to the mapping."
                ),
            );
        }
        let name = self.name();
        let rule = self
            .details
            .get("layout_rule")
            .and_then(|rule| text_at(rule.as_object()?, "name"))
            .map_or(String::new(), |rule| {
                format!(" by the layout rule \"{rule}\"")
            });
        (
            format!("{name} is mandatory in {module}{rule}, and the record has none."),
            format!(
                "Fill in {name} here and replay; to prevent it, ask for it in the form, or give it a default in the mapping."
            ),
        )
    }

    fn dependent(&self) -> (String, String) {
        let name = self.name();
        let dependee = self
            .details
            .get("dependee")
            .and_then(|dependee| text_at(dependee.as_object()?, "api_name"));
        let message = match dependee {
            Some(dependee) => format!(
                "{name} does not go with {dependee}: {}.",
                self.quoted_message()
            ),
            None => format!(
                "{name} does not go with another field: {}.",
                self.quoted_message()
            ),
        };
        let (other, hint) = match dependee {
            Some(dependee) => (format!(" and {dependee}"), "map both together"),
            None => (
                String::new(),
                "map it together with the field that it depends on",
            ),
        };
        (
            message,
            format!("Correct {name}{other} here and replay; to prevent it, {hint}."),
        )
    }

    fn duplicate(&self) -> (String, String) {
        let (name, module) = (self.name(), self.module);
        let record = self
            .details
            .get("duplicate_record")
            .and_then(Value::as_object);
        let id = record
            .and_then(|record| text_at(record, "id"))
            .or_else(|| text_at(self.details, "id"))
            .map_or(String::new(), |id| format!(" ({id})"));
        let module_there = record
            .and_then(|record| text_at(record.get("module")?.as_object()?, "api_name"))
            .unwrap_or(module);
        let owner = record
            .and_then(|record| text_at(record.get("Owner")?.as_object()?, "name"))
            .map_or(String::new(), |owner| format!(", owned by {owner},"));
        (
            format!(
                "Another record in {module_there}{id}{owner} has the same {name}, which must be unique."
            ),
            format!(
                "Change {name} here and replay, or correct that record in Zoho; to prevent it, let the route upsert with {name} as duplicate-check field."
            ),
        )
    }

    fn mapping_mismatch(&self) -> (String, String) {
        let name = self.name();
        let other = text_at(self.details, "mapped_field").unwrap_or("another field");
        (
            format!(
                "{name} does not belong to the record's {other}: {}.",
                self.quoted_message()
            ),
            format!(
                "Choose a {name} that {other} has in Zoho, here, and replay; to prevent it, map {other} as well."
            ),
        )
    }

    fn limit_exceeded(&self) -> (String, String) {
        let name = self.name();
        let limit = ["maximum_length", "limit", "max_limit"]
            .iter()
            .find_map(|key| self.details.get(*key))
            .map_or(String::new(), |limit| {
                format!(" (at most {})", plain_text(limit))
            });
        (
            format!(
                "{name} has more entries than Zoho takes{limit}: {}.",
                self.quoted_message()
            ),
            format!("Take entries away from {name} here and replay."),
        )
    }

    fn service_error(&self) -> (String, String) {
        let cause = text_at(self.details, "dependency_error").unwrap_or("without saying why");
        (
            format!(
                "Another Zoho service that {} depends on refused: {cause}.",
                self.module
            ),
            "Look after that service in Zoho (its permissions and limits), and replay.".to_owned(),
        )
    }

    fn permission(&self) -> (String, String) {
        let permissions = self
            .details
            .get("permissions")
            .and_then(Value::as_array)
            .map_or(String::new(), |list| {
                format!(
                    " ({})",
                    list.iter().map(plain_text).collect::<Vec<_>>().join(", ")
                )
            });
        (
            format!("The user behind the connection may not do this in {}{permissions}: {}.", self.module, self.quoted_message()),
            "Give that user's profile the right in Zoho's setup, or connect with another user, and replay.".to_owned(),
        )
    }

    fn unknown(&self) -> (String, String) {
        let place = self
            .field
            .map_or_else(String::new, |name| format!(" because of {name}"));
        (
            format!("Zoho refused the record in {}{place}: {} ({}).", self.module, self.quoted_message(), self.code),
            "Look the code up in Zoho's API documentation, correct the record here or in Zoho, and replay.".to_owned(),
        )
    }

    /// Zoho's own words, cut to a sane length and without a final point.
    pub(super) fn quoted_message(&self) -> String {
        let words: String = self
            .message
            .trim()
            .chars()
            .take(SHOWN_CHARACTERS_MAX)
            .collect();
        match words.trim_end_matches('.') {
            "" => "Zoho gives no reason".to_owned(),
            words => format!("\"{words}\""),
        }
    }
}

fn expected_fields(details: &Map<String, Value>) -> Vec<&str> {
    let fields = details.get("expected_fields").and_then(Value::as_array);
    fields
        .into_iter()
        .flatten()
        .filter_map(|field| text_at(field.as_object()?, "api_name"))
        .collect()
}

pub(super) fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
