//! The history of a deal: one row for each period in a stage. `Modified_Time` is when the deal entered it, `Moved_To__s` the
//! next stage, empty while the deal is still there.
//!
//! unknown: the complete list of columns; these are the ones that public programs read.

use crate::schema::system::{currency, date, date_time, integer, lookup, pick_list, row_columns};
use crate::schema::{Abilities, GeneratedType, Module, Slot};

pub(in crate::schema) fn module() -> Module {
    let mut fields = row_columns();
    fields.extend([
        lookup("Potential_Name", "Deals", "Stage_History").labelled("Deal Name"),
        pick_list("Stage", 120, &[]),
        pick_list("Moved_To__s", 120, &[]),
        integer("Stage_Duration_Calendar_Days", 9),
        currency("Amount"),
        integer("Probability", 3).labelled("Probability (%)"),
        currency("Expected_Revenue"),
        date("Close_Date"),
        date_time("Last_Activity_Time").from(Slot::ModifiedTime),
    ]);
    for field in &mut fields {
        field.is_read_only = true;
    }
    Module::new("DealHistory", "Stage History", fields)
        .labelled("Stage History")
        .named_by("Stage")
        .with_abilities(Abilities::ROWS)
        .generated(GeneratedType::FieldTracker)
        .hidden()
}
