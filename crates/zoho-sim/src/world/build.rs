//! Builds a world from a seed.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::{
    AssignmentEntry, AssignmentRule, ChangeLog, Ids, Organisation, Pipeline, Settings, Table, User,
    World,
};
use crate::actions::{Blueprint, Transition};
use crate::config::Edition;
use crate::rows::{self, Author};
use crate::schema::{DataType, Module, PickListValue, STAGES, pages, standard_modules};
use crate::seed::{FieldSeed, LayoutSeed, PickListSeed, PipelineSeed, Seed};

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
        let users = users(seed, &organisation, now, &mut ids)?;
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
            jobs: super::Jobs::default(),
            channels: super::channels::Channels::default(),
            outbox: super::outbox::Outbox::default(),
            uploads: super::bulk::Uploads::default(),
            files: super::files::Files::default(),
            mails: super::mails::Mails::default(),
            settings: Settings::default(),
            actions: super::Actions::default(),
            search: super::SearchDelay::default(),
            books: crate::books::Books::default(),
            directory: Directory::default(),
            by_name,
        };
        world.define_all(seed)?;
        let books = crate::books::Books::of(&seed.books, &world.users, now);
        world.books = books.map_err(|what| BadSeed(format!("books: {what}")))?;
        world.assignment_rules = world.assignment_rules_of(seed)?;
        world.insert_records(&seed.records, now)?;
        world.settings = Settings::of(&mut world, now);
        for table in 0..world.tables.len() {
            world.add_standard_views(table);
        }
        world.actions = super::Actions::new(&mut world.ids);
        world.actions.blueprints = world.blueprints_of(seed)?;
        // The start of a world is no change.
        world.changes = ChangeLog::default();
        Ok(world)
    }

    /// Own modules, fields, options and layouts.
    fn define_all(&mut self, seed: &Seed) -> Result<(), BadSeed> {
        for own in &seed.modules {
            self.define_module(own)
                .map_err(|what| BadSeed(format!("modules: {what}")))?;
        }
        self.for_each(&seed.fields, "fields", |world, table, own: FieldSeed| {
            world.define_field(table, &own).map(|_| ())
        })?;
        self.for_each(
            &seed.unique_fields,
            "unique_fields",
            |world, table, name: String| world.mark_unique(table, &name),
        )?;
        self.for_each(&seed.layouts, "layouts", |world, table, own: LayoutSeed| {
            world.define_layout(table, &own).map(|_| ())
        })?;
        for (module, fields) in &seed.pick_list_values {
            let wrong = |what: String| BadSeed(format!("pick_list_values.{module}: {what}"));
            let table = self.known_table(module, "pick_list_values")?;
            let fields: BTreeMap<String, Vec<PickListSeed>> =
                serde_json::from_value(fields.clone()).map_err(|error| wrong(error.to_string()))?;
            for (field, values) in &fields {
                for value in values {
                    self.define_pick_list_value(table, field, value)
                        .map_err(&wrong)?;
                }
            }
        }
        Ok(())
    }

    /// Reads a list of things by module and handles each.
    fn for_each<T: serde::de::DeserializeOwned>(
        &mut self,
        by_module: &Map<String, Value>,
        key: &str,
        handle: impl Fn(&mut Self, usize, T) -> Result<(), String>,
    ) -> Result<(), BadSeed> {
        for (module, list) in by_module {
            let wrong = |what: String| BadSeed(format!("{key}.{module}: {what}"));
            let table = self.known_table(module, key)?;
            let list: Vec<T> =
                serde_json::from_value(list.clone()).map_err(|error| wrong(error.to_string()))?;
            for one in list {
                handle(self, table, one).map_err(wrong)?;
            }
        }
        Ok(())
    }

    fn known_table(&self, module: &str, key: &str) -> Result<usize, BadSeed> {
        self.table_position(module)
            .ok_or_else(|| BadSeed(format!("{key}: unknown module `{module}`")))
    }

    fn blueprints_of(&mut self, seed: &Seed) -> Result<Vec<Blueprint>, BadSeed> {
        let mut blueprints = Vec::with_capacity(seed.blueprints.len());
        for own in &seed.blueprints {
            let table = self.known_table(&own.module, "blueprints")?;
            let module = self.tables[table].module.clone();
            let asked = own.transitions.iter().flat_map(|step| &step.fields);
            let names = asked.map(|asked| &asked.api_name).chain([&own.field]);
            for name in names {
                if module.position(name).is_none() {
                    return Err(BadSeed(format!(
                        "blueprints: {} has no field `{name}`",
                        own.module
                    )));
                }
            }
            let ids = &mut self.ids;
            let transitions = own.transitions.iter().map(|step| Transition {
                id: ids.next(),
                name: step.name.clone(),
                from: step.from.clone(),
                to: step.to.clone(),
                fields: step.fields.clone(),
            });
            let transitions = transitions.collect();
            blueprints.push(Blueprint {
                id: self.ids.next(),
                name: own.name.clone(),
                module: module.api_name.clone(),
                field: own.field.clone(),
                transitions,
            });
        }
        Ok(blueprints)
    }

    fn assignment_rules_of(&mut self, seed: &Seed) -> Result<Vec<AssignmentRule>, BadSeed> {
        let mut rules = Vec::with_capacity(seed.assignment_rules.len());
        for own in &seed.assignment_rules {
            let table = self.known_table(&own.module, "assignment_rules")?;
            let user = |email: &String| {
                let user = self.users.iter().find(|user| user.email == *email);
                user.map(|user| user.id)
                    .ok_or_else(|| BadSeed(format!("assignment_rules: unknown user `{email}`")))
            };
            let entries: Result<Vec<AssignmentEntry>, BadSeed> = own
                .entries
                .iter()
                .map(|entry| {
                    Ok(AssignmentEntry {
                        field: entry.field.clone(),
                        value: entry.value.clone(),
                        owner: user(&entry.owner)?,
                    })
                })
                .collect();
            rules.push(AssignmentRule {
                entries: entries?,
                default_owner: own.default_owner.as_ref().map(user).transpose()?,
                name: own.name.clone(),
                module: self.tables[table].module.api_name.clone(),
                id: self.ids.next(),
            });
        }
        Ok(rules)
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

    /// A seed may name the record of a lookup instead of its id, which it cannot know; in rows inside of rows too.
    fn resolve_names(&self, position: usize, row: &Map<String, Value>) -> Map<String, Value> {
        let module = &self.tables[position].module;
        let mut row = row.clone();
        let beside = row
            .get("$se_module")
            .and_then(Value::as_str)
            .map(str::to_owned);
        for (name, value) in &mut row {
            let Some(field) = module.field(name) else {
                continue;
            };
            if let Some(rows_table) = field
                .rows_module()
                .and_then(|name| self.table_position(name))
            {
                for line in value.as_array_mut().into_iter().flatten() {
                    if let Some(line) = line.as_object_mut() {
                        *line = self.resolve_names(rows_table, line);
                    }
                }
                continue;
            }
            let inside = value["module"]["api_name"].as_str();
            let target = match &field.lookup {
                Some(lookup) => Some(lookup.module.as_str()),
                None if field.data_type == DataType::MultiModuleLookup => {
                    inside.or(beside.as_deref())
                }
                None => None,
            };
            let wanted = value.get("name").and_then(Value::as_str);
            let (Some(table), Some(wanted)) =
                (target.and_then(|name| self.table_named(name)), wanted)
            else {
                continue;
            };
            let mut records = table.rows.values();
            if let Some(found) = records.find(|record| table.name_of(record) == wanted) {
                let id = json!(found.id.to_string());
                if let Some(value) = value.as_object_mut() {
                    value.remove("name");
                    value.insert("id".to_owned(), id);
                }
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

fn users(
    seed: &Seed,
    organisation: &Organisation,
    now: i64,
    ids: &mut Ids,
) -> Result<Vec<User>, BadSeed> {
    if seed.users.is_empty() {
        return Err(BadSeed("users: at least one user is needed".to_owned()));
    }
    let mut first = 0;
    let users = seed.users.iter().map(|user| {
        let id = ids.next();
        if first == 0 {
            first = id;
        }
        User {
            id,
            zuid: 60_000_000_000 + id % 1_000_000,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            email: user.email.clone(),
            is_active: user.is_active,
            created_at: now,
            modified_at: now,
            is_deleted: false,
            is_confirmed: true,
            profile: if user.is_administrator {
                organisation.administrator_profile_id
            } else {
                organisation.standard_profile_id
            },
            // The roles follow with the rest of setup.
            role: 0,
            created_by: first,
            modified_by: first,
            extra: Map::new(),
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
