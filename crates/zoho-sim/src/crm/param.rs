//! Parameters that several endpoints read: pages, times in headers, the module of a settings call.

use serde_json::json;

use crate::catalog::{self, Refusal};
use crate::http::{Call, Query};
use crate::world::{World, parse_time};

/// Rows of one page.
pub(crate) const PER_PAGE_MAX: usize = 200;

/// A whole number of a parameter between two bounds, or the default when it is absent.
pub(crate) fn number(
    query: &Query,
    name: &str,
    default: usize,
    from: usize,
    to: usize,
) -> Result<usize, Refusal> {
    match query.get(name) {
        None => Ok(default),
        Some(text) => match text.parse::<usize>() {
            Ok(number) if (from..=to).contains(&number) => Ok(number),
            _ => Err(catalog::invalid_param(name)),
        },
    }
}

/// One of the known words of a parameter.
pub(crate) fn word<'a>(
    query: &Query,
    name: &str,
    known: &[&'a str],
    default: &'a str,
) -> Result<&'a str, Refusal> {
    match query.get(name) {
        None => Ok(default),
        Some(text) => {
            let found = known.iter().find(|word| word.eq_ignore_ascii_case(text));
            found
                .copied()
                .ok_or_else(|| catalog::unsupported_param(name, known))
        }
    }
}

/// The time of a header such as `If-Modified-Since`: ISO 8601 with an offset, not the form that HTTP uses.
///
/// unknown: what Zoho answers to a time that it cannot read.
pub(crate) fn time_header(call: &Call, name: &str) -> Result<Option<i64>, Refusal> {
    match call.header(name) {
        None => Ok(None),
        Some(text) => parse_time(text.trim())
            .map(Some)
            .ok_or_else(|| catalog::invalid_param(name)),
    }
}

/// The table of the mandatory `module` parameter.
pub(crate) fn module(world: &World, call: &Call) -> Result<usize, Refusal> {
    let name = call
        .query
        .get("module")
        .ok_or_else(|| catalog::required_param_missing("module"))?;
    world
        .table_position(name)
        .ok_or_else(|| catalog::invalid_module(json!({"param_name": "module"})))
}
