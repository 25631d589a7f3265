//! What COQL, search and criteria in JSON share: conditions on the fields of records, asked in place.
//!
//! A [`Filter`] is a tree of conditions; each looks at the value that a [`Reach`] finds, over lookups where there are any.
//! [`narrow`] finds the records that an index already knows. [`Criteria::parse`] reads the JSON form that bulk read, custom
//! views and others use. Nothing here copies a text: a condition may be asked of a million records.
mod filter;
mod fold;
mod json_criteria;
mod leaf;
pub(crate) mod narrow;
mod reach;
mod value;
mod wanted;

pub(crate) use filter::{Check, Filter, Pattern, Test};
pub(crate) use fold::Folded;
pub(crate) use json_criteria::{BadCriteria, Criteria};
pub(crate) use leaf::Leaf;
pub(crate) use reach::Reach;
pub(crate) use value::{Number, Text, Value};
pub(crate) use wanted::{Choices, Wanted};
