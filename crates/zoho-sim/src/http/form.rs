//! Forms: parameters of a POST in each encoding that real clients use for tokens, and files.

use axum::extract::{FromRequest, Multipart};
use axum::http::{Request, header};
use bytes::Bytes;

use super::{Call, Query};

/// Fields of one form; more are ignored.
const FIELDS_MAX: usize = 100;

/// One part of a multipart body.
#[derive(Debug, Clone)]
pub(crate) struct FormPart {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// Parameters of the body, then those of the query string. A body that cannot be read has none.
pub(crate) async fn form_of(call: &Call) -> Query {
    let content_type = call.content_type();
    let mut form = if content_type.starts_with("multipart/form-data") {
        let parts = parts_of(call).await;
        let pairs = parts.into_iter().filter_map(|part| {
            let text = String::from_utf8(part.bytes.to_vec()).ok()?;
            Some((part.name, text))
        });
        Query(pairs.collect())
    } else {
        // Without a Content-Type the body is taken for urlencoded, the only other encoding in use.
        Query::parse(&call.body)
    };
    form.0.extend(call.query.0.iter().cloned());
    form
}

/// The parts of a multipart body, as far as it can be read; none of any other body.
pub(crate) async fn parts_of(call: &Call) -> Vec<FormPart> {
    let mut parts = Vec::new();
    let Some(mut form) = multipart(call).await else {
        return parts;
    };
    while let Ok(Some(field)) = form.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        let filename = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(str::to_owned);
        let Ok(bytes) = field.bytes().await else {
            break;
        };
        parts.push(FormPart {
            name,
            filename,
            content_type,
            bytes,
        });
        if parts.len() >= FIELDS_MAX {
            break;
        }
    }
    parts
}

async fn multipart(call: &Call) -> Option<Multipart> {
    let mut request = Request::builder()
        .header(
            header::CONTENT_TYPE,
            call.headers.get(header::CONTENT_TYPE)?,
        )
        .body(axum::body::Body::from(call.body.clone()))
        .ok()?;
    // The body was read whole already, within its own bound.
    axum::extract::DefaultBodyLimit::disable().apply(&mut request);
    Multipart::from_request(request, &()).await.ok()
}
