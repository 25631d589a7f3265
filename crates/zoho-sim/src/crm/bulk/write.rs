//! Bulk write: a job that writes the rows of uploaded CSV files as records.

mod cell;
mod children;
pub(super) mod create;
mod mapping;
mod outcome;
mod run;
mod sheet;
pub(super) mod status;
pub(super) mod upload;

pub(crate) use run::run;

/// Rows of one file.
const ROWS_MAX: usize = 25_000;
/// Columns of one file.
const COLUMNS_MAX: usize = 200;
