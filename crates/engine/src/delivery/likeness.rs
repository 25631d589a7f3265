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
    /// All of it is as it was sent.
    All,
    /// Some of it is not.
    NotAll,
    /// What can be compared is as it was sent, but not all can be, or nothing.
    Unknown,
}

impl Held {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotAll, _) | (_, Self::NotAll) => Self::NotAll,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::All, Self::All) => Self::All,
        }
    }
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

/// The fields to read back of records that were changed: as many as one call may name.
pub(crate) fn fields_changed<'a>(
    always: &'a str,
    wanted: &[&'a Map<String, Value>],
) -> Vec<&'a str> {
    let mut fields = vec![always];
    for field in wanted.iter().copied().flat_map(Map::keys) {
        let is_field = field != "id" && !field.starts_with('$');
        if is_field && !fields.contains(&field.as_str()) {
            fields.push(field);
        }
    }
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

/// Holds a record against the change that was sent for it, by the fields that were read; without them, it was read whole.
pub(crate) fn held(
    record: &Map<String, Value>,
    sent: &Map<String, Value>,
    read: Option<&HashSet<&str>>,
) -> Held {
    // Its id names the record, and says nothing of the change.
    let mut sent = sent.iter().filter(|(field, _)| *field != "id").peekable();
    if sent.peek().is_none() {
        return Held::Unknown;
    }
    let each =
        sent.map(
            |(field, value)| match read.is_none_or(|read| read.contains(field.as_str())) {
                true => shows(record.get(field), field, value),
                false => Held::Unknown,
            },
        );
    each.fold(Held::All, Held::and)
}

/// The same of one field. Rows are held one by one, in their order.
fn shows(stored: Option<&Value>, field: &str, sent: &Value) -> Held {
    let plain = |is_held| match is_held {
        true => Held::All,
        false => Held::NotAll,
    };
    if is_empty(sent) {
        return plain(stored.is_none_or(is_empty));
    }
    if is_comparable(field, sent) {
        return plain(holds(stored, sent));
    }
    let (Some(Value::Array(stored)), Value::Array(sent)) = (stored, sent) else {
        return Held::Unknown;
    };
    let rows = stored.iter().zip(sent).map(|rows| match rows {
        (Value::Object(stored), Value::Object(sent)) => held(stored, sent, None),
        _ => Held::Unknown,
    });
    match rows.fold(Held::All, Held::and) {
        _ if stored.len() != sent.len() => Held::NotAll,
        held => held,
    }
}

/// A field that is emptied is read back as null, or as a list without items.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Zoho may fill what is sent empty with a default, and gives the rows of subforms members of their own.
fn is_comparable(field: &str, value: &Value) -> bool {
    let is_plain = match value {
        Value::Array(items) => items.iter().all(|item| !item.is_object()),
        Value::Object(object) => object.contains_key("id"),
        _ => true,
    };
    is_plain && !is_empty(value) && !field.starts_with('$')
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
    fn a_change_shows_where_each_member_can_be_seen() {
        let stored = json!({
            "id": "1", "City": "Graz", "Fax": null, "Languages": [], "Owner": {"id": "7", "name": "Ann"}, "Items": [{"Quantity": 1}],
        });
        for (sent, wanted) in [
            (json!({"id": "1", "City": "graz"}), Held::All),
            (
                json!({"City": "Graz", "Fax": "", "Languages": null, "Website": null}),
                Held::All,
            ),
            (json!({"Owner": {"id": "7"}}), Held::All),
            (json!({"City": null}), Held::NotAll),
            (
                json!({"City": "Linz", "Items": [{"Quantity": 1}]}),
                Held::NotAll,
            ),
            (
                json!({"City": "Graz", "Items": [{"Quantity": 1}]}),
                Held::All,
            ),
            (
                json!({"City": "Graz", "Items": [{"Quantity": 2}]}),
                Held::NotAll,
            ),
            (
                json!({"City": "Graz", "Items": [{"Quantity": 1}, {"Quantity": 1}]}),
                Held::NotAll,
            ),
            (
                json!({"Items": [{"Quantity": 1, "Tax": {"name": "A"}}]}),
                Held::Unknown,
            ),
            (
                json!({"City": "Graz", "$append_values": {"Languages": true}}),
                Held::Unknown,
            ),
            (json!({"Items": [{"id": "9"}]}), Held::Unknown),
            (json!({"id": "1"}), Held::Unknown),
        ] {
            let (record, sent) = (stored.as_object().unwrap(), sent.as_object().unwrap());
            assert_eq!(held(record, sent, None), wanted, "{sent:?}");
        }
        let sent = json!({"City": "Graz", "Fax": "1"});
        let read = HashSet::from(["City"]);
        let (record, sent) = (stored.as_object().unwrap(), sent.as_object().unwrap());
        assert_eq!(held(record, sent, Some(&read)), Held::Unknown);
        assert_eq!(fields_changed("At", &[sent]), ["At", "City", "Fax"]);
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
