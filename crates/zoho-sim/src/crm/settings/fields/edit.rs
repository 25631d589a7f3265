//! `PATCH /settings/fields?module=` and `/settings/fields/{id}?module=` change own fields and the options of picklists;
//! `DELETE /settings/fields/{id}?module=` takes an own field out with all its values.

use axum::http::StatusCode;

use super::create::{decimal_place, extra_of, length_of};
use super::{FIELDS_MAX, options};
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::settings::permit;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::schema::DataType;
use crate::world::World;

const LABEL_MAX: usize = 50;

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    items::each(
        &context.call.body,
        "fields",
        FIELDS_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let position = position_of(&world, table, id);
            let position = position.ok_or_else(|| refusals::invalid(&item.key("id")))?;
            change(&mut world, table, position, item, context.now())
        },
    )
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let id = context.id("id", 2)?;
    let position = position_of(&world, table, id).ok_or_else(|| catalog::invalid_path_id(2))?;
    items::each(&context.call.body, "fields", 1, StatusCode::OK, |item| {
        change(&mut world, table, position, item, context.now())
    })
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    let id = context.id("id", 2)?;
    let position = position_of(&world, table, id).ok_or_else(|| catalog::invalid_path_id(2))?;
    let field = world.tables[table].module.field_at(position);
    let is_name = world.tables[table].module.name_position() == Some(position);
    if !field.is_custom || is_name {
        // unknown: the words in which Zoho refuses to delete a standard field.
        return Err(refusals::path_not_allowed(2, "the field cannot be deleted"));
    }
    if is_gathered(&world, table, &field.api_name) {
        let message = "The custom field has already used in other places";
        return Err(refusals::path_not_allowed(2, message));
    }
    world.remove_field(table, position);
    Ok(items::answer(
        "fields",
        StatusCode::OK,
        &[Ok(done(id, "field deleted"))],
    ))
}

fn position_of(world: &World, table: usize, id: u64) -> Option<u16> {
    let fields = (0u16..).zip(&world.tables[table].module.fields);
    let mut found = fields.filter(|(_, field)| field.id == id);
    found.next().map(|(position, _)| position)
}

/// Whether a formula or a roll-up reads the field.
fn is_gathered(world: &World, table: usize, api_name: &str) -> bool {
    let module = &world.tables[table].module;
    let name = format!("{}.{api_name}}}", module.api_name);
    let mut fields = world
        .modules()
        .flat_map(|(_, table)| table.module.fields.iter());
    fields.any(|field| {
        let formula = field.formula.as_ref();
        let rollup = field.rollup.as_ref();
        formula.is_some_and(|formula| formula.expression.contains(&name))
            || rollup.is_some_and(|rollup| {
                rollup.module == module.api_name
                    && (rollup.lookup_field == api_name
                        || rollup.field.as_deref() == Some(api_name))
            })
    })
}

fn change(world: &mut World, table: usize, position: u16, item: &Item<'_>, now: i64) -> Outcome {
    let field = world.tables[table].module.field_at(position).clone();
    if item
        .text("data_type", LABEL_MAX)?
        .is_some_and(|name| name != field.data_type.name())
    {
        return Err(refusals::invalid(&item.key("data_type")));
    }
    let label = read_label(world, table, item, field.id)?;
    if label.is_some() && !field.is_custom {
        let message = "the label of a system defined field cannot be changed";
        return Err(refusals::not_allowed(&item.key("field_label"), message));
    }
    let length = length_of(item, field.data_type)?;
    if let Some(length) = length
        && length < field.length
        && !field.is_custom
    {
        return Err(refusals::invalid(&item.key("length")));
    }
    let unique = item.object("unique")?;
    let decimal_place = decimal_place(item)?;
    let extra = extra_of(world, item)?;
    let is_list = matches!(
        field.data_type,
        DataType::PickList | DataType::MultiSelectPickList
    );
    if item.has("pick_list_values") && !is_list {
        return Err(refusals::invalid(&item.key("pick_list_values")));
    }
    let changes = options::read_changes(item, &field.pick_list)?;
    let unchanged_length = field.pick_list.len();
    let mut values = field.pick_list.clone();
    options::apply(&mut values, changes, || world.ids.next());
    if unchanged_length > 0 && values.is_empty() {
        return Err(refusals::invalid(&item.key("pick_list_values")));
    }
    world.edit_field(table, position, |field| {
        if let Some(label) = label {
            field.label = label;
        }
        field.length = length.unwrap_or(field.length);
        if decimal_place.is_some() {
            field.decimal_place = decimal_place;
        }
        if item.has("unique") {
            field.is_unique = unique
                .is_some_and(|unique| unique.has("case_sensitive") || unique.has("casesensitive"));
        }
        field.extra.extend(extra);
        field.pick_list = values;
        field.modified_at = Some(now);
    });
    Ok(done(field.id, "field updated"))
}

fn read_label(
    world: &World,
    table: usize,
    item: &Item<'_>,
    id: u64,
) -> Result<Option<String>, Refusal> {
    if !item.has("field_label") {
        return Ok(None);
    }
    let label = item.required_text("field_label", LABEL_MAX)?;
    let mut others = world.tables[table].module.fields.iter();
    if others.any(|field| field.id != id && field.label.eq_ignore_ascii_case(label)) {
        return Err(refusals::duplicate(&item.key("field_label")));
    }
    let current = world.tables[table].module.fields.iter();
    let is_same = current
        .filter(|field| field.id == id)
        .any(|field| field.label == label);
    Ok((!is_same).then(|| label.to_owned()))
}
