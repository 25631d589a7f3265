//! `GET`, `POST`, `DELETE /{module}/{id}/photo`: the photo of a record.

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::image::Image;
use super::{make_room, named, record};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::Action;
use crate::schema::GeneratedType;
use crate::world::files::{File, encrypted};
use crate::world::{Cell, Change, World};

/// Bytes and dots of one photo.
const BYTES_MAX: usize = 10 * 1024 * 1024;
const DOTS_MAX: u64 = 10_000_000;

/// Modules of Zoho's own whose records have a photo.
const MODULES: [&str; 6] = [
    "Leads", "Contacts", "Accounts", "Products", "Vendors", "Deals",
];

/// The record that the path names, in a module with photos.
fn pictured(context: &Context<'_>, world: &World) -> Result<u64, Refusal> {
    let module = &world.tables[context.table].module;
    let is_custom = module.generated_type == GeneratedType::Custom;
    if !is_custom && !MODULES.contains(&module.api_name.as_str()) {
        return Err(catalog::invalid_module(json!({"resource_path_index": 0})));
    }
    record(context, world).map_err(|_| catalog::invalid_path_id(1))
}

pub(super) fn upload(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = pictured(context, &world)?;
    let part = context.form.iter().find(|part| part.name == "file");
    let part = part.ok_or_else(catalog::files::photo_missing)?;
    let image = Image::read(&part.bytes).ok_or_else(catalog::files::wrong_photo_type)?;
    let too_large = catalog::files::file_too_large;
    let dots = image
        .dots
        .map_or(0, |(width, height)| u64::from(width) * u64::from(height));
    if part.bytes.len() > BYTES_MAX || dots > DOTS_MAX {
        return Err(too_large());
    }
    make_room(&mut world, part.bytes.len(), too_large)?;
    let name = part.filename.clone().unwrap_or_default();
    let file = File::new(name, Some(image.content_type), part.bytes.clone());
    let image_id = encrypted(world.ids.next());
    world.files.put_photo(id, file);
    show(
        context,
        &mut world,
        id,
        Some(Cell::Text(image_id.as_str().into())),
    );
    Ok(done("photo uploaded successfully"))
}

pub(super) fn download(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = pictured(context, &world)?;
    let Some(file) = world.files.photo(id) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let answer = Answer::empty(StatusCode::OK);
    let content_type = HeaderValue::from_str(&file.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut answer = answer.with_header(header::CONTENT_TYPE, content_type);
    answer.body = file.blob.0.clone();
    // The official SDKs read no photo without a name.
    Ok(named(answer, &file.name))
}

pub(super) fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let id = pictured(context, &world)?;
    // unknown: what Zoho answers when there is no photo; the same here.
    if world.files.take_photo(id).is_some() {
        show(context, &mut world, id, None);
    }
    Ok(done("Photo deleted"))
}

fn done(message: &str) -> Answer {
    Answer::json(
        StatusCode::OK,
        &print::success(&Value::Object(serde_json::Map::new()), message),
    )
}

/// Names the photo in the record, which counts as a change of it.
fn show(context: &Context<'_>, world: &mut World, id: u64, cell: Option<Cell>) {
    let author = context.author();
    let table = context.table;
    let module = world.tables[table].module.clone();
    let cells = match module.position("Record_Image") {
        Some(position) => vec![(position, cell)],
        None => Vec::new(),
    };
    let fields = world.tables[table].change(id, author.user, author.now, None, cells);
    world.changes.push(Change {
        sequence: 0,
        table,
        id,
        action: Action::Update,
        user: author.user,
        at: author.now,
        source: author.source,
        fields,
    });
}
