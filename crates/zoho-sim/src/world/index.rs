//! From a field's value to the records that hold it, for duplicate checks.

use std::collections::HashMap;

use super::Cell;

/// Ids by value. Values are compared without regard to case, as `unique.case_sensitive: false` in field metadata says.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex {
    by_key: HashMap<Box<str>, Holders>,
}

#[derive(Debug)]
enum Holders {
    One(u64),
    Many(Vec<u64>),
}

impl ValueIndex {
    pub(crate) fn holders(&self, key: &str) -> &[u64] {
        match self.by_key.get(key) {
            None => &[],
            Some(Holders::One(id)) => std::slice::from_ref(id),
            Some(Holders::Many(ids)) => ids,
        }
    }

    pub(crate) fn add(&mut self, key: String, id: u64) {
        match self.by_key.get_mut(key.as_str()) {
            None => {
                self.by_key.insert(key.into_boxed_str(), Holders::One(id));
            }
            Some(Holders::Many(ids)) => ids.push(id),
            Some(one @ Holders::One(_)) => {
                let Holders::One(first) = *one else { return };
                *one = Holders::Many(vec![first, id]);
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &str, id: u64) {
        let is_empty = match self.by_key.get_mut(key) {
            None => return,
            Some(Holders::One(holder)) => *holder == id,
            Some(Holders::Many(ids)) => {
                ids.retain(|holder| *holder != id);
                ids.is_empty()
            }
        };
        if is_empty {
            self.by_key.remove(key);
        }
    }
}

/// The text by which a value is compared; `None` for values that are no key.
pub(crate) fn index_key(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) => {
            let trimmed = text.trim();
            Some(if trimmed.is_ascii() {
                trimmed.to_ascii_lowercase()
            } else {
                trimmed.to_lowercase()
            })
        }
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Double(number) => Some(number.to_string()),
        Cell::Id(id) => Some(id.to_string()),
        Cell::Time(seconds) => Some(seconds.to_string()),
        Cell::Bool(_) | Cell::List(_) | Cell::Tags(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_whatever_their_case_and_forgotten_when_removed() {
        let mut index = ValueIndex::default();
        let key = |text: &str| index_key(&Cell::Text(text.into())).unwrap();
        index.add(key("Ada@Example.org"), 1);
        index.add(key("ada@example.org"), 2);
        assert_eq!(index.holders(&key("ADA@EXAMPLE.ORG")), [1, 2]);
        index.remove(&key("ada@example.org"), 1);
        assert_eq!(index.holders(&key("ada@example.org")), [2]);
        index.remove(&key("ada@example.org"), 2);
        assert!(index.by_key.is_empty());
    }
}
