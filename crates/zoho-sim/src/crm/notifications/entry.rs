//! One entry of `watch`, read and checked.

use serde_json::{Map, Value};

use super::{USERS, selection};
use crate::catalog::Refusal;
use crate::catalog::notifications as refuse;
use crate::crm::Context;
use crate::rows::id_in;
use crate::schema::{GeneratedType, Module};
use crate::world::channels::{Event, FieldSelection};
use crate::world::{World, parse_time};

/// Events of one channel.
const EVENTS_MAX: usize = 50;
/// Characters of a token.
const TOKEN_MAX: usize = 50;
/// Characters of an address. unknown: Zoho's own bound.
const URL_MAX: usize = 2_000;
/// Life of a channel that asks for none, or for too long a one.
const LIFE_SECONDS: i64 = 60 * 60;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Modules of Zoho's own whose changes can be watched.
const WATCHED: [&str; 19] = [
    "Leads",
    "Accounts",
    "Contacts",
    "Deals",
    "Campaigns",
    "Tasks",
    "Cases",
    "Events",
    "Calls",
    "Solutions",
    "Products",
    "Vendors",
    "Price_Books",
    "Quotes",
    "Sales_Orders",
    "Purchase_Orders",
    "Invoices",
    "Appointments__s",
    "Services__s",
];

/// The events of one module, by its API name.
pub(super) type ModuleEvents = (String, Vec<Event>);

/// What an entry says. Keys that it does not have are `None`.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) channel_id: u64,
    pub(super) events: Option<Vec<ModuleEvents>>,
    pub(super) expires_at: Option<i64>,
    pub(super) notify_url: Option<String>,
    /// `Some(None)` where it is given as null.
    pub(super) token: Option<Option<String>>,
    pub(super) returns_values: Option<bool>,
    pub(super) is_told_of_related: Option<bool>,
    /// By module.
    pub(super) selections: Option<Vec<(String, FieldSelection)>>,
    pub(super) deletes_events: bool,
}

/// Reads the entry with this number.
pub(super) fn read(
    context: &Context<'_>,
    world: &World,
    given: &Value,
    number: usize,
) -> Result<Entry, Refusal> {
    let path = |key: &str| format!("watch[{number}].{key}");
    let Some(entry) = given.as_object() else {
        return Err(refuse::wrong_type(
            &format!("watch[{number}]"),
            "jsonobject",
        ));
    };
    let channel_id = match entry.get("channel_id").filter(|id| !id.is_null()) {
        None => return Err(refuse::missing(&path("channel_id"))),
        Some(id) => id_in(id).ok_or_else(|| refuse::wrong_type(&path("channel_id"), "bigint"))?,
    };
    Ok(Entry {
        channel_id,
        events: events(world, entry, &path("events"))?,
        expires_at: expiry(context, entry, &path("channel_expiry"))?,
        notify_url: notify_url(entry, &path("notify_url"))?,
        token: token(entry, &path("token"))?,
        returns_values: flag(entry, "return_affected_field_values", &path)?,
        is_told_of_related: flag(entry, "notify_on_related_action", &path)?,
        selections: selection::read(world, entry, &path("notification_condition"))?,
        deletes_events: flag(entry, "_delete_events", &path)?.unwrap_or(false),
    })
}

/// The expiry of a channel that says nothing about it.
pub(super) fn default_expiry(context: &Context<'_>) -> i64 {
    context.now().saturating_add(LIFE_SECONDS)
}

fn events(
    world: &World,
    entry: &Map<String, Value>,
    path: &str,
) -> Result<Option<Vec<ModuleEvents>>, Refusal> {
    let names = match entry.get("events") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(names)) => names,
        Some(_) => return Err(refuse::wrong_type(path, "jsonarray")),
    };
    if names.is_empty() {
        return Err(refuse::missing(path));
    }
    if names.len() > EVENTS_MAX {
        return Err(refuse::too_long(path, EVENTS_MAX));
    }
    let mut events: Vec<ModuleEvents> = Vec::new();
    for name in names {
        let (module, event) = name
            .as_str()
            .and_then(|name| event(world, name))
            .ok_or_else(|| refuse::invalid(path))?;
        match events.iter_mut().find(|(known, _)| *known == module) {
            Some((_, known)) if known.contains(&event) => {}
            Some((_, known)) => known.push(event),
            None => events.push((module, vec![event])),
        }
    }
    Ok(Some(events))
}

/// Reads `Leads.create`.
fn event(world: &World, name: &str) -> Option<(String, Event)> {
    let (module, event) = name.rsplit_once('.')?;
    let event = Event::parse(event)?;
    if module == USERS {
        return Some((USERS.to_owned(), event));
    }
    let module = &world.table_named(module)?.module;
    is_watched(module).then(|| (module.api_name.clone(), event))
}

fn is_watched(module: &Module) -> bool {
    module.generated_type == GeneratedType::Custom || WATCHED.contains(&module.api_name.as_str())
}

/// The expiry that is asked for, or silently an hour where that is too late. Versions before 4 allow a day, later ones a week.
///
/// unknown: what becomes of a time that has passed; an hour, too.
fn expiry(
    context: &Context<'_>,
    entry: &Map<String, Value>,
    path: &str,
) -> Result<Option<i64>, Refusal> {
    let asked = match entry.get("channel_expiry") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => parse_time(text),
        Some(_) => None,
    };
    let asked = asked.ok_or_else(|| refuse::wrong_type(path, "datetime"))?;
    let days = if context.version.major() < 4 { 1 } else { 7 };
    let now = context.now();
    let is_allowed = asked > now && asked <= now.saturating_add(days * DAY_SECONDS);
    Ok(Some(if is_allowed {
        asked
    } else {
        default_expiry(context)
    }))
}

fn notify_url(entry: &Map<String, Value>, path: &str) -> Result<Option<String>, Refusal> {
    let text = match entry.get("notify_url") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Err(refuse::missing(path)),
        Some(Value::String(text)) => text,
        Some(_) => return Err(refuse::wrong_type(path, "string")),
    };
    if text.chars().count() > URL_MAX {
        return Err(refuse::too_long(path, URL_MAX));
    }
    let url = url::Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match url {
        Some(_) => Ok(Some(text.clone())),
        None => Err(refuse::invalid(path)),
    }
}

fn token(entry: &Map<String, Value>, path: &str) -> Result<Option<Option<String>>, Refusal> {
    match entry.get("token") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(text)) if text.chars().count() > TOKEN_MAX => {
            Err(refuse::too_long(path, TOKEN_MAX))
        }
        Some(Value::String(text)) => Ok(Some(Some(text.clone()))),
        Some(_) => Err(refuse::wrong_type(path, "string")),
    }
}

fn flag(
    entry: &Map<String, Value>,
    key: &str,
    path: &impl Fn(&str) -> String,
) -> Result<Option<bool>, Refusal> {
    match entry.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(is_set)) => Ok(Some(*is_set)),
        Some(_) => Err(refuse::wrong_type(&path(key), "boolean")),
    }
}
