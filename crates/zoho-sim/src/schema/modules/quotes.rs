//! Quotes.

use super::inventory;
use crate::schema::Module;
use crate::schema::picklists::{CARRIER, QUOTE_STAGE};
use crate::schema::system::{
    Shared, address, counted, date, lookup, pick_list, system_columns, text,
};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Quote Owner", Shared::LOCKED);
    fields.extend([
        counted("Quote_Number"),
        text("Subject", 255).mandatory(),
        lookup("Deal_Name", "Deals", "Quotes"),
        date("Valid_Till").labelled("Valid Until"),
        lookup("Contact_Name", "Contacts", "Quotes"),
        lookup("Account_Name", "Accounts", "Quotes").layout_mandatory(),
        pick_list("Quote_Stage", 120, QUOTE_STAGE),
        pick_list("Carrier", 120, CARRIER),
        text("Team", 255),
    ]);
    fields.extend(address("Billing", "Code"));
    fields.extend(address("Shipping", "Code"));
    fields.extend(inventory::totals("Quoted_Items"));
    Module::new("Quotes", "Quote", fields)
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
                "SalesOrders",
                "Sales Orders",
                Some("Sales_Orders"),
                Some("Quote_Name"),
            ),
            ("Emails", "Emails", None, None),
        ])
}
