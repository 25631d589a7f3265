//! A 5xx answer, with Zoho's JSON or with an HTML page as a proxy sends it; the call is not acted on.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Before;
use crate::catalog;
use crate::http::Answer;

/// Which error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerError {
    /// 500, 502 or 503.
    #[serde(default = "internal")]
    pub status: u16,
    /// An HTML page instead of JSON.
    #[serde(default)]
    pub is_html: bool,
}

fn internal() -> u16 {
    500
}

impl ServerError {
    pub(super) fn before(&self) -> Before {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if self.is_html {
            let reason = status.canonical_reason().unwrap_or_default();
            let text = format!("{} {reason}", self.status);
            let page = format!(
                "<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
            );
            return Before::Answer(Box::new(Answer::html(status, page)));
        }
        Before::Answer(Box::new(catalog::internal_error(status).into()))
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if matches!(self.status, 500 | 502 | 503) {
            return Ok(());
        }
        Err(format!("status is {}: use 500, 502 or 503", self.status))
    }
}
