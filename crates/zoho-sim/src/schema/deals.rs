//! Deals: stages and pipelines are in the world, as an organisation can have more than one pipeline.

use super::field::{DataType, Field, PickListValue, Slot};
use super::module::Module;
use super::picklists::{DEAL_TYPE, LEAD_SOURCE, REASON_FOR_LOSS, STAGES};
use super::system::{
    currency, date, description, integer, lookup, pick_list, system_columns, text,
};

pub(super) fn module() -> Module {
    let mut fields = system_columns("Deal Owner");
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
        Field::new("Territory", DataType::Territories, 255)
            .from(Slot::EmptyList)
            .read_only(),
        description(),
    ]);
    Module::new(
        "Deals",
        "Deal",
        5,
        "Deal_Name",
        fields,
        &[
            ("Notes", "Notes", None),
            ("Attachments", "Attachments", None),
            ("Stage_History", "Stage History", None),
            ("Contact_Roles", "Contact Roles", Some("Contacts")),
            ("Products", "Products", None),
            ("Quotes", "Quotes", None),
            ("SalesOrders", "Sales Orders", None),
            ("Emails", "Emails", None),
        ],
    )
}

fn stage() -> Field {
    let mut field = pick_list("Stage", 120, &[]).mandatory();
    field
        .pick_list
        .extend(STAGES.iter().map(|stage| PickListValue {
            id: 0,
            display_value: stage.name.to_owned(),
            actual_value: stage.actual_value.to_owned(),
        }));
    field
}
