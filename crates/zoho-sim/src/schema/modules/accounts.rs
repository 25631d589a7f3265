//! Accounts. Types and lengths outside Leads are taken from names, samples and help texts.

use crate::schema::Field;
use crate::schema::Module;
use crate::schema::picklists::{ACCOUNT_TYPE, INDUSTRY, OWNERSHIP, RATING};
use crate::schema::system::{
    Shared, address, big_integer, currency, description, enrichment_columns, integer, lookup,
    phone, pick_list, system_columns, text, website,
};

pub(super) fn module() -> Module {
    let mut fields = system_columns("Account Owner", Shared::ALL);
    fields.extend(company());
    fields.extend(address("Billing", "Code"));
    fields.extend(address("Shipping", "Code"));
    fields.push(description());
    fields.extend(enrichment_columns());
    Module::new("Accounts", "Account", fields)
        .keyed_by("Account_Name")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            (
                "Contacts",
                "Contacts",
                Some("Contacts"),
                Some("Account_Name"),
            ),
            ("Deals", "Deals", Some("Deals"), Some("Account_Name")),
            (
                "Child_Accounts",
                "Member Accounts",
                Some("Accounts"),
                Some("Parent_Account"),
            ),
            ("Products", "Products", Some("Products"), None),
            ("Quotes", "Quotes", Some("Quotes"), Some("Account_Name")),
            (
                "SalesOrders",
                "Sales Orders",
                Some("Sales_Orders"),
                Some("Account_Name"),
            ),
            (
                "Invoices",
                "Invoices",
                Some("Invoices"),
                Some("Account_Name"),
            ),
            ("Cases", "Cases", Some("Cases"), Some("Account_Name")),
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

fn company() -> Vec<Field> {
    vec![
        text("Account_Name", 200).mandatory(),
        big_integer("Account_Number"),
        text("Account_Site", 80),
        pick_list("Account_Type", 120, ACCOUNT_TYPE),
        currency("Annual_Revenue"),
        integer("Employees", 9),
        text("Fax", 30),
        pick_list("Industry", 120, INDUSTRY),
        pick_list("Ownership", 120, OWNERSHIP),
        lookup("Parent_Account", "Accounts", "Child_Accounts"),
        phone("Phone"),
        pick_list("Rating", 120, RATING),
        integer("SIC_Code", 9).labelled("SIC Code"),
        text("Ticker_Symbol", 30),
        website("Website"),
    ]
}
