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
//! - `nullable` as in OpenAPI 3.0, and a property that only refers to a schema may be null, as that version of OpenAPI has no way
//!   to say so and Zoho's samples are full of such nulls;
//! - errors of a code that a file mentions nowhere are checked by the envelope of all errors alone;
//! - `required` is not read: the lists of the metadata files name keys that only requests carry
//!   (`_update_existing_records`), beside keys that exclude each other. What clients need is asserted in `metadata.rs`.

mod files;
mod schema;
mod slips;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::Value;

use files::{OPERATIONS, Operation, resolved};
use slips::SLIPS;
/// File, path template and the paths that it describes, most special first.
const ENDPOINTS: &[(&str, &str)] = &[
    ("modules", "/crm/v8/settings/modules"),
    ("modules", "/crm/v8/settings/modules/{api_name}"),
    ("fields", "/crm/v8/settings/fields"),
    ("fields", "/crm/v8/settings/fields/{field}"),
    (
        "pick_list_values",
        "/crm/v8/settings/fields/{field_id}/pick_list_values",
    ),
    ("layouts", "/crm/v8/settings/layouts"),
    ("layouts", "/crm/v8/settings/layouts/{id}"),
    ("related_lists", "/crm/v8/settings/related_lists"),
    ("pipeline", "/crm/v8/settings/pipeline"),
    ("users", "/crm/v8/users"),
    ("users", "/crm/v8/users/actions/count"),
    ("users", "/crm/v8/users/{user}"),
    ("org", "/crm/v8/org"),
    ("apis", "/crm/v8/__apis"),
    ("notifications", "/crm/v8/actions/watch"),
    ("record_count", "/crm/v8/{module_api_name}/actions/count"),
    ("record", "/crm/v8/{module_api_name}/upsert"),
    ("record", "/crm/v8/{module_api_name}/deleted"),
    ("record", "/crm/v8/{module_api_name}/search"),
    ("record", "/crm/v8/{module_api_name}/{id}"),
    ("record", "/crm/v8/{module_api_name}"),
    ("common", ""),
];

/// Answers that the files describe wrongly: path template, status, code (empty for none), and the reason to leave it out.
const SLIPS: &[(&str, u16, &str, &str)] = &[
    (
        "/crm/v8/users/actions/count",
        200,
        "",
        "the file says text; the documentation page and samples show a number",
    ),
    (
        "/crm/v8/{module_api_name}/actions/count",
        400,
        "FIELD_TYPE_UNAVAILABLE",
        "the file lists two of the page's five errors",
    ),
    (
        "/crm/v8/settings/fields",
        400,
        "INVALID_MODULE",
        "the file lists errors of parameters only",
    ),
    (
        "/crm/v8/settings/layouts",
        400,
        "INVALID_MODULE",
        "the file lists errors of parameters only",
    ),
    (
        "/crm/v8/settings/related_lists",
        400,
        "INVALID_MODULE",
        "the file lists errors of parameters only",
    ),
];

/// Schemas that contradict the documentation pages and samples: file, place below `components/schemas`, the words to leave out
/// there, and the reason.
const PATCHES: &[(&str, &str, &str, &str)] = &[
    (
        "modules",
        "/modules/properties/generated_type",
        "enum",
        "the list lacks sub-forms and field trackers",
    ),
    (
        "modules",
        "/success/properties/message",
        "enum",
        "one text for creation and for updates",
    ),
    (
        "modules",
        "/modules/properties/display_field",
        "type",
        "the API name in all samples",
    ),
    (
        "record",
        "/Success_Response/properties/duplicate_field",
        "type",
        "null when an upsert inserted",
    ),
    (
        "record",
        "/Info/properties/next_page_token",
        "type",
        "null on the last page",
    ),
    (
        "record",
        "/Info/properties/previous_page_token",
        "type",
        "null on the first page",
    ),
    (
        "record",
        "/Info/properties/page_token_expiry",
        "type",
        "null when nothing follows",
    ),
    (
        "record",
        "/Deleted_Record/properties/display_name",
        "type",
        "null once a record is gone for good",
    ),
    (
        "record",
        "/API_Exception/properties/details/properties/maximum_length",
        "type",
        "a number in all samples",
    ),
    (
        "record",
        "/API_Exception/properties/details/properties/limit",
        "type",
        "a number in all samples",
    ),
    (
        "record",
        "/API_Exception/properties/message",
        "enum",
        "the list lacks documented texts",
    ),
    (
        "record",
        "/API_Exception/properties/code",
        "enum",
        "the list lacks documented codes",
    ),
    (
        "org",
        "/Org/properties/type",
        "enum",
        "capitalised in the file, lower case in answers",
    ),
    (
        "users",
        "/users/properties/number_separator",
        "enum",
        "the value of one sample",
    ),
    (
        "users",
        "/users/properties/date_format",
        "enum",
        "the value of one sample",
    ),
    (
        "users",
        "/users/properties/email",
        "pattern",
        "fits no real address",
    ),
    (
        "users",
        "/users/properties/time_zone",
        "type",
        "text in all samples",
    ),
    (
        "layouts",
        "/sections/properties/tab_traversal",
        "type",
        "a number in all samples",
    ),
];

static FILES: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/crm-oas");
    #[expect(
        clippy::disallowed_methods,
        reason = "the folder is named by the environment, in tests only"
    )]
    let folder = std::env::var("LEADWAY_CRM_OAS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!(
        "skipped: CRM answers are not validated, as {} is no folder; set LEADWAY_CRM_OAS",
        folder.display()
    );
    None
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, Option<Validator>>>> =
    LazyLock::new(Mutex::default);

static ERROR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::draft4::new(&schema::error()).unwrap());

/// Fails when the answer does not fit the schema of its endpoint.
pub(crate) fn check(method: &Method, path: &str, status: u16, text: &str) {
    let problems = problems(method, path, status, text);
    let Some(folder) = FILES.as_ref() else { return };
    let path = path.split('?').next().unwrap();
    if !path.starts_with("/crm/v8/") || text.is_empty() {
        return;
    }
    let Some((file, template)) = ENDPOINTS
        .iter()
        .find(|(_, template)| is_like(template, path))
    else {
        return;
    };
    let instance: Value =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let key = format!("{method} {template} {status}");
    let mut validators = VALIDATORS.lock().unwrap();
    let validator = validators
        .entry(key)
        .or_insert_with(|| compile(folder, file, template, method, status));
    let Some(validator) = validator else { return };
    let code = instance["code"].as_str().unwrap_or_default();
    if SLIPS
        .iter()
        .any(|(slip, at, of, _)| slip == template && *at == status && *of == code)
    {
        return;
    }
    let errors: Vec<String> = validator
        .iter_errors(&instance)
        .map(|error| {
            format!(
                "{} at {} (schema {})",
                error.masked(),
                error.instance_path(),
                error.schema_path()
            )
        })
        .collect();
    if !errors.is_empty() && status >= 400 && has_only_unlisted_codes(folder, file, &instance) {
        return;
    }
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
/// Whether every error of the answer has the envelope of all errors and a code that the file mentions nowhere: the files of
/// setup list a few of the errors that the pages and the newer files show.
fn has_only_unlisted_codes(folder: &Path, file: &str, instance: &Value) -> bool {
    let text = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
    let envelope = jsonschema::draft4::new(&envelope()).unwrap();
    let lists = instance.as_object().into_iter().flatten();
    let in_lists = lists.filter_map(|(_, list)| list.as_array()).flatten();
    let mut errors: Vec<&Value> = in_lists.filter(|item| item["status"] == "error").collect();
    if errors.is_empty() {
        errors.push(instance);
    }
    errors.iter().all(|error| {
        let code = error["code"].as_str().unwrap_or_default();
        envelope.is_valid(error) && !text.contains(&format!("\"{code}\""))
    })
}

fn is_like(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    let is_part = |(wanted, part): (&&str, &&str)| {
        wanted == part
            || (wanted.starts_with('{')
                && !part.is_empty()
                && !["settings", "users", "org"].contains(part))
    };
    template.len() == path.len() && template.iter().zip(&path).all(is_part)
}

/// The schema of an answer; `None` when the file describes none for this method.
fn compile(
    folder: &Path,
    file: &str,
    template: &str,
    method: &Method,
    status: u16,
) -> Option<Validator> {
    let document = read(folder, file);
    let responses = &document["paths"][template][method.as_str().to_ascii_lowercase()]["responses"];
    // Errors that every endpoint can give (token, scope, limits) are described nowhere; they have the envelope of all errors.
    if matches!(status, 401 | 404 | 429 | 500..) && responses.get(status.to_string()).is_none() {
        return Some(jsonschema::draft4::new(&envelope()).unwrap());
    }
    let response = responses
        .get(status.to_string())
        .or_else(|| responses.get("200"))?;
    let named = response["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    let response = named.unwrap_or(response);
    let schema = &response["content"]["application/json"]["schema"];
    if schema.is_null() {
        return None;
    }
    let mut files = Map::new();
    let mut wanted = BTreeSet::new();
    let schema = without_errors(adapted(schema, file, &mut wanted), status);
    while let Some(name) = wanted
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
