//! Tells open pages that something has changed, as server-sent events; the script then fetches what it shows.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;

use crate::clock;
use crate::state::Shared;

/// How often a change is looked for.
const LOOK_MS: u64 = 250;

pub(super) async fn script() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/javascript;charset=UTF-8")];
    (kind, include_str!("live.js"))
}

/// An event for each moment in which something was different than before. It ends when the simulator stops.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let before = fingerprint(&shared);
    let events = futures_util::stream::unfold((shared, before), |(shared, before)| async move {
        loop {
            if shared.is_stopping() {
                return None;
            }
            clock::pause(LOOK_MS).await;
            let now = fingerprint(&shared);
            if now != before {
                // Browsers drop events without data.
                let event = Event::default().event("change").data("something");
                return Some((Ok(event), (shared, now)));
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// What is different after anything that pages show has changed.
fn fingerprint(shared: &Shared) -> [u64; 10] {
    let (changes, jobs, channels, books) = {
        let world = shared.world();
        let jobs = world.jobs.open().count() + world.jobs.iter().count() * 1_000;
        let of_channels: u64 = world
            .channels
            .iter()
            .map(|channel| channel.expires_at.unsigned_abs())
            .fold(0, u64::wrapping_add);
        let books = crate::books::revision(&world.books);
        (
            world.changes.last_sequence(),
            number(jobs),
            of_channels,
            books,
        )
    };
    let faults = {
        let faults = shared.faults();
        let hits: u64 = faults
            .active()
            .iter()
            .map(|fault| u64::from(fault.hits))
            .sum();
        hits + number(faults.active().len()) * 1_000_000
    };
    let (served, kept) = {
        let journal = shared.journal();
        (journal.served(), number(journal.after(0).count()))
    };
    let limits = shared.limits();
    [
        changes,
        jobs,
        channels,
        faults,
        served,
        kept,
        shared.sent().count(),
        shared.clock.advanced_seconds().unsigned_abs() ^ shared.clock.speed().to_bits(),
        limits.credits_max.unwrap_or(u64::MAX),
        books,
    ]
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
