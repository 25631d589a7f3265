//! `GET /settings/related_lists?module=` and `/settings/related_lists/{id}?module=`: the lists below a record.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::module_reference;
use crate::catalog::Refusal;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::schema::{Module, RelatedList};
use crate::world::{World, parse_id};

pub(crate) fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    if !has_layout(module, context) {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let lists = (1u32..)
        .zip(&module.related_lists)
        .map(|(number, list)| print(&world, module, number, list));
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"related_lists": lists.collect::<Vec<Value>>()}),
    ))
}

pub(crate) fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = &world.tables[param::module(&world, context.call)?].module;
    let id = context.id("id", 2)?;
    let mut lists = (1u32..).zip(&module.related_lists);
    let found = lists.find(|(_, list)| list.id == id && has_layout(module, context));
    Ok(match found {
        None => Answer::empty(StatusCode::NO_CONTENT),
        Some((number, list)) => Answer::json(
            StatusCode::OK,
            &json!({"related_lists": [print(&world, module, number, list)]}),
        ),
    })
}

/// Whether `layout_id` names a layout of the module; all of them have the same lists.
fn has_layout(module: &Module, context: &Context<'_>) -> bool {
    let layout = context.call.query.get("layout_id");
    layout.is_none_or(|layout| {
        let id = parse_id(layout);
        module.layouts.iter().any(|known| Some(known.id) == id)
    })
}

fn print(world: &World, module: &Module, number: u32, list: &RelatedList) -> Value {
    let target = list
        .module
        .as_deref()
        .and_then(|name| world.table_named(name));
    json!({
        "module": target.map(|table| module_reference(&table.module.api_name, table.module.id)),
        "type": list.kind,
        "sequence_number": number.to_string(),
        "display_label": list.label,
        "customize_sort": false,
        "customize_fields": false,
        "api_name": list.api_name,
        "customize_display_label": false,
        "name": list.label,
        "action": null,
        "href": format!("{}/{{ENTITYID}}/{}", module.api_name, list.api_name),
        "id": list.id.to_string(),
        "status": "visible",
    })
}
