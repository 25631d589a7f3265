//! `GET /settings/related_lists?module=`: the lists below a record.

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
    let layout = context.call.query.get("layout_id");
    if layout.is_some_and(|layout| parse_id(layout) != Some(module.layout_id())) {
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
