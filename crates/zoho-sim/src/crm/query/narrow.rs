//! The few records that an index knows for a filter, so that no other needs to be looked at.

use super::filter::{Check, Filter, Test};
use super::reach::{End, Hop};
use super::{Leaf, Number, Wanted};
use crate::schema::DataType;
use crate::world::{Cell, Table, World};

/// Records that may fulfil the filter, by id ascending; each must still be asked. `None` when no index helps.
pub(crate) fn ids(world: &World, table: usize, filter: &Filter) -> Option<Vec<u64>> {
    match filter {
        Filter::Test(test) => by_test(world, table, test),
        // The shortest list of all will do.
        Filter::All(parts) => parts
            .iter()
            .filter_map(|part| ids(world, table, part))
            .min_by_key(Vec::len),
        Filter::Any(parts) => {
            let lists: Option<Vec<Vec<u64>>> =
                parts.iter().map(|part| ids(world, table, part)).collect();
            let mut all = lists?.concat();
            all.sort_unstable();
            all.dedup();
            Some(all)
        }
    }
}

fn by_test(world: &World, table: usize, test: &Test) -> Option<Vec<u64>> {
    let Check::OneOf(choices) = &test.check else {
        return None;
    };
    if test.is_negated {
        return None;
    }
    let End::Field {
        table: last,
        position,
        leaf,
    } = &test.reach.end
    else {
        return None;
    };
    let mut ids = holders_of_any(&world.tables[*last], *position, *leaf, choices.list())?;
    // Back over the lookups, each of which is indexed.
    for (number, hop) in test.reach.hops.iter().enumerate().rev() {
        let before = match number.checked_sub(1) {
            Some(before) => test.reach.hops[before].table,
            None => table,
        };
        ids = pointing(&world.tables[before], hop, &ids)?;
    }
    Some(ids)
}

fn pointing(table: &Table, hop: &Hop, targets: &[u64]) -> Option<Vec<u64>> {
    if !matches!(hop.leaf, Leaf::Cell(..)) || !table.is_indexed(hop.position) {
        return None;
    }
    let holders = targets
        .iter()
        .flat_map(|id| table.holders(hop.position, &Cell::Id(*id)));
    Some(sorted(holders.copied().collect()))
}

fn holders_of_any(table: &Table, position: u16, leaf: Leaf, wanted: &[Wanted]) -> Option<Vec<u64>> {
    let mut ids = Vec::new();
    for wanted in wanted {
        match (leaf, wanted) {
            (Leaf::Id, Wanted::Id(id)) => ids.extend(table.rows.contains_key(id).then_some(*id)),
            (Leaf::Cell(_, data_type), wanted) if table.is_indexed(position) => {
                ids.extend_from_slice(table.holders(position, &cell(data_type, wanted)?));
            }
            _ => return None,
        }
    }
    Some(sorted(ids))
}

fn sorted(mut ids: Vec<u64>) -> Vec<u64> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The cell that holds a value, in the form that the index knows it by.
fn cell(data_type: DataType, wanted: &Wanted) -> Option<Cell> {
    Some(match wanted {
        Wanted::Text(text) => Cell::Text(text.as_str().into()),
        Wanted::Date(date) => Cell::Text(date.clone().into()),
        Wanted::Id(id) => Cell::Id(*id),
        Wanted::Moment(seconds) => Cell::Time(*seconds),
        // Long integers are kept as text with their leading zeros, which no number finds.
        Wanted::Number(_) if data_type == DataType::BigInt => return None,
        Wanted::Number(Number::Whole(number)) if data_type == DataType::Integer => {
            Cell::Integer(*number)
        }
        Wanted::Number(number) => Cell::Double(number.as_double()),
        Wanted::Flag(_) | Wanted::List(_) => return None,
    })
}

/// Bounds of a system time or of the id that every wanted record keeps, each included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds<T> {
    pub(crate) from: Option<T>,
    pub(crate) to: Option<T>,
}

impl<T: Copy + Ord> Bounds<T> {
    const NONE: Self = Self {
        from: None,
        to: None,
    };

    fn and(self, other: Self) -> Self {
        let either = |left: Option<T>, right: Option<T>, choose: fn(T, T) -> T| match (left, right)
        {
            (Some(left), Some(right)) => Some(choose(left, right)),
            (left, right) => left.or(right),
        };
        Self {
            from: either(self.from, other.from, Ord::max),
            to: either(self.to, other.to, Ord::min),
        }
    }

    pub(crate) fn are_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// Bounds of the id.
pub(crate) fn id_bounds(filter: &Filter) -> Bounds<u64> {
    bounds(filter, &|test| match (&test.reach.end, &test.check) {
        (End::Field { leaf: Leaf::Id, .. }, Check::Range { from, to }) => {
            let id = |bound: &Option<(Wanted, bool)>| match bound {
                Some((Wanted::Id(id), _)) => Some(*id),
                _ => None,
            };
            Bounds {
                from: id(from),
                to: id(to),
            }
        }
        _ => Bounds::NONE,
    })
}

/// Bounds of the time of change (or of creation).
pub(crate) fn time_bounds(filter: &Filter, is_modified: bool) -> Bounds<i64> {
    bounds(filter, &|test| match (&test.reach.end, &test.check) {
        (End::Field { leaf, .. }, check)
            if matches!(
                (leaf, is_modified),
                (Leaf::ModifiedTime, true) | (Leaf::CreatedTime, false)
            ) =>
        {
            let moment = |wanted: &Wanted| match wanted {
                Wanted::Moment(seconds) => Some(*seconds),
                _ => None,
            };
            match check {
                Check::Range { from, to } => Bounds {
                    from: from.as_ref().and_then(|(wanted, _)| moment(wanted)),
                    to: to.as_ref().and_then(|(wanted, _)| moment(wanted)),
                },
                Check::OneOf(choices) => {
                    let moments: Vec<i64> = choices.list().iter().filter_map(moment).collect();
                    Bounds {
                        from: moments.iter().copied().min(),
                        to: moments.iter().copied().max(),
                    }
                }
                _ => Bounds::NONE,
            }
        }
        _ => Bounds::NONE,
    })
}

fn bounds<T: Copy + Ord>(filter: &Filter, of: &dyn Fn(&Test) -> Bounds<T>) -> Bounds<T> {
    match filter {
        Filter::Test(test) if !test.is_negated && test.reach.hops.is_empty() => of(test),
        Filter::All(parts) => parts
            .iter()
            .map(|part| bounds(part, of))
            .fold(Bounds::NONE, Bounds::and),
        Filter::Test(_) | Filter::Any(_) => Bounds::NONE,
    }
}
