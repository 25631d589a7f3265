//! `GET /leadway.js`: the script that websites load. It is served as it is written, since it is small enough.

use std::io::Write;
use std::sync::LazyLock;

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

const SCRIPT: &str = include_str!("../../assets/leadway.js");

/// The script in both forms, made once.
struct Served {
    gzip: Option<Bytes>,
    etag: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = encoder
        .write_all(SCRIPT.as_bytes())
        .and_then(|()| encoder.finish())
        .ok()
        .map(Bytes::from);
    Served {
        gzip,
        etag: format!("\"{}\"", &secret::digest(SCRIPT.as_bytes())[..16]),
    }
});

/// Serves the script; a browser that has it is told so.
pub(crate) async fn get_snippet(headers: HeaderMap) -> Response {
    let says = |name, word: &str| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .is_some_and(|value| value.contains(word))
    };
    let mut response = if says(IF_NONE_MATCH, &SERVED.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match &SERVED.gzip {
            Some(gzip) if says(ACCEPT_ENCODING, "gzip") => {
                ([(CONTENT_ENCODING, "gzip")], gzip.clone()).into_response()
            }
            _ => SCRIPT.into_response(),
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
    if let Ok(etag) = HeaderValue::from_str(&SERVED.etag) {
        own.insert(ETAG, etag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_has_less_than_8_kilobytes_compressed() {
        let bytes = SERVED.gzip.as_ref().unwrap().len();
        assert!(bytes < 8 * 1024, "{bytes} bytes");
    }
}
