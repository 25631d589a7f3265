//! Holds the described bodies and the engine's own types together.

use leadway_engine::model::config::{Config, SourceConfig};
use leadway_engine::model::life::EventLife;
use leadway_engine::model::status::Overview;
use serde_json::{Value, json};

use crate::console::sample;

/// Follows references and `allOf`, and says which members of `value` the document lacks, and which it promises in vain.
fn differences(document: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    collect(document, schema, &mut properties, &mut required);
    match value {
        Value::Object(members) if !properties.is_empty() => {
            for (name, member) in members {
                match properties.get(name) {
                    Some(inner) => found.extend(differences(
                        document,
                        inner,
                        member,
                        &format!("{path}.{name}"),
                    )),
                    None => found.push(format!("{path}.{name} is not described")),
                }
            }
            let missing = required.iter().filter(|name| !members.contains_key(*name));
            found.extend(missing.map(|name| format!("{path}.{name} is promised and not there")));
        }
        Value::Array(items) => {
            let inner = items_of(document, schema);
            for (place, item) in items.iter().enumerate() {
                found.extend(differences(
                    document,
                    &inner,
                    item,
                    &format!("{path}[{place}]"),
                ));
            }
        }
        _ => {}
    }
    found
}

fn collect(
    document: &Value,
    schema: &Value,
    properties: &mut serde_json::Map<String, Value>,
    required: &mut Vec<String>,
) {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix("#/components/schemas/"))
    {
        let target = &document["components"]["schemas"][name];
        assert!(target.is_object(), "{name} is not in the document");
        collect(document, target, properties, required);
    }
    for combined in ["allOf", "oneOf", "anyOf"] {
        for part in schema[combined].as_array().into_iter().flatten() {
            collect(document, part, properties, required);
        }
    }
    properties.extend(
        schema["properties"]
            .as_object()
            .cloned()
            .into_iter()
            .flatten(),
    );
    required.extend(
        schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
}

fn items_of(document: &Value, schema: &Value) -> Value {
    let reference = schema["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix("#/components/schemas/"));
    match reference {
        Some(name) => document["components"]["schemas"][name]["items"].clone(),
        None => schema["items"].clone(),
    }
}

fn check(name: &str, value: &impl serde::Serialize) {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let schema = json!({"$ref": format!("#/components/schemas/{name}")});
    let value = serde_json::to_value(value).unwrap();
    assert_eq!(
        differences(&document, &schema, &value, name),
        Vec::<String>::new()
    );
}

#[test]
fn the_life_of_an_event_is_as_described() {
    let life: EventLife = sample::life();
    check("EventLife", &life);
}

#[test]
fn the_overview_is_as_described() {
    let overview: Overview = sample::overview();
    check("Overview", &overview);
}

#[test]
fn the_configuration_is_as_described() {
    let config: Config = sample::config();
    check("Config", &config);
}

#[test]
fn a_member_that_nobody_described_is_found() {
    let source = SourceConfig {
        name: "website".to_owned(),
        write_key: "key".to_owned(),
        allowed_origins: vec!["https://www.example.com".to_owned()],
        missing_message_id: Default::default(),
    };
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let mut value = serde_json::to_value(source).unwrap();
    value["colour"] = json!("red");
    value.as_object_mut().unwrap().remove("name");
    let found = differences(
        &document,
        &json!({"$ref": "#/components/schemas/SourceConfig"}),
        &value,
        "source",
    );
    assert_eq!(
        found,
        [
            "source.colour is not described",
            "source.name is promised and not there"
        ]
    );
}
