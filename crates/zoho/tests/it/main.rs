//! The SDK from outside: against the simulator, and against wires that break on purpose.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod actions;
mod actions_more;
mod authorization;
mod books;
mod books_every_type;
mod books_simulated;
mod broken_wires;
mod bulk;
mod data_centers;
mod expiry;
mod faults;
mod limits;
mod organisation;
mod raw;
mod records;
mod scripted;
mod simulated;
mod streams;
mod tokens;
mod whole_records;
