//! `GET /__features` and `GET /__features/{name}`: what the edition offers, and how much of it is used.
//!
//! unknown: the names of most features; those are listed that the OpenAPI file of the call names itself.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::route::{Route, Scope};
use super::{Context, param};
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::world::World;

const SCOPE: Scope = Scope::Area("ZohoCRM.features");

pub(super) const ROUTES: &[Route] = &[
    Route::get("__features", SCOPE, list),
    Route::get("__features/{name}", SCOPE, get),
];

/// One feature.
#[derive(Debug, Clone, Copy)]
struct Feature {
    api_name: &'static str,
    label: &'static str,
    /// Modules that have it; none when it belongs to the organisation as a whole.
    modules: &'static [&'static str],
    /// How much there is and how much is used, where it is counted.
    count: Option<fn(&World) -> Count>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    limit: usize,
    used: usize,
}

const FEATURES: [Feature; 2] = [
    Feature {
        api_name: "data_enrichment",
        label: "Data Enrichment",
        modules: &["Leads", "Contacts", "Accounts"],
        count: None,
    },
    Feature {
        api_name: "user_licenses",
        label: "User Licenses",
        modules: &[],
        count: Some(licences),
    },
];

fn licences(world: &World) -> Count {
    Count {
        limit: world.settings.licences,
        used: world.users.iter().filter(|user| user.is_active).count(),
    }
}

fn list(context: &Context<'_>) -> Result<Answer, Refusal> {
    let names = context.call.query.list("api_names");
    answer(context, |feature| {
        names
            .as_ref()
            .is_none_or(|names| names.contains(&feature.api_name))
    })
}

fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let name = context.param("name");
    answer(context, |feature| feature.api_name == name)
}

fn answer(context: &Context<'_>, is_wanted: impl Fn(&Feature) -> bool) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let module = match context.call.query.get("module") {
        None => None,
        Some(name) => {
            let table = world.table_named(name);
            let table =
                table.ok_or_else(|| catalog::invalid_module(json!({"param_name": "module"})))?;
            Some(table.module.api_name.as_str())
        }
    };
    let is_of_module =
        |feature: &Feature| module.is_none_or(|module| feature.modules.contains(&module));
    let shown: Vec<Value> = FEATURES
        .iter()
        .filter(|feature| is_wanted(feature) && is_of_module(feature))
        .map(|feature| describe(&world, feature))
        .collect();
    if shown.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let info = json!({"per_page": param::PER_PAGE_MAX, "count": shown.len(), "page": 1, "more_records": false});
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"__features": shown, "info": info}),
    ))
}

fn describe(world: &World, feature: &Feature) -> Value {
    let pair = |number: usize| json!({"total": number, "edition_limit": number});
    let details = feature.count.map(|count| {
        let count = count(world);
        json!({
            "available_count": pair(count.limit.saturating_sub(count.used)),
            "limits": pair(count.limit),
            "used_count": pair(count.used),
        })
    });
    json!({
        "api_name": feature.api_name,
        "parent_feature": null,
        "module_supported": !feature.modules.is_empty(),
        "details": details,
        "feature_label": feature.label,
        "components": [],
    })
}
