//! What went wrong, as a page.

use axum::response::{IntoResponse, Response};

use crate::answer;
use crate::problem::Problem;

/// A refusal that is shown to a person.
#[derive(Debug)]
pub(crate) struct Refusal(Problem);

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[derive(askama::Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    status: u16,
    title: &'a str,
    message: &'a str,
    field: Option<&'a str>,
    value: Option<&'a str>,
    remedy: Option<&'a str>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = &self.0;
        let page = RefusalPage {
            status: problem.status().as_u16(),
            title: problem.status().canonical_reason().unwrap_or("Refused"),
            message: &problem.message,
            field: problem.field.as_deref(),
            value: problem.value.as_deref(),
            remedy: problem.remedy.as_deref(),
        };
        answer::page_with_status(problem.status(), &page)
            .unwrap_or_else(IntoResponse::into_response)
    }
}
