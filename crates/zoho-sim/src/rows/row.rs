//! A row as a client gives it: names and values, borrowed from where they stand.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Names up to which looking through all of them is quicker than an index.
const FEW: usize = 32;

/// Where each name stands in a row of many.
type Places<'a> = HashMap<Cow<'a, str>, usize>;

/// Names with their values, in the order in which they were first named; of equal names the last value counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row<'a> {
    entries: Vec<(Cow<'a, str>, Cow<'a, Value>)>,
}

impl<'a> Row<'a> {
    /// The row of an object that was read before.
    pub(crate) fn of(object: &'a Map<String, Value>) -> Self {
        let entries = object.iter();
        Self {
            entries: entries
                .map(|(name, value)| (Cow::Borrowed(name.as_str()), Cow::Borrowed(value)))
                .collect(),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let found = self.entries.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_ref())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The row as an object of its own.
    #[cfg(test)]
    pub(crate) fn to_object(&self) -> Map<String, Value> {
        self.iter()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect()
    }

    /// The row with the value of one name replaced by that of another.
    pub(super) fn renamed(&self, old: &str, new: &str, value: Value) -> Row<'static> {
        let others = self.iter().filter(|(name, _)| *name != old && *name != new);
        let mut entries: Vec<(Cow<'static, str>, Cow<'static, Value>)> = others
            .map(|(name, value)| (Cow::Owned(name.to_owned()), Cow::Owned(value.clone())))
            .collect();
        entries.push((Cow::Owned(new.to_owned()), Cow::Owned(value)));
        Row { entries }
    }

    /// Adds a value or replaces that of the same name. `places` starts empty and serves this row alone.
    fn set(&mut self, places: &mut Places<'a>, name: Cow<'a, str>, value: Value) {
        if self.entries.len() < FEW {
            match self.entries.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = Cow::Owned(value),
                None => self.entries.push((name, Cow::Owned(value))),
            }
            return;
        }
        if places.is_empty() {
            let names = self.entries.iter().map(|(name, _)| name.clone());
            places.extend(names.zip(0..));
        }
        match places.get(&name) {
            Some(place) => self.entries[*place].1 = Cow::Owned(value),
            None => {
                places.insert(name.clone(), self.entries.len());
                self.entries.push((name, Cow::Owned(value)));
            }
        }
    }
}

/// An element of `data`; anything but an object is no row.
#[derive(Debug)]
pub(crate) struct Element<'a>(pub(crate) Option<Row<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Element<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ElementVisitor)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Element<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut row = Row::default();
        let mut places = HashMap::new();
        while let Some(Name(name)) = map.next_key()? {
            if row.entries.is_empty() {
                row.entries.reserve(8);
            }
            row.set(&mut places, name, map.next_value()?);
        }
        Ok(Element(Some(row)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<Value>()?.is_some() {}
        Ok(Element(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Element(None))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Element(None))
    }
}

/// A name, copied only when it has escapes in it.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_read_as_objects_are() {
        for text in [
            "{}",
            r#"{"a":1,"b":{"c":[null]},"a":"\u00e9\n","\u0061b":2}"#,
            r#"{"Tag":[{"name":"x"}],"$se_module":"Deals"}"#,
        ] {
            let element: Element<'_> = serde_json::from_str(text).unwrap();
            let object: Map<String, Value> = serde_json::from_str(text).unwrap();
            let row = element.0.unwrap();
            assert_eq!(row.to_object(), object);
            assert_eq!(row.len(), object.len());
            assert_eq!(Row::of(&object).to_object(), object);
            assert_eq!(row.get("a"), object.get("a"));
        }
        for other in ["null", "1", "-1", "1.5", "\"a\"", "true", "[1,[{}]]"] {
            assert!(
                serde_json::from_str::<Element<'_>>(other)
                    .unwrap()
                    .0
                    .is_none()
            );
        }
        for broken in [
            "{",
            "{\"a\":}",
            "{1:2}",
            "[1,",
            "1e999",
            "{\"a\":\"\\ud800\"}",
        ] {
            assert!(
                serde_json::from_str::<Element<'_>>(broken).is_err(),
                "{broken}"
            );
        }
    }

    #[test]
    fn of_many_equal_names_the_last_value_counts() {
        let name = |number: usize| format!("\"k{}\":{number}", number % 100);
        let text = format!("{{{}}}", (0..250).map(name).collect::<Vec<_>>().join(","));
        let element: Element<'_> = serde_json::from_str(&text).unwrap();
        let object: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let row = element.0.unwrap();
        assert_eq!((row.len(), row.to_object()), (100, object));
        assert_eq!(row.get("k7"), Some(&json!(207)));
    }

    #[test]
    fn one_name_is_replaced_by_another() {
        let object = json!({"a": 1, "b": 2});
        let row = Row::of(object.as_object().unwrap());
        assert_eq!(
            Value::Object(row.renamed("a", "c", json!(3)).to_object()),
            json!({"b": 2, "c": 3})
        );
    }
}
