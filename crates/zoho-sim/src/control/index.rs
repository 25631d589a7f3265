//! `GET /__sim/v1`: what the control API has, for people who look first.

use axum::Json;
use serde_json::{Value, json};

/// Every path with its methods and what it is for; `docs/simulator-api.md` says the rest.
const PATHS: &[(&str, &str, &str)] = &[
    (
        "health",
        "GET",
        "organisation, edition, number of records, time",
    ),
    (
        "reset",
        "POST",
        "begins the world anew; optional seed, edition, chance_seed, starts_at, speed",
    ),
    (
        "seed",
        "POST",
        "begins the world anew from the seed file in the body",
    ),
    (
        "snapshot",
        "GET, PUT",
        "the whole simulator as one compressed file, and back",
    ),
    ("clients", "GET, POST", "clients of the accounts server"),
    ("grants", "POST", "a code or a refresh token for a client"),
    (
        "devices",
        "POST",
        "a person's decision about the code of a device",
    ),
    (
        "data_centers",
        "GET",
        "addresses of the data centers and the users who live there",
    ),
    (
        "users/{user}/confirm",
        "POST",
        "what an invited user does who accepts; by id or e-mail address",
    ),
    (
        "journal",
        "GET, DELETE",
        "requests served, with bodies; filters: after, limit, path, method, status, client_id, module, fault, text, order",
    ),
    ("journal/{sequence}", "GET", "one request served"),
    (
        "changes",
        "GET",
        "what happened to records; filters: after, limit, module, source",
    ),
    (
        "callbacks",
        "GET",
        "callbacks sent to clients; filters: after, limit",
    ),
    (
        "inbox",
        "POST",
        "takes callbacks of channels that have no other receiver",
    ),
    ("mails", "GET", "mails sent from records; filter: limit"),
    ("faults", "GET, POST, DELETE", "what goes wrong on purpose"),
    ("faults/{id}", "DELETE", "removes one fault"),
    (
        "clock",
        "GET, PUT",
        "simulated time; now moves it forward, speed 0 freezes it",
    ),
    (
        "clock/advance",
        "POST",
        "moves the clock forward by seconds",
    ),
    (
        "limits",
        "GET, PUT",
        "credits, places, tokens and what is used of them; null switches one off",
    ),
    (
        "search",
        "GET, PUT",
        "seconds until a search finds what was written",
    ),
    (
        "records/{module}",
        "GET, POST",
        "records as a person in Zoho's own pages handles them",
    ),
    ("records/{module}/{id}", "GET, PUT, DELETE", "one record"),
    ("books", "GET", "organisations of Books and what they hold"),
    (
        "books/{organization_id}/{record type}",
        "GET, POST",
        "records of Books as a person handles them; mails instead of a record type: those that were sent",
    ),
    (
        "books/{organization_id}/{record type}/{id}",
        "GET, PUT, DELETE",
        "one record of Books",
    ),
    (
        "books/{organization_id}/{record type}/{id}/{action}",
        "POST",
        "what may be done with it: status/sent, status/void, active, writeoff, attachment …",
    ),
];

pub(super) async fn list_paths() -> Json<Value> {
    let paths: Vec<Value> = PATHS
        .iter()
        .map(|(path, methods, about)| json!({"path": path, "methods": methods, "about": about}))
        .collect();
    Json(json!({"base": "/__sim/v1/", "paths": paths}))
}
