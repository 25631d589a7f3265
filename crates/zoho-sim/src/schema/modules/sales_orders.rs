//! Sales orders.

use super::inventory;
use crate::schema::Module;
use crate::schema::picklists::{CARRIER, ORDER_STATUS};
use crate::schema::system::{
    Shared, address, counted, currency, date, lookup, pick_list, system_columns, text,
};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Sales Order Owner", Shared::LOCKED);
    fields.extend([
        counted("SO_Number"),
        text("Subject", 255).mandatory(),
        lookup("Deal_Name", "Deals", "SalesOrders"),
        lookup("Quote_Name", "Quotes", "SalesOrders"),
        text("Customer_No", 50),
        text("Purchase_Order", 50),
        date("Due_Date"),
        text("Pending", 50),
        lookup("Contact_Name", "Contacts", "SalesOrders"),
        pick_list("Carrier", 120, CARRIER),
        pick_list("Status", 120, ORDER_STATUS),
        currency("Excise_Duty"),
        currency("Sales_Commission"),
        lookup("Account_Name", "Accounts", "SalesOrders").layout_mandatory(),
    ]);
    fields.extend(address("Billing", "Code"));
    fields.extend(address("Shipping", "Code"));
    fields.extend(inventory::totals("Ordered_Items"));
    Module::new("Sales_Orders", "Sales Order", fields)
        .called("SalesOrders")
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
                "Invoices",
                "Invoices",
                Some("Invoices"),
                Some("Sales_Order"),
            ),
            ("Emails", "Emails", None, None),
        ])
}
