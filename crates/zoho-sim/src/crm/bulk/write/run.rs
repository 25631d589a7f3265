//! The work of a bulk write: row by row, each on its own.

use serde_json::{Map, Value};

use super::super::{callback, zipped};
use super::children::{self, Children};
use super::outcome::{self, Outcome};
use super::sheet::Sheet;
use super::{ROWS_MAX, cell, status};
use crate::notify;
use crate::rows::{self, Author};
use crate::schema::{DataType, GeneratedType};
use crate::world::World;
use crate::world::blob::Blob;
use crate::world::bulk::{BulkWrite, Operation, WriteResource};
use crate::world::jobs::{JobHead, JobState};
use crate::world::outbox::LetterKind;

/// Rows after which their changes are told, as the log of changes does not hold any number.
const ROWS_PER_COLLECTION: usize = 1_000;

/// Does the work of a job; false when it failed as a whole.
pub(crate) fn run(world: &mut World, head: JobHead, job: &mut BulkWrite) -> bool {
    let is_done = match sheets(job) {
        Err((number, code)) => {
            code.clone_into(&mut job.resources[number].code);
            false
        }
        Ok(sheets) => {
            let outcomes = write(world, head, job, &sheets);
            for (resource, outcomes) in job.resources.iter_mut().zip(&outcomes) {
                resource.counts = outcome::count(outcomes);
                "SUCCESS".clone_into(&mut resource.code);
            }
            job.result = packed(job, &sheets, &outcomes);
            job.result.is_some()
        }
    };
    for resource in &mut job.resources {
        resource.file = None;
    }
    if let Some(to) = job.callback.clone() {
        let state = if is_done {
            JobState::Completed
        } else {
            JobState::Failed
        };
        let body = status::describe(world, &head, state, job);
        let module = job.resources[0].module.clone();
        callback::send(world, &to, LetterKind::BulkWrite, head.id, &module, &body);
    }
    is_done
}

/// The files of all resources, or the one that cannot be used and why.
fn sheets(job: &BulkWrite) -> Result<Vec<Sheet>, (usize, &'static str)> {
    let sheets = job.resources.iter().enumerate().map(|(number, resource)| {
        let sheet = sheet(resource, &job.character_encoding).ok_or((number, "FILE_NOT_FOUND"))?;
        if sheet.rows.len() > ROWS_MAX {
            return Err((number, "LIMIT_EXCEEDED"));
        }
        Ok(sheet)
    });
    sheets.collect()
}

fn sheet(resource: &WriteResource, encoding: &str) -> Option<Sheet> {
    let files = zipped::unpack(&resource.file.as_ref()?.0)?;
    let (_, content) = files.iter().find(|(name, _)| *name == resource.file_name)?;
    Sheet::read(content, encoding, ROWS_MAX)
}

fn packed(job: &BulkWrite, sheets: &[Sheet], outcomes: &[Vec<Outcome>]) -> Option<Blob> {
    let resources = job.resources.iter().zip(sheets).zip(outcomes);
    let files = resources
        .map(|((resource, sheet), outcomes)| outcome::print(resource, sheet, outcomes))
        .collect::<Option<Vec<_>>>()?;
    zipped::pack(&files).ok().map(Blob)
}

/// Writes all rows and tells what became of each, by resource.
fn write(world: &mut World, head: JobHead, job: &BulkWrite, sheets: &[Sheet]) -> Vec<Vec<Outcome>> {
    let mut outcomes: Vec<Vec<Outcome>> = sheets
        .iter()
        .map(|sheet| vec![unjoined(); sheet.rows.len()])
        .collect();
    let parent = &job.resources[0];
    let Some(table) = world.table_position(&parent.module) else {
        return outcomes;
    };
    let all: Vec<Children> = job
        .resources
        .iter()
        .zip(sheets)
        .enumerate()
        .skip(1)
        .filter_map(|(number, (resource, sheet))| {
            Children::of(world, &parent.module, number, resource, sheet)
        })
        .collect();
    let is_rows = world.tables[table].module.generated_type == GeneratedType::Subform;
    let writer = Writer { head, job, table };
    for row in 0..sheets[0].rows.len() {
        let mut values = writer.values(world, table, parent, &sheets[0], row);
        for children in &all {
            let resource = &job.resources[children.resource];
            let sheet = &sheets[children.resource];
            let lines: Vec<Value> = children
                .of_row(&sheets[0], row)
                .iter()
                .map(|line| writer.line(world, resource, sheet, *line))
                .collect();
            if !lines.is_empty() {
                values.insert(children.field.clone(), Value::Array(lines));
            }
        }
        let outcome = if is_rows {
            writer.write_line(world, &sheets[0], row, values)
        } else {
            writer.write_record(world, &sheets[0], row, values)
        };
        for children in &all {
            let lines = children.of_row(&sheets[0], row);
            writer.tell_lines(world, &outcome, children, lines, &mut outcomes);
        }
        outcomes[0][row] = outcome;
        if row % ROWS_PER_COLLECTION == ROWS_PER_COLLECTION - 1 {
            notify::collect(world, head.ends_at.saturating_mul(1000));
        }
    }
    outcomes
}

/// A row that belongs to none of the parent's rows.
fn unjoined() -> Outcome {
    Outcome::Skipped(None, "INVALID_DATA-Parent_Id".to_owned())
}

struct Writer<'j> {
    head: JobHead,
    job: &'j BulkWrite,
    /// Table of the first resource.
    table: usize,
}

impl Writer<'_> {
    fn author(&self) -> Author {
        Author::new(self.head.user, self.head.ends_at).in_bulk()
    }

    /// The row as the JSON of a record.
    fn values(
        &self,
        world: &World,
        table: usize,
        resource: &WriteResource,
        sheet: &Sheet,
        row: usize,
    ) -> Map<String, Value> {
        let module = &world.tables[table].module;
        let ignores_empty = resource.ignores_empty.unwrap_or(self.job.ignores_empty);
        let empties = !ignores_empty && self.job.operation != Operation::Insert;
        let mut values = Map::new();
        for mapping in &resource.mappings {
            let Some(field) = module.field(&mapping.api_name) else {
                continue;
            };
            let text = mapping.index.map_or("", |column| sheet.cell(row, column));
            let value = match (&mapping.default_value, text) {
                (Some(Value::String(default)), "") => cell::value(world, field, mapping, default),
                (Some(default), "") if field.data_type == DataType::Layout => {
                    cell::value(world, field, mapping, &default.to_string())
                }
                (Some(default), "") => default.clone(),
                (None, "") if empties => Value::Null,
                (None, "") => continue,
                (_, text) => cell::value(world, field, mapping, text),
            };
            values.insert(mapping.api_name.clone(), value);
        }
        values
    }

    /// A row of a sub-form as it stands inside of its parent.
    fn line(&self, world: &World, resource: &WriteResource, sheet: &Sheet, row: usize) -> Value {
        let Some(table) = world.table_position(&resource.module) else {
            return Value::Null;
        };
        let mut values = self.values(world, table, resource, sheet, row);
        for mapping in &resource.mappings {
            if mapping.parent_column_index.is_some() {
                values.remove(&mapping.api_name);
            }
        }
        values.remove("Parent_Id");
        values.retain(|_, value| !value.is_null());
        Value::Object(values)
    }

    fn write_record(
        &self,
        world: &mut World,
        sheet: &Sheet,
        row: usize,
        mut values: Map<String, Value>,
    ) -> Outcome {
        let resource = &self.job.resources[0];
        values.remove("id");
        let found = match self.meant(world, resource, sheet, row) {
            Ok(found) => found,
            Err(outcome) => return outcome,
        };
        let key = resource.find_by.as_deref().unwrap_or_default();
        let written = match (self.job.operation, found) {
            (Operation::Insert, Some(id)) => {
                return Outcome::Skipped(Some(id), format!("DUPLICATE_DATA-{key}"));
            }
            (Operation::Update, None) => {
                return Outcome::Skipped(None, format!("RESOURCE_NOT_FOUND-{key}"));
            }
            (Operation::Insert | Operation::Upsert, None) => {
                if let Some(outcome) = self.missing(world, &values) {
                    return outcome;
                }
                rows::insert(world, self.table, &values, row, self.author())
            }
            (Operation::Update | Operation::Upsert, Some(id)) => {
                rows::update(world, self.table, id, &values, row, self.author())
            }
        };
        match written {
            Ok(written) => Outcome::of(written.action, written.id),
            Err(refusal) => Outcome::refused(&refusal),
        }
    }

    /// The record that a row means by `find_by`.
    fn meant(
        &self,
        world: &World,
        resource: &WriteResource,
        sheet: &Sheet,
        row: usize,
    ) -> Result<Option<u64>, Outcome> {
        let Some(key) = &resource.find_by else {
            return Ok(None);
        };
        let mut mappings = resource.mappings.iter();
        let column =
            mappings.find_map(|mapping| (mapping.api_name == *key).then_some(mapping.index?));
        match column.map_or("", |column| sheet.cell(row, column)) {
            "" if self.job.operation == Operation::Update => {
                Err(Outcome::Skipped(None, format!("MANDATORY_NOT_FOUND-{key}")))
            }
            "" => Ok(None),
            text => Ok(cell::find(&world.tables[self.table], key, text)),
        }
    }

    /// All mandatory fields that a new record lacks, at once.
    fn missing(&self, world: &World, values: &Map<String, Value>) -> Option<Outcome> {
        let module = &world.tables[self.table].module;
        let is_empty = |name: &str| values.get(name).is_none_or(Value::is_null);
        let missing: Vec<&str> = module
            .fields
            .iter()
            .filter(|field| field.is_mandatory && field.default_value.is_none())
            .filter(|field| field.data_type != DataType::OwnerLookup && is_empty(&field.api_name))
            .map(|field| field.api_name.as_str())
            .collect();
        (missing.len() > 1)
            .then(|| Outcome::Skipped(None, format!("MANDATORY_NOT_FOUND-{}", missing.join(","))))
    }

    /// Writes a row of a sub-form whose parent is there already.
    fn write_line(
        &self,
        world: &mut World,
        sheet: &Sheet,
        row: usize,
        mut values: Map<String, Value>,
    ) -> Outcome {
        let resource = &self.job.resources[0];
        let named = values.remove("Parent_Id");
        let own = match self.meant(world, resource, sheet, row) {
            Ok(own) => own,
            Err(outcome) => return outcome,
        };
        let module = world.tables[self.table].module.clone();
        let of_own = own.and_then(|id| {
            let record = world.tables[self.table].rows.get(&id)?;
            match record.cell(module.position("Parent_Id")?) {
                Some(crate::world::Cell::Id(parent)) => Some(*parent),
                _ => None,
            }
        });
        let given = named
            .as_ref()
            .and_then(|named| rows::id_in(named.get("id")?));
        let found = given
            .or(of_own)
            .and_then(|id| Some((id, world.find(id)?.0)));
        let Some((parent, parent_table)) = found else {
            return unjoined();
        };
        let parent_module = world.tables[parent_table].module.api_name.clone();
        let Some(field) = children::field(world, &parent_module, &resource.module) else {
            return unjoined();
        };
        match (self.job.operation, own) {
            (Operation::Insert, Some(id)) => {
                return Outcome::Skipped(Some(id), "DUPLICATE_DATA-id".to_owned());
            }
            (Operation::Update, None) => {
                return Outcome::Skipped(None, "RESOURCE_NOT_FOUND-id".to_owned());
            }
            (_, Some(id)) => {
                values.insert("id".to_owned(), Value::from(id.to_string()));
            }
            (_, None) => {}
        }
        values.retain(|_, value| !value.is_null());
        let mut change = Map::new();
        change.insert(field.clone(), Value::Array(vec![Value::Object(values)]));
        match rows::update(world, parent_table, parent, &change, row, self.author()) {
            Err(refusal) => Outcome::refused(&refusal),
            Ok(_) => match own {
                Some(id) => Outcome::Updated(id),
                None => last_line(world, parent, &field).map_or_else(unjoined, Outcome::Added),
            },
        }
    }

    /// Tells what became of the rows that were written with a record.
    fn tell_lines(
        &self,
        world: &World,
        parent: &Outcome,
        children: &Children,
        lines: &[usize],
        outcomes: &mut [Vec<Outcome>],
    ) {
        let ids = match parent {
            Outcome::Added(id) | Outcome::Updated(id) => {
                let all = all_lines(world, *id, &children.field);
                all[all.len().saturating_sub(lines.len())..].to_vec()
            }
            _ => Vec::new(),
        };
        let mut ids = ids.into_iter();
        for line in lines {
            outcomes[children.resource][*line] =
                ids.next().map_or(Outcome::Unprocessed, Outcome::Added);
        }
    }
}

fn all_lines(world: &World, parent: u64, field: &str) -> Vec<u64> {
    let Some((table, record)) = world.find(parent) else {
        return Vec::new();
    };
    let position = world.tables[table].module.position(field);
    position.map_or_else(Vec::new, |position| record.rows(position).to_vec())
}

fn last_line(world: &World, parent: u64, field: &str) -> Option<u64> {
    all_lines(world, parent, field).last().copied()
}
