//! A look-up by name for tables that are small and fixed, such as a record's fields: faster than hashing.

use std::ops::Range;

/// Names and the numbers that they stand for, ordered by length.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyTable {
    entries: Vec<(Box<[u8]>, usize)>,
    /// For each length, where the names of that length stand in `entries`.
    ranges: Vec<Range<usize>>,
}

impl KeyTable {
    /// Builds the table. Of two equal names, the later one counts.
    pub(super) fn new<'a>(names: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        let mut entries: Vec<(Box<[u8]>, usize)> = names
            .into_iter()
            .map(|(name, number)| (name.as_bytes().into(), number))
            .collect();
        entries.reverse();
        entries.sort_by(|(left, _), (right, _)| (left.len(), left).cmp(&(right.len(), right)));
        entries.dedup_by(|(later, _), (kept, _)| later == kept);
        let longest = entries.last().map_or(0, |(name, _)| name.len());
        let ranges = (0..=longest)
            .map(|length| {
                entries.partition_point(|(name, _)| name.len() < length)
                    ..entries.partition_point(|(name, _)| name.len() <= length)
            })
            .collect();
        Self { entries, ranges }
    }

    /// The number that `name` stands for.
    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        let range = self.ranges.get(name.len())?.clone();
        self.entries
            .get(range)?
            .iter()
            .find(|(entry, _)| **entry == *name)
            .map(|(_, number)| *number)
    }

    /// Whether there is no name at all.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_name_and_nothing_else() {
        let table = KeyTable::new([("b", 1), ("Last_Name", 2), ("a", 3), ("", 4), ("b", 5)]);
        assert_eq!(table.find(b"a"), Some(3));
        assert_eq!(
            table.find(b"b"),
            Some(5),
            "the later of two equal names counts"
        );
        assert_eq!(table.find(b"Last_Name"), Some(2));
        assert_eq!(table.find(b""), Some(4));
        assert_eq!(table.find(b"last_name"), None);
        assert_eq!(table.find(b"much longer than any name"), None);
        assert!(KeyTable::new([]).find(b"").is_none());
    }
}
