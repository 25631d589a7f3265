//! What can be wrong with a file.

use axum::http::StatusCode;
use serde_json::json;

use super::Refusal;

const TOO_LARGE: &str = "Please check if the size of the file is in the correct range";

/// Of an attachment.
pub(crate) fn attachment_too_large() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
        TOO_LARGE,
        json!({}),
    )
}

/// Of a stored file or a photo.
pub(crate) fn file_too_large() -> Refusal {
    Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "FILE_SIZE_MORE_THAN_ALLOWED_SIZE",
        TOO_LARGE,
        json!({}),
    )
}

/// The code is in lower case.
pub(crate) fn no_file_in_upload() -> Refusal {
    Refusal::bad(
        "failure_in_attachment_handling",
        "Problem in uploading attachment. kindly upload the file properly",
        json!({}),
    )
}

pub(crate) fn too_many_files() -> Refusal {
    Refusal::bad(
        "INVALID_REQUEST",
        "unable to process your request. please verify whether you have entered proper method name, parameter and parameter values.",
        json!({}),
    )
}

pub(crate) fn attachment_missing() -> Refusal {
    Refusal::bad(
        "MANDATORY_NOT_FOUND",
        "required field not found",
        json!({"api_name": "file"}),
    )
}

pub(crate) fn unknown_attachment() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "INVALID_DATA",
        "the id given seems to be invalid",
        json!({"resource_path_index": 3}),
    )
}

pub(crate) fn wrong_attachment_url() -> Refusal {
    Refusal::bad(
        "INVALID_URL_PATTERN",
        "the given attachment URL is incorrect",
        json!({}),
    )
}

pub(crate) fn too_long(api_name: &str, maximum: usize) -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "invalid data",
        json!({"api_name": api_name, "maximum_length": maximum}),
    )
}

pub(crate) fn link_not_downloadable() -> Refusal {
    Refusal::bad(
        "DOWNLOAD_NOT_ALLOWED",
        "link attachments cannot be downloaded",
        json!({}),
    )
}

pub(crate) fn photo_missing() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the request does not contain any file",
        json!({}),
    )
}

pub(crate) fn wrong_photo_type() -> Refusal {
    Refusal::bad("INVALID_DATA", "invalid file type", json!({}))
}

pub(crate) fn unknown_field_attachment() -> Refusal {
    Refusal::bad(
        "INVALID_DATA",
        "the id given seems to be invalid",
        json!({"param_name": "fields_attachment_id"}),
    )
}
