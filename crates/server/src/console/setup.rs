//! What is configured, readable: sources with their install code, forms, mappings and routes.

use axum::extract::{Request, State};
use axum::response::Response;
use leadway_engine::Engine;
use leadway_engine::mapping::{LEAD_CAPTURE, lead_capture_mapping};
use leadway_engine::model::config::{Config, FieldMapping};

use super::refusal::Refusal;
use super::view::{self, Frame};
use super::visitor::Visitor;
use crate::answer;
use crate::app::App;
use crate::own_url::own_url;

#[derive(askama::Template)]
#[template(path = "routes.html")]
pub(super) struct RoutesPage {
    pub(super) frame: Frame,
    pub(super) config: Config,
    /// The address by which the visitor reached this page, and websites probably can too.
    pub(super) own_url: String,
}

/// Shows the configuration.
pub(crate) async fn show_routes(
    State(app): State<App>,
    State(engine): State<Engine>,
    visitor: Visitor,
    request: Request,
) -> Result<Response, Refusal> {
    let own_url = own_url(&app, request.headers());
    Ok(answer::page(&RoutesPage {
        frame: visitor.frame("routes"),
        config: with_built_in(engine.config()),
        own_url,
    })?)
}

/// Adds the built-in mapping where a route uses it and nobody has replaced it.
fn with_built_in(mut config: Config) -> Config {
    let is_used = config
        .routes
        .iter()
        .any(|route| route.mapping == LEAD_CAPTURE);
    if is_used
        && !config
            .mappings
            .iter()
            .any(|mapping| mapping.name == LEAD_CAPTURE)
    {
        config.mappings.push(lead_capture_mapping());
    }
    config
}

/// Where a field's value comes from, in one line.
pub(crate) fn origin(field: &FieldMapping) -> String {
    match (&field.value, field.from.is_empty()) {
        (Some(value), _) => format!("always {}", view::inline(value)),
        (None, true) => "nothing".to_owned(),
        (None, false) => field.from.join(", "),
    }
}

/// What is done to a field's value, in one line.
pub(crate) fn treatment(field: &FieldMapping) -> String {
    let mut parts: Vec<String> = field
        .transform
        .iter()
        .map(|transform| view::label(view::pretty_value(transform).trim_matches('"')))
        .collect();
    if let Some(default) = &field.default {
        parts.push(format!("default {}", view::inline(default)));
    }
    if field.required {
        parts.push("required".to_owned());
    }
    parts.join(", ")
}
