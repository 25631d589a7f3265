//! Quotes become sales orders or invoices, and sales orders become invoices.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::catalog::{self, Refusal};
use crate::rows::{self, Author, id_in};
use crate::world::{Cell, World};

/// From which module to which, the key of the line items in both, and the new record's lookup to the old one.
const WAYS: [Way; 3] = [
    Way {
        from: "Quotes",
        to: "Sales_Orders",
        items: ("Quoted_Items", "Ordered_Items"),
        link: Some("Quote_Name"),
    },
    Way {
        from: "Quotes",
        to: "Invoices",
        items: ("Quoted_Items", "Invoiced_Items"),
        link: None,
    },
    Way {
        from: "Sales_Orders",
        to: "Invoices",
        items: ("Ordered_Items", "Invoiced_Items"),
        link: Some("Sales_Order"),
    },
];

#[derive(Debug)]
struct Way {
    from: &'static str,
    to: &'static str,
    items: (&'static str, &'static str),
    link: Option<&'static str>,
}

/// Into what records are converted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    /// API names of the modules, each once.
    pub(crate) targets: Vec<String>,
    pub(crate) carries_tags: bool,
    /// Owner of the new records; the old one's when absent.
    pub(crate) owner: Option<u64>,
}

/// Whether records of a module can be converted.
pub(crate) fn is_convertible(module: &str) -> bool {
    WAYS.iter().any(|way| way.from == module)
}

impl Order {
    /// Reads `convert_to` of an object that stands at `path`.
    pub(crate) fn read(
        world: &World,
        module: &str,
        given: &Map<String, Value>,
        path: &str,
    ) -> Result<Self, Refusal> {
        let key = "convert_to";
        let path = format!("{path}.{key}");
        let list = match given.get(key) {
            None | Some(Value::Null) => return Err(catalog::actions::missing_at(key, &path)),
            Some(Value::Array(list)) if list.is_empty() => {
                return Err(catalog::actions::missing_at(key, &path));
            }
            Some(Value::Array(list)) => list,
            Some(_) => return Err(catalog::actions::wrong_type_at(key, &path, "jsonarray")),
        };
        let mut order = Self {
            targets: Vec::new(),
            carries_tags: true,
            owner: None,
        };
        for (number, element) in list.iter().enumerate() {
            let path = format!("{path}[{number}]");
            let element = element
                .as_object()
                .ok_or_else(|| catalog::actions::wrong_type_at(key, &path, "jsonobject"))?;
            let target = target(world, module, element, &path)?;
            if order.targets.contains(&target) {
                let path = format!("{path}.module");
                return Err(catalog::actions::invalid_at("module", &path));
            }
            order.targets.push(target);
            match element.get("carry_over_tags") {
                None | Some(Value::Null) => {}
                Some(Value::Bool(carries_tags)) => order.carries_tags = *carries_tags,
                Some(_) => {
                    let (key, path) = ("carry_over_tags", format!("{path}.carry_over_tags"));
                    return Err(catalog::actions::wrong_type_at(key, &path, "boolean"));
                }
            }
        }
        Ok(order)
    }
}

/// The module of one element, by name, id or both.
fn target(
    world: &World,
    from: &str,
    element: &Map<String, Value>,
    path: &str,
) -> Result<String, Refusal> {
    let path = format!("{path}.module");
    let module = match element.get("module") {
        None | Some(Value::Null) => return Err(catalog::actions::missing_at("module", &path)),
        Some(Value::Object(module)) => module,
        Some(_) => {
            return Err(catalog::actions::wrong_type_at(
                "module",
                &path,
                "jsonobject",
            ));
        }
    };
    let named = module.get("api_name").filter(|name| !name.is_null());
    let numbered = module.get("id").filter(|id| !id.is_null());
    let supported: Vec<&str> = WAYS
        .iter()
        .filter(|way| way.from == from)
        .map(|way| way.to)
        .collect();
    let by_name = named
        .map(|name| {
            let known = name.as_str().filter(|name| supported.contains(name));
            known.ok_or_else(|| {
                catalog::actions::invalid_at("api_name", &format!("{path}.api_name"))
                    .with_detail("supported_values", json!(supported))
            })
        })
        .transpose()?;
    let by_id = numbered
        .map(|id| {
            let id = id_in(id);
            let known = supported.iter().copied().find(|name| {
                let table = world.table_named(name);
                table.is_some_and(|table| Some(table.module.id) == id)
            });
            known.ok_or_else(|| catalog::actions::invalid_at("id", &format!("{path}.id")))
        })
        .transpose()?;
    match (by_name, by_id) {
        (Some(name), Some(other)) if name != other => Err(catalog::notifications::ambiguous(
            path.trim_start_matches("$."),
        )),
        (Some(name), _) | (None, Some(name)) => Ok(name.to_owned()),
        (None, None) => Err(catalog::notifications::expected_field_missing(
            path.trim_start_matches("$."),
        )),
    }
}

/// Makes the records of the order from the record `id` and gives their modules and ids.
///
/// unknown: by what Zoho knows that a record has been converted; here by the new record's lookup, where it has one.
pub(crate) fn convert(
    world: &mut World,
    table: usize,
    id: u64,
    order: &Order,
    author: Author,
) -> Result<Vec<(usize, u64)>, Refusal> {
    let from = world.tables[table].module.api_name.clone();
    let ways = order.targets.iter().filter_map(|to| {
        let way = WAYS.iter().find(|way| way.from == from && way.to == to)?;
        Some((way, world.table_position(to)?))
    });
    let ways: Vec<(&Way, usize)> = ways.collect();
    if ways
        .iter()
        .any(|(way, target)| is_converted(world, way, *target, id))
    {
        return Err(catalog::actions::already_converted());
    }
    let mut made = Vec::with_capacity(ways.len());
    for (way, target) in ways {
        let mut values =
            rows::copied_values(world, table, id).ok_or_else(|| catalog::invalid_path_id(1))?;
        if let Some(items) = values.remove(way.items.0) {
            values.insert(way.items.1.to_owned(), items);
        }
        if let Some(link) = way.link {
            values.insert(link.to_owned(), json!({"id": id.to_string()}));
        }
        if !order.carries_tags {
            values.remove("Tag");
        }
        if let Some(owner) = order.owner {
            values.insert("Owner".to_owned(), json!({"id": owner.to_string()}));
        }
        let written = rows::insert(world, target, &values, 0, author)?;
        made.push((target, written.id));
    }
    Ok(made)
}

fn is_converted(world: &World, way: &Way, target: usize, id: u64) -> bool {
    let table = &world.tables[target];
    let link = way.link.and_then(|link| table.module.position(link));
    link.is_some_and(|link| !table.holders(link, &Cell::Id(id)).is_empty())
}
