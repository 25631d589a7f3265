//! Which records a plan looks at, and in which order: by an index, a stretch of ids or times, or all.

use super::plan::{Ordered, Plan, What};
use crate::crm::query::{Leaf, narrow};
use crate::world::{Record, Table, World};

/// Changed records that are gathered before walking all by id seems better.
const GATHERED_MAX: usize = 50_000;

/// The order in which a walk comes upon the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    ById {
        is_descending: bool,
    },
    ByModified {
        is_descending: bool,
    },
    /// The order must be made afterwards.
    Any,
}

/// Records that may be wanted.
pub(super) struct Candidates<'a> {
    pub(super) records: Box<dyn Iterator<Item = &'a Record> + 'a>,
    /// They come in the order of the plan.
    pub(super) are_ordered: bool,
}

/// The records to look at.
pub(super) fn candidates<'a>(world: &'a World, plan: &Plan) -> Candidates<'a> {
    let table = &world.tables[plan.table];
    let walk = walk(&plan.order_by);
    let is_descending = matches!(
        walk,
        Walk::ById {
            is_descending: true
        }
    );
    if let Some(ids) = narrow::ids(world, plan.table, &plan.filter) {
        return Candidates {
            records: by_ids(table, ids, is_descending),
            are_ordered: matches!(walk, Walk::ById { .. }),
        };
    }
    let modified = narrow::time_bounds(&plan.filter, true);
    if let Walk::ByModified { is_descending } = walk {
        return Candidates {
            records: changed(table, modified, is_descending),
            are_ordered: true,
        };
    }
    if !modified.are_open() {
        let ids: Vec<u64> = changed(table, modified, false)
            .take(GATHERED_MAX + 1)
            .map(|record| record.id)
            .collect();
        if ids.len() <= GATHERED_MAX {
            let mut ids = ids;
            ids.sort_unstable();
            return Candidates {
                records: by_ids(table, ids, is_descending),
                are_ordered: matches!(walk, Walk::ById { .. }),
            };
        }
    }
    Candidates {
        records: stretch(table, plan, is_descending),
        are_ordered: matches!(walk, Walk::ById { .. }),
    }
}

/// Records are made in the order of their ids, so that the time of creation orders them as the id does.
fn walk(order_by: &[Ordered]) -> Walk {
    let leaf = |order: &Ordered| match &order.by {
        What::Value(reach) if reach.hops.is_empty() => reach.leaf(),
        _ => None,
    };
    match order_by {
        [] => Walk::ById {
            is_descending: false,
        },
        // The id is never the same, so what stands behind it does not count.
        [first, ..] if matches!(leaf(first), Some(Leaf::Id)) => Walk::ById {
            is_descending: first.is_descending,
        },
        [only] => match leaf(only) {
            Some(Leaf::CreatedTime) => Walk::ById {
                is_descending: only.is_descending,
            },
            Some(Leaf::ModifiedTime) => Walk::ByModified {
                is_descending: only.is_descending,
            },
            _ => Walk::Any,
        },
        _ => Walk::Any,
    }
}

fn by_ids(
    table: &Table,
    ids: Vec<u64>,
    is_descending: bool,
) -> Box<dyn Iterator<Item = &Record> + '_> {
    let record = |id: u64| table.rows.get(&id);
    if is_descending {
        Box::new(ids.into_iter().rev().filter_map(record))
    } else {
        Box::new(ids.into_iter().filter_map(record))
    }
}

fn changed(
    table: &Table,
    bounds: narrow::Bounds<i64>,
    is_descending: bool,
) -> Box<dyn Iterator<Item = &Record> + '_> {
    if is_descending {
        let after = bounds.to.map(|to| (to.saturating_add(1), 0));
        let records = table.by_modified(true, after);
        Box::new(
            records.take_while(move |record| {
                bounds.from.is_none_or(|from| record.modified_at >= from)
            }),
        )
    } else {
        let after = bounds.from.map(|from| (from.saturating_sub(1), u64::MAX));
        let records = table.by_modified(false, after);
        Box::new(
            records.take_while(move |record| bounds.to.is_none_or(|to| record.modified_at <= to)),
        )
    }
}

/// A stretch of the records by id.
fn stretch<'a>(
    table: &'a Table,
    plan: &Plan,
    is_descending: bool,
) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    let ids = narrow::id_bounds(&plan.filter);
    let created = narrow::time_bounds(&plan.filter, false);
    let from = created.from.map(|from| first_since(table, from));
    let to = created
        .to
        .map(|to| first_since(table, to.saturating_add(1)));
    let first = ids.from.unwrap_or(0).max(from.unwrap_or(0));
    // The last one is included, and one too many does no harm.
    let last = ids.to.unwrap_or(u64::MAX).min(to.unwrap_or(u64::MAX));
    if first > last {
        return Box::new(std::iter::empty());
    }
    let records = table.rows.range(first..=last).map(|(_, record)| record);
    if is_descending {
        Box::new(records.rev())
    } else {
        Box::new(records)
    }
}

/// The smallest id from which on all records were made at this time or later.
fn first_since(table: &Table, at: i64) -> u64 {
    let mut ids = table.rows.keys();
    let Some(&first) = ids.next() else {
        return u64::MAX;
    };
    let last = ids.next_back().copied().unwrap_or(first);
    let (mut low, mut high) = (first, last.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        let is_since = table
            .rows
            .range(middle..)
            .next()
            .is_none_or(|(_, record)| record.created_at >= at);
        if is_since {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
