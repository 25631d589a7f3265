//! What a call changed in an organisation, as it was before: a call that is refused after it began leaves nothing behind, and of
//! several records that one call deletes, all go or none.

use std::collections::HashMap;
use std::sync::Arc;

use super::state::{File, Row};

/// Everything as it was; records that were not there are `None`.
#[derive(Debug, Clone, Default)]
pub(super) struct Undo {
    pub(super) rows: HashMap<(String, u64), Option<Arc<Row>>>,
    pub(super) numbers: HashMap<String, Option<u64>>,
    pub(super) files: Vec<File>,
}

impl Undo {
    pub(super) fn row(&mut self, kind: &str, id: u64, before: Option<&Arc<Row>>) {
        let known = self.rows.entry((kind.to_owned(), id));
        known.or_insert_with(|| before.cloned());
    }

    pub(super) fn number(&mut self, kind: &str, before: Option<u64>) {
        self.numbers.entry(kind.to_owned()).or_insert(before);
    }
}
