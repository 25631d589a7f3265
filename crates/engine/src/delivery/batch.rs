//! Puts leased deliveries into batches: what one call carries.

use crate::store::lease::LeasedRow;

/// Records that Zoho takes in one call.
pub(crate) const BATCH_ROWS_MAX: usize = 100;

/// Groups rows of one lane, in their order. A row that must go alone makes a batch of its own. No two rows of a
/// lease have the same key, so neither have two rows of a batch.
#[must_use]
pub(crate) fn batches(rows: Vec<LeasedRow>) -> Vec<Vec<LeasedRow>> {
    let mut batches: Vec<Vec<LeasedRow>> = Vec::new();
    let mut open: Vec<LeasedRow> = Vec::new();
    for row in rows {
        if row.is_solo {
            batches.push(vec![row]);
        } else {
            open.push(row);
            if open.len() == BATCH_ROWS_MAX {
                batches.push(std::mem::take(&mut open));
            }
        }
    }
    if !open.is_empty() {
        batches.push(open);
    }
    batches
}
