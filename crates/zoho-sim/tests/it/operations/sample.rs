//! Values that fit a published schema.

use serde_json::{Map, Value, json};

use super::known::{Known, NOTHING, SETTINGS};
use crate::oas::resolved;

/// Deeper, schemas only repeat themselves.
const DEPTH_MAX: usize = 7;

/// Fills schemas with values, and with ids of things that exist.
pub(super) struct Sampler {
    module: String,
    record: Value,
    record_id: String,
    /// Id of the first thing that the path lists.
    own_id: String,
    ids: Map<String, Value>,
    /// Fill in keys that are not required too.
    is_full: bool,
}

impl Sampler {
    pub(super) async fn of(path: &str, module: &str, known: &mut Known, is_full: bool) -> Self {
        let collection = match path.rsplit_once('/') {
            Some((above, last)) if last.chars().all(|letter| letter.is_ascii_digit()) => above,
            _ => path.split("/actions/").next().unwrap_or(path),
        };
        let mut ids = Map::new();
        for (key, place) in SETTINGS {
            ids.insert(key.to_owned(), json!(known.id_at(place).await));
        }
        let own_id = if path.starts_with(&format!("/crm/v8/{module}")) {
            known.record(module)
        } else {
            known.id_at(collection).await
        };
        Self {
            module: module.to_owned(),
            record: known.record_of(module),
            record_id: known.record(module),
            own_id,
            ids,
            is_full,
        }
    }

    /// A query parameter.
    pub(super) fn parameter(&self, name: &str, file: &str, schema: &Value) -> String {
        let own = match name {
            "module" => self.module.as_str(),
            "fields" if self.module == "Notes" => "Note_Title",
            "fields" => "id,Owner",
            "ids" | "id" | "record_id" => &self.own_id,
            "layout_id" => self.id("layout"),
            "user_id" | "owner_id" | "transfer_to" | "transfer_to_id" => self.id("user"),
            "page" => "1",
            "per_page" => "10",
            "sort_by" => "id",
            "email" => "blake@orchard.example",
            "phone" => "555",
            "word" => "Blake",
            "criteria" => "(Last_Name:equals:Blake)",
            "channel_id" | "channel_ids" => "1000000068001",
            "startDateTime" => "2020-01-01T00:00:00+00:00",
            "endDateTime" => "2030-01-01T00:00:00+00:00",
            "job_id" | "cvid" | "territory_id" | "uid" => NOTHING,
            _ => "",
        };
        if !own.is_empty() {
            return own.to_owned();
        }
        match self.value(name, "", file, schema, 0) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    fn id(&self, kind: &str) -> &str {
        self.ids[kind].as_str().unwrap_or(NOTHING)
    }

    /// A value for the key `name` inside the value of the key `above`.
    pub(super) fn value(
        &self,
        name: &str,
        above: &str,
        file: &str,
        schema: &Value,
        depth: usize,
    ) -> Value {
        let reference = schema["$ref"].as_str().unwrap_or_default();
        let (file, schema) = resolved(file, schema);
        if file == "record" && reference.ends_with("/Record") {
            return self.record.clone();
        }
        let listed = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
        if let Some(first) = listed.and_then(|listed| listed.first()) {
            return self.value(name, above, &file, first, depth);
        }
        if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
            return first.clone();
        }
        match schema["type"].as_str() {
            Some("array") if depth >= DEPTH_MAX => json!([]),
            Some("array") => json!([self.value(name, above, &file, &schema["items"], depth + 1)]),
            Some("integer" | "number") => json!(1),
            Some("boolean") => json!(true),
            Some("string") => json!(self.text(name, above, schema["format"].as_str())),
            _ if schema["properties"].is_object() && depth < DEPTH_MAX => {
                let properties = schema["properties"].as_object().into_iter().flatten();
                let required = schema["required"].as_array();
                let is_wanted = |key: &str| {
                    self.is_full
                        || required.is_none_or(|keys| keys.iter().any(|wanted| wanted == key))
                };
                let filled = properties
                    .filter(|(key, _)| is_wanted(key))
                    .map(|(key, inner)| {
                        (key.clone(), self.value(key, name, &file, inner, depth + 1))
                    });
                Value::Object(filled.collect())
            }
            _ => json!({}),
        }
    }

    fn text(&self, name: &str, above: &str, format: Option<&str>) -> String {
        let near = above.trim_end_matches('s');
        let is_user = [
            "owner",
            "user",
            "shared_with",
            "shared_to",
            "assign_to",
            "delegate",
        ];
        let text = match (name, format) {
            ("id", _) if is_user.iter().any(|word| near.contains(word)) => self.id("user"),
            ("id", _) if self.ids.contains_key(near) => self.id(near),
            ("id", _) => &self.own_id,
            ("ids" | "record_id" | "entity_id", _) => &self.record_id,
            ("api_name" | "module", _) if near.is_empty() || near == "module" => &self.module,
            ("api_name", _) => "Last_Name",
            ("module", _) => &self.module,
            ("select_query", _) => {
                "select Last_Name from Leads where Last_Name is not null limit 2"
            }
            ("comparator", _) => "equal",
            ("color_code", _) => "#63C57E",
            ("channel_id", _) => "1000000068001",
            ("events", _) => "Leads.create",
            (_, Some("date")) => "2026-12-01",
            (_, Some("date-time")) => "2026-12-01T10:00:00+05:30",
            (_, Some("email")) => "ada.ray@leadway.example",
            _ if name.contains("email") => "ada.ray@leadway.example",
            _ if name.contains("url") => "http://127.0.0.1:9/nobody",
            _ => "Sample",
        };
        text.to_owned()
    }
}
