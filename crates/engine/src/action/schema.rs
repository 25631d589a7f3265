//! JSON Schemas of inputs and answers, for documents, forms and other programs.

use serde_json::{Map, Value, json};

use super::{Action, Input, Kind, Need};

/// The schema of an action's inputs.
pub(super) fn of_inputs(action: &Action) -> Value {
    let properties: Map<String, Value> = action
        .inputs
        .iter()
        .map(|input| (input.name.to_owned(), of_input(input)))
        .collect();
    let required: Vec<&str> = action
        .inputs
        .iter()
        .filter(|input| input.need == Need::Required)
        .map(|input| input.name)
        .collect();
    let mut schema = json!({
        "type": "object", "properties": properties, "additionalProperties": false,
    });
    if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// `x-leadway-kind` tells a form what to offer: modules and fields from the connection's live metadata.
fn of_input(input: &Input) -> Value {
    let mut schema = of_kind(input.kind);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(input.summary));
        if let Need::Default(json) = input.need {
            let default = serde_json::from_str(json).unwrap_or_default();
            schema.insert("default".to_owned(), default);
        }
    }
    schema
}

fn of_kind(kind: Kind) -> Value {
    let id = "^[0-9]{1,30}$";
    let texts = |kind: &str| {
        json!({
            "x-leadway-kind": kind,
            "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}],
        })
    };
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::LongText => json!({"type": "string", "x-leadway-kind": "long_text"}),
        Kind::Module => {
            json!({"type": "string", "pattern": "^[A-Za-z0-9_]{1,100}$", "x-leadway-kind": "module"})
        }
        Kind::Field => {
            json!({"type": "string", "pattern": "^[A-Za-z0-9_]{1,100}$", "x-leadway-kind": "field"})
        }
        Kind::Fields => texts("fields"),
        Kind::Texts => texts("texts"),
        Kind::RecordId => json!({"type": "string", "pattern": id, "x-leadway-kind": "record_id"}),
        Kind::RecordIds => texts("record_ids"),
        Kind::RecordType => json!({"type": "string", "x-leadway-kind": "record_type"}),
        Kind::OrganizationId => {
            json!({"type": "string", "pattern": id, "x-leadway-kind": "organization_id"})
        }
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        Kind::Integer(low, high) => json!({"type": "integer", "minimum": low, "maximum": high}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Choice(words) => json!({"type": "string", "enum": words}),
        Kind::Values => json!({"type": "object", "x-leadway-kind": "values"}),
        Kind::FieldValues => json!({"type": "object", "x-leadway-kind": "field_values"}),
        Kind::Records(count_max) => json!({
            "type": "array", "minItems": 1, "maxItems": count_max, "items": {"type": "object"},
            "x-leadway-kind": "records",
        }),
        Kind::Json => json!({
            "type": ["object", "array", "string", "number", "boolean"], "x-leadway-kind": "json",
        }),
        Kind::File => json!({"x-leadway-kind": "file", "anyOf": given_file()}),
        Kind::Files => {
            let [text, object] = given_file();
            let several = json!({"type": "array", "items": {"anyOf": given_file()}});
            json!({
                "x-leadway-kind": "files", "type": "object",
                "additionalProperties": {"anyOf": [text, object, several]},
            })
        }
    }
}

/// The two forms of a file among the inputs.
fn given_file() -> [Value; 2] {
    [
        json!({"type": "string", "description": "the content as text"}),
        json!({
            "type": "object", "required": ["base64"], "additionalProperties": false,
            "properties": {
                "base64": {"type": "string", "contentEncoding": "base64"},
                "name": {"type": "string"}, "content_type": {"type": "string"},
            },
        }),
    ]
}

/// A record: fields by API name.
pub(super) fn record() -> Value {
    json!({"type": "object", "description": "fields by API name", "additionalProperties": true})
}

/// `{"record": …}`
pub(super) fn one_record() -> Value {
    one("record", record())
}

/// One member of this name.
pub(super) fn one(name: &str, schema: Value) -> Value {
    json!({"type": "object", "required": [name], "properties": {name: schema}})
}

/// A page of records; with `fetch_all` each record is a line of its own instead.
pub(super) fn page() -> Value {
    json!({
        "type": "object", "required": ["records", "info"],
        "properties": {
            "records": {"type": "array", "items": record()},
            "info": {
                "type": "object",
                "properties": {
                    "page": {"type": "integer"}, "per_page": {"type": "integer"}, "count": {"type": "integer"},
                    "more_records": {"type": "boolean"}, "next_page_token": {"type": ["string", "null"]},
                    "fields_left_out": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    })
}

/// A list under this name.
pub(super) fn list(name: &str) -> Value {
    one(name, json!({"type": "array", "items": record()}))
}

/// One row for each record of a write, in the order in which they were sent.
pub(super) fn written() -> Value {
    json!({
        "type": "object", "required": ["rows", "written", "refused"],
        "properties": {
            "written": {"type": "integer"}, "refused": {"type": "integer"},
            "rows": {"type": "array", "items": row()},
        },
    })
}

/// What became of one record of a write.
pub(super) fn row() -> Value {
    json!({
        "type": "object", "required": ["status"],
        "properties": {
            "status": {"type": "string", "enum": ["written", "refused"]},
            "id": {"type": "string"}, "action": {"type": "string", "enum": ["insert", "update"]},
            "code": {"type": "string"}, "message": {"type": "string"}, "remedy": {"type": "string"},
            "field": {"type": "string"}, "zoho": {"type": "object"},
        },
    })
}

/// For files, whose content is the answer.
pub(super) fn file() -> Value {
    Value::Null
}
