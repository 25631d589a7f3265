//! `INVALID_DATA` and its kin: what the details say about the value.

use serde_json::Value;

use super::text_at;
use super::words::{Refusal, plain_text};

impl Refusal<'_> {
    pub(super) fn invalid(&self) -> (String, String) {
        let (name, module) = (self.name(), self.module);
        if let Some(length_max) = self.details.get("maximum_length") {
            return (
                format!(
                    "{name} is too long: {module} takes at most {length_max} characters there."
                ),
                format!(
                    "Shorten {name} to {length_max} characters here and replay; to prevent it, limit what the form takes."
                ),
            );
        }
        if let Some(kind) = text_at(self.details, "expected_data_type") {
            return (
                format!(
                    "{name} has the wrong type: {module} takes {} there.",
                    kind_in_words(kind)
                ),
                format!(
                    "Correct {name} here and replay; to prevent it, give {name} a transform in the mapping{}.",
                    transform_for(kind)
                ),
            );
        }
        if let Some(values) = self
            .details
            .get("supported_values")
            .and_then(Value::as_array)
        {
            let list = values.iter().map(plain_text).collect::<Vec<_>>().join(", ");
            return (
                format!("{name} has a value that {module} does not take; it takes {list}."),
                format!("Choose one of these for {name} here and replay."),
            );
        }
        if let Some(range) = self.details.get("range").and_then(Value::as_object) {
            let bound = |key| range.get(key).map_or_else(|| "?".to_owned(), plain_text);
            let (from, to) = (bound("from"), bound("to"));
            return (
                format!("{name} is out of range: {module} takes {from} to {to} there."),
                format!("Correct {name} here and replay."),
            );
        }
        if let Some(places) = self.details.get("maximum_decimal_place") {
            return (
                format!("{name} has too many decimals: {module} takes {places} there."),
                format!("Round {name} here and replay."),
            );
        }
        self.invalid_value()
    }

    fn invalid_value(&self) -> (String, String) {
        let (name, module) = (self.name(), self.module);
        if name == "id" || self.message.contains("the id given seems to be invalid") {
            return (
                format!("{name} names a record that Zoho does not have, or that was deleted."),
                format!("Correct {name} here, or leave it out, and replay."),
            );
        }
        if self
            .message
            .contains("the field api name given seems to be invalid")
        {
            return (
                format!("{module} has no field {name}."),
                format!(
                    "Leave {name} out here and replay; to prevent it, correct its name in the mapping."
                ),
            );
        }
        if self.field.is_none() {
            return (
                format!(
                    "Zoho cannot take this record into {module} as it is: {}.",
                    self.quoted_message()
                ),
                "Compare its values with the fields in Zoho, correct them here and replay."
                    .to_owned(),
            );
        }
        (
            format!(
                "{name} has a value that Zoho does not take in {module}: {}.",
                self.quoted_message()
            ),
            format!(
                "Correct {name} here, or leave it out, and replay; to prevent it, let the form check it."
            ),
        )
    }
}

fn kind_in_words(kind: &str) -> String {
    let words = match kind {
        "string" | "text" => "text",
        "integer" => "a whole number",
        "bigint" => "a whole number as text",
        "double" => "a number",
        "boolean" => "true or false",
        "jsonobject" => "an object, like {\"id\": \"…\"}",
        "jsonarray" => "a list",
        "date" => "a date like 2026-01-31",
        "datetime" => "a date and time like 2026-01-31T09:00:00+00:00",
        "email" => "an e-mail address",
        "phone" => "a phone number",
        "website" => "a web address",
        other => return format!("the type {other}"),
    };
    words.to_owned()
}

fn transform_for(kind: &str) -> &'static str {
    match kind {
        "string" | "text" | "bigint" => " (text)",
        "integer" | "double" => " (number)",
        "boolean" => " (boolean)",
        "jsonarray" => " (list)",
        "date" => " (date)",
        "datetime" => " (datetime)",
        _ => "",
    }
}
