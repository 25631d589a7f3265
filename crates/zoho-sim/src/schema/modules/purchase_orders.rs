//! Purchase orders.

use super::inventory;
use crate::schema::Module;
use crate::schema::picklists::{CARRIER, ORDER_STATUS};
use crate::schema::system::{
    Shared, address, currency, date, lookup, pick_list, system_columns, text,
};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Purchase Order Owner", Shared::LOCKED);
    fields.extend([
        text("PO_Number", 255),
        text("Subject", 255).mandatory(),
        lookup("Vendor_Name", "Vendors", "PurchaseOrders").mandatory(),
        text("Requisition_No", 255).labelled("Requisition Number"),
        text("Tracking_Number", 255),
        lookup("Contact_Name", "Contacts", "PurchaseOrders"),
        date("PO_Date"),
        date("Due_Date"),
        pick_list("Carrier", 120, CARRIER),
        currency("Excise_Duty"),
        currency("Sales_Commission"),
        pick_list("Status", 120, ORDER_STATUS),
    ]);
    fields.extend(address("Billing", "Code"));
    fields.extend(address("Shipping", "Code"));
    fields.extend(inventory::totals("Purchase_Items"));
    Module::new("Purchase_Orders", "Purchase Order", fields)
        .called("PurchaseOrders")
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
