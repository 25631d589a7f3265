//! The simulator over HTTP, as any client sees it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod support;
mod writes;
