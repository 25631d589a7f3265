//! Which members an answer may hold, within its members too: what was recorded, published or sent. What the simulator computes
//! for its own use beyond that stays inside.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::datum::Datum;
use super::document::Document;

/// Names, and what is known within them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Shape {
    Known(BTreeMap<String, Shape>),
    /// Plain, or not known within.
    Open(()),
}

/// Custom fields stand where there are any, whatever is published.
fn is_custom(name: &str, datum: &Datum) -> bool {
    match datum {
        Datum::List(fields) => name == "custom_fields" && !fields.is_empty(),
        Datum::Object(fields) => name == "custom_field_hash" && !fields.is_empty(),
        _ => name.starts_with("cf_"),
    }
}

/// Takes out what the shape lacks; `id` is the member that holds the id.
pub(super) fn cut(document: &mut Document, shape: &Shape, id: Option<&str>) {
    let Shape::Known(members) = shape else {
        return;
    };
    document.retain(|name, datum| {
        if is_custom(name, datum) || id == Some(name) {
            return true;
        }
        let Some(shape) = members.get(name) else {
            return false;
        };
        cut_datum(datum, shape);
        true
    });
}

/// Takes out what the shape lacks within objects and lists; the members themselves stay.
pub(super) fn cut_within(document: &mut Document, shape: &Shape) {
    let Shape::Known(members) = shape else {
        return;
    };
    document.retain(|name, datum| {
        if matches!(datum, Datum::Object(_) | Datum::List(_))
            && !is_custom(name, datum)
            && let Some(shape) = members.get(name)
        {
            cut_datum(datum, shape);
        }
        true
    });
}

fn cut_datum(datum: &mut Datum, shape: &Shape) {
    match datum {
        Datum::Object(inner) => cut(inner, shape, None),
        Datum::List(parts) => {
            for part in parts.iter_mut().filter_map(Datum::as_object_mut) {
                cut(part, shape, None);
            }
        }
        _ => {}
    }
}

/// Adds what the blank has and the document lacks, within objects too, and writes what was sent in the types that answers have.
pub(super) fn fill(document: &mut Document, blank: &Document) {
    for (name, empty) in blank.iter() {
        match (document.get_mut(name), empty) {
            (Some(Datum::Object(inner)), Datum::Object(blank)) => fill(inner, blank),
            (Some(datum), _) => retype(datum, empty),
            (None, _) => document.push(name, empty.clone()),
        }
    }
}

/// A number that was sent as a text is answered as a number, and nothing as the empty text.
pub(super) fn retype(datum: &mut Datum, empty: &Datum) {
    let is_number = matches!(empty, Datum::Integer(_) | Datum::Decimal(_));
    if is_number
        && matches!(datum, Datum::Text(_))
        && let Some(number) = datum.as_decimal()
    {
        *datum = Datum::Decimal(number);
    } else if matches!((&*datum, empty), (Datum::Null, Datum::Text(_))) {
        *datum = Datum::text("");
    }
}
