//! Finds the values at all wanted paths of a payload in one pass over its text.
//!
//! The paths form a tree that steers serde: what no path wants is skipped without being built, what one wants
//! stays a slice of the payload. As in serde_json, the last of two equal keys counts.

use std::fmt;
use std::ops::Range;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::key_table::KeyTable;

/// A slot for each wanted path, with what stood there.
pub(super) type Slots<'p> = Vec<Option<&'p RawValue>>;

/// All wanted paths as a tree.
#[derive(Debug, Clone)]
pub(super) struct PathTree {
    nodes: Vec<Node>,
    slots: usize,
}

#[derive(Debug, Clone)]
struct Node {
    /// The slot of the path that ends here.
    slot: Option<usize>,
    /// The slots of all paths that end here or further down.
    slots: Range<usize>,
    /// Keys of an object, with their nodes.
    children: KeyTable,
    /// The same for those keys that are also an index into a list.
    indexes: Vec<(usize, usize)>,
}

impl PathTree {
    /// Builds the tree of `paths`; also gives the slot of each path, in their order.
    pub(super) fn new(paths: &[&[String]]) -> (Self, Vec<usize>) {
        // In sorted order, paths with a common beginning stand together, so each node owns one range of slots.
        let mut sorted = paths.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let slots = paths
            .iter()
            .map(|path| sorted.partition_point(|other| other < path))
            .collect();
        let mut tree = Self {
            nodes: Vec::new(),
            slots: sorted.len(),
        };
        tree.add_node(&sorted, 0..sorted.len(), 0);
        (tree, slots)
    }

    fn add_node(&mut self, sorted: &[&[String]], range: Range<usize>, depth: usize) -> usize {
        let number = self.nodes.len();
        let slot = range
            .clone()
            .next()
            .filter(|&first| sorted[first].len() == depth);
        self.nodes.push(Node {
            slot,
            slots: range.clone(),
            children: KeyTable::default(),
            indexes: Vec::new(),
        });
        let mut children = Vec::new();
        let mut start = range.start + usize::from(slot.is_some());
        while start < range.end {
            let key = sorted[start][depth].as_str();
            let end = start + sorted[start..range.end].partition_point(|path| path[depth] == *key);
            children.push((key, self.add_node(sorted, start..end, depth + 1)));
            start = end;
        }
        let node = &mut self.nodes[number];
        node.indexes = children
            .iter()
            .filter_map(|&(key, child)| Some((index_of(key)?, child)))
            .collect();
        node.children = KeyTable::new(children);
        number
    }

    /// Finds what stands at each path. A payload that is no object has nothing anywhere.
    pub(super) fn capture<'p>(&self, payload: &'p RawValue) -> Slots<'p> {
        let mut slots = vec![None; self.slots];
        if self.descend(payload, false, &mut slots).is_err() {
            // Odd scalars in the place of an object (a number beyond all range, half a surrogate pair) and odd keys stop the
            // quick pass; the careful one looks at a value's first character before it reads it.
            slots.fill(None);
            if self.descend(payload, true, &mut slots).is_err() {
                slots.fill(None);
            }
        }
        slots
    }

    fn descend<'p>(
        &self,
        payload: &'p RawValue,
        is_careful: bool,
        slots: &mut [Option<&'p RawValue>],
    ) -> Result<(), serde_json::Error> {
        Capture {
            tree: self,
            node: 0,
            is_careful,
            slots,
        }
        .descend(payload)
    }
}

/// The index that a key may also be; `01` is none.
fn index_of(key: &str) -> Option<usize> {
    let index: usize = key.parse().ok()?;
    (index.to_string() == key).then_some(index)
}

/// The pass itself, at one node.
struct Capture<'t, 's, 'p> {
    tree: &'t PathTree,
    node: usize,
    is_careful: bool,
    slots: &'s mut [Option<&'p RawValue>],
}

impl<'p> Capture<'_, '_, 'p> {
    fn node(&self) -> &Node {
        &self.tree.nodes[self.node]
    }

    /// The same pass at a node further down.
    fn at(&mut self, node: usize) -> Capture<'_, '_, 'p> {
        Capture {
            tree: self.tree,
            node,
            is_careful: self.is_careful,
            slots: self.slots,
        }
    }

    fn descend(self, raw: &'p RawValue) -> Result<(), serde_json::Error> {
        if self.node().children.is_empty() || !raw.get().starts_with(['{', '[']) {
            return Ok(());
        }
        serde_json::Deserializer::from_str(raw.get()).deserialize_any(self)
    }
}

impl<'p> DeserializeSeed<'p> for Capture<'_, '_, 'p> {
    type Value = ();

    fn deserialize<D: Deserializer<'p>>(self, deserializer: D) -> Result<(), D::Error> {
        let (slot, range) = (self.node().slot, self.node().slots.clone());
        self.slots[range].fill(None);
        if slot.is_none() && !self.is_careful {
            return deserializer.deserialize_any(self);
        }
        let raw = <&RawValue>::deserialize(deserializer)?;
        if let Some(slot) = slot {
            self.slots[slot] = Some(raw);
        }
        self.descend(raw).map_err(serde::de::Error::custom)
    }
}

impl<'p> Visitor<'p> for Capture<'_, '_, 'p> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'p>>(mut self, mut map: A) -> Result<(), A::Error> {
        let tree = self.tree;
        let children = &tree.nodes[self.node].children;
        while let Some(child) = map.next_key_seed(Key {
            children,
            is_careful: self.is_careful,
        })? {
            match child {
                Some(child) => map.next_value_seed(self.at(child))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'p>>(mut self, mut list: A) -> Result<(), A::Error> {
        let tree = self.tree;
        let indexes = &tree.nodes[self.node].indexes;
        for index in 0.. {
            let is_there = match indexes.iter().find(|(wanted, _)| *wanted == index) {
                Some(&(_, child)) => list.next_element_seed(self.at(child))?.is_some(),
                None => list.next_element::<IgnoredAny>()?.is_some(),
            };
            if !is_there {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Looks a key up without building it. The careful pass reads it as bytes, so that half a surrogate pair in a key
/// that nobody wants does no harm; reading it as text is quicker.
struct Key<'t> {
    children: &'t KeyTable,
    is_careful: bool,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.is_careful {
            deserializer.deserialize_bytes(self)
        } else {
            deserializer.deserialize_str(self)
        }
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.children.find(key.as_bytes()))
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Self::Value, E> {
        Ok(self.children.find(key))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::path::parse_source;
    use super::*;

    fn captured(paths: &[&str], payload: &str) -> Vec<Option<String>> {
        let paths: Vec<Vec<String>> = paths
            .iter()
            .map(|path| parse_source(path).unwrap().segments)
            .collect();
        let (tree, slots) = PathTree::new(&paths.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let payload = RawValue::from_string(payload.to_owned()).unwrap();
        let found = tree.capture(&payload);
        slots
            .into_iter()
            .map(|slot| found[slot].map(|raw| raw.get().to_owned()))
            .collect()
    }

    fn one(path: &str, payload: &str) -> Option<String> {
        captured(&[path], payload).remove(0)
    }

    #[test]
    fn finds_values_at_any_depth_and_leaves_them_as_they_are() {
        let payload =
            r#" {"a": {"b": [10, {"c": "x\ny"}], "": 1}, "d": 1.50, "e": {"0": "zero"}} "#;
        let paths = [
            "a.b.1.c", "a.b", "d", "a.\"\"", "a.b.0", "e.0", "a.b.2", "a.b.01", "d.x", "missing",
            "a.b",
        ];
        let expected = [
            Some(r#""x\ny""#),
            Some(r#"[10, {"c": "x\ny"}]"#),
            Some("1.50"),
            Some("1"),
            Some("10"),
            Some(r#""zero""#),
        ];
        let found = captured(&paths, payload);
        let expected: Vec<Option<String>> = expected
            .into_iter()
            .map(|text| text.map(str::to_owned))
            .collect();
        assert_eq!(found[..6], expected[..]);
        assert_eq!(found[6..10], [const { None }; 4]);
        assert_eq!(found[10], expected[1], "a path may be wanted twice");
    }

    #[test]
    fn the_last_of_two_equal_keys_counts_with_all_below_it() {
        assert_eq!(one("a", r#"{"a":1,"a":2}"#).as_deref(), Some("2"));
        assert_eq!(one("a.b", r#"{"a":{"b":1},"a":{"c":2}}"#), None);
        assert_eq!(one("a.b", r#"{"a":{"b":1},"a":"text"}"#), None);
        assert_eq!(
            captured(&["a", "a.b"], r#"{"a":{"b":1},"a":null}"#),
            [Some("null".to_owned()), None]
        );
    }

    #[test]
    fn keys_are_compared_without_their_escapes() {
        assert_eq!(
            one("naïve.😀", r#"{"na\u00efve":{"\ud83d\ude00":1}}"#).as_deref(),
            Some("1")
        );
    }

    #[test]
    fn oddities_beside_the_wanted_values_do_no_harm() {
        for oddity in [
            r#"{"x":1e999,"a":{"b":1}}"#,
            r#"{"\ud800":1,"a":{"b":1}}"#,
            r#"{"a":1e999,"a":{"b":1}}"#,
            r#"{"a":"\ud800","a":{"b":1}}"#,
            &format!(
                r#"{{"x":{}{},"a":{{"b":1}}}}"#,
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
        ] {
            assert_eq!(
                one("a.b", oddity).as_deref(),
                Some("1"),
                "{}",
                &oddity[..20]
            );
        }
        assert_eq!(one("a.b", r#"{"a":1e999}"#), None);
        for no_object in ["1e999", "\"\\ud800\"", "null", "[1]", "\"a\""] {
            assert_eq!(one("a.b", no_object), None);
        }
        assert_eq!(one("0", "[7]").as_deref(), Some("7"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ab\\\\\"é]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec(("[abc01]", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn look_up<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
        path.iter().try_fold(value, |value, key| match value {
            Value::Array(items) => items.get(index_of(key)?),
            other => other.get(key),
        })
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_look_up_finds(
            payload in any_json(),
            paths in proptest::collection::vec(proptest::collection::vec("[abc01]", 1..4), 1..8),
        ) {
            let (tree, slots) = PathTree::new(&paths.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let text = RawValue::from_string(payload.to_string()).unwrap();
            let quick = tree.capture(&text);
            let mut careful = vec![None; quick.len()];
            tree.descend(&text, true, &mut careful).unwrap();
            for (path, slot) in paths.iter().zip(slots) {
                let found = quick[slot].map(|raw| serde_json::from_str::<Value>(raw.get()).unwrap());
                prop_assert_eq!(found.as_ref(), look_up(&payload, path), "{:?}", path);
                prop_assert_eq!(quick[slot].map(RawValue::get), careful[slot].map(RawValue::get));
            }
        }
    }
}
