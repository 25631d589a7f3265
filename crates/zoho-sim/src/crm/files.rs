//! Files: attachments of records, the file store behind file and image fields, photos.

mod attach;
mod attachments;
mod fields;
mod image;
mod photo;
mod store;

use axum::http::{HeaderValue, StatusCode, header};

use super::Context;
use super::route::{Route, Scope};
use crate::accounts::{Operation, Scopes};
use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::world::World;
use crate::world::files::File;

pub(super) const ROUTES: &[Route] = &[
    Route::get("{module}/{id}/Attachments", READ, attachments::list),
    Route::post("{module}/{id}/Attachments", CREATE, attach::answer).takes_form(),
    Route::delete(
        "{module}/{id}/Attachments",
        DELETE,
        attachments::delete_many,
    ),
    Route::get(
        "{module}/{id}/Attachments/{attachment}",
        READ,
        attachments::download,
    ),
    Route::delete(
        "{module}/{id}/Attachments/{attachment}",
        DELETE,
        attachments::delete_one,
    ),
    Route::post("files", Scope::Area("ZohoCRM.files"), store::upload).takes_form(),
    Route::get("files", Scope::Area("ZohoCRM.files"), store::download),
    Route::get(
        "{module}/{id}/actions/download_fields_attachment",
        Scope::Module,
        fields::download,
    ),
    // unknown: which operations of the module the photo needs; those of reading and updating records here.
    Route::get("{module}/{id}/photo", Scope::Module, photo::download),
    Route::post("{module}/{id}/photo", UPDATE, photo::upload).takes_form(),
    Route::delete("{module}/{id}/photo", UPDATE, photo::delete),
];

const READ: Scope = Scope::Check(|scopes, module| may(scopes, module, Operation::Read));
const CREATE: Scope = Scope::Check(|scopes, module| may(scopes, module, Operation::Create));
const DELETE: Scope = Scope::Check(|scopes, module| may(scopes, module, Operation::Delete));
const UPDATE: Scope = Scope::ModuleFor(Operation::Update);

/// Attachments need a scope of the module and one of attachments.
///
/// unknown: which operation of the module; any is enough here.
fn may(scopes: &Scopes, module: Option<&str>, operation: Operation) -> bool {
    let of_module = |operation| scopes.allow("ZohoCRM.modules", module, operation);
    let all = [
        Operation::Read,
        Operation::Create,
        Operation::Update,
        Operation::Delete,
    ];
    scopes.allow("ZohoCRM.modules", Some("attachments"), operation)
        && all.into_iter().any(of_module)
}

/// The record that the path names.
fn record(context: &Context<'_>, world: &World) -> Result<u64, Refusal> {
    let refused = || catalog::actions::invalid_related_id(1);
    let id = context.id("id", 1).map_err(|_| refused())?;
    let is_there = world.tables[context.table].rows.contains_key(&id);
    is_there.then_some(id).ok_or_else(refused)
}

/// A file for download. unknown: how Zoho writes its name; the extended form of RFC 6266 here.
pub(super) fn sent(file: &File) -> Answer {
    let answer = Answer::typed(
        StatusCode::OK,
        "application/octet-stream;charset=UTF-8",
        file.blob.0.clone(),
    );
    named(answer, &file.name)
}

/// The answer with the name under which the file is to be kept.
fn named(answer: Answer, name: &str) -> Answer {
    let name: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    match HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}")) {
        Ok(name) => answer.with_header(header::CONTENT_DISPOSITION, name),
        Err(_) => answer,
    }
}

/// Makes room for a file, or says that it is too large.
fn make_room(world: &mut World, bytes: usize, too_large: fn() -> Refusal) -> Result<(), Refusal> {
    if world.files.has_room(bytes) {
        return Ok(());
    }
    world.forget_files(bytes);
    if world.files.has_room(bytes) {
        Ok(())
    } else {
        Err(too_large())
    }
}
