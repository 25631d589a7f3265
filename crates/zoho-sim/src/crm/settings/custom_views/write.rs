//! Views are made, changed, sorted and deleted: `POST`, `PUT`, `DELETE /settings/custom_views`, and `change_sort`.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::query::Criteria;
use crate::crm::settings::permit;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::world::settings::{Access, Stamp, View};
use crate::world::{World, parse_id};

const ROOT: &str = "custom_views";
const PERMISSION: &str = "Crm_Implied_Manage_Custom_Views";
/// Views of one call, and of one module. unknown: Zoho's numbers.
const CALL_MAX: usize = 10;
const OF_MODULE_MAX: usize = 500;
const NAME_MAX: usize = 50;
const FIELDS_MAX: usize = 50;

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    items::each(
        &context.call.body,
        ROOT,
        CALL_MAX,
        StatusCode::CREATED,
        |item| {
            for key in ["name", "fields"] {
                item.required(key)?;
            }
            let given = read(&world, table, item, None, context)?;
            let views = world.settings.views.iter();
            if views.filter(|view| view.table == table).count() >= OF_MODULE_MAX {
                return Err(refusals::limit_exceeded(&item.key("name"), OF_MODULE_MAX));
            }
            let mut view = View {
                id: world.ids.next(),
                table,
                name: String::new(),
                system_name: None,
                access_type: Access::OnlyToMe,
                shared_to: Vec::new(),
                criteria: None,
                fields: Vec::new(),
                sort_by: None,
                is_descending: false,
                is_locked: false,
                is_default: false,
                stamp: Stamp::new(context.now(), context.caller.user),
                last_accessed_at: None,
            };
            given.put(&mut view);
            let id = view.id;
            world.settings.views.push(view);
            Ok(done(id, "custom view created"))
        },
    )
}

/// What a body says about a view, checked. Outer `None`: nothing.
struct Given {
    name: Option<String>,
    access_type: Option<Access>,
    shared_to: Option<Vec<Value>>,
    criteria: Option<Option<Value>>,
    fields: Option<Vec<(String, bool)>>,
    sort: Option<(Option<String>, bool)>,
    is_locked: Option<bool>,
}

impl Given {
    fn put(self, view: &mut View) {
        view.name = self.name.unwrap_or_else(|| view.name.clone());
        view.access_type = self.access_type.unwrap_or(view.access_type);
        view.shared_to = self.shared_to.unwrap_or_else(|| view.shared_to.clone());
        view.criteria = self.criteria.unwrap_or_else(|| view.criteria.clone());
        view.fields = self.fields.unwrap_or_else(|| view.fields.clone());
        if let Some((sort_by, is_descending)) = self.sort {
            view.sort_by = sort_by;
            view.is_descending = is_descending;
        }
        view.is_locked = self.is_locked.unwrap_or(view.is_locked);
    }
}

fn read(
    world: &World,
    table: usize,
    item: &Item<'_>,
    own: Option<u64>,
    context: &Context<'_>,
) -> Result<Given, Refusal> {
    let name = match item.has("name") {
        true => Some(item.required_text("name", NAME_MAX)?.to_owned()),
        false => None,
    };
    if let Some(name) = &name {
        let mut views = world.settings.views.iter();
        let is_same = |view: &View| {
            Some(view.id) != own && view.table == table && view.name.eq_ignore_ascii_case(name)
        };
        if views.any(is_same) {
            return Err(refusals::duplicate(&item.key("name")));
        }
    }
    let access_type = item.word("access_type", &Access::NAMES)?;
    let shared_to = shares(world, item)?;
    if access_type == Some("shared") && shared_to.as_ref().is_none_or(Vec::is_empty) {
        let missing = refusals::dependent_missing;
        return Err(missing(&item.key("shared_to"), &item.key("access_type")));
    }
    let criteria = match item.get("criteria") {
        None if item.has("criteria") => Some(None),
        None => None,
        Some(criteria) => {
            let resolved = world.criteria_for(criteria, context.caller.user, context.now());
            // Newer samples carry the kind of the value, which says nothing new.
            Criteria::parse(world, table, &resolved)
                .map_err(|_| refusals::invalid(&item.key("criteria")))?;
            Some(Some(criteria.clone()))
        }
    };
    Ok(Given {
        name,
        access_type: access_type.and_then(Access::parse),
        shared_to,
        criteria,
        fields: columns(world, table, item)?,
        sort: read_sort(world, table, item)?,
        is_locked: item.boolean("locked")?,
    })
}

fn columns(
    world: &World,
    table: usize,
    item: &Item<'_>,
) -> Result<Option<Vec<(String, bool)>>, Refusal> {
    let Some(list) = item.list("fields")? else {
        return Ok(None);
    };
    if list.is_empty() || list.len() > FIELDS_MAX {
        return Err(refusals::too_long(&item.key("fields"), FIELDS_MAX));
    }
    let module = &world.tables[table].module;
    let mut columns: Vec<(String, bool)> = Vec::with_capacity(list.len());
    for entry in &list {
        let name = match entry.text("api_name", 100)? {
            Some(name) => module.field(name),
            None => {
                let id = entry.required_id("id")?;
                module.fields.iter().find(|field| field.id == id)
            }
        };
        let field = name.ok_or_else(|| refusals::invalid(&entry.key("api_name")))?;
        let is_pinned = entry.boolean("_pin")?.unwrap_or(false);
        if !columns.iter().any(|(name, _)| *name == field.api_name) {
            columns.push((field.api_name.clone(), is_pinned));
        }
    }
    Ok(Some(columns))
}

/// Field and direction of the order.
fn read_sort(
    world: &World,
    table: usize,
    item: &Item<'_>,
) -> Result<Option<(Option<String>, bool)>, Refusal> {
    let order = item.word("sort_order", &["asc", "desc"])?;
    let Some(sort_by) = item.object("sort_by")? else {
        let is_cleared = item.has("sort_by");
        return Ok(is_cleared.then_some((None, false)));
    };
    let module = &world.tables[table].module;
    let field = match sort_by.text("api_name", 100)? {
        Some(name) => module.field(name),
        None => {
            let id = sort_by.required_id("id")?;
            module.fields.iter().find(|field| field.id == id)
        }
    };
    let field = field.ok_or_else(|| refusals::invalid(&sort_by.key("api_name")))?;
    Ok(Some((Some(field.api_name.clone()), order == Some("desc"))))
}

fn shares(world: &World, item: &Item<'_>) -> Result<Option<Vec<Value>>, Refusal> {
    const TYPES: [&str; 4] = ["users", "roles", "groups", "territories"];
    let Some(list) = item.list("shared_to")? else {
        return Ok(None);
    };
    let mut shares = Vec::with_capacity(list.len());
    for entry in list.iter().take(OF_MODULE_MAX) {
        entry.required("type")?;
        let kind = entry.word("type", &TYPES)?.unwrap_or_default();
        let id = entry.required_id("id")?;
        let name = match kind {
            "users" => world.user(id).map(crate::world::User::full_name),
            "roles" => world.settings.role(id).map(|role| role.name.clone()),
            _ => None,
        };
        let name = name.ok_or_else(|| refusals::invalid(&entry.key("id")))?;
        let subordinates = entry.boolean("subordinates")?;
        shares.push(
            json!({"type": kind, "id": id.to_string(), "name": name, "subordinates": subordinates}),
        );
    }
    Ok(Some(shares))
}

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let at = place_of(&world, table, id, context);
        let at = at.ok_or_else(|| refusals::invalid(&item.key("id")))?;
        change(&mut world, at, item, context)
    })
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        change(&mut world, at, item, context)
    })
}

/// Place of a view that the caller sees.
fn place_of(world: &World, table: usize, id: u64, context: &Context<'_>) -> Option<usize> {
    world.view(id, table, context.caller.user)?;
    world.settings.views.iter().position(|view| view.id == id)
}

fn known(world: &World, context: &Context<'_>) -> Result<usize, Refusal> {
    let table = param::module(world, context.call)?;
    let id = context.id("id", 2)?;
    place_of(world, table, id, context).ok_or_else(|| catalog::invalid_path_id(2))
}

/// A locked view is changed by its author only, one that Zoho brings in columns, filter and order only.
fn change(world: &mut World, at: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let view = world.settings.views[at].clone();
    let user = context.caller.user;
    let is_own = view.stamp.created.is_some_and(|(_, author)| author == user);
    if view.is_locked && !is_own {
        return Err(refusals::locked_view());
    }
    if view.is_system() && item.has("name") {
        let message = "the name of a system defined view cannot be changed";
        return Err(refusals::not_allowed(&item.key("name"), message));
    }
    let given = read(world, view.table, item, Some(view.id), context)?;
    let view = &mut world.settings.views[at];
    given.put(view);
    view.stamp.touch(context.now(), user);
    Ok(done(view.id, "custom view updated"))
}

pub(super) fn sort(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let at = place_of(&world, table, id, context);
        let at = at.ok_or_else(|| refusals::invalid(&item.key("id")))?;
        sort_view(&mut world, at, item)
    })
}

pub(super) fn sort_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        sort_view(&mut world, at, item)
    })
}

fn sort_view(world: &mut World, at: usize, item: &Item<'_>) -> Outcome {
    item.required("sort_by")?;
    item.required("sort_order")?;
    let sort = read_sort(world, world.settings.views[at].table, item)?;
    let view = &mut world.settings.views[at];
    if let Some((sort_by, is_descending)) = sort {
        view.sort_by = sort_by;
        view.is_descending = is_descending;
    }
    Ok(done(view.id, "custom view updated"))
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let ids = context
        .call
        .query
        .list("ids")
        .ok_or_else(|| catalog::required_param_missing("ids"))?;
    if ids.len() > CALL_MAX {
        return Err(catalog::param_limit_exceeded("ids", CALL_MAX));
    }
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let outcomes: Vec<Outcome> = ids
        .iter()
        .map(|text| {
            let at = parse_id(text).and_then(|id| place_of(&world, table, id, context));
            remove(&mut world, at.ok_or_else(|| catalog::unknown_id(text))?)
        })
        .collect();
    Ok(items::answer(ROOT, StatusCode::OK, &outcomes))
}

pub(super) fn delete_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    let outcome = remove(&mut world, at);
    Ok(items::answer(ROOT, StatusCode::OK, &[outcome]))
}

fn remove(world: &mut World, at: usize) -> Outcome {
    let view = &world.settings.views[at];
    if view.is_system() {
        // unknown: the words in which Zoho refuses to delete a view that it brings.
        let details = json!({"id": view.id.to_string()});
        let message = "system defined custom view cannot be deleted";
        return Err(refusals::other("NOT_ALLOWED", message, details));
    }
    let view = world.settings.views.remove(at);
    Ok(done(view.id, "custom view deleted"))
}
