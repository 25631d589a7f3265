//! `POST /settings/modules` makes a module; `PUT /settings/modules` and `/settings/modules/{api_name or id}` change labels,
//! description and profiles.

use axum::http::StatusCode;

use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::settings::{api_name_of, free_api_name, is_api_name};
use crate::crm::{Context, settings};
use crate::http::Answer;
use crate::schema::{AutoNumber, DataType, GeneratedType};
use crate::seed::ModuleSeed;
use crate::world::{World, parse_id};

/// Modules of one call.
const MODULES_MAX: usize = 1;
const UPDATES_MAX: usize = 10;
/// Own modules of an organisation. unknown: Zoho's number for each edition; samples show 10 and 200.
const OWN_MODULES_MAX: usize = 200;
const LABEL_MAX: usize = 50;
const DESCRIPTION_MAX: usize = 255;

/// Words that begin other paths than those of modules.
const RESERVED: [&str; 8] = [
    "settings", "users", "org", "coql", "bulk", "actions", "files", "upload",
];

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    settings::permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "modules",
        MODULES_MAX,
        StatusCode::CREATED,
        |item| create_one(&mut world, item, context),
    )
}

fn create_one(world: &mut World, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let plural_label = item.required_text("plural_label", LABEL_MAX)?;
    let singular_label = item.required_text("singular_label", LABEL_MAX)?;
    let is_team_based = item
        .word("access_type", &["org_based", "team_based"])?
        .is_some_and(|word| word == "team_based");
    let profiles = match item.list("profiles")? {
        Some(list) => Some(profiles_of(world, &list)?),
        None if is_team_based => None,
        None => return Err(refusals::missing(&item.key("profiles"))),
    };
    let description = item.text("description", DESCRIPTION_MAX)?;
    let display = item.object("display_field")?;
    let name_field = display.as_ref().map(read_display_field).transpose()?;
    for (key, label) in [
        ("singular_label", singular_label),
        ("plural_label", plural_label),
    ] {
        if has_label(world, label, None) {
            return Err(refusals::duplicate(&item.key(key)));
        }
    }
    let own = world
        .modules()
        .filter(|(_, table)| table.module.generated_type == GeneratedType::Custom);
    if own.count() >= OWN_MODULES_MAX {
        let details = serde_json::json!({"limit": OWN_MODULES_MAX});
        return Err(refusals::other("LIMIT_EXCEEDED", "limit exceeded", details));
    }
    let seed = ModuleSeed {
        api_name: new_name(world, item, plural_label)?,
        singular_label: singular_label.to_owned(),
        plural_label: Some(plural_label.to_owned()),
    };
    let key = item.key("api_name");
    let table = world
        .define_module(&seed)
        .map_err(|_| refusals::duplicate(&key))?;
    let now = context.now();
    let id = world.edit_module(table, |module| {
        module.setup.description = description.map(str::to_owned);
        module.setup.profiles = profiles;
        module.setup.is_team_based = is_team_based;
        module.setup.modified = Some((now, context.caller.user));
        module.id
    });
    if let Some((label, auto_number)) = name_field
        && let Some(position) = world.tables[table].module.position("Name")
    {
        world.edit_field(table, position, |field| {
            field.label = label;
            if auto_number.is_some() {
                field.data_type = DataType::AutoNumber;
                field.is_read_only = true;
                field.is_mandatory = false;
                field.is_layout_mandatory = false;
                field.auto_number = auto_number;
            }
        });
    }
    world.permit_module(table);
    world.add_standard_views(table);
    Ok(done(id, "module created successfully"))
}

/// Label and, where records are numbered, the form of their number.
fn read_display_field(display: &Item<'_>) -> Result<(String, Option<AutoNumber>), Refusal> {
    let label = display.required_text("field_label", LABEL_MAX)?;
    let data_type = display.word("data_type", &["text", "autonumber"])?;
    if data_type != Some("autonumber") {
        return Ok((label.to_owned(), None));
    }
    let missing =
        || refusals::dependent_missing(&display.key("auto_number"), &display.key("data_type"));
    let format = display.object("auto_number")?.ok_or_else(missing)?;
    Ok((label.to_owned(), Some(settings::auto_number_of(&format)?)))
}

/// The API name as given, or one made of the label.
fn new_name(world: &World, item: &Item<'_>, label: &str) -> Result<String, Refusal> {
    let key = item.key("api_name");
    let is_taken = |name: &str| {
        let is_page = world.pages.iter().any(|page| page.api_name == name);
        is_page || world.table_position(name).is_some()
    };
    if !item.has("api_name") {
        let name = api_name_of(label, "CustomModule");
        return Ok(free_api_name(&name, |name| !is_taken(name)));
    }
    let name = item.required_text("api_name", LABEL_MAX)?;
    if !is_api_name(name) {
        return Err(refusals::invalid(&key));
    }
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(refusals::reserved_name(&key));
    }
    if is_taken(name) {
        return Err(refusals::duplicate(&key));
    }
    Ok(name.to_owned())
}

/// The profiles that see a module. An entry with `_delete` takes a profile away.
fn profiles_of(world: &World, list: &[Item<'_>]) -> Result<Vec<u64>, Refusal> {
    let mut ids = Vec::with_capacity(list.len());
    for entry in list {
        let id = entry.required_id("id")?;
        if world.settings.profile(id).is_none() {
            let refusal = refusals::invalid(&entry.key("id"));
            return Err(refusals::with_message(refusal, "Invalid profile id passed"));
        }
        if !entry.has("_delete") && !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn has_label(world: &World, label: &str, except: Option<usize>) -> bool {
    world.modules().any(|(table, known)| {
        Some(table) != except
            && (known.module.plural_label.eq_ignore_ascii_case(label)
                || known.module.singular_label.eq_ignore_ascii_case(label))
    })
}

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Refusal> {
    settings::permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    items::each(
        &context.call.body,
        "modules",
        UPDATES_MAX,
        StatusCode::OK,
        |item| {
            let id = item.required_id("id")?;
            let table = table_of(&world, id).ok_or_else(|| {
                let refusal = refusals::invalid(&item.key("id"));
                refusals::with_message(refusal, "the module id given seems to be invalid")
            })?;
            change(&mut world, table, item, context)
        },
    )
}

pub(super) fn update_one(context: &Context<'_>) -> Result<Answer, Refusal> {
    settings::permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    let name = context.param("name");
    let table = world
        .table_position(name)
        .or_else(|| table_of(&world, parse_id(name)?))
        .ok_or_else(|| catalog::invalid_module(serde_json::json!({"resource_path_index": 2})))?;
    items::each(&context.call.body, "modules", 1, StatusCode::OK, |item| {
        change(&mut world, table, item, context)
    })
}

fn table_of(world: &World, id: u64) -> Option<usize> {
    let mut modules = world.modules();
    modules
        .find(|(_, table)| table.module.id == id)
        .map(|(table, _)| table)
}

fn change(world: &mut World, table: usize, item: &Item<'_>, context: &Context<'_>) -> Outcome {
    let module = world.tables[table].module.clone();
    if !module.abilities.show_as_tab {
        let refusal = refusals::invalid(&item.key("id"));
        return Err(refusals::with_message(refusal, "Module rename not allowed"));
    }
    for key in ["api_name", "access_type"] {
        if item.has(key) {
            let message = if key == "api_name" {
                "api name update not allowed"
            } else {
                "access type update not allowed"
            };
            return Err(refusals::not_allowed(&item.key(key), message));
        }
    }
    let mut labels = [None, None];
    for (label, key) in labels.iter_mut().zip(["singular_label", "plural_label"]) {
        if item.has(key) {
            let text = item.required_text(key, LABEL_MAX)?;
            if has_label(world, text, Some(table)) {
                return Err(refusals::duplicate(&item.key(key)));
            }
            *label = Some(text.to_owned());
        }
    }
    let description = item.text("description", DESCRIPTION_MAX)?;
    let profiles = match item.list("profiles")? {
        None => None,
        Some(_) if module.setup.is_team_based => {
            let message = "profile update for team module is not allowed";
            return Err(refusals::not_allowed(&item.key("profiles"), message));
        }
        Some(list) => Some(changed_profiles(world, table, &list)?),
    };
    if profiles.as_ref().is_some_and(Vec::is_empty) {
        // unknown: the words in which Zoho refuses to hide a module from every profile.
        return Err(refusals::invalid(&item.key("profiles")));
    }
    let now = context.now();
    world.edit_module(table, |module| {
        let [singular_label, plural_label] = labels;
        if let Some(label) = singular_label {
            module.singular_label = label;
        }
        if let Some(label) = plural_label {
            module.plural_label = label;
        }
        if item.has("description") {
            module.setup.description = description.map(str::to_owned);
        }
        if profiles.is_some() {
            module.setup.profiles = profiles;
        }
        module.setup.modified = Some((now, context.caller.user));
    });
    Ok(done(module.id, "module updated successfully"))
}

/// The profiles after the change: those named are added, those named with `_delete` are taken away.
fn changed_profiles(world: &World, table: usize, list: &[Item<'_>]) -> Result<Vec<u64>, Refusal> {
    let added = profiles_of(world, list)?;
    let mut ids = match &world.tables[table].module.setup.profiles {
        Some(ids) => ids.clone(),
        None => settings::profile_names(world)
            .iter()
            .map(|(_, id)| *id)
            .collect(),
    };
    for entry in list {
        let id = entry.required_id("id")?;
        ids.retain(|known| *known != id);
    }
    ids.extend(added);
    Ok(ids)
}
