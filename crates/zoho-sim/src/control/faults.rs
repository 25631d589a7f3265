//! `GET|POST|DELETE faults`, `DELETE faults/{id}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Body, Problem, cut};
use crate::faults::Fault;
use crate::state::Shared;

pub(super) async fn list_faults(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"faults": shared.faults().active()}))
}

pub(super) async fn create_fault(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let fault = Fault::from_json(&body.0).map_err(Problem::bad)?;
    if let Some(module) = &fault.matcher.module {
        let is_known = shared.world().table_position(module).is_some();
        if !is_known {
            return Err(Problem::of_field(
                "module",
                format!(
                    "module is `{}`, which this organisation does not have: GET /crm/v8/settings/modules lists them, and path_prefix takes any path",
                    cut(module)
                ),
            ));
        }
    }
    let id = shared.faults().add(fault);
    Ok((StatusCode::CREATED, Json(json!({"id": id}))))
}

pub(super) async fn delete_faults(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"deleted": shared.faults().remove(None)}))
}

pub(super) async fn delete_fault(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let known = id.parse().ok();
    let deleted = known.map_or(0, |id| shared.faults().remove(Some(id)));
    match deleted {
        0 => Err(Problem::not_found(format!(
            "there is no fault `{}`; GET faults lists those in force",
            cut(&id)
        ))),
        deleted => Ok(Json(json!({"deleted": deleted}))),
    }
}
