//! Reads the items of answers that are no writes of records: each accepted or refused, under a key of its own.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{RecordId, RowError};
use crate::Error;
use crate::answer::{Reply, WireError, object};

/// What became of one item of a call, such as one channel or one tag.
#[derive(Clone, Debug)]
pub struct ItemOutcome {
    /// The item of Zoho's answer, unchanged.
    pub raw: Box<RawValue>,
    /// The same, understood.
    pub result: Result<Accepted, RowError>,
}

/// An item that Zoho has accepted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accepted {
    /// `SUCCESS`, or `SCHEDULED` for what Zoho does later.
    pub code: String,
    /// Zoho's sentence.
    pub message: String,
    /// What Zoho tells of the item, such as its `id`.
    pub details: Map<String, Value>,
}

/// As Zoho sent it.
impl Serialize for ItemOutcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

impl ItemOutcome {
    /// The success, if it is one.
    #[must_use]
    pub fn accepted(&self) -> Option<&Accepted> {
        self.result.as_ref().ok()
    }

    /// The refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&RowError> {
        self.result.as_ref().err()
    }

    fn read(raw: &RawValue) -> Option<ItemOutcome> {
        let wire: WireError<'_> = serde_json::from_str(raw.get()).ok()?;
        let (code, message) = (wire.code.into_owned(), wire.message.into_owned());
        let details = object(wire.details);
        let result = match &*wire.status {
            "success" => Ok(Accepted {
                code,
                message,
                details,
            }),
            "error" => Err(RowError::new(code, message, details)),
            _ => return None,
        };
        Some(ItemOutcome {
            raw: raw.to_owned(),
            result,
        })
    }
}

impl Accepted {
    /// A text or number of the details as text.
    pub(super) fn detail(&self, name: &str) -> Option<String> {
        match self.details.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// The items under `root`, of which there is one at least. A refusal of the whole call is an error.
pub(super) fn read(reply: &Reply<'_>, root: &str) -> Result<Vec<ItemOutcome>, Error> {
    let status = reply.answer.status;
    if matches!(status, 204 | 300..=399 | 401 | 429 | 500..) {
        return Err(reply.refusal());
    }
    let Some(items) = raw_items(&reply.answer.body, root) else {
        return Err(match reply.wire_error() {
            Some(wire) if wire.status == "error" || status >= 400 => reply.refused(wire),
            _ => reply.no_json(),
        });
    };
    let items: Option<Vec<ItemOutcome>> = items.into_iter().map(ItemOutcome::read).collect();
    let items = items.filter(|items| !items.is_empty());
    items.ok_or_else(|| reply.broken("an item of the answer is neither a success nor an error"))
}

/// The only item under `root`; its refusal is an error.
pub(super) fn single(reply: &Reply<'_>, root: &str) -> Result<Accepted, Error> {
    let mut items = read(reply, root)?;
    let first = items.swap_remove(0);
    first.result.map_err(|refusal| {
        reply.refused(WireError {
            code: refusal.code.into(),
            message: refusal.message.into(),
            status: "error".into(),
            details: Value::Object(refusal.details),
        })
    })
}

/// The id of what was accepted.
pub(super) fn id_of(reply: &Reply<'_>, accepted: &Accepted) -> Result<RecordId, Error> {
    let id = accepted.detail("id");
    let id = id.and_then(|id| RecordId::new(id).ok());
    id.ok_or_else(|| reply.broken("the answer names no id"))
}

/// Zoho sends a list, sometimes a single object, and for some calls the item without any key around it.
fn raw_items<'a>(body: &'a [u8], root: &str) -> Option<Vec<&'a RawValue>> {
    if root.is_empty() {
        let item = serde_json::from_slice(body).ok()?;
        return Some(vec![item]);
    }
    let members: HashMap<Cow<'a, str>, &'a RawValue> = serde_json::from_slice(body).ok()?;
    let under = *members.get(root)?;
    match under.get().starts_with('[') {
        true => serde_json::from_str(under.get()).ok(),
        false => Some(vec![under]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_found_in_a_list_alone_and_bare() {
        let item = r#"{"code":"SUCCESS","details":{"id":7},"message":"m","status":"success"}"#;
        for (body, root) in [
            (format!(r#"{{"tags":[{item}],"info":{{}}}}"#), "tags"),
            (format!(r#"{{"tags":{item}}}"#), "tags"),
            (item.to_owned(), ""),
        ] {
            let items = raw_items(body.as_bytes(), root).unwrap();
            let outcome = ItemOutcome::read(items[0]).unwrap();
            let accepted = outcome.accepted().unwrap();
            assert_eq!(accepted.detail("id").as_deref(), Some("7"), "{body}");
            assert_eq!(serde_json::to_string(&outcome).unwrap(), item);
        }
        assert!(raw_items(item.as_bytes(), "tags").is_none());
    }

    proptest! {
        #[test]
        fn any_body_is_understood_or_turned_down(
            status in prop::sample::select(vec![json!("success"), json!("error"), json!(1), json!(null)]),
            code in prop::sample::select(vec![json!("SUCCESS"), json!(""), json!({}), json!(null)]),
            details in prop::sample::select(vec![json!({"id": []}), json!("x"), json!(null)]),
            cut in 0usize..120,
        ) {
            let item = json!({"status": status, "code": code, "details": details});
            let body = json!({"data": [item, item]}).to_string();
            let body = &body.as_bytes()[..cut.min(body.len())];
            for root in ["", "data"] {
                for item in raw_items(body, root).unwrap_or_default() {
                    let is_known = ItemOutcome::read(item).is_some();
                    prop_assert!(!is_known || status.is_string());
                }
            }
        }
    }
}
