//! `PATCH /actions/watch`: changes some settings of channels, such as their expiry, or drops some of their events.

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

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let entries = entries(context)?;
    let mut world = context.shared.world();
    world.channels.expire(context.now());
    let items: Vec<Result<Value, Refusal>> = entries
        .iter()
        .enumerate()
        .map(|(number, given)| one(context, &mut world, given, number))
        .collect();
    Ok(outcome(&items, StatusCode::OK))
}

fn one(
    context: &Context<'_>,
    world: &mut World,
    given: &Value,
    number: usize,
) -> Result<Value, Refusal> {
    let entry = entry::read(context, world, given, number)?;
    let user = context.caller.user;
    let Some(first) = world.channels.of(user, entry.channel_id).next().cloned() else {
        return Err(refuse::not_subscribed());
    };
    if entry.deletes_events {
        return drop_events(world, user, &entry, number);
    }
    let channel_id = entry.channel_id;
    let known = world.channels.take(user, channel_id);
    for subscription in changed(known, &first, entry) {
        world.channels.put(subscription);
    }
    let message = "Successfully updated the subscribe details";
    Ok(described(
        world,
        world.channels.of(user, channel_id),
        message,
    ))
}

/// The channel's subscriptions with the keys that are given. Events of a module take the place of those it had; other modules
/// stay.
fn changed(
    known: Vec<Subscription>,
    first: &Subscription,
    entry: Entry,
) -> impl Iterator<Item = Subscription> {
    let mut subscriptions = known;
    for (resource, events) in entry.events.unwrap_or_default() {
        let same = subscriptions
            .iter_mut()
            .find(|known| known.resource == resource);
        match same {
            Some(known) => known.events = events,
            None => subscriptions.push(Subscription {
                resource,
                events,
                selection: None,
                ..first.clone()
            }),
        }
    }
    subscriptions.into_iter().map(move |mut subscription| {
        if let Some(expires_at) = entry.expires_at {
            subscription.expires_at = expires_at;
        }
        if let Some(notify_url) = &entry.notify_url {
            subscription.notify_url.clone_from(notify_url);
        }
        if let Some(token) = &entry.token {
            subscription.token.clone_from(token);
        }
        if let Some(returns_values) = entry.returns_values {
            subscription.returns_values = returns_values;
        }
        if let Some(is_told_of_related) = entry.is_told_of_related {
            subscription.is_told_of_related = is_told_of_related;
        }
        let mut selections = entry.selections.iter().flatten();
        if let Some((_, selection)) =
            selections.find(|(module, _)| *module == subscription.resource)
        {
            subscription.selection = Some(selection.clone());
        }
        subscription
    })
}

/// Takes events away; a module without events is not watched any more.
fn drop_events(
    world: &mut World,
    user: u64,
    entry: &Entry,
    number: usize,
) -> Result<Value, Refusal> {
    let missing = || refuse::missing(&format!("watch[{number}].events"));
    let dropped = entry.events.as_ref().ok_or_else(missing)?;
    let named = |resource: &str| dropped.iter().find(|(module, _)| module == resource);
    let known = world.channels.take(user, entry.channel_id);
    let message = "Successfully removed the subscribe details";
    let touched = known
        .iter()
        .filter(|known| named(&known.resource).is_some());
    let item = described(world, touched, message);
    for mut subscription in known {
        if let Some((_, events)) = named(&subscription.resource) {
            let is_all = events.contains(&crate::world::channels::Event::All);
            subscription
                .events
                .retain(|event| !is_all && !events.contains(event));
        }
        if !subscription.events.is_empty() {
            world.channels.put(subscription);
        }
    }
    Ok(item)
}
