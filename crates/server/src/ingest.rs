//! Events in: the hot path. Every door reads what came, finds the source by its write key, lets the engine's
//! `intake::validate` check each event, stores what passed with one `Engine::accept`, and answers 200 only then.
//!
//! The doors: [`single`] (Segment's calls), [`batch`], [`pixel`], [`form`], [`webhook`] and [`snippet`] (the script
//! that websites load). What real clients need of them stands in each file.

mod arrival;
pub(crate) mod batch;
mod body;
pub(crate) mod cors;
mod fields;
pub(crate) mod form;
mod head;
mod key;
mod merge;
mod nesting;
pub(crate) mod pixel;
mod shape;
pub(crate) mod single;
pub(crate) mod snippet;
pub(crate) mod webhook;

pub(crate) use arrival::{arrival, sender_ip};
use leadway_engine::intake::validate::{Rejection, Sender, validate};
use leadway_engine::model::event::{EventKind, IncomingEvent};
use serde_json::value::RawValue;

use crate::app::App;

/// Checks one event: how deeply it is nested, then everything that the engine asks.
pub(crate) fn check(
    app: &App,
    raw: &RawValue,
    kind: Option<EventKind>,
    sender: &Sender<'_>,
) -> Result<IncomingEvent, Rejection> {
    nesting::check(raw.get())?;
    validate(raw, kind, sender, app.engine.limits())
}
