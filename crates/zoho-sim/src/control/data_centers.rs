//! `GET data_centers`: where each is, and who lives there.

use std::sync::Arc;

use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::accounts::person;
use crate::environment::Environment;
use crate::front;
use crate::http::WireHandle;
use crate::state::Shared;

/// Where every data center of this simulator is, with its environments, and who lives there.
pub(super) async fn list_data_centers(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    wire: Option<Extension<ConnectInfo<WireHandle>>>,
) -> Json<Value> {
    let is_encrypted = wire.is_some_and(|wire| wire.0.0.is_encrypted);
    let origin = front::origin(&headers, is_encrypted);
    let people = person::people(&shared);
    let mut all: Vec<Arc<Shared>> = shared.sites();
    if all.is_empty() {
        all.push(Arc::clone(&shared));
    }
    let print = |there: &Arc<Shared>| {
        let site = there.site;
        let living = people.iter().filter(|person| person.site == site);
        let users: Vec<Value> = living
            .map(|person| json!({"user": person.key(), "name": person.name, "email": person.email}))
            .collect();
        let server = shared.accounts_server(site.data_center(), &origin);
        let url = match site.environment() {
            Environment::Production => server,
            _ => there.api_domain(&server),
        };
        json!({
            "data_center": site.data_center().name(),
            "environment": site.environment().name(),
            "url": url,
            "users": users,
        })
    };
    let printed: Vec<Value> = all.iter().map(print).collect();
    Json(json!({"data_centers": printed}))
}
