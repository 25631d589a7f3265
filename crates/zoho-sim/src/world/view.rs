//! Records of custom views.

use super::World;

impl World {
    /// The records of a custom view, `None` when the module has no such view.
    #[expect(clippy::unused_self, reason = "views are kept by the area of settings")]
    pub(crate) fn records_of_view(&self, _table: usize, _view: u64) -> Option<Vec<u64>> {
        None
    }
}
