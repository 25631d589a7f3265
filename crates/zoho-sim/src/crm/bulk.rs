//! Bulk jobs: `/crm/bulk/{version}/read`, `/crm/bulk/{version}/write`, and the upload of files for them.

mod callback;
pub(crate) mod read;
pub(crate) mod write;
mod zipped;

use serde_json::{Map, Value};

use super::Context;
use super::route::{Price, Route, Scope};
use crate::accounts::{Operation, Scopes};
use crate::catalog::{self, Refusal};

pub(super) const ROUTES: &[Route] = &[
    Route::post("bulk/read", Scope::Check(may_read), read::create::answer).price(Price::Fixed(50)),
    Route::get(
        "bulk/read/{id}",
        Scope::Check(may_read),
        read::status::answer,
    ),
    Route::get(
        "bulk/read/{id}/result",
        Scope::Check(may_read),
        read::status::download,
    ),
    Route::post("bulk/write", Scope::Check(may_write), write::create::answer)
        .price(Price::Fixed(500)),
    Route::get(
        "bulk/write/{id}",
        Scope::Check(may_write),
        write::status::answer,
    ),
    // On the content host.
    Route::post("upload", Scope::Check(may_upload), write::upload::answer).takes_form(),
    Route::get(
        "content/{organisation}/bulk-write/{id}/{file}",
        Scope::Check(may_upload),
        write::status::download,
    ),
];

/// unknown: whether READ or CREATE is what creating a bulk read needs; either is enough here.
fn may_read(scopes: &Scopes, _module: Option<&str>) -> bool {
    let allow = |operation| scopes.allow("ZohoCRM.bulk", None, operation);
    allow(Operation::Read) || allow(Operation::Create)
}

/// unknown: which scope the status of a bulk write needs; any of bulk is enough here.
fn may_write(scopes: &Scopes, module: Option<&str>) -> bool {
    may_read(scopes, module)
}

/// unknown: which scope the result of a bulk write needs; those of files and of bulk are enough here.
fn may_upload(scopes: &Scopes, module: Option<&str>) -> bool {
    scopes.allow("ZohoFiles.files", None, Operation::Create) || may_write(scopes, module)
}

/// The body of a job, which must say that it is JSON.
fn body(context: &Context<'_>) -> Result<Map<String, Value>, Refusal> {
    let content_type = context.call.content_type().to_ascii_lowercase();
    if !content_type.starts_with("application/json") {
        return Err(catalog::bulk::media_type_not_supported());
    }
    let body = &context.call.body;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(catalog::bulk::body_is_empty());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(body)) if body.is_empty() => Err(catalog::bulk::body_is_empty()),
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(catalog::bulk::body_not_supported()),
        Err(_) => Err(catalog::bulk::body_not_readable()),
    }
}
