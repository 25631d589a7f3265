//! One cell of a file as the JSON value that the field takes.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use serde_json::{Number, Value, json};

use crate::schema::{DataType, Field};
use crate::world::bulk::Mapping;
use crate::world::{Cell, Table, World, parse_id, write_time};

const DATE: &str = "MM/dd/yyyy";
const DATE_TIME: &str = "MM/dd/yyyy HH:mm:ss";

/// The value for a filled cell. What cannot be read goes on as text, which the field then refuses.
pub(super) fn value(world: &World, field: &Field, mapping: &Mapping, text: &str) -> Value {
    let format = mapping.format.as_deref();
    match field.data_type {
        DataType::Integer => text.parse::<i64>().map_or(json!(text), Value::from),
        DataType::Double | DataType::Currency | DataType::Percent => {
            let number = text.parse::<f64>().ok().and_then(Number::from_f64);
            number.map_or(json!(text), Value::Number)
        }
        DataType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Value::Bool(true),
            "false" | "0" | "no" => Value::Bool(false),
            _ => json!(text),
        },
        DataType::Date => json!(date(text, format).unwrap_or_else(|| text.to_owned())),
        DataType::DateTime => {
            json!(date_time(world, text, format).unwrap_or_else(|| text.to_owned()))
        }
        DataType::MultiSelectPickList => {
            let values: Vec<&str> = text.split(';').map(str::trim).collect();
            json!(values)
        }
        DataType::Tag => {
            let names = text
                .split([';', ','])
                .map(|name| json!({"name": name.trim()}));
            Value::Array(names.collect())
        }
        DataType::Layout => json!({"id": text}),
        data_type if data_type.is_reference() => {
            let find_by = mapping.find_by.as_deref().unwrap_or("id");
            json!({"id": reference(world, field, find_by, text)})
        }
        _ => json!(text),
    }
}

/// The record or user that a cell means; the text itself when there is none, which no lookup takes.
fn reference(world: &World, field: &Field, find_by: &str, text: &str) -> String {
    if find_by == "id" {
        return text.to_owned();
    }
    let found = if field.data_type.is_user() {
        let mut users = world.users.iter();
        let user = users.find(|user| user.email.eq_ignore_ascii_case(text));
        user.map(|user| user.id)
    } else {
        let module = field.lookup.as_ref().map(|lookup| lookup.module.as_str());
        let table = module.and_then(|module| world.table_named(module));
        table.and_then(|table| find(table, find_by, text))
    };
    found.map_or_else(|| text.to_owned(), |id| id.to_string())
}

/// The record with this value: by index where there is one, else by looking at each. The latest changed one of several.
pub(super) fn find(table: &Table, field: &str, text: &str) -> Option<u64> {
    if field == "id" {
        return parse_id(text).filter(|id| table.rows.contains_key(id));
    }
    let position = table.module.position(field)?;
    let cell = Cell::Text(text.into());
    let latest = |ids: &mut dyn Iterator<Item = u64>| {
        ids.max_by_key(|id| (table.rows.get(id).map(|record| record.modified_at), *id))
    };
    if table.module.indexed_positions().contains(&position) {
        return latest(&mut table.holders(position, &cell).iter().copied());
    }
    let is_same = |known: &str| known.eq_ignore_ascii_case(text);
    let holders = table.by_id(false, None);
    let holders = holders.filter(|record| record.text(position).is_some_and(is_same));
    latest(&mut holders.map(|record| record.id))
}

/// Whether a date or time can be read by this format.
pub(super) fn is_format(data_type: DataType, format: &str) -> bool {
    match data_type {
        DataType::Date | DataType::DateTime => pattern(format).is_some(),
        // unknown: formats of other types; they are not looked at.
        _ => true,
    }
}

fn date(text: &str, format: Option<&str>) -> Option<String> {
    let read = |format: &str| Date::strptime(pattern(format)?, text).ok();
    let date = match format {
        Some(format) => read(format),
        None => read(DATE).or_else(|| read("yyyy-MM-dd")),
    };
    date.map(|date| date.to_string())
}

/// Times without an offset are those of the organisation.
fn date_time(world: &World, text: &str, format: Option<&str>) -> Option<String> {
    if format.is_none() && crate::world::parse_time(text).is_some() {
        return Some(text.to_owned());
    }
    let pattern = pattern(format.unwrap_or(DATE_TIME))?;
    let minutes = world.organisation.utc_offset_minutes;
    let offset = Offset::from_seconds(minutes.checked_mul(60)?).ok()?;
    let local = DateTime::strptime(pattern, text).ok()?;
    let zoned = local.to_zoned(TimeZone::fixed(offset)).ok()?;
    let mut out = Vec::with_capacity(25);
    write_time(&mut out, zoned.timestamp().as_second(), minutes);
    String::from_utf8(out).ok()
}

/// `dd/MM/yyyy HH:mm` as the patterns of `strptime` are written; `None` for letters that mean nothing.
fn pattern(format: &str) -> Option<String> {
    const WORDS: [(&str, &str); 15] = [
        ("yyyy", "%Y"),
        ("yy", "%y"),
        ("MMMM", "%B"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("M", "%m"),
        ("dd", "%d"),
        ("d", "%d"),
        ("HH", "%H"),
        ("hh", "%I"),
        ("mm", "%M"),
        ("ss", "%S"),
        ("a", "%p"),
        ("Z", "%z"),
        ("T", "T"),
    ];
    let mut out = String::with_capacity(format.len() + 8);
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_alphabetic() {
            let (word, meaning) = WORDS.iter().find(|(word, _)| rest.starts_with(word))?;
            out.push_str(meaning);
            rest = &rest[word.len()..];
        } else {
            if first == '%' {
                out.push('%');
            }
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Edition;
    use crate::seed::Seed;

    #[test]
    fn dates_and_times_are_read_by_their_format() {
        let world = World::build(&Seed::empty(), Edition::default(), 0).unwrap();
        for (text, format, read) in [
            ("01/31/2026", None, Some("2026-01-31")),
            ("2026-01-31", None, Some("2026-01-31")),
            ("31.01.2026", Some("dd.MM.yyyy"), Some("2026-01-31")),
            ("31-Jan-2026", Some("dd-MMM-yyyy"), Some("2026-01-31")),
            ("31/01/2026", None, None),
        ] {
            assert_eq!(date(text, format).as_deref(), read, "{text}");
        }
        let read = date_time(&world, "31/01/2026 10:20", Some("dd/MM/yyyy HH:mm")).unwrap();
        assert!(read.starts_with("2026-01-31T10:20:00"), "{read}");
        assert!(date_time(&world, "01/31/2026 10:20:30", None).is_some());
        assert_eq!(pattern("quarter"), None);
        assert!(!is_format(DataType::Date, "xx") && is_format(DataType::Text, "xx"));
    }
}
