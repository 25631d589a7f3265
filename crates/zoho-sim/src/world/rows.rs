//! The records of one module, found by id and walked in the order of their ids, in as few places of memory as can be.

use std::collections::HashMap;
use std::ops::{Bound, Index, RangeBounds};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Record;
use super::blocks::Blocks;
use super::hash::Quick;

/// Places of removed records that are kept until they are more than those in use.
const EMPTY_MIN: usize = 1_024;

/// Records by id. New ids are higher than all before, so a new record comes last; a removed one leaves its place empty, to
/// which it may come back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// Ascending, those of empty places included.
    ids: Vec<u64>,
    slots: Blocks,
    places: HashMap<u64, u32, Quick>,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn contains_key(&self, id: &u64) -> bool {
        self.places.contains_key(id)
    }

    pub(crate) fn get(&self, id: &u64) -> Option<&Record> {
        self.slots.get(self.place(*id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &u64) -> Option<&mut Record> {
        let place = self.place(*id)?;
        self.slots.place_mut(place)?.as_mut()
    }

    fn place(&self, id: u64) -> Option<usize> {
        let place = self.places.get(&id)?;
        usize::try_from(*place).ok()
    }

    /// Touches the records of these ids, which will be written next. Step by step for all of them, so that the processor
    /// waits for many places of memory at the same time.
    pub(crate) fn read_ahead(&self, ids: &[u64]) {
        let places: Vec<usize> = ids.iter().filter_map(|id| self.place(*id)).collect();
        let records: Vec<&Record> = places
            .iter()
            .filter_map(|place| self.slots.get(*place))
            .collect();
        let sum = |sum: usize, record: &&Record| sum.wrapping_add(record.touch());
        std::hint::black_box(records.iter().fold(0, sum));
    }

    /// Puts a record in its place.
    pub(crate) fn insert(&mut self, id: u64, record: Record) {
        if let Some(known) = self.get_mut(&id) {
            *known = record;
            return;
        }
        let place = if self.ids.last().is_none_or(|last| *last < id) {
            self.ids.push(id);
            self.slots.push(record);
            self.ids.len() - 1
        } else {
            let found = self.ids.binary_search(&id);
            match found.map(|place| (place, self.slots.place_mut(place))) {
                Ok((place, Some(slot))) => {
                    *slot = Some(record);
                    place
                }
                Ok((_, None)) | Err(_) => {
                    let mut records = self.slots.take();
                    let place = records.partition_point(|known| known.id < id);
                    records.insert(place, record);
                    self.fill(records);
                    return;
                }
            }
        };
        self.places
            .insert(id, u32::try_from(place).unwrap_or(u32::MAX));
    }

    /// Takes a record out.
    pub(crate) fn remove(&mut self, id: &u64) -> Option<Record> {
        let place = self.place(*id)?;
        let record = self.slots.place_mut(place)?.take();
        self.places.remove(id);
        if self.slots.len() - self.places.len() > self.places.len().max(EMPTY_MIN) {
            let records = self.slots.take();
            self.fill(records);
        }
        record
    }

    /// Puts the records, ascending, into places without empty ones between them.
    fn fill(&mut self, records: Vec<Record>) {
        self.ids = records.iter().map(|record| record.id).collect();
        self.slots = Blocks::default();
        for record in records {
            self.slots.push(record);
        }
        self.places = (0u32..)
            .zip(&self.ids)
            .map(|(place, id)| (*id, place))
            .collect();
    }

    /// The records as they are now, to be walked but not searched. Takes no time and little memory, see [`Blocks`].
    pub(super) fn image(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            ..Self::default()
        }
    }

    pub(crate) fn keys(&self) -> impl DoubleEndedIterator<Item = &u64> {
        self.values().map(|record| &record.id)
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.slots.iter()
    }

    pub(crate) fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Record> {
        self.slots.iter_mut()
    }

    /// The records whose ids lie in a range, in order.
    pub(crate) fn range(
        &self,
        range: impl RangeBounds<u64>,
    ) -> impl DoubleEndedIterator<Item = (&u64, &Record)> {
        let first = match range.start_bound() {
            Bound::Unbounded => 0,
            Bound::Included(first) => self.ids.partition_point(|id| id < first),
            Bound::Excluded(before) => self.ids.partition_point(|id| id <= before),
        };
        let end = match range.end_bound() {
            Bound::Unbounded => self.ids.len(),
            Bound::Included(last) => self.ids.partition_point(|id| id <= last),
            Bound::Excluded(end) => self.ids.partition_point(|id| id < end),
        };
        let records = self.slots.between(first, end);
        records.map(|record| (&record.id, record))
    }
}

impl Index<&u64> for Rows {
    type Output = Record;

    /// The record of an id that is known to be there.
    fn index(&self, id: &u64) -> &Record {
        self.get(id)
            .unwrap_or_else(|| unreachable!("it was said to be there"))
    }
}

impl FromIterator<Record> for Rows {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let mut rows = Self::default();
        for record in records {
            rows.insert(record.id, record);
        }
        rows
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.values())
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut records = Vec::<Record>::deserialize(deserializer)?;
        records.sort_by_key(|record| record.id);
        Ok(records.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Add,
        Remove(usize),
        Back(usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => Just(Step::Add),
            3 => any::<usize>().prop_map(Step::Remove),
            1 => any::<usize>().prop_map(Step::Back),
        ];
        prop::collection::vec(step, 0..200)
    }

    fn ids(rows: &Rows) -> Vec<u64> {
        rows.keys().copied().collect()
    }

    proptest! {
        #[test]
        fn rows_are_those_of_a_sorted_map(steps in steps(), low in 0u64..100, high in 0u64..100) {
            let (mut rows, mut model) = (Rows::default(), BTreeMap::new());
            let (mut gone, mut next) = (Vec::new(), 1u64);
            for step in steps {
                match step {
                    Step::Add => {
                        rows.insert(next, Record::new(next, 1, 0));
                        model.insert(next, ());
                        next += 1;
                    }
                    Step::Remove(at) if !model.is_empty() => {
                        let id = *model.keys().nth(at % model.len()).unwrap();
                        model.remove(&id);
                        prop_assert_eq!(rows.remove(&id).map(|record| record.id), Some(id));
                        prop_assert!(rows.remove(&id).is_none());
                        gone.push(id);
                    }
                    Step::Back(at) if !gone.is_empty() => {
                        let id = gone.remove(at % gone.len());
                        rows.insert(id, Record::new(id, 1, 0));
                        model.insert(id, ());
                    }
                    Step::Remove(_) | Step::Back(_) => {}
                }
            }
            prop_assert_eq!(ids(&rows), model.keys().copied().collect::<Vec<_>>());
            prop_assert_eq!(rows.len(), model.len());
            let (low, high) = (low.min(high), low.max(high));
            let between: Vec<u64> = rows.range(low..=high).map(|(id, _)| *id).collect();
            prop_assert_eq!(between, model.range(low..=high).map(|(id, ())| *id).collect::<Vec<_>>());
            for id in 0..next {
                prop_assert_eq!(rows.contains_key(&id), model.contains_key(&id));
                prop_assert_eq!(rows.get(&id).map(|record| record.id), model.contains_key(&id).then_some(id));
            }
        }
    }

    #[test]
    fn empty_places_are_given_back_and_records_still_come_back_to_theirs() {
        let mut rows: Rows = (1..=5_000).map(|id| Record::new(id, 1, 0)).collect();
        for id in 1..=4_990 {
            rows.remove(&id);
        }
        assert!(rows.slots.len() <= 10 + EMPTY_MIN + 1);
        rows.insert(7, Record::new(7, 1, 0));
        rows.insert(4_000, Record::new(4_000, 1, 0));
        assert_eq!(ids(&rows)[..3], [7, 4_000, 4_991]);
        assert_eq!(rows[&7].id, 7);
        let saved = serde_json::to_string(&rows).unwrap();
        let back: Rows = serde_json::from_str(&saved).unwrap();
        assert_eq!(ids(&back), ids(&rows));
    }
}
