//! Products.

use crate::schema::picklists::{MANUFACTURER, PRODUCT_CATEGORY, USAGE_UNIT};
use crate::schema::system::{
    Shared, boolean, currency, date, description, double, lookup, pick_list, record_image, special,
    system_columns, text, user,
};
use crate::schema::{DataType, Module};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Product Owner", Shared::LOCKED);
    fields.extend([
        text("Product_Name", 200).mandatory(),
        text("Product_Code", 40),
        lookup("Vendor_Name", "Vendors", "Products"),
        boolean("Product_Active"),
        pick_list("Manufacturer", 120, MANUFACTURER),
        pick_list("Product_Category", 120, PRODUCT_CATEGORY),
        date("Sales_Start_Date"),
        date("Sales_End_Date"),
        date("Support_Start_Date"),
        date("Support_Expiry_Date").labelled("Support End Date"),
        currency("Unit_Price"),
        currency("Commission_Rate"),
        special("Tax", DataType::Tax),
        boolean("Taxable"),
        pick_list("Usage_Unit", 120, USAGE_UNIT),
        double("Qty_Ordered").labelled("Quantity Ordered"),
        double("Qty_in_Stock").labelled("Quantity in Stock"),
        double("Reorder_Level"),
        user("Handler"),
        double("Qty_in_Demand").labelled("Quantity in Demand"),
        record_image(),
        description(),
    ]);
    Module::new("Products", "Product", fields)
        .keyed_by("Product_Name")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            ("Cases", "Cases", Some("Cases"), Some("Product_Name")),
            (
                "Solutions",
                "Solutions",
                Some("Solutions"),
                Some("Product_Name"),
            ),
            ("Leads", "Leads", Some("Leads"), None),
            ("Accounts", "Accounts", Some("Accounts"), None),
            ("Contacts", "Contacts", Some("Contacts"), None),
            ("Deals", "Deals", Some("Deals"), None),
            ("Price_Books", "Price Books", Some("Price_Books"), None),
        ])
}
