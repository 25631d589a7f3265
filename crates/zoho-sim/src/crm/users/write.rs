//! `POST /users` invites a user; `PUT /users` and `/users/{id}` change users, activate and deactivate them;
//! `DELETE /users/{id}` deletes one.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::settings::permit;
use crate::http::Answer;
use crate::rows::is_email;
use crate::world::{User, World};

const PERMISSION: &str = "Crm_Implied_Manage_Users";
const UPDATES_MAX: usize = 10;
const NAME_MAX: usize = 100;
const EMAIL_MAX: usize = 100;

/// Texts that are kept as given, with their longest form.
const TEXTS: [(&str, usize); 21] = [
    ("phone", 50),
    ("mobile", 30),
    ("fax", 30),
    ("website", 255),
    ("street", 250),
    ("city", 100),
    ("state", 100),
    ("zip", 30),
    ("country", 100),
    ("alias", 100),
    ("signature", 5_000),
    ("dob", 20),
    ("language", 20),
    ("locale", 20),
    ("country_locale", 20),
    ("time_zone", 60),
    ("name_format__s", 100),
    ("sort_order_preference__s", 100),
    ("default_tab_group", 20),
    ("number_separator", 10),
    ("decimal_separator", 10),
];
const TIME_FORMATS: [&str; 2] = ["hh:mm a", "HH:mm"];

/// What no call may set.
const READ_ONLY: [(&str, &str); 5] = [
    (
        "created_by",
        "Created by & Modified by fields cannot be updated by api",
    ),
    (
        "Modified_By",
        "Created by & Modified by fields cannot be updated by api",
    ),
    ("type__s", "type__s is cannot be updated by api"),
    ("zuid", "zuid is cannot be updated by api"),
    ("confirm", "confirm is cannot be updated by api"),
];

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "users",
        1,
        StatusCode::CREATED,
        |item| create_one(&mut world, item, context),
    )
}

fn create_one(world: &mut World, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    item.required("last_name").or_else(|missing| {
        // A sample of Zoho gives the first name alone.
        if item.has("first_name") {
            Ok(&Value::Null)
        } else {
            Err(missing)
        }
    })?;
    for key in ["email", "profile", "role"] {
        item.required(key)?;
    }
    let given = read(world, item)?;
    let email = given.email.clone().unwrap_or_default();
    require_free_email(world, &email, None)?;
    require_licence(
        world,
        "Request exceeds your license limit. Need to upgrade in order to add a user",
    )?;
    let (now, author) = (context.now(), context.caller.user);
    let id = world.ids.next();
    let mut user = User {
        id,
        zuid: 60_000_000_000 + id % 1_000_000_000,
        first_name: String::new(),
        last_name: String::new(),
        email,
        is_active: true,
        created_at: now,
        modified_at: now,
        is_deleted: false,
        is_confirmed: false,
        profile: 0,
        role: 0,
        created_by: author,
        modified_by: author,
        extra: Map::new(),
    };
    given.put(&mut user);
    world.users.push(user);
    Ok(done(id, "User added"))
}

/// What a body says about a user, checked.
struct Given {
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    profile: Option<u64>,
    role: Option<u64>,
    is_active: Option<bool>,
    extra: Map<String, Value>,
}

impl Given {
    fn put(self, user: &mut User) {
        user.first_name = self.first_name.unwrap_or_else(|| user.first_name.clone());
        user.last_name = self.last_name.unwrap_or_else(|| user.last_name.clone());
        user.email = self.email.unwrap_or_else(|| user.email.clone());
        user.profile = self.profile.unwrap_or(user.profile);
        user.role = self.role.unwrap_or(user.role);
        user.is_active = self.is_active.unwrap_or(user.is_active);
        user.extra.extend(self.extra);
    }
}

fn read(world: &World, item: &Item<'_>) -> Result<Given, Refusal> {
    for (key, message) in READ_ONLY {
        if item.has(key) {
            let details = json!({"api_name": key, "json_path": item.key(key).path});
            return Err(refusals::other("NOT_SUPPORTED", message, details));
        }
    }
    if item.has("Reporting_To") {
        let message = "ReportingTo Feature is not enabled";
        return Err(refusals::other("FEATURE_NOT_ENABLED", message, json!({})));
    }
    let name = |key: &str| -> Result<Option<String>, Refusal> {
        let text = item.text(key, NAME_MAX)?;
        if text.is_some_and(|text| text.contains(['<', '>', '"', ';'])) {
            let refusal = refusals::invalid(&item.key(key));
            return Err(refusals::with_message(refusal, "Special Characters Found"));
        }
        Ok(text.map(str::to_owned))
    };
    let email = item.text("email", EMAIL_MAX)?;
    if email.is_some_and(|email| !is_email(email)) {
        let message = "Invalid Email Id. Please choose a different email id";
        return Err(refusals::other(
            "INVALID_DATA",
            message,
            json!({"api_name": "email"}),
        ));
    }
    let profile = item.reference("profile")?;
    if profile.is_some_and(|id| world.settings.profile(id).is_none()) {
        return Err(refusals::invalid(&item.key("profile")));
    }
    let role = item.reference("role")?;
    if role.is_some_and(|id| world.settings.role(id).is_none()) {
        return Err(refusals::invalid(&item.key("role")));
    }
    let status = item.word("status", &["active", "inactive"])?;
    Ok(Given {
        first_name: name("first_name")?,
        last_name: name("last_name")?,
        email: email.map(str::to_owned),
        profile,
        role,
        is_active: status.map(|status| status == "active"),
        extra: read_extra(item)?,
    })
}

fn read_extra(item: &Item<'_>) -> Result<Map<String, Value>, Refusal> {
    let mut extra = Map::new();
    for (key, longest) in TEXTS {
        if item.has(key) {
            extra.insert(key.to_owned(), json!(item.text(key, longest)?));
        }
    }
    for (key, known, message) in [
        (
            "number_separator",
            &["Comma", "Period", "Space"][..],
            "Invalid data. Valid values are Comma/Period/Space (Not case-sensitive)",
        ),
        (
            "decimal_separator",
            &["Comma", "Period"][..],
            "Invalid data. Valid values are Comma/Period (Not case-sensitive)",
        ),
    ] {
        let given = extra.get(key).and_then(Value::as_str);
        if given.is_some_and(|given| !known.iter().any(|word| word.eq_ignore_ascii_case(given))) {
            let refusal = refusals::invalid(&item.key(key));
            return Err(refusals::with_message(refusal, message));
        }
    }
    if let (Some(number), Some(decimal)) = (
        extra.get("number_separator"),
        extra.get("decimal_separator"),
    ) && number == decimal
    {
        let mapped = item.key("number_separator");
        let key = item.key("decimal_separator");
        let details = json!({
            "mapped_field": {"api_name": mapped.name, "json_path": mapped.path},
            "api_name": key.name,
            "json_path": key.path,
        });
        let message = "the number separator and decimal separator values should not be same";
        return Err(refusals::other("MAPPING_MISMATCH", message, details));
    }
    if let Some(zone) = extra.get("time_zone").and_then(Value::as_str)
        && !zone.contains('/')
        && !["UTC", "GMT"].contains(&zone)
    {
        let refusal = refusals::invalid(&item.key("time_zone"));
        return Err(refusals::with_message(
            refusal,
            "Give a proper time zone value",
        ));
    }
    if let Some(format) = item.text("time_format", 20)? {
        if !TIME_FORMATS.contains(&format) {
            let refusal = refusals::invalid(&item.key("time_format"));
            return Err(refusals::with_message(refusal, "Pattern not matched"));
        }
        extra.insert("time_format".to_owned(), json!(format));
    }
    if let Some(format) = item.text("date_format", 20)? {
        extra.insert("date_format".to_owned(), json!(format));
    }
    Ok(extra)
}

fn require_free_email(world: &World, email: &str, own: Option<u64>) -> Result<(), Refusal> {
    let mut others = world.users.iter().filter(|user| !user.is_deleted);
    if others.any(|user| Some(user.id) != own && user.email.eq_ignore_ascii_case(email)) {
        let message = "Failed to add user since same email id is already present";
        return Err(refusals::other("DUPLICATE_DATA", message, json!({})));
    }
    Ok(())
}

/// Active users count against what the organisation has paid for.
fn require_licence(world: &World, message: &'static str) -> Result<(), Refusal> {
    let active = world.users.iter();
    let active = active.filter(|user| user.is_active && !user.is_deleted);
    if active.count() >= world.settings.licences {
        return Err(refusals::other(
            "LICENSE_LIMIT_EXCEEDED",
            message,
            json!({}),
        ));
    }
    Ok(())
}

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "users",
        UPDATES_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let at = place_of(&world, id).ok_or_else(|| refusals::invalid(&item.key("id")))?;
            change(&mut world, at, item, context)
        },
    )
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 1)?;
    // People may change what is said about themselves.
    if id != context.caller.user {
        permit(context, PERMISSION)?;
    }
    let mut world = context.shared.world();
    let at = place_of(&world, id).ok_or_else(|| catalog::invalid_path_id(1))?;
    items::each(&context.call.body, "users", 1, StatusCode::OK, |item| {
        change(&mut world, at, item, context)
    })
}

fn place_of(world: &World, id: u64) -> Option<usize> {
    world.users.iter().position(|user| user.id == id)
}

fn change(world: &mut World, at: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let user = world.users[at].clone();
    if user.is_deleted {
        let message = "Deleted user cannot be updated";
        return Err(refusals::other(
            "CANNOT_UPDATE_DELETED_USER",
            message,
            json!({}),
        ));
    }
    let given = read(world, item)?;
    if let Some(email) = given.email.as_deref().filter(|email| *email != user.email) {
        if user.is_confirmed {
            // Zoho's own code lacks a letter.
            let message = "Cannot update email of a confirmed CRM User";
            let details = json!({"api_name": "email"});
            return Err(refusals::other("EMAIL_UPDATE_NOT_ALOWED", message, details));
        }
        require_free_email(world, email, Some(user.id))?;
    }
    if given.is_active.is_some() {
        check_status(world, &user, given.is_active == Some(true), item, context)?;
    }
    let (now, author) = (context.now(), context.caller.user);
    let user = &mut world.users[at];
    given.put(user);
    user.modified_at = now;
    user.modified_by = author;
    Ok(done(user.id, "User updated"))
}

fn check_status(
    world: &World,
    user: &User,
    is_active: bool,
    item: &Item<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let details = json!({"id": user.id.to_string(), "json_path": item.key("id").path});
    if is_active {
        if user.is_active {
            let message = "User is already active";
            return Err(refusals::other("ID_ALREADY_ACTIVE", message, details));
        }
        return require_licence(world, "License Limit is Exceeded");
    }
    if !user.is_active {
        let message = "User is already deactivated";
        return Err(refusals::other("ID_ALREADY_DEACTIVATED", message, details));
    }
    require_removable(world, user, context, details)
}

/// Nobody shuts the primary contact or themselves out.
pub(super) fn require_removable(
    world: &World,
    user: &User,
    context: &Context<'_>,
    details: Value,
) -> Result<(), Refusal> {
    if user.id == world.first_user_id() {
        let message = "Primary Contact cannot be deactivated";
        return Err(refusals::other("INVALID_REQUEST", message, details));
    }
    if user.id == context.caller.user {
        let message = "You can't perform this action over logged in user";
        return Err(refusals::other("INVALID_REQUEST", message, json!({})));
    }
    Ok(())
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let id = context.id("id", 1)?;
    let mut world = context.shared.world();
    let at = place_of(&world, id).ok_or_else(|| catalog::invalid_path_id(1))?;
    let outcome = remove(&mut world, at, context);
    Ok(items::answer("users", StatusCode::OK, &[outcome]))
}

/// Marks a user as deleted; records keep naming it.
pub(super) fn remove(world: &mut World, at: usize, context: &Context<'_>) -> Outcome {
    let user = world.users[at].clone();
    let details = json!({"json_path": "$.users[0].id", "id": user.id.to_string()});
    if user.is_deleted {
        let message = "User is already deleted";
        return Err(refusals::other("ID_ALREADY_DELETED", message, details));
    }
    require_removable(world, &user, context, details)?;
    let (now, author) = (context.now(), context.caller.user);
    let user = &mut world.users[at];
    user.is_deleted = true;
    user.is_active = false;
    user.modified_at = now;
    user.modified_by = author;
    Ok(done(user.id, "User deleted"))
}
