//! The console: pages for people, rendered here and kept live by server-sent events.
//!
//! Each page is one file with its handlers and its template's data. A page that updates itself wraps what changes in
//! [`live::Fragment`]; a form comes in through [`visitor::Posted`], which checks its CSRF token.

mod actions;
pub(crate) mod connect;
mod connect_sessions;
mod connections;
mod dead_letters;
pub(crate) mod doctor;
mod event;
mod events;
mod indent;
mod live;
mod login;
mod overview;
mod refusal;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod session;
mod setup;
#[cfg(test)]
mod tests;
mod view;
pub(crate) mod visitor;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// Every page, and every form of theirs.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(overview::show_overview))
        .route("/events", get(events::list_events))
        .route("/events/{id}", get(event::show_event))
        .route("/events/{id}/replay", post(event::replay_event))
        .route("/dead-letters", get(dead_letters::list_dead_letters))
        .route(
            "/dead-letters/replay",
            post(dead_letters::replay_dead_letters),
        )
        .route(
            "/dead-letters/{id}/replay",
            post(dead_letters::mend_dead_letter),
        )
        .route(
            "/connections",
            get(connections::list_connections).post(connect::add_connection),
        )
        .route(
            "/doctor",
            get(doctor::show_doctor).post(doctor::examine_all),
        )
        .route("/connections/new", get(connect::show_new))
        .route("/connections/{name}", get(connect::show_connection))
        .route(
            "/connections/{name}/examine",
            post(connect::examine_connection),
        )
        .route(
            "/connections/{name}/settings",
            get(connect::show_settings).post(connect::change_settings),
        )
        .route("/connections/{name}/authorize", post(connect::authorize))
        .route("/connections/{name}/grant", post(connect::grant))
        .route("/connections/{name}/remove", post(connect::remove))
        .route(
            "/connections/{name}/doctor",
            post(connections::examine_connection),
        )
        .route(
            "/connect-sessions",
            get(connect_sessions::list_sessions).post(connect_sessions::make_session),
        )
        .route(
            "/connect-sessions/{id}/end",
            post(connect_sessions::end_session),
        )
        .route("/actions", get(actions::list_actions))
        .route(
            "/actions/{action}",
            get(actions::show_action).post(actions::run_action),
        )
        .route("/actions/{action}/call", post(actions::write_call))
        .route("/actions/{action}/offers", get(actions::offer_names))
        .route("/routes", get(setup::show_routes))
        .route("/live", get(live::follow_changes))
        .route("/login", get(login::show_login).post(login::log_in))
        .route("/logout", post(login::log_out))
}
