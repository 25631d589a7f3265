//! Mails that clients have sent from records. Nothing leaves the simulator.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;

use super::value::time;
use super::{framed, table};
use crate::html::escape;
use crate::state::Shared;
use crate::world::World;
use crate::world::mails::Mail;

/// Mails that the page shows.
const MAILS_MAX: usize = 100;

pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let world = shared.world();
    let mut rows = String::new();
    for mail in world.mails.iter().rev().take(MAILS_MAX) {
        write_row(&mut rows, &world, mail);
    }
    let body = format!(
        "<h1>Mails</h1><p class=\"muted\">Sent from records; nothing leaves the simulator.</p><div id=\"live\">{}</div>",
        table(
            &["Time", "From", "To", "Subject", "Files", "Record"],
            &rows,
            "No client has sent a mail."
        )
    );
    framed("Mails", "/__sim/mails", &body)
}

fn write_row(rows: &mut String, world: &World, mail: &Mail) {
    let receivers = mail.to.iter().chain(&mail.cc).chain(&mail.bcc);
    let receivers: Vec<&str> = receivers.map(|address| address.email.as_str()).collect();
    let record = match world.find(mail.record) {
        None => mail.record.to_string(),
        Some((at, record)) => {
            let table = &world.tables[at];
            let module = escape(&table.module.api_name);
            format!(
                "<a href=\"/__sim/modules/{module}/{}\">{module} {}</a>",
                record.id,
                escape(&table.name_of(record))
            )
        }
    };
    // Writing into a text does not fail.
    let _ = write!(
        rows,
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{record}</td></tr>",
        time(world, mail.scheduled_at.unwrap_or(mail.sent_at)),
        escape(&mail.from.email),
        escape(&receivers.join(", ")),
        escape(&mail.subject),
        escape(&files(world, mail)),
    );
}

/// The names of the mail's files; those of its text are marked.
fn files(world: &World, mail: &Mail) -> String {
    let name = |id: &String| world.files.stored(id).map(|file| file.name.clone());
    let attached = mail.attachments.iter().filter_map(name);
    let inline = mail.inline_images.iter().filter_map(name);
    let inline = inline.map(|name| format!("{name} (inline)"));
    let names: Vec<String> = attached.chain(inline).collect();
    names.join(", ")
}
