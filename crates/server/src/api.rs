//! The REST API for programs, and its description.

pub(crate) mod auth;
pub(crate) mod document;
pub(crate) mod schema;
pub(crate) mod v1;
