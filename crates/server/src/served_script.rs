//! A script for other websites: served as it is written, compressed once, known to browsers by its tag.

use std::io::Write;

use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::secret;

/// A script in both forms.
pub(crate) struct ServedScript {
    text: &'static str,
    pub(crate) gzip: Option<Bytes>,
    etag: String,
}

impl ServedScript {
    /// Compresses a script; do it once.
    pub(crate) fn new(text: &'static str) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let gzip = encoder
            .write_all(text.as_bytes())
            .and_then(|()| encoder.finish())
            .ok()
            .map(Bytes::from);
        Self {
            text,
            gzip,
            etag: format!("\"{}\"", &secret::digest(text.as_bytes())[..16]),
        }
    }

    /// Serves it; a browser that has it is told so.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        let says = |name, word: &str| {
            headers
                .get(name)
                .and_then(|value: &HeaderValue| value.to_str().ok())
                .is_some_and(|value| value.contains(word))
        };
        let mut response = if says(IF_NONE_MATCH, &self.etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            match &self.gzip {
                Some(gzip) if says(ACCEPT_ENCODING, "gzip") => {
                    ([(CONTENT_ENCODING, "gzip")], gzip.clone()).into_response()
                }
                _ => self.text.into_response(),
            }
        };
        let own = response.headers_mut();
        own.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        );
        own.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300, stale-while-revalidate=86400"),
        );
        own.insert(VARY, HeaderValue::from_static("accept-encoding"));
        own.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            own.insert(ETAG, etag);
        }
        response
    }
}
