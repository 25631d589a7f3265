//! Answers of v8 in the words of older versions.

use serde_json::{Map, Value, json};

use super::Version;
use crate::http::Answer;

/// What kind of answer a path gives, as far as words differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Records,
    Users,
    Modules,
    BulkRead,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path {
            "users" | "users/{id}" => Self::Users,
            "settings/modules" | "settings/modules/{name}" | "settings/modules/{id}" => {
                Self::Modules
            }
            "bulk/read" | "bulk/read/{id}" => Self::BulkRead,
            path if path.starts_with("{module}") => Self::Records,
            _ => Self::Other,
        }
    }
}

/// The answer as an older version gives it.
pub(in crate::crm) fn older(version: Version, path: &str, mut answer: Answer) -> Answer {
    let kind = Kind::of(path);
    let is_different = match kind {
        Kind::Records => !version.has_converted_field(),
        Kind::Modules => !version.has_module_status(),
        Kind::Users | Kind::BulkRead => version.is_second(),
        Kind::Other => false,
    };
    if !is_different {
        return answer;
    }
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else {
        return answer;
    };
    match kind {
        Kind::Records => {
            rename(objects(&mut body, "data"), "Converted__s", "$converted");
            if version.is_second() {
                shorten_info(&mut body);
            }
        }
        Kind::Users => {
            for (new, old) in [
                ("name_format__s", "name_format"),
                ("sort_order_preference__s", "sort_order_preference"),
            ] {
                rename(objects(&mut body, "users"), new, old);
            }
            for user in objects(&mut body, "users") {
                user.shift_remove("type__s");
            }
        }
        Kind::Modules => {
            for module in objects(&mut body, "modules") {
                if let Some(status) = module.shift_remove("status") {
                    module.insert("visible".to_owned(), json!(status == "visible"));
                }
            }
        }
        Kind::BulkRead => plain_names(&mut body),
        Kind::Other => {}
    }
    answer.body = Value::Object(body).to_string().into();
    answer
}

/// The objects of a list in the answer.
fn objects<'a>(
    body: &'a mut Map<String, Value>,
    key: &str,
) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    let list = body.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Gives a key of each object another name, in its place.
fn rename<'a>(objects: impl Iterator<Item = &'a mut Map<String, Value>>, from: &str, to: &str) {
    for object in objects {
        if object.contains_key(from) {
            let entries = std::mem::take(object);
            *object = entries
                .into_iter()
                .map(|(key, value)| (if key == from { to.to_owned() } else { key }, value))
                .collect();
        }
    }
}

/// Lists told no more than where in the pages they were.
fn shorten_info(body: &mut Map<String, Value>) {
    if let Some(info) = body.get_mut("info").and_then(Value::as_object_mut) {
        info.retain(|key, _| ["per_page", "count", "page", "more_records"].contains(&key.as_str()));
    }
}

fn plain_names(body: &mut Map<String, Value>) {
    for job in objects(body, "data") {
        let Some(query) = job.get_mut("query").and_then(Value::as_object_mut) else {
            continue;
        };
        if let Some(name) = query
            .get("module")
            .and_then(|module| module.get("api_name"))
        {
            let name = name.clone();
            query.insert("module".to_owned(), name);
        }
        if let Some(criteria) = query.get_mut("criteria") {
            plain_condition(criteria);
        }
    }
}

/// The depth is that of an accepted request, which is bounded.
fn plain_condition(node: &mut Value) {
    let Some(object) = node.as_object_mut() else {
        return;
    };
    if let Some(field) = object.remove("field")
        && let Some(name) = field.get("api_name")
    {
        object.insert("api_name".to_owned(), name.clone());
    }
    let group = object.get_mut("group").and_then(Value::as_array_mut);
    for inner in group.into_iter().flatten() {
        plain_condition(inner);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    fn body_of(version: &str, path: &str, body: &Value) -> Value {
        let version = Version::parse(version).unwrap();
        let answer = older(version, path, Answer::json(StatusCode::OK, body));
        serde_json::from_slice(&answer.body).unwrap()
    }

    #[test]
    fn converted_was_a_key_of_the_system_before_the_fourth_version() {
        let body = json!({"data": [{"Converted__s": false, "id": "1"}], "info": {"page": 1, "sort_by": "id"}});
        let older = body_of("v3", "{module}", &body);
        assert_eq!(older["data"][0], json!({"$converted": false, "id": "1"}));
        assert_eq!(older["info"], body["info"]);
        assert_eq!(body_of("v2", "{module}", &body)["info"], json!({"page": 1}));
        assert_eq!(body_of("v4", "{module}", &body), body);
    }

    #[test]
    fn bulk_reads_had_plain_names() {
        let job = json!({"data": [{"query": {"module": {"api_name": "Leads", "id": "1"}, "criteria": {"group": [{"field": {"api_name": "City"}}]}}}]});
        assert_eq!(
            body_of("v2", "bulk/read/{id}", &job),
            json!({"data": [{"query": {"module": "Leads", "criteria": {"group": [{"api_name": "City"}]}}}]})
        );
    }

    #[test]
    fn modules_were_visible_and_users_had_plain_keys() {
        let modules = json!({"modules": [{"status": "visible"}, {"status": "system_hidden"}]});
        assert_eq!(
            body_of("v4", "settings/modules", &modules),
            json!({"modules": [{"visible": true}, {"visible": false}]})
        );
        let users = json!({"users": [{"name_format__s": "x", "type__s": "y", "id": "1"}]});
        assert_eq!(
            body_of("v2", "users", &users),
            json!({"users": [{"name_format": "x", "id": "1"}]})
        );
    }
}
