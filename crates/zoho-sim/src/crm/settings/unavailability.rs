//! `/settings/users_unavailability`: when users are away. It is kept and shown.
//!
//! unknown: who may tell of the absence of others (here those who manage users), what `include_inner_details` adds (nothing), by
//! which fields `filters` compares (`from`, `to`, `user`), what is printed of calendars elsewhere (empty texts), and what follows
//! for records and calls (nothing).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::filters::{Fact, Filter};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::settings::Unavailability;
use crate::world::{World, parse_id, parse_time};

const SCOPE: Scope = Scope::Settings("users_unavailability");
const PERMISSION: &str = "Crm_Implied_Manage_Users";
const ROOT: &str = "users_unavailability";
const SAVED: &str = "Unavailability Hours saved successfully";
const FIELDS: [&str; 3] = ["from", "to", "user"];
const COMMENTS_MAX: usize = 250;
const TITLE_MAX: usize = 255;
/// Absences of one call, and of the organisation. unknown: Zoho's numbers.
const CALL_MAX: usize = 100;
const ALL_MAX: usize = 10_000;

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/users_unavailability", SCOPE, list),
    Route::post("settings/users_unavailability", SCOPE, create),
    Route::put("settings/users_unavailability", SCOPE, update),
    Route::get("settings/users_unavailability/{id}", SCOPE, get),
    Route::put("settings/users_unavailability/{id}", SCOPE, update_one),
    Route::delete("settings/users_unavailability/{id}", SCOPE, delete),
];

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let query = &context.call.query;
    let per_page = param::number(
        query,
        "per_page",
        param::PER_PAGE_MAX,
        1,
        param::PER_PAGE_MAX,
    )?;
    let page = param::number(query, "page", 1, 1, usize::MAX / param::PER_PAGE_MAX)?;
    let roles = ids(context, "role_ids")?;
    let territories = ids(context, "territory_ids")?;
    let groups = ids(context, "group_ids")?;
    let filter = filter(context)?;
    let world = context.shared.world();
    let is_shown = |absence: &&Unavailability| {
        let role = world.user(absence.user).map(|user| user.role);
        let is_in = |ids: &[u64]| {
            let mut territories = ids.iter().filter_map(|id| world.territory(*id));
            territories.any(|territory| territory.users.contains(&absence.user))
        };
        let is_of_group = |ids: &[u64]| {
            let mut groups = world.settings.user_groups.iter();
            groups.any(|group| ids.contains(&group.id) && group.names(&world, absence.user))
        };
        roles
            .as_ref()
            .is_none_or(|ids| role.is_some_and(|role| ids.contains(&role)))
            && territories.as_deref().is_none_or(is_in)
            && groups.as_deref().is_none_or(is_of_group)
            && fits(&world, absence, filter.as_ref())
    };
    let all: Vec<&Unavailability> = world.settings.absences.iter().filter(is_shown).collect();
    let shown = all.iter().skip((page - 1) * per_page).take(per_page);
    let shown: Vec<Value> = shown.map(|absence| describe(&world, absence)).collect();
    if shown.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let more_records = page * per_page < all.len();
    let info = json!({"per_page": per_page, "count": shown.len(), "page": page, "more_records": more_records});
    Ok(Answer::json(
        StatusCode::OK,
        &json!({ROOT: shown, "info": info}),
    ))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let filter = filter(context)?;
    let world = context.shared.world();
    let found = place_of(&world, id).map(|place| &world.settings.absences[place]);
    match found.filter(|absence| fits(&world, absence, filter.as_ref())) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some(absence) => Ok(Answer::json(
            StatusCode::OK,
            &json!({ROOT: [describe(&world, absence)]}),
        )),
    }
}

/// A list of ids in a parameter.
fn ids(context: &Context<'_>, name: &str) -> Result<Option<Vec<u64>>, Refusal> {
    let Some(given) = context.call.query.list(name) else {
        return Ok(None);
    };
    let read = |(index, text): (usize, &&str)| {
        parse_id(text).ok_or_else(|| {
            let message = "Ids should be Long value with comma separated";
            let details = json!({"index": index, "param_name": name});
            refusals::other("INVALID_DATA", message, details)
        })
    };
    given
        .iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, _>>()
        .map(Some)
}

fn filter(context: &Context<'_>) -> Result<Option<Filter>, Refusal> {
    let given = context.call.query.get("filters");
    let read = |text: &str| Filter::read(text, &FIELDS).map_err(|_| catalog::unparsable_param());
    given.map(read).transpose()
}

fn fits(world: &World, absence: &Unavailability, filter: Option<&Filter>) -> bool {
    let name = world.user(absence.user).map(crate::world::User::full_name);
    let name = name.unwrap_or_default();
    let fact = |field: &str| match field {
        "from" => Some(Fact::Time(absence.from)),
        "to" => Some(Fact::Time(absence.to)),
        "user" => Some(Fact::Reference(absence.user, &name)),
        _ => None,
    };
    filter.is_none_or(|filter| filter.fits(&fact))
}

fn describe(world: &World, absence: &Unavailability) -> Value {
    let user = world.user(absence.user);
    json!({
        "id": absence.id.to_string(),
        "service": "",
        "title": absence.title,
        "all_day": absence.is_all_day,
        "tp_calendar_id": "",
        "tp_event_id": "",
        "comments": absence.comments,
        "from": print::time(world, absence.from),
        "to": print::time(world, absence.to),
        "user": user.map(|user| {
            json!({"name": user.full_name(), "id": user.id.to_string(), "zuid": user.zuid.to_string()})
        }),
    })
}

fn place_of(world: &World, id: u64) -> Option<usize> {
    let mut absences = world.settings.absences.iter();
    absences.position(|absence| absence.id == id)
}

/// Refuses who may not tell of the absence of this user.
fn permit_for(context: &Context<'_>, world: &World, user: u64) -> Result<(), Refusal> {
    if user == context.caller.user || world.may(context.caller.user, PERMISSION) {
        return Ok(());
    }
    Err(refusals::no_permission(&[PERMISSION]))
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        ROOT,
        CALL_MAX,
        StatusCode::CREATED,
        |item| {
            for key in ["user", "from", "to"] {
                item.required(key)?;
            }
            if world.settings.absences.len() >= ALL_MAX {
                return Err(refusals::limit_exceeded(&item.key("user"), ALL_MAX));
            }
            let mut absence = Unavailability {
                id: 0,
                user: 0,
                from: 0,
                to: 0,
                is_all_day: false,
                title: String::new(),
                comments: None,
            };
            put(context, &world, &mut absence, item)?;
            absence.id = world.ids.next();
            let id = absence.id;
            world.settings.absences.push(absence);
            Ok(done(id, SAVED))
        },
    )
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let place = place_of(&world, id).ok_or_else(|| refusals::invalid(&item.key("id")))?;
        change(context, &mut world, place, item)
    })
}

fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let mut world = context.shared.world();
    let place = place_of(&world, id).ok_or_else(|| catalog::invalid_path_id(2))?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        change(context, &mut world, place, item)
    })
}

fn change(context: &Context<'_>, world: &mut World, place: usize, item: &Item<'_>) -> Outcome {
    let mut absence = world.settings.absences[place].clone();
    permit_for(context, world, absence.user)?;
    put(context, world, &mut absence, item)?;
    let id = absence.id;
    world.settings.absences[place] = absence;
    Ok(done(id, SAVED))
}

/// What a body says of an absence.
fn put(
    context: &Context<'_>,
    world: &World,
    absence: &mut Unavailability,
    item: &Item<'_>,
) -> Result<(), Refusal> {
    if let Some(user) = item.reference("user")? {
        let known = world.user(user).filter(|user| !user.is_deleted);
        known.ok_or_else(|| refusals::invalid(&item.key("user")))?;
        permit_for(context, world, user)?;
        absence.user = user;
    }
    absence.from = time(item, "from")?.unwrap_or(absence.from);
    absence.to = time(item, "to")?.unwrap_or(absence.to);
    if absence.to < absence.from {
        return Err(refusals::invalid(&item.key("to")));
    }
    absence.is_all_day = item.boolean("all_day")?.unwrap_or(absence.is_all_day);
    if let Some(title) = item.text("title", TITLE_MAX)? {
        title.clone_into(&mut absence.title);
    }
    if item.has("comments") {
        absence.comments = item.text("comments", COMMENTS_MAX)?.map(str::to_owned);
    }
    Ok(())
}

fn time(item: &Item<'_>, key: &str) -> Result<Option<i64>, Refusal> {
    let text = item.text(key, usize::MAX)?;
    let read = |text: &str| {
        parse_time(text).ok_or_else(|| refusals::wrong_type(&item.key(key), "datetime"))
    };
    text.map(read).transpose()
}

fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 2)?;
    let mut world = context.shared.world();
    let place = place_of(&world, id).ok_or_else(|| catalog::invalid_path_id(2))?;
    permit_for(context, &world, world.settings.absences[place].user)?;
    world.settings.absences.remove(place);
    Ok(items::answer(ROOT, StatusCode::OK, &[Ok(done(id, SAVED))]))
}
