//! The configuration: checked as a whole, compared with what is stored, and compiled for the flow.

pub(crate) mod active;
pub(crate) mod apply;
pub(crate) mod check;
pub(crate) mod route;
