//! `PATCH /settings/layouts` and `/settings/layouts/{id}` change names, profiles, sections and the fields in them;
//! `…/actions/activate` switches a layout on (`POST`) and off (`DELETE`); `DELETE` deletes it.

use axum::http::StatusCode;
use serde_json::json;

use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::settings::{api_name_of, fields, permit, profile_names};
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::schema::{Layout, Section};
use crate::world::{World, parse_id};

const ROOT: &str = "layouts";
const PERMISSION: &str = "Crm_Implied_Customize_Zoho_CRM";
/// Layouts of one call. unknown: Zoho's number.
const CALL_MAX: usize = 10;
const NAME_MAX: usize = 50;
/// Sections of a layout. unknown: Zoho's number.
const SECTIONS_MAX: usize = 100;

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    items::each(&context.call.body, ROOT, CALL_MAX, StatusCode::OK, |item| {
        let id = item.required_id("id")?;
        let place = place_of(&world, table, id);
        let place = place.ok_or_else(|| refusals::invalid(&item.key("id")))?;
        change(&mut world, table, place, item, context)
    })
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let (table, place) = known(&world, context)?;
    items::each(&context.call.body, ROOT, 1, StatusCode::OK, |item| {
        change(&mut world, table, place, item, context)
    })
}

fn place_of(world: &World, table: usize, id: u64) -> Option<usize> {
    let mut layouts = world.tables[table].module.layouts.iter();
    layouts.position(|layout| layout.id == id)
}

fn known(world: &World, context: &Context<'_>) -> Result<(usize, usize), Refusal> {
    let table = param::module(world, context.call)?;
    let id = context.id("id", 2)?;
    match place_of(world, table, id) {
        Some(place) => Ok((table, place)),
        None => Err(refusals::with_message(
            catalog::invalid_path_id(2),
            "No layout found with given id",
        )),
    }
}

fn change(
    world: &mut World,
    table: usize,
    place: usize,
    item: &Item<'_>,
    context: &Context<'_>,
) -> Outcome {
    let id = world.tables[table].module.layouts[place].id;
    if item.has("api_name") {
        let message = "api_name cannot be changed";
        return Err(refusals::not_allowed(&item.key("api_name"), message));
    }
    let name = match item.has("name") {
        true => Some(item.required_text("name", NAME_MAX)?),
        false => None,
    };
    if let Some(name) = name {
        let mut others = world.tables[table].module.layouts.iter();
        if others.any(|layout| layout.id != id && layout.name.eq_ignore_ascii_case(name)) {
            return Err(refusals::duplicate(&item.key("name")));
        }
    }
    item.boolean("show_business_card")?;
    let profiles = changed_profiles(world, table, place, item)?;
    for section in item.list("sections")?.unwrap_or_default() {
        change_section(world, table, place, &section, context)?;
    }
    let modified = (context.now(), context.caller.user);
    edit(world, table, place, |layout| {
        if let Some(name) = name {
            name.clone_into(&mut layout.name);
        }
        if profiles.is_some() {
            layout.profiles = profiles;
        }
        layout.modified = Some(modified);
    });
    Ok(done(id, "layout updated"))
}

fn edit(world: &mut World, table: usize, place: usize, edit: impl FnOnce(&mut Layout)) {
    world.edit_module(table, |module| edit(&mut module.layouts[place]));
}

/// Profiles that are named are added, those with `_delete` taken away.
fn changed_profiles(
    world: &World,
    table: usize,
    place: usize,
    item: &Item<'_>,
) -> Result<Option<Vec<u64>>, Refusal> {
    let Some(list) = item.list("profiles")? else {
        return Ok(None);
    };
    let all: Vec<u64> = profile_names(world).into_iter().map(|(_, id)| id).collect();
    let chosen = world.tables[table].module.layouts[place].profiles.clone();
    let mut chosen = chosen.unwrap_or_else(|| all.clone());
    for entry in &list {
        let id = entry.required_id("id")?;
        if !all.contains(&id) {
            return Err(refusals::invalid(&entry.key("id")));
        }
        chosen.retain(|known| *known != id);
        if !is_deleted(entry) {
            chosen.push(id);
        }
    }
    Ok(Some(chosen))
}

/// Whether an entry carries `_delete`, in any of its forms but `false`.
fn is_deleted(item: &Item<'_>) -> bool {
    item.has("_delete") && item.get("_delete") != Some(&false.into())
}

fn change_section(
    world: &mut World,
    table: usize,
    place: usize,
    item: &Item<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let layout = &world.tables[table].module.layouts[place];
    let label = match item.text("display_label", NAME_MAX)? {
        Some(label) => Some(label),
        None => item.text("name", NAME_MAX)?,
    };
    item.text("tab_traversal", NAME_MAX)?;
    item.number("column_count", 1, 2)?;
    let Some(id) = item.id("id")? else {
        if is_deleted(item) {
            let missing = refusals::dependent_missing;
            return Err(missing(&item.key("api_name"), &item.key("_delete")));
        }
        let keys = [item.key("id"), item.key("display_label")];
        let label = label.ok_or_else(|| {
            refusals::expected_missing(&keys, "should contain either id or display_label")
        })?;
        if layout.sections.len() >= SECTIONS_MAX {
            return Err(refusals::limit_exceeded(&item.key("name"), SECTIONS_MAX));
        }
        let id = world.ids.next();
        let section = Section {
            id,
            name: label.to_owned(),
            api_name: api_name_of(label, "Section"),
            is_subform: false,
            fields: Vec::new(),
        };
        let number = sequence_number(item)?;
        edit(world, table, place, |layout| {
            let at = number.map_or(layout.sections.len(), |at| at.min(layout.sections.len()));
            layout.sections.insert(at, section);
        });
        return change_fields(world, table, place, id, item, context);
    };
    let section = layout.sections.iter().find(|section| section.id == id);
    let section = section.ok_or_else(|| refusals::invalid(&item.key("id")))?;
    if is_deleted(item) {
        return remove_section(world, table, place, section.clone(), item);
    }
    let number = sequence_number(item)?;
    edit(world, table, place, |layout| {
        let at = layout.sections.iter().position(|section| section.id == id);
        let Some(at) = at else { return };
        if let Some(label) = label {
            label.clone_into(&mut layout.sections[at].name);
        }
        if let Some(number) = number {
            let section = layout.sections.remove(at);
            let at = number.min(layout.sections.len());
            layout.sections.insert(at, section);
        }
    });
    change_fields(world, table, place, id, item, context)
}

/// Place in its list, counted from nothing.
fn sequence_number(item: &Item<'_>) -> Result<Option<usize>, Refusal> {
    let number = item.number("sequence_number", 1, 10_000)?;
    Ok(number
        .and_then(|number| usize::try_from(number).ok())
        .map(|number| number - 1))
}

/// The fields of a section that goes are unused afterwards; one with mandatory fields stays.
fn remove_section(
    world: &mut World,
    table: usize,
    place: usize,
    section: Section,
    item: &Item<'_>,
) -> Result<(), Refusal> {
    let module = &world.tables[table].module;
    let mut positions = section.fields.iter();
    let is_needed = positions.any(|position| module.field_at(*position).is_mandatory);
    if is_needed || module.layouts[place].sections.len() == 1 {
        // unknown: the words in which Zoho refuses that.
        let message = "the section has mandatory fields";
        return Err(refusals::not_allowed(&item.key("id"), message));
    }
    edit(world, table, place, |layout| {
        layout.sections.retain(|known| known.id != section.id);
        layout
            .mandatory
            .retain(|position| !section.fields.contains(position));
    });
    Ok(())
}

fn change_fields(
    world: &mut World,
    table: usize,
    place: usize,
    section_id: u64,
    item: &Item<'_>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    for entry in item.list("fields")?.unwrap_or_default() {
        let id = match entry.id("id")? {
            Some(id) => id,
            None if entry.has("field_label") => {
                let made = fields::create_one(world, table, &entry, context.now())?;
                let id = made["details"]["id"].as_str().and_then(parse_id);
                id.unwrap_or_default()
            }
            None => {
                let keys = [entry.key("id"), entry.key("field_label")];
                let message = "should contain either id or field_label";
                return Err(refusals::expected_missing(&keys, message));
            }
        };
        place_field(world, table, place, (section_id, id), &entry)?;
    }
    Ok(())
}

/// Puts a field into a section, moves it, makes it mandatory or not, or takes it out.
fn place_field(
    world: &mut World,
    table: usize,
    place: usize,
    (section_id, id): (u64, u64),
    entry: &Item<'_>,
) -> Result<(), Refusal> {
    let module = &world.tables[table].module;
    let fields = (0u16..).zip(&module.fields);
    let mut found = fields.filter(|(_, field)| field.id == id && Layout::shows(field));
    let (position, field) = found.next().ok_or_else(|| {
        let refusal = refusals::invalid(&entry.key("id"));
        refusals::with_message(refusal, "the id given seems to be invalid")
    })?;
    let is_needed = field.is_mandatory;
    let is_custom = field.is_custom;
    let is_required = entry.boolean("required")?;
    if is_needed && (is_deleted(entry) || is_required == Some(false)) {
        let message = "the field is mandatory";
        return Err(refusals::not_allowed(&entry.key("id"), message));
    }
    if is_deleted(entry) {
        let is_permanent = match entry.object("_delete") {
            Ok(Some(delete)) => delete.boolean("permanent")?.unwrap_or(false),
            _ => false,
        };
        if is_permanent && is_custom {
            world.remove_field(table, position);
            return Ok(());
        }
        edit(world, table, place, |layout| {
            for section in &mut layout.sections {
                section.fields.retain(|known| *known != position);
            }
            layout.mandatory.retain(|known| *known != position);
        });
        return Ok(());
    }
    let number = sequence_number(entry)?;
    edit(world, table, place, |layout| {
        let mut at = None;
        for section in &mut layout.sections {
            let known = section.fields.iter().position(|known| *known == position);
            if let Some(known) = known {
                section.fields.remove(known);
                at = (section.id == section_id).then_some(known);
            }
        }
        if let Some(section) = layout
            .sections
            .iter_mut()
            .find(|known| known.id == section_id)
        {
            let last = section.fields.len();
            let at = number.or(at).unwrap_or(last).min(last);
            section.fields.insert(at, position);
        }
        if let Some(is_required) = is_required {
            layout.mandatory.retain(|known| *known != position);
            if is_required {
                layout.mandatory.push(position);
            }
        }
    });
    Ok(())
}

pub(super) fn activate(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let (table, place) = known(&world, context)?;
    edit(&mut world, table, place, |layout| layout.is_active = true);
    Ok(answer(context, "layout updated"))
}

pub(super) fn deactivate(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let (table, place) = known(&world, context)?;
    require_own(place)?;
    let target = target(&world, table, place, context)?;
    edit(&mut world, table, place, |layout| layout.is_active = false);
    world.move_to_layout(table, place, target);
    Ok(answer(context, "layout updated"))
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let (table, place) = known(&world, context)?;
    require_own(place)?;
    let target = target(&world, table, place, context)?;
    world.move_to_layout(table, place, target);
    world.remove_layout(table, place);
    Ok(answer(context, "layout deleted"))
}

fn answer(context: &Context<'_>, message: &str) -> Answer {
    let id = parse_id(context.param("id")).unwrap_or_default();
    items::answer(ROOT, StatusCode::OK, &[Ok(done(id, message))])
}

/// The standard layout stays.
fn require_own(place: usize) -> Result<(), Refusal> {
    if place > 0 {
        return Ok(());
    }
    // unknown: the words in which Zoho refuses to delete or to switch off the standard layout.
    Err(refusals::path_not_allowed(
        2,
        "standard layout cannot be deleted",
    ))
}

/// The layout to which the records of one that goes are moved.
fn target(
    world: &World,
    table: usize,
    place: usize,
    context: &Context<'_>,
) -> Result<usize, Refusal> {
    let given = context
        .call
        .query
        .get("transfer_to")
        .ok_or_else(|| catalog::required_param_missing("transfer_to"))?;
    let target = parse_id(given).and_then(|id| place_of(world, table, id));
    match target {
        Some(target) if target != place => {
            if world.tables[table].module.layouts[target].is_active {
                return Ok(target);
            }
            let message = "Cannot transfer to the deactivated layout";
            let details = json!({"param_name": "transfer_to"});
            Err(refusals::other("NOT_ALLOWED", message, details))
        }
        _ => Err(Refusal {
            message: "Transfer To Layout Id is Invalid",
            ..catalog::invalid_param("transfer_to")
        }),
    }
}
