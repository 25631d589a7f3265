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
            // Odd scalars in the place of an object (a number beyond all range, half a surrogate pair) stop the
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
        while let Some(child) = map.next_key_seed(Key(children))? {
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

/// Looks a key up without building it. It is read as bytes, so that half a surrogate pair in a key that
/// nobody wants does no harm.
struct Key<'t>(&'t KeyTable);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_bytes<E>(self, key: &[u8]) -> Result<Self::Value, E> {
        Ok(self.0.find(key))
    }
}
