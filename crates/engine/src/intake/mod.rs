//! Intake: what arrives is validated, gathered and on disk before the sender hears "accepted".

pub mod duplicates;
mod fields;
pub mod frame;
pub mod log;
pub mod validate;
