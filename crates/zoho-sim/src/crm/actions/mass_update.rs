//! `POST` and `GET /{module}/actions/mass_update`: one value for up to 500 records at once, or for a custom view in a job.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::input;
use crate::actions::mass::{Mass, MassKind, is_kept};
use crate::catalog::{self, Refusal};
use crate::crm::records::body;
use crate::crm::{Context, mass, print};
use crate::http::Answer;
use crate::rows::{self, Source};
use crate::schema::{DataType, Slot};
use crate::world::jobs::Pace;
use crate::world::{Table, World};

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = context.table;
    let body = input::body(context)?;
    let row = input::only(&body, "data")?.clone();
    if let Err(refusal) = check(&world, table, &row) {
        return Ok(body::whole(&refusal));
    }
    let over_write = input::flag(&body, "over_write")?;
    let ids = match mass::selection(context, &world, &body)? {
        mass::Selection::Ids(ids) => ids,
        mass::Selection::View(ids) => {
            if let Err(refusal) = mass::refuse_second(&world, table, StatusCode::ACCEPTED) {
                let body = json!({"data": [refusal.to_json()]});
                return Ok(Answer::json(refusal.status, &body));
            }
            let pace = Pace::of_records(ids.len());
            let kind = MassKind::Update {
                table,
                ids,
                row,
                over_write,
            };
            let job = mass::schedule(&mut world, context, pace, Mass::new(kind))?;
            return Ok(mass::scheduled_item(
                job,
                "mass update scheduled successfully",
            ));
        }
    };
    let author = context.author().by(Source::MassUpdate);
    let items: Vec<Result<u64, Refusal>> = ids
        .into_iter()
        .map(|id| {
            if !world.tables[table].rows.contains_key(&id) {
                return Err(catalog::actions::not_in_bin(&id.to_string()));
            }
            if is_state(&world, table, id, &row) {
                return Err(catalog::actions::in_blueprint(id));
            }
            // unknown: what Zoho says of a record whose value is kept; here it counts as done.
            if !is_kept(&world, table, id, &row, over_write) {
                rows::update(&mut world, table, id, &row, 0, author)?;
            }
            Ok(id)
        })
        .collect();
    let status = if items.iter().all(Result::is_err) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let items = items.into_iter().map(|item| match item {
        Ok(id) => print::success(&facts(&world, table, id), "record updated"),
        Err(refusal) => refusal.to_json(),
    });
    let body = json!({"data": items.collect::<Vec<Value>>()});
    Ok(Answer::json(status, &body))
}

/// One field, three of a deal, and only of types that many records can share.
fn check(world: &World, table: usize, row: &Map<String, Value>) -> Result<(), Refusal> {
    let table = &world.tables[table];
    let fields_max = if table.module.api_name == "Deals" {
        3
    } else {
        1
    };
    if row.is_empty() {
        return Err(catalog::actions::missing_at("data", "$.data[0]"));
    }
    if row.len() > fields_max {
        return Err(catalog::actions::limit_at("data", "$.data[0]", fields_max));
    }
    match row.keys().find(|name| !is_shared(table, name)) {
        None => Ok(()),
        Some(name) => Err(catalog::actions::invalid_at(
            name,
            &format!("$.data[0].{name}"),
        )),
    }
}

/// Whether the record is in a blueprint whose state the row would change.
fn is_state(world: &World, table: usize, id: u64, row: &Map<String, Value>) -> bool {
    let table = &world.tables[table];
    let record = table.rows.get(&id);
    let process = record.and_then(|record| world.actions.process_of(table, record));
    process.is_some_and(|(process, _)| row.contains_key(&process.field))
}

fn is_shared(table: &Table, name: &str) -> bool {
    table.module.field(name).is_some_and(|field| {
        let is_written =
            field.slot == Slot::Owner || (field.slot == Slot::Stored && !field.is_read_only);
        let is_owner = field.slot == Slot::Owner;
        let is_excluded = matches!(
            field.data_type,
            DataType::Email
                | DataType::Lookup
                | DataType::MultiModuleLookup
                | DataType::Layout
                | DataType::TextArea
                | DataType::Subform
                | DataType::MultiSelectLookup
                | DataType::MultiUserLookup
                | DataType::FileUpload
                | DataType::ImageUpload
                | DataType::AutoNumber
        );
        is_written && (is_owner || !is_excluded) && !field.is_unique
    })
}

fn facts(world: &World, table: usize, id: u64) -> Value {
    let record = world.tables[table].rows.get(&id);
    record.map_or(Value::Null, |record| {
        json!({
            "Modified_Time": print::time(world, record.modified_at),
            "Modified_By": print::user(world, record.modified_by),
            "Created_Time": print::time(world, record.created_at),
            "id": id.to_string(),
            "Created_By": print::user(world, record.created_by),
        })
    })
}

pub(super) fn status(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let found = mass::of_param(context, &world)?;
    let is_meant =
        |mass: &Mass| matches!(mass.kind, MassKind::Update { table, .. } if table == context.table);
    let Some((job, mass)) = found.filter(|(_, mass)| is_meant(mass)) else {
        return Err(catalog::actions::not_found(json!({})));
    };
    let item = json!({
        "Status": mass::word(job.state),
        "Failed_Count": mass.tally.failed,
        "Updated_Count": mass.tally.done,
        "Not_Updated_Count": mass.tally.left,
        "Total_Count": mass.tally.total,
    });
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}
