//! `POST /{module}/{id}/actions/send_mail`: one mail, recorded below the record.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::inline;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::is_email;
use crate::world::files::encrypted;
use crate::world::mails::{Address, Mail};
use crate::world::{World, parse_time};

/// Receivers of one kind, and attachments. unknown: Zoho's own bounds.
const RECEIVERS_MAX: usize = 100;
const ATTACHMENTS_MAX: usize = 10;
/// Characters of a subject and of a content. unknown: Zoho's own bounds.
const SUBJECT_MAX: usize = 1_000;
const CONTENT_MAX: usize = 1_000_000;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body: Map<String, Value> =
        serde_json::from_slice(&context.call.body).map_err(|_| catalog::malformed_body())?;
    let given = match body.get("data") {
        None | Some(Value::Null) => return Err(catalog::missing_data()),
        Some(Value::Array(given)) => given,
        Some(_) => return Err(catalog::wrong_key_type("data", "jsonarray")),
    };
    let given = match given.as_slice() {
        [] => return Err(catalog::empty_data()),
        [given] => given,
        _ => return Err(catalog::too_many_rows(1)),
    };
    let mut guard = context.shared.world();
    let world = &mut *guard;
    let record = context.id("id", 1)?;
    if !world.tables[context.table].rows.contains_key(&record) {
        return Err(catalog::invalid_path_id(1));
    }
    match mail(context, world, record, given) {
        Err(refusal) => Ok(Answer::json(
            StatusCode::BAD_REQUEST,
            &json!({"data": [refusal.to_json()]}),
        )),
        Ok(mail) => {
            let details = json!({"message_id": mail.message_id, "blocked_email_addresses": []});
            world.mails.add(mail);
            let item = print::success(&details, "Your mail has been sent successfully.");
            Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
        }
    }
}

/// Places are paths below `data[0]`.
fn invalid(path: &str) -> Refusal {
    refusal("INVALID_DATA", "invalid data", path)
}

fn missing(path: &str) -> Refusal {
    refusal("MANDATORY_NOT_FOUND", "required field not found", path)
}

fn refusal(code: &'static str, message: &'static str, path: &str) -> Refusal {
    let api_name = path.rsplit('.').next().unwrap_or(path);
    let api_name = api_name.split('[').next().unwrap_or(api_name);
    catalog::mail(
        code,
        message,
        json!({"api_name": api_name, "json_path": format!("$.data[0].{path}")}),
    )
}

fn wrong_type(path: &str, expected: &str) -> Refusal {
    invalid(path).with_detail("expected_data_type", json!(expected))
}

fn mail(
    context: &Context<'_>,
    world: &mut World,
    record: u64,
    given: &Value,
) -> Result<Mail, Refusal> {
    let given = given
        .as_object()
        .ok_or_else(|| catalog::wrong_row_type(0))?;
    let from = match given.get("from").filter(|from| !from.is_null()) {
        None => return Err(missing("from")),
        Some(from) => address(from, "from")?,
    };
    // unknown: how an address that the user may not send from is refused.
    let mut users = world.users.iter();
    if !users.any(|user| user.is_active && user.email.eq_ignore_ascii_case(&from.email)) {
        return Err(invalid("from.email"));
    }
    let to = addresses(given, "to")?;
    if to.is_empty() {
        return Err(missing("to"));
    }
    let reply_to = match given.get("reply_to").filter(|given| !given.is_null()) {
        None => None,
        Some(given) => Some(address(given, "reply_to")?),
    };
    let has_template = given.get("template").is_some_and(Value::is_object);
    let subject = text(given, "subject", SUBJECT_MAX)?;
    if subject.is_none() && !has_template {
        return Err(missing("subject"));
    }
    let is_html = match text(given, "mail_format", SUBJECT_MAX)?.as_deref() {
        None | Some("html") => true,
        Some("text") => false,
        Some(_) => {
            let supported = json!(["html", "text"]);
            return Err(invalid("mail_format").with_detail("supported_values", supported));
        }
    };
    let scheduled_at = match text(given, "scheduled_time", SUBJECT_MAX)? {
        None => None,
        Some(time) => match parse_time(&time) {
            Some(at) if at > context.now() => Some(at),
            Some(_) => return Err(invalid("scheduled_time")),
            None => return Err(wrong_type("scheduled_time", "datetime")),
        },
    };
    let content = text(given, "content", CONTENT_MAX)?.unwrap_or_default();
    Ok(Mail {
        inline_images: if is_html {
            inline::named_in(&content, &world.files)
        } else {
            Vec::new()
        },
        content,
        cc: addresses(given, "cc")?,
        bcc: addresses(given, "bcc")?,
        attachments: attachments(world, given)?,
        message_id: encrypted(world.ids.next()),
        record,
        user: context.caller.user,
        sent_at: context.now(),
        scheduled_at,
        from,
        to,
        reply_to,
        subject: subject.unwrap_or_default(),
        is_html,
    })
}

fn text(given: &Map<String, Value>, key: &str, maximum: usize) -> Result<Option<String>, Refusal> {
    match given.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() > maximum => {
            Err(invalid(key).with_detail("maximum_length", json!(maximum)))
        }
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong_type(key, "string")),
    }
}

fn address(given: &Value, path: &str) -> Result<Address, Refusal> {
    let given = given
        .as_object()
        .ok_or_else(|| wrong_type(path, "jsonobject"))?;
    let email_at = format!("{path}.email");
    let email = match given.get("email") {
        None | Some(Value::Null) => return Err(missing(&email_at)),
        Some(Value::String(email)) if is_email(email) => email.clone(),
        Some(Value::String(_)) => return Err(invalid(&email_at)),
        Some(_) => return Err(wrong_type(&email_at, "email")),
    };
    let user_name = given.get("user_name").and_then(Value::as_str);
    Ok(Address {
        user_name: user_name.map(str::to_owned),
        email,
    })
}

fn addresses(given: &Map<String, Value>, key: &str) -> Result<Vec<Address>, Refusal> {
    match given.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() > RECEIVERS_MAX => {
            Err(invalid(key).with_detail("maximum_length", json!(RECEIVERS_MAX)))
        }
        Some(Value::Array(list)) => {
            let each = list.iter().enumerate();
            each.map(|(number, given)| address(given, &format!("{key}[{number}]")))
                .collect()
        }
        Some(_) => Err(wrong_type(key, "jsonarray")),
    }
}

/// Ids of stored files.
fn attachments(world: &World, given: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    let list = match given.get("attachments") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= ATTACHMENTS_MAX => list,
        Some(Value::Array(_)) => {
            let maximum = json!(ATTACHMENTS_MAX);
            return Err(invalid("attachments").with_detail("maximum_length", maximum));
        }
        Some(_) => return Err(wrong_type("attachments", "jsonarray")),
    };
    let ids = list.iter().enumerate().map(|(number, given)| {
        let id = given.get("id").and_then(Value::as_str);
        let id = id.filter(|id| world.files.stored(id).is_some());
        id.map(str::to_owned)
            .ok_or_else(|| invalid(&format!("attachments[{number}].id")))
    });
    ids.collect()
}
