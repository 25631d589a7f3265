//! What can be wrong with a row beyond its plain fields.

use serde_json::{Value, json};

use super::{Place, Refusal};

/// The same refusal of a row inside of a row: its path leads through the field that holds the rows.
pub(crate) fn within(mut refusal: Refusal, number: usize, parent: &str, line: usize) -> Refusal {
    let outer = format!("$.data[{number}]");
    let inner = format!("$.data[{number}].{parent}[{line}]");
    if let Some(Value::String(path)) = refusal.details.get_mut("json_path")
        && let Some(rest) = path.strip_prefix(&outer)
    {
        *path = format!("{inner}{rest}");
    }
    refusal
}

pub(crate) fn too_many_values(place: Place<'_>, maximum: usize) -> Refusal {
    Refusal::bad("LIMIT_EXCEEDED", "limit exceeded", place.details())
        .with_detail("maximum_length", json!(maximum))
}

/// An option does not go with that of the picklist on which it depends. unknown: the words.
pub(crate) fn option_not_mapped(place: Place<'_>) -> Refusal {
    let message = "the value is not mapped to the value of the field on which it depends";
    Refusal::bad("MAPPING_MISMATCH", message, place.details())
}

/// A field that another one makes necessary is missing.
pub(crate) fn dependent_field_missing(place: Place<'_>, dependee: &str) -> Refusal {
    depending(
        "DEPENDENT_FIELD_MISSING",
        "required field not found",
        place,
        dependee,
    )
}

/// A value does not go with that of another field.
pub(crate) fn dependent_mismatch(
    place: Place<'_>,
    dependee: &str,
    message: &'static str,
) -> Refusal {
    depending("DEPENDENT_MISMATCH", message, place, dependee)
}

fn depending(
    code: &'static str,
    message: &'static str,
    place: Place<'_>,
    dependee: &str,
) -> Refusal {
    let dependee = Place {
        field: dependee,
        ..place
    };
    Refusal::bad(code, message, place.details()).with_detail("dependee", dependee.details())
}

/// A module whose records are only written with those of another one.
pub(crate) fn module_not_writable() -> Refusal {
    Refusal::bad(
        "NOT_SUPPORTED",
        "the module name given seems to be invalid",
        json!({"resource_path_index": 0}),
    )
}
