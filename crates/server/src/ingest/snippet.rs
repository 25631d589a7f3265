//! `GET /leadway.js`: the script that websites load. It is served as it is written, since it is small enough.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::response::Response;

use crate::served_script::ServedScript;

static SERVED: LazyLock<ServedScript> =
    LazyLock::new(|| ServedScript::new(include_str!("../../assets/leadway.js")));

/// Serves the script; a browser that has it is told so.
pub(crate) async fn get_snippet(headers: HeaderMap) -> Response {
    SERVED.answer(&headers)
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
