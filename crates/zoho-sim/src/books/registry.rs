//! Every record type and operation of Books, from the generated table `registry.json` (`scripts/books-registry.py`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::Method;
use serde::Deserialize;

use super::document::Document;
use super::shape::Shape;

/// The table.
#[derive(Debug, Deserialize)]
pub(crate) struct Registry {
    pub(crate) types: Vec<RecordType>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) start: Start,
}

/// A record type.
#[derive(Debug, Deserialize)]
pub(crate) struct RecordType {
    pub(crate) name: String,
    /// As messages call it.
    pub(crate) thing: String,
    pub(crate) list_key: Option<String>,
    pub(crate) item_key: Option<String>,
    pub(crate) id_field: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) paginated: bool,
    pub(crate) context: Option<Context>,
    /// Names of list filters, all suffix forms written out.
    pub(crate) filters: Vec<String>,
    pub(crate) filter_by: Vec<String>,
    pub(crate) status: Vec<String>,
    pub(crate) sorts: Vec<String>,
    pub(crate) required: Vec<String>,
    pub(crate) create: BTreeMap<String, Member>,
    pub(crate) update: BTreeMap<String, Member>,
    /// Members of a list row with the values of nothing.
    pub(crate) row: Document,
    /// Members of a single record with the values of nothing.
    pub(crate) record: Document,
    /// All members that a row may hold.
    pub(crate) row_shape: Option<Shape>,
    /// All members that a single record may hold.
    pub(crate) record_shape: Option<Shape>,
    /// Parts of the lists of a single record with the values of nothing.
    pub(crate) parts: BTreeMap<String, Document>,
    /// Values of members that were not sent at create.
    pub(crate) defaults: Document,
}

/// What a list says about itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Context {
    pub(crate) report_name: Option<String>,
    pub(crate) applied_filter: Option<String>,
    pub(crate) sort_column: Option<String>,
    pub(crate) sort_order: Option<String>,
    pub(crate) default_per_page: Option<u32>,
}

/// How a member of a body is checked.
#[derive(Debug, Deserialize)]
pub(crate) struct Member {
    /// First letter of its type.
    #[serde(rename = "t")]
    pub(crate) kind: char,
    #[serde(rename = "m")]
    pub(crate) length_max: Option<usize>,
    #[serde(rename = "e", default)]
    pub(crate) choices: Vec<String>,
    #[serde(rename = "f", default)]
    pub(crate) members: BTreeMap<String, Member>,
    /// First letter of the type of a list's parts.
    #[serde(rename = "i")]
    pub(crate) part: Option<char>,
}

/// One method of one path.
#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    #[cfg(test)]
    pub(crate) id: String,
    pub(crate) scope: String,
    pub(crate) status: u16,
    /// Position of its record type.
    pub(crate) kind: Option<usize>,
    pub(crate) role: Role,
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) query: Vec<String>,
    #[serde(default)]
    pub(crate) answer: Vec<String>,
    pub(crate) allow: Option<String>,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    List,
    Create,
    Get,
    Update,
    Delete,
    Action,
}

/// What a fresh organisation holds.
#[derive(Debug, Deserialize)]
pub(crate) struct Start {
    pub(crate) account_types: Vec<String>,
    pub(crate) accounts: Vec<Document>,
    pub(crate) currencies: Vec<Document>,
}

/// The table, read once.
#[expect(
    clippy::expect_used,
    reason = "the file is part of the program and tested"
)]
pub(crate) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    serde_json::from_str(include_str!("registry.json")).expect("the registry is valid")
});

/// The record type of a name.
pub(crate) fn type_named(name: &str) -> Option<&'static RecordType> {
    REGISTRY.types.iter().find(|kind| kind.name == name)
}

/// Every record type.
pub(crate) fn types() -> impl Iterator<Item = &'static RecordType> {
    REGISTRY.types.iter()
}

/// An operation with the parameters of its path.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) operation: &'static Operation,
    pub(crate) params: Vec<(&'static str, String)>,
}

/// Why a path leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    Path,
    Method,
}

/// The operation of a path below `/books/v3` and a method. Of several that fit, the one with the most words of its own.
pub(crate) fn find(method: &Method, path: &[String]) -> Result<Found, Lost> {
    let mut best: Option<(Vec<bool>, Found)> = None;
    let mut is_path = false;
    for operation in &REGISTRY.operations {
        let Some((literals, params)) = matched(&operation.path, path) else {
            continue;
        };
        let is_custom = operation.path.starts_with("/{module_name}");
        if is_custom && !path.first().is_some_and(|part| part.starts_with("cm_")) {
            continue;
        }
        is_path = true;
        let is_better = best.as_ref().is_none_or(|(known, _)| literals > *known);
        if operation.method == method.as_str() && is_better {
            best = Some((literals, Found { operation, params }));
        }
    }
    match best {
        Some((_, found)) => Ok(found),
        None if is_path => Err(Lost::Method),
        None => Err(Lost::Path),
    }
}

type Matched = (Vec<bool>, Vec<(&'static str, String)>);

fn matched(template: &'static str, path: &[String]) -> Option<Matched> {
    let mut parts = template.split('/').skip(1);
    let (mut literals, mut params) = (Vec::new(), Vec::new());
    for given in path {
        let part = parts.next()?;
        if let Some(name) = part.strip_prefix('{') {
            literals.push(false);
            params.push((name.trim_end_matches('}'), given.clone()));
        } else if part == given {
            literals.push(true);
        } else {
            return None;
        }
    }
    parts.next().is_none().then_some((literals, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method, path: &str) -> Result<&'static str, Lost> {
        let parts: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        find(&method, &parts).map(|found| found.operation.id.as_str())
    }

    #[test]
    fn every_operation_is_found_by_its_own_path() {
        assert_eq!(REGISTRY.types.len(), 83);
        for operation in &REGISTRY.operations {
            let path = operation.path.replace("{module_name}", "cm_own");
            let method: Method = operation.method.parse().unwrap();
            assert!(found(method, &path).is_ok(), "{path}");
        }
    }

    #[test]
    fn words_go_before_parameters_and_lost_calls_are_told_apart() {
        assert_eq!(found(Method::GET, "/users/me"), Ok("get_current_user"));
        assert_eq!(found(Method::GET, "/contacts/17"), Ok("get_contact"));
        assert_eq!(found(Method::PATCH, "/contacts/17"), Err(Lost::Method));
        assert_eq!(found(Method::GET, "/settings/branches"), Err(Lost::Path));
        assert_eq!(found(Method::GET, "/nothing"), Err(Lost::Path));
    }
}
