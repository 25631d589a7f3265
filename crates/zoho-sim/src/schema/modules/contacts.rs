//! Contacts. Types and lengths outside Leads are taken from names, samples and help texts.

use crate::schema::Module;
use crate::schema::picklists::{LEAD_SOURCE, SALUTATION};
use crate::schema::system::{
    Shared, address, date, description, email, enrichment_columns, lookup, people_columns, phone,
    pick_list, system_columns, text,
};
use crate::schema::{Field, Slot};

pub(super) fn module() -> Module {
    let mut fields = system_columns("Contact Owner", Shared::ALL);
    fields.extend(person());
    fields.extend(address("Mailing", "Zip"));
    fields.extend(address("Other", "Zip"));
    fields.push(description());
    fields.extend(people_columns());
    fields.extend(enrichment_columns());
    Module::new("Contacts", "Contact", fields)
        .keyed_by("Email")
        .named_by("Full_Name")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            ("Deals", "Deals", Some("Deals"), Some("Contact_Name")),
            (
                "Reporting_Contacts",
                "Reporting Contacts",
                Some("Contacts"),
                Some("Reporting_To"),
            ),
            ("Products", "Products", Some("Products"), None),
            ("Quotes", "Quotes", Some("Quotes"), Some("Contact_Name")),
            (
                "SalesOrders",
                "Sales Orders",
                Some("Sales_Orders"),
                Some("Contact_Name"),
            ),
            (
                "PurchaseOrders",
                "Purchase Orders",
                Some("Purchase_Orders"),
                Some("Contact_Name"),
            ),
            (
                "Invoices",
                "Invoices",
                Some("Invoices"),
                Some("Contact_Name"),
            ),
            ("Cases", "Cases", Some("Cases"), Some("Related_To")),
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
            ("Campaigns", "Campaigns", Some("Campaigns"), None),
            ("Tasks", "Tasks", Some("Tasks"), Some("Who_Id")),
            ("Events", "Meetings", Some("Events"), Some("Who_Id")),
            ("Calls", "Calls", Some("Calls"), Some("Who_Id")),
        ])
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
