//! Actions on many records that Zoho does later, as jobs: what is to be done, and how much of it was.

use std::mem::take;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::convert::{Order, convert};
use super::inventory;
use super::merge::Merge;
use super::tags;
use crate::rows::{self, Author, Source};
use crate::world::jobs::JobHead;
use crate::world::{Cell, World};

/// One job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mass {
    pub(crate) kind: MassKind,
    pub(crate) tally: Tally,
}

/// What is done, and to which.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum MassKind {
    Convert {
        ids: Vec<u64>,
        order: Order,
    },
    ConvertInventory {
        table: usize,
        ids: Vec<u64>,
        order: inventory::Order,
    },
    Update {
        table: usize,
        ids: Vec<u64>,
        row: Map<String, Value>,
        over_write: bool,
    },
    Delete {
        table: usize,
        ids: Vec<u64>,
    },
    ChangeOwner {
        table: usize,
        ids: Vec<u64>,
        owner: u64,
    },
    Merge(Merge),
    /// Tables and ids of tags.
    DeleteTags(Vec<(usize, u64)>),
}

/// How much was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) total: usize,
    pub(crate) done: usize,
    /// Left as they were, without a fault.
    pub(crate) left: usize,
    pub(crate) failed: usize,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    Left,
    Failed,
}

impl Mass {
    pub(crate) fn new(kind: MassKind) -> Self {
        let total = match &kind {
            MassKind::Convert { ids, .. }
            | MassKind::ConvertInventory { ids, .. }
            | MassKind::Update { ids, .. }
            | MassKind::Delete { ids, .. }
            | MassKind::ChangeOwner { ids, .. } => ids.len(),
            MassKind::Merge(merge) => merge.children.len(),
            MassKind::DeleteTags(tags) => tags.len(),
        };
        let tally = Tally {
            total,
            ..Tally::default()
        };
        Self { kind, tally }
    }

    /// Does it, as of the second when the job ends. The lists of records, and the values for them, are let go.
    pub(crate) fn run(&mut self, world: &mut World, job: JobHead) {
        let author = Author::new(job.user, job.ends_at).by(Source::MassUpdate);
        let tally = &mut self.tally;
        let mut count = |fate: Fate| match fate {
            Fate::Done => tally.done += 1,
            Fate::Left => tally.left += 1,
            Fate::Failed => tally.failed += 1,
        };
        match &mut self.kind {
            MassKind::Convert { ids, order } => {
                for id in take(ids) {
                    count(match convert(world, id, order, author) {
                        Ok(_) => Fate::Done,
                        Err(refusal) if refusal.code == "ID_ALREADY_CONVERTED" => Fate::Left,
                        Err(_) => Fate::Failed,
                    });
                }
            }
            MassKind::ConvertInventory { table, ids, order } => {
                let author = author.by(Source::Convert);
                for id in take(ids) {
                    count(match inventory::convert(world, *table, id, order, author) {
                        Ok(_) => Fate::Done,
                        Err(refusal) if refusal.code == "ID_ALREADY_CONVERTED" => Fate::Left,
                        Err(_) => Fate::Failed,
                    });
                }
            }
            MassKind::Update {
                table,
                ids,
                row,
                over_write,
            } => {
                let row = take(row);
                for id in take(ids) {
                    count(update(world, *table, id, &row, *over_write, author));
                }
            }
            MassKind::Delete { table, ids } => {
                let author = author.by(Source::CrmApi);
                for id in take(ids) {
                    let is_locked = world.actions.is_locked(id);
                    count(fate(!is_locked && rows::remove(world, *table, id, author)));
                }
            }
            MassKind::ChangeOwner { table, ids, owner } => {
                for id in take(ids) {
                    count(give(world, *table, id, *owner, author));
                }
            }
            MassKind::Merge(merge) => {
                let author = author.by(Source::CrmApi);
                for child in &merge.children {
                    count(fate(super::merge::merge(world, merge, child, author)));
                }
            }
            MassKind::DeleteTags(wanted) => {
                for (table, tag) in take(wanted) {
                    let is_known = world.tables[table].tag_of(tag).is_some();
                    tags::replace(world, table, tag, None, author);
                    count(fate(is_known));
                }
            }
        }
    }
}

fn fate(is_done: bool) -> Fate {
    if is_done { Fate::Done } else { Fate::Failed }
}

/// Whether a value is kept: it is there, and is not to be overwritten.
pub(crate) fn is_kept(
    world: &World,
    table: usize,
    id: u64,
    row: &Map<String, Value>,
    over_write: bool,
) -> bool {
    let table = &world.tables[table];
    let Some(record) = table.rows.get(&id) else {
        return false;
    };
    let mut positions = row.keys().filter_map(|name| table.module.position(name));
    !over_write && positions.any(|position| record.cell(position).is_some())
}

fn update(
    world: &mut World,
    table: usize,
    id: u64,
    row: &Map<String, Value>,
    over_write: bool,
    author: Author,
) -> Fate {
    if is_kept(world, table, id, row, over_write) {
        return Fate::Left;
    }
    fate(rows::update(world, table, id, row, 0, author).is_ok())
}

fn give(world: &mut World, table: usize, id: u64, owner: u64, author: Author) -> Fate {
    if world.actions.is_locked(id) {
        return Fate::Failed;
    }
    let rows = &world.tables[table].rows;
    let Some(position) = world.tables[table].module.position("Owner") else {
        return Fate::Failed;
    };
    match rows.get(&id).map(|record| record.owner == owner) {
        None => Fate::Failed,
        Some(true) => Fate::Left,
        Some(false) => {
            let cells = vec![(position, Some(Cell::Id(owner)))];
            fate(rows::set(world, table, id, cells, author))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Edition;
    use crate::seed::Seed;

    #[test]
    fn a_job_that_has_ended_keeps_its_numbers_only() {
        let mut world = World::build(&Seed::empty(), Edition::Enterprise, 1_000).unwrap();
        let table = world.table_position("Leads").unwrap();
        let kind = MassKind::Delete {
            table,
            ids: vec![1; 50_000],
        };
        let mut mass = Mass::new(kind);
        let head = JobHead {
            id: 1,
            user: world.first_user_id(),
            created_at: 0,
            starts_at: 1,
            ends_at: 2,
        };
        mass.run(&mut world, head);
        assert_eq!((mass.tally.total, mass.tally.failed), (50_000, 50_000));
        let MassKind::Delete { ids, .. } = mass.kind else {
            panic!("another kind");
        };
        assert_eq!(ids.capacity(), 0);
    }
}
