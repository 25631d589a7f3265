//! `GET /{module}/{id}/Emails`: the mails of a record, newest first. `GET /{module}/{id}/Emails/{message}`: one with its
//! content.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::inline;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::World;
use crate::world::mails::{Address, Mail};

/// Mails of one page. unknown: Zoho's own number.
const PER_PAGE: usize = 10;

pub(super) fn record(context: &Context<'_>, world: &World) -> Result<u64, Refusal> {
    let id = context.id("id", 1)?;
    if world.tables[context.table].rows.contains_key(&id) {
        Ok(id)
    } else {
        Err(catalog::actions::invalid_related_id(1))
    }
}

/// The mails of a record that have left, newest first.
pub(super) fn sent(world: &World, record: u64, now: i64) -> impl Iterator<Item = &Mail> {
    let mails = world.mails.iter().rev();
    mails.filter(move |mail| mail.record == record && mail.scheduled_at.is_none_or(|at| at <= now))
}

pub(super) fn many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let record = record(context, &world)?;
    let all: Vec<&Mail> = sent(&world, record, context.now()).collect();
    let first = match context.call.query.get("index") {
        None => 0,
        Some(index) => {
            let found = all.iter().position(|mail| mail.message_id == index);
            found.ok_or_else(|| catalog::invalid_param("index"))?
        }
    };
    let shown = all.iter().skip(first).take(PER_PAGE);
    let mails: Vec<Value> = shown.map(|mail| describe(&world, mail, false)).collect();
    if mails.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    // unknown: how indexes are made; the id of the first mail of a page here.
    let index = |at: Option<usize>| at.and_then(|at| all.get(at)).map(|mail| &mail.message_id);
    let next = index(Some(first + PER_PAGE));
    let previous = (first > 0).then(|| first.saturating_sub(PER_PAGE));
    let info = json!({
        "count": mails.len(),
        "next_index": next,
        "prev_index": index(previous),
        "per_page": PER_PAGE,
        "more_records": next.is_some(),
    });
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"Emails": mails, "info": info}),
    ))
}

pub(super) fn one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let record = record(context, &world)?;
    let wanted = context.param("message");
    let mail = sent(&world, record, context.now()).find(|mail| mail.message_id == wanted);
    Ok(match mail {
        None => Answer::empty(StatusCode::NO_CONTENT),
        Some(mail) => {
            let info = json!({"count": 1, "next_index": null, "prev_index": null, "per_page": 1, "more_records": false});
            let mails = [describe(&world, mail, true)];
            Answer::json(StatusCode::OK, &json!({"Emails": mails, "info": info}))
        }
    })
}

fn describe(world: &World, mail: &Mail, has_content: bool) -> Value {
    let each = |list: &[Address]| list.iter().map(address).collect::<Vec<Value>>();
    let linked = world.find(mail.record).map(|(table, record)| {
        let table = &world.tables[table];
        let module = json!({"api_name": table.module.api_name, "id": table.module.id.to_string()});
        json!({"module": module, "name": table.name_of(record), "id": record.id.to_string()})
    });
    let files = mail.attachments.iter().filter_map(|id| {
        let file = world.files.stored(id)?;
        Some(json!({"size": file.blob.0.len().to_string(), "name": file.name, "id": id}))
    });
    let time = print::time(world, mail.scheduled_at.unwrap_or(mail.sent_at));
    let mut shown = json!({
        "attachments": files.collect::<Vec<Value>>(),
        "cc": each(&mail.cc),
        "summary": null,
        "owner": print::user(world, mail.user),
        "read": false,
        "sent": true,
        "subject": mail.subject,
        "intent": null,
        "message_id": mail.message_id,
        "source": "crm",
        "linked_record": linked,
        "emotion": null,
        "from": address(&mail.from),
        "to": each(&mail.to),
        "time": time,
        "status": [{"type": "sent"}],
        "has_attachment": !mail.attachments.is_empty(),
    });
    if has_content {
        shown["content"] = json!(inline::with_ids(&mail.content, &mail.inline_images));
        shown["bcc"] = json!(each(&mail.bcc));
        shown["mail_format"] = json!(if mail.is_html { "html" } else { "text" });
        if let Some(reply_to) = &mail.reply_to {
            shown["reply_to"] = address(reply_to);
        }
    }
    shown
}

fn address(address: &Address) -> Value {
    json!({"user_name": address.user_name, "email": address.email})
}
