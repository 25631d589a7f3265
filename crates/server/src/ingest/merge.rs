//! What a batch says once for all its events: `context` and `integrations` are put into events that lack them.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's members in their order, each value as its text.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                #[derive(Deserialize)]
                struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
                let mut members = Vec::new();
                while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// The event with what the batch says for all; as it was when there is nothing to add. What is no object stays as it
/// is, and is refused by the checks behind.
pub(crate) fn with_shared<'a>(
    event: &'a RawValue,
    context: Option<&RawValue>,
    integrations: Option<&RawValue>,
) -> Cow<'a, RawValue> {
    let shared = [
        ("context", context.filter(|raw| raw.get().starts_with('{'))),
        ("integrations", integrations),
    ];
    if shared.iter().all(|(_, value)| value.is_none()) {
        return Cow::Borrowed(event);
    }
    join(event, &shared)
        .and_then(|text| RawValue::from_string(text).ok())
        .map_or(Cow::Borrowed(event), Cow::Owned)
}

fn join(event: &RawValue, shared: &[(&str, Option<&RawValue>)]) -> Option<String> {
    let Members(mut own) = serde_json::from_str(event.get()).ok()?;
    let mut contexts = Vec::new();
    for (name, value) in shared {
        let Some(value) = value else { continue };
        match own.iter_mut().find(|(key, _)| key == name) {
            Some((_, mine)) if *name == "context" && mine.get().starts_with('{') => {
                contexts.push((*name, fill(mine, value)?));
            }
            Some((_, mine)) if mine.get() == "null" => {
                contexts.push((*name, value.get().to_owned()))
            }
            Some(_) => {}
            None => contexts.push((*name, value.get().to_owned())),
        }
    }
    own.retain(|(key, _)| !contexts.iter().any(|(name, _)| key == name));
    let kept = own.iter().map(|(key, value)| (key.as_ref(), value.get()));
    write(kept.chain(contexts.iter().map(|(name, text)| (*name, text.as_str()))))
}

/// The members of `mine`, then those of `shared` that it lacks.
fn fill(mine: &RawValue, shared: &RawValue) -> Option<String> {
    let Members(mine) = serde_json::from_str(mine.get()).ok()?;
    let Members(shared) = serde_json::from_str(shared.get()).ok()?;
    let lacking = shared
        .iter()
        .filter(|(key, _)| !mine.iter().any(|(own, _)| own == key));
    write(
        mine.iter()
            .chain(lacking)
            .map(|(key, value)| (key.as_ref(), value.get())),
    )
}

fn write<'t>(members: impl Iterator<Item = (&'t str, &'t str)>) -> Option<String> {
    let mut text = String::from("{");
    for (place, (key, value)) in members.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&serde_json::to_string(key).ok()?);
        text.push(':');
        text.push_str(value);
    }
    text.push('}');
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    use super::*;

    fn merged(event: Value, context: Option<Value>, integrations: Option<Value>) -> Value {
        let event = to_raw_value(&event).unwrap();
        let context = context.map(|value| to_raw_value(&value).unwrap());
        let integrations = integrations.map(|value| to_raw_value(&value).unwrap());
        let merged = with_shared(&event, context.as_deref(), integrations.as_deref());
        serde_json::from_str(merged.get()).unwrap()
    }

    #[test]
    fn an_event_keeps_what_it_says_itself() {
        let event = json!({"type": "track", "context": {"ip": "192.0.2.1", "a\"b": 1}});
        let context = json!({"ip": "198.51.100.7", "locale": "de-DE"});
        assert_eq!(
            merged(event, Some(context), Some(json!({"All": true}))),
            json!({"type": "track", "context": {"ip": "192.0.2.1", "a\"b": 1, "locale": "de-DE"}, "integrations": {"All": true}})
        );
    }

    #[test]
    fn an_event_without_context_gets_the_whole() {
        let context = json!({"locale": "de-DE"});
        assert_eq!(
            merged(json!({}), Some(context.clone()), None),
            json!({"context": {"locale": "de-DE"}})
        );
        assert_eq!(
            merged(json!({"context": null}), Some(context), None),
            json!({"context": {"locale": "de-DE"}})
        );
    }

    #[test]
    fn what_is_no_object_stays_as_it_is() {
        assert_eq!(
            merged(json!("text"), Some(json!({"a": 1})), None),
            json!("text")
        );
        assert_eq!(
            merged(json!({"context": 7}), Some(json!({"a": 1})), None),
            json!({"context": 7})
        );
        assert_eq!(
            merged(json!({"a": 1}), Some(json!([1])), None),
            json!({"a": 1})
        );
    }
}
