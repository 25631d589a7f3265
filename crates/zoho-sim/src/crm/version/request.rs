//! Requests of older versions in the words of v8.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::Version;
use crate::http::Call;

/// The call as v8 would have it; the same one where nothing is different.
pub(in crate::crm) fn modern<'a>(version: Version, path: &str, call: &'a Call) -> Cow<'a, Call> {
    if version >= Version::LATEST {
        return Cow::Borrowed(call);
    }
    if !version.has_converted_field() && call.query.get("fields").is_some() {
        return Cow::Owned(with_converted(call));
    }
    if !version.is_second() {
        return Cow::Borrowed(call);
    }
    let change: fn(&mut Map<String, Value>) -> bool = match path {
        "{module}/{id}/actions/convert" => |body| each_row(body, convert),
        "bulk/read" => bulk_read,
        _ => return Cow::Borrowed(call),
    };
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&call.body) else {
        return Cow::Borrowed(call);
    };
    if change(&mut body) {
        Cow::Owned(with_body(call, &Value::Object(body)))
    } else {
        Cow::Borrowed(call)
    }
}

fn with_body(call: &Call, body: &Value) -> Call {
    Call {
        body: body.to_string().into(),
        ..call.clone()
    }
}

/// `$converted` among the fields is today's `Converted__s`.
fn with_converted(call: &Call) -> Call {
    let mut call = call.clone();
    for (name, value) in &mut call.query.0 {
        if name == "fields" {
            let names = value.split(',').map(|field| match field.trim() {
                "$converted" => "Converted__s",
                field => field,
            });
            *value = names.collect::<Vec<_>>().join(",");
        }
    }
    call
}

/// Changes each row of `data`; true when one was changed.
fn each_row(body: &mut Map<String, Value>, change: fn(&mut Map<String, Value>) -> bool) -> bool {
    let rows = body.get_mut("data").and_then(Value::as_array_mut);
    let mut is_changed = false;
    for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
        is_changed |= change(row);
    }
    is_changed
}

/// Ids were plain texts, where objects are today.
fn convert(row: &mut Map<String, Value>) -> bool {
    let mut is_changed = false;
    for name in ["Accounts", "Contacts", "assign_to"] {
        if let Some(id @ (Value::String(_) | Value::Number(_))) = row.get_mut(name) {
            *id = json!({"id": id.take()});
            is_changed = true;
        }
    }
    is_changed
}

/// The module and the fields of conditions were plain names.
fn bulk_read(body: &mut Map<String, Value>) -> bool {
    let Some(query) = body.get_mut("query").and_then(Value::as_object_mut) else {
        return false;
    };
    if let Some(module @ Value::String(_)) = query.get_mut("module") {
        *module = json!({"api_name": module.take()});
    }
    if let Some(criteria) = query.get_mut("criteria") {
        condition(criteria, 0);
    }
    true
}

fn condition(node: &mut Value, depth: usize) {
    const DEPTH_MAX: usize = 16;
    let Some(object) = node.as_object_mut() else {
        return;
    };
    if let Some(name) = object.remove("api_name") {
        object.insert("field".to_owned(), json!({"api_name": name}));
    }
    if depth < DEPTH_MAX {
        let group = object.get_mut("group").and_then(Value::as_array_mut);
        for inner in group.into_iter().flatten() {
            condition(inner, depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method};

    use super::*;
    use crate::http::Query;

    fn call(body: &Value) -> Call {
        Call {
            method: Method::POST,
            path: String::new(),
            query: Query::default(),
            headers: HeaderMap::new(),
            body: body.to_string().into(),
            origin: String::new(),
        }
    }

    fn body_of(version: &str, path: &str, body: &Value) -> Value {
        let version = Version::parse(version).unwrap();
        serde_json::from_slice(&modern(version, path, &call(body)).body).unwrap()
    }

    #[test]
    fn the_second_version_names_ids_and_modules_plainly() {
        let converted = json!({"data": [{"Accounts": "1", "assign_to": {"id": "2"}, "Deals": {"Deal_Name": "D"}}]});
        assert_eq!(
            body_of("v2", "{module}/{id}/actions/convert", &converted),
            json!({"data": [{"Accounts": {"id": "1"}, "assign_to": {"id": "2"}, "Deals": {"Deal_Name": "D"}}]})
        );
        let read = json!({"query": {"module": "Leads", "criteria": {"group_operator": "and", "group": [{"api_name": "City", "comparator": "equal", "value": "Rome"}]}}});
        assert_eq!(
            body_of("v2", "bulk/read", &read),
            json!({"query": {"module": {"api_name": "Leads"}, "criteria": {"group_operator": "and", "group": [{"comparator": "equal", "value": "Rome", "field": {"api_name": "City"}}]}}})
        );
    }

    #[test]
    fn what_cannot_be_read_stays_as_it_is() {
        let odd = json!({"data": [7, {"Accounts": null}], "query": []});
        for path in ["{module}/{id}/actions/convert", "{module}", "bulk/read"] {
            assert_eq!(body_of("v2", path, &odd), odd);
        }
    }
}
