//! The form of an action as it comes in: url-encoded, or with files, which go to disk as they come.

use std::path::Path;

use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use leadway_engine::action::Files;

use crate::api::v1::actions::body::{broken, spooled, whole, with_patience};
use crate::app::App;
use crate::console::refusal::Refusal;
use crate::console::visitor::{Fields, Visitor};
use crate::problem::Problem;

/// All texts of a form together: 100 records of the usual size.
const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Parts of a form: a few for each input, and rows of names and values.
const PARTS_MAX: usize = 2_000;

/// The fields and files of a form whose token fits the session. Files stand under the names of their fields.
#[derive(Debug)]
pub(crate) struct Submitted {
    pub(super) fields: Fields,
    pub(super) files: Files,
}

impl FromRequest<App> for Submitted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        read(request, &visitor, app.engine.spool_dir())
            .await
            .map_err(|problem| Refusal::from(problem).into_response())
    }
}

async fn read(request: Request, visitor: &Visitor, spool_dir: &Path) -> Result<Submitted, Problem> {
    let content_type = request.headers().get(CONTENT_TYPE);
    let is_multipart = content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("multipart/form-data"));
    if is_multipart {
        return read_parts(request, visitor, spool_dir).await;
    }
    let fields = Fields::read_up_to(request, TEXT_BYTES_MAX).await?;
    visitor.check_csrf(fields.get("csrf"))?;
    Ok(Submitted {
        fields,
        files: Files::new(),
    })
}

/// The token is the first part, so that nobody else's file comes to disk.
async fn read_parts(
    request: Request,
    visitor: &Visitor,
    spool_dir: &Path,
) -> Result<Submitted, Problem> {
    let mut request = with_patience(request);
    DefaultBodyLimit::disable().apply(&mut request);
    let mut multipart = Multipart::from_request(request, &())
        .await
        .map_err(|error| Problem::bad_request("malformed_multipart", error.body_text()))?;
    let (mut fields, mut files) = (Vec::new(), Files::new());
    let (mut count, mut text_bytes) = (0, 0);
    while let Some(part) = multipart.next_field().await.map_err(broken)? {
        count += 1;
        if count > PARTS_MAX {
            let message = format!("the form has more than {PARTS_MAX} fields");
            return Err(Problem::bad_request("too_many_parts", message));
        }
        let name = part.name().unwrap_or_default().to_owned();
        if let (Some(file_name), true) = (part.file_name(), count > 1) {
            // A browser sends a part without a name where no file was chosen.
            if file_name.is_empty() {
                continue;
            }
            let file_name = file_name.to_owned();
            let content_type = part.content_type().map(str::to_owned);
            let file = spooled(spool_dir, file_name, content_type, part).await?;
            files.push((name, file));
            continue;
        }
        let bytes = whole(part, TEXT_BYTES_MAX - text_bytes).await?;
        text_bytes += bytes.len();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if count == 1 {
            visitor.check_csrf((name == "csrf").then_some(text.as_str()))?;
        }
        fields.push((name, text));
    }
    if count == 0 {
        visitor.check_csrf(None)?;
    }
    Ok(Submitted {
        fields: Fields(fields),
        files,
    })
}
