//! `POST users/{user}/confirm`: what somebody does who was invited and accepts.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::{Problem, cut};
use crate::state::Shared;
use crate::world::parse_id;

/// Accepts the invitation of a user, named by id or e-mail address. Whoever has accepted it before stays as he is.
pub(super) async fn confirm_user(
    State(shared): State<Arc<Shared>>,
    Path(wanted): Path<String>,
) -> Result<Json<Value>, Problem> {
    let now = shared.clock.now();
    let mut world = shared.world();
    let user = world.users.iter_mut().find(|user| {
        parse_id(&wanted) == Some(user.id) || user.email.eq_ignore_ascii_case(&wanted)
    });
    let user = user.ok_or_else(|| {
        Problem::not_found(format!(
            "there is no user `{}`; GET /crm/v8/users lists them, POST /crm/v8/users invites one",
            cut(&wanted)
        ))
    })?;
    if user.is_deleted {
        return Err(Problem::bad(format!(
            "user {} is deleted; invite the person again with POST /crm/v8/users",
            user.id
        )));
    }
    if !user.is_confirmed {
        user.is_confirmed = true;
        user.modified_at = now;
    }
    Ok(Json(
        json!({"id": user.id.to_string(), "email": user.email, "confirm": true}),
    ))
}
