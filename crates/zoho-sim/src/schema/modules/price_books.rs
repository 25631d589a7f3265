//! Price books.

use crate::schema::picklists::PRICING_MODEL;
use crate::schema::system::{
    Shared, boolean, description, pick_list, special, system_columns, text,
};
use crate::schema::{DataType, Module};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Price Book Owner", Shared::LOCKED);
    fields.extend([
        text("Price_Book_Name", 120).mandatory(),
        boolean("Active"),
        pick_list("Pricing_Model", 120, PRICING_MODEL),
        special("Pricing_Details", DataType::PricingDetails).mandatory(),
        description(),
    ]);
    Module::new("Price_Books", "Price Book", fields)
        .called("PriceBooks")
        .keyed_by("Price_Book_Name")
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
            ("Products", "Products", Some("Products"), None),
        ])
}
