//! Published schemas as JSON Schema of draft 4, in one document.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::files::{FILES, Operation, resolved};
use super::slips::{CODES, NULLABLE};

/// Every code that any file or page lists.
static KNOWN_CODES: LazyLock<Value> = LazyLock::new(|| {
    let mut codes: BTreeSet<String> = CODES.iter().map(|code| (*code).to_owned()).collect();
    for file in FILES.values() {
        collect_codes(file, &mut codes);
    }
    json!(codes)
});

fn collect_codes(value: &Value, codes: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_codes(item, codes)),
        Value::Object(object) => {
            let listed = value["properties"]["code"]["enum"]
                .as_array()
                .into_iter()
                .flatten();
            codes.extend(listed.filter_map(Value::as_str).map(str::to_owned));
            object
                .values()
                .for_each(|inner| collect_codes(inner, codes));
        }
        _ => {}
    }
}

/// Schemas that a document needs: file and name.
type Wanted = BTreeSet<(String, String)>;

/// The envelope of every error.
pub(super) fn error() -> Value {
    json!({
        "type": "object",
        "required": ["code", "details", "message", "status"],
        "properties": {
            "code": {"enum": *KNOWN_CODES},
            "details": {"type": ["object", "array"]},
            "message": {"type": "string"},
            "status": {"enum": ["error"]},
        },
    })
}

/// The schema of an answer as the given operations describe it; `None` when none of them describes one.
pub(super) fn of_answer(operations: &[&Operation], status: u16) -> Option<Value> {
    let mut wanted = BTreeSet::new();
    let mut all = Vec::new();
    for operation in operations {
        let responses = &operation.node()["responses"];
        let good = ["200", "201", "202", "207"]
            .iter()
            .find_map(|status| responses.get(*status));
        let own = responses.get(status.to_string());
        let Some(response) = own.or(good) else {
            continue;
        };
        let (file, response) = resolved(&operation.file, response);
        let schema = &response["content"]["application/json"]["schema"];
        if !schema.is_null() {
            all.extend(alternatives(schema, &file, status, &mut wanted));
        }
        if status >= 400 {
            all.push(error());
        }
    }
    if all.is_empty() && status >= 400 {
        all.push(error());
    }
    if all.is_empty() {
        return None;
    }
    let mut files = Map::new();
    let mut done = BTreeSet::new();
    while let Some((file, name)) = wanted.difference(&done).next().cloned() {
        let schema = adapted(
            &FILES[&file]["components"]["schemas"][&name],
            &file,
            &mut wanted,
        );
        let schemas = files.entry(file.clone()).or_insert_with(|| json!({}));
        schemas[&name] = schema;
        done.insert((file, name));
    }
    Some(json!({"anyOf": all, "files": files}))
}

/// The alternatives of an answer, each closed: it may have no key at its top that is not described.
fn alternatives(schema: &Value, file: &str, status: u16, wanted: &mut Wanted) -> Vec<Value> {
    let listed = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(listed) = listed {
        let is_named = |schema: &&Value, names: &[&str]| {
            let reference = schema["$ref"].as_str().unwrap_or_default();
            names.iter().any(|name| reference.contains(name))
        };
        let is_other = |schema: &&Value| match status {
            ..400 => is_named(schema, &["Exception", "Error"]),
            _ => is_named(schema, &["Response_Wrapper"]),
        };
        let fitting: Vec<&Value> = listed.iter().filter(|schema| !is_other(schema)).collect();
        let kept = if fitting.is_empty() {
            listed.iter().collect()
        } else {
            fitting
        };
        return kept
            .into_iter()
            .flat_map(|schema| alternatives(schema, file, status, wanted))
            .collect();
    }
    if schema["$ref"].is_string() {
        let (file, schema) = resolved(file, schema);
        return alternatives(schema, &file, status, wanted);
    }
    let mut schema = adapted(schema, file, wanted);
    if schema["properties"].is_object() {
        schema["additionalProperties"] = Value::Bool(false);
        schema["minProperties"] = json!(1);
    }
    vec![schema]
}

/// The schema with references into one document, `oneOf` as `anyOf`, and `nullable` as a type.
fn adapted(schema: &Value, file: &str, wanted: &mut Wanted) -> Value {
    match schema {
        Value::Array(items) => items
            .iter()
            .map(|item| adapted(item, file, wanted))
            .collect(),
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                let (place, pointer) = reference.split_once("#/components/schemas/").unwrap();
                let name = place.trim_end_matches(".json");
                let name = if name.is_empty() { file } else { name };
                wanted.insert((name.to_owned(), pointer.to_owned()));
                return json!({"$ref": format!("#/files/{name}/{pointer}")});
            }
            let mut changed: Map<String, Value> = object
                .iter()
                .map(|(key, value)| {
                    let key = if key == "oneOf" { "anyOf" } else { key };
                    (key.to_owned(), adapted(value, file, wanted))
                })
                .collect();
            allow_nulls(&mut changed);
            widen_outcome(&mut changed);
            Value::Object(changed)
        }
        other => other.clone(),
    }
}

fn allow_nulls(schema: &mut Map<String, Value>) {
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        if let Some(kind) = schema.get("type").filter(|kind| kind.is_string()).cloned() {
            schema.insert("type".to_owned(), json!([kind, "null"]));
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let may_be_null = |name: &str, property: &Value| {
            property.get("$ref").is_some()
                || property["type"] == "array"
                || property["type"] == "object"
                || NULLABLE.contains(&name)
        };
        for (_, property) in properties
            .iter_mut()
            .filter(|(name, property)| may_be_null(name, property))
        {
            *property = json!({"anyOf": [property.clone(), {"type": "null"}]});
        }
    }
}

/// Outcomes of a row or call: their four keys are required, any known code may stand, and their texts are not compared, as the
/// files list some of the pages' codes and texts only. Of other schemas `required` is not read.
fn widen_outcome(schema: &mut Map<String, Value>) {
    schema.remove("required");
    schema.remove("pattern");
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    let four = ["code", "details", "message", "status"];
    if !four
        .iter()
        .all(|key| properties.get(*key).is_some_and(Value::is_object))
    {
        return;
    }
    if let Some(Value::Object(message)) = properties.get_mut("message") {
        message.remove("enum");
    }
    let is_error = properties["status"]["enum"] == json!(["error"]);
    if let Some(Value::Object(code)) = properties.get_mut("code")
        && is_error
        && code.contains_key("enum")
    {
        code.insert("enum".to_owned(), KNOWN_CODES.clone());
    }
    schema.insert("required".to_owned(), json!(four));
}
