//! `POST /actions/watch`: opens channels. `PUT /actions/watch`: gives them other settings, where missing keys go back to
//! their defaults.

use axum::http::StatusCode;
use serde_json::Value;

use super::entry::{self, Entry};
use super::{described, entries, outcome};
use crate::catalog::Refusal;
use crate::catalog::notifications as refuse;
use crate::crm::Context;
use crate::http::Answer;
use crate::world::World;
use crate::world::channels::Subscription;

const MESSAGE: &str = "Successfully subscribed for actions-watch of the given module";

pub(super) fn enable(context: &Context<'_>) -> Result<Answer, Refusal> {
    each(context, StatusCode::CREATED, false)
}

pub(super) fn replace(context: &Context<'_>) -> Result<Answer, Refusal> {
    each(context, StatusCode::OK, true)
}

fn each(context: &Context<'_>, good: StatusCode, is_replacing: bool) -> Result<Answer, Refusal> {
    let entries = entries(context)?;
    let mut world = context.shared.world();
    world.channels.expire(context.now());
    let items: Vec<Result<Value, Refusal>> = entries
        .iter()
        .enumerate()
        .map(|(number, given)| one(context, &mut world, given, number, is_replacing))
        .collect();
    Ok(outcome(&items, good))
}

fn one(
    context: &Context<'_>,
    world: &mut World,
    given: &Value,
    number: usize,
    is_replacing: bool,
) -> Result<Value, Refusal> {
    let entry = entry::read(context, world, given, number)?;
    let subscriptions = subscriptions(context, entry, number)?;
    let (user, channel_id) = (context.caller.user, subscriptions[0].channel_id);
    if is_replacing && world.channels.take(user, channel_id).is_empty() {
        return Err(refuse::not_subscribed());
    }
    let item = described(world, subscriptions.iter(), MESSAGE);
    for subscription in subscriptions {
        // unknown: what a second subscription of a channel does to its other modules; here they stay.
        if world.channels.is_full() {
            return Err(refuse::too_many_channels());
        }
        world.channels.put(subscription);
    }
    Ok(item)
}

/// One subscription for each module of the entry; never none.
fn subscriptions(
    context: &Context<'_>,
    entry: Entry,
    number: usize,
) -> Result<Vec<Subscription>, Refusal> {
    let missing = |key: &str| refuse::missing(&format!("watch[{number}].{key}"));
    let events = entry.events.ok_or_else(|| missing("events"))?;
    let notify_url = entry.notify_url.ok_or_else(|| missing("notify_url"))?;
    let token = entry.token.flatten();
    let selections = entry.selections.unwrap_or_default();
    let expires_at = entry
        .expires_at
        .unwrap_or_else(|| entry::default_expiry(context));
    let subscriptions = events.into_iter().map(|(resource, events)| Subscription {
        channel_id: entry.channel_id,
        user: context.caller.user,
        events,
        expires_at,
        notify_url: notify_url.clone(),
        token: token.clone(),
        returns_values: entry.returns_values.unwrap_or(false),
        is_told_of_related: entry.is_told_of_related.unwrap_or(true),
        selection: selections
            .iter()
            .find(|(module, _)| *module == resource)
            .map(|(_, selection)| selection.clone()),
        origin: context.call.origin.clone(),
        resource,
    });
    Ok(subscriptions.collect())
}
