//! Why a call to the gateway gave nothing, in words that say what to do.

use std::time::Duration;

use leadway_engine::model::status::ConfigProblem;
use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::RowResult;
use crate::render;

/// Why a call to the gateway gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error(
        "no gateway answers at {url}; start one with `leadway demo` or `leadway serve`, or say where it is with --url or LEADWAY_URL"
    )]
    NoAnswer { url: Url },
    #[error("the connection to the gateway at {url} broke: {reason}")]
    Broken { url: Url, reason: String },
    #[error("{}", unauthorised(url, *was_token_given))]
    Unauthorised { url: Url, was_token_given: bool },
    #[error("{}", problem.sentence())]
    Refused {
        status: StatusCode,
        problem: Box<ProblemDocument>,
        retry_after: Option<Duration>,
    },
    #[error(
        "what answers at {url} is not a Leadway gateway of this version (HTTP status {status}); check --url"
    )]
    Foreign { url: Url, status: StatusCode },
}

impl CallError {
    pub(crate) fn of_transport(url: &Url, error: reqwest::Error) -> Self {
        if error.is_connect() {
            return Self::NoAnswer { url: url.clone() };
        }
        let error = error.without_url();
        let reason = match std::error::Error::source(&error) {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        Self::Broken {
            url: url.clone(),
            reason,
        }
    }

    /// Whether the same call may work later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::NoAnswer { .. } | Self::Broken { .. } => true,
            Self::Refused { status, .. } => {
                *status == StatusCode::TOO_MANY_REQUESTS
                    || *status == StatusCode::SERVICE_UNAVAILABLE
            }
            // A proxy before the gateway answers so while the gateway restarts.
            Self::Foreign { status, .. } => {
                matches!(
                    *status,
                    StatusCode::BAD_GATEWAY
                        | StatusCode::SERVICE_UNAVAILABLE
                        | StatusCode::GATEWAY_TIMEOUT
                )
            }
            Self::Unauthorised { .. } => false,
        }
    }

    /// How long the gateway asks to wait before the next try.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// A problem document of the gateway (RFC 9457, with `code` and `message`).
#[derive(Debug, Deserialize)]
pub(crate) struct ProblemDocument {
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) remedy: Option<String>,
    #[serde(default)]
    pub(crate) problems: Vec<ConfigProblem>,
    #[serde(default)]
    pub(crate) results: Vec<RowResult>,
}

impl ProblemDocument {
    fn sentence(&self) -> String {
        let said = render::with_remedy(&self.message, self.remedy.as_deref().unwrap_or_default());
        let mut text = render::clean(&said);
        if !self.problems.is_empty() {
            text.push('\n');
            text.push_str(&render::problem_lines(&self.problems));
        }
        text
    }
}

fn unauthorised(url: &Url, was_token_given: bool) -> String {
    let what = if was_token_given {
        format!("the gateway at {url} does not take this admin token")
    } else {
        format!("the gateway at {url} asks for its admin token")
    };
    format!(
        "{what}; give it in LEADWAY_ADMIN_TOKEN or with --token (`leadway demo` takes demo-admin-token, `leadway serve` \
         keeps a generated one in the file admin-token of its data folder)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_document_becomes_readable_lines() {
        let problem: ProblemDocument = serde_json::from_value(serde_json::json!({
            "type": "urn:leadway:problem:invalid_configuration", "title": "Unprocessable Content", "status": 422,
            "detail": "x", "code": "invalid_configuration", "message": "the configuration has 1 problems",
            "remedy": "mend what `problems` names",
            "problems": [{"path": "routes[0].mapping", "message": "there is no mapping \"x\""}]
        }))
        .unwrap();
        insta::assert_snapshot!(problem.sentence(), @r#"
        the configuration has 1 problems; mend what `problems` names
          routes[0].mapping: there is no mapping "x"
        "#);
    }

    #[test]
    fn the_demo_token_is_named_when_none_was_given() {
        let error = unauthorised(&"http://127.0.0.1:8080".parse().unwrap(), false);
        assert!(
            error.contains("asks for its admin token") && error.contains("demo-admin-token"),
            "{error}"
        );
    }
}
