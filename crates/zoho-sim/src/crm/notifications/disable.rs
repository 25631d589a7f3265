//! `DELETE /actions/watch?channel_ids=1,2`: closes channels.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{outcome, resource_id};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::notify::resource_uri;
use crate::world::parse_id;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let Some(ids) = context.call.query.list("channel_ids") else {
        return Err(catalog::required_param_missing("channel_ids"));
    };
    let ids: Option<Vec<u64>> = ids.into_iter().map(parse_id).collect();
    let ids = ids.filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| catalog::invalid_param("channel_ids"))?;
    let mut world = context.shared.world();
    world.channels.expire(context.now());
    let mut items: Vec<Result<Value, Refusal>> = Vec::new();
    for id in ids {
        let closed = world.channels.take(context.caller.user, id);
        if closed.is_empty() {
            items.push(Err(catalog::notifications::not_subscribed()));
        }
        for subscription in &closed {
            let details = json!({
                "resource_uri": resource_uri(subscription),
                "resource_id": resource_id(&world, &subscription.resource),
                "channel_id": id.to_string(),
            });
            let message = "Successfully un-subscribed from actions-watch";
            items.push(Ok(print::success(&details, message)));
        }
    }
    Ok(outcome(&items, StatusCode::OK))
}
