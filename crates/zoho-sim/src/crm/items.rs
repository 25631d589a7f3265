//! Bodies of settings calls, `{"roles": [{...}, ...]}`: each item is read, checked and answered for itself.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::catalog::settings::{self, Key};
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::rows::id_in;

/// One object of a body with the path that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Item<'a> {
    path: String,
    given: &'a Map<String, Value>,
}

/// What happened to one item: the object that the answer shows for it.
pub(crate) type Outcome = Result<Value, Refusal>;

/// Reads the items of a body and handles each; the answer has an outcome for each of them in their order.
///
/// unknown: whether the refusal of a body as a whole stands inside of the list; here it stands alone.
pub(crate) fn each(
    body: &[u8],
    root: &str,
    maximum: usize,
    all_well: StatusCode,
    mut handle: impl FnMut(&Item<'_>) -> Outcome,
) -> Result<Answer, Refusal> {
    let body: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| catalog::malformed_body())?;
    let body = Item::whole(&body);
    let given = body.required(root)?;
    let key = body.key(root);
    let list = given
        .as_array()
        .ok_or_else(|| settings::wrong_type(&key, "jsonarray"))?;
    if list.is_empty() {
        return Err(settings::invalid(&key).with_detail("minimum_length", json!(1)));
    }
    if list.len() > maximum {
        return Err(settings::too_long(&key, maximum));
    }
    let outcomes: Vec<Outcome> = list
        .iter()
        .enumerate()
        .map(|(number, value)| handle(&body.element(root, number, value)?))
        .collect();
    Ok(answer(root, all_well, &outcomes))
}

/// An answer of outcomes: `all_well`, 207 when they are mixed, the status of the first refusal when nothing went well.
pub(crate) fn answer(root: &str, all_well: StatusCode, outcomes: &[Outcome]) -> Answer {
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    let status = match (refused.clone().count(), refused.clone().next()) {
        (0, _) | (_, None) => all_well,
        (count, Some(first)) if count == outcomes.len() => first.status,
        _ => StatusCode::MULTI_STATUS,
    };
    let items: Vec<Value> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(item) => item.clone(),
            Err(refusal) => refusal.to_json(),
        })
        .collect();
    Answer::json(status, &json!({root: items}))
}

/// The outcome of an item that went well, with its id.
pub(crate) fn done(id: u64, message: &str) -> Value {
    super::print::success(&json!({"id": id.to_string()}), message)
}

impl<'a> Item<'a> {
    /// A whole body.
    pub(crate) fn whole(given: &'a Map<String, Value>) -> Self {
        Self {
            path: "$".to_owned(),
            given,
        }
    }

    /// A key of the object, as refusals name it.
    pub(crate) fn key<'k>(&self, name: &'k str) -> Key<'k> {
        Key {
            name,
            path: format!("{}.{name}", self.path),
        }
    }

    /// Whether the key is there at all, be it null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// The value of a key; null counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.given.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn required(&self, name: &str) -> Result<&'a Value, Refusal> {
        self.get(name)
            .ok_or_else(|| settings::missing(&self.key(name)))
    }

    pub(crate) fn text(&self, name: &str, maximum: usize) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value
            .as_str()
            .ok_or_else(|| settings::wrong_type(&self.key(name), "text"))?;
        if text.chars().count() > maximum {
            return Err(settings::too_long(&self.key(name), maximum));
        }
        Ok(Some(text))
    }

    /// A text that has to be there and not be empty.
    pub(crate) fn required_text(&self, name: &str, maximum: usize) -> Result<&'a str, Refusal> {
        self.required(name)?;
        match self.text(name, maximum)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(settings::invalid(&self.key(name))),
        }
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let read = |value: &Value| {
            value
                .as_bool()
                .ok_or_else(|| settings::wrong_type(&self.key(name), "boolean"))
        };
        self.get(name).map(read).transpose()
    }

    /// A whole number between two bounds; digits in a text are taken too, as samples of Zoho have them.
    pub(crate) fn number(&self, name: &str, from: i64, to: i64) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value
            .as_i64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
            .ok_or_else(|| settings::wrong_type(&self.key(name), "integer"))?;
        if (from..=to).contains(&number) {
            Ok(Some(number))
        } else {
            Err(settings::out_of_range(&self.key(name), from, to))
        }
    }

    /// One of the known words.
    pub(crate) fn word<'k>(
        &self,
        name: &str,
        known: &[&'k str],
    ) -> Result<Option<&'k str>, Refusal> {
        let Some(text) = self.text(name, usize::MAX)? else {
            return Ok(None);
        };
        let found = known.iter().find(|word| **word == text).copied();
        found
            .map(Some)
            .ok_or_else(|| settings::unsupported(&self.key(name), known))
    }

    /// The id in a key: text or number.
    pub(crate) fn id(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let read = |value: &Value| {
            id_in(value).ok_or_else(|| settings::wrong_type(&self.key(name), "bigint"))
        };
        self.get(name).map(read).transpose()
    }

    pub(crate) fn required_id(&self, name: &str) -> Result<u64, Refusal> {
        self.required(name)?;
        self.id(name)?
            .ok_or_else(|| settings::missing(&self.key(name)))
    }

    /// The id of a reference, `{"id": "..."}` or the id alone.
    pub(crate) fn reference(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.get(name) {
            Some(Value::Object(_)) => match self.object(name)? {
                Some(inner) => inner.required_id("id").map(Some),
                None => Ok(None),
            },
            _ => self.id(name),
        }
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Item<'a>>, Refusal> {
        let read = |value: &'a Value| {
            let given = value
                .as_object()
                .ok_or_else(|| settings::wrong_type(&self.key(name), "jsonobject"))?;
            Ok(Item {
                path: self.key(name).path,
                given,
            })
        };
        self.get(name).map(read).transpose()
    }

    /// The objects of a list.
    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<Item<'a>>>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let list = value
            .as_array()
            .ok_or_else(|| settings::wrong_type(&self.key(name), "jsonarray"))?;
        let elements = list.iter().enumerate();
        elements
            .map(|(number, value)| self.element(name, number, value))
            .collect::<Result<Vec<Item<'a>>, Refusal>>()
            .map(Some)
    }

    fn element(&self, name: &str, number: usize, value: &'a Value) -> Result<Item<'a>, Refusal> {
        let path = format!("{}[{number}]", self.key(name).path);
        match value.as_object() {
            Some(given) => Ok(Item { path, given }),
            None => Err(settings::wrong_type(&Key { name, path }, "jsonobject")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(body: &str) -> Value {
        let handle = |item: &Item<'_>| {
            item.required_text("name", 5)?;
            item.reference("owner")?;
            item.number("size", 1, 9)?;
            Ok(done(7, "done"))
        };
        match each(body.as_bytes(), "roles", 2, StatusCode::OK, handle) {
            Ok(answer) => serde_json::from_slice(&answer.body).unwrap(),
            Err(refusal) => refusal.to_json(),
        }
    }

    #[test]
    fn every_item_is_answered_for_itself() {
        let mixed = one(r#"{"roles": [{"name": "a"}, {"name": "abcdef"}]}"#);
        assert_eq!(mixed["roles"][0]["details"]["id"], "7");
        let details = &mixed["roles"][1]["details"];
        assert_eq!(details["json_path"], "$.roles[1].name");
        assert_eq!(details["maximum_length"], 5);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_path() {
        let details = |body: &str| {
            let answer = one(body);
            let item = answer.get("roles").map_or(&answer, |list| &list[0]);
            (item["code"].clone(), item["details"]["json_path"].clone())
        };
        for (body, code, path) in [
            ("{}", "MANDATORY_NOT_FOUND", "$.roles"),
            (r#"{"roles": []}"#, "INVALID_DATA", "$.roles"),
            (r#"{"roles": [1, 2, 3]}"#, "INVALID_DATA", "$.roles"),
            (r#"{"roles": [1]}"#, "INVALID_DATA", "$.roles[0]"),
            (
                r#"{"roles": [{}]}"#,
                "MANDATORY_NOT_FOUND",
                "$.roles[0].name",
            ),
            (
                r#"{"roles": [{"name": "a", "owner": {"id": "x"}}]}"#,
                "INVALID_DATA",
                "$.roles[0].owner.id",
            ),
            (
                r#"{"roles": [{"name": "a", "size": 10}]}"#,
                "INVALID_DATA",
                "$.roles[0].size",
            ),
        ] {
            assert_eq!(details(body), (json!(code), json!(path)), "{body}");
        }
    }
}
