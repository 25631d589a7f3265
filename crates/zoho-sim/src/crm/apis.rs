//! `GET /__apis`: the calls that there are, with scope and credits, made from the routes themselves.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::route::{Route, Scope};
use super::{Context, routes};
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::world::World;

pub(super) const ROUTES: &[Route] = &[Route::get("__apis", Scope::Area("ZohoCRM.apis"), list)];

const PARAM: &str = "filters";

/// What the one filter that a call may have looks at.
///
/// unknown: the names of the filter by module; `module` and `module.api_name` are taken.
#[derive(Debug, Clone, Copy)]
enum Field {
    Method,
    Scope,
    Module,
}

#[derive(Debug)]
struct Filter {
    field: Field,
    value: String,
}

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let filter = context
        .call
        .query
        .get(PARAM)
        .map(Filter::read)
        .transpose()?;
    let world = context.shared.world();
    let mut by_path: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for route in routes::all() {
        for module in modules(&world, route) {
            let operation = operation(route, module);
            if filter
                .as_ref()
                .is_none_or(|filter| filter.keeps(&operation, module))
            {
                let path = path(route, module, context.version.major());
                by_path.entry(path).or_default().push(operation);
            }
        }
    }
    if by_path.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let apis: Vec<Value> = by_path
        .into_iter()
        .map(|(path, operations)| json!({"path": path, "operation_types": operations}))
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!({"__apis": apis})))
}

/// The modules for which a route stands: all that the API serves, or none where its path names no module.
fn modules<'w>(world: &'w World, route: &Route) -> Vec<Option<&'w str>> {
    if !route.path.starts_with("{module}") {
        return vec![None];
    }
    let served = world
        .tables
        .iter()
        .filter(|table| table.module.abilities.api_supported);
    served
        .map(|table| Some(table.module.api_name.as_str()))
        .collect()
}

fn path(route: &Route, module: Option<&str>, version: u8) -> String {
    let (area, path) = match route.path.strip_prefix("bulk/") {
        Some(path) => ("bulk/", path),
        None => ("", route.path),
    };
    let parts: Vec<String> = path
        .split('/')
        .map(|part| match (part, module) {
            ("{module}", Some(module)) => module.to_owned(),
            _ if part.starts_with('{') => format!("{{{part}}}"),
            _ => part.to_owned(),
        })
        .collect();
    format!("/crm/{area}v{version}/{}", parts.join("/"))
}

fn operation(route: &Route, module: Option<&str>) -> Value {
    let operation = match route.scope {
        Scope::ModuleFor(operation) => operation,
        _ => route.verb.operation(),
    };
    let operation = operation.name();
    let scope = match (route.scope, module) {
        (Scope::Settings(part), _) => format!("ZohoCRM.settings.{part}.{operation}"),
        (Scope::Area(area), _) => format!("{area}.{operation}"),
        (_, Some(module)) => format!("ZohoCRM.modules.{}.{operation}", module.to_lowercase()),
        (_, None) => format!("ZohoCRM.modules.{operation}"),
    };
    let (min_credits, max_credits) = route.credits();
    json!({
        "method": route.verb.name(),
        "oauth_scope": scope,
        "max_credits": max_credits,
        "min_credits": min_credits,
    })
}

impl Filter {
    fn read(text: &str) -> Result<Self, Refusal> {
        let wrong = |key: &str| {
            catalog::invalid_param(PARAM)
                .with_detail("api_name", json!(key))
                .with_detail("json_path", json!(format!("$.{key}")))
        };
        let filter: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| catalog::invalid_param(PARAM))?;
        let name = filter
            .get("field")
            .and_then(|field| field["api_name"].as_str());
        let field = match name {
            Some("operation_types.method") => Field::Method,
            Some("operation_types.oauth_scope") => Field::Scope,
            Some("module" | "module.api_name") => Field::Module,
            _ => return Err(wrong("field")),
        };
        if !matches!(
            filter.get("comparator").and_then(Value::as_str),
            Some("equals" | "equal")
        ) {
            return Err(wrong("comparator"));
        }
        let value = filter.get("value").and_then(Value::as_str);
        let value = value.ok_or_else(|| wrong("value"))?.to_owned();
        Ok(Self { field, value })
    }

    fn keeps(&self, operation: &Value, module: Option<&str>) -> bool {
        let given = match self.field {
            Field::Method => operation["method"].as_str(),
            Field::Scope => operation["oauth_scope"].as_str(),
            Field::Module => module,
        };
        given.is_some_and(|given| given.eq_ignore_ascii_case(&self.value))
    }
}
