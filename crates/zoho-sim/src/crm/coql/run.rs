//! Runs a plan: the records that are wanted in their order, or the groups of them.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::plan::{Ordered, Plan, What};
use super::scan::candidates;
use super::types::Aggregate;
use crate::crm::query::{Number, Reach, Value, Wanted};
use crate::rows::DecimalSum;
use crate::world::{Record, Table, World};

/// A part of what was found.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) has_more: bool,
}

impl<T> Page<T> {
    fn cut(mut items: Vec<T>, plan: &Plan) -> Self {
        if items.len() <= plan.offset {
            return Self {
                items: Vec::new(),
                has_more: false,
            };
        }
        items.drain(..plan.offset);
        let has_more = items.len() > plan.limit;
        items.truncate(plan.limit);
        Self { items, has_more }
    }
}

/// The wanted records.
pub(super) fn records<'a>(world: &'a World, plan: &Plan) -> Page<&'a Record> {
    let table = &world.tables[plan.table];
    let found = candidates(world, plan);
    let wanted = found
        .records
        .filter(|record| plan.filter.holds(world, table, record));
    let reached = plan.offset + plan.limit + 1;
    if found.are_ordered {
        return Page::cut(wanted.take(reached).collect(), plan);
    }
    let mut all: Vec<&Record> = wanted.collect();
    let order = |left: &&Record, right: &&Record| {
        let by_keys = plan.order_by.iter().map(|key| {
            let reach = key.by.reach();
            let left = reach.value(world, table, left);
            directed(key, left.order(&reach.value(world, table, right)))
        });
        by_keys
            .fold(Ordering::Equal, Ordering::then)
            .then(left.id.cmp(&right.id))
    };
    if all.len() > reached {
        all.select_nth_unstable_by(reached, order);
        all.truncate(reached);
    }
    all.sort_unstable_by(order);
    Page::cut(all, plan)
}

fn directed(key: &Ordered, order: Ordering) -> Ordering {
    if key.is_descending {
        order.reverse()
    } else {
        order
    }
}

/// The values of the one column of a sub-query, each once.
pub(super) fn values(world: &World, plan: &Plan) -> Vec<Wanted> {
    let Some(column) = plan.columns.first() else {
        return Vec::new();
    };
    let table = &world.tables[plan.table];
    let reach = column.what.reach();
    if plan.is_grouped() {
        let groups = groups(world, plan).items;
        let values = groups.iter().filter_map(|group| match &column.what {
            What::Value(reach) => {
                let record = group.first?;
                Wanted::of(&reach.value(world, table, record))
            }
            What::Aggregate(..) => match group.sums.first()?.result() {
                Outcome::Nothing => None,
                Outcome::Number(number) => Some(Wanted::Number(number)),
                Outcome::Value(value) => Wanted::of(&value),
            },
        });
        return values.collect();
    }
    let records = records(world, plan).items;
    let values = records
        .iter()
        .filter_map(|record| Wanted::of(&reach.value(world, table, record)));
    let mut distinct: Vec<Wanted> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for value in values {
        if seen.insert(format!("{value:?}")) {
            distinct.push(value);
        }
    }
    distinct
}

/// Records with the same values in the grouped fields.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// None only where nothing was found and nothing is grouped by.
    pub(super) first: Option<&'a Record>,
    /// For each aggregate of columns, then of orders.
    pub(super) sums: Vec<Sum<'a>>,
}

/// What has been added up so far.
#[derive(Debug, Clone)]
pub(super) struct Sum<'a> {
    aggregate: Aggregate,
    count: usize,
    whole: i128,
    fractions: DecimalSum,
    has_fractions: bool,
    best: Option<Value<'a>>,
}

/// What an aggregate comes to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome<'a> {
    Nothing,
    Number(Number),
    Value(Value<'a>),
}

impl<'a> Sum<'a> {
    fn new(aggregate: Aggregate) -> Self {
        Self {
            aggregate,
            count: 0,
            whole: 0,
            fractions: DecimalSum::default(),
            has_fractions: false,
            best: None,
        }
    }

    fn add(&mut self, value: Value<'a>) {
        if value.is_nothing() {
            return;
        }
        self.count += 1;
        match (self.aggregate, value) {
            (Aggregate::Sum | Aggregate::Avg, Value::Number(Number::Whole(number))) => {
                self.whole = self.whole.saturating_add(i128::from(number));
            }
            (Aggregate::Sum | Aggregate::Avg, Value::Number(Number::Double(number))) => {
                self.fractions.add(number);
                self.has_fractions = true;
            }
            (Aggregate::Min | Aggregate::Max, value) => {
                let wanted = if self.aggregate == Aggregate::Min {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
                if self.best.is_none_or(|best| value.order(&best) == wanted) {
                    self.best = Some(value);
                }
            }
            _ => {}
        }
    }

    pub(super) fn result(&self) -> Outcome<'a> {
        let count = i64::try_from(self.count).unwrap_or(i64::MAX);
        let total = || {
            if self.has_fractions {
                Number::Double(self.fractions.total())
            } else {
                Number::parse(&self.whole.to_string()).unwrap_or(Number::Double(f64::NAN))
            }
        };
        match self.aggregate {
            Aggregate::Count => Outcome::Number(Number::Whole(count)),
            // unknown: what the sum of no values is; nothing here, as in SQL.
            _ if self.count == 0 => Outcome::Nothing,
            Aggregate::Sum => Outcome::Number(total()),
            Aggregate::Avg => Outcome::Number(Number::Double(
                total().as_double() / Number::Whole(count).as_double(),
            )),
            Aggregate::Min | Aggregate::Max => self.best.map_or(Outcome::Nothing, Outcome::Value),
        }
    }
}

/// The groups, in the order of their first records where nothing else is said.
pub(super) fn groups<'a>(world: &'a World, plan: &Plan) -> Page<Group<'a>> {
    let table = &world.tables[plan.table];
    let wanted: Vec<(Aggregate, &Reach)> = plan
        .columns
        .iter()
        .map(|column| &column.what)
        .chain(plan.order_by.iter().map(|order| &order.by))
        .filter_map(|what| match what {
            What::Aggregate(aggregate, reach) => Some((*aggregate, reach)),
            What::Value(_) => None,
        })
        .collect();
    let empty = || {
        wanted
            .iter()
            .map(|(aggregate, _)| Sum::new(*aggregate))
            .collect::<Vec<_>>()
    };
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    if plan.group_by.is_empty() {
        groups.push(Group {
            first: None,
            sums: empty(),
        });
        places.insert(String::new(), 0);
    }
    let found = candidates(world, plan).records;
    for record in found.filter(|record| plan.filter.holds(world, table, record)) {
        let place = *places
            .entry(key(world, table, record, &plan.group_by))
            .or_insert_with(|| {
                groups.push(Group {
                    first: Some(record),
                    sums: empty(),
                });
                groups.len() - 1
            });
        let group = &mut groups[place];
        group.first = group.first.or(Some(record));
        for (sum, (_, reach)) in group.sums.iter_mut().zip(&wanted) {
            sum.add(reach.value(world, table, record));
        }
    }
    sort(world, plan, &mut groups);
    Page::cut(groups, plan)
}

/// The values by which a record is grouped, as one text.
fn key(world: &World, table: &Table, record: &Record, group_by: &[Reach]) -> String {
    use std::fmt::Write;
    let mut key = String::new();
    for reach in group_by {
        // Writing into a text does not fail.
        let _ = match reach.value(world, table, record) {
            Value::Text(text) => write!(key, "t{text}\u{0}"),
            value => write!(key, "{value:?}\u{0}"),
        };
    }
    key
}

fn sort(world: &World, plan: &Plan, groups: &mut [Group<'_>]) {
    let table = &world.tables[plan.table];
    let first_of_order = plan
        .columns
        .iter()
        .filter(|column| matches!(column.what, What::Aggregate(..)))
        .count();
    let value = |group: &Group<'_>, order: &Ordered, place: usize| -> Option<Wanted> {
        match &order.by {
            What::Value(reach) => Wanted::of(&reach.value(world, table, group.first?)),
            What::Aggregate(..) => match group.sums.get(place)?.result() {
                Outcome::Nothing => None,
                Outcome::Number(number) => Some(Wanted::Number(number)),
                Outcome::Value(value) => Wanted::of(&value),
            },
        }
    };
    let mut keyed: Vec<(Vec<Option<Wanted>>, usize)> = groups
        .iter()
        .enumerate()
        .map(|(number, group)| {
            let mut place = first_of_order;
            let keys = plan.order_by.iter().map(|order| {
                let key = value(group, order, place);
                place += usize::from(matches!(order.by, What::Aggregate(..)));
                key
            });
            (keys.collect(), number)
        })
        .collect();
    keyed.sort_by(|(left, left_number), (right, right_number)| {
        let by_keys = plan.order_by.iter().zip(left.iter().zip(right));
        by_keys
            .map(|(order, (left, right))| directed(order, compare(left.as_ref(), right.as_ref())))
            .fold(Ordering::Equal, Ordering::then)
            .then(left_number.cmp(right_number))
    });
    let mut places = vec![0; groups.len()];
    for (place, (_, number)) in keyed.into_iter().enumerate() {
        places[number] = place;
    }
    for start in 0..groups.len() {
        while places[start] != start {
            let target = places[start];
            groups.swap(start, target);
            places.swap(start, target);
        }
    }
}

fn compare(left: Option<&Wanted>, right: Option<&Wanted>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.order(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}
