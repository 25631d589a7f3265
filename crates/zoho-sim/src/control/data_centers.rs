//! `GET data_centers`: where each is, and who lives there.

use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::accounts::person;
use crate::data_center::DataCenter;
use crate::front;
use crate::http::WireHandle;
use crate::state::Shared;

/// Where every data center of this simulator is, and who lives there.
pub(super) async fn list_data_centers(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    wire: Option<Extension<ConnectInfo<WireHandle>>>,
) -> Json<Value> {
    let is_encrypted = wire.is_some_and(|wire| wire.0.0.is_encrypted);
    let origin = front::origin(&headers, is_encrypted);
    let people = person::people(&shared);
    let mut all: Vec<DataCenter> = shared
        .data_centers()
        .into_iter()
        .map(|(place, _)| place)
        .collect();
    if all.is_empty() {
        all.push(shared.config.data_center);
    }
    let print = |place: &DataCenter| {
        let living = people.iter().filter(|person| person.data_center == *place);
        let users: Vec<Value> = living
            .map(|person| json!({"user": person.key(), "name": person.name, "email": person.email}))
            .collect();
        json!({"data_center": place.name(), "url": shared.accounts_server(*place, &origin), "users": users})
    };
    let printed: Vec<Value> = all.iter().map(print).collect();
    Json(json!({"data_centers": printed}))
}
