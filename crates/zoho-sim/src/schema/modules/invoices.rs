//! Invoices.

use super::inventory;
use crate::schema::Module;
use crate::schema::picklists::ORDER_STATUS;
use crate::schema::system::{
    Shared, address, counted, currency, date, lookup, pick_list, system_columns, text,
};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Invoice Owner", Shared::LOCKED);
    fields.extend([
        counted("Invoice_Number"),
        text("Subject", 255).mandatory(),
        lookup("Sales_Order", "Sales_Orders", "Invoices"),
        date("Invoice_Date"),
        text("Purchase_Order", 50),
        date("Due_Date"),
        currency("Excise_Duty"),
        currency("Sales_Commission"),
        pick_list("Status", 120, ORDER_STATUS),
        lookup("Account_Name", "Accounts", "Invoices").layout_mandatory(),
        lookup("Contact_Name", "Contacts", "Invoices"),
    ]);
    fields.extend(address("Billing", "Code"));
    fields.extend(address("Shipping", "Code"));
    fields.extend(inventory::totals("Invoiced_Items"));
    Module::new("Invoices", "Invoice", fields)
        .keyed_by("Subject")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            ("Emails", "Emails", None, None),
        ])
}
