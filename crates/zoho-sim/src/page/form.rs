//! The form of a record: an input for each field that a person can fill, and the row that a posted form means.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::value::{printed, text_of};
use crate::html::escape;
use crate::schema::{DataType, Field, Slot};
use crate::world::{Table, World, parse_id};

/// Name of the input that tells whose hand it is; no field begins with a point.
pub(super) const USER_INPUT: &str = ".user";
/// Records that a lookup offers.
const OFFERED_MAX: usize = 30;

/// Fields that a person can fill.
fn is_editable(field: &Field) -> bool {
    field.slot == Slot::Stored && !field.is_read_only || field.slot == Slot::Owner
}

/// How a field is written in a form.
enum Written {
    Text,
    Lines,
    YesOrNo,
    Reference,
    User,
    List,
    Tags,
    Json,
}

fn written(field: &Field) -> Written {
    match field.data_type {
        DataType::TextArea => Written::Lines,
        DataType::Boolean => Written::YesOrNo,
        DataType::Lookup => Written::Reference,
        DataType::OwnerLookup | DataType::UserLookup => Written::User,
        DataType::MultiSelectPickList => Written::List,
        DataType::Tag => Written::Tags,
        other if other.is_plain() => Written::Text,
        _ => Written::Json,
    }
}

/// The inputs, with the values of a record or of a form that was refused.
pub(super) fn print_inputs(body: &mut String, world: &World, table: &Table, record: &Value) {
    body.push_str("<div class=\"fields\">");
    for field in table
        .module
        .fields
        .iter()
        .filter(|field| is_editable(field))
    {
        print_input(body, world, field, &record[&field.api_name]);
    }
    let _ = write!(
        body,
        "<label>Whose hand it is <select name=\"{USER_INPUT}\">{}</select></label></div>",
        users(world, "")
    );
}

/// The active users as options, and the one that is chosen.
fn users(world: &World, chosen: &str) -> String {
    let users = world.users.iter().map(|user| {
        let id = user.id.to_string();
        let selected = if id == chosen { " selected" } else { "" };
        let is_offered = user.is_active || id == chosen;
        let name = escape(&user.full_name());
        is_offered.then(|| format!("<option value=\"{id}\"{selected}>{name}</option>"))
    });
    users.flatten().collect()
}

fn print_input(body: &mut String, world: &World, field: &Field, value: &Value) {
    let name = escape(&field.api_name);
    let text = escape(&shown(field, value));
    let star = if field.is_mandatory { " *" } else { "" };
    let _ = write!(
        body,
        "<label title=\"{name}, {}\">{}{star} ",
        field.data_type.name(),
        escape(&field.label)
    );
    // Writing into a text does not fail.
    let _ = match written(field) {
        Written::Lines | Written::Json => write!(
            body,
            "<textarea name=\"{name}\" rows=\"2\">{text}</textarea>"
        ),
        Written::YesOrNo => {
            let selected = if text == "true" { " selected" } else { "" };
            write!(
                body,
                "<select name=\"{name}\"><option>false</option><option{selected}>true</option></select>"
            )
        }
        Written::User => write!(
            body,
            "<select name=\"{name}\"><option></option>{}</select>",
            users(world, &text)
        ),
        _ => {
            let options = options(world, field);
            let list = if options.is_empty() {
                String::new()
            } else {
                format!(" list=\"list-{name}\"")
            };
            let kind = match field.data_type {
                DataType::Date => " type=\"date\"",
                DataType::Integer | DataType::BigInt => " inputmode=\"numeric\"",
                DataType::Double | DataType::Currency | DataType::Percent => {
                    " inputmode=\"decimal\""
                }
                DataType::DateTime => " placeholder=\"2026-01-10T09:00:00+01:00\"",
                _ => "",
            };
            let _ = write!(body, "<input name=\"{name}\" value=\"{text}\"{kind}{list}>");
            if options.is_empty() {
                Ok(())
            } else {
                write!(body, "<datalist id=\"list-{name}\">{options}</datalist>")
            }
        }
    };
    body.push_str("</label>");
}

/// What an input offers: the options of a picklist, or the latest records of the module that a lookup leads to.
fn options(world: &World, field: &Field) -> String {
    let option = |value: &str, label: &str| {
        format!(
            "<option value=\"{}\">{}</option>",
            escape(value),
            escape(label)
        )
    };
    match field.data_type {
        DataType::PickList => field
            .pick_list
            .iter()
            .map(|value| option(&value.display_value, ""))
            .collect(),
        DataType::Lookup => {
            let target = field
                .lookup
                .as_ref()
                .and_then(|lookup| world.table_named(&lookup.module));
            let records = target.into_iter().flat_map(|table| {
                table
                    .by_id(true, None)
                    .take(OFFERED_MAX)
                    .map(move |record| option(&record.id.to_string(), &table.name_of(record)))
            });
            records.collect()
        }
        _ => String::new(),
    }
}

/// A value as its input shows it.
fn shown(field: &Field, value: &Value) -> String {
    match (written(field), value) {
        (_, Value::Null) => String::new(),
        (Written::Reference | Written::User, value) => match value.get("id") {
            Some(id) => text_of(id),
            None => text_of(value),
        },
        (Written::Json, value) if !value.is_string() => value.to_string(),
        (_, value) => text_of(value),
    }
}

/// The row of a form: values in the JSON type of their field, and for an existing record only what was changed. What cannot
/// be read as its type stays text, so that the check names it.
pub(super) fn row_of(
    world: &World,
    table: &Table,
    form: &[(String, String)],
    id: Option<u64>,
) -> Map<String, Value> {
    let record = id
        .and_then(|id| table.rows.get(&id))
        .map(|record| printed(world, table, record));
    let mut row = Map::new();
    for (name, text) in form {
        let Some(field) = table.module.field(name).filter(|field| is_editable(field)) else {
            continue;
        };
        // Browsers send line ends of two characters.
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        let current = record.as_ref().map(|record| shown(field, &record[name]));
        let is_same = match &current {
            Some(current) => current.replace("\r\n", "\n").trim() == text,
            None => text.is_empty() || (field.data_type == DataType::Boolean && text == "false"),
        };
        if !is_same {
            row.insert(name.clone(), value_of(field, text));
        }
    }
    row
}

/// Whose hand a form names.
pub(super) fn user_of(form: &[(String, String)]) -> Option<u64> {
    let found = form.iter().find(|(name, _)| name == USER_INPUT);
    found.and_then(|(_, text)| parse_id(text))
}

fn value_of(field: &Field, text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let unread = || Value::String(text.to_owned());
    let parts = || {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
    };
    match written(field) {
        Written::YesOrNo => Value::Bool(text == "true"),
        Written::Reference | Written::User => json!({"id": text}),
        Written::List => parts().map(Value::from).collect(),
        Written::Tags => parts().map(|name| json!({"name": name})).collect(),
        Written::Json => serde_json::from_str(text).unwrap_or_else(|_| unread()),
        Written::Text | Written::Lines => match field.data_type {
            DataType::Integer => text.parse::<i64>().map_or_else(|_| unread(), Value::from),
            DataType::Double | DataType::Currency | DataType::Percent => {
                text.parse::<f64>().map_or_else(|_| unread(), Value::from)
            }
            _ => unread(),
        },
    }
}
