//! Pages that update themselves: the browser listens to `/live`, and on each change asks for its fragment anew.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use leadway_engine::Engine;

use super::refusal::Refusal;
use super::visitor::Visitor;
use crate::answer;
use crate::lifecycle::Stopping;
use crate::problem::Problem;
use crate::secret;

/// However busy the gateway is, an open page asks no more often than this.
const PAUSE: Duration = Duration::from_millis(400);

/// A part of a page that is rendered again when something changes.
#[derive(Debug)]
pub(crate) struct Fragment {
    /// The page's path and query, without `seen`.
    url: String,
    /// A digest of the content: asked with it, an unchanged fragment is not sent, so that what a reader has
    /// unfolded stays so.
    seen: String,
    /// The content, rendered and escaped by its own template.
    html: String,
}

#[derive(askama::Template)]
#[template(path = "fragment.html")]
struct Wrapped<'a> {
    url: &'a str,
    html: &'a str,
}

impl Fragment {
    /// Renders the content of the fragment that `url` shows.
    pub(crate) fn new(
        url: impl Into<String>,
        content: &impl askama::Template,
    ) -> Result<Self, Problem> {
        let html = content.render().map_err(|error| {
            tracing::error!(%error, "a fragment could not be rendered");
            Problem::internal()
        })?;
        let seen = secret::digest(html.as_bytes())[..16].to_owned();
        Ok(Self {
            url: url.into(),
            seen,
            html,
        })
    }

    /// The fragment as part of its page.
    pub(crate) fn to_html(&self) -> Result<String, Problem> {
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let url = format!("{}{separator}seen={}", self.url, self.seen);
        askama::Template::render(&Wrapped {
            url: &url,
            html: &self.html,
        })
        .map_err(|_| Problem::internal())
    }

    /// The fragment by itself; nothing when the browser has seen just this.
    pub(crate) fn into_answer(self, seen: Option<&str>) -> Result<Response, Refusal> {
        if seen == Some(self.seen.as_str()) {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        Ok(answer::html(self.to_html()?))
    }
}

/// Tells an open page that something changed, until it is closed or the gateway stops.
pub(crate) async fn follow_changes(
    State(engine): State<Engine>,
    _: Visitor,
    stopping: Option<Extension<Stopping>>,
) -> Response {
    let stopping = stopping.map(|extension| extension.0).unwrap_or_default();
    Sse::new(changes(engine, stopping))
        .keep_alive(KeepAlive::default())
        .into_response()
}

fn changes(engine: Engine, stopping: Stopping) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut receiver = engine.changes();
    // What changed after the page was rendered and before it began to listen must not be missed, so the first
    // message comes at once; a fragment that is still the same costs an empty answer.
    receiver.mark_changed();
    stream::unfold(
        (receiver, stopping, true),
        |(mut receiver, stopping, is_first)| async move {
            let next = async {
                if !is_first {
                    tokio::time::sleep(PAUSE).await;
                }
                receiver
                    .changed()
                    .await
                    .ok()
                    .map(|()| *receiver.borrow_and_update())
            };
            let version = tokio::select! {
                version = next => version?,
                () = stopping.0.cancelled() => return None,
            };
            let event = Event::default().event("changed").data(version.to_string());
            Some((Ok(event), (receiver, stopping, false)))
        },
    )
}
