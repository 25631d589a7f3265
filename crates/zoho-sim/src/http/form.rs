//! Parameters of a POST, in each encoding that real clients use for tokens: urlencoded, multipart, query string.

use axum::extract::{FromRequest, Multipart};
use axum::http::{Request, header};

use super::{Call, Query};

/// Fields of one form; more are ignored.
const FIELDS_MAX: usize = 100;

/// Parameters of the body, then those of the query string. A body that cannot be read has none.
pub(crate) async fn form_of(call: &Call) -> Query {
    let content_type = call.content_type();
    let mut form = if content_type.starts_with("multipart/form-data") {
        multipart(call).await.unwrap_or_default()
    } else {
        // Without a Content-Type the body is taken for urlencoded, the only other encoding in use.
        Query::parse(&call.body)
    };
    form.0.extend(call.query.0.iter().cloned());
    form
}

async fn multipart(call: &Call) -> Option<Query> {
    let request = Request::builder()
        .header(
            header::CONTENT_TYPE,
            call.headers.get(header::CONTENT_TYPE)?,
        )
        .body(axum::body::Body::from(call.body.clone()))
        .ok()?;
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let mut form = Query::default();
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name()?.to_owned();
        form.0.push((name, part.text().await.ok()?));
        if form.0.len() >= FIELDS_MAX {
            break;
        }
    }
    Some(form)
}
