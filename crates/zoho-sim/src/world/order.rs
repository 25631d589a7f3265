//! Keys in their order, cheap to change: most stand in one sorted list, the latest in a small tree beside it.
//!
//! A key that was taken out may be walked for a while; whoever walks asks the record whether the key is still its own.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::SortKey;

/// The tree is merged into the list when it has this share of its length.
const SHARE: usize = 16;
/// Keys that the tree may have at any rate.
const RECENT_MIN: usize = 1_024;

/// Sorted keys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Order {
    /// Ascending; those in `removed` included.
    base: Vec<SortKey>,
    recent: BTreeSet<SortKey>,
    removed: Vec<SortKey>,
}

impl Order {
    pub(crate) fn insert(&mut self, key: SortKey) {
        self.recent.insert(key);
        self.merge_when_due();
    }

    /// Takes out a key that is there.
    pub(crate) fn remove(&mut self, key: SortKey) {
        if !self.recent.remove(&key) {
            self.removed.push(key);
            self.merge_when_due();
        }
    }

    fn merge_when_due(&mut self) {
        let bound = RECENT_MIN.max(self.base.len() / SHARE);
        if self.recent.len() <= bound && self.removed.len() <= bound {
            return;
        }
        if !self.removed.is_empty() {
            self.removed.sort_unstable();
            let mut removed = self.removed.drain(..).peekable();
            self.base.retain(|key| {
                while removed.next_if(|gone| gone < key).is_some() {}
                removed.next_if_eq(key).is_none()
            });
        }
        // New keys are the latest of all most of the time, so that little or nothing of the list is behind the first.
        let recent = std::mem::take(&mut self.recent);
        let Some(first) = recent.first().copied() else {
            return;
        };
        let behind = self.base.partition_point(|key| *key < first);
        let behind = self.base.split_off(behind);
        let merged = Merged::new(behind.into_iter(), recent.into_iter(), false);
        self.base.extend(merged);
    }

    /// Walks the keys beginning after `after`; some may have been taken out.
    pub(crate) fn walk(
        &self,
        is_descending: bool,
        after: Option<SortKey>,
    ) -> Box<dyn Iterator<Item = SortKey> + '_> {
        if is_descending {
            let end = after.map_or(self.base.len(), |after| {
                self.base.partition_point(|key| *key < after)
            });
            let base = self.base.get(..end).unwrap_or_default().iter().rev();
            let end = after.map_or(Bound::Unbounded, Bound::Excluded);
            let recent = self.recent.range((Bound::Unbounded, end)).rev();
            return Box::new(Merged::new(base.copied(), recent.copied(), true));
        }
        let first = after.map_or(0, |after| self.base.partition_point(|key| *key <= after));
        let base = self.base.get(first..).unwrap_or_default().iter();
        let first = after.map_or(Bound::Unbounded, Bound::Excluded);
        let recent = self.recent.range((first, Bound::Unbounded));
        Box::new(Merged::new(base.copied(), recent.copied(), false))
    }
}

impl FromIterator<SortKey> for Order {
    fn from_iter<I: IntoIterator<Item = SortKey>>(keys: I) -> Self {
        let mut base: Vec<SortKey> = keys.into_iter().collect();
        base.sort_unstable();
        Self {
            base,
            ..Self::default()
        }
    }
}

/// Two sorted walks as one; what both have comes once.
struct Merged<A: Iterator, B: Iterator> {
    left: std::iter::Peekable<A>,
    right: std::iter::Peekable<B>,
    is_descending: bool,
}

impl<A, B> Merged<A, B>
where
    A: Iterator<Item = SortKey>,
    B: Iterator<Item = SortKey>,
{
    fn new(left: A, right: B, is_descending: bool) -> Self {
        Self {
            left: left.peekable(),
            right: right.peekable(),
            is_descending,
        }
    }
}

impl<A, B> Iterator for Merged<A, B>
where
    A: Iterator<Item = SortKey>,
    B: Iterator<Item = SortKey>,
{
    type Item = SortKey;

    fn next(&mut self) -> Option<SortKey> {
        let (Some(left), Some(right)) = (self.left.peek(), self.right.peek()) else {
            return self.left.next().or_else(|| self.right.next());
        };
        if left == right {
            self.left.next();
            return self.right.next();
        }
        if (left < right) == self.is_descending {
            self.right.next()
        } else {
            self.left.next()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn walks_are_those_of_a_sorted_set(
            steps in prop::collection::vec((any::<bool>(), 0i64..40, 0u64..60), 0..4_000),
            after in prop::option::of((0i64..40, 0u64..60)),
            first in prop::collection::btree_set((0i64..40, 0u64..60), 0..600),
        ) {
            let mut order: Order = first.iter().copied().collect();
            let mut model: BTreeSet<SortKey> = first;
            for (is_added, time, id) in steps {
                let key = (time, id);
                if is_added {
                    model.insert(key);
                    order.insert(key);
                } else if model.remove(&key) {
                    order.remove(key);
                }
            }
            for is_descending in [false, true] {
                let walked: Vec<SortKey> = order
                    .walk(is_descending, after)
                    .filter(|key| model.contains(key))
                    .collect();
                let mut wanted: Vec<SortKey> = model.iter().copied().collect();
                if is_descending {
                    wanted.reverse();
                }
                wanted.retain(|key| match after {
                    None => true,
                    Some(after) if is_descending => *key < after,
                    Some(after) => *key > after,
                });
                prop_assert_eq!(walked, wanted);
            }
        }
    }

    #[test]
    fn what_was_taken_out_is_forgotten_in_time() {
        let mut order: Order = (0..10_000).map(|id| (0, id)).collect();
        for round in 1..20 {
            for id in 0..10_000 {
                order.remove((round - 1, id));
                order.insert((round, id));
            }
        }
        assert!(order.base.len() + order.recent.len() < 12_500);
        assert!(order.removed.len() <= RECENT_MIN);
    }
}
