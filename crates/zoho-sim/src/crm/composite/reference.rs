//! References to answers of other sub-requests: `@{1:$.data[0].details.id}`.
//!
//! A path names keys and places of lists. A text that is nothing but a reference becomes the value itself; within a longer text
//! the value is written out.

use serde_json::{Map, Value};

use super::request::{Request, place};
use crate::catalog::{self, Refusal};

/// One reference as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference<'t> {
    text: &'t str,
    id: &'t str,
    path: &'t str,
}

/// The next reference of a text.
fn next(text: &str) -> Option<Reference<'_>> {
    let start = text.find("@{")?;
    let inner = &text[start + 2..];
    let end = inner.find('}')?;
    let whole = &text[start..start + 2 + end + 1];
    let (id, path) = inner[..end].split_once(':').unwrap_or((&inner[..end], ""));
    Some(Reference {
        text: whole,
        id: id.trim(),
        path: path.trim(),
    })
}

/// Ids of the sub-requests that one refers to, each once.
pub(super) fn ids(request: &Request) -> Vec<String> {
    let mut ids = Vec::new();
    let mut add = |text: &str| {
        let mut rest = text;
        while let Some(reference) = next(rest) {
            if !ids.iter().any(|id| id == reference.id) {
                ids.push(reference.id.to_owned());
            }
            let Some(at) = rest.find(reference.text) else {
                break;
            };
            rest = &rest[at + reference.text.len()..];
        }
    };
    add(&request.uri);
    let objects = [&request.params, &request.headers];
    objects
        .iter()
        .for_each(|object| object.values().for_each(|value| texts(value, &mut add)));
    if let Some(body) = &request.body {
        texts(body, &mut add);
    }
    ids
}

fn texts(value: &Value, add: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => add(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, add)),
        Value::Object(object) => object.values().for_each(|value| texts(value, add)),
        _ => {}
    }
}

/// Gives the body of the answer of a sub-request; none when there is no good one.
pub(super) type Answers<'a> = &'a dyn Fn(&str) -> Option<&'a Value>;

/// The request with all references replaced.
pub(super) fn resolved(
    request: &Request,
    index: usize,
    answers: Answers<'_>,
) -> Result<Request, Refusal> {
    let resolver = |key: &'static str| Resolver {
        key,
        json_path: place(index, key),
        answers,
    };
    let object =
        |key: &'static str, object: &Map<String, Value>| -> Result<Map<String, Value>, Refusal> {
            let resolver = resolver(key);
            let pairs = object.iter().map(|(name, value)| {
                let value = resolver.value(value, &format!("{}.{name}", resolver.json_path))?;
                Ok((name.clone(), value))
            });
            pairs.collect()
        };
    let uri = resolver("uri");
    let body = match &request.body {
        None => None,
        Some(body) => {
            let resolver = resolver("body");
            Some(resolver.value(body, &resolver.json_path)?)
        }
    };
    Ok(Request {
        uri: uri.text(&request.uri, &uri.json_path)?,
        params: object("params", &request.params)?,
        headers: object("headers", &request.headers)?,
        body,
        ..request.clone()
    })
}

struct Resolver<'a> {
    key: &'static str,
    json_path: String,
    answers: Answers<'a>,
}

impl Resolver<'_> {
    fn value(&self, value: &Value, json_path: &str) -> Result<Value, Refusal> {
        Ok(match value {
            Value::String(text) => match next(text) {
                Some(reference) if reference.text == text => {
                    self.find(&reference, json_path)?.clone()
                }
                _ => Value::String(self.text(text, json_path)?),
            },
            Value::Array(values) => {
                let values = values.iter().enumerate();
                let values = values
                    .map(|(number, value)| self.value(value, &format!("{json_path}[{number}]")));
                Value::Array(values.collect::<Result<_, _>>()?)
            }
            Value::Object(object) => {
                let pairs = object.iter().map(|(name, value)| {
                    Ok((
                        name.clone(),
                        self.value(value, &format!("{json_path}.{name}"))?,
                    ))
                });
                Value::Object(pairs.collect::<Result<_, Refusal>>()?)
            }
            other => other.clone(),
        })
    }

    fn text(&self, text: &str, json_path: &str) -> Result<String, Refusal> {
        let mut resolved = String::new();
        let mut rest = text;
        while let Some(reference) = next(rest) {
            let value = self.find(&reference, json_path)?;
            let (before, after) = rest.split_once(reference.text).unwrap_or((rest, ""));
            resolved.push_str(before);
            match value {
                Value::String(text) => resolved.push_str(text),
                value => resolved.push_str(&value.to_string()),
            }
            rest = after;
        }
        resolved.push_str(rest);
        Ok(resolved)
    }

    /// The value that a reference means; nothing counts as no value.
    fn find(&self, reference: &Reference<'_>, json_path: &str) -> Result<&Value, Refusal> {
        let found = (self.answers)(reference.id).and_then(|answer| at(answer, reference.path));
        found.filter(|value| !value.is_null()).ok_or_else(|| {
            let key = json_path.rsplit(['.', ']']).next().unwrap_or(self.key);
            let key = if key.is_empty() { self.key } else { key };
            catalog::composite::invalid_reference(key, json_path, reference.text)
        })
    }
}

/// The value at a path such as `$.data[0].details.id`.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut rest = path.strip_prefix('$')?;
    let mut value = value;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (place, after) = after.split_once(']')?;
            value = match place.trim_matches(['\'', '"']) {
                name if name.len() < place.len() => value.get(name)?,
                number => value.get(number.parse::<usize>().ok()?)?,
            };
            rest = after;
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            value = value.get(&after[..end])?;
            rest = &after[end..];
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_over_keys_and_places() {
        let value = json!({"data": [{"details": {"id": "5", "x": null}}], "a b": 1});
        for (path, wanted) in [
            ("$.data[0].details.id", Some(json!("5"))),
            ("$['data'][0]['details'].id", Some(json!("5"))),
            ("$.data[1].details", None),
            ("$.data[x]", None),
            ("$.data[0", None),
            ("data", None),
            ("$..id", None),
            ("", None),
            ("$['a b']", Some(json!(1))),
        ] {
            assert_eq!(at(&value, path).cloned(), wanted, "{path}");
        }
    }

    #[test]
    fn whole_texts_become_values_and_parts_are_written_out() {
        let answer = json!({"data": [{"id": "5", "count": 7, "none": null}]});
        let request = Request {
            id: None,
            method: axum::http::Method::GET,
            uri: "/crm/v8/Leads/@{1:$.data[0].id}/x@{1:$.data[0].count}".to_owned(),
            params: json!({"ids": "@{1:$.data[0].id},9"})
                .as_object()
                .unwrap()
                .clone(),
            headers: Map::new(),
            body: Some(json!({"data": [{"n": "@{1:$.data[0].count}", "é": "@{"}]})),
        };
        assert_eq!(ids(&request), ["1"]);
        let answers = |id: &str| (id == "1").then_some(&answer);
        let resolved = resolved(&request, 3, &answers).unwrap();
        assert_eq!(resolved.uri, "/crm/v8/Leads/5/x7");
        assert_eq!(resolved.params["ids"], "5,9");
        assert_eq!(resolved.body, Some(json!({"data": [{"n": 7, "é": "@{"}]})));
        let none = Request {
            body: Some(json!({"data": [{"n": "@{1:$.data[0].none}"}]})),
            ..request
        };
        let refusal = super::resolved(&none, 3, &answers).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.details),
            (
                "INVALID_REFERENCE",
                json!({"api_name": "n", "json_path": "$.__composite_requests[3].body.data[0].n",
                    "reference": "@{1:$.data[0].none}"})
            )
        );
    }
}
