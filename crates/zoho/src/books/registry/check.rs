//! Checks a body against the known members of its record type, before a call is spent.
//!
//! Zoho's published types are loose: a number may be sent as text and the other way round. What is refused here is what
//! cannot be meant: an object for a text, a word for a number, a name that no answer and no page of Zoho knows.

use serde_json::Value;

use super::{Field, Kind, RecordType, did_you_mean};
use crate::{Error, ErrorKind};

/// Zoho's bodies are three levels deep; this bounds the walk.
const DEPTH_MAX: usize = 16;

impl RecordType {
    /// Checks the members of a body.
    pub(crate) fn check(&self, operation: &'static str, body: &Value) -> Result<(), Error> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Input, operation, message));
        let Value::Object(members) = body else {
            return refuse(format!(
                "the body of a record of type {} must be a JSON object",
                self.name
            ));
        };
        // Nothing is published for a few record types of 2026.
        if self.fields.is_empty() {
            return Ok(());
        }
        match members
            .iter()
            .find_map(|(name, value)| fault(self.fields, "", name, value, DEPTH_MAX))
        {
            Some(fault) => refuse(format!("{}: {fault}", self.name)),
            None => Ok(()),
        }
    }
}

fn fault(
    fields: &[Field],
    inside: &str,
    name: &str,
    value: &Value,
    depth: usize,
) -> Option<String> {
    // Custom fields are each organisation's own.
    if name.starts_with("cf_") || depth == 0 {
        return None;
    }
    let path = format!("{inside}{name}");
    let Ok(at) = fields.binary_search_by(|field| field.name.cmp(name)) else {
        let hint = did_you_mean(name, fields.iter().map(|field| field.name));
        let shown: String = path.chars().take(120).collect();
        return Some(format!("no member {shown:?} is known{hint}"));
    };
    let field = fields.get(at)?;
    match (field.kind, value) {
        (_, Value::Null) | (Kind::Any, _) => None,
        (Kind::Text { length_max }, Value::String(text)) => too_long(&path, text, length_max),
        (Kind::Text { .. }, Value::Number(_) | Value::Bool(_)) => None,
        (Kind::Number | Kind::Integer, Value::Number(_)) => None,
        (Kind::Number | Kind::Integer, Value::String(text)) if is_numeric(text) => None,
        (Kind::Boolean, Value::Bool(_)) => None,
        (Kind::Boolean, Value::String(text)) if matches!(text.as_str(), "true" | "false" | "") => {
            None
        }
        (Kind::Object(inner), Value::Object(members)) => {
            let inside = format!("{path}.");
            inner_fault(inner, &inside, members, depth)
        }
        // Some empty objects and lists are empty texts on Zoho's wire.
        (Kind::Object(_) | Kind::Objects(_) | Kind::Values, Value::String(text))
            if text.is_empty() =>
        {
            None
        }
        (Kind::Objects(inner), Value::Array(items)) => {
            items.iter().enumerate().find_map(|(index, item)| {
                let inside = format!("{path}[{index}].");
                match item {
                    Value::Object(members) => inner_fault(inner, &inside, members, depth),
                    _ if inner.is_empty() => None,
                    _ => Some(format!(
                        "{path}[{index}] must be an object, it is {}",
                        kind_of(item)
                    )),
                }
            })
        }
        (Kind::Values, Value::Array(_)) => None,
        (kind, value) => Some(format!(
            "{path} must be {}, it is {}",
            words(kind),
            kind_of(value)
        )),
    }
}

fn inner_fault(
    fields: &[Field],
    inside: &str,
    members: &serde_json::Map<String, Value>,
    depth: usize,
) -> Option<String> {
    // An object whose members nobody has published takes anything.
    if fields.is_empty() {
        return None;
    }
    members
        .iter()
        .find_map(|(name, value)| fault(fields, inside, name, value, depth - 1))
}

fn too_long(path: &str, text: &str, length_max: u16) -> Option<String> {
    let length = text.chars().count();
    (length_max > 0 && length > usize::from(length_max))
        .then(|| format!("{path} has {length} characters, Zoho takes {length_max}"))
}

fn is_numeric(text: &str) -> bool {
    // "10%" is how Zoho takes a discount in percent.
    let text = text.trim();
    let number = text.strip_suffix('%').unwrap_or(text);
    number.is_empty() || number.parse::<f64>().is_ok_and(f64::is_finite)
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Text { .. } => "a text",
        Kind::Number => "a number",
        Kind::Integer => "a whole number",
        Kind::Boolean => "true or false",
        Kind::Object(_) => "an object",
        Kind::Objects(_) => "a list of objects",
        Kind::Values => "a list",
        Kind::Any => "a value",
    }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is_true) => is_true.to_string(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(name: &str, body: &Value) -> Result<(), String> {
        let record_type = RecordType::find(name).unwrap();
        record_type
            .check("create record", body)
            .map_err(|error| error.message().to_owned())
    }

    #[test]
    fn what_zoho_takes_passes() {
        let invoice = json!({
            "customer_id": "460000000017138", "date": "2026-02-01", "discount": "10%", "is_inclusive_tax": true,
            "payment_terms": 15, "custom_fields": [{"api_name": "cf_x", "value": [1]}], "cf_own": {"a": 1},
            "line_items": [{"item_id": 460000000017088u64, "quantity": "2", "rate": 10.5, "name": "N"}],
        });
        assert_eq!(checked("invoice", &invoice), Ok(()));
        let contact = json!({
            "contact_name": "A", "payment_terms": "", "notes": null, "billing_address": {"city": "Rome"},
            "contact_persons": [{"email": "a@b.example", "is_primary_contact": true}],
        });
        assert_eq!(checked("contact", &contact), Ok(()));
        assert_eq!(
            checked(
                "item",
                &json!({"name": "A", "rate": 1, "unit": "kg", "purchase_rate": 2})
            ),
            Ok(())
        );
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        for (name, body, words) in [
            (
                "contact",
                json!({"contact_nam": "A"}),
                "\"contact_nam\" is known, did you mean \"contact_name\"?",
            ),
            (
                "contact",
                json!({"payment_terms": "Net 15"}),
                "payment_terms must be a whole number, it is the text \"Net 15\"",
            ),
            (
                "contact",
                json!({"contact_name": {"first": "A"}}),
                "contact_name must be a text, it is an object",
            ),
            (
                "contact",
                json!({"billing_address": "Rome"}),
                "billing_address must be an object",
            ),
            (
                "contact",
                json!({"billing_address": {"citty": "Rome"}}),
                "\"billing_address.citty\" is known, did you mean \"city\"?",
            ),
            (
                "invoice",
                json!({"line_items": {"rate": 1}}),
                "line_items must be a list of objects, it is an object",
            ),
            (
                "invoice",
                json!({"line_items": [{"rate": "ten"}]}),
                "line_items[0].rate must be a number",
            ),
            (
                "invoice",
                json!({"is_inclusive_tax": "yes"}),
                "is_inclusive_tax must be true or false",
            ),
            (
                "item",
                json!({"name": "x".repeat(101), "rate": 1}),
                "name has 101 characters, Zoho takes 100",
            ),
            ("item", json!([]), "must be a JSON object"),
        ] {
            let message = checked(name, &body).unwrap_err();
            assert!(message.contains(words), "{message}");
        }
    }
}
