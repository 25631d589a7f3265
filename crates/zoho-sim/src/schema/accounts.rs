//! Accounts. Types and lengths outside Leads are taken from names, samples and help texts.

use super::field::{DataType, Field};
use super::module::Module;
use super::picklists::{ACCOUNT_TYPE, INDUSTRY, OWNERSHIP, RATING};
use super::system::{
    currency, description, enrichment_columns, integer, lookup, phone, pick_list, system_columns,
    text,
};

pub(super) fn module() -> Module {
    let mut fields = system_columns("Account Owner");
    fields.extend(company());
    fields.extend(address("Billing"));
    fields.extend(address("Shipping"));
    fields.push(description());
    fields.extend(enrichment_columns());
    Module::new(
        "Accounts",
        "Account",
        4,
        "Account_Name",
        fields,
        &[
            ("Notes", "Notes", None),
            ("Attachments", "Attachments", None),
            ("Contacts", "Contacts", Some("Contacts")),
            ("Deals", "Deals", Some("Deals")),
            ("Child_Accounts", "Member Accounts", Some("Accounts")),
            ("Products", "Products", None),
            ("Quotes", "Quotes", None),
            ("SalesOrders", "Sales Orders", None),
            ("Invoices", "Invoices", None),
            ("Cases", "Cases", None),
            ("Emails", "Emails", None),
        ],
    )
}

fn company() -> Vec<Field> {
    vec![
        text("Account_Name", 200).mandatory(),
        Field::new("Account_Number", DataType::BigInt, 18),
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
        Field::new("Website", DataType::Website, 255),
    ]
}

fn address(kind: &str) -> Vec<Field> {
    vec![
        text(&format!("{kind}_Street"), 250),
        text(&format!("{kind}_City"), 100),
        text(&format!("{kind}_State"), 100),
        text(&format!("{kind}_Code"), 30),
        text(&format!("{kind}_Country"), 100),
    ]
}
