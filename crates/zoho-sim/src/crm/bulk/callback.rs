//! Who is told when a job has ended.

use serde_json::{Map, Value};

use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::world::World;
use crate::world::bulk::Callback;
use crate::world::outbox::{Letter, LetterKind};

/// Reads `callback` of a job.
pub(super) fn read(
    context: &Context<'_>,
    body: &Map<String, Value>,
) -> Result<Option<Callback>, Refusal> {
    let given = match body.get("callback") {
        None | Some(Value::Null) => return Ok(None),
        Some(given) => given,
    };
    let url = given.get("url").and_then(Value::as_str);
    let parsed = url.and_then(|url| url::Url::parse(url).ok());
    let parsed = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let (Some(url), Some(_)) = (url, parsed) else {
        return Err(catalog::bulk::invalid_callback_url());
    };
    let method = given.get("method").and_then(Value::as_str);
    if !method.is_some_and(|method| method.eq_ignore_ascii_case("post")) {
        return Err(catalog::bulk::invalid_callback_method());
    }
    Ok(Some(Callback {
        url: url.to_owned(),
        origin: context.call.origin.clone(),
    }))
}

/// Puts the callback of an ended job into the outbox.
pub(super) fn send(
    world: &mut World,
    callback: &Callback,
    kind: LetterKind,
    job: u64,
    module: &str,
    body: &Value,
) {
    let operation = match kind {
        LetterKind::BulkWrite => "write",
        _ => "read",
    };
    world.outbox.push(Letter {
        kind,
        url: callback.url.clone(),
        body: body.to_string(),
        sender: job,
        module: module.to_owned(),
        operation: operation.to_owned(),
    });
}
