//! Finds the route of a path and method among the tables of all areas.

use std::sync::LazyLock;

use axum::http::Method;
use serde_json::json;

use super::route::{Route, Verb};
use super::{actions, currencies, lacking, org, records, related, settings, tags, users};
use crate::catalog::{self, Refusal};
use crate::world::World;

/// All endpoints.
pub(super) fn all() -> impl Iterator<Item = &'static Route> {
    TABLES.iter().copied().flatten()
}

/// The tables of all areas.
const TABLES: &[&[Route]] = &[
    settings::ROUTES,
    settings::automation::ROUTES,
    settings::calendar::ROUTES,
    settings::custom_views::ROUTES,
    settings::fields::ROUTES,
    settings::global_picklists::ROUTES,
    settings::layouts::ROUTES,
    settings::map_dependency::ROUTES,
    settings::modules::ROUTES,
    settings::pipelines::ROUTES,
    settings::profiles::ROUTES,
    settings::roles::ROUTES,
    settings::territories::ROUTES,
    settings::unavailability::ROUTES,
    settings::user_groups::ROUTES,
    settings::variables::ROUTES,
    users::ROUTES,
    org::ROUTES,
    org::photo::ROUTES,
    currencies::ROUTES,
    records::ROUTES,
    super::notifications::ROUTES,
    super::composite::ROUTES,
    super::coql::ROUTES,
    super::apis::ROUTES,
    super::features::ROUTES,
    super::bulk::ROUTES,
    super::files::ROUTES,
    super::mails::ROUTES,
    actions::ROUTES,
    related::ROUTES,
    super::contact_roles::ROUTES,
    super::recycle_bin::ROUTES,
    super::locks::ROUTES,
    super::duplicate_check::ROUTES,
    tags::ROUTES,
];

/// A part of a route's path. Fixed parts win over modules, modules over parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Fixed(&'static str),
    Module,
    Param(&'static str),
}

#[derive(Debug)]
struct Pattern {
    parts: Vec<Part>,
    routes: Vec<&'static Route>,
}

/// Patterns by their number of parts, most special first.
static PATTERNS: LazyLock<Vec<Vec<Pattern>>> = LazyLock::new(|| {
    let mut by_length: Vec<Vec<Pattern>> = Vec::new();
    for route in TABLES.iter().copied().flatten() {
        let parts: Vec<Part> = route.path.split('/').map(part).collect();
        if by_length.len() <= parts.len() {
            by_length.resize_with(parts.len() + 1, Vec::new);
        }
        let patterns = &mut by_length[parts.len()];
        match patterns.iter_mut().find(|known| known.parts == parts) {
            Some(known) => known.routes.push(route),
            None => patterns.push(Pattern {
                parts,
                routes: vec![route],
            }),
        }
    }
    for patterns in &mut by_length {
        patterns.sort_by(|left, right| left.parts.cmp(&right.parts));
    }
    by_length
});

fn part(text: &'static str) -> Part {
    match text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some("module") => Part::Module,
        Some(name) => Part::Param(name),
        None => Part::Fixed(text),
    }
}

/// A route with what its path says.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    /// Position of the table of the module with which the path begins.
    pub(crate) table: Option<usize>,
    pub(crate) params: Vec<(&'static str, String)>,
}

/// Finds the endpoint of a path below the version.
pub(crate) fn find(world: &World, path: &[&str], method: &Method) -> Result<Found, Refusal> {
    let table = path.first().and_then(|name| world.table_position(name));
    if lacking::is_lacking(path, table.is_some()) {
        return Err(catalog::feature_not_enabled());
    }
    let patterns = PATTERNS
        .get(path.len())
        .map(Vec::as_slice)
        .unwrap_or_default();
    let pattern = patterns
        .iter()
        .find(|pattern| fits(pattern, path, table.is_some()));
    let Some(pattern) = pattern else {
        let is_fixed = path.first().is_some_and(|first| is_first_part(first));
        return Err(if table.is_some() || is_fixed {
            catalog::invalid_url_pattern()
        } else {
            catalog::invalid_module(json!({"resource_path_index": 0}))
        });
    };
    let verb = Verb::of(method).ok_or_else(catalog::invalid_request_method)?;
    let route = pattern.routes.iter().find(|route| route.verb == verb);
    let route = route.copied().ok_or_else(catalog::invalid_request_method)?;
    let params = pattern
        .parts
        .iter()
        .zip(path)
        .filter_map(|(part, text)| match part {
            Part::Param(name) => Some((*name, (*text).to_owned())),
            _ => None,
        });
    Ok(Found {
        route,
        table,
        params: params.collect(),
    })
}

fn fits(pattern: &Pattern, path: &[&str], is_module: bool) -> bool {
    let mut parts = pattern.parts.iter().zip(path);
    parts.all(|(part, text)| match part {
        Part::Fixed(fixed) => fixed == text,
        Part::Module => is_module,
        Part::Param(_) => true,
    })
}

/// Whether paths of other things than modules begin like this.
fn is_first_part(text: &str) -> bool {
    let mut first_parts = PATTERNS
        .iter()
        .flatten()
        .map(|pattern| pattern.parts.first());
    first_parts.any(|part| matches!(part, Some(Part::Fixed(fixed)) if *fixed == text))
}
