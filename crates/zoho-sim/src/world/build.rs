//! Builds a world from a seed.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::{ChangeLog, Ids, Organisation, Pipeline, Table, User, World};
use crate::config::Edition;
use crate::rows::{self, Author};
use crate::schema::{
    DataType, Field, Lookup, Module, PickListValue, STAGES, pages, standard_modules,
};
use crate::seed::{FieldSeed, PipelineSeed, Seed};

/// A seed says something that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadSeed(pub(crate) String);

impl fmt::Display for BadSeed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for BadSeed {}

impl World {
    /// A new world. Two worlds of one seed have the same ids.
    pub(crate) fn build(seed: &Seed, edition: Edition, now: i64) -> Result<Self, BadSeed> {
        let mut ids = Ids::new(seed.organisation.id_prefix);
        let organisation = organisation(seed, edition, now, &mut ids)?;
        let users = users(seed, now, &mut ids)?;
        let mut modules = standard_modules();
        let mut pages = pages();
        let module_ids: Vec<(String, u64)> = modules
            .iter()
            .chain(&pages)
            .map(|module| (module.api_name.clone(), ids.next()))
            .collect();
        for module in modules.iter_mut().chain(&mut pages) {
            module.give_ids(&mut ids, &module_ids);
        }
        let pipelines = pipelines(&seed.pipelines, &mut ids)?;
        for module in &mut modules {
            add_own_fields(module, seed, &mut ids, &module_ids)?;
            mark_unique(module, seed)?;
            list_pipelines(module, &pipelines, &mut ids);
        }
        let mut by_name = BTreeMap::new();
        for (position, module) in modules.iter().enumerate() {
            by_name.insert(module.api_name.clone(), position);
            by_name.insert(module.api_name.to_ascii_lowercase(), position);
        }
        let tables = modules.into_iter().map(Table::new).collect();
        let mut world = Self {
            ids,
            organisation,
            users,
            pipelines,
            tables,
            pages,
            assignment_rules: Vec::new(),
            changes: ChangeLog::default(),
            directory: Directory::default(),
            by_name,
        };
        world.insert_records(&seed.records, now)?;
        Ok(world)
    }

    fn insert_records(&mut self, records: &Map<String, Value>, now: i64) -> Result<(), BadSeed> {
        for (module, rows) in records {
            let position = self
                .table_position(module)
                .ok_or_else(|| BadSeed(format!("records: unknown module `{module}`")))?;
            let author = Author::new(self.first_user_id(), now);
            for (number, row) in rows.as_array().into_iter().flatten().enumerate() {
                let row = row
                    .as_object()
                    .ok_or_else(|| BadSeed(format!("records.{module}[{number}]: not an object")))?;
                let row = self.resolve_names(position, row);
                rows::insert(self, position, &row, number, author).map_err(|refusal| {
                    BadSeed(format!(
                        "records.{module}[{number}]: {} {}",
                        refusal.code, refusal.details
                    ))
                })?;
            }
        }
        Ok(())
    }

    /// A seed may name the record of a lookup instead of its id, which it cannot know.
    fn resolve_names(&self, position: usize, row: &Map<String, Value>) -> Map<String, Value> {
        let module = &self.tables[position].module;
        let mut row = row.clone();
        for (name, value) in &mut row {
            let Some(lookup) = module.field(name).and_then(|field| field.lookup.as_ref()) else {
                continue;
            };
            let Some(wanted) = value.get("name").and_then(Value::as_str) else {
                continue;
            };
            let Some(table) = self.table_named(&lookup.module) else {
                continue;
            };
            if let Some(found) = table
                .rows
                .values()
                .find(|record| table.name_of(record) == wanted)
            {
                *value = json!({"id": found.id.to_string()});
            }
        }
        row
    }
}

fn organisation(
    seed: &Seed,
    edition: Edition,
    now: i64,
    ids: &mut Ids,
) -> Result<Organisation, BadSeed> {
    let of = &seed.organisation;
    if !(1_000_000..=9_000_000).contains(&of.id_prefix) {
        return Err(BadSeed(format!(
            "organisation.id_prefix {}: use seven digits, at most 9000000",
            of.id_prefix
        )));
    }
    if of.utc_offset_minutes.abs() > 14 * 60 {
        return Err(BadSeed(format!(
            "organisation.utc_offset_minutes {}: use -840 to 840",
            of.utc_offset_minutes
        )));
    }
    Ok(Organisation {
        id: ids.next(),
        zgid: of.zgid.clone(),
        company_name: of.company_name.clone(),
        primary_email: of.primary_email.clone(),
        time_zone: of.time_zone.clone(),
        utc_offset_minutes: of.utc_offset_minutes,
        edition,
        created_at: now,
        administrator_profile_id: ids.next(),
        standard_profile_id: ids.next(),
        administrator_role_id: ids.next(),
        forecast_ids: [ids.next(), ids.next(), ids.next()],
    })
}

fn users(seed: &Seed, now: i64, ids: &mut Ids) -> Result<Vec<User>, BadSeed> {
    if seed.users.is_empty() {
        return Err(BadSeed("users: at least one user is needed".to_owned()));
    }
    let users = seed.users.iter().map(|user| {
        let id = ids.next();
        User {
            id,
            zuid: 60_000_000_000 + id % 1_000_000,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            email: user.email.clone(),
            is_active: user.is_active,
            is_administrator: user.is_administrator,
            created_at: now,
        }
    });
    Ok(users.collect())
}

fn pipelines(seeds: &[PipelineSeed], ids: &mut Ids) -> Result<Vec<Pipeline>, BadSeed> {
    if seeds.is_empty() {
        let stages = STAGES.iter().map(|stage| stage.name.to_owned()).collect();
        return Ok(vec![Pipeline {
            id: ids.next(),
            name: "Standard (Standard)".to_owned(),
            stages,
        }]);
    }
    for (pipeline, stage) in seeds
        .iter()
        .flat_map(|seed| seed.stages.iter().map(move |stage| (&seed.name, stage)))
    {
        if !STAGES.iter().any(|known| known.name == stage) {
            return Err(BadSeed(format!(
                "pipelines: `{pipeline}` has the stage `{stage}`, which Deals.Stage lacks"
            )));
        }
    }
    Ok(seeds
        .iter()
        .map(|seed| Pipeline {
            id: ids.next(),
            name: seed.name.clone(),
            stages: seed.stages.clone(),
        })
        .collect())
}

fn list_pipelines(module: &mut Module, pipelines: &[Pipeline], ids: &mut Ids) {
    if let Some(field) = module
        .fields
        .iter_mut()
        .find(|field| field.api_name == "Pipeline")
    {
        field
            .pick_list
            .extend(pipelines.iter().map(|pipeline| PickListValue {
                id: ids.next(),
                ..PickListValue::plain(&pipeline.name)
            }));
        field.is_mandatory = pipelines.len() > 1;
    }
}

fn add_own_fields(
    module: &mut Module,
    seed: &Seed,
    ids: &mut Ids,
    module_ids: &[(String, u64)],
) -> Result<(), BadSeed> {
    let Some(fields) = seed.fields.get(&module.api_name) else {
        return Ok(());
    };
    let fields: Vec<FieldSeed> = serde_json::from_value(fields.clone())
        .map_err(|error| BadSeed(format!("fields.{}: {error}", module.api_name)))?;
    for own in fields {
        let wrong = |what: &str| {
            BadSeed(format!(
                "fields.{}: `{}` {what}",
                module.api_name, own.api_name
            ))
        };
        let is_name = own
            .api_name
            .starts_with(|first: char| first.is_ascii_alphabetic())
            && own
                .api_name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !is_name {
            return Err(wrong(
                "is no API name: use letters, digits and underscores, a letter first",
            ));
        }
        if module.position(&own.api_name).is_some() {
            return Err(wrong("exists already"));
        }
        let data_type = DataType::of_own_field(&own.data_type)
            .ok_or_else(|| wrong("has an unknown data_type"))?;
        let mut field = Field::new(
            &own.api_name,
            data_type,
            own.length.unwrap_or(data_type.default_length()),
        );
        if let Some(label) = &own.label {
            field = field.labelled(label);
        }
        field.is_custom = true;
        field.is_unique = own.is_unique;
        field.is_mandatory = own.is_mandatory;
        field.is_layout_mandatory = own.is_mandatory;
        field.pick_list = own
            .values
            .iter()
            .map(|value| PickListValue::plain(value))
            .collect();
        field.lookup = own.lookup_module.as_ref().map(|target| Lookup {
            module: target.clone(),
            module_id: 0,
            related_list: module.api_name.clone(),
        });
        if data_type == DataType::Lookup && field.lookup.is_none() {
            return Err(wrong("is a lookup and needs lookup_module"));
        }
        field.give_ids(ids, module_ids);
        module.add_field(field);
    }
    Ok(())
}

fn mark_unique(module: &mut Module, seed: &Seed) -> Result<(), BadSeed> {
    let names = seed
        .unique_fields
        .get(&module.api_name)
        .and_then(Value::as_array);
    for name in names.into_iter().flatten() {
        let field = module
            .fields
            .iter_mut()
            .find(|field| name.as_str() == Some(field.api_name.as_str()));
        let field = field.ok_or_else(|| {
            BadSeed(format!(
                "unique_fields.{}: no field {name}",
                module.api_name
            ))
        })?;
        field.is_unique = true;
    }
    Ok(())
}
