//! Values of several parts that stand in one cell: reminders, recurrences, participants, taxes, prices.

use serde_json::{Map, Value, json};

use super::{recurrence, value};
use crate::catalog::{self, Place, Refusal};
use crate::schema::DataType;
use crate::world::{Cell, World};

/// Participants of one meeting.
const PARTICIPANTS_MAX: usize = 50;
/// Reminders, taxes or prices of one record. unknown: the documentation names no number.
const LIST_MAX: usize = 100;

/// The cell for a value of one of these types; `None` for an empty one.
pub(super) fn cell_of(
    world: &World,
    data_type: DataType,
    given: &Value,
    place: Place<'_>,
) -> Result<Option<Cell>, Refusal> {
    let value = match data_type {
        DataType::Alarm => Some(named_text(given, "ALARM", place)?),
        DataType::Recurrence => Some(recurring(given, place)?),
        DataType::MultiReminder => list(given, place, LIST_MAX, |item| reminder(item, place))?,
        DataType::Participants => list(given, place, PARTICIPANTS_MAX, |item| {
            participant(world, item, place)
        })?,
        DataType::Tax => list(given, place, LIST_MAX, |item| tax(item, place))?,
        DataType::LineTax => line_tax(given, place)?,
        DataType::PricingDetails => list(given, place, LIST_MAX, |item| price(item, place))?,
        _ => return Err(catalog::invalid_value(place)),
    };
    Ok(value.map(|value| Cell::Json(Box::new(value))))
}

/// The parts of a list get ids, where they have such.
pub(super) fn give_ids(data_type: DataType, cell: &mut Cell, mut new_id: impl FnMut() -> u64) {
    let has_ids = matches!(
        data_type,
        DataType::Participants | DataType::LineTax | DataType::PricingDetails | DataType::Tax
    );
    let Cell::Json(value) = cell else { return };
    let parts = value.as_array_mut().filter(|_| has_ids);
    for part in parts.into_iter().flatten() {
        if let Some(part) = part.as_object_mut()
            && !part.contains_key("id")
        {
            part.insert("id".to_owned(), json!(new_id().to_string()));
        }
    }
}

fn list(
    given: &Value,
    place: Place<'_>,
    maximum: usize,
    read: impl Fn(&Map<String, Value>) -> Result<Value, Refusal>,
) -> Result<Option<Value>, Refusal> {
    let items = given
        .as_array()
        .ok_or_else(|| catalog::wrong_type(place, "jsonarray"))?;
    if items.len() > maximum {
        return Err(catalog::rows::too_many_values(place, maximum));
    }
    let items: Result<Vec<Value>, Refusal> = items
        .iter()
        .map(|item| match item.as_object() {
            Some(item) => read(item),
            None => Err(catalog::wrong_type(place, "jsonobject")),
        })
        .collect();
    Ok(Some(items?)
        .filter(|items| !items.is_empty())
        .map(Value::Array))
}

fn named_text(given: &Value, key: &str, place: Place<'_>) -> Result<Value, Refusal> {
    let object = given
        .as_object()
        .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
    match object.get(key).and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(json!({key: text})),
        _ => Err(catalog::invalid_value(place)),
    }
}

fn recurring(given: &Value, place: Place<'_>) -> Result<Value, Refusal> {
    let value = named_text(given, "RRULE", place)?;
    let rule = value["RRULE"].as_str().and_then(recurrence::Rule::parse);
    if rule.is_some() {
        Ok(value)
    } else {
        Err(catalog::invalid_value(place))
    }
}

/// `{"unit": 15, "period": "minutes"}`, with the time of day for days and weeks.
fn reminder(item: &Map<String, Value>, place: Place<'_>) -> Result<Value, Refusal> {
    let unit = item.get("unit").and_then(Value::as_u64);
    let period = item.get("period").and_then(Value::as_str);
    match (unit, period) {
        (Some(unit), Some(period @ ("minutes" | "hours" | "days" | "weeks"))) => {
            let time = item.get("time").and_then(Value::as_str);
            Ok(match time {
                None => json!({"unit": unit, "period": period}),
                Some(time) => json!({"unit": unit, "period": period, "time": time}),
            })
        }
        _ => Err(catalog::invalid_value(place)),
    }
}

/// Somebody who is invited: a contact, lead or user by id, or anybody by e-mail.
fn participant(
    world: &World,
    item: &Map<String, Value>,
    place: Place<'_>,
) -> Result<Value, Refusal> {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let named = item
        .get("participant")
        .ok_or_else(|| catalog::invalid_value(place))?;
    let (name, email) = match kind {
        "email" => match named.as_str() {
            Some(email) if value::is_email(email) => (None, Some(email.to_owned())),
            _ => return Err(catalog::invalid_value(place)),
        },
        "user" => {
            let user = value::id_in(named).and_then(|id| world.user(id));
            let user = user.ok_or_else(|| catalog::invalid_value(place))?;
            (Some(user.full_name()), Some(user.email.clone()))
        }
        "contact" | "lead" => {
            let module = if kind == "lead" { "Leads" } else { "Contacts" };
            let found = value::id_in(named).and_then(|id| world.find(id));
            let found = found.map(|(table, record)| (&world.tables[table], record));
            let (table, record) = found
                .filter(|(table, _)| table.module.api_name == module)
                .ok_or_else(|| catalog::invalid_value(place))?;
            let email = table.module.position("Email");
            let email = email.and_then(|position| record.text(position));
            (Some(table.name_of(record)), email.map(str::to_owned))
        }
        _ => return Err(catalog::invalid_value(place)),
    };
    let named = value::id_in(named).map_or_else(|| named.clone(), |id| json!(id.to_string()));
    Ok(json!({
        "name": name,
        "Email": email,
        "invited": false,
        "type": kind,
        "participant": named,
        "status": "not_known",
    }))
}

/// A tax that a product may carry: `{"value": "15%"}`.
fn tax(item: &Map<String, Value>, place: Place<'_>) -> Result<Value, Refusal> {
    let value = item.get("value").and_then(Value::as_str);
    let value = value.ok_or_else(|| catalog::invalid_value(place))?;
    Ok(match item.get("id").and_then(value::id_in) {
        None => json!({"value": value}),
        Some(id) => json!({"value": value, "id": id.to_string()}),
    })
}

/// Taxes of a line item: `[{"name", "percentage"}]`; their values are computed with the line.
pub(super) fn line_tax(given: &Value, place: Place<'_>) -> Result<Option<Value>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    list(given, place, LIST_MAX, |item| {
        let percentage = item.get("percentage").and_then(Value::as_f64);
        let percentage = percentage
            .filter(|percentage| (0.0..=100.0).contains(percentage))
            .ok_or_else(|| catalog::invalid_value(place))?;
        let mut tax = Map::new();
        if let Some(name) = item.get("name").and_then(Value::as_str) {
            tax.insert("name".to_owned(), json!(name));
        }
        tax.insert("percentage".to_owned(), json!(percentage));
        if let Some(id) = item.get("id").and_then(value::id_in) {
            tax.insert("id".to_owned(), json!(id.to_string()));
        }
        Ok(Value::Object(tax))
    })
}

/// `{"from_range": 1, "to_range": 5, "discount": 2.1}`.
fn price(item: &Map<String, Value>, place: Place<'_>) -> Result<Value, Refusal> {
    let mut price = Map::new();
    for key in ["from_range", "to_range", "discount"] {
        let number = item.get(key).and_then(Value::as_f64);
        let number = number
            .filter(|number| *number >= 0.0)
            .ok_or_else(|| catalog::invalid_value(place))?;
        price.insert(key.to_owned(), json!(number));
    }
    if let Some(id) = item.get("id").and_then(value::id_in) {
        price.insert("id".to_owned(), json!(id.to_string()));
    }
    Ok(Value::Object(price))
}
