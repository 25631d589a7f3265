//! `POST /files`: puts files into the store, for file and image fields and inline images. `GET /files?id=`: one of them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{make_room, sent};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::{Answer, FormPart};
use crate::world::files::File;

/// Files of one call.
const FILES_MAX: usize = 10;
/// Bytes of one file.
const BYTES_MAX: usize = 20 * 1024 * 1024;

pub(super) fn upload(context: &Context<'_>) -> Result<Answer, Refusal> {
    // Zoho's client for Node sends files without a name, with their type only.
    let is_file = |part: &&FormPart| {
        part.name == "file" && (part.filename.is_some() || part.content_type.is_some())
    };
    let parts: Vec<&FormPart> = context.form.iter().filter(is_file).collect();
    if parts.is_empty() {
        return Err(catalog::files::no_file_in_upload());
    }
    if parts.len() > FILES_MAX {
        return Err(catalog::files::too_many_files());
    }
    if parts.iter().any(|part| part.bytes.len() > BYTES_MAX) {
        return Err(catalog::files::file_too_large());
    }
    // unknown: what other types there are, and whether Zoho takes inline files that are no images; here it does.
    let is_inline = context.call.query.get("type") == Some("inline");
    let mut world = context.shared.world();
    let bytes = parts.iter().map(|part| part.bytes.len()).sum();
    make_room(&mut world, bytes, catalog::files::file_too_large)?;
    let items: Vec<Value> = parts
        .into_iter()
        .map(|part| {
            let name = part.filename.clone().unwrap_or_else(|| "file".to_owned());
            let message = format!("{name} uploaded Succeessfully");
            let file = File::new(
                name.clone(),
                part.content_type.as_deref(),
                part.bytes.clone(),
            );
            let file = if is_inline { file.inline() } else { file };
            let id = world.store_file(file);
            print::success(&json!({"name": name, "id": id}), &message)
        })
        .collect();
    Ok(Answer::json(StatusCode::OK, &json!({"data": items})))
}

pub(super) fn download(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.call.query.get("id");
    let id = id.ok_or_else(|| catalog::required_param_missing("id"))?;
    let world = context.shared.world();
    Ok(match world.files.stored(id) {
        Some(file) => sent(file),
        None => Answer::empty(StatusCode::NO_CONTENT),
    })
}
