//! Whether one value fits its field: the table of Zoho's field types.
//!
//! `unknown:` marks what Zoho's documentation leaves open; such values pass.

use jiff::civil;
use serde_json::value::RawValue;

use super::datum::text_of;
use super::schema::{FieldRule, Shape};

/// What is wrong with a value: the end of a sentence that begins with the field, and what to do.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) remedy: String,
}

/// Digits of a whole number, where the metadata doesn't say.
const INTEGER_DIGITS: u32 = 9;

/// Digits before the point of a decimal or an amount, where the metadata doesn't say.
const DECIMAL_DIGITS: u32 = 16;

/// Digits of the largest id. Fields have 18 in the documentation, ids in use have up to 19.
const LONG_INTEGER_DIGITS: usize = 19;

/// Checks a value that is neither `null` nor `""`.
pub(super) fn fault_of(raw: &RawValue, field: &FieldRule, shape: Shape) -> Option<Fault> {
    match (shape, raw.get().as_bytes()) {
        (Shape::Any, _) => None,
        (Shape::Text | Shape::Email | Shape::Phone | Shape::Date | Shape::Datetime, [b'"', ..]) => {
            text_fault(raw, field, shape)
        }
        // unknown: whether a JSON number is taken for a long integer. Zoho's own Python SDK sends ids so.
        (Shape::LongInteger, [b'"' | b'-' | b'0'..=b'9', ..]) => long_integer_fault(raw),
        (Shape::Integer, [b'-' | b'0'..=b'9', ..]) => {
            integer_fault(raw.get(), field.length.unwrap_or(INTEGER_DIGITS))
        }
        (Shape::Decimal, [b'-' | b'0'..=b'9', ..]) => {
            decimal_fault(raw.get(), field.length.unwrap_or(DECIMAL_DIGITS))
        }
        (Shape::Boolean, [b't' | b'f', ..])
        | (Shape::List, [b'[', ..])
        | (Shape::Object, [b'{', ..]) => None,
        (Shape::Lookup, [b'{', ..]) => lookup_fault(raw, field),
        _ => Some(wrong_type(field, shape)),
    }
}

fn wrong_type(field: &FieldRule, shape: Shape) -> Fault {
    let name = &field.api_name;
    let (wanted, hint) = match shape {
        Shape::Text | Shape::Email | Shape::Phone | Shape::LongInteger => ("text", "text"),
        Shape::Date => ("a date as text", "date"),
        Shape::Datetime => ("a date and time as text", "datetime"),
        Shape::Integer | Shape::Decimal => ("a number, without quotation marks", "number"),
        Shape::Boolean => ("true or false, without quotation marks", "boolean"),
        Shape::List => ("a list", "list"),
        Shape::Lookup | Shape::Object | Shape::Any => {
            ("an object with an id, like {\"id\": \"…\"}", "")
        }
    };
    let remedy = if hint.is_empty() {
        format!("Give {name} the id of a record in Zoho, as an object, and replay.")
    } else {
        format!(
            "Correct {name} here and replay; to prevent it, add the transform {hint} to {name} in the mapping."
        )
    };
    Fault {
        message: format!("must be {wanted} (Zoho's type {})", shape.json_type()),
        remedy,
    }
}

fn text_fault(raw: &RawValue, field: &FieldRule, shape: Shape) -> Option<Fault> {
    let text = text_of(raw)?;
    // The metadata's length of dates and times is no number of characters: 20, where a value has 25.
    let has_length = !matches!(shape, Shape::Date | Shape::Datetime);
    if let Some(fault) = has_length.then(|| length_fault(&text, field)).flatten() {
        return Some(fault);
    }
    let name = &field.api_name;
    let (is_right, message, remedy) = match shape {
        Shape::Email => (
            is_email(&text),
            "must be an e-mail address, like ada@example.com",
            format!(
                "Correct {name} here and replay, or leave it out; to prevent it, let the form check e-mail addresses."
            ),
        ),
        Shape::Phone => (
            text.chars().all(is_phone_character),
            "has a character that Zoho allows in no phone number: letters, digits, blanks and + . - ( ) # ; , may stand there",
            format!(
                "Correct {name} here and replay, or leave it out; to prevent it, let the form check phone numbers."
            ),
        ),
        Shape::Date => (
            text.len() == 10 && text.parse::<civil::Date>().is_ok(),
            "must be a date in Zoho's form, like 2026-01-31",
            format!(
                "Correct {name} here and replay; to prevent it, add the transform date to {name} in the mapping."
            ),
        ),
        Shape::Datetime => (
            is_datetime(&text),
            "must be a date and time in Zoho's form, like 2026-01-31T09:00:00+00:00, without fractions of a second",
            format!(
                "Correct {name} here and replay; to prevent it, add the transform datetime to {name} in the mapping."
            ),
        ),
        _ => return None,
    };
    (!is_right).then(|| Fault {
        message: message.to_owned(),
        remedy,
    })
}

/// Counts characters. unknown: whether Zoho counts an emoji as one or as two; here it is one.
fn length_fault(text: &str, field: &FieldRule) -> Option<Fault> {
    let length_max = usize::try_from(field.length.filter(|&length| length > 0)?).ok()?;
    if text.len() <= length_max {
        return None;
    }
    let characters = text.chars().count();
    let name = &field.api_name;
    let options = options_hint(field);
    (characters > length_max).then(|| Fault {
        message: format!("takes at most {length_max} characters; this value has {characters}"),
        remedy: format!(
            "Shorten {name} to {length_max} characters here{options} and replay; to prevent it, limit what the form takes."
        ),
    })
}

/// Names the first options of a picklist.
fn options_hint(field: &FieldRule) -> String {
    const OPTIONS_SHOWN: usize = 5;
    let shown: Vec<&str> = field
        .pick_list_values
        .iter()
        .take(OPTIONS_SHOWN)
        .map(|option| option.reference_value.as_str())
        .collect();
    match (
        shown.is_empty(),
        field.pick_list_values.len() > OPTIONS_SHOWN,
    ) {
        (true, _) => String::new(),
        (false, is_cut) => {
            format!(
                " (Zoho's options are {}{})",
                shown.join(", "),
                if is_cut { " …" } else { "" }
            )
        }
    }
}

/// The outline that every reading of Zoho's rule shares: a local part, a domain with a dot, and a last label of 2
/// to 22 characters. unknown: the exact pattern, so nothing finer is refused.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let Some((_, last_label)) = domain.rsplit_once('.') else {
        return false;
    };
    !local.is_empty()
        && !local.contains('@')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && domain.split('.').all(|label| !label.is_empty())
        && (2..=22).contains(&last_label.chars().count())
}

/// "Digits, letters, `+ . - ( ) space # ; ,`". unknown: whether letters beyond ASCII count; they pass.
fn is_phone_character(character: char) -> bool {
    character.is_alphanumeric() || "+.-() #;,".contains(character)
}

/// `yyyy-MM-ddTHH:mm:ss±HH:mm`. unknown: whether `Z` is taken for an offset; it passes.
fn is_datetime(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_offset = matches!(
        bytes.get(19..),
        Some([b'Z'] | [b'+' | b'-', _, _, b':', _, _])
    );
    bytes.get(10) == Some(&b'T') && has_offset && text.parse::<jiff::Timestamp>().is_ok()
}

fn long_integer_fault(raw: &RawValue) -> Option<Fault> {
    let text = text_of(raw).unwrap_or_else(|| raw.get().into());
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let is_right = (1..=LONG_INTEGER_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    (!is_right).then(|| Fault {
        message: format!("takes a whole number of at most {LONG_INTEGER_DIGITS} digits"),
        remedy: "Write it with digits only here and replay; to prevent it, correct what the website sends.".to_owned(),
    })
}

fn integer_fault(number: &str, digits_max: u32) -> Option<Fault> {
    let is_whole = match number.parse::<i128>() {
        Ok(_) => true,
        // unknown: whether 12.0 counts as an integer; it passes.
        Err(_) => number
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0),
    };
    if !is_whole {
        return Some(Fault {
            message: "takes whole numbers only (Zoho's type integer)".to_owned(),
            remedy:
                "Round the number here and replay; to prevent it, correct what the website sends."
                    .to_owned(),
        });
    }
    digits_fault(number, digits_max)
}

/// unknown: whether decimals beyond `decimal_place` are refused or rounded; they pass.
fn decimal_fault(number: &str, digits_max: u32) -> Option<Fault> {
    digits_fault(number, digits_max)
}

/// Compares the size of a number with the digits that a field takes before the point.
fn digits_fault(number: &str, digits_max: u32) -> Option<Fault> {
    if number.len() <= digits_max.try_into().unwrap_or(usize::MAX) && !number.contains(['e', 'E']) {
        return None;
    }
    let digits = i32::try_from(digits_max).unwrap_or(i32::MAX);
    let is_too_long = number
        .parse::<f64>()
        .is_ok_and(|number| number.abs() >= 10_f64.powi(digits));
    is_too_long.then(|| Fault {
        message: format!("takes at most {digits_max} digits"),
        remedy: "Correct the number here and replay, or leave it out; to prevent it, correct what the website sends."
            .to_owned(),
    })
}

/// A lookup names a record by its id (an owner also by e-mail); names alone are resolved by Zoho in some cases.
fn lookup_fault(raw: &RawValue, field: &FieldRule) -> Option<Fault> {
    let id = super::record::record_text(raw, "id")?;
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let module = field
        .lookup_module
        .as_deref()
        .map_or(String::new(), |module| format!(" of {module}"));
    Some(Fault {
        message: format!("names {id:?}, which is no record id{module}: those are numbers"),
        remedy: format!(
            "Give {} the number that stands at the end of the record's address in Zoho, and replay.",
            field.api_name
        ),
    })
}
