//! From a field's value to the records that hold it, for duplicate checks and related records.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Cell, Text};

/// Ids by value. Texts are compared without regard to case, as `unique.case_sensitive: false` in field metadata says.
#[derive(Debug, Clone, Default)]
pub(crate) struct ValueIndex {
    by_text: HashMap<Text, Holders>,
    by_id: HashMap<u64, Holders>,
}

/// Records with one value, by id ascending.
#[derive(Debug, Clone)]
enum Holders {
    One(u64),
    Many(Vec<u64>),
}

/// The form by which a value is compared.
#[derive(Debug, PartialEq, Eq)]
enum Key<'a> {
    Text(Cow<'a, str>),
    Id(u64),
}

impl ValueIndex {
    pub(crate) fn holders(&self, cell: &Cell) -> &[u64] {
        let holders = match key_of(cell) {
            None => None,
            Some(Key::Id(id)) => self.by_id.get(&id),
            Some(Key::Text(text)) => self.by_text.get(text.as_ref()),
        };
        match holders {
            None => &[],
            Some(Holders::One(id)) => std::slice::from_ref(id),
            Some(Holders::Many(ids)) => ids,
        }
    }

    pub(crate) fn add(&mut self, cell: &Cell, id: u64) {
        match key_of(cell) {
            None => {}
            Some(Key::Id(key)) => match self.by_id.get_mut(&key) {
                Some(holders) => holders.add(id),
                None => {
                    self.by_id.insert(key, Holders::One(id));
                }
            },
            Some(Key::Text(key)) => match self.by_text.get_mut(key.as_ref()) {
                Some(holders) => holders.add(id),
                None => {
                    self.by_text.insert(key.as_ref().into(), Holders::One(id));
                }
            },
        }
    }

    pub(crate) fn remove(&mut self, cell: &Cell, id: u64) {
        let Some(key) = key_of(cell) else { return };
        let holders = match &key {
            Key::Id(key) => self.by_id.get_mut(key),
            Key::Text(key) => self.by_text.get_mut(key.as_ref()),
        };
        if !holders.is_some_and(|holders| holders.remove(id)) {
            return;
        }
        match &key {
            Key::Id(key) => drop(self.by_id.remove(key)),
            Key::Text(key) => drop(self.by_text.remove(key.as_ref())),
        }
    }
}

impl Holders {
    fn add(&mut self, id: u64) {
        match self {
            Self::One(first) => {
                let first = *first;
                *self = Self::Many(vec![first.min(id), first.max(id)]);
            }
            Self::Many(ids) => {
                if let Err(place) = ids.binary_search(&id) {
                    ids.insert(place, id);
                }
            }
        }
    }

    /// Takes an id out; true when none is left.
    fn remove(&mut self, id: u64) -> bool {
        match self {
            Self::One(holder) => *holder == id,
            Self::Many(ids) => {
                if let Ok(place) = ids.binary_search(&id) {
                    ids.remove(place);
                }
                ids.is_empty()
            }
        }
    }
}

/// `None` for values that are no key.
fn key_of(cell: &Cell) -> Option<Key<'_>> {
    Some(match cell {
        Cell::Text(text) => Key::Text(folded(text)),
        Cell::Id(id) => Key::Id(*id),
        Cell::Integer(number) => Key::Text(number.to_string().into()),
        Cell::Double(number) => Key::Text(number.to_string().into()),
        Cell::Time(seconds) => Key::Text(seconds.to_string().into()),
        Cell::Bool(_) | Cell::List(_) | Cell::Tags(_) | Cell::Rows(_) | Cell::Json(_) => {
            return None;
        }
    })
}

/// The text in lower case; most keys are so already and are borrowed.
fn folded(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        Cow::Borrowed(trimmed)
    } else if trimmed.is_ascii() {
        Cow::Owned(trimmed.to_ascii_lowercase())
    } else {
        Cow::Owned(trimmed.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_whatever_their_case_and_forgotten_when_removed() {
        let mut index = ValueIndex::default();
        let cell = |text: &str| Cell::Text(text.into());
        index.add(&cell("Ada@Example.org"), 2);
        index.add(&cell("ada@example.org"), 1);
        assert_eq!(index.holders(&cell(" ADA@EXAMPLE.ORG")), [1, 2]);
        index.remove(&cell("ada@example.org"), 1);
        assert_eq!(index.holders(&cell("ada@example.org")), [2]);
        index.remove(&cell("ada@example.org"), 2);
        assert!(index.by_text.is_empty());
    }

    #[test]
    fn references_are_found_by_their_number() {
        let mut index = ValueIndex::default();
        for id in [5, 3, 4] {
            index.add(&Cell::Id(7), id);
        }
        assert_eq!(index.holders(&Cell::Id(7)), [3, 4, 5]);
        assert!(index.holders(&Cell::Id(8)).is_empty());
    }
}
