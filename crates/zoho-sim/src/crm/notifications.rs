//! Notifications, `/actions/watch`: channels by which changes are told.

mod change;
mod disable;
mod enable;
mod entry;
mod list;
mod selection;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::route::{Route, Scope};
use super::{Context, print};
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::notify::resource_uri;
use crate::world::World;
use crate::world::channels::Subscription;

const SCOPE: Scope = Scope::Area("ZohoCRM.notifications");

pub(super) const ROUTES: &[Route] = &[
    Route::get("actions/watch", SCOPE, list::answer),
    Route::post("actions/watch", SCOPE, enable::enable),
    Route::put("actions/watch", SCOPE, enable::replace),
    Route::patch("actions/watch", SCOPE, change::answer),
    Route::delete("actions/watch", SCOPE, disable::answer),
];

/// Channels of one call.
const CHANNELS_MAX: usize = 50;

/// The name by which events of users are subscribed.
const USERS: &str = "users";

/// The entries of `watch`.
fn entries(context: &Context<'_>) -> Result<Vec<Value>, Refusal> {
    let mut body: Map<String, Value> =
        serde_json::from_slice(&context.call.body).map_err(|_| catalog::malformed_body())?;
    match body.remove("watch") {
        None | Some(Value::Null) => Err(catalog::notifications::missing("watch")),
        Some(Value::Array(entries)) if entries.is_empty() => {
            Err(catalog::notifications::invalid("watch").with_detail("minimum_length", json!(1)))
        }
        Some(Value::Array(entries)) if entries.len() > CHANNELS_MAX => {
            Err(catalog::notifications::too_long("watch", CHANNELS_MAX))
        }
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(catalog::notifications::wrong_type("watch", "jsonarray")),
    }
}

/// What became of the entries: all well, some, or none.
///
/// unknown: the status when every entry is refused; 400 has been seen for channels that nobody subscribed.
fn outcome(items: &[Result<Value, Refusal>], good: StatusCode) -> Answer {
    let refused = items.iter().filter(|item| item.is_err()).count();
    let status = if refused == 0 {
        good
    } else if refused == items.len() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::MULTI_STATUS
    };
    let items: Vec<Value> = items
        .iter()
        .map(|item| match item {
            Ok(item) => item.clone(),
            Err(refusal) => refusal.to_json(),
        })
        .collect();
    Answer::json(status, &json!({"watch": items}))
}

/// A channel as the answer to a change of it shows it: one event for each module.
fn described<'s>(
    world: &World,
    subscriptions: impl Iterator<Item = &'s Subscription>,
    message: &str,
) -> Value {
    let events: Vec<Value> = subscriptions
        .map(|subscription| {
            let mut event = json!({
                "channel_expiry": print::time(world, subscription.expires_at),
                "resource_uri": resource_uri(subscription),
                "resource_id": resource_id(world, &subscription.resource),
                "resource_name": subscription.resource,
                "channel_id": subscription.channel_id.to_string(),
            });
            if subscription.selection.is_some() {
                event["notification_condition"] = selection::print(world, subscription);
            }
            event
        })
        .collect();
    print::success(&json!({"events": events}), message)
}

/// The id of a module. unknown: what stands there for users; null here.
fn resource_id(world: &World, resource: &str) -> Value {
    world
        .table_named(resource)
        .map_or(Value::Null, |table| json!(table.module.id.to_string()))
}
