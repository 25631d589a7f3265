//! Connections: their state, and the doctor.

use axum::extract::State;
use axum::response::Response;
use leadway_engine::Engine;
use leadway_engine::model::status::{ConnectionState, ConnectionStatus, Finding, Level};

use super::refusal::Refusal;
use super::view::Frame;
use super::visitor::{Posted, Visitor};
use crate::answer;
use crate::extract::Named;
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "connections.html")]
pub(super) struct ConnectionsPage {
    pub(super) frame: Frame,
    pub(super) connections: Vec<ConnectionStatus>,
    /// What the doctor found, with the connection that was examined.
    pub(super) examined: Option<(String, Vec<Finding>)>,
}

/// The word that a connection's badge shows.
pub(crate) fn state_word(state: &ConnectionState) -> &'static str {
    match state {
        ConnectionState::Ready => "ready",
        ConnectionState::Paused => "paused",
        ConnectionState::NeedsConsent => "needs_consent",
    }
}

/// The word that a finding's badge shows.
pub(crate) fn level_word(level: &Level) -> &'static str {
    match level {
        Level::Ok => "ok",
        Level::Warning => "warning",
        Level::Failed => "failed",
    }
}

/// Lists connections.
pub(crate) async fn list_connections(
    State(engine): State<Engine>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    show(&engine, &visitor, None).await
}

/// Asks the doctor, who calls Zoho, and shows what it found.
pub(crate) async fn examine_connection(
    State(engine): State<Engine>,
    Named(name): Named<String>,
    visitor: Visitor,
    _: Posted,
) -> Result<Response, Refusal> {
    let findings = engine
        .doctor(&name)
        .await
        .ok_or_else(|| Problem::no_such("connection", &name))?;
    show(&engine, &visitor, Some((name, findings))).await
}

async fn show(
    engine: &Engine,
    visitor: &Visitor,
    examined: Option<(String, Vec<Finding>)>,
) -> Result<Response, Refusal> {
    let connections = engine.connections().await?;
    Ok(answer::page(&ConnectionsPage {
        frame: visitor.frame("connections"),
        connections,
        examined,
    })?)
}
