//! The actions of Zoho Books: one for each verb, whatever the record type.

mod files;
mod records;

use super::Action;

pub(super) use records::ORGANIZATION;

/// All of them.
pub(super) const FAMILIES: &[(&str, &[Action])] =
    &[("Records", records::ACTIONS), ("Files", files::ACTIONS)];
