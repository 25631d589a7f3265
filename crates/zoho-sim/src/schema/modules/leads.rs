//! Leads: the fields of a sample organisation, complete.

use crate::schema::Module;
use crate::schema::picklists::{INDUSTRY, LEAD_SOURCE, LEAD_STATUS, RATING, SALUTATION};
use crate::schema::system::{
    Shared, boolean, currency, date_time, description, email, enrichment_columns, integer, lookup,
    people_columns, phone, pick_list, system_columns, text, website,
};
use crate::schema::{Field, Slot};

pub(super) fn module() -> Module {
    let mut fields = system_columns("Lead Owner", Shared::ALL);
    fields.extend(person());
    fields.extend(address());
    fields.extend(conversion());
    fields.extend(people_columns());
    fields.extend(enrichment_columns());
    Module::new("Leads", "Lead", fields)
        .convertable()
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
            ("Products", "Products", Some("Products"), None),
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
            ("Tasks", "Tasks", Some("Tasks"), Some("What_Id")),
            ("Events", "Meetings", Some("Events"), Some("What_Id")),
            ("Calls", "Calls", Some("Calls"), Some("What_Id")),
        ])
}

fn person() -> Vec<Field> {
    vec![
        // Company is mandatory by the layout, not by the system: an insert without Layout needs only Last_Name.
        text("Company", 200).layout_mandatory(),
        text("First_Name", 40),
        text("Last_Name", 80).mandatory(),
        text("Full_Name", 120).from(Slot::FullName).read_only(),
        pick_list("Salutation", 25, SALUTATION),
        text("Designation", 100).labelled("Title"),
        email("Email"),
        email("Secondary_Email"),
        phone("Phone"),
        phone("Mobile"),
        text("Fax", 30),
        website("Website"),
        pick_list("Lead_Source", 120, LEAD_SOURCE),
        pick_list("Lead_Status", 120, LEAD_STATUS),
        pick_list("Industry", 120, INDUSTRY),
        pick_list("Rating", 120, RATING),
        integer("No_of_Employees", 9).labelled("No. of Employees"),
        currency("Annual_Revenue"),
        text("Skype_ID", 50),
        text("Twitter", 50),
    ]
}

fn address() -> Vec<Field> {
    vec![
        text("Street", 250),
        text("City", 100),
        text("State", 100),
        text("Zip_Code", 30),
        text("Country", 100),
        description(),
    ]
}

fn conversion() -> Vec<Field> {
    vec![
        boolean("Converted__s").read_only().labelled("Is Converted"),
        date_time("Converted_Date_Time").read_only(),
        lookup("Converted_Account", "Accounts", "Leads").read_only(),
        lookup("Converted_Contact", "Contacts", "Leads").read_only(),
        lookup("Converted_Deal", "Deals", "Leads").read_only(),
        integer("Lead_Conversion_Time", 9).read_only(),
    ]
}
