//! The doctor's page: all connections, examined at once.

use axum::extract::State;
use axum::response::Response;
use futures_util::future::join_all;
use leadway_engine::Engine;
use leadway_engine::model::status::{Finding, Level};

use super::refusal::Refusal;
use super::view::Frame;
use super::visitor::{Posted, Visitor};
use crate::answer;

#[derive(askama::Template)]
#[template(path = "doctor.html")]
struct DoctorPage {
    frame: Frame,
    names: Vec<String>,
    /// What was found, by connection; nothing before anybody asked.
    examined: Vec<(String, Vec<Finding>)>,
}

/// Shows the page before anything is examined: an examination calls Zoho.
pub(crate) async fn show_doctor(
    State(engine): State<Engine>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    show(&engine, &visitor, Vec::new())
}

/// Examines all connections.
pub(crate) async fn examine_all(
    State(engine): State<Engine>,
    visitor: Visitor,
    _: Posted,
) -> Result<Response, Refusal> {
    let examined = names(&engine).into_iter().map(|name| {
        let engine = &engine;
        async move {
            let findings = engine.doctor(&name).await.unwrap_or_default();
            (name, findings)
        }
    });
    let examined = join_all(examined).await;
    show(&engine, &visitor, examined)
}

fn names(engine: &Engine) -> Vec<String> {
    let connections = engine.config().connections;
    connections.into_iter().map(|config| config.name).collect()
}

fn show(
    engine: &Engine,
    visitor: &Visitor,
    examined: Vec<(String, Vec<Finding>)>,
) -> Result<Response, Refusal> {
    Ok(answer::page(&DoctorPage {
        frame: visitor.frame("connections"),
        names: names(engine),
        examined,
    })?)
}

/// How many findings need somebody.
pub(crate) fn wrong(findings: &[Finding]) -> usize {
    findings
        .iter()
        .filter(|finding| finding.level != Level::Ok)
        .count()
}
