//! `POST /{module}/{id}/Attachments`: attaches a file, or a link by `attachmentUrl`.

use axum::http::StatusCode;
use serde_json::json;

use super::{make_room, record};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::{Answer, FormPart};
use crate::rows::{Action, Author};
use crate::world::files::{Attached, File, encrypted};
use crate::world::{Cell, Change, Record, World};

/// Bytes of one file.
const BYTES_MAX: usize = 100 * 1024 * 1024;
/// Characters of a link, of its title, and of a file's name.
const URL_MAX: usize = 3_000;
const TITLE_MAX: usize = 255;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut guard = context.shared.world();
    let world = &mut *guard;
    let has_list = |world: &World| {
        let module = &world.tables[context.table].module;
        let mut lists = module.related_lists.iter();
        lists.any(|list| list.api_name == "Attachments")
    };
    if !has_list(world) {
        return Err(catalog::invalid_module(json!({"resource_path_index": 0})));
    }
    let parent = record(context, world)?;
    let file = context.form.iter().find(|part| part.name == "file");
    let (name, size, attached) = match (file, text(context, "attachmentUrl")) {
        (Some(part), _) => of_file(world, part)?,
        (None, Some(url)) => of_link(&url, text(context, "title"))?,
        (None, None) => return Err(catalog::files::attachment_missing()),
    };
    let id = write(world, parent, &name, size, context.author());
    let attached = match attached {
        Attached::File { file, .. } => Attached::File {
            file_id: encrypted(id),
            file,
        },
        link @ Attached::Link(_) => link,
    };
    world.files.attach(id, attached);
    let time = print::time(world, context.now());
    let user = print::user(world, context.caller.user);
    let details = json!({
        "Modified_Time": time,
        "Modified_By": user,
        "Created_Time": time,
        "id": id.to_string(),
        "Created_By": user,
    });
    let item = print::success(&details, "attachment uploaded successfully");
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}

/// A field of the form, or a parameter of the query string.
fn text(context: &Context<'_>, name: &str) -> Option<String> {
    let part = context.form.iter().find(|part| part.name == name);
    let of_form = part.and_then(|part| String::from_utf8(part.bytes.to_vec()).ok());
    of_form.or_else(|| context.call.query.get(name).map(str::to_owned))
}

fn of_file(world: &mut World, part: &FormPart) -> Result<(String, usize, Attached), Refusal> {
    let too_large = catalog::files::attachment_too_large;
    let size = part.bytes.len();
    if size > BYTES_MAX {
        return Err(too_large());
    }
    make_room(world, size, too_large)?;
    let name = part.filename.clone().unwrap_or_else(|| "file".to_owned());
    let name: String = name.chars().take(TITLE_MAX).collect();
    let file = File::new(
        name.clone(),
        part.content_type.as_deref(),
        part.bytes.clone(),
    );
    let file_id = String::new();
    Ok((name, size, Attached::File { file_id, file }))
}

fn of_link(url: &str, title: Option<String>) -> Result<(String, usize, Attached), Refusal> {
    if url.chars().count() > URL_MAX {
        return Err(catalog::files::too_long("attachmentUrl", URL_MAX));
    }
    let parsed = url::Url::parse(url).ok();
    let parsed =
        parsed.filter(|url| matches!(url.scheme(), "http" | "https" | "ftp") && url.has_host());
    if parsed.is_none() {
        return Err(catalog::files::wrong_attachment_url());
    }
    // unknown: the name of a link without a title; its address here.
    let name = title.unwrap_or_else(|| url.chars().take(TITLE_MAX).collect());
    if name.chars().count() > TITLE_MAX {
        return Err(catalog::files::too_long("title", TITLE_MAX));
    }
    Ok((name, 0, Attached::Link(url.to_owned())))
}

/// Adds the record of an attachment and tells of it.
fn write(world: &mut World, parent: u64, name: &str, size: usize, author: Author) -> u64 {
    let id = world.ids.next();
    let Some(table) = world.table_position("Attachments") else {
        return id;
    };
    let mut record = Record::new(id, author.user, author.now);
    let module = world.tables[table].module.clone();
    for (field, cell) in [
        ("File_Name", Cell::Text(name.into())),
        ("Size", Cell::Text(size.to_string().as_str().into())),
        ("Parent_Id", Cell::Id(parent)),
    ] {
        if let Some(position) = module.position(field) {
            record.set(position, Some(cell));
        }
    }
    world.enter(id, table);
    world.tables[table].add(record);
    world.changes.push(Change {
        sequence: 0,
        table,
        id,
        action: Action::Insert,
        user: author.user,
        at: author.now,
        source: author.source,
        fields: Vec::new(),
    });
    id
}
