//! Solutions.

use crate::schema::picklists::SOLUTION_STATUS;
use crate::schema::system::{
    Shared, boolean, counted, integer, lookup, pick_list, special, system_columns, text, text_area,
};
use crate::schema::{DataType, Module};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Solution Owner", Shared::LOCKED);
    fields.extend([
        counted("Solution_Number"),
        text("Solution_Title", 255).mandatory(),
        lookup("Product_Name", "Products", "Solutions"),
        pick_list("Status", 120, SOLUTION_STATUS),
        boolean("Published"),
        text_area("Question", 32_000),
        text_area("Answer", 32_000),
        text_area("Add_Comment", 32_000),
        special("Comments", DataType::Comments).read_only(),
        integer("No_of_comments", 9).read_only(),
    ]);
    Module::new("Solutions", "Solution", fields)
        .keyed_by("Solution_Title")
        .related(&[(
            "Attachments",
            "Attachments",
            Some("Attachments"),
            Some("Parent_Id"),
        )])
}
