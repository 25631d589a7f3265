//! `POST /crm/v8/upload` on the content host: a zip file for a bulk write.

use axum::http::StatusCode;
use serde_json::json;

use super::super::zipped;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::blob::Blob;
use crate::world::bulk::Upload;

/// Bytes of one file.
const BYTES_MAX: usize = 25 * 1024 * 1024;

pub(in super::super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let zgid = context.shared.world().organisation.zgid.clone();
    let feature = context.call.header("feature");
    let organisation = context.call.header("x-crm-org");
    if feature != Some("bulk-write") || organisation != Some(zgid.as_str()) {
        return Ok(wrong_headers());
    }
    let part = context.form.iter().find(|part| part.name == "file");
    let part = part.ok_or_else(catalog::bulk::file_missing)?;
    if part.bytes.len() > BYTES_MAX {
        return Err(catalog::bulk::file_too_large());
    }
    if zipped::unpack(&part.bytes).is_none() {
        return Err(catalog::bulk::invalid_file_format());
    }
    let mut world = context.shared.world();
    let id = world.ids.next();
    let upload = Upload {
        user: context.caller.user,
        file: Blob(part.bytes.clone()),
    };
    world.uploads.add(id, upload);
    let details = json!({
        "file_id": id.to_string(),
        "created_time": print::time(&world, context.now()),
    });
    Ok(Answer::json(
        StatusCode::OK,
        &json!({
            "status": "success",
            "code": "FILE_UPLOAD_SUCCESS",
            "message": "file uploaded.",
            "details": details,
        }),
    ))
}

/// The host's own form of errors. unknown: which of its keys come together.
fn wrong_headers() -> Answer {
    Answer::json(
        StatusCode::BAD_REQUEST,
        &json!({
            "ERROR_MESSAGE": "Bad Request",
            "ERROR_CODE": 400,
            "x-error": "check if headers [feature, X-CRM-ORG] are present and valid",
        }),
    )
}
