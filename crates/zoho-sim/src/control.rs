//! The control API under `/__sim/v1/`: how tests and people play the part of Zoho and of its users.
//!
//! It costs no credits, is met by no fault, and writes records as a person in Zoho's own pages would: by the same checks.

mod books;
mod callbacks;
pub(crate) mod changes;
pub(crate) mod clients;
pub(crate) mod clock;
mod data_centers;
mod faults;
mod given;
mod index;
mod journal;
pub(crate) mod limits;
mod mails;
mod origin;
mod problem;
pub(crate) mod records;
mod search;
mod snapshot;
mod users;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::Shared;
pub(crate) use given::{Asked, Body};
pub(crate) use origin::check_origin;
pub(crate) use problem::{Problem, cut, cut_to};

/// Longest body, as that of a large seed or snapshot.
const BODY_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Every route of the control API.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(index::list_paths))
        .route("/health", get(world::show_health))
        .route("/reset", post(world::reset_world))
        .route("/seed", post(world::plant_seed))
        .route(
            "/snapshot",
            get(snapshot::take_snapshot).put(snapshot::restore_snapshot),
        )
        .route(
            "/clients",
            get(clients::list_clients).post(clients::create_client),
        )
        .route("/grants", post(clients::create_grant))
        .route("/devices", post(clients::decide_device))
        .route("/data_centers", get(data_centers::list_data_centers))
        .route("/users/{user}/confirm", post(users::confirm_user))
        .route("/callbacks", get(callbacks::list_callbacks))
        .route("/mails", get(mails::list_mails))
        .route("/inbox", post(callbacks::take_callback))
        .route(
            "/journal",
            get(journal::list_entries).delete(journal::clear_entries),
        )
        .route("/journal/{sequence}", get(journal::show_entry))
        .route("/changes", get(changes::list_changes))
        .route(
            "/faults",
            get(faults::list_faults)
                .post(faults::create_fault)
                .delete(faults::delete_faults),
        )
        .route("/faults/{id}", axum::routing::delete(faults::delete_fault))
        .route("/clock", get(clock::show_clock).put(clock::set_clock))
        .route("/clock/advance", post(clock::advance_clock))
        .route(
            "/limits",
            get(limits::show_limits).put(limits::change_limits),
        )
        .route("/search", get(search::show_delay).put(search::set_delay))
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
        .route("/books", get(books::list_organisations))
        .route(
            "/books/{organization_id}/{kind}",
            get(books::list_records).post(books::create_record),
        )
        .route(
            "/books/{organization_id}/{kind}/{id}",
            get(books::get_record)
                .put(books::update_record)
                .delete(books::delete_record),
        )
        .route(
            "/books/{organization_id}/{kind}/{id}/{*action}",
            post(books::act_on_record),
        )
        .fallback(problem::unknown_path)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}
