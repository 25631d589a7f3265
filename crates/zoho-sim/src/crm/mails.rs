//! Mails: sent from a record, listed below it, their files downloaded. Nothing leaves the simulator.

mod download;
mod inline;
mod list;
mod send;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Context;
use super::route::{Price, Route, Scope, Weight};
use crate::accounts::{Operation, Scopes};
use crate::catalog::Refusal;
use crate::http::Answer;
use crate::rows::id_in;

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        "{module}/{id}/actions/send_mail",
        Scope::Check(may_send),
        send::answer,
    )
    .price(Price::Fixed(20))
    .weight(Weight::Heavy),
    Route::get("{module}/{id}/Emails", Scope::Check(may_read), list::many),
    Route::get(
        "{module}/{id}/Emails/{message}",
        Scope::Check(may_read),
        list::one,
    ),
    Route::get(
        "{module}/{id}/Emails/actions/download_attachments",
        Scope::Check(may_read),
        download::attachment,
    ),
    Route::get(
        "{module}/{id}/Emails/actions/download_inline_images",
        Scope::Check(may_read),
        download::inline_image,
    ),
    Route::get(
        "settings/emails/actions/from_addresses",
        Scope::Settings("emails"),
        addresses,
    ),
];

/// `ZohoCRM.send_mail.{module or all}.CREATE`.
fn may_send(scopes: &Scopes, module: Option<&str>) -> bool {
    let allow = |part| scopes.allow("ZohoCRM.send_mail", part, Operation::Create);
    allow(Some("all")) || allow(module)
}

fn may_read(scopes: &Scopes, module: Option<&str>) -> bool {
    let allow = |part| scopes.allow("ZohoCRM.modules", part, Operation::Read);
    allow(Some("emails")) && allow(module)
}

/// `GET /settings/emails/actions/from_addresses`: what the caller, or the named user, can send from.
#[expect(clippy::unnecessary_wraps, reason = "every endpoint gives a result")]
fn addresses(context: &Context<'_>) -> Result<Answer, Refusal> {
    let named = context.call.query.get("user_id");
    let named = named.and_then(|id| id_in(&json!(id)));
    let world = context.shared.world();
    let user = world.user(named.unwrap_or(context.caller.user));
    let addresses: Vec<Value> = user
        .into_iter()
        .map(|user| {
            json!({
                "email": user.email,
                "type": "primary",
                "id": user.id.to_string(),
                "user_name": user.full_name(),
                "default": true,
            })
        })
        .collect();
    Ok(Answer::json(
        StatusCode::OK,
        &json!({"from_addresses": addresses}),
    ))
}
