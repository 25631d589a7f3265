//! `GET|PUT search`: how far the search is behind.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::{Body, Problem};
use crate::state::Shared;
use crate::world::SearchDelay;

pub(super) async fn show_delay(State(shared): State<Arc<Shared>>) -> Json<SearchDelay> {
    Json(shared.world().search)
}

pub(super) async fn set_delay(
    State(shared): State<Arc<Shared>>,
    body: Body,
) -> Result<Json<SearchDelay>, Problem> {
    let delay: SearchDelay = body.parse()?;
    shared.world().search = delay;
    Ok(Json(delay))
}
