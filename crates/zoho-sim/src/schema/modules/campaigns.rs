//! Campaigns.

use crate::schema::Module;
use crate::schema::picklists::{CAMPAIGN_STATUS, CAMPAIGN_TYPE};
use crate::schema::system::{
    Shared, big_integer, currency, date, description, lookup, pick_list, system_columns, text,
};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Campaign Owner", Shared::TAGGED);
    fields.extend([
        text("Campaign_Name", 255).mandatory(),
        pick_list("Type", 120, CAMPAIGN_TYPE),
        pick_list("Status", 120, CAMPAIGN_STATUS),
        date("Start_Date"),
        date("End_Date"),
        currency("Expected_Revenue"),
        currency("Budgeted_Cost"),
        currency("Actual_Cost"),
        big_integer("Expected_Response"),
        big_integer("Num_sent").labelled("Numbers sent"),
        lookup("Parent_Campaign", "Campaigns", "Child_Campaigns"),
        description(),
    ]);
    Module::new("Campaigns", "Campaign", fields)
        .keyed_by("Campaign_Name")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            ("Leads", "Leads", Some("Leads"), None),
            ("Contacts", "Contacts", Some("Contacts"), None),
            ("Deals", "Deals", Some("Deals"), Some("Campaign_Source")),
            (
                "Child_Campaigns",
                "Child Campaigns",
                Some("Campaigns"),
                Some("Parent_Campaign"),
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
            ("Tasks", "Tasks", Some("Tasks"), Some("What_Id")),
            ("Events", "Meetings", Some("Events"), Some("What_Id")),
            ("Calls", "Calls", Some("Calls"), Some("What_Id")),
        ])
}
