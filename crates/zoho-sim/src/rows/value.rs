//! Reads one JSON value into a cell by the type of its field (sheet "data types").

use serde_json::{Value, json};

use super::{Row, special};
use crate::catalog::{self, Place, Refusal};
use crate::schema::{DataType, Field};
use crate::world::{Cell, World, parse_date, parse_id, parse_time};

/// Values of a multi-select picklist.
const VALUES_MAX: usize = 200;

/// Digits before the point of a decimal number.
pub(super) const WHOLE_DIGITS_MAX: u32 = 16;

/// The cell for a value, `None` for an empty one.
///
/// unknown: what Zoho stores for an empty text; here it empties the field, so that it does not satisfy a mandatory one.
pub(super) fn cell_of(
    world: &World,
    field: &Field,
    given: &Value,
    place: Place<'_>,
) -> Result<Option<Cell>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    let cell = match field.data_type {
        DataType::Integer => integer(field, given, place)?,
        DataType::BigInt => big_integer(field, given, place)?,
        DataType::Double | DataType::Currency | DataType::Percent => number(field, given, place)?,
        DataType::Boolean => Cell::Bool(
            given
                .as_bool()
                .ok_or_else(|| catalog::wrong_type(place, "boolean"))?,
        ),
        DataType::Lookup => Cell::Id(lookup(world, field, given, place)?),
        DataType::OwnerLookup | DataType::UserLookup => Cell::Id(user_of(world, given, place)?),
        DataType::Alarm
        | DataType::Recurrence
        | DataType::MultiReminder
        | DataType::Participants
        | DataType::Tax
        | DataType::LineTax
        | DataType::PricingDetails => {
            return special::cell_of(world, field.data_type, given, place);
        }
        DataType::MultiSelectPickList => match list(field, given, place)? {
            Some(cell) => cell,
            None => return Ok(None),
        },
        _ => {
            let text = given
                .as_str()
                .ok_or_else(|| catalog::wrong_type(place, expected_text(field.data_type)))?;
            if text.is_empty() || (field.data_type == DataType::PickList && text == "-None-") {
                return Ok(None);
            }
            text_cell(field, text, place)?
        }
    };
    Ok(Some(cell))
}

/// The cell of a default value, which is written as text in the field's metadata.
pub(super) fn default_cell(field: &Field, text: &str) -> Option<Cell> {
    match field.data_type {
        DataType::Boolean => Some(Cell::Bool(text == "true")),
        DataType::Integer => text.parse().ok().map(Cell::Integer),
        DataType::Double | DataType::Currency | DataType::Percent => {
            let number = text.parse().ok().filter(|number: &f64| number.is_finite());
            number.map(Cell::Double)
        }
        DataType::DateTime => parse_time(text).map(Cell::Time),
        DataType::MultiSelectPickList => Some(Cell::List([text.into()].into())),
        _ => Some(Cell::Text(text.into())),
    }
}

fn expected_text(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Date => "date",
        DataType::DateTime => "datetime",
        _ => "string",
    }
}

fn text_cell(field: &Field, text: &str, place: Place<'_>) -> Result<Cell, Refusal> {
    match field.data_type {
        DataType::Date => {
            parse_date(text).ok_or_else(|| catalog::wrong_type(place, "date"))?;
            return Ok(Cell::Text(text.into()));
        }
        DataType::DateTime => {
            return parse_time(text)
                .map(Cell::Time)
                .ok_or_else(|| catalog::wrong_type(place, "datetime"));
        }
        _ => {}
    }
    refuse_longer(
        text,
        usize::try_from(field.length).unwrap_or(usize::MAX),
        place,
    )?;
    let is_well_formed = match field.data_type {
        DataType::Email => is_email(text),
        DataType::Phone => is_phone(text),
        _ => true,
    };
    if field.is_restricted && !is_known(field, text) {
        let known: Vec<&str> = field
            .pick_list
            .iter()
            .map(|value| value.reference_value.as_str())
            .collect();
        return Err(catalog::invalid_value(place).with_detail("supported_values", json!(known)));
    }
    // unknown: Zoho may add more to these details than the name and the place.
    if is_well_formed {
        Ok(Cell::Text(text.into()))
    } else {
        Err(catalog::invalid_value(place))
    }
}

/// Refuses a text of more characters.
pub(super) fn refuse_longer(
    text: &str,
    length_max: usize,
    place: Place<'_>,
) -> Result<(), Refusal> {
    // Bytes are never fewer than characters, so most texts need no counting.
    if text.len() > length_max && text.chars().count() > length_max {
        return Err(catalog::too_long(place, length_max));
    }
    Ok(())
}

/// Whether a picklist has the value.
fn is_known(field: &Field, text: &str) -> bool {
    let mut values = field.pick_list.iter();
    values.any(|value| value.is_used && value.reference_value == text)
}

/// A local part, an at sign, a domain with a dot, and a last label of 2 to 22 letters.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let Some((name, last)) = domain.rsplit_once('.') else {
        return false;
    };
    let is_local =
        |letter: char| letter.is_alphanumeric() || "._%+-'!#$&*/=?^`{|}~".contains(letter);
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '.';
    !local.is_empty()
        && local.chars().all(is_local)
        && name.split('.').all(|label| !label.is_empty())
        && name.chars().all(is_name)
        && (2..=22).contains(&last.chars().count())
        && last.chars().all(char::is_alphanumeric)
}

fn is_phone(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "+.-() #;,".contains(letter))
}

fn integer(field: &Field, given: &Value, place: Place<'_>) -> Result<Cell, Refusal> {
    let number = given
        .as_i64()
        .ok_or_else(|| catalog::wrong_type(place, "integer"))?;
    if digits(number.unsigned_abs()) > field.length {
        return Err(catalog::too_long(
            place,
            usize::try_from(field.length).unwrap_or(usize::MAX),
        ));
    }
    if field.api_name == "Probability" && !(0..=100).contains(&number) {
        return Err(catalog::invalid_value(place));
    }
    Ok(Cell::Integer(number))
}

fn digits(number: u64) -> u32 {
    number.checked_ilog10().unwrap_or(0) + 1
}

/// Long integers are text in records, so that leading zeros stay.
fn big_integer(field: &Field, given: &Value, place: Place<'_>) -> Result<Cell, Refusal> {
    let text = match given {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return Err(catalog::wrong_type(place, "bigint")),
    };
    let bare = text.strip_prefix('-').unwrap_or(&text);
    if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(catalog::wrong_type(place, "bigint"));
    }
    let length_max = usize::try_from(field.length).unwrap_or(usize::MAX);
    if bare.len() > length_max {
        return Err(catalog::too_long(place, length_max));
    }
    Ok(Cell::Text(text.into()))
}

fn number(field: &Field, given: &Value, place: Place<'_>) -> Result<Cell, Refusal> {
    decimal(given, field.length, place).map(Cell::Double)
}

/// A number of as many digits before the point, and 9 behind it.
pub(super) fn decimal(given: &Value, digits_max: u32, place: Place<'_>) -> Result<f64, Refusal> {
    let number = given
        .as_f64()
        .ok_or_else(|| catalog::wrong_type(place, "double"))?;
    if !fits(number, digits_max) {
        return Err(catalog::too_long(
            place,
            usize::try_from(digits_max).unwrap_or(usize::MAX),
        ));
    }
    if decimals(number) > 9 {
        return Err(catalog::invalid_value(place).with_detail("maximum_decimal_place", 9.into()));
    }
    // A zero without a sign, as `-0.0` would be printed with it.
    Ok(if number == 0.0 { 0.0 } else { number })
}

/// Whether a number has no more than these digits before its point.
pub(super) fn fits(number: f64, digits_max: u32) -> bool {
    let digits_max = i32::try_from(digits_max).unwrap_or(i32::MAX);
    number.abs() < 10f64.powi(digits_max)
}

/// Places after the point, however the number is written: it is printed without an exponent.
fn decimals(number: f64) -> usize {
    let text = number.to_string();
    text.split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}

fn list(field: &Field, given: &Value, place: Place<'_>) -> Result<Option<Cell>, Refusal> {
    let values = given
        .as_array()
        .ok_or_else(|| catalog::wrong_type(place, "jsonarray"))?;
    if values.len() > VALUES_MAX {
        return Err(catalog::too_long(place, VALUES_MAX));
    }
    let texts: Option<Vec<Box<str>>> = values
        .iter()
        .map(|value| value.as_str().map(Box::from))
        .collect();
    let texts = texts.ok_or_else(|| catalog::wrong_type(place, "jsonarray"))?;
    refuse_longer_list(field, &texts, place)?;
    Ok((!texts.is_empty()).then(|| Cell::List(texts.into_boxed_slice())))
}

/// Refuses more values, or longer ones, than a multi-select picklist has room for.
pub(super) fn refuse_longer_list(
    field: &Field,
    texts: &[Box<str>],
    place: Place<'_>,
) -> Result<(), Refusal> {
    if texts.len() > VALUES_MAX {
        return Err(catalog::too_long(place, VALUES_MAX));
    }
    let length_max = usize::try_from(field.length).unwrap_or(usize::MAX);
    if texts.iter().map(|text| text.chars().count()).sum::<usize>() > length_max {
        return Err(catalog::too_long(place, length_max));
    }
    Ok(())
}

/// An id as clients write it: text from most, a number of 19 digits from some. Never read as floating point.
pub(crate) fn id_in(given: &Value) -> Option<u64> {
    match given {
        Value::String(text) => parse_id(text),
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

fn lookup(world: &World, field: &Field, given: &Value, place: Place<'_>) -> Result<u64, Refusal> {
    let object = given
        .as_object()
        .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
    let id = object
        .get("id")
        .and_then(id_in)
        .ok_or_else(|| catalog::invalid_value(place))?;
    let target = field
        .lookup
        .as_ref()
        .and_then(|lookup| world.table_named(&lookup.module));
    let exists = target.is_some_and(|table| table.rows.contains_key(&id));
    if exists {
        Ok(id)
    } else {
        Err(catalog::invalid_value(place))
    }
}

/// The record of any module that a lookup names: its module stands in the value, or beside it as `$se_module` (`se_module` in
/// older versions).
pub(super) fn any_record(
    world: &World,
    field: &Field,
    row: &Row<'_>,
    given: &Value,
    place: Place<'_>,
) -> Result<Option<Cell>, Refusal> {
    let id = match given {
        Value::Null => return Ok(None),
        Value::Object(object) => object.get("id").and_then(id_in),
        Value::String(_) | Value::Number(_) => id_in(given),
        _ => return Err(catalog::wrong_type(place, "jsonobject")),
    };
    let id = id.ok_or_else(|| catalog::invalid_value(place))?;
    let beside = row.get("$se_module").or_else(|| row.get("se_module"));
    let inside = given.get("module").map(|module| {
        let name = module.get("api_name").and_then(Value::as_str);
        name.or_else(|| module.as_str())
    });
    let module = inside.flatten().or_else(|| beside.and_then(Value::as_str));
    if module.is_none() && field.api_name == "What_Id" {
        let missing = Place {
            field: "$se_module",
            ..place
        };
        return Err(catalog::rows::dependent_field_missing(missing, place.field));
    }
    let found = world.find(id).map(|(table, _)| table);
    let is_meant = match module {
        None => found.is_some(),
        Some(name) => found.is_some() && world.table_position(name) == found,
    };
    if is_meant {
        Ok(Some(Cell::Id(id)))
    } else {
        Err(catalog::invalid_value(place))
    }
}

/// The active user named by id or e-mail.
pub(super) fn user_of(world: &World, given: &Value, place: Place<'_>) -> Result<u64, Refusal> {
    let object = given
        .as_object()
        .ok_or_else(|| catalog::wrong_type(place, "jsonobject"))?;
    let id = object.get("id").and_then(id_in);
    let email = object.get("email").and_then(Value::as_str);
    world
        .users
        .iter()
        .find(|user| {
            user.is_active
                && (id == Some(user.id) || (id.is_none() && email == Some(user.email.as_str())))
        })
        .map(|user| user.id)
        .ok_or_else(|| catalog::invalid_value(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_need_a_local_part_and_a_domain_with_a_dot() {
        for good in [
            "a@b.co",
            "ada.ray+crm@mail.example.org",
            "jürgen@müller.de",
            "o'neil@x-y.travel",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "", "a", "a@b", "@b.co", "a@.co", "a@b.c", "a b@c.de", "a@b@c.de", "a@b..de",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn decimals_are_counted_by_value() {
        for (number, places) in [
            (1e-10, 10),
            (12345e-10, 10),
            (1.5e-9, 10),
            (1e-9, 9),
            (1e20, 0),
            (-0.0, 0),
            (2.50, 1),
        ] {
            assert_eq!(decimals(number), places, "{number}");
        }
    }

    #[test]
    fn phones_hold_digits_letters_and_a_few_signs() {
        assert!(is_phone("+44 (20) 7946-0101 ext 5") && !is_phone("12/34") && !is_phone("☎ 1"));
    }

    #[test]
    fn ids_are_read_from_text_and_from_whole_numbers() {
        assert_eq!(
            id_in(&5_725_767_000_000_001_001u64.into()),
            Some(5_725_767_000_000_001_001)
        );
        assert_eq!(id_in(&"42".into()), Some(42));
        assert_eq!(id_in(&1.5.into()), None);
    }
}
