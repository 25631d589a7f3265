//! Checks CRM answers against Zoho's published OpenAPI files, where that folder is present.
//!
//! The files are found by `LEADWAY_CRM_OAS`, else beside the repository. They have slips; [`SLIPS`] lists the answers that are
//! left out and why. These are read differently throughout:
//!
//! - `oneOf` as `anyOf`, because schemas without required keys always match more than one alternative;
//! - `nullable` as in OpenAPI 3.0, and a property that only refers to a schema may be null, as that version of OpenAPI has no way
//!   to say so and Zoho's samples are full of such nulls;
//! - `required` is not read: the lists of the metadata files name keys that only requests carry
//!   (`_update_existing_records`), beside keys that exclude each other. What clients need is asserted in `metadata.rs`.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// File, path template and the paths that it describes, most special first.
const ENDPOINTS: &[(&str, &str)] = &[
    ("modules", "/crm/v8/settings/modules"),
    ("modules", "/crm/v8/settings/modules/{api_name}"),
    ("fields", "/crm/v8/settings/fields"),
    ("fields", "/crm/v8/settings/fields/{field}"),
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

/// Fails when the answer does not fit the schema of its endpoint.
pub(crate) fn check(method: &Method, path: &str, status: u16, text: &str) {
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
    assert!(
        errors.is_empty(),
        "{method} {path} {status} does not fit {file}.json:\n{}\n{text}",
        errors.join("\n")
    );
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
        .find(|name| !files.contains_key(*name))
        .cloned()
    {
        let schemas = adapted(
            &read(folder, &name)["components"]["schemas"],
            &name,
            &mut wanted,
        );
        files.insert(name, schemas);
    }
    let root = json!({"allOf": [schema], "files": files});
    Some(jsonschema::draft4::new(&root).unwrap())
}

/// The alternatives that a good answer can have.
fn without_errors(mut schema: Value, status: u16) -> Value {
    if status < 400
        && let Some(alternatives) = schema["anyOf"].as_array_mut()
    {
        let is_error =
            |reference: &str| reference.contains("Exception") || reference.contains("Error");
        alternatives.retain(|schema| !schema["$ref"].as_str().is_some_and(is_error));
        if let [only] = alternatives.as_slice() {
            return only.clone();
        }
    }
    schema
}

fn envelope() -> Value {
    json!({
        "type": "object",
        "required": ["code", "details", "message", "status"],
        "properties": {
            "code": {"type": "string"},
            "details": {"type": "object"},
            "message": {"type": "string"},
            "status": {"enum": ["error"]},
        },
    })
}

fn read(folder: &Path, file: &str) -> Value {
    let mut document = parse(folder, file);
    for (_, place, word, _) in PATCHES.iter().filter(|(patched, ..)| *patched == file) {
        let schema = document.pointer_mut(&format!("/components/schemas{place}"));
        let schema =
            schema.unwrap_or_else(|| panic!("{file}.json has no {place}: remove its patch"));
        schema.as_object_mut().unwrap().remove(*word);
    }
    document
}

fn parse(folder: &Path, file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap())
        .unwrap()
}

/// The schema with references into one document, `oneOf` as `anyOf`, and `nullable` as a type.
fn adapted(schema: &Value, file: &str, wanted: &mut BTreeSet<String>) -> Value {
    match schema {
        Value::Array(items) => items
            .iter()
            .map(|item| adapted(item, file, wanted))
            .collect(),
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let (place, pointer) = reference.split_once("#/components/schemas/").unwrap();
                let name = place.rsplit('/').next().unwrap().trim_end_matches(".json");
                let name = if name.is_empty() { file } else { name };
                wanted.insert(name.to_owned());
                return json!({"$ref": format!("#/files/{name}/{pointer}")});
            }
            let mut changed: Map<String, Value> = object
                .iter()
                .map(|(key, value)| {
                    let key = if key == "oneOf" { "anyOf" } else { key };
                    (key.to_owned(), adapted(value, file, wanted))
                })
                .collect();
            if changed.get("nullable") == Some(&Value::Bool(true)) {
                if let Some(kind) = changed.get("type").filter(|kind| kind.is_string()).cloned() {
                    changed.insert("type".to_owned(), json!([kind, "null"]));
                }
                if let Some(Value::Array(values)) = changed.get_mut("enum") {
                    values.push(Value::Null);
                }
            }
            changed.remove("required");
            if let Some(Value::Object(properties)) = changed.get_mut("properties") {
                for property in properties
                    .values_mut()
                    .filter(|property| property.get("$ref").is_some())
                {
                    *property = json!({"anyOf": [property.clone(), {"type": "null"}]});
                }
            }
            Value::Object(changed)
        }
        other => other.clone(),
    }
}
