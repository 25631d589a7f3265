//! Line items in the words of versions 2 and 2.1: `Product_Details` with keys in lower case.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::Row;
use crate::schema::{Field, Module};
use crate::world::Table;

/// The key of the line items in all four modules.
pub(super) const ITEMS_KEY: &str = "Product_Details";

/// Key of the older versions, and the field of today.
pub(super) const LINE_KEYS: [(&str, &str); 13] = [
    ("product", "Product_Name"),
    ("quantity", "Quantity"),
    ("Discount", "Discount"),
    ("total_after_discount", "Total_After_Discount"),
    ("net_total", "Net_Total"),
    ("book", "Price_Book_Name"),
    ("Tax", "Tax"),
    ("list_price", "List_Price"),
    ("total", "Total"),
    ("id", "id"),
    ("product_description", "Description"),
    ("line_tax", "Line_Tax"),
    ("sequence_number", "Sequence_Number"),
];

const ITEM_MODULES: [&str; 4] = [
    "Quoted_Items",
    "Ordered_Items",
    "Purchase_Items",
    "Invoiced_Items",
];

/// Whether the table has the line items of quotes, orders or invoices.
pub(super) fn is_line_items(table: &Table) -> bool {
    ITEM_MODULES.contains(&table.module.api_name.as_str())
}

/// Whether the field holds such line items.
pub(super) fn has_line_items(field: &Field) -> bool {
    field
        .subform
        .as_deref()
        .is_some_and(|module| ITEM_MODULES.contains(&module))
}

/// Whether the field is a column of such line items.
pub(super) fn is_line_field(field: &Field) -> bool {
    let lookup = field.lookup.as_ref();
    lookup.is_some_and(|lookup| ITEM_MODULES.contains(&lookup.related_list.as_str()))
}

/// The row in today's words.
pub(super) fn modern<'a>(module: &Module, row: &'a Row<'a>) -> Cow<'a, Row<'a>> {
    let field = module.fields.iter().find(|field| has_line_items(field));
    let (Some(field), Some(Value::Array(lines))) = (field, row.get(ITEMS_KEY)) else {
        return Cow::Borrowed(row);
    };
    let lines = lines.iter().map(modern_line).collect();
    Cow::Owned(row.renamed(ITEMS_KEY, &field.api_name, Value::Array(lines)))
}

fn modern_line(line: &Value) -> Value {
    let Some(line) = line.as_object() else {
        return line.clone();
    };
    let mut modern = Map::new();
    for (key, value) in line {
        let name = LINE_KEYS
            .iter()
            .find(|(older, _)| older == key)
            .map_or(key.as_str(), |(_, name)| name);
        // References were plain ids in these versions.
        let value = match (name, value) {
            ("Product_Name" | "Price_Book_Name", Value::String(id)) => json!({"id": id}),
            (_, value) => value.clone(),
        };
        modern.insert(name.to_owned(), value);
    }
    Value::Object(modern)
}
