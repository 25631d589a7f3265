//! `POST /crm/bulk/v8/write`: adds a job.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::super::{body, callback, zipped};
use super::sheet::Sheet;
use super::{COLUMNS_MAX, children, mapping};
use crate::catalog::{self, Refusal};
use crate::crm::rights::{self, Right};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::id_in;
use crate::schema::{GeneratedType, Module};
use crate::world::World;
use crate::world::blob::Blob;
use crate::world::bulk::{BulkWrite, Counts, Operation, WriteResource};
use crate::world::jobs::{Pace, Work};

/// Resources of one job.
const RESOURCES_MAX: usize = 25;

/// Modules of Zoho's own that can be written in bulk.
const SUPPORTED: [&str; 15] = [
    "Leads",
    "Accounts",
    "Contacts",
    "Deals",
    "Campaigns",
    "Cases",
    "Solutions",
    "Products",
    "Vendors",
    "Price_Books",
    "Tasks",
    "Quotes",
    "Sales_Orders",
    "Purchase_Orders",
    "Invoices",
];

pub(in super::super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    match create(context) {
        Ok(answer) => Ok(answer),
        Err(refusal) => match catalog::bulk::named(&refusal) {
            None => Err(refusal),
            Some(message) => {
                let mut body = refusal.to_json();
                body["message"] = json!(message);
                Ok(Answer::json(refusal.status, &body))
            }
        },
    }
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body = body(context)?;
    let callback = callback::read(context, &body)?;
    let operation = match body.get("operation") {
        None | Some(Value::Null) => return Err(catalog::bulk::missing_required_key("operation")),
        Some(given) => given
            .as_str()
            .and_then(Operation::parse)
            .ok_or_else(catalog::bulk::wrong_operation)?,
    };
    let character_encoding = body.get("character_encoding").and_then(Value::as_str);
    let ignores_empty = flag(&body, "ignore_empty")?.unwrap_or(false);
    let given = match body.get("resource") {
        None | Some(Value::Null) => return Err(catalog::bulk::missing_required_key("resource")),
        Some(Value::Array(given)) if (1..=RESOURCES_MAX).contains(&given.len()) => given,
        Some(_) => return Err(catalog::bulk::wrong_write_key("resource")),
    };
    let mut guard = context.shared.world();
    let world = &mut *guard;
    let mut job = BulkWrite {
        operation,
        character_encoding: character_encoding.unwrap_or("UTF-8").to_owned(),
        ignores_empty,
        callback,
        resources: Vec::with_capacity(given.len()),
        result: None,
    };
    for given in given {
        let resource = resource(context, world, given, &job)?;
        job.resources.push(resource);
    }
    let rows: usize = job
        .resources
        .iter()
        .map(|resource| resource.counts.total)
        .sum();
    let (user, now) = (context.caller.user, context.now());
    let work = Work::BulkWrite(Box::new(job));
    if world.jobs.is_full() {
        return Err(catalog::too_many_requests());
    }
    let id = world.add_job(user, now, Pace::of_records(rows), work);
    let details = json!({"id": id.to_string(), "created_by": print::user(world, user)});
    Ok(Answer::json(
        StatusCode::CREATED,
        &json!({"status": "success", "code": "SUCCESS", "message": "success", "details": details}),
    ))
}

fn flag(given: &Map<String, Value>, key: &str) -> Result<Option<bool>, Refusal> {
    match given.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(is_set)) => Ok(Some(*is_set)),
        Some(_) => Err(catalog::bulk::wrong_write_key(key)),
    }
}

/// One resource, checked against its file and those before it.
fn resource(
    context: &Context<'_>,
    world: &World,
    given: &Value,
    job: &BulkWrite,
) -> Result<WriteResource, Refusal> {
    let given = given
        .as_object()
        .ok_or_else(|| catalog::bulk::wrong_write_key("resource"))?;
    if given
        .get("type")
        .is_some_and(|kind| !kind.is_null() && kind != "data")
    {
        return Err(catalog::bulk::wrong_write_key("resource.type"));
    }
    let module = module(world, given)?;
    let is_child = !job.resources.is_empty();
    check_place(world, module, job)?;
    let needed: &[Right] = match job.operation {
        Operation::Insert => &[Right::Create],
        Operation::Update => &[Right::Edit],
        Operation::Upsert => &[Right::Create, Right::Edit],
    };
    if let Some(table) = world.table_position(&module.api_name) {
        rights::require(world, context.caller.user, table, needed)?;
    }
    let (file, file_name) = file(context, world, given)?;
    let files = zipped::unpack(&file.0).unwrap_or_default();
    let content = files.iter().find(|(name, _)| *name == file_name);
    let content = content.ok_or_else(|| catalog::bulk::file_not_found(&file_name))?;
    let sheet = Sheet::read(&content.1, &job.character_encoding, super::ROWS_MAX)
        .ok_or_else(catalog::bulk::file_not_supported)?;
    if sheet.header.len() > COLUMNS_MAX {
        return Err(catalog::bulk::header_limit_exceeded(COLUMNS_MAX));
    }
    let mappings = match given.get("field_mappings").filter(|given| !given.is_null()) {
        None => mapping::of_header(module, &sheet.header),
        Some(given) => mapping::read(given)?,
    };
    mapping::check(module, &mappings, &sheet.header, is_child)?;
    let find_by = given.get("find_by").and_then(Value::as_str);
    check_key(module, find_by, job, is_child)?;
    if module.generated_type == GeneratedType::Subform && !is_child {
        let mut named = mappings.iter();
        let is_parent = named.any(|mapping| mapping.api_name == "Parent_Id");
        if !is_parent && job.operation != Operation::Update {
            return Err(catalog::bulk::find_by_missing("Parent_Id"));
        }
    } else if !is_child {
        mapping::require_mandatory(module, &mappings, job.operation)?;
    } else if !mappings
        .iter()
        .any(|mapping| mapping.parent_column_index.is_some())
    {
        return Err(catalog::bulk::parent_column_index_missing("Parent_Id"));
    }
    Ok(WriteResource {
        module: module.api_name.clone(),
        file: Some(file),
        file_name,
        ignores_empty: flag(given, "ignore_empty")?,
        find_by: find_by.map(str::to_owned),
        mappings,
        code: "ADDED".to_owned(),
        counts: Counts {
            total: sheet.rows.len(),
            ..Counts::default()
        },
    })
}

fn module<'w>(world: &'w World, given: &Map<String, Value>) -> Result<&'w Module, Refusal> {
    let name = given.get("module").filter(|module| !module.is_null());
    let name = name.ok_or_else(|| catalog::bulk::missing_required_key("module"))?;
    // Older versions name the module by text.
    let name = name.get("api_name").unwrap_or(name).as_str();
    let name = name.ok_or_else(|| catalog::bulk::wrong_write_key("resource.module"))?;
    let table = world.table_named(name);
    let module = &table
        .ok_or_else(|| catalog::bulk::module_not_available(name))?
        .module;
    let is_supported = match module.generated_type {
        GeneratedType::Default => SUPPORTED.contains(&module.api_name.as_str()),
        GeneratedType::Custom | GeneratedType::Subform | GeneratedType::Linking => true,
        GeneratedType::FieldTracker => false,
    };
    if is_supported {
        Ok(module)
    } else {
        Err(catalog::bulk::module_not_supported(name))
    }
}

/// What follows the first resource belongs to it; links stand nowhere else.
fn check_place(world: &World, module: &Module, job: &BulkWrite) -> Result<(), Refusal> {
    let is_allowed = match job.resources.first() {
        None => module.generated_type != GeneratedType::Linking,
        Some(parent) => {
            let is_new = job
                .resources
                .iter()
                .all(|known| known.module != module.api_name);
            is_new && children::field(world, &parent.module, &module.api_name).is_some()
        }
    };
    if is_allowed {
        Ok(())
    } else {
        Err(catalog::bulk::coexistence_not_allowed(&module.api_name))
    }
}

/// The field by which records are found: the id, or one that is unique.
fn check_key(
    module: &Module,
    find_by: Option<&str>,
    job: &BulkWrite,
    is_child: bool,
) -> Result<(), Refusal> {
    match find_by {
        None if is_child || job.operation == Operation::Insert => Ok(()),
        None => Err(catalog::bulk::find_by_missing(&module.api_name)),
        Some("id") => Ok(()),
        Some(name) => {
            let position = module.position(name);
            let is_key = position.is_some_and(|position| {
                module.duplicate_check_position() == Some(position)
                    || module.unique_positions().any(|known| known == position)
            });
            if is_key {
                Ok(())
            } else {
                Err(catalog::bulk::invalid_mapping(name))
            }
        }
    }
}

/// The uploaded zip and the name of the file in it: the named one, or the only one.
fn file(
    context: &Context<'_>,
    world: &World,
    given: &Map<String, Value>,
) -> Result<(Blob, String), Refusal> {
    let id = given.get("file_id").filter(|id| !id.is_null());
    let id = id.ok_or_else(|| catalog::bulk::missing_required_key("file_id"))?;
    let upload = id_in(id).and_then(|id| world.uploads.get(id));
    let upload = upload.filter(|upload| upload.user == context.caller.user);
    let upload = upload.ok_or_else(catalog::bulk::invalid_file_id)?;
    let names = given.get("file_names").and_then(Value::as_array);
    let name = names
        .and_then(|names| names.first())
        .and_then(Value::as_str);
    let name = match name {
        Some(name) => name.to_owned(),
        None => {
            let files = zipped::unpack(&upload.file.0).unwrap_or_default();
            match files.as_slice() {
                [(name, _)] => name.clone(),
                _ => return Err(catalog::bulk::missing_required_key("file_names")),
            }
        }
    };
    if !name.to_ascii_lowercase().ends_with(".csv") {
        return Err(catalog::bulk::file_not_supported());
    }
    Ok((upload.file.clone(), name))
}
