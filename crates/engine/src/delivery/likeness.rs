//! Whether a record in Zoho is the one that was sent.
//!
//! Zoho stores some values in a form of its own: texts are trimmed, numbers rounded to the field's decimals, lookups
//! come back with a name. Subforms get ids and fields of their own, and a list call names 50 fields at most; what was
//! not read back, or cannot be compared, speaks neither for nor against.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use zoho::crm::Record;

/// Fields that one list call may name (`crm/developer/docs/api/v8/get-records.html`).
const FIELDS_MAX: usize = 50;

/// How much a record is like what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Whatever can be compared is the same.
    Same,
    /// Most is the same, a name or address among it: it may be the one that was sent, changed by an automation.
    Partly,
    /// It is another record.
    Different,
}

/// Whether a record that was changed shows the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// Whatever can be compared is as it was sent.
    All,
    /// Some of it is not.
    NotAll,
    /// Nothing can be compared.
    Unknown,
}

/// The fields to read back: those that tell most about a record first, then those that most records have.
pub(crate) fn fields_to_read<'a>(
    always: &[&'a str],
    wanted: &[&'a Map<String, Value>],
) -> Vec<&'a str> {
    let mut records_with: HashMap<&str, usize> = HashMap::new();
    let mut order: Vec<&str> = Vec::new();
    for (field, value) in wanted.iter().copied().flatten() {
        if always.contains(&field.as_str()) || !is_comparable(field, value) {
            continue;
        }
        let count = records_with.entry(field).or_default();
        if *count == 0 {
            order.push(field);
        }
        *count += 1;
    }
    order.sort_by_key(|field| {
        let count = records_with.get(field).copied().unwrap_or(0);
        (!tells_who(field), std::cmp::Reverse(count))
    });
    let mut fields = always.to_vec();
    fields.extend(order);
    fields.truncate(FIELDS_MAX);
    fields
}

/// Compares a record with what was sent, by the fields that were read.
pub(super) fn likeness(
    record: &Record,
    sent: &Map<String, Value>,
    read: &HashSet<&str>,
) -> Likeness {
    let (mut compared, mut same, mut is_who_same) = (0, 0, false);
    for (field, value) in sent {
        if !read.contains(field.as_str()) || !is_comparable(field, value) {
            continue;
        }
        compared += 1;
        if holds(record.get(field), value) {
            same += 1;
            is_who_same |= tells_who(field);
        }
    }
    match (compared, same) {
        // Nothing tells the two apart.
        (0, _) => Likeness::Partly,
        (compared, same) if compared == same => Likeness::Same,
        (compared, same) if is_who_same && 2 * same > compared => Likeness::Partly,
        _ => Likeness::Different,
    }
}

/// Holds a record against the change that was sent for it, by the fields that were read.
pub(crate) fn held(record: &Record, sent: &Map<String, Value>, read: &HashSet<&str>) -> Held {
    let was_read = |(field, _): &(&String, &Value)| read.contains(field.as_str());
    held_of(record.as_map(), sent.iter().filter(was_read))
}

/// The same of a record that was read whole.
pub(crate) fn held_by(record: &Map<String, Value>, sent: &Map<String, Value>) -> Held {
    held_of(record, sent.iter())
}

fn held_of<'a>(
    record: &Map<String, Value>,
    sent: impl Iterator<Item = (&'a String, &'a Value)>,
) -> Held {
    let (mut compared, mut same) = (0, 0);
    // Its id names the record, and says nothing of the change.
    for (field, value) in
        sent.filter(|(field, value)| *field != "id" && is_comparable(field, value))
    {
        compared += 1;
        same += usize::from(holds(record.get(field), value));
    }
    match (compared, same) {
        (0, _) => Held::Unknown,
        (compared, same) if compared == same => Held::All,
        _ => Held::NotAll,
    }
}

/// Zoho may fill what is sent empty with a default, and gives the rows of subforms members of their own.
fn is_comparable(field: &str, value: &Value) -> bool {
    let is_plain = match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty() && items.iter().all(|item| !item.is_object()),
        Value::Object(object) => object.contains_key("id"),
        Value::Bool(_) | Value::Number(_) => true,
    };
    is_plain && !field.starts_with('$')
}

/// Whether a field tells one record from another, rather than one kind from another.
fn tells_who(field: &str) -> bool {
    let is_name = field.ends_with("Name") && field != "First_Name";
    is_name || ["Email", "Phone", "Mobile", "Subject"].contains(&field)
}

/// Whether a field holds what was sent.
fn holds(stored: Option<&Value>, sent: &Value) -> bool {
    match (stored, sent) {
        (Some(Value::String(stored)), Value::String(sent)) => is_same_text(stored, sent),
        (Some(Value::Number(stored)), Value::Number(sent)) => is_same_number(stored, sent),
        (Some(Value::Number(number)), Value::String(text))
        | (Some(Value::String(text)), Value::Number(number)) => text
            .trim()
            .parse()
            .is_ok_and(|other| is_same_number(number, &other)),
        (Some(Value::Object(stored)), Value::Object(sent)) => sent
            .get("id")
            .is_some_and(|id| stored.get("id") == Some(id)),
        // A lookup or an owner may be sent by its id alone, or by its name.
        (Some(Value::Object(stored)), Value::String(sent)) => ["id", "name", "email"]
            .iter()
            .any(|member| stored.get(*member).and_then(Value::as_str) == Some(sent.trim())),
        (Some(Value::Array(stored)), Value::Array(sent)) => {
            stored.len() == sent.len() && sent.iter().all(|item| stored.contains(item))
        }
        (Some(stored), sent) => stored == sent,
        (None, _) => false,
    }
}

fn is_same_text(stored: &str, sent: &str) -> bool {
    let (stored, sent) = (stored.trim(), sent.trim());
    let same_instant = || match (
        stored.parse::<jiff::Timestamp>(),
        sent.parse::<jiff::Timestamp>(),
    ) {
        (Ok(stored), Ok(sent)) => stored == sent,
        _ => false,
    };
    stored == sent || stored.to_lowercase() == sent.to_lowercase() || same_instant()
}

/// Equal but for what the field's decimals cut off.
fn is_same_number(stored: &serde_json::Number, sent: &serde_json::Number) -> bool {
    match (stored.as_f64(), sent.as_f64()) {
        (Some(stored), Some(sent)) => (stored - sent).abs() <= 0.005_f64.max(sent.abs() * 1e-9),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(stored: Value, sent: Value) -> Likeness {
        let sent = sent.as_object().cloned().unwrap_or_default();
        let read = fields_to_read(&["Created_Time"], &[&sent]);
        let record: Record = serde_json::from_value(stored).unwrap();
        likeness(&record, &sent, &read.into_iter().collect())
    }

    #[test]
    fn a_record_is_the_same_in_the_form_that_zoho_gives_its_values() {
        let stored = json!({
            "id": "1", "Last_Name": "Ray", "Email": "ray@example.com", "Annual_Revenue": 10.33, "No_of_Employees": 5,
            "Owner": {"id": "7", "name": "Ann", "email": "ann@example.com"}, "Account_Name": {"id": "9", "name": "Acme"},
            "Languages": ["English", "German"], "Lead_Status": "New", "Due": "2026-01-02T10:00:00+02:00",
        });
        for sent in [
            json!({"Last_Name": " Ray ", "Email": "Ray@Example.com"}),
            json!({"Annual_Revenue": 10.3333, "No_of_Employees": "5"}),
            json!({"Owner": "7", "Account_Name": "Acme"}),
            json!({"Owner": {"id": "7"}, "Account_Name": {"id": "9"}}),
            json!({"Languages": ["German", "English"], "Due": "2026-01-02T08:00:00Z"}),
            json!({"Last_Name": "Ray", "Lead_Status": null, "Website": "", "$state": "draft"}),
            json!({"Last_Name": "Ray", "Items": [{"Quantity": 1}]}),
        ] {
            assert_eq!(
                compare(stored.clone(), sent.clone()),
                Likeness::Same,
                "{sent}"
            );
        }
    }

    #[test]
    fn a_record_that_is_mostly_the_same_may_be_it_and_one_of_the_same_kind_is_not() {
        let stored = json!({"Last_Name": "Ray", "Company": "Acme", "Lead_Source": "Web", "Lead_Status": "Contacted"});
        let changed = json!({"Last_Name": "Ray", "Company": "Acme", "Lead_Source": "Web", "Lead_Status": "New"});
        assert_eq!(compare(stored.clone(), changed), Likeness::Partly);
        let other = json!({"Last_Name": "Roe", "Company": "Acme", "Lead_Source": "Web", "Lead_Status": "Contacted"});
        assert_eq!(compare(stored.clone(), other), Likeness::Different);
        let namesake = json!({"Last_Name": "Ray", "Company": "Other", "Lead_Source": "Ad", "Lead_Status": "New"});
        assert_eq!(compare(stored.clone(), namesake), Likeness::Different);
        assert_eq!(
            compare(stored, json!({"Items": [{"Quantity": 1}]})),
            Likeness::Partly
        );
    }

    #[test]
    fn fields_beyond_those_that_one_call_reads_speak_neither_for_nor_against() {
        let mut sent: Map<String, Value> = (0..80)
            .map(|at| (format!("Field_{at}"), json!(at)))
            .collect();
        sent.insert("Last_Name".to_owned(), json!("Ray"));
        let read = fields_to_read(&["Created_Time"], &[&sent]);
        assert_eq!(
            (read.len(), read[0], read[1]),
            (50, "Created_Time", "Last_Name")
        );
        let stored: Map<String, Value> = sent
            .iter()
            .filter(|(field, _)| read.contains(&field.as_str()))
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        let record: Record = serde_json::from_value(Value::Object(stored)).unwrap();
        assert_eq!(
            likeness(&record, &sent, &read.into_iter().collect()),
            Likeness::Same
        );
    }
}
