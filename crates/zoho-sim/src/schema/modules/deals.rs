//! Deals: stages and pipelines are in the world, as an organisation can have more than one pipeline.

use crate::schema::Module;
use crate::schema::picklists::{DEAL_TYPE, LEAD_SOURCE, REASON_FOR_LOSS, STAGES};
use crate::schema::system::{
    Shared, currency, date, description, integer, lookup, pick_list, special, system_columns, text,
};
use crate::schema::{DataType, Field, PickListValue, Slot};

pub(super) fn module() -> Module {
    let mut fields = system_columns("Deal Owner", Shared::ALL);
    fields.extend([
        text("Deal_Name", 120).mandatory(),
        lookup("Account_Name", "Accounts", "Deals").layout_mandatory(),
        lookup("Contact_Name", "Contacts", "Deals"),
        lookup("Campaign_Source", "Campaigns", "Deals"),
        currency("Amount"),
        date("Closing_Date").layout_mandatory(),
        currency("Expected_Revenue")
            .from(Slot::ExpectedRevenue)
            .read_only(),
        pick_list("Lead_Source", 120, LEAD_SOURCE),
        text("Next_Step", 100),
        pick_list("Pipeline", 120, &[]),
        integer("Probability", 3).labelled("Probability (%)"),
        pick_list("Reason_For_Loss__s", 120, REASON_FOR_LOSS),
        stage(),
        pick_list("Type", 120, DEAL_TYPE),
        integer("Lead_Conversion_Time", 9).read_only(),
        integer("Overall_Sales_Duration", 9).read_only(),
        integer("Sales_Cycle_Duration", 9).read_only(),
        special("Territory", DataType::Territories)
            .from(Slot::EmptyList)
            .read_only(),
        description(),
    ]);
    Module::new("Deals", "Deal", fields)
        .keyed_by("Deal_Name")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            (
                "Stage_History",
                "Stage History",
                Some("DealHistory"),
                Some("Potential_Name"),
            ),
            ("Contact_Roles", "Contact Roles", Some("Contacts"), None),
            ("Products", "Products", Some("Products"), None),
            ("Quotes", "Quotes", Some("Quotes"), Some("Deal_Name")),
            (
                "SalesOrders",
                "Sales Orders",
                Some("Sales_Orders"),
                Some("Deal_Name"),
            ),
            ("Cases", "Cases", Some("Cases"), Some("Deal_Name")),
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

fn stage() -> Field {
    let mut field = pick_list("Stage", 120, &[]).mandatory();
    field.pick_list.extend(
        STAGES
            .iter()
            .map(|stage| PickListValue::with_actual(stage.name, stage.actual_value)),
    );
    field
}
