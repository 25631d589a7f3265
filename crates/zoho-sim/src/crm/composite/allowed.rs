//! Which calls a composite call may hold, and for how many records each.

use axum::http::Method;
use serde_json::Value;

use super::request::Request;
use crate::catalog::{self, Refusal};
use crate::crm::coql;
use crate::crm::route::{Route, Verb};

/// Rows of one page, and of a query.
const READ_MAX: usize = 25;
/// Records that one sub-request writes.
const WRITTEN_MAX: usize = 1;

/// Kinds of calls, as refusals name them. unknown: Zoho's names.
const SERVICES: &[&str] = &[
    "org",
    "settings",
    "users",
    "records",
    "search",
    "coql",
    "related_records",
    "notes",
    "tags",
    "notifications",
];

/// Whether a composite call may hold a call of this route.
pub(super) fn check(route: &Route) -> Result<(), Refusal> {
    let is_allowed = match route.verb {
        Verb::Get => {
            !["bulk", "content", "files", "__"]
                .iter()
                .any(|start| route.path.starts_with(start))
                && !route.path.ends_with("/photo")
        }
        Verb::Post => matches!(
            route.path,
            "{module}"
                | "{module}/upsert"
                | "{module}/actions/count"
                | "{module}/actions/add_tags"
                | "{module}/actions/remove_tags"
                | "{module}/{id}/actions/convert"
                | "{module}/{id}/actions/add_tags"
                | "{module}/{id}/actions/remove_tags"
                | "{module}/{id}/Notes"
                | "coql"
                | "users"
                | "actions/watch"
                | "org/currencies"
                | "settings/roles"
                | "settings/pipeline"
                | "settings/variables"
                | "settings/tags"
                | "settings/tags/{id}/actions/merge"
        ),
        Verb::Put => {
            route.path.starts_with("{module}")
                || route.path.starts_with("users")
                || matches!(
                    route.path,
                    "actions/watch" | "org/currencies" | "settings/pipeline"
                )
                || route.path.starts_with("settings/roles")
                || route.path.starts_with("settings/tags")
        }
        Verb::Patch => route.path == "actions/watch",
        // By ids in the path only, except of channels.
        Verb::Delete => {
            route.path == "actions/watch"
                || route.path.ends_with("/photo")
                || (route.path.contains('/')
                    && route.path.ends_with('}')
                    && ["{module}", "users", "settings/variables"]
                        .iter()
                        .any(|start| route.path.starts_with(start))
                    && !route.path.ends_with("{list}"))
        }
    };
    if is_allowed && !route.takes_form {
        Ok(())
    } else {
        Err(catalog::composite::not_supported(SERVICES))
    }
}

/// Refuses more rows than a composite call may ask for, and asks for that many where nothing is said.
pub(super) fn bound(route: &Route, request: &mut Request) -> Result<(), Refusal> {
    if request.method == Method::GET && has_pages(route.path) {
        let per_page = request.params.get("per_page").map(text);
        return match per_page.as_deref().map(str::parse::<usize>) {
            Some(Ok(number)) if number > READ_MAX => {
                Err(catalog::composite::limit_exceeded("per_page", READ_MAX))
            }
            Some(_) => Ok(()),
            None => {
                request
                    .params
                    .insert("per_page".to_owned(), READ_MAX.into());
                Ok(())
            }
        };
    }
    if route.path == "coql" {
        return bound_query(request);
    }
    let rows = request.body.as_ref().and_then(|body| body.get("data"));
    match rows.and_then(Value::as_array) {
        Some(rows) if rows.len() > WRITTEN_MAX => {
            Err(catalog::composite::limit_exceeded("data", WRITTEN_MAX))
        }
        _ => Ok(()),
    }
}

fn has_pages(path: &str) -> bool {
    matches!(
        path,
        "{module}"
            | "{module}/search"
            | "{module}/deleted"
            | "{module}/{id}/{list}"
            | "{module}/{id}/Notes"
            | "users"
            | "actions/watch"
    )
}

fn bound_query(request: &mut Request) -> Result<(), Refusal> {
    let Some(Value::String(query)) = request
        .body
        .as_mut()
        .and_then(|body| body.get_mut("select_query"))
    else {
        return Ok(());
    };
    match coql::limited(query, READ_MAX) {
        // What cannot be read is refused when it is run.
        None => Ok(()),
        Some(Some(limited)) => {
            *query = limited;
            Ok(())
        }
        Some(None) => Err(catalog::composite::limit_exceeded("limit", READ_MAX)),
    }
}

/// A parameter as it stands in a query string.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
