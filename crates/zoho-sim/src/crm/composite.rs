//! `POST /__composite_requests`: up to five calls in one.
//!
//! The sub-requests are read ([`request`]), put into an order in which each stands behind those that it refers to ([`plan`]),
//! and sent through the same routes as other calls ([`run`]); references are replaced by parts of earlier answers
//! ([`reference`]). With `rollback_on_fail` the first failure takes everything back.

mod allowed;
mod plan;
mod reference;
mod request;
mod run;

use super::route::{Price, Route, Scope, Weight};
use crate::accounts::Scopes;

/// A composite call takes five places among the calls in flight. unknown: whether its sub-requests are counted among the heavy
/// calls one by one; the whole call counts as one here.
pub(super) const ROUTES: &[Route] = &[Route::post(
    "__composite_requests",
    Scope::Check(may_compose),
    run::answer,
)
.price(Price::Fixed(1))
.weight(Weight::Heavy)
.places(5)];

/// `ZohoCRM.composite_requests.CUSTOM`; the scopes of the sub-requests are checked one by one.
fn may_compose(scopes: &Scopes, _module: Option<&str>) -> bool {
    let mut names = scopes.names().iter();
    names.any(|scope| {
        let name = scope.to_ascii_lowercase();
        matches!(
            name.strip_prefix("zohocrm.composite_requests."),
            Some("custom" | "all")
        )
    })
}
