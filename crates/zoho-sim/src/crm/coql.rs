//! `POST /coql`: records and sums by a query in COQL.
//!
//! The text becomes a tree ([`parser`]), the tree a plan whose modules and fields are known ([`plan`]), and the plan runs over
//! the records ([`run`]), by an index where one helps ([`scan`]).

mod answer;
mod ast;
mod lexer;
mod parser;
mod plan;
mod print;
mod run;
mod scan;
#[cfg(test)]
mod tests;
mod types;

use super::route::{Price, Route, Scope, Weight};
use crate::accounts::{Operation, Scopes};
use crate::http::Call;

pub(super) const ROUTES: &[Route] = &[Route::post("coql", Scope::Check(may_query), answer::answer)
    .price(Price::By(price))
    .weight(Weight::Heavy)];

/// The scopes of the modules are checked when their names are known.
fn may_query(scopes: &Scopes, _module: Option<&str>) -> bool {
    scopes.allow("ZohoCRM.coql", None, Operation::Read)
}

/// One credit for up to 200 rows, two for up to 1,000, three for more.
///
/// unknown: whether the rows asked for count or those found; those asked for here.
fn price(call: &Call) -> u64 {
    let limit = answer::select_query(call).and_then(|text| parser::parse(&text).ok());
    let limit = limit.and_then(|query| query.limit);
    match limit.and_then(|limit| limit.0.parse::<usize>().ok()) {
        None | Some(0..=200) => 1,
        Some(201..=1_000) => 2,
        Some(_) => 3,
    }
}

/// A query with a limit, for those who may ask for fewer rows: `None` when it cannot be read, `Some(None)` when it asks for
/// more.
pub(super) fn limited(text: &str, limit: usize) -> Option<Option<String>> {
    let mut query = parser::parse(text).ok()?;
    match &query.limit {
        Some(asked) => {
            let is_within = asked.0.parse::<usize>().is_ok_and(|asked| asked <= limit);
            let is_number = asked.0.parse::<usize>().is_ok();
            Some((is_within || !is_number).then(|| text.to_owned()))
        }
        None => {
            query.limit = Some(ast::Bound(limit.to_string()));
            Some(Some(query.to_string()))
        }
    }
}
