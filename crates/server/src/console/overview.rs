//! The first page: how the gateway is doing.

use axum::extract::State;
use axum::response::Response;
use leadway_engine::Engine;
use leadway_engine::model::event::{EventQuery, EventSummary};
use leadway_engine::model::status::Overview;
use serde::Deserialize;

use super::live::Fragment;
use super::refusal::Refusal;
use super::view::Frame;
use super::visitor::Visitor;
use crate::answer;
use crate::extract::Parameters;

/// Events that the page shows.
const RECENT_EVENTS_MAX: usize = 8;

/// What the browser says that it has.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Seen {
    pub(crate) seen: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "overview.html")]
pub(super) struct OverviewPage {
    pub(super) frame: Frame,
    pub(super) fragment: String,
}

#[derive(askama::Template)]
#[template(path = "overview_content.html")]
pub(super) struct OverviewContent {
    pub(super) overview: Overview,
    pub(super) events: Vec<EventSummary>,
}

/// Shows counts, connections and the newest events.
pub(crate) async fn show_overview(
    State(engine): State<Engine>,
    visitor: Visitor,
    Parameters(query): Parameters<Seen>,
) -> Result<Response, Refusal> {
    let overview = engine.overview().await?;
    let recent = EventQuery {
        items_max: RECENT_EVENTS_MAX,
        ..EventQuery::default()
    };
    let events = engine.events(&recent).await?.items;
    let fragment = Fragment::new("/", &OverviewContent { overview, events })?;
    if visitor.wants_fragment {
        return fragment.into_answer(query.seen.as_deref());
    }
    Ok(answer::page(&OverviewPage {
        frame: visitor.frame("overview"),
        fragment: fragment.to_html()?,
    })?)
}
