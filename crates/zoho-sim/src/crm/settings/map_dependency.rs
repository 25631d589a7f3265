//! `/settings/layouts/{layout_id}/map_dependency?module=`: which options of a picklist go with which of another.
//!
//! unknown: Zoho's words for what went well here, which no sample at hand shows.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::permit;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::route::{Route, Scope};
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::schema::{DataType, Field, Module};
use crate::world::World;
use crate::world::settings::MapDependency;

const SCOPE: Scope = Scope::Settings("map_dependency");
const PERMISSION: &str = "Crm_Implied_Customize_Zoho_CRM";
const ROOT: &str = "map_dependency";
/// Dependencies of one layout. unknown: Zoho's number.
const OF_LAYOUT_MAX: usize = 100;

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("settings/layouts/{layout}/map_dependency", SCOPE, list),
    Route::post("settings/layouts/{layout}/map_dependency", SCOPE, create),
    Route::get("settings/layouts/{layout}/map_dependency/{id}", SCOPE, get),
    Route::put(
        "settings/layouts/{layout}/map_dependency/{id}",
        SCOPE,
        update,
    ),
    Route::delete(
        "settings/layouts/{layout}/map_dependency/{id}",
        SCOPE,
        delete,
    ),
];

/// The module of the call and the layout of its path.
fn place<'w>(world: &'w World, context: &Context<'_>) -> Result<(&'w Module, u64), Refusal> {
    let module = &world.tables[param::module(world, context.call)?].module;
    let layout = context.id("layout", 2)?;
    if module.layouts.iter().any(|known| known.id == layout) {
        return Ok((module, layout));
    }
    Err(catalog::invalid_path_id(2))
}

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let (module, layout) = place(&world, context)?;
    let page = param::Page::read(&context.call.query)?;
    let all = world.settings.map_dependencies.iter();
    let all: Vec<&MapDependency> = all.filter(|known| known.layout == layout).collect();
    Ok(page.answer("map_dependency", &all, |known| describe(module, known)))
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let (module, layout) = place(&world, context)?;
    let id = context.id("id", 4)?;
    let mut all = world.settings.map_dependencies.iter();
    match all.find(|known| known.id == id && known.layout == layout) {
        None => Ok(Answer::empty(StatusCode::NO_CONTENT)),
        Some(dependency) => Ok(Answer::json(
            StatusCode::OK,
            &json!({"map_dependency": [describe(module, dependency)]}),
        )),
    }
}

fn describe(module: &Module, dependency: &MapDependency) -> Value {
    let reference = |name: &str| {
        let field = module.field(name);
        field.map(|field| json!({"api_name": name, "id": field.id.to_string()}))
    };
    let option = |field: &str, id: u64| {
        let mut values = module.field(field)?.pick_list.iter();
        let value = values.find(|value| value.id == id)?;
        Some(
            json!({"id": id.to_string(), "actual_value": value.actual_value, "display_value": value.display_value}),
        )
    };
    let values: Vec<Value> = dependency
        .maps
        .iter()
        .filter_map(|(parent, children)| {
            let mut value = option(&dependency.parent, *parent)?;
            let children = children.iter();
            let maps: Vec<Value> = children
                .filter_map(|child| option(&dependency.child, *child))
                .collect();
            value["maps"] = json!(maps);
            Some(value)
        })
        .collect();
    json!({
        "id": dependency.id.to_string(),
        "parent": reference(&dependency.parent),
        "child": reference(&dependency.child),
        "pick_list_values": values,
        "internal": false,
        "active": true,
        "source": 1,
        "category": 1,
        "sub_module": null,
    })
}

fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let layout = place(&world, context)?.1;
    items::each(&context.call.body, ROOT, 1, StatusCode::CREATED, |item| {
        let (module, _) = place(&world, context)?;
        let parent = field(module, item, "parent")?;
        let child = field(module, item, "child")?;
        if parent.id == child.id {
            return Err(refusals::invalid(&item.key("child")));
        }
        let maps = read_maps(item, parent, child, Vec::new())?;
        let (parent, child) = (parent.api_name.clone(), child.api_name.clone());
        let known = &world.settings.map_dependencies;
        let of_layout = known.iter().filter(|known| known.layout == layout);
        if of_layout.clone().any(|known| known.child == child) {
            return Err(refusals::duplicate(&item.key("child")));
        }
        if of_layout.count() >= OF_LAYOUT_MAX {
            return Err(refusals::limit_exceeded(&item.key("parent"), OF_LAYOUT_MAX));
        }
        let id = world.ids.next();
        world.settings.map_dependencies.push(MapDependency {
            id,
            layout,
            parent,
            child,
            maps,
        });
        Ok(done(id, "mapping dependency created successfully"))
    })
}

/// The picklist that a key names by API name or by id.
fn field<'m>(module: &'m Module, item: &Item<'_>, name: &str) -> Result<&'m Field, Refusal> {
    let given = item
        .object(name)?
        .ok_or_else(|| refusals::missing(&item.key(name)))?;
    let field = match given.text("api_name", 100)? {
        Some(name) => module.field(name),
        None => {
            let id = given.required_id("id")?;
            module.fields.iter().find(|field| field.id == id)
        }
    };
    let is_list = |field: &&Field| {
        matches!(
            field.data_type,
            DataType::PickList | DataType::MultiSelectPickList
        )
    };
    field
        .filter(is_list)
        .ok_or_else(|| refusals::invalid(&given.key("api_name")))
}

/// The maps after those of the body: each names an option of the parent and those of the child, or takes one out.
fn read_maps(
    item: &Item<'_>,
    parent: &Field,
    child: &Field,
    mut maps: Vec<(u64, Vec<u64>)>,
) -> Result<Vec<(u64, Vec<u64>)>, Refusal> {
    let has = |field: &Field, id: u64| field.pick_list.iter().any(|value| value.id == id);
    let list = item
        .list("pick_list_values")?
        .ok_or_else(|| refusals::missing(&item.key("pick_list_values")))?;
    for entry in &list {
        let id = entry.required_id("id")?;
        if !has(parent, id) {
            return Err(refusals::invalid(&entry.key("id")));
        }
        if !maps.iter().any(|(known, _)| *known == id) {
            maps.push((id, Vec::new()));
        }
        for option in entry.list("maps")?.unwrap_or_default() {
            let child_id = option.required_id("id")?;
            if !has(child, child_id) {
                return Err(refusals::invalid(&option.key("id")));
            }
            let is_removed = option.boolean("_delete")?.unwrap_or(false);
            if let Some((_, children)) = maps.iter_mut().find(|(known, _)| *known == id) {
                children.retain(|known| *known != child_id);
                if !is_removed {
                    children.push(child_id);
                }
            }
        }
    }
    Ok(maps)
}

fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    items::each(
        &context.call.body,
        ROOT,
        1,
        StatusCode::OK,
        |item| -> Outcome {
            let (module, _) = place(&world, context)?;
            let dependency = &world.settings.map_dependencies[at];
            let missing = || catalog::invalid_path_id(4);
            let parent = module.field(&dependency.parent).ok_or_else(missing)?;
            let child = module.field(&dependency.child).ok_or_else(missing)?;
            let maps = read_maps(item, parent, child, dependency.maps.clone())?;
            let dependency = &mut world.settings.map_dependencies[at];
            dependency.maps = maps;
            Ok(done(
                dependency.id,
                "mapping dependency updated successfully",
            ))
        },
    )
}

fn known(world: &World, context: &Context<'_>) -> Result<usize, Refusal> {
    let layout = place(world, context)?.1;
    let id = context.id("id", 4)?;
    let mut all = world.settings.map_dependencies.iter();
    all.position(|known| known.id == id && known.layout == layout)
        .ok_or_else(|| catalog::invalid_path_id(4))
}

fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, PERMISSION)?;
    let mut world = context.shared.world();
    let at = known(&world, context)?;
    let removed = world.settings.map_dependencies.remove(at);
    Ok(items::answer(
        ROOT,
        StatusCode::OK,
        &[Ok(done(
            removed.id,
            "mapping dependency deleted successfully",
        ))],
    ))
}
