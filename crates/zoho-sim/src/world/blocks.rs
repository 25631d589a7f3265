//! The places of records in memory, in blocks that are copied only when they are changed while somebody else holds them.
//!
//! So an image of a million records is taken in less than a millisecond, and costs memory only for the blocks that change
//! while it is held.

use std::sync::Arc;

use super::Record;

/// Places of one block: few, as the first change of a block that an image holds copies all of it.
const BLOCK: usize = 64;

type Block = Arc<[Option<Record>]>;

/// Places by number; an empty one has no record.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
    len: usize,
}

impl Blocks {
    /// Places in use, empty ones between them included.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, place: usize) -> Option<&Record> {
        self.blocks.get(place / BLOCK)?[place % BLOCK].as_ref()
    }

    /// The place itself, when there is one of this number.
    pub(super) fn place_mut(&mut self, place: usize) -> Option<&mut Option<Record>> {
        if place >= self.len {
            return None;
        }
        let block = self.blocks.get_mut(place / BLOCK)?;
        Some(&mut Arc::make_mut(block)[place % BLOCK])
    }

    /// Adds a place at the end.
    pub(super) fn push(&mut self, record: Record) {
        if self.len == self.blocks.len() * BLOCK {
            self.blocks.push((0..BLOCK).map(|_| None).collect());
        }
        self.len += 1;
        if let Some(place) = self.place_mut(self.len - 1) {
            *place = Some(record);
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Record> {
        self.blocks.iter().flat_map(|block| block.iter()).flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Record> {
        let blocks = self.blocks.iter_mut();
        blocks.flat_map(Arc::make_mut).flatten()
    }

    /// The records in the places from `first` to before `end`.
    pub(super) fn between(
        &self,
        first: usize,
        end: usize,
    ) -> impl DoubleEndedIterator<Item = &Record> {
        let end = end.min(self.len);
        let blocks = first / BLOCK..end.div_ceil(BLOCK).max(first / BLOCK);
        blocks
            .flat_map(move |number| {
                let from = first.saturating_sub(number * BLOCK);
                let to = (end - number * BLOCK).min(BLOCK);
                self.blocks[number].get(from..to).unwrap_or_default()
            })
            .flatten()
    }

    /// Takes all records out, in their order.
    pub(super) fn take(&mut self) -> Vec<Record> {
        let mut records = Vec::with_capacity(self.len);
        for mut block in std::mem::take(self).blocks {
            let places = Arc::make_mut(&mut block).iter_mut();
            records.extend(places.filter_map(Option::take));
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<u64> {
        records.map(|record| record.id).collect()
    }

    #[test]
    fn places_between_two_numbers_are_found_across_blocks() {
        let mut blocks = Blocks::default();
        let all: Vec<u64> = (0..200).collect();
        for id in &all {
            blocks.push(Record::new(*id, 1, 0));
        }
        for (first, end) in [
            (0, 0),
            (0, 200),
            (63, 65),
            (64, 128),
            (10, 11),
            (150, 999),
            (200, 200),
            (300, 400),
            (128, 70),
        ] {
            let wanted = all.get(first..end.min(200)).unwrap_or_default();
            assert_eq!(ids(blocks.between(first, end)), wanted, "{first} to {end}");
            let mut back = ids(blocks.between(first, end).rev());
            back.reverse();
            assert_eq!(back, wanted);
        }
        assert_eq!((blocks.len(), ids(blocks.iter())), (200, all));
        assert!(blocks.get(200).is_none() && blocks.place_mut(200).is_none());
    }

    #[test]
    fn an_image_stays_as_it_was_and_shares_what_has_not_changed() {
        let mut blocks = Blocks::default();
        for id in 0..200 {
            blocks.push(Record::new(id, 1, 0));
        }
        let image = blocks.clone();
        blocks.place_mut(70).unwrap().as_mut().unwrap().owner = 2;
        *blocks.place_mut(71).unwrap() = None;
        assert_eq!(
            (image.get(70).unwrap().owner, image.get(71).is_some()),
            (1, true)
        );
        let shared: Vec<bool> = (0..image.blocks.len())
            .map(|at| Arc::ptr_eq(&image.blocks[at], &blocks.blocks[at]))
            .collect();
        assert_eq!(shared, [true, false, true, true]);
        assert_eq!(blocks.take().len(), 199);
        assert_eq!(image.iter().count(), 200);
    }
}
