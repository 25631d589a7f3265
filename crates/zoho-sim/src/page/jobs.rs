//! Work that is done later: bulk reads and writes, mass actions.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::value::time;
use super::{framed, table};
use crate::html::escape;
use crate::state::Shared;
use crate::world::World;
use crate::world::jobs::{Job, JobState};

/// Jobs that the page shows.
const JOBS_MAX: usize = 100;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let world = shared.world();
    let rows: String = world
        .jobs
        .iter()
        .rev()
        .take(JOBS_MAX)
        .map(|job| row(&world, job))
        .collect();
    let body = format!(
        "<h1>Jobs</h1><p class=\"muted\">Jobs wait, run and end by the <a href=\"/__sim/clock\">clock</a>.</p><div id=\"live\">{}</div>",
        table(
            &["id", "Work", "State", "By", "Created", "Starts", "Ends"],
            &rows,
            "No client has begun a job."
        )
    );
    framed("Jobs", "/__sim/jobs", &body)
}

fn row(world: &World, job: &Job) -> String {
    let (state, class) = match job.state {
        JobState::Added => ("waits", ""),
        JobState::Running => ("runs", ""),
        JobState::Completed => ("completed", "good"),
        JobState::Failed => ("failed", "bad"),
    };
    let user = world.user(job.head.user).map(crate::world::User::full_name);
    format!(
        "<tr><td>{}</td><td>{}</td><td class=\"{class}\">{state}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        job.head.id,
        escape(&name_of(job)),
        escape(&user.unwrap_or_default()),
        time(world, job.head.created_at),
        time(world, job.head.starts_at),
        time(world, job.head.ends_at),
    )
}

/// The kind of work: the name of its variant, with which a snapshot begins it.
fn name_of(job: &Job) -> String {
    let mut head = Head(Vec::new());
    // A long job does not fit, which is no error here: only the beginning is wanted.
    let _ = serde_json::to_writer(&mut head, &job.work);
    let text = String::from_utf8_lossy(&head.0);
    text.split('"').nth(1).unwrap_or_default().to_owned()
}

/// Keeps the beginning of what is written and refuses the rest.
struct Head(Vec<u8>);

impl std::io::Write for Head {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        const BYTES_MAX: usize = 64;
        if self.0.len() >= BYTES_MAX {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        self.0
            .extend_from_slice(&bytes[..bytes.len().min(BYTES_MAX)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
