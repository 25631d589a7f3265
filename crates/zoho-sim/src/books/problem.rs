//! Refusals of Books: HTTP status, numeric code, text. The number alone does not tell what failed.

use axum::http::StatusCode;

use crate::http::Answer;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: u32,
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(crate) fn bad(code: u32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// A value of a parameter or of a member of the body.
    pub(crate) fn invalid_value(name: &str) -> Self {
        Self::bad(2, format!("Invalid value passed for {name}"))
    }

    /// A value that a rule refuses. unknown: the code for a missing mandatory member; this one is the sheet's proposal.
    pub(crate) fn refused_value(name: &str) -> Self {
        Self::bad(4, format!("Invalid value passed for {name}"))
    }

    /// A member that this edition lacks.
    pub(crate) fn invalid_element(name: &str) -> Self {
        Self::bad(8, format!("Invalid Element {name}"))
    }

    pub(crate) fn too_long(name: &str, length_max: usize) -> Self {
        Self::bad(
            15,
            format!("Please ensure that the \"{name}\" has less than {length_max} characters."),
        )
    }

    pub(crate) fn already_exists(what: &str) -> Self {
        Self::bad(1001, format!("{what} already exists"))
    }

    pub(crate) fn contact_name_taken(name: &str) -> Self {
        Self::bad(
            3062,
            format!("The customer \"{name}\" already exists. Please specify a different name."),
        )
    }

    /// unknown: the text of 3000.
    pub(crate) fn contact_in_use() -> Self {
        Self::bad(
            3000,
            "Contacts involved in transactions cannot be deleted. Mark them as inactive instead.",
        )
    }

    /// unknown: the code for a status that does not lead there.
    pub(crate) fn wrong_state(message: impl Into<String>) -> Self {
        Self::bad(4, message)
    }

    pub(crate) fn missing(thing: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            1002,
            format!("{thing} does not exist."),
        )
    }

    /// unknown: the code of a body that is not JSON.
    pub(crate) fn malformed() -> Self {
        Self::bad(2, "JSON is not well formed")
    }

    pub(crate) fn unknown_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, 5, "Invalid URL Passed")
    }

    /// unknown: code and text of an unsupported method.
    pub(crate) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, 5, "Invalid URL Passed")
    }

    pub(crate) fn not_authenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            14,
            "The request could not be authenticated. Please check the Authorization header.",
        )
    }

    pub(crate) fn not_authorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            57,
            "You are not authorized to perform this operation",
        )
    }

    pub(crate) fn foreign_organisation(id: &str) -> Self {
        Self::bad(
            6041,
            format!("This user is not associated with the CompanyID/CompanyName:{id}."),
        )
    }

    pub(crate) fn too_many_in_a_minute() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            44,
            "For security reasons your organization/account has been blocked for some time as you have exceeded the maximum number of requests per minute.",
        )
    }

    pub(crate) fn too_many_in_a_day(maximum: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            45,
            format!(
                "The API call for this organization has exceeded the maximum call rate limit of {maximum}."
            ),
        )
    }

    pub(crate) fn too_many_at_once() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            1070,
            "You have reached the maximum number of in process requests allowed.",
        )
    }

    pub(crate) fn into_answer(self) -> Answer {
        let body = serde_json::json!({"code": self.code, "message": self.message});
        Answer::json(self.status, &body)
    }
}
