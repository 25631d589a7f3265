//! Values of several parts that stand in one cell: reminders, recurrences, participants, taxes, prices.
//!
//! unknown: the details with which Zoho refuses a part; here they name the part's key, as in rows of sub-forms.

use serde_json::{Map, Value, json};

use super::{recurrence, value};
use crate::catalog::{self, Place, Refusal};
use crate::schema::DataType;
use crate::world::{Cell, World};

/// Participants of one meeting.
const PARTICIPANTS_MAX: usize = 50;
/// Reminders, taxes or prices of one record. unknown: the documentation names no number.
const LIST_MAX: usize = 100;
/// Characters of a name or rule inside of a value. unknown: here those of a single line.
const TEXT_MAX: usize = 255;
/// Characters of the value of a tax, which is one of a picklist.
const OPTION_MAX: usize = 120;
/// Characters of an address.
const EMAIL_MAX: usize = 100;
/// Digits of a whole number.
const DIGITS_MAX: usize = 9;

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
        DataType::MultiReminder => list(given, place, LIST_MAX, reminder)?,
        DataType::Participants => list(given, place, PARTICIPANTS_MAX, |item| {
            participant(world, item)
        })?,
        DataType::Tax => list(given, place, LIST_MAX, tax)?,
        DataType::LineTax => line_tax(given, place)?,
        DataType::PricingDetails => list(given, place, LIST_MAX, price)?,
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

/// One object of a list, with the row in which it stands.
struct Item<'i> {
    row: usize,
    given: &'i Map<String, Value>,
}

impl Item<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.given.get(key).filter(|given| !given.is_null())
    }

    fn place<'k>(&self, key: &'k str) -> Place<'k> {
        Place {
            row: self.row,
            field: key,
        }
    }

    /// The text of a key, when there is one.
    fn text(&self, key: &str, length_max: usize) -> Result<Option<&str>, Refusal> {
        let given = self.get(key);
        given
            .map(|given| text(given, self.place(key), length_max))
            .transpose()
    }

    fn needed_text(&self, key: &str, length_max: usize) -> Result<&str, Refusal> {
        self.text(key, length_max)?
            .ok_or_else(|| catalog::mandatory_not_found(self.place(key)))
    }

    /// A number of at least zero, as decimal fields have them.
    fn needed_number(&self, key: &str) -> Result<f64, Refusal> {
        let place = self.place(key);
        let given = self
            .get(key)
            .ok_or_else(|| catalog::mandatory_not_found(place))?;
        let number = value::decimal(given, value::WHOLE_DIGITS_MAX, place)?;
        if number < 0.0 {
            return Err(catalog::invalid_value(place));
        }
        Ok(number)
    }

    fn id(&self) -> Option<u64> {
        self.get("id").and_then(value::id_in)
    }
}

fn text<'g>(given: &'g Value, place: Place<'_>, length_max: usize) -> Result<&'g str, Refusal> {
    let text = given
        .as_str()
        .ok_or_else(|| catalog::wrong_type(place, "string"))?;
    value::refuse_longer(text, length_max, place)?;
    Ok(text)
}

fn list(
    given: &Value,
    place: Place<'_>,
    maximum: usize,
    read: impl Fn(&Item<'_>) -> Result<Value, Refusal>,
) -> Result<Option<Value>, Refusal> {
    let items = given
        .as_array()
        .ok_or_else(|| catalog::wrong_type(place, "jsonarray"))?;
    if items.len() > maximum {
        return Err(catalog::rows::too_many_values(place, maximum));
    }
    let items = items.iter().enumerate().map(|(at, item)| {
        let given = item
            .as_object()
            .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
        let row = place.row;
        read(&Item { row, given })
            .map_err(|refusal| catalog::rows::within(refusal, row, place.field, at))
    });
    let items: Vec<Value> = items.collect::<Result<_, Refusal>>()?;
    Ok((!items.is_empty()).then_some(Value::Array(items)))
}

/// `{"ALARM": "..."}`, `{"RRULE": "..."}`.
fn named_text(given: &Value, key: &str, place: Place<'_>) -> Result<Value, Refusal> {
    let object = given
        .as_object()
        .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
    let text = match object.get(key) {
        Some(given) => text(given, place, TEXT_MAX)?,
        None => "",
    };
    if text.is_empty() {
        return Err(catalog::invalid_value(place));
    }
    Ok(json!({key: text}))
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
fn reminder(item: &Item<'_>) -> Result<Value, Refusal> {
    let place = item.place("unit");
    let unit = item
        .get("unit")
        .ok_or_else(|| catalog::mandatory_not_found(place))?;
    let unit = unit
        .as_u64()
        .ok_or_else(|| catalog::wrong_type(place, "integer"))?;
    if unit.to_string().len() > DIGITS_MAX {
        return Err(catalog::too_long(place, DIGITS_MAX));
    }
    let periods = ["minutes", "hours", "days", "weeks"];
    let period = item.needed_text("period", TEXT_MAX)?;
    if !periods.contains(&period) {
        let refusal = catalog::invalid_value(item.place("period"));
        return Err(refusal.with_detail("supported_values", json!(periods)));
    }
    Ok(match item.text("time", TEXT_MAX)? {
        None => json!({"unit": unit, "period": period}),
        Some(time) if is_time_of_day(time) => json!({"unit": unit, "period": period, "time": time}),
        Some(_) => return Err(catalog::invalid_value(item.place("time"))),
    })
}

/// `10:30`.
fn is_time_of_day(text: &str) -> bool {
    let number = |part: &str, end: u8| {
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse().is_ok_and(|number: u8| number < end)
    };
    text.split_once(':')
        .is_some_and(|(hour, minute)| number(hour, 24) && number(minute, 60))
}

/// Somebody who is invited: a contact, lead or user by id, or anybody by e-mail.
fn participant(world: &World, item: &Item<'_>) -> Result<Value, Refusal> {
    let kind = item.text("type", TEXT_MAX)?.unwrap_or_default();
    let place = item.place("participant");
    let invalid = || catalog::invalid_value(place);
    let named = item
        .get("participant")
        .ok_or_else(|| catalog::mandatory_not_found(place))?;
    let (name, email) = match kind {
        "email" => match text(named, place, EMAIL_MAX)? {
            email if value::is_email(email) => (None, Some(email.to_owned())),
            _ => return Err(invalid()),
        },
        "user" => {
            let user = value::id_in(named).and_then(|id| world.user(id));
            let user = user.ok_or_else(invalid)?;
            (Some(user.full_name()), Some(user.email.clone()))
        }
        "contact" | "lead" => {
            let module = if kind == "lead" { "Leads" } else { "Contacts" };
            let found = value::id_in(named).and_then(|id| world.find(id));
            let found = found.map(|(table, record)| (&world.tables[table], record));
            let (table, record) = found
                .filter(|(table, _)| table.module.api_name == module)
                .ok_or_else(invalid)?;
            let email = table.module.position("Email");
            let email = email.and_then(|position| record.text(position));
            (Some(table.name_of(record)), email.map(str::to_owned))
        }
        _ => return Err(catalog::invalid_value(item.place("type"))),
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
fn tax(item: &Item<'_>) -> Result<Value, Refusal> {
    let value = item.needed_text("value", OPTION_MAX)?;
    Ok(match item.id() {
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
        let percentage = item.needed_number("percentage")?;
        if percentage > 100.0 {
            return Err(catalog::invalid_value(item.place("percentage")));
        }
        let mut tax = Map::new();
        if let Some(name) = item.text("name", OPTION_MAX)? {
            tax.insert("name".to_owned(), json!(name));
        }
        tax.insert("percentage".to_owned(), json!(percentage));
        if let Some(id) = item.id() {
            tax.insert("id".to_owned(), json!(id.to_string()));
        }
        Ok(Value::Object(tax))
    })
}

/// `{"from_range": 1, "to_range": 5, "discount": 2.1}`.
fn price(item: &Item<'_>) -> Result<Value, Refusal> {
    let mut price = Map::new();
    for key in ["from_range", "to_range", "discount"] {
        price.insert(key.to_owned(), json!(item.needed_number(key)?));
    }
    if let Some(id) = item.id() {
        price.insert("id".to_owned(), json!(id.to_string()));
    }
    Ok(Value::Object(price))
}
