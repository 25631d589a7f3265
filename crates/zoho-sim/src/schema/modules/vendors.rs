//! Vendors.

use crate::schema::Module;
use crate::schema::picklists::GL_ACCOUNT;
use crate::schema::system::{
    Shared, description, email, mailing_columns, phone, pick_list, record_image, system_columns,
    text, website,
};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Vendor Owner", Shared::LOCKED);
    fields.extend([
        text("Vendor_Name", 120).mandatory(),
        phone("Phone"),
        email("Email"),
        website("Website"),
        pick_list("GL_Account", 120, GL_ACCOUNT),
        text("Category", 255),
        text("Street", 250),
        text("City", 100),
        text("State", 100),
        text("Zip_Code", 30),
        text("Country", 100),
        record_image(),
        description(),
    ]);
    fields.extend(mailing_columns());
    Module::new("Vendors", "Vendor", fields)
        .keyed_by("Vendor_Name")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            (
                "Products",
                "Products",
                Some("Products"),
                Some("Vendor_Name"),
            ),
            (
                "PurchaseOrders",
                "Purchase Orders",
                Some("Purchase_Orders"),
                Some("Vendor_Name"),
            ),
            (
                "Contacts",
                "Contacts",
                Some("Contacts"),
                Some("Vendor_Name"),
            ),
            ("Emails", "Emails", None, None),
        ])
}
