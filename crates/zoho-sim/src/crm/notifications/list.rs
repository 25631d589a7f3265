//! `GET /actions/watch?channel_id=&module=&page=&per_page=`: the caller's channels, one row for each module.

use serde_json::{Value, json};

use super::{USERS, resource_id, selection};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::notify::resource_uri;
use crate::world::channels::Subscription;
use crate::world::{World, parse_id};

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let query = &context.call.query;
    let mut world = context.shared.world();
    world.channels.expire(context.now());
    let channel_id = match query.get("channel_id") {
        None => None,
        Some(text) => Some(parse_id(text).ok_or_else(|| catalog::invalid_param("channel_id"))?),
    };
    let module = match query.get("module") {
        None => None,
        Some(USERS) => Some(USERS),
        Some(name) => {
            let table = world
                .table_named(name)
                .ok_or_else(|| catalog::invalid_module(json!({"param_name": "module"})))?;
            Some(table.module.api_name.as_str())
        }
    };
    let page = param::Page::read(query)?;
    let wanted = world.channels.iter().filter(|known| {
        known.user == context.caller.user
            && channel_id.is_none_or(|id| known.channel_id == id)
            && module.is_none_or(|module| known.resource == module)
    });
    let wanted: Vec<_> = wanted.collect();
    Ok(page.answer("watch", &wanted, |known| row(&world, known)))
}

fn row(world: &World, subscription: &Subscription) -> Value {
    let resource = &subscription.resource;
    let events: Vec<String> = subscription
        .events
        .iter()
        .map(|event| format!("{resource}.{}", event.name()))
        .collect();
    json!({
        "notify_on_related_action": subscription.is_told_of_related,
        "channel_expiry": print::time(world, subscription.expires_at),
        "return_affected_field_values": subscription.returns_values,
        "resource_uri": resource_uri(subscription),
        "resource_id": resource_id(world, resource),
        "notify_url": subscription.notify_url,
        "resource_name": resource,
        "fields": null,
        "notification_condition": selection::print(world, subscription),
        "channel_id": subscription.channel_id.to_string(),
        "events": events,
        "token": subscription.token,
    })
}
