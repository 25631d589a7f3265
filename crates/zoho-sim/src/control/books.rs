//! `GET|POST books/{organization_id}/{record type}`, `GET|PUT|DELETE books/{organization_id}/{record type}/{id}`: records of
//! Books as a person in its own pages handles them; `POST books/{organization_id}/{record type}/{id}/{action}`: what may be done
//! with them; and `GET books/{organization_id}/mails`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Asked, Body, Problem};
use crate::books::{self, Datum, Document};
use crate::state::Shared;

/// Records of one answer, unless another number is asked for.
const RECORDS_SHOWN: usize = 1_000;

type At = (String, String);
type OfRecord = (String, String, String);
type OfAction = (String, String, String, String);

/// What is shown, with its numbers as exact as they are kept.
struct Shown(StatusCode, Document);

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let json = serde_json::to_vec(&Datum::Object(self.1)).unwrap_or_default();
        (self.0, [(header::CONTENT_TYPE, "application/json")], json).into_response()
    }
}

/// Organisations, and the record types of which they have records.
pub(super) async fn list_organisations(State(shared): State<Arc<Shared>>) -> Response {
    let listed = books::person_surveys(&shared);
    let mut shown = Document::default();
    shown.set(
        "data",
        listed.into_iter().map(Datum::Object).collect::<Vec<_>>(),
    );
    Shown(StatusCode::OK, shown).into_response()
}

/// The latest records first.
pub(super) async fn list_records(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind)): Path<At>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["limit", "before", "filter"])?;
    let limit = asked.limit(RECORDS_SHOWN)?;
    let mut shown = Document::default();
    if kind == "mails" {
        let mails = books::person_reads_mails(&shared, &organisation, limit).map_err(problem)?;
        shown.set("data", mails);
        return Ok(Shown(StatusCode::OK, shown).into_response());
    }
    let wanted = books::Asked {
        filter: asked.text("filter").unwrap_or_default(),
        before: Some(asked.number("before", u64::MAX)?),
        limit,
    };
    let listed = books::person_lists(&shared, &organisation, &kind, &wanted).map_err(problem)?;
    let records = listed.records.into_iter().map(Datum::Object);
    shown.set("data", records.collect::<Vec<_>>());
    shown.set("count", i64::try_from(listed.count).unwrap_or(i64::MAX));
    // A filter looks through so many records at a time: what follows begins before this id.
    if let Some(next) = listed.next {
        shown.set("next_before", next.to_string());
    }
    Ok(Shown(StatusCode::OK, shown).into_response())
}

pub(super) async fn get_record(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind, id)): Path<OfRecord>,
) -> Result<Response, Problem> {
    let record = books::person_reads(&shared, &organisation, &kind, &id).map_err(problem)?;
    Ok(Shown(StatusCode::OK, record).into_response())
}

/// `?parent=` names the record to which a nested one belongs.
pub(super) async fn create_record(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind)): Path<At>,
    asked: Asked,
    body: Body,
) -> Result<Response, Problem> {
    asked.only(&["parent"])?;
    let parent = asked.text("parent");
    let body: Document = body.parse()?;
    let record = books::person_creates(&shared, &organisation, &kind, parent, body);
    Ok(Shown(StatusCode::CREATED, record.map_err(problem)?).into_response())
}

pub(super) async fn update_record(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind, id)): Path<OfRecord>,
    body: Body,
) -> Result<Response, Problem> {
    let body: Document = body.parse()?;
    let record = books::person_updates(&shared, &organisation, &kind, &id, body);
    Ok(Shown(StatusCode::OK, record.map_err(problem)?).into_response())
}

pub(super) async fn delete_record(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind, id)): Path<OfRecord>,
) -> Result<Response, Problem> {
    books::person_deletes(&shared, &organisation, &kind, &id).map_err(problem)?;
    let mut shown = Document::default();
    shown.set("id", id);
    Ok(Shown(StatusCode::OK, shown).into_response())
}

/// Acts on a record as `POST …/{action}` of Books does, with the same body.
pub(super) async fn act_on_record(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind, id, action)): Path<OfAction>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let given = (headers, body.0);
    let answer = books::person_acts(&shared, &organisation, &kind, &id, &action, given).await;
    let answer = answer.map_err(problem)?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((answer.status, kind, answer.body).into_response())
}

/// A refusal of Books in the words of the control API.
pub(crate) fn problem(problem: books::Problem) -> Problem {
    let detail = format!("{} (code {})", problem.message, problem.code);
    if problem.status == StatusCode::NOT_FOUND {
        Problem::not_found(detail)
    } else {
        Problem::bad(detail)
    }
}
