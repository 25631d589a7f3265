//! Links between records that no lookup holds: members of campaigns, products of leads and deals, contact roles, price books.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is said of a link itself: `Member_Status`, `Contact_Role`, `list_price`.
pub(crate) type Facts = BTreeMap<String, Value>;

/// All links, from both sides.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Links {
    by_record: BTreeMap<u64, BTreeMap<u64, Facts>>,
}

impl Links {
    /// Links two records, or adds to what is said of their link.
    pub(crate) fn put(&mut self, one: u64, other: u64, facts: &Facts) {
        for (from, to) in [(one, other), (other, one)] {
            let known = self.by_record.entry(from).or_default();
            known.entry(to).or_default().extend(facts.clone());
        }
    }

    /// Ends a link; false when there is none.
    pub(crate) fn remove(&mut self, one: u64, other: u64) -> bool {
        let mut is_removed = false;
        for (from, to) in [(one, other), (other, one)] {
            if let Some(known) = self.by_record.get_mut(&from) {
                is_removed |= known.remove(&to).is_some();
                if known.is_empty() {
                    self.by_record.remove(&from);
                }
            }
        }
        is_removed
    }

    pub(crate) fn facts(&self, one: u64, other: u64) -> Option<&Facts> {
        self.by_record.get(&one)?.get(&other)
    }

    /// The records that are linked with this one, by id ascending.
    pub(crate) fn of(&self, id: u64) -> impl Iterator<Item = (u64, &Facts)> {
        let known = self.by_record.get(&id).into_iter().flatten();
        known.map(|(other, facts)| (*other, facts))
    }

    /// Gives all links of one record to another one, which keeps its own.
    pub(crate) fn pass_on(&mut self, from: u64, to: u64) {
        let links: Vec<(u64, Facts)> = self
            .of(from)
            .map(|(other, facts)| (other, facts.clone()))
            .collect();
        for (other, facts) in links {
            self.remove(from, other);
            if other != to && self.facts(to, other).is_none() {
                self.put(to, other, &facts);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn links_are_seen_from_both_sides_and_survive_saving() {
        let mut links = Links::default();
        let facts = Facts::from([("Member_Status".to_owned(), json!("Active"))]);
        links.put(1, 2, &facts);
        links.put(2, 1, &Facts::new());
        let links: Links = serde_json::from_str(&serde_json::to_string(&links).unwrap()).unwrap();
        assert_eq!(links.facts(2, 1), Some(&facts));
        let mut links = links;
        links.put(1, 3, &Facts::new());
        links.pass_on(1, 3);
        assert_eq!(links.of(1).count(), 0);
        assert_eq!(links.of(3).map(|(id, _)| id).collect::<Vec<_>>(), [2]);
        assert!(links.remove(2, 3) && !links.remove(2, 3));
    }
}
