//! From an event's payload to a checked record: pure functions, without store, network or clock.
//!
//! [`CompiledMapping::compile`] once for each version of a mapping; then, for each event,
//! [`CompiledMapping::apply`] and [`check`]. [`CompiledMapping::explain`] tells the same story step by step
//! for people, [`explain_refusal`] puts Zoho's own refusals into words, and [`mend`] changes a record that
//! was refused. [`lead_capture_mapping`] is the mapping that comes with the gateway.

mod apply;
mod capture;
mod check;
mod check_value;
mod compile;
mod datum;
mod explain;
mod key_table;
mod nearest;
mod path;
mod preset;
mod record;
mod remedy;
mod schema;
mod transform;

pub use apply::MappedRecord;
pub use check::{Writing, check};
pub(crate) use check::{fault, may_write};
pub use compile::{CompiledMapping, MAPPED_FIELDS_MAX, PATHS_PER_FIELD_MAX};
pub use explain::Explanation;
pub(crate) use nearest::nearest;
pub use path::{PATH_CHARACTERS_MAX, PATH_SEGMENTS_MAX};
pub use preset::{LEAD_CAPTURE, lead_capture_events, lead_capture_mapping};
pub(crate) use record::shorten;
pub use record::{MendError, mend, record_text, record_value};
pub use remedy::explain_refusal;
pub use schema::{FieldRule, ModuleSchema, PickListValue};
