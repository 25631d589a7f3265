//! The stage history of deals: a row of `DealHistory` for each period in which stage, amount, probability or closing date
//! stayed the same.
//!
//! unknown: which fields besides the stage begin a new row; these are the ones that the row shows.

use super::{Author, compute};
use crate::world::{Cell, FieldChange, Record, World};

/// Field of the deal, and of its history.
const TRACKED: [(&str, &str); 4] = [
    ("Stage", "Stage"),
    ("Amount", "Amount"),
    ("Probability", "Probability"),
    ("Closing_Date", "Close_Date"),
];

/// Adds a row when a deal is new (`changes` is `None`) or one of its tracked fields changed.
pub(super) fn follow(
    world: &mut World,
    table: usize,
    id: u64,
    changes: Option<&[FieldChange]>,
    author: Author,
) {
    let module = &world.tables[table].module;
    if module.api_name != "Deals" {
        return;
    }
    let is_tracked = |change: &FieldChange| {
        let name = module.field_at(change.position).api_name.as_str();
        TRACKED.iter().any(|(tracked, _)| *tracked == name)
    };
    if changes.is_some_and(|changes| !changes.iter().any(is_tracked)) {
        return;
    }
    let Some(history) = world.table_position("DealHistory") else {
        return;
    };
    let Some(row) = row_of(world, table, history, id) else {
        return;
    };
    close_latest(world, history, id, &row, author);
    let new_id = world.ids.next();
    let mut record = Record::new(new_id, author.user, author.now);
    for (position, cell) in row {
        record.set(position, cell);
    }
    world.enter(new_id, history);
    world.tables[history].add(record);
}

/// The cells of the new row.
fn row_of(
    world: &World,
    table: usize,
    history: usize,
    id: u64,
) -> Option<Vec<(u16, Option<Cell>)>> {
    let deals = &world.tables[table];
    let deal = deals.rows.get(&id)?;
    let columns = &world.tables[history].module;
    let mut row = vec![(columns.position("Potential_Name")?, Some(Cell::Id(id)))];
    for (from, to) in TRACKED {
        let cell = deal.cell(deals.module.position(from)?).cloned();
        row.push((columns.position(to)?, cell));
    }
    let revenue = compute::expected_revenue(deals, deal).map(Cell::Double);
    row.push((columns.position("Expected_Revenue")?, revenue));
    Some(row)
}

/// The row before says where the deal went, and how many days it stayed.
fn close_latest(
    world: &mut World,
    history: usize,
    id: u64,
    row: &[(u16, Option<Cell>)],
    author: Author,
) {
    let history = &mut world.tables[history];
    let module = history.module.clone();
    let (Some(deal_at), Some(stage_at), Some(moved_at), Some(days_at)) = (
        module.position("Potential_Name"),
        module.position("Stage"),
        module.position("Moved_To__s"),
        module.position("Stage_Duration_Calendar_Days"),
    ) else {
        return;
    };
    let Some(latest) = history.holders(deal_at, &Cell::Id(id)).last().copied() else {
        return;
    };
    let began_at = history
        .rows
        .get(&latest)
        .map_or(author.now, |record| record.created_at);
    let days = (author.now - began_at).max(0) / (24 * 60 * 60);
    history.set_quietly(latest, days_at, Cell::Integer(days));
    let stage = row.iter().find(|(position, _)| *position == stage_at);
    let known = history.rows.get(&latest);
    let is_same = |stage: &Cell| known.and_then(|record| record.cell(stage_at)) == Some(stage);
    if let Some((_, Some(stage))) = stage
        && !is_same(stage)
    {
        history.set_quietly(latest, moved_at, stage.clone());
    }
}
