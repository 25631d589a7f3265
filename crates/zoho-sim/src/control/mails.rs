//! `GET mails?limit=`: what was sent from records, oldest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{Asked, Problem};
use crate::state::Shared;
use crate::world::mails::{Address, Mail};
use crate::world::{World, write_time};

/// Mails of one answer, unless another number is asked for.
const MAILS_SHOWN: usize = 1_000;

/// The latest mails, also those that are yet to leave.
pub(super) async fn list_mails(
    State(shared): State<Arc<Shared>>,
    asked: Asked,
) -> Result<Json<Value>, Problem> {
    asked.only(&["limit"])?;
    let limit = asked.limit(MAILS_SHOWN)?;
    let world = shared.world();
    let latest = world.mails.iter().rev().take(limit);
    let mut mails: Vec<Value> = latest.map(|mail| to_json(&world, mail)).collect();
    mails.reverse();
    Ok(Json(json!({"mails": mails})))
}

fn to_json(world: &World, mail: &Mail) -> Value {
    let time = |at: i64| {
        let mut time = Vec::new();
        write_time(&mut time, at, world.organisation.utc_offset_minutes);
        String::from_utf8_lossy(&time).into_owned()
    };
    let emails = |list: &[Address]| -> Vec<Value> {
        list.iter().map(|address| json!(address.email)).collect()
    };
    let table = world.table_of(mail.record);
    let table = table.and_then(|table| world.tables.get(table));
    json!({
        "message_id": mail.message_id,
        "module": table.map(|table| &table.module.api_name),
        "id": mail.record.to_string(),
        "time": time(mail.sent_at),
        "scheduled_time": mail.scheduled_at.map(time),
        "from": mail.from.email,
        "to": emails(&mail.to),
        "cc": emails(&mail.cc),
        "bcc": emails(&mail.bcc),
        "reply_to": mail.reply_to.as_ref().map(|address| &address.email),
        "subject": mail.subject,
        "content": mail.content,
        "mail_format": if mail.is_html { "html" } else { "text" },
        "attachments": mail.attachments,
        "inline_images": mail.inline_images,
    })
}
