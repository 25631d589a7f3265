//! `POST` and `GET /{module}/{id}/actions/merge`: a job that makes up to three records one.
//!
//! unknown: the text with which the job is announced.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::input;
use crate::actions::mass::{Mass, MassKind};
use crate::actions::merge::{Child, Merge};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, mass};
use crate::http::Answer;
use crate::rows::id_in;
use crate::schema::{GeneratedType, Module};
use crate::world::World;
use crate::world::jobs::Pace;

/// Records that go into the master.
const CHILDREN_MAX: usize = 2;
/// Standard modules whose records can be merged; own modules can, too.
const MODULES: [&str; 5] = ["Leads", "Contacts", "Accounts", "Deals", "Vendors"];

pub(super) fn schedule(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let module = &world.tables[context.table].module;
    let is_mergeable = MODULES.contains(&module.api_name.as_str())
        || module.generated_type == GeneratedType::Custom;
    if !is_mergeable {
        return Err(catalog::actions::merge_not_allowed());
    }
    let master = input::record(context, &world)?;
    let body = input::body(context)?;
    let read =
        input::only(&body, "merge").and_then(|given| read(&world, context.table, master, given));
    let merge = match read {
        Ok(merge) => merge,
        Err(refusal) => {
            let body = json!({"merge": [refusal.to_json()]});
            return Ok(Answer::json(StatusCode::BAD_REQUEST, &body));
        }
    };
    let pace = Pace::of_records(merge.children.len());
    let job = mass::schedule(&mut world, context, pace, Mass::new(MassKind::Merge(merge)))?;
    let item = json!({
        "code": "SCHEDULED",
        "details": {"id": master.to_string(), "job_id": job.to_string()},
        "message": "merge scheduled successfully",
        "status": "success",
    });
    Ok(Answer::json(StatusCode::CREATED, &json!({"merge": [item]})))
}

fn read(
    world: &World,
    table: usize,
    master: u64,
    given: &Map<String, Value>,
) -> Result<Merge, Refusal> {
    const DATA: &str = "$.merge[0].data";
    let module = &world.tables[table].module;
    let data = match given.get("data") {
        None | Some(Value::Null) => return Err(catalog::actions::missing_at("data", DATA)),
        Some(Value::Array(data)) => data,
        Some(_) => return Err(catalog::actions::wrong_type_at("data", DATA, "jsonarray")),
    };
    if data.is_empty() {
        let refusal = catalog::actions::invalid_at("data", DATA);
        return Err(refusal.with_detail("minimum_length", json!("1")));
    }
    if data.len() > CHILDREN_MAX {
        return Err(catalog::actions::limit_at("data", DATA, CHILDREN_MAX));
    }
    let mut children: Vec<Child> = Vec::new();
    for (number, child) in data.iter().enumerate() {
        let path = format!("{DATA}[{number}].id");
        let id = child.get("id").filter(|id| !id.is_null());
        let id = id.ok_or_else(|| catalog::actions::missing_at("id", &path))?;
        let id = id_in(id).filter(|id| world.tables[table].rows.contains_key(id));
        let id = id.ok_or_else(|| catalog::actions::invalid_at("id", &path))?;
        if id == master || children.iter().any(|child| child.id == id) {
            return Err(catalog::duplicate_data(
                json!({"api_name": "id", "json_path": path}),
            ));
        }
        let fields = names(
            module,
            child.get("_fields"),
            &format!("{DATA}[{number}]._fields"),
        )?;
        children.push(Child { id, fields });
    }
    const KEPT: &str = "master_record_fields";
    let kept = names(module, given.get(KEPT), &format!("$.merge[0].{KEPT}"))?;
    Ok(Merge {
        table,
        master,
        children,
        kept,
    })
}

/// Fields of the module, as `[{"api_name": "..."}]`.
fn names(module: &Module, given: Option<&Value>, path: &str) -> Result<Vec<String>, Refusal> {
    let list = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => {
            return Err(catalog::actions::wrong_type_at(
                "_fields",
                path,
                "jsonarray",
            ));
        }
    };
    let name = |(number, field): (usize, &Value)| {
        let path = format!("{path}[{number}].api_name");
        let name = field.get("api_name").and_then(Value::as_str);
        let name = name.ok_or_else(|| catalog::actions::missing_at("api_name", &path))?;
        let is_known = module.position(name).is_some();
        is_known
            .then(|| name.to_owned())
            .ok_or_else(|| catalog::actions::invalid_at("api_name", &path))
    };
    list.iter().enumerate().map(name).collect()
}

pub(super) fn status(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let found = mass::of_param(context, &world)?;
    let master = context.id("id", 1)?;
    let merge = found.and_then(|(job, mass)| match &mass.kind {
        MassKind::Merge(merge) if merge.master == master => Some((job, merge)),
        _ => None,
    });
    let Some((job, merge)) = merge else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let names = |names: &[String]| -> Vec<Value> {
        let names = names.iter();
        names
            .map(|name| json!({"api_name": name, "_data": []}))
            .collect()
    };
    let data = merge.children.iter();
    let data =
        data.map(|child| json!({"_fields": names(&child.fields), "id": child.id.to_string()}));
    let item = json!({
        "job_id": job.head.id.to_string(),
        "status": mass::word(job.state),
        "data": data.collect::<Vec<Value>>(),
        "master_record_fields": names(&merge.kept),
    });
    Ok(Answer::json(StatusCode::OK, &json!({"merge": [item]})))
}
