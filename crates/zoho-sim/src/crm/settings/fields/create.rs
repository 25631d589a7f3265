//! `POST /settings/fields?module=`: own fields of every data type.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::FIELDS_MAX;
use super::options::{self, PICK_LIST_VALUES_MAX};
use crate::catalog::Refusal;
use crate::catalog::settings as refusals;
use crate::crm::items::{self, Item, Outcome, done};
use crate::crm::settings::{
    api_name_of, auto_number_of, free_api_name, is_api_name, permit, profile_names,
};
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::schema::DataType;
use crate::seed::{FieldSeed, RollupSeed};
use crate::world::World;

const LABEL_MAX: usize = 50;
const EXPRESSION_MAX: usize = 2_000;
const DEFAULT_VALUE_MAX: usize = 255;

/// Own fields of one module. The limits by edition are those of the pages for people (310 in Enterprise).
pub(super) const OWN_FIELDS_MAX: usize = 310;

/// How many own fields of a type a module may have.
///
/// unknown: Zoho's number of most types in each edition; the table of the pages for people is of an older release.
const OF_TYPE_MAX: [(DataType, usize); 7] = [
    (DataType::Subform, 2),
    (DataType::MultiSelectLookup, 2),
    (DataType::AutoNumber, 1),
    (DataType::Lookup, 10),
    (DataType::ImageUpload, 5),
    (DataType::FileUpload, 5),
    (DataType::RollupSummary, 20),
];

/// What setup keeps of a field as given and prints again.
pub(super) const KEPT_AS_GIVEN: [&str; 10] = [
    "tooltip",
    "external",
    "crypt",
    "private",
    "hipaa_compliance_enabled",
    "hipaa_compliance",
    "pick_list_values_sorted_lexically",
    "enable_colour_code",
    "number_separator",
    "association_details",
];

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Refusal> {
    permit(context, "Crm_Implied_Customize_Zoho_CRM")?;
    let mut world = context.shared.world();
    let table = param::module(&world, context.call)?;
    items::each(
        &context.call.body,
        "fields",
        FIELDS_MAX,
        StatusCode::CREATED,
        |item| create_one(&mut world, table, item, context.now()),
    )
}

/// Makes one field and puts it into the standard layout.
pub(in crate::crm::settings) fn create_one(
    world: &mut World,
    table: usize,
    item: &Item<'_>,
    now: i64,
) -> Outcome {
    let seed = read(world, table, item)?;
    let module = &world.tables[table].module;
    let own = module.fields.iter().filter(|field| field.is_custom);
    if own.clone().count() >= OWN_FIELDS_MAX {
        return Err(refusals::limit_exceeded(
            &item.key("data_type"),
            OWN_FIELDS_MAX,
        ));
    }
    if let Some((data_type, limit)) = OF_TYPE_MAX
        .iter()
        .find(|(data_type, _)| data_type.name() == seed.data_type)
        && own.filter(|field| field.data_type == *data_type).count() >= *limit
    {
        return Err(refusals::limit_exceeded(&item.key("data_type"), *limit));
    }
    let mut extra = extra_of(world, item)?;
    let global = item.reference("global_picklist")?;
    let global = global.and_then(|id| world.settings.global_picklist(id));
    if let Some(list) = global {
        let reference = json!({"id": list.id.to_string(), "api_name": list.api_name});
        extra.insert("global_picklist".to_owned(), reference);
    }
    let decimal_place = decimal_place(item)?;
    let colours = options::colours(item)?;
    // What remains is a name that another module has already.
    let position = world
        .define_field(table, &seed)
        .map_err(|_| refusals::invalid(&item.key("field_label")))?;
    let id = world.edit_field(table, position, |field| {
        field.extra = extra;
        field.created_at = Some(now);
        field.modified_at = Some(now);
        if decimal_place.is_some() {
            field.decimal_place = decimal_place;
        }
        for (value, colour) in field.pick_list.iter_mut().zip(colours) {
            value.colour_code = colour;
        }
        field.id
    });
    Ok(done(id.unwrap_or_default(), "field created"))
}

/// Reads one field as a seed would define it.
fn read(world: &World, table: usize, item: &Item<'_>) -> Result<FieldSeed, Refusal> {
    let module = &world.tables[table].module;
    let label = item.required_text("field_label", LABEL_MAX)?;
    let type_name = item.required_text("data_type", LABEL_MAX)?;
    // `decimal` is the name that people see.
    let type_name = if type_name == "decimal" {
        "double"
    } else {
        type_name
    };
    let data_type = DataType::of_own_field(type_name)
        .filter(|data_type| *data_type != DataType::OwnerLookup)
        .ok_or_else(|| refusals::invalid(&item.key("data_type")))?;
    let has_label = |wanted: &str| {
        let mut fields = module.fields.iter();
        fields.any(|field| field.label.eq_ignore_ascii_case(wanted))
    };
    if has_label(label) {
        return Err(refusals::duplicate(&item.key("field_label")));
    }
    let is_text = matches!(
        data_type,
        DataType::Email | DataType::Phone | DataType::Text
    );
    let unique = item.object("unique")?;
    let is_unique = unique
        .as_ref()
        .is_some_and(|unique| unique.has("case_sensitive") || unique.has("casesensitive"));
    if is_unique
        && !is_text
        && !matches!(
            data_type,
            DataType::Integer | DataType::BigInt | DataType::Website
        )
    {
        return Err(refusals::invalid(&item.key("unique")));
    }
    let mut seed = FieldSeed {
        api_name: new_name(world, table, item, label, data_type)?,
        label: Some(label.to_owned()),
        data_type: type_name.to_owned(),
        length: length_of(item, data_type)?,
        is_unique,
        is_mandatory: item.boolean("system_mandatory")?.unwrap_or(false),
        values: Vec::new(),
        is_restricted: false,
        default_value: default_value(item)?,
        lookup_module: None,
        fields: Vec::new(),
        auto_number: None,
        formula: None,
        rollup: None,
        return_type: None,
    };
    complete(world, table, item, data_type, &mut seed)?;
    Ok(seed)
}

/// What only fields of one type have.
fn complete(
    world: &World,
    table: usize,
    item: &Item<'_>,
    data_type: DataType,
    seed: &mut FieldSeed,
) -> Result<(), Refusal> {
    let dependent = |name: &str| {
        let missing = refusals::dependent_missing(&item.key(name), &item.key("data_type"));
        item.object(name)?.ok_or(missing)
    };
    match data_type {
        DataType::PickList | DataType::MultiSelectPickList => {
            seed.values = match options::global_of(world, item)? {
                Some(values) => values,
                None => options::read_new(item)?,
            };
        }
        DataType::Lookup => {
            seed.lookup_module = Some(module_of(world, &dependent("lookup")?, "module")?);
        }
        DataType::MultiSelectLookup => {
            let lookup = dependent("multiselectlookup")?;
            seed.lookup_module = Some(connected_module(world, &lookup)?);
        }
        DataType::AutoNumber => {
            seed.auto_number = Some(auto_number_of(&dependent("auto_number")?)?);
        }
        DataType::Formula => {
            let formula = dependent("formula")?;
            seed.return_type = Some(return_type(&formula)?);
            let expression = formula.required_text("expression", EXPRESSION_MAX)?;
            require_braces(&formula, expression)?;
            seed.formula = Some(expression.to_owned());
        }
        DataType::RollupSummary => {
            let rollup = dependent("rollup_summary")?;
            seed.return_type = Some(return_type(&rollup)?);
            seed.rollup = Some(read_rollup(world, table, &rollup)?);
        }
        DataType::Subform => seed.fields = subform_fields(world, item)?,
        _ => {}
    }
    Ok(())
}

/// The API name as given, or one made of the label. Rows of a sub-form are a module of that name.
fn new_name(
    world: &World,
    table: usize,
    item: &Item<'_>,
    label: &str,
    data_type: DataType,
) -> Result<String, Refusal> {
    let module = &world.tables[table].module;
    let is_free = |name: &str| {
        module.position(name).is_none()
            && (data_type != DataType::Subform || world.table_position(name).is_none())
    };
    if !item.has("api_name") {
        return Ok(free_api_name(&api_name_of(label, "Field"), is_free));
    }
    let name = item.required_text("api_name", LABEL_MAX)?;
    if !is_api_name(name) {
        return Err(refusals::invalid(&item.key("api_name")));
    }
    if !is_free(name) {
        return Err(refusals::duplicate(&item.key("api_name")));
    }
    Ok(name.to_owned())
}

/// The length as given, within what the type can hold. Texts of several lines have three sizes.
pub(super) fn length_of(item: &Item<'_>, data_type: DataType) -> Result<Option<u32>, Refusal> {
    let longest: i64 = match data_type {
        DataType::Text | DataType::Website | DataType::Email => 255,
        DataType::Phone => 30,
        DataType::TextArea => 50_000,
        DataType::Integer => 9,
        DataType::BigInt => 18,
        DataType::Double | DataType::Currency => 16,
        DataType::Percent => 5,
        DataType::PickList => 120,
        _ => i64::from(u32::MAX),
    };
    if let Some(given) = item.get("length").and_then(Value::as_i64)
        && given > longest
    {
        let maximum = usize::try_from(longest).unwrap_or(usize::MAX);
        return Err(refusals::too_long(&item.key("length"), maximum));
    }
    let given = item.number("length", 1, longest)?;
    let area = item.object("textarea")?;
    let size = match area {
        Some(area) => area.word("type", &["small", "large", "rich_text"])?,
        None => None,
    };
    let by_size = match size {
        Some("small") => Some(2_000),
        Some("large") => Some(32_000),
        Some("rich_text") => Some(50_000),
        _ => None,
    };
    Ok(given
        .and_then(|given| u32::try_from(given).ok())
        .or(by_size))
}

pub(super) fn decimal_place(item: &Item<'_>) -> Result<Option<u8>, Refusal> {
    let places = item.number("decimal_place", 0, 9)?;
    Ok(places.and_then(|places| u8::try_from(places).ok()))
}

/// The value of new records: a text, a number or a flag.
fn default_value(item: &Item<'_>) -> Result<Option<String>, Refusal> {
    match item.get("default_value") {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Object(_)) => match item.object("default_value")? {
            Some(inner) => Ok(inner.text("value", DEFAULT_VALUE_MAX)?.map(str::to_owned)),
            None => Ok(None),
        },
        Some(_) => {
            let text = item.text("default_value", DEFAULT_VALUE_MAX)?;
            Ok(text.map(str::to_owned))
        }
    }
}

/// The module that a key names by API name or by id.
pub(super) fn module_of(world: &World, item: &Item<'_>, name: &str) -> Result<String, Refusal> {
    let invalid = |key| refusals::invalid(&key);
    let known = |text: &str| {
        let table = world.table_named(text)?;
        Some(table.module.api_name.clone())
    };
    if item.get(name).is_some_and(Value::is_string) {
        let text = item.required_text(name, 100)?;
        return known(text).ok_or_else(|| invalid(item.key(name)));
    }
    let module = item
        .object(name)?
        .ok_or_else(|| refusals::missing(&item.key(name)))?;
    if let Some(text) = module.text("api_name", 100)? {
        return known(text).ok_or_else(|| invalid(module.key("api_name")));
    }
    let id = module.required_id("id")?;
    let mut modules = world.modules();
    modules
        .find(|(_, table)| table.module.id == id)
        .map(|(_, table)| table.module.api_name.clone())
        .ok_or_else(|| invalid(module.key("id")))
}

/// The other side of a multi-select lookup; newer samples write it one level deeper.
fn connected_module(world: &World, lookup: &Item<'_>) -> Result<String, Refusal> {
    match lookup.object("connected_details")? {
        Some(details) => module_of(world, &details, "module"),
        None => module_of(world, lookup, "connected_module"),
    }
}

fn return_type(item: &Item<'_>) -> Result<String, Refusal> {
    const TYPES: [&str; 9] = [
        "double", "integer", "currency", "percent", "text", "string", "boolean", "date", "datetime",
    ];
    item.required("return_type")?;
    let word = item.word("return_type", &TYPES)?.unwrap_or("double");
    Ok(if word == "string" { "text" } else { word }.to_owned())
}

fn require_braces(item: &Item<'_>, expression: &str) -> Result<(), Refusal> {
    let count = |sign: char| expression.matches(sign).count();
    if count('(') == count(')') && count('{') == count('}') {
        return Ok(());
    }
    Err(refusals::braces_missing(&item.key("expression")))
}

/// What a roll-up gathers: from the module named in `based_on_module` over its lookup to this one.
fn read_rollup(world: &World, table: usize, item: &Item<'_>) -> Result<RollupSeed, Refusal> {
    const FUNCTIONS: [&str; 5] = ["COUNT", "SUM", "AVERAGE", "MINIMUM", "MAXIMUM"];
    let own = &world.tables[table].module;
    let expression = item
        .object("expression")?
        .ok_or_else(|| refusals::missing(&item.key("expression")))?;
    let function = expression
        .required_text("function", 20)?
        .to_ascii_uppercase();
    if !FUNCTIONS.contains(&function.as_str()) {
        return Err(refusals::unsupported(
            &expression.key("function"),
            &FUNCTIONS,
        ));
    }
    let related = match item.object("related_list")? {
        Some(list) => {
            let name = list.required_text("api_name", 100)?;
            own.related_lists
                .iter()
                .find(|known| known.api_name == name)
        }
        None => {
            let module = module_of(world, item, "based_on_module")?;
            let mut lists = own.related_lists.iter();
            lists.find(|known| known.module.as_deref() == Some(module.as_str()))
        }
    };
    let related = related.and_then(|list| Some((list.module.clone()?, list.field.clone()?)));
    let (module, lookup_field) =
        related.ok_or_else(|| refusals::invalid(&item.key("based_on_module")))?;
    let field = match expression.list("function_parameters")? {
        Some(list) => match list.first() {
            Some(parameter) => Some(parameter.required_text("api_name", 100)?.to_owned()),
            None => None,
        },
        None => None,
    };
    if function != "COUNT" && field.is_none() {
        return Err(refusals::missing(&expression.key("function_parameters")));
    }
    Ok(RollupSeed {
        function,
        module,
        lookup_field,
        field,
    })
}

/// The columns of a new sub-form.
fn subform_fields(world: &World, item: &Item<'_>) -> Result<Vec<FieldSeed>, Refusal> {
    let mut seeds: Vec<FieldSeed> = Vec::new();
    for column in item.list("fields")?.unwrap_or_default() {
        let label = column.required_text("field_label", LABEL_MAX)?;
        let type_name = column.required_text("data_type", LABEL_MAX)?;
        let data_type = DataType::of_own_field(type_name)
            .filter(|data_type| data_type.is_plain() && *data_type != DataType::OwnerLookup)
            .ok_or_else(|| refusals::invalid(&column.key("data_type")))?;
        let is_free = |name: &str| !seeds.iter().any(|seed| seed.api_name == name);
        let mut seed = FieldSeed {
            api_name: free_api_name(&api_name_of(label, "Field"), is_free),
            label: Some(label.to_owned()),
            data_type: type_name.to_owned(),
            length: length_of(&column, data_type)?,
            is_unique: false,
            is_mandatory: false,
            values: Vec::new(),
            is_restricted: false,
            default_value: None,
            lookup_module: None,
            fields: Vec::new(),
            auto_number: None,
            formula: None,
            rollup: None,
            return_type: None,
        };
        complete(world, 0, &column, data_type, &mut seed)?;
        seeds.push(seed);
        if seeds.len() > PICK_LIST_VALUES_MAX {
            return Err(refusals::limit_exceeded(
                &item.key("fields"),
                PICK_LIST_VALUES_MAX,
            ));
        }
    }
    Ok(seeds)
}

/// What setup says about the field beyond its type: kept as given, permissions checked.
pub(super) fn extra_of(world: &World, item: &Item<'_>) -> Result<Map<String, Value>, Refusal> {
    const PERMISSIONS: [&str; 3] = ["read_write", "read_only", "hidden"];
    let mut extra = Map::new();
    for name in KEPT_AS_GIVEN {
        if let Some(value) = item.get(name) {
            extra.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(tooltip) = item.object("tooltip")? {
        tooltip.required("name")?;
        tooltip.word("name", &["static_text", "info_icon"])?;
        tooltip.required_text("value", 255)?;
    }
    if let Some(list) = item.list("profiles")? {
        let mut permissions = Map::new();
        for entry in &list {
            let id = entry.required_id("id")?;
            if !profile_names(world).iter().any(|(_, known)| *known == id) {
                return Err(refusals::invalid(&entry.key("id")));
            }
            entry.required("permission_type")?;
            let permission = entry.word("permission_type", &PERMISSIONS)?;
            permissions.insert(id.to_string(), Value::from(permission.unwrap_or_default()));
        }
        extra.insert("profiles".to_owned(), Value::Object(permissions));
    }
    Ok(extra)
}
