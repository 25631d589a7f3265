//! `/org/photo`: the logo of the organisation.

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::json;

use super::SCOPE;
use crate::catalog::settings as refusals;
use crate::catalog::{self, Refusal};
use crate::crm::route::Route;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::settings::Photo;

pub(in crate::crm) const ROUTES: &[Route] = &[
    Route::get("org/photo", SCOPE, get),
    Route::post("org/photo", SCOPE, put).takes_form(),
    Route::delete("org/photo", SCOPE, delete),
];

/// Bytes of a photo: 1 MB.
const BYTES_MAX: usize = 1_000_000;

/// First bytes of the kinds of pictures that are taken, and the name of each.
const KINDS: [(&[u8], &str); 4] = [
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
];

fn kind_of(bytes: &Bytes) -> Option<&'static str> {
    let known = KINDS.iter().find(|(start, _)| bytes.starts_with(start));
    known.map(|(_, kind)| *kind)
}

#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn get(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let photo = world.settings.photo.as_ref();
    let shown = photo.and_then(|photo| Some((photo, kind_of(&photo.file.0)?)));
    Ok(match shown {
        None => Answer::empty(StatusCode::NO_CONTENT),
        Some((photo, kind)) => Answer::typed(StatusCode::OK, kind, photo.file.0.clone()),
    })
}

fn put(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut parts = context.form.iter();
    let part = parts
        .find(|part| part.name == "file")
        .ok_or_else(|| catalog::required_param_missing("file"))?;
    if part.bytes.len() > BYTES_MAX {
        return Err(refusals::photo_too_large());
    }
    if kind_of(&part.bytes).is_none() {
        // unknown: the details of a file that is no picture.
        return Err(refusals::other("INVALID_DATA", "invalid data", json!({})));
    }
    let mut world = context.shared.world();
    let id = world.ids.next();
    let file = part.bytes.clone();
    world.settings.photo = Some(Photo::new(id, file));
    let details = json!({"id": id.to_string()});
    let uploaded = print::success(&details, "photo uploaded successfully");
    Ok(Answer::json(StatusCode::OK, &uploaded))
}

fn delete(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    match world.settings.photo.take() {
        None => Err(refusals::other("INVALID_DATA", "invalid data", json!({}))),
        Some(photo) => {
            let details = json!({"id": photo.id.to_string()});
            let deleted = print::success(&details, "Photo deleted");
            Ok(Answer::json(StatusCode::OK, &deleted))
        }
    }
}
