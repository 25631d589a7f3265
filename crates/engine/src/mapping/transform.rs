//! What can be done to a value on its way into a field.

use std::borrow::Cow;

use jiff::fmt::temporal::Pieces;
use serde_json::{Number, Value};

use super::datum::Datum;
use crate::model::config::Transform;

/// Why a transform could not do its work: the end of a sentence that begins with the value.
pub(super) type Misfit = &'static str;

/// Applies one transform; nothing means that the value counts as empty from here on.
///
/// `trim`, `lowercase`, `uppercase`, `first_name` and `last_name` are about text and leave other values alone.
pub(super) fn transform(
    transform: Transform,
    datum: Datum<'_>,
) -> Result<Option<Datum<'_>>, Misfit> {
    let done = match (transform, datum) {
        (Transform::Trim, Datum::Text(text)) => Datum::Text(trim(text)),
        (Transform::Lowercase, Datum::Text(text)) => {
            Datum::Text(change_case(text, char::is_lowercase, str::to_lowercase))
        }
        (Transform::Uppercase, Datum::Text(text)) => {
            Datum::Text(change_case(text, char::is_uppercase, str::to_uppercase))
        }
        (Transform::FirstName, Datum::Text(text)) => {
            Datum::Text(part_of_name(text, |name, at| &name[..at]))
        }
        (Transform::LastName, Datum::Text(text)) => {
            Datum::Text(part_of_name(text, |name, at| &name[at..]))
        }
        (
            Transform::Trim
            | Transform::Lowercase
            | Transform::Uppercase
            | Transform::FirstName
            | Transform::LastName,
            other,
        ) => other,
        (Transform::Number, datum) => to_number(datum)?,
        (Transform::Boolean, datum) => to_boolean(&datum)?,
        (Transform::Date, datum) => Datum::Text(Cow::Owned(to_date(&datum)?)),
        (Transform::Datetime, datum) => Datum::Text(Cow::Owned(to_datetime(&datum)?)),
        (Transform::List, datum) => to_list(datum)?,
        (Transform::Text, datum) => to_text(datum),
    };
    Ok(done.or_nothing())
}

/// The transform's name in configuration.
pub(super) fn name_of(transform: Transform) -> &'static str {
    match transform {
        Transform::Trim => "trim",
        Transform::Lowercase => "lowercase",
        Transform::Uppercase => "uppercase",
        Transform::FirstName => "first_name",
        Transform::LastName => "last_name",
        Transform::Number => "number",
        Transform::Boolean => "boolean",
        Transform::Date => "date",
        Transform::Datetime => "datetime",
        Transform::List => "list",
        Transform::Text => "text",
    }
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn change_case(
    text: Cow<'_, str>,
    is_done: fn(char) -> bool,
    change: fn(&str) -> String,
) -> Cow<'_, str> {
    if text
        .chars()
        .all(|c| is_done(c) || c.is_ascii() && !c.is_ascii_alphabetic())
    {
        text
    } else {
        Cow::Owned(change(&text))
    }
}

/// Cuts a full name before its last word.
fn part_of_name<'p>(name: Cow<'p, str>, part: fn(&str, usize) -> &str) -> Cow<'p, str> {
    let cut = |name: &str| {
        name.trim_end()
            .rfind(char::is_whitespace)
            .map_or(0, |at| at)
    };
    match name {
        Cow::Borrowed(name) => Cow::Borrowed(part(name.trim(), cut(name.trim())).trim()),
        Cow::Owned(name) => Cow::Owned(part(name.trim(), cut(name.trim())).trim().to_owned()),
    }
}

fn to_number(datum: Datum<'_>) -> Result<Datum<'_>, Misfit> {
    const MISFIT: Misfit = "is no number: write digits, with a point before decimals, like 1234.5";
    match &datum {
        Datum::Text(text) => parse_number(text)
            .map(|number| Datum::Value(Value::Number(number)))
            .ok_or(MISFIT),
        _ if datum.to_value().is_number() => Ok(datum),
        _ => Err(MISFIT),
    }
}

/// Reads `42`, `-1234.50`, `1,234.50`; no exponents, no currency signs.
fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let is_grouped_right = match (groups.next(), whole.contains(',')) {
        (Some(first), true) => {
            (1..=3).contains(&first.len())
                && groups.all(|group| group.len() == 3 && is_digits(group))
        }
        _ => true,
    };
    let plain = text.replace(',', "");
    let digits = plain.trim_start_matches(['+', '-']).split('.').next()?;
    if !is_grouped_right || !is_digits(digits) || !is_digits(decimals) {
        return None;
    }
    if decimals.bytes().all(|byte| byte == b'0')
        && let Some(whole) = plain
            .split('.')
            .next()
            .and_then(|whole| whole.parse::<i64>().ok())
    {
        return Some(whole.into());
    }
    Number::from_f64(plain.parse().ok()?)
}

fn to_boolean(datum: &Datum<'_>) -> Result<Datum<'static>, Misfit> {
    let word = match datum.to_value() {
        Value::Bool(is_true) => return Ok(Datum::Value(Value::Bool(is_true))),
        Value::String(text) => text.trim().to_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    match word.as_str() {
        "yes" | "true" | "on" | "1" => Ok(Datum::Value(Value::Bool(true))),
        "no" | "false" | "off" | "0" => Ok(Datum::Value(Value::Bool(false))),
        _ => Err("is neither yes nor no: send true or false, yes or no, on or off, 1 or 0"),
    }
}

/// The date as it stands in the text; an offset does not move it.
fn to_date(datum: &Datum<'_>) -> Result<String, Misfit> {
    const MISFIT: Misfit = "is no date: write it as 2026-01-31, with or without a time behind it";
    let Datum::Text(text) = datum else {
        return Err(MISFIT);
    };
    let pieces = Pieces::parse(text.trim()).map_err(|_| MISFIT)?;
    (pieces.date().year() >= 0)
        .then(|| pieces.date().to_string())
        .ok_or(MISFIT)
}

/// Fractions of a second go, since Zoho takes none; a time without offset counts as UTC, a date alone as midnight.
fn to_datetime(datum: &Datum<'_>) -> Result<String, Misfit> {
    const MISFIT: Misfit = "is no date and time: write it as 2026-01-31T09:00:00+00:00";
    let Datum::Text(text) = datum else {
        return Err(MISFIT);
    };
    let pieces = Pieces::parse(text.trim()).map_err(|_| MISFIT)?;
    let offset = pieces.to_numeric_offset().unwrap_or(jiff::tz::Offset::UTC);
    let local = pieces
        .date()
        .to_datetime(pieces.time().unwrap_or_else(jiff::civil::Time::midnight));
    let instant = offset.to_timestamp(local).map_err(|_| MISFIT)?;
    if local.year() < 0 {
        return Err(MISFIT);
    }
    Ok(format!("{:.0}", instant.display_with_offset(offset)))
}

fn to_list(datum: Datum<'_>) -> Result<Datum<'_>, Misfit> {
    let items = match &datum {
        Datum::Text(text) => text
            .split([',', ';'])
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(Value::from)
            .collect(),
        other => match other.to_value() {
            Value::Array(_) => return Ok(datum),
            Value::Object(_) => return Err("is an object, of which no list can be made"),
            scalar => vec![Value::String(text_of_scalar(&scalar).unwrap_or_default())],
        },
    };
    Ok(Datum::Value(Value::Array(items)))
}

/// Text of anything; an object has none, and is left out of lists too.
fn to_text(datum: Datum<'_>) -> Datum<'_> {
    let text = match datum {
        Datum::Text(text) => text,
        Datum::Json(raw) if !raw.get().starts_with(['{', '[']) => Cow::Borrowed(raw.get()),
        other => Cow::Owned(match other.to_value() {
            Value::Array(items) => items
                .iter()
                .filter_map(text_of_scalar)
                .collect::<Vec<_>>()
                .join(", "),
            scalar => text_of_scalar(&scalar).unwrap_or_default(),
        }),
    };
    Datum::Text(text)
}

fn text_of_scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is_true) => Some(is_true.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use serde_json::value::{RawValue, to_raw_value};

    use super::*;

    fn run(which: Transform, value: &Value) -> Result<Value, Misfit> {
        let raw: Box<RawValue> = to_raw_value(value).unwrap();
        let datum = Datum::read(&raw).unwrap().unwrap();
        transform(which, datum).map(|datum| datum.map_or(Value::Null, |datum| datum.to_value()))
    }

    #[test]
    fn transforms_do_what_they_say() {
        use Transform::*;
        let cases = [
            (Trim, json!("  Ada \n"), json!("Ada")),
            (Trim, json!(5), json!(5)),
            (
                Lowercase,
                json!("Ada@Example.COM"),
                json!("ada@example.com"),
            ),
            (Lowercase, json!("\u{c4}da"), json!("\u{e4}da")),
            (Uppercase, json!("de"), json!("DE")),
            (FirstName, json!("Ada Maria Ray"), json!("Ada Maria")),
            (FirstName, json!(" Ray "), json!(null)),
            (LastName, json!("Ada Maria  Ray "), json!("Ray")),
            (LastName, json!("Ray"), json!("Ray")),
            (Number, json!("42"), json!(42)),
            (Number, json!(" -1,234.50 "), json!(-1234.5)),
            (Number, json!("1,234,567.00"), json!(1_234_567)),
            (Number, json!(7.25), json!(7.25)),
            (Boolean, json!("Yes"), json!(true)),
            (Boolean, json!(0), json!(false)),
            (Boolean, json!(true), json!(true)),
            (Date, json!("2026-01-31"), json!("2026-01-31")),
            (
                Date,
                json!("2026-01-31T23:30:00-05:00"),
                json!("2026-01-31"),
            ),
            (
                Datetime,
                json!("2026-01-31T09:00:00.123Z"),
                json!("2026-01-31T09:00:00+00:00"),
            ),
            (
                Datetime,
                json!("2026-01-31 09:00:00+05:30"),
                json!("2026-01-31T09:00:00+05:30"),
            ),
            (
                Datetime,
                json!("2026-01-31T09:00:00-03:30"),
                json!("2026-01-31T09:00:00-03:30"),
            ),
            (
                Datetime,
                json!("2026-01-31"),
                json!("2026-01-31T00:00:00+00:00"),
            ),
            (List, json!("a, b;c;;"), json!(["a", "b", "c"])),
            (List, json!(["a"]), json!(["a"])),
            (List, json!(5), json!(["5"])),
            (List, json!(",;"), json!(null)),
            (Text, json!(["a", 5, true, null, {}]), json!("a, 5, true")),
            (Text, json!(12.50), json!("12.5")),
            (Text, json!({"name": "Acme"}), json!(null)),
        ];
        for (which, input, output) in cases {
            assert_eq!(run(which, &input), Ok(output), "{which:?} of {input}");
        }
    }

    #[test]
    fn transforms_refuse_what_they_cannot_do() {
        use Transform::*;
        let cases = [
            (Number, json!("abc")),
            (Number, json!("1,23")),
            (Number, json!("1.234,50")),
            (Number, json!("1e5")),
            (Number, json!("inf")),
            (Number, json!(["1"])),
            (Number, json!("1.")),
            (Number, json!("1,23a")),
            (Number, json!("+-1")),
            (Number, json!("1,234.5,6")),
            (Number, json!(",123")),
            (Boolean, json!("maybe")),
            (Boolean, json!(2)),
            (Date, json!("31.01.2026")),
            (Date, json!("2026-02-30")),
            (Date, json!(1_767_225_600)),
            (Datetime, json!("tomorrow")),
            (List, json!({"a": 1})),
        ];
        for (which, input) in cases {
            assert!(run(which, &input).is_err(), "{which:?} of {input}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(number in any::<i64>()) {
            prop_assert_eq!(run(Transform::Number, &json!(number.to_string())), Ok(json!(number)));
        }

        #[test]
        fn both_parts_of_a_name_are_in_it(name in "[\\PC\\s]{1,30}") {
            prop_assume!(!name.trim().is_empty());
            for which in [Transform::FirstName, Transform::LastName] {
                let part = run(which, &json!(name)).unwrap();
                prop_assert!(name.contains(part.as_str().unwrap_or_default()));
            }
        }
    }
}
