//! The live list of events.

use axum::extract::State;
use axum::response::Response;
use leadway_engine::Engine;
use leadway_engine::model::event::{EventQuery, EventStatus, EventSummary};
use leadway_engine::model::page::Page;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::live::Fragment;
use super::refusal::Refusal;
use super::view::{self, Frame};
use super::visitor::Visitor;
use crate::answer;
use crate::extract::Parameters;

/// Rows of one page.
const ROWS_MAX: usize = 50;

/// The filters, as the form sends them; what is blank filters nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) source: String,
    #[serde(default)]
    pub(super) q: String,
    #[serde(default)]
    cursor: String,
    seen: Option<String>,
}

impl Filters {
    fn query(&self) -> EventQuery {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        EventQuery {
            status: EventStatus::from_word(&self.status),
            source: filled(&self.source),
            text: filled(&self.q),
            cursor: filled(&self.cursor),
            items_max: ROWS_MAX,
        }
    }

    /// The address of the list with these filters, at a cursor.
    fn url(&self, cursor: &str) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [
            ("status", self.status.as_str()),
            ("source", &self.source),
            ("q", &self.q),
            ("cursor", cursor),
        ] {
            if !value.trim().is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() {
            "/events".to_owned()
        } else {
            format!("/events?{query}")
        }
    }

    fn is_empty(&self) -> bool {
        self.status.is_empty() && self.source.is_empty() && self.q.is_empty()
    }
}

#[derive(askama::Template)]
#[template(path = "events.html")]
pub(super) struct EventsPage {
    pub(super) frame: Frame,
    pub(super) filters: Filters,
    pub(super) sources: Vec<String>,
    pub(super) statuses: [EventStatus; 7],
    pub(super) fragment: String,
}

#[derive(askama::Template)]
#[template(path = "events_content.html")]
pub(super) struct EventsContent {
    pub(super) events: Vec<EventSummary>,
    pub(super) is_filtered: bool,
    pub(super) newest_url: Option<String>,
    pub(super) older_url: Option<String>,
}

impl EventsContent {
    pub(super) fn new(page: Page<EventSummary>, filters: &Filters) -> Self {
        Self {
            events: page.items,
            is_filtered: !filters.is_empty(),
            newest_url: (!filters.cursor.is_empty()).then(|| filters.url("")),
            older_url: page.next_cursor.map(|cursor| filters.url(&cursor)),
        }
    }
}

/// Lists events, newest first, filtered.
pub(crate) async fn list_events(
    State(engine): State<Engine>,
    visitor: Visitor,
    Parameters(filters): Parameters<Filters>,
) -> Result<Response, Refusal> {
    let page = engine.events(&filters.query()).await?;
    let fragment = Fragment::new(
        filters.url(&filters.cursor),
        &EventsContent::new(page, &filters),
    )?;
    if visitor.wants_fragment {
        return fragment.into_answer(filters.seen.as_deref());
    }
    Ok(answer::page(&EventsPage {
        frame: visitor.frame("events"),
        sources: view::source_names(&engine),
        statuses: EventStatus::ALL,
        fragment: fragment.to_html()?,
        filters,
    })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_carries_what_is_filtered() {
        let filters = Filters {
            status: "dead".to_owned(),
            q: "a&b c".to_owned(),
            ..Filters::default()
        };
        assert_eq!(
            filters.url("x=1"),
            "/events?status=dead&q=a%26b+c&cursor=x%3D1"
        );
        assert_eq!(Filters::default().url(""), "/events");
    }
}
