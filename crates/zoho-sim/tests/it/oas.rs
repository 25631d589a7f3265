//! Checks CRM answers against Zoho's published OpenAPI files (`tests/oas`).
//!
//! The files have slips; [`slips`] lists what is left out and why. These are read differently throughout:
//!
//! - `oneOf` as `anyOf`, because schemas without required keys always match more than one alternative;
//! - `nullable` as in OpenAPI 3.0, and a property that is a list, an object or a reference may be null, as Zoho's samples are full of
//!   such nulls;
//! - `pattern` is not read: the patterns describe the letters of one sample (`www[.][a-z]{5}zoho[.]com`);
//! - `required` is read of outcomes (`code`, `details`, `message`, `status`) only: the lists of the metadata files name keys that
//!   only requests carry (`_update_existing_records`), beside keys that exclude each other. What clients need is asserted in
//!   `metadata.rs`;
//! - an error, of a call or of one row in a list, may have any code that some file or page lists, in the envelope that all errors
//!   have: each file names a part of the codes that its pages name, and none names those of token, scope and limits.

pub(crate) mod books;
mod books_slips;
mod files;
mod schema;
mod slips;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::Value;

pub(crate) use files::{OPERATIONS, Operation, resolved};
use slips::SLIPS;

static VALIDATORS: LazyLock<Mutex<HashMap<String, Option<Validator>>>> =
    LazyLock::new(Mutex::default);

static ERROR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft4::new(&schema::error()).unwrap());

/// Fails when the answer does not fit the schema of its endpoint.
pub(crate) fn check(method: &Method, path: &str, status: u16, text: &str) {
    let problems = problems(method, path, status, text);
    assert!(
        problems.is_empty(),
        "{method} {path} {status} does not fit:\n{}\n{text}",
        problems.join("\n")
    );
}

/// What of an answer does not fit the schema of its endpoint.
pub(crate) fn problems(method: &Method, path: &str, status: u16, text: &str) -> Vec<String> {
    let path = path.split('?').next().unwrap();
    let is_described = ["/crm/v8/", "/crm/bulk/v8/", "/crm/email/v8/"]
        .iter()
        .any(|start| path.starts_with(start));
    if !is_described || text.is_empty() {
        return Vec::new();
    }
    let described: Vec<&Operation> = files::describing(path)
        .into_iter()
        .filter(|operation| operation.method == method.as_str())
        .collect();
    let mut instance: Value = match serde_json::from_str(text) {
        Ok(instance) => instance,
        Err(_) if status < 300 && described.iter().any(|operation| gives_files(operation)) => {
            return Vec::new();
        }
        Err(error) => return vec![format!("not JSON: {error}")],
    };
    let template = described
        .first()
        .map_or("", |operation| operation.template.as_str());
    let code = instance["code"].as_str().unwrap_or_default();
    let is_slip = SLIPS
        .iter()
        .any(|(slip, at, of, _)| *slip == template && *at == status && *of == code);
    if is_slip {
        return Vec::new();
    }
    if status == 207 || status >= 400 {
        let errors = row_errors(&mut instance);
        let misfits: Vec<String> = errors
            .iter()
            .flat_map(|error| {
                ERROR
                    .iter_errors(error)
                    .map(|error| shown(&error))
                    .collect::<Vec<_>>()
            })
            .collect();
        if !misfits.is_empty() || (status >= 400 && !errors.is_empty()) {
            return misfits;
        }
    }
    let mut validators = VALIDATORS.lock().unwrap();
    let validator = validators
        .entry(format!("{method} {template} {status}"))
        .or_insert_with(|| {
            let schema = schema::of_answer(&described, status)?;
            Some(jsonschema::draft4::new(&schema).unwrap())
        });
    let Some(validator) = validator else {
        return Vec::new();
    };
    let of_files: Vec<&str> = described
        .iter()
        .map(|operation| operation.file.as_str())
        .collect();
    validator
        .iter_errors(&instance)
        .flat_map(|error| explained(&error))
        .map(|problem| format!("{}: {problem}", of_files.join(" or ")))
        .collect()
}

/// The problems inside the alternative that fits best, as "no alternative fits" helps nobody.
fn explained(error: &jsonschema::ValidationError<'_>) -> Vec<String> {
    if let jsonschema::error::ValidationErrorKind::AnyOf { context } = error.kind() {
        let deepest = |errors: &&Vec<jsonschema::ValidationError<'_>>| {
            errors
                .iter()
                .map(|error| error.instance_path().as_str().matches('/').count())
                .max()
        };
        if let Some(best) = context.iter().max_by_key(deepest) {
            return best.iter().flat_map(explained).collect();
        }
    }
    vec![shown(error)]
}

fn shown(error: &jsonschema::ValidationError<'_>) -> String {
    format!(
        "{} at {} (schema {})",
        error.masked(),
        error.instance_path(),
        error.schema_path()
    )
}

/// Takes the errors of single rows out of the lists of an answer. A list of nothing else stays empty.
fn row_errors(answer: &mut Value) -> Vec<Value> {
    let mut errors = Vec::new();
    let lists = answer.as_object_mut().into_iter().flatten();
    for rows in lists.filter_map(|(_, value)| value.as_array_mut()) {
        errors.extend(rows.extract_if(.., |row| row["status"] == "error"));
    }
    errors
}

/// True when an operation can answer with something else than JSON.
fn gives_files(operation: &Operation) -> bool {
    let responses = operation.node()["responses"]
        .as_object()
        .into_iter()
        .flatten();
    responses
        .map(|(_, response)| resolved(&operation.file, response).1)
        .filter_map(|response| response["content"].as_object())
        .any(|content| content.keys().any(|kind| kind != "application/json"))
}

#[test]
fn every_answer_of_every_file_has_a_schema_that_can_be_read() {
    for operation in OPERATIONS.iter() {
        let statuses = operation.node()["responses"].as_object().unwrap().keys();
        for status in statuses.filter_map(|status| status.parse().ok()) {
            if let Some(schema) = schema::of_answer(&[operation], status) {
                let compiled = jsonschema::draft4::new(&schema);
                assert!(
                    compiled.is_ok(),
                    "{operation:?} {status}: {:?}",
                    compiled.err()
                );
            }
        }
    }
}

#[test]
fn an_answer_that_does_not_fit_is_seen() {
    let get = |path, status, text| problems(&Method::GET, path, status, text);
    let good = r#"{"code":"INVALID_DATA","details":{},"message":"invalid data","status":"error"}"#;
    assert_eq!(get("/crm/v8/coql", 400, good), Vec::<String>::new());
    let unknown_code = good.replace("INVALID_DATA", "WRONG");
    assert_ne!(
        get("/crm/v8/Leads/1/Notes", 400, &unknown_code),
        Vec::<String>::new()
    );
    let no_details =
        r#"{"data":[{"code":"INVALID_DATA","message":"invalid data","status":"error"}]}"#;
    assert_ne!(get("/crm/v8/Leads", 400, no_details), Vec::<String>::new());
    let number = r#"{"data":[{"id":1}],"info":{"count":"1"}}"#;
    assert_ne!(get("/crm/v8/Leads", 200, number), Vec::<String>::new());
    assert_ne!(get("/crm/v8/users", 200, "<html>"), Vec::<String>::new());
}
