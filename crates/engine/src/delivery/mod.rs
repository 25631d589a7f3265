//! Delivery: from a waiting record to a settled one. `pipeline.rs` says in which order these are called.

pub(crate) mod batch;
pub(crate) mod key;
pub(crate) mod lane;
pub(crate) mod likeness;
pub(crate) mod lookup;
pub(crate) mod outcome;
pub(crate) mod schedule;
pub(crate) mod send;
