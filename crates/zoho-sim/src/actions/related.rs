//! The records of a related list: by a lookup, by a link, or the open and closed activities together.

use super::Facts;
use crate::schema::RelatedList;
use crate::world::{Cell, Record, World};

const OPEN: &str = "Activities_Chronological_View";
const CLOSED: &str = "Activities_Chronological_View_History";

/// One record of a related list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'w> {
    pub(crate) table: usize,
    pub(crate) record: &'w Record,
    /// What is said of the link, where it is one.
    pub(crate) facts: Option<&'w Facts>,
}

/// How a related list holds its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Records of this table whose lookup at this position names the parent.
    Lookup(usize, u16),
    /// Links to records of this table.
    Links(usize),
    /// Open or closed activities.
    Activities { is_closed: bool },
    /// Records that are not kept here.
    Nothing,
}

pub(crate) fn kind_of(world: &World, list: &RelatedList) -> Kind {
    match list.api_name.as_str() {
        OPEN => return Kind::Activities { is_closed: false },
        CLOSED => return Kind::Activities { is_closed: true },
        _ => {}
    }
    let target = list
        .module
        .as_deref()
        .and_then(|name| world.table_position(name));
    match (target, list.field.as_deref()) {
        (None, _) => Kind::Nothing,
        (Some(target), None) => Kind::Links(target),
        (Some(target), Some(field)) => match world.tables[target].module.position(field) {
            Some(position) => Kind::Lookup(target, position),
            None => Kind::Nothing,
        },
    }
}

/// The records of a list below a record, by id ascending.
pub(crate) fn entries(world: &World, kind: Kind, parent: u64) -> Vec<Entry<'_>> {
    let key = Cell::Id(parent);
    match kind {
        Kind::Nothing => Vec::new(),
        Kind::Lookup(table, position) => by_lookup(world, table, position, &key).collect(),
        Kind::Links(table) => {
            let links = world.actions.links.of(parent);
            let entries = links.filter_map(|(id, facts)| {
                let record = world.tables[table].rows.get(&id)?;
                Some(Entry {
                    table,
                    record,
                    facts: Some(facts),
                })
            });
            entries.collect()
        }
        Kind::Activities { is_closed } => {
            let mut entries: Vec<Entry<'_>> = Vec::new();
            for table in ["Tasks", "Events", "Calls"] {
                let Some(table) = world.table_position(table) else {
                    continue;
                };
                let module = &world.tables[table].module;
                for lookup in ["What_Id", "Who_Id"] {
                    if let Some(position) = module.position(lookup) {
                        entries.extend(by_lookup(world, table, position, &key));
                    }
                }
            }
            entries.retain(|entry| activity_is_closed(world, entry) == is_closed);
            entries.sort_by_key(|entry| entry.record.id);
            entries.dedup_by_key(|entry| entry.record.id);
            entries
        }
    }
}

fn by_lookup<'w>(
    world: &'w World,
    table: usize,
    position: u16,
    key: &Cell,
) -> impl Iterator<Item = Entry<'w>> {
    let rows = &world.tables[table];
    rows.holders(position, key).iter().filter_map(move |id| {
        let record = rows.rows.get(id)?;
        Some(Entry {
            table,
            record,
            facts: None,
        })
    })
}

/// A task is closed by its status, a call when it was made.
///
/// unknown: when Zoho counts a meeting as closed; here as long as it is not over it is open, seen from its last change.
fn activity_is_closed(world: &World, entry: &Entry<'_>) -> bool {
    let module = &world.tables[entry.table].module;
    let text = |name: &str| module.position(name).and_then(|at| entry.record.text(at));
    match module.api_name.as_str() {
        "Tasks" => text("Status") == Some("Completed"),
        "Calls" => {
            text("Outgoing_Call_Status") != Some("Scheduled")
                && text("Outbound_Call_Status") != Some("Scheduled")
                && text("Call_Status") != Some("Scheduled")
        }
        _ => {
            let ends_at = module.position("End_DateTime");
            let ends_at = ends_at.and_then(|at| entry.record.cell(at));
            matches!(ends_at, Some(Cell::Time(at)) if *at < entry.record.modified_at)
        }
    }
}
