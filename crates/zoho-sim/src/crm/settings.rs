//! Metadata: modules, fields, layouts, related lists, pipelines.

pub(super) mod automation;
pub(super) mod calendar;
pub(super) mod custom_views;
pub(super) mod fields;
pub(super) mod global_picklists;
pub(super) mod layouts;
pub(super) mod map_dependency;
pub(super) mod modules;
pub(super) mod pipelines;
pub(super) mod profiles;
mod related_lists;
pub(super) mod roles;
pub(super) mod territories;
pub(super) mod unavailability;
pub(super) mod user_groups;
pub(super) mod variables;

use serde_json::{Value, json};

use super::Context;
use super::items::Item;
use super::route::{Route, Scope};
use crate::catalog::Refusal;
use crate::catalog::settings as refusals;
use crate::schema::AutoNumber;
use crate::world::World;
pub(super) use fields::print as print_field;

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        "settings/related_lists",
        Scope::Settings("related_lists"),
        related_lists::list,
    ),
    Route::get(
        "settings/related_lists/{id}",
        Scope::Settings("related_lists"),
        related_lists::get,
    ),
];

/// Refuses who may not change this part of setup.
pub(super) fn permit(context: &Context<'_>, permission: &str) -> Result<(), Refusal> {
    if context.shared.world().may(context.caller.user, permission) {
        return Ok(());
    }
    Err(refusals::no_permission(&[permission]))
}

/// The profiles of the organisation, as metadata lists them.
fn profile_names(world: &World) -> Vec<(&str, u64)> {
    let profiles = world.settings.profiles.iter();
    profiles
        .map(|profile| (profile.name.as_str(), profile.id))
        .collect()
}

/// Whether a text can be an API name: letters, digits and single underscores, a letter first.
fn is_api_name(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(is_part)
        && !text.contains("__")
        && !text.ends_with('_')
}

/// The API name that a label gives: signs and blanks become underscores. `otherwise` serves labels without a letter in it.
fn api_name_of(label: &str, otherwise: &str) -> String {
    let mut name = String::new();
    for letter in label.trim().chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        otherwise.to_owned()
    }
}

/// The name itself, or with the first number behind it with which it is free.
fn free_api_name(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (1u32..).map(|number| format!("{name}{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| is_free(name))
        .unwrap_or_default()
}

/// How numbers are written: `{"prefix", "suffix", "start_number"}`.
fn auto_number_of(item: &Item<'_>) -> Result<AutoNumber, Refusal> {
    const AFFIX_MAX: usize = 30;
    item.required("start_number")?;
    let start = item.number("start_number", 0, 999_999_999_999_999)?;
    Ok(AutoNumber {
        prefix: item
            .text("prefix", AFFIX_MAX)?
            .unwrap_or_default()
            .to_owned(),
        suffix: item
            .text("suffix", AFFIX_MAX)?
            .unwrap_or_default()
            .to_owned(),
        start_number: start
            .and_then(|start| u64::try_from(start).ok())
            .unwrap_or(1),
    })
}

fn module_reference(api_name: &str, id: u64) -> Value {
    json!({"api_name": api_name, "id": id.to_string()})
}
