//! Cases.

use crate::schema::picklists::{CASE_ORIGIN, CASE_PRIORITY, CASE_REASON, CASE_STATUS, CASE_TYPE};
use crate::schema::system::{
    Shared, counted, description, email, integer, lookup, phone, pick_list, special,
    system_columns, text, text_area,
};
use crate::schema::{DataType, Module};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Case Owner", Shared::LOCKED);
    fields.extend([
        counted("Case_Number"),
        text("Subject", 255).mandatory(),
        pick_list("Case_Origin", 120, CASE_ORIGIN).mandatory(),
        pick_list("Status", 120, CASE_STATUS).mandatory(),
        pick_list("Type", 120, CASE_TYPE),
        pick_list("Priority", 120, CASE_PRIORITY),
        pick_list("Case_Reason", 120, CASE_REASON),
        lookup("Product_Name", "Products", "Cases"),
        text("Reported_By", 255),
        lookup("Account_Name", "Accounts", "Cases"),
        lookup("Deal_Name", "Deals", "Cases"),
        lookup("Related_To", "Contacts", "Cases"),
        email("Email"),
        phone("Phone"),
        text_area("Internal_Comments", 3_000),
        text_area("Solution", 32_000),
        text_area("Add_Comment", 32_000),
        special("Comments", DataType::Comments).read_only(),
        integer("No_of_comments", 9).read_only(),
        description(),
    ]);
    Module::new("Cases", "Case", fields)
        .keyed_by("Subject")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            (
                "Activities_Chronological_View",
                "Open Activities",
                None,
                None,
            ),
            (
                "Activities_Chronological_View_History",
                "Closed Activities",
                None,
                None,
            ),
            ("Emails", "Emails", None, None),
            ("Tasks", "Tasks", Some("Tasks"), Some("What_Id")),
            ("Events", "Meetings", Some("Events"), Some("What_Id")),
            ("Calls", "Calls", Some("Calls"), Some("What_Id")),
        ])
}
