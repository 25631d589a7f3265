//! The control API under `/__sim/v1/`: how tests and people play the part of Zoho and of its users.
//!
//! It costs no credits, is met by no fault, and writes records as a person in Zoho's own pages would: by the same checks.

mod callbacks;
mod clients;
mod clock;
mod faults;
mod journal;
pub(crate) mod limits;
mod problem;
pub(crate) mod records;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Shared;
pub(crate) use problem::Problem;

/// Every route of the control API.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/health", get(world::show_health))
        .route("/reset", post(world::reset_world))
        .route(
            "/clients",
            get(clients::list_clients).post(clients::create_client),
        )
        .route("/grants", post(clients::create_grant))
        .route("/journal", get(journal::list_entries))
        .route("/callbacks", get(callbacks::list_callbacks))
        .route(
            "/faults",
            get(faults::list_faults)
                .post(faults::create_fault)
                .delete(faults::delete_faults),
        )
        .route("/faults/{id}", axum::routing::delete(faults::delete_fault))
        .route("/clock", get(clock::show_clock))
        .route("/clock/advance", post(clock::advance_clock))
        .route(
            "/limits",
            get(limits::show_limits).put(limits::change_limits),
        )
        .route(
            "/records/{module}",
            get(records::list_records).post(records::create_record),
        )
        .route(
            "/records/{module}/{id}",
            get(records::get_record)
                .put(records::update_record)
                .delete(records::delete_record),
        )
        .fallback(problem::unknown_path)
        .method_not_allowed_fallback(problem::wrong_method)
}
