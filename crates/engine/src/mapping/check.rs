//! Checks a record against its module's field metadata, so that no call is spent on what Zoho would refuse.
//!
//! A false refusal loses a sale, so only that is refused which Zoho's documentation says it refuses. In
//! particular, picklist values that the metadata doesn't list pass, since Zoho stores them as new ones. Two rules
//! are stricter than the API, on purpose: a field that the module doesn't have, and one that can never be
//! written. Zoho is seen to ignore those without a word, and the visitor's answer would be lost unnoticed.

use serde_json::value::RawValue;

use super::check_value::{Fault, fault_of};
use super::datum::value_of;
use super::nearest::nearest;
use super::record::{for_each_field, shorten};
use super::schema::{FieldRule, ModuleSchema};
use crate::model::delivery::Operation;
use crate::model::problem::{Problem, Stage};

/// Keys that a record may have beside its module's fields: what the insert page of Zoho's API lists. Those that
/// begin with `$` may stand there too.
const SPECIAL_KEYS: [&str; 5] = ["id", "Layout", "Owner", "Tag", "Wizard"];

/// Checks a record, in one pass, before it goes to Zoho.
///
/// Types, lengths and patterns are those of Zoho's field types
/// (<https://www.zoho.com/crm/developer/docs/api/v8/field-meta.html> and `insert-records.html` there).
///
/// # Errors
///
/// All problems of the record, in the order of its fields, then the mandatory fields that it lacks. Their codes are
/// Zoho's: `INVALID_DATA` and `MANDATORY_NOT_FOUND`.
pub fn check(
    record: &RawValue,
    schema: &ModuleSchema,
    operation: Operation,
) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut missing = schema.mandatory.clone();
    let outcome = for_each_field(record, |name, raw| {
        let Some(number) = schema.names.find(name.as_bytes()) else {
            if !name.starts_with('$') && !SPECIAL_KEYS.contains(&name) {
                problems.push(unknown_field(schema, name, raw));
            }
            return;
        };
        let field = &schema.fields()[number];
        if matches!(raw.get(), "null" | "\"\"") {
            return;
        }
        if field.is_mandatory {
            missing.retain(|&other| other != number);
        }
        if !is_writable(field, operation) {
            problems.push(read_only_field(schema, field, raw));
        } else if let Some(fault) = fault_of(raw, field, schema.shapes[number]) {
            problems.push(faulty_value(schema, field, raw, fault));
        }
    });
    if let Err(error) = outcome {
        problems.push(no_record(&error));
    }
    problems.extend(
        missing
            .into_iter()
            .map(|number| missing_field(schema, &schema.fields()[number])),
    );
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// An upsert may become an insert or an update, so it is enough that one of them may write the field.
fn is_writable(field: &FieldRule, operation: Operation) -> bool {
    match operation {
        Operation::Insert => field.is_writable_on_insert,
        Operation::Upsert => field.is_writable_on_insert || field.is_writable_on_update,
    }
}

/// `Last Name (Last_Name)`, or the API name alone where both say the same.
fn title(field: &FieldRule) -> String {
    if field.label.is_empty() || field.label == field.api_name {
        field.api_name.clone()
    } else {
        format!("{} ({})", field.label, field.api_name)
    }
}

fn problem(
    code: &str,
    field: &str,
    raw: Option<&RawValue>,
    message: String,
    remedy: String,
) -> Problem {
    Problem {
        stage: Stage::Check,
        code: code.to_owned(),
        field: Some(field.to_owned()),
        value: raw.map(|raw| shorten(value_of(raw))),
        message,
        remedy,
    }
}

fn unknown_field(schema: &ModuleSchema, name: &str, raw: &RawValue) -> Problem {
    let candidates = schema
        .fields()
        .iter()
        .map(|field| (field.api_name.as_str(), field.label.as_str()));
    let module = schema.module();
    let (hint, remedy) = match nearest(name, candidates) {
        Some(near) => (
            format!("; the nearest is {near}"),
            format!(
                "Write {near} instead of {name} in the mapping, or create the field {name} in Zoho, and replay."
            ),
        ),
        None => (
            String::new(),
            format!("Take {name} out of the mapping, or create that field in Zoho, and replay."),
        ),
    };
    problem(
        "INVALID_DATA",
        name,
        Some(raw),
        format!("{module} has no field {name}{hint}."),
        remedy,
    )
}

fn read_only_field(schema: &ModuleSchema, field: &FieldRule, raw: &RawValue) -> Problem {
    let (title, name, module) = (title(field), &field.api_name, schema.module());
    problem(
        "INVALID_DATA",
        name,
        Some(raw),
        format!("{title} in {module} is filled by Zoho itself and cannot be written."),
        format!("Take {name} out of the mapping (and out of this record), and replay."),
    )
}

fn missing_field(schema: &ModuleSchema, field: &FieldRule) -> Problem {
    let (title, name, module) = (title(field), &field.api_name, schema.module());
    let label = if field.label.is_empty() {
        name
    } else {
        &field.label
    };
    problem(
        "MANDATORY_NOT_FOUND",
        name,
        None,
        format!("{title} is mandatory in {module}, and the event had none."),
        format!(
            "Fill in {name} here and replay; to prevent it, ask for the {label} in the form, or give {name} a default in the mapping."
        ),
    )
}

fn faulty_value(schema: &ModuleSchema, field: &FieldRule, raw: &RawValue, fault: Fault) -> Problem {
    let (title, module) = (title(field), schema.module());
    problem(
        "INVALID_DATA",
        &field.api_name,
        Some(raw),
        format!("{title} in {module} {}.", fault.message),
        fault.remedy,
    )
}

fn no_record(error: &serde_json::Error) -> Problem {
    Problem {
        stage: Stage::Check,
        code: "INVALID_DATA".to_owned(),
        field: None,
        value: None,
        message: format!("The record is no JSON object that can be read: {error}."),
        remedy: "Write the record as one object of field API names and values, and replay."
            .to_owned(),
    }
}
