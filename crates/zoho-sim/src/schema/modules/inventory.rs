//! What quotes, orders and invoices share: totals, and the rows of their line items.
//!
//! unknown: the names of the computed columns of a row come from older samples.

use crate::schema::system::{
    currency, description, double, integer, lookup, row_columns, special, subform, text_area,
};
use crate::schema::{Abilities, DataType, Field, GeneratedType, Module};

pub(super) fn totals(items: &str) -> [Field; 8] {
    [
        subform(items, items).mandatory(),
        currency("Sub_Total").read_only(),
        currency("Discount"),
        currency("Tax"),
        currency("Adjustment"),
        currency("Grand_Total").read_only(),
        text_area("Terms_and_Conditions", 32_000),
        description(),
    ]
}

/// Rows of one kind of line items: internal name, and the module that they belong to.
pub(in crate::schema) fn items(
    api_name: &str,
    module_name: &str,
    singular_label: &str,
    parent: &str,
) -> Module {
    let mut fields = row_columns();
    fields.extend([
        lookup("Parent_Id", parent, api_name).read_only(),
        integer("Sequence_Number", 9).read_only(),
        lookup("Product_Name", "Products", api_name).mandatory(),
        double("Quantity"),
        currency("List_Price"),
        currency("Discount"),
        currency("Total").read_only(),
        currency("Total_After_Discount").read_only(),
        currency("Tax").read_only(),
        currency("Net_Total").read_only(),
        special("Line_Tax", DataType::LineTax),
        lookup("Price_Book_Name", "Price_Books", api_name),
        text_area("Description", 2_000),
    ]);
    Module::new(api_name, singular_label, fields)
        .called(module_name)
        .with_abilities(Abilities::ROWS)
        .generated(GeneratedType::Subform)
        .within(parent)
        .hidden()
}
