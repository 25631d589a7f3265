//! One event's whole life.

use axum::extract::State;
use axum::response::Response;
use leadway_engine::Engine;
use leadway_engine::model::id::EventId;
use leadway_engine::model::life::EventLife;

use super::live::Fragment;
use super::overview::Seen;
use super::refusal::Refusal;
use super::view::Frame;
use super::visitor::{Posted, Visitor};
use crate::answer;
use crate::extract::{Named, Parameters};
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "event.html")]
pub(super) struct EventPage {
    pub(super) frame: Frame,
    pub(super) title: String,
    pub(super) fragment: String,
}

#[derive(askama::Template)]
#[template(path = "event_content.html")]
pub(super) struct EventContent<'a> {
    pub(super) life: &'a EventLife,
    pub(super) csrf: &'a str,
    /// Whether nothing of it is on its way, so that a replay is possible.
    pub(super) is_replayable: bool,
}

impl<'a> EventContent<'a> {
    pub(super) fn new(life: &'a EventLife, csrf: &'a str) -> Self {
        let is_settled = life
            .deliveries
            .iter()
            .all(|life| life.delivery.settled_at.is_some());
        Self {
            life,
            csrf,
            is_replayable: is_settled && life.duplicate_of.is_none(),
        }
    }
}

/// What an event is called at the top of its page: its name, or the kind of call.
pub(super) fn title(life: &EventLife) -> String {
    life.summary
        .name
        .clone()
        .unwrap_or_else(|| life.summary.kind.as_str().to_owned())
}

/// Shows what came in, what was decided, what was sent and what Zoho said.
pub(crate) async fn show_event(
    State(engine): State<Engine>,
    visitor: Visitor,
    id: Result<Named<EventId>, Problem>,
    Parameters(query): Parameters<Seen>,
) -> Result<Response, Refusal> {
    let Named(id) = id?;
    let life = engine
        .event(id)
        .await?
        .ok_or_else(|| Problem::no_such("event", &id.to_string()))?;
    let fragment = Fragment::new(
        format!("/events/{id}"),
        &EventContent::new(&life, visitor.csrf()),
    )?;
    if visitor.wants_fragment {
        return fragment.into_answer(query.seen.as_deref());
    }
    let page = EventPage {
        frame: visitor.frame("events"),
        title: title(&life),
        fragment: fragment.to_html()?,
    };
    Ok(answer::page(&page)?)
}

/// Replays an event through the routes and mappings of now.
pub(crate) async fn replay_event(
    State(engine): State<Engine>,
    id: Result<Named<EventId>, Problem>,
    _: Posted,
) -> Result<Response, Refusal> {
    let Named(id) = id?;
    engine.replay_event(id).await?;
    Ok(answer::see_other(&format!("/events/{id}")))
}
