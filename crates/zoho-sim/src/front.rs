//! The way of every request to a path of Zoho, top-down: read, meet faults, admit, act, answer, note in the journal.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Redirect;
use axum::routing::get;
use bytes::Bytes;

use crate::catalog::Refusal;
use crate::clock::{self, Stopwatch};
use crate::faults::Met;
use crate::http::{self, Answer, Call, Query, Sending, WireHandle};
use crate::journal::{self, Entry, Kept};
use crate::state::Shared;
use crate::{accounts, books, catalog, control, crm, page};

/// Longest body of a request: more than the largest attachment. unknown: Zoho's own bound for JSON bodies.
const BODY_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Longest body with files: an attachment of 100 MB with what surrounds it.
const FORM_BYTES_MAX: usize = 101 * 1024 * 1024;

/// All routes of one simulator.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(Redirect::temporary("/__sim/")).fallback(serve))
        .route("/__sim/v1/", get(Redirect::temporary("/__sim/v1")))
        .nest("/__sim/v1", control::router())
        .merge(page::router())
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), settle))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            control::check_origin,
        ))
        .fallback(serve)
        .with_state(shared)
}

/// What people do by the control API and the page is followed up at once too.
async fn settle(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response<Body> {
    let response = next.run(request).await;
    shared.settle();
    response
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let stopwatch = Stopwatch::start();
    let wire = request
        .extensions()
        .get::<ConnectInfo<WireHandle>>()
        .map(|info| info.0.clone());
    let is_encrypted = wire.as_ref().is_some_and(|wire| wire.is_encrypted);
    let call = match read(request, is_encrypted).await {
        Ok(call) => call,
        Err(answer) => return answer.into_response(wire.as_ref()),
    };
    shared.settle();
    let met = shared.faults().meet(&call);
    let (mut answer, notes) = act(&shared, &call, &met).await;
    shared.settle();
    if answer.sending == Sending::Whole {
        answer.sending = met.sending;
    }
    note(
        &shared,
        &call,
        &answer,
        notes,
        met.kinds,
        stopwatch.elapsed_us(),
    );
    answer.into_response(wire.as_ref())
}

/// Reads the request whole.
async fn read(request: Request, is_encrypted: bool) -> Result<Call, Answer> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let is_form = content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let bytes_max = if is_form {
        FORM_BYTES_MAX
    } else {
        BODY_BYTES_MAX
    };
    let body = read_body(body, bytes_max).await?;
    Ok(Call {
        method: parts.method,
        path: http::plain_path(parts.uri.path()),
        query: Query::parse(parts.uri.query().unwrap_or_default().as_bytes()),
        origin: origin(&parts.headers, is_encrypted),
        headers: parts.headers,
        body,
    })
}

async fn read_body(body: Body, bytes_max: usize) -> Result<Bytes, Refusal> {
    let mut request = Request::new(body);
    DefaultBodyLimit::max(bytes_max).apply(&mut request);
    let read = Bytes::from_request(request, &()).await;
    read.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            catalog::body_too_large()
        }
        // unknown: what Zoho says of a body that breaks off.
        _ => catalog::malformed_body(),
    })
}

/// What the journal learns besides the answer.
#[derive(Debug, Default)]
struct Notes {
    client_id: Option<String>,
    credits: u64,
}

async fn act(shared: &Shared, call: &Call, met: &Met) -> (Answer, Notes) {
    if met.is_closed {
        let mut answer = Answer::empty(StatusCode::SERVICE_UNAVAILABLE);
        answer.sending = Sending::Nothing;
        return (answer, Notes::default());
    }
    if met.is_token_expired
        && let Some(token) = crm::token_of(call)
    {
        shared.accounts().end_access_token(token);
    }
    if met.is_grant_revoked {
        revoke_grant(shared, call).await;
    }
    if books::has_path(&call.path) {
        return act_on_books(shared, call, met).await;
    }
    // Files on the content host have the version before the service.
    let is_crm = call.path.starts_with("/crm/") || call.path.starts_with("/v8/crm/");
    if !is_crm {
        clock::pause(met.wait_ms).await;
        if let Some(answer) = &met.answer {
            return (copy_of(answer), Notes::default());
        }
        let answer = if accounts::has_path(&call.path) {
            accounts::answer(shared, call).await
        } else {
            catalog::invalid_url_pattern().into()
        };
        return (answer, Notes::default());
    }
    let environment = environment_of_content(shared, call);
    act_on_crm(environment.as_deref().unwrap_or(shared), call, met).await
}

/// The content host is one for all environments of a data center: the organisation of the call says which is meant.
fn environment_of_content(shared: &Shared, call: &Call) -> Option<Arc<Shared>> {
    let path = call.path.strip_prefix("/v8/crm/org");
    let of_path = path.and_then(|rest| rest.split('/').next());
    let is_upload = call.path == "/crm/v8/upload";
    let of_header = call.header("x-crm-org").filter(|_| is_upload);
    let zgid = of_path.or(of_header)?;
    shared.environment_where(|there| there.world().organisation.zgid == zgid)
}

/// Ends the grant behind a call: that of its access token, or of the refresh token that it brings.
async fn revoke_grant(shared: &Shared, call: &Call) {
    let brought = http::form_of(call).await;
    let mut accounts = shared.accounts();
    if let Some(token) = crm::token_of(call) {
        accounts.end_grant_of(token);
    } else if let Some(token) = brought.get("refresh_token") {
        accounts.end_refresh_token(token);
    }
}

async fn act_on_crm(shared: &Shared, call: &Call, met: &Met) -> (Answer, Notes) {
    let admitted = match crm::admit(shared, call) {
        Ok(admitted) => admitted,
        Err(refusal) => return (refusal.into(), Notes::default()),
    };
    let mut notes = Notes {
        client_id: Some(admitted.caller.client_id.clone()),
        credits: admitted.credits,
    };
    if met.wait_ms > 0 {
        clock::pause(met.wait_ms).await;
    }
    let answer = match &met.answer {
        Some(answer) => copy_of(answer),
        None => crm::perform(shared, call, &admitted).await,
    };
    notes.credits += answer.more_credits;
    (answer, notes)
}

async fn act_on_books(shared: &Shared, call: &Call, met: &Met) -> (Answer, Notes) {
    let admitted = match books::admit(shared, call) {
        Ok(admitted) => admitted,
        Err(problem) => return (problem.into_answer(), Notes::default()),
    };
    clock::pause(met.wait_ms).await;
    let notes = Notes {
        client_id: Some(admitted.client_id.clone()),
        credits: 0,
    };
    let answer = match &met.answer {
        Some(answer) => books::in_place_of_fault(answer).unwrap_or_else(|| copy_of(answer)),
        None => books::perform(shared, call, &admitted).await,
    };
    (books::with_headers(answer, shared, &admitted), notes)
}

fn copy_of(answer: &Answer) -> Answer {
    Answer {
        status: answer.status,
        headers: answer.headers.clone(),
        body: answer.body.clone(),
        sending: Sending::Whole,
        written: Vec::new(),
        more_credits: 0,
    }
}

fn note(
    shared: &Shared,
    call: &Call,
    answer: &Answer,
    notes: Notes,
    faults: Vec<&'static str>,
    duration_us: u64,
) {
    let bytes_max = shared.config.journal.body_bytes_max;
    let is_accounts = accounts::has_path(&call.path);
    let (request_body, response_body): (Bytes, Bytes) = if is_accounts {
        let is_form = call
            .content_type()
            .starts_with("application/x-www-form-urlencoded");
        let request = if is_form {
            journal::masked_pairs(&Query::parse(&call.body))
        } else {
            String::new()
        };
        (request.into(), journal::masked_json(&answer.body))
    } else {
        (call.body.clone(), answer.body.clone())
    };
    let entry = Entry {
        sequence: 0,
        at: shared.clock.now(),
        method: call.method.to_string(),
        path: journal::masked_path(&call.path, &call.query),
        client_id: notes.client_id,
        status: (answer.sending != Sending::Nothing).then(|| answer.status.as_u16()),
        credits: notes.credits,
        duration_us,
        request_body: Kept::of(&request_body, bytes_max),
        response_body: Kept::of(&response_body, bytes_max),
        written: answer.written.clone(),
        faults,
    };
    shared.journal().add(entry);
}

/// Scheme and host by which the caller reached us. Behind a TLS proxy the proxy says so.
pub(crate) fn origin(headers: &HeaderMap, is_encrypted: bool) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = if is_encrypted || text("x-forwarded-proto") == Some("https") {
        "https"
    } else {
        "http"
    };
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("127.0.0.1");
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_a_body_that_is_too_long_is_called_so() {
        assert_eq!(read_body(Body::from("1234"), 4).await.unwrap(), "1234");
        let long = read_body(Body::from("12345"), 4).await.unwrap_err();
        assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
        let broken = futures_util::stream::iter([Ok("12"), Err(std::io::Error::other("broken"))]);
        let broken = read_body(Body::from_stream(broken), 4).await.unwrap_err();
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    }
}
