//! Contacts. Types and lengths outside Leads are taken from names, samples and help texts.

use super::field::{Field, Slot};
use super::module::Module;
use super::picklists::{LEAD_SOURCE, SALUTATION};
use super::system::{
    date, description, email, enrichment_columns, lookup, people_columns, phone, pick_list,
    system_columns, text,
};

pub(super) fn module() -> Module {
    let mut fields = system_columns("Contact Owner");
    fields.extend(person());
    fields.extend(address("Mailing"));
    fields.extend(address("Other"));
    fields.push(description());
    fields.extend(people_columns());
    fields.extend(enrichment_columns());
    Module::new(
        "Contacts",
        "Contact",
        3,
        "Email",
        fields,
        &[
            ("Notes", "Notes", None),
            ("Attachments", "Attachments", None),
            ("Deals", "Deals", Some("Deals")),
            ("Reporting_Contacts", "Reporting Contacts", Some("Contacts")),
            ("Products", "Products", None),
            ("Quotes", "Quotes", None),
            ("SalesOrders", "Sales Orders", None),
            ("Invoices", "Invoices", None),
            ("Cases", "Cases", None),
            ("Emails", "Emails", None),
            ("Campaigns", "Campaigns", None),
        ],
    )
}

fn person() -> Vec<Field> {
    vec![
        lookup("Account_Name", "Accounts", "Contacts"),
        text("Assistant", 50),
        phone("Asst_Phone"),
        date("Date_of_Birth"),
        text("Department", 50),
        email("Email"),
        text("Fax", 30),
        text("First_Name", 40),
        text("Last_Name", 80).mandatory(),
        text("Full_Name", 120).from(Slot::FullName).read_only(),
        phone("Home_Phone"),
        pick_list("Lead_Source", 120, LEAD_SOURCE),
        phone("Mobile"),
        phone("Other_Phone"),
        phone("Phone"),
        lookup("Reporting_To", "Contacts", "Reporting_Contacts"),
        pick_list("Salutation", 25, SALUTATION),
        email("Secondary_Email"),
        text("Skype_ID", 50),
        text("Title", 100),
        text("Twitter", 50),
        lookup("Vendor_Name", "Vendors", "Contacts"),
    ]
}

fn address(kind: &str) -> Vec<Field> {
    vec![
        text(&format!("{kind}_Street"), 250),
        text(&format!("{kind}_City"), 100),
        text(&format!("{kind}_State"), 100),
        text(&format!("{kind}_Zip"), 30),
        text(&format!("{kind}_Country"), 100),
    ]
}
