//! Layouts go, and the records that had them get another.

use std::sync::Arc;

use super::World;

impl World {
    /// Gives the records of one layout another; those in the recycle bin too.
    pub(crate) fn move_to_layout(&mut self, table: usize, from: usize, to: usize) {
        let (Ok(from), Ok(to)) = (u16::try_from(from), u16::try_from(to)) else {
            return;
        };
        self.each_layout(table, |layout| if layout == from { to } else { layout });
    }

    /// Takes a layout out that no record has any more; those behind it move up by one place.
    pub(crate) fn remove_layout(&mut self, table: usize, place: usize) {
        let Ok(removed) = u16::try_from(place) else {
            return;
        };
        self.edit_module(table, |module| {
            module.layouts.remove(place);
        });
        self.each_layout(table, |layout| layout - u16::from(layout > removed));
    }

    fn each_layout(&mut self, table: usize, new: impl Fn(u16) -> u16) {
        let table = &mut self.tables[table];
        for record in table.rows.values_mut() {
            record.layout = new(record.layout);
        }
        let deleted = table.deleted.values_mut();
        let deleted = deleted.filter_map(|deleted| Arc::make_mut(deleted).record.as_mut());
        for record in deleted {
            record.layout = new(record.layout);
        }
    }
}
