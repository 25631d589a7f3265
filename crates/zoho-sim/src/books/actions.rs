//! Side actions: states, files, mails, addresses, custom fields, upserts and deletes of many. What an answer holds is unknown
//! for most operations of 2026; they answer with the members that the registry names, empty.
//!
//! One long file: each action is a few lines behind the same list of names.

use super::answers::success;
use super::bulk;
use super::custom_fields;
use super::datum::Datum;
use super::document::Document;
use super::files::{self, Meant};
use super::index::{self, By};
use super::perform::{Scope, item, named, written};
use super::problem::Problem;
use super::registry::{Operation, REGISTRY, RecordType, Role};
use super::rules::{self, Scene};
use super::state::{Mail, Organisation};
use super::write;
use crate::http::Answer;
use crate::rows::Action;
use crate::world::parse_id;

/// Records of one call that names several.
const IDS_MAX: usize = 200;

/// What is kept of a mail, so that memory stays bounded.
const MAIL_MEMBERS: [&str; 9] = [
    "to_mail_ids",
    "cc_mail_ids",
    "bcc_mail_ids",
    "from_address_id",
    "send_from_org_email_id",
    "subject",
    "body",
    "contact_persons",
    "mobile_number",
];
const MAIL_BYTES_MAX: usize = 20_000;

/// Acts.
pub(super) fn act(
    organisation: &mut Organisation,
    kind: Option<&'static RecordType>,
    scope: &Scope<'_>,
) -> Result<Answer, Problem> {
    let operation = scope.found.operation;
    for name in &operation.query {
        if scope.call.query.get(name).is_none() {
            return Err(Problem::invalid_value(name));
        }
    }
    let Some(kind) = kind else {
        return Ok(plain(operation));
    };
    if is_on_collection(kind, operation) {
        match operation.method.as_str() {
            "PUT" => return upsert(organisation, kind, scope),
            "DELETE" => return delete_many(organisation, kind, scope),
            _ => {}
        }
    }
    let is_of_many = operation.query.iter().any(|name| name.ends_with("_ids"));
    if operation.method == "DELETE" && is_of_many {
        return delete_many(organisation, kind, scope);
    }
    // The record of a path is that of its first parameter, where that parameter is the type's own.
    let Some((name, text)) = scope.found.params.first() else {
        return without_record(organisation, kind, scope);
    };
    if !is_own_param(kind, name) {
        return on_child(organisation, scope, name, text).unwrap_or_else(|| Ok(plain(operation)));
    }
    let id = named(organisation, kind, text).ok_or_else(|| Problem::missing(&kind.thing))?;
    on_record(organisation, kind, id, scope)
}

/// Whether the path is that of the record type itself.
fn is_on_collection(kind: &RecordType, operation: &Operation) -> bool {
    REGISTRY.operations.iter().any(|known| {
        known.path == operation.path
            && matches!(known.role, Role::List | Role::Create)
            && known
                .kind
                .and_then(|kind| REGISTRY.types.get(kind))
                .is_some_and(|known| known.name == kind.name)
    })
}

/// Whether a parameter's name is the type's id.
fn is_own_param(kind: &RecordType, name: &str) -> bool {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let own = plain(kind.id_field.as_deref().unwrap_or_default());
    let by_name = plain(&format!("{}id", kind.name));
    let given = plain(name);
    let is_line = kind.name == "bank_transaction" && given == "statementlineid";
    given == own
        || given == by_name
        || is_line
        || (kind.name == "sales_order" && given == "salesorderid")
}

/// Actions on records that belong to others: `/contacts/contactpersons/{contact_person_id}/primary`.
fn on_child(
    organisation: &mut Organisation,
    scope: &Scope<'_>,
    name: &str,
    text: &str,
) -> Option<Result<Answer, Problem>> {
    let child = REGISTRY
        .types
        .iter()
        .find(|kind| is_own_param(kind, name))?;
    let Some(id) = named(organisation, child, text) else {
        return Some(Err(Problem::missing(&child.thing)));
    };
    Some(on_record(organisation, child, id, scope))
}

/// Members of answers that are lists, or none, against their names.
const LISTS: [&str; 1] = ["bulk_actions_history"];
const NO_LISTS: [&str; 3] = [
    "organization_address",
    "register_transactions",
    "bulk_action_details",
];

/// The answer of which no more is known than its members.
fn plain(operation: &Operation) -> Answer {
    let mut members = Document::default();
    for name in &operation.answer {
        let name = name.as_str();
        if LISTS.contains(&name) || (name.ends_with('s') && !NO_LISTS.contains(&name)) {
            members.set(name, Vec::new());
        } else if name != "code" && name != "message" {
            members.set(name, Document::default());
        }
    }
    let text = operation.text.as_deref().unwrap_or("success");
    success(operation.status, text, members)
}

fn without_record(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
) -> Result<Answer, Problem> {
    let operation = scope.found.operation;
    if operation.path == "/users/me" {
        let own = organisation
            .rows("user")
            .find(|row| row.document.text("email") == scope.hand.who.email);
        let own = own
            .or_else(|| organisation.rows("user").next())
            .map(|row| row.id);
        let id = own.ok_or_else(|| Problem::missing(&kind.thing))?;
        return Ok(success(200, "success", item(organisation, kind, id)));
    }
    // Several records are named by their ids in the query; those that something is made of are of another type.
    let of = match operation.path.as_str() {
        "/invoices/fromestimates" => REGISTRY.types.iter().find(|kind| kind.name == "estimate"),
        "/invoices/fromsalesorder" => REGISTRY
            .types
            .iter()
            .find(|kind| kind.name == "sales_order"),
        "/bills/editpage/frompurchaseorders" => REGISTRY
            .types
            .iter()
            .find(|kind| kind.name == "purchase_order"),
        _ => None,
    };
    let is_asked = |name: &str| {
        name.ends_with("_ids") || of.is_some() && operation.query.iter().any(|known| known == name)
    };
    let mut query = scope.call.query.0.iter();
    let Some((name, text)) = query.find(|(name, _)| is_asked(name)) else {
        return Ok(plain(operation));
    };
    let named_kind = of.unwrap_or(kind);
    let mut ids = Vec::new();
    for text in ids_of(name, text)? {
        let id = named(organisation, named_kind, text);
        ids.push(id.ok_or_else(|| Problem::missing(&named_kind.thing))?);
    }
    match of {
        Some(_) if operation.method == "GET" => {
            let members = bulk::bill_of(organisation, kind, &ids)?;
            Ok(success(200, "success", members))
        }
        Some(from) => bulk::convert(organisation, kind, scope, from, &ids),
        None => bulk::act(organisation, kind, scope, &ids).unwrap_or_else(|| Ok(plain(operation))),
    }
}

fn ids_of<'t>(name: &str, text: &'t str) -> Result<Vec<&'t str>, Problem> {
    let ids: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    if ids.is_empty() || ids.len() > IDS_MAX {
        return Err(Problem::invalid_value(name));
    }
    Ok(ids)
}

fn on_record(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    id: u64,
    scope: &Scope<'_>,
) -> Result<Answer, Problem> {
    let operation = scope.found.operation;
    let row = organisation.row(&kind.name, id).cloned();
    let mut row = row.ok_or_else(|| Problem::missing(&kind.thing))?;
    let body = scope.body.document().unwrap_or_default();
    let text = operation.text.as_deref().unwrap_or("success");
    let mut scene = Scene {
        organisation,
        kind,
        id,
        parent: row.parent,
        now: scope.hand.now,
        query: &scope.call.query,
        who: scope.hand.who,
    };
    let acted = rules::of(&kind.name).on_action(&mut scene, operation, &body, &mut row.document)?;
    if let Some(acted) = acted {
        if acted.is_changed {
            row.modified_at = scope.hand.now;
            organisation.put(&kind.name, row);
        }
        let message = acted.message.as_deref().unwrap_or(text);
        let answer = success(operation.status, message, acted.members);
        return Ok(written(answer, kind, id, Action::Update));
    }
    let parts: Vec<&str> = operation.path.rsplit('/').take(2).collect();
    let (last, before) = (
        parts.first().copied().unwrap_or_default(),
        parts.get(1).copied().unwrap_or_default(),
    );
    let method = operation.method.as_str();
    let changed: bool = match (method, before, last) {
        ("POST", _, "attachment") | ("POST", _, "receipt") => {
            let is_receipt = last == "receipt";
            let documents = files::attach(
                organisation,
                kind,
                id,
                &scope.body.files,
                is_receipt,
                scope.hand,
            )?;
            let mut members = Document::default();
            members.set("documents", documents);
            touch(organisation, kind, id, scope.hand.now);
            let answer = success(operation.status, text, members);
            return Ok(written(answer, kind, id, Action::Update));
        }
        ("GET", _, "attachment" | "receipt") => {
            let meant = Meant::of_path(last);
            let mut found = files::of(organisation, &kind.name, id).rev();
            let file = found.find(|file| meant.has(file));
            return Ok(files::download(
                file.ok_or_else(|| Problem::missing("Attachment"))?,
            ));
        }
        ("DELETE", _, "attachment" | "receipt") => {
            if files::detach(organisation, kind, id, Meant::of_path(last)) == 0 {
                return Err(Problem::missing("Attachment"));
            }
            touch(organisation, kind, id, scope.hand.now);
            return Ok(success(operation.status, text, Document::default()));
        }
        (_, "documents", "{document_id}") => return document(organisation, kind, id, scope),
        ("POST", _, "email" | "paymentreminder" | "sms") => {
            mail(organisation, kind, id, last, body, scope)?;
            return Ok(success(operation.status, text, mail_members(kind)));
        }
        ("GET", _, "customfields") => {
            let mut members = Document::default();
            let fields = row.document.get("custom_fields").cloned();
            members.set("custom_fields", fields.unwrap_or(Datum::List(Vec::new())));
            return Ok(success(operation.status, text, members));
        }
        ("PUT" | "POST", _, "customfields") => {
            let sent = match &scope.body.datum {
                Datum::List(_) => Some(scope.body.datum.clone()),
                _ => body.get("custom_fields").cloned(),
            };
            let sent = sent.ok_or_else(|| Problem::invalid_value("custom_fields"))?;
            custom_fields::store(organisation, &kind.name, id, Some(sent), &mut row.document)?;
            true
        }
        ("PUT", "address", "billing" | "shipping") => {
            let name = if last == "billing" {
                "billing_address"
            } else {
                "shipping_address"
            };
            let mut address = row
                .document
                .get(name)
                .and_then(Datum::as_object)
                .cloned()
                .unwrap_or_default();
            address.merge(body);
            row.document.set(name, address);
            true
        }
        ("PUT", "templates", "{template_id}") => {
            let template = scope.found.params.last().map(|(_, text)| text.clone());
            row.document
                .set("template_id", template.unwrap_or_default());
            true
        }
        ("POST", _, "active" | "inactive") => {
            set_active(&mut row.document, kind, last == "active");
            true
        }
        ("POST", _, state) => match state_of(before, state) {
            Some(state) => {
                may_lead(row.document.text("status"), last)?;
                row.document.set("status", state);
                true
            }
            None => false,
        },
        _ => false,
    };
    if changed {
        row.modified_at = scope.hand.now;
        organisation.put(&kind.name, row);
        let answer = success(operation.status, text, Document::default());
        return Ok(written(answer, kind, id, Action::Update));
    }
    Ok(plain(operation))
}

/// The state to which an action leads.
fn state_of<'s>(before: &str, last: &'s str) -> Option<&'s str> {
    match (before, last) {
        (_, "submit") => Some("pending_approval"),
        (_, "approve") => Some("approved"),
        (_, "reject") => Some("rejected"),
        (_, "stop") => Some("stopped"),
        (_, "resume") => Some("active"),
        (_, "publish") => Some("published"),
        (_, "sell") => Some("sold"),
        ("status", state) if !state.starts_with('{') => Some(state),
        _ => None,
    }
}

/// Whether an action may be taken in a state. unknown: code and text when not, and the rules of actions that stand not here.
fn may_lead(from: &str, action: &str) -> Result<(), Problem> {
    let may = match action {
        "draft" => matches!(from, "void" | "draft" | ""),
        "resume" => matches!(from, "stopped" | "paused" | ""),
        "stop" => from != "stopped" && from != "expired",
        "void" => from != "paid",
        "accepted" | "declined" => !matches!(from, "invoiced" | "void"),
        _ => true,
    };
    if may {
        Ok(())
    } else {
        let from = from.replace('_', " ");
        Err(Problem::wrong_state(format!(
            "This action is not possible for a record that is {from}."
        )))
    }
}

fn set_active(record: &mut Document, kind: &RecordType, is_active: bool) {
    if kind.record.has("is_active") || kind.row.has("is_active") {
        record.set("is_active", is_active);
    }
    if kind.record.has("status") || kind.row.has("status") || !record.has("is_active") {
        record.set("status", if is_active { "active" } else { "inactive" });
    }
}

fn touch(organisation: &mut Organisation, kind: &RecordType, id: u64, now: i64) {
    if let Some(row) = organisation.row_mut(&kind.name, id) {
        row.modified_at = now;
    }
}

fn document(
    organisation: &mut Organisation,
    kind: &RecordType,
    id: u64,
    scope: &Scope<'_>,
) -> Result<Answer, Problem> {
    let missing = || Problem::missing("Document");
    let operation = scope.found.operation;
    let wanted = scope
        .found
        .params
        .last()
        .and_then(|(_, text)| parse_id(text));
    let wanted = wanted.ok_or_else(missing)?;
    let file = files::of(organisation, &kind.name, id).find(|file| file.id == wanted);
    let file = file.ok_or_else(missing)?;
    match operation.method.as_str() {
        "GET" => Ok(files::download(file)),
        "DELETE" => {
            files::detach(organisation, kind, id, Meant::One(wanted));
            touch(organisation, kind, id, scope.hand.now);
            let text = operation.text.as_deref().unwrap_or("success");
            Ok(success(operation.status, text, Document::default()))
        }
        _ => Ok(plain(operation)),
    }
}

/// Records a mail instead of sending it.
fn mail(
    organisation: &mut Organisation,
    kind: &RecordType,
    id: u64,
    action: &str,
    body: Document,
    scope: &Scope<'_>,
) -> Result<(), Problem> {
    for (name, length_max) in [("subject", 1_000), ("body", 5_000)] {
        if body.text(name).chars().count() > length_max {
            return Err(Problem::too_long(name, length_max));
        }
    }
    let to = body.get("to_mail_ids");
    if let Some(to) = to {
        let is_list = to
            .as_list()
            .is_some_and(|to| to.iter().all(|one| one.as_text().is_some()));
        if !is_list {
            return Err(Problem::invalid_value("to_mail_ids"));
        }
    }
    if action == "email" && to.is_none() && scope.body.files.is_empty() {
        return Err(Problem::refused_value("to_mail_ids"));
    }
    let mut kept = Document::default();
    for name in MAIL_MEMBERS {
        let Some(datum) = body.get(name) else {
            continue;
        };
        let length = match datum {
            Datum::List(parts) => parts.iter().map(|part| part.words().len() + 1).sum(),
            datum => datum.words().len(),
        };
        if length > MAIL_BYTES_MAX {
            return Err(Problem::invalid_value(name));
        }
        kept.set(name, datum.clone());
    }
    organisation.keep_mail(Mail {
        at: scope.hand.now,
        kind: kind.name.clone(),
        record: id,
        action: action.to_owned(),
        body: kept,
    });
    Ok(())
}

fn mail_members(kind: &RecordType) -> Document {
    let mut members = Document::default();
    if kind.name == "invoice" {
        members.set("is_first_email", true);
    }
    members
}

/// `PUT /{collection}` with the value of a unique custom field in the headers.
fn upsert(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
) -> Result<Answer, Problem> {
    let header = |name: &str| scope.call.header(name).filter(|text| !text.is_empty());
    let key = header("X-Unique-Identifier-Key");
    let value = header("X-Unique-Identifier-Value");
    let key = key.ok_or_else(|| Problem::invalid_value("X-Unique-Identifier-Key"))?;
    let value = value.ok_or_else(|| Problem::invalid_value("X-Unique-Identifier-Value"))?;
    let mut fields = organisation.custom_fields.iter();
    if !fields.any(|field| field.kind == kind.name && field.api_name == key && field.is_unique) {
        return Err(Problem::invalid_value("X-Unique-Identifier-Key"));
    }
    let wanted = index::custom(key, value);
    let found = organisation
        .keyed(&kind.name, By::Custom, &wanted)
        .next()
        .map(|row| row.id);
    let mut body = scope.body.document()?;
    let text = |role: Role| {
        let mut operations = REGISTRY.operations.iter();
        let of = operations.find(|operation| {
            let own = operation.kind.and_then(|kind| REGISTRY.types.get(kind));
            operation.role == role && own.is_some_and(|own| own.name == kind.name)
        });
        of.and_then(|operation| operation.text.as_deref())
            .unwrap_or("success")
    };
    if let Some(id) = found {
        write::update(organisation, kind, id, body, scope.hand)?;
        let answer = success(200, text(Role::Update), item(organisation, kind, id));
        return Ok(written(answer, kind, id, Action::Update));
    }
    if header("X-Upsert") != Some("true") {
        return Err(Problem::missing(&kind.thing));
    }
    let mut entry = Document::default();
    entry.set("api_name", key);
    entry.set("value", value);
    let mut sent = match body.remove("custom_fields") {
        Some(Datum::List(sent)) => sent,
        _ => Vec::new(),
    };
    sent.push(Datum::Object(entry));
    body.set("custom_fields", sent);
    let id = write::create(organisation, kind, None, body, scope.hand)?;
    let answer = success(201, text(Role::Create), item(organisation, kind, id));
    Ok(written(answer, kind, id, Action::Insert))
}

/// `DELETE /{collection}?…_ids=a,b`: all, or none when one of them cannot be deleted.
fn delete_many(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
) -> Result<Answer, Problem> {
    let named_ids = scope.call.query.0.iter().find(|(name, _)| {
        name.ends_with("_ids") || name.ends_with("_id") && name != "organization_id"
    });
    let (name, text) = named_ids.ok_or_else(|| Problem::invalid_value("ids"))?;
    let mut ids = Vec::new();
    for text in ids_of(name, text)? {
        let id = named(organisation, kind, text).ok_or_else(|| Problem::missing(&kind.thing))?;
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    // A refusal in the middle puts back what was taken, as all refusals do.
    for id in &ids {
        write::delete(organisation, kind, *id, scope.hand)?;
    }
    let operation = scope.found.operation;
    let text = operation.text.as_deref().unwrap_or("success");
    let mut answer = success(operation.status, text, Document::default());
    for id in ids {
        answer = written(answer, kind, id, Action::Delete);
    }
    Ok(answer)
}
