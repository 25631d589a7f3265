//! The modules that every organisation has: one table in one file for each.

mod accounts;
mod calls;
mod campaigns;
mod cases;
mod contacts;
mod deal_history;
mod deals;
mod events;
mod inventory;
mod invoices;
mod leads;
mod notes;
mod price_books;
mod products;
mod purchase_orders;
mod quotes;
mod sales_orders;
mod solutions;
mod tasks;
mod vendors;

use super::{Abilities, Module};

/// The modules that hold records, in the order of their tabs.
pub(super) fn with_records() -> Vec<Module> {
    let items = inventory::items;
    vec![
        leads::module(),
        contacts::module(),
        accounts::module(),
        deals::module(),
        tasks::module(),
        events::module(),
        calls::module(),
        products::module(),
        quotes::module(),
        sales_orders::module(),
        purchase_orders::module(),
        invoices::module(),
        campaigns::module(),
        vendors::module(),
        price_books::module(),
        cases::module(),
        solutions::module(),
        notes::notes(),
        notes::attachments(),
        deal_history::module(),
        items("Quoted_Items", "QuotedItems", "Quoted Item", "Quotes"),
        items(
            "Ordered_Items",
            "OrderedItems",
            "Ordered Item",
            "Sales_Orders",
        ),
        items(
            "Purchase_Items",
            "PurchaseItems",
            "Purchase Item",
            "Purchase_Orders",
        ),
        items(
            "Invoiced_Items",
            "InvoicedItems",
            "Invoiced Item",
            "Invoices",
        ),
    ]
}

/// Tabs that hold no records for the API.
const PAGES: [&str; 10] = [
    "Home",
    "Reports",
    "Analytics",
    "Documents",
    "Forecasts",
    "Feeds",
    "SalesInbox",
    "Social",
    "Emails",
    "Projects",
];

/// Modules that stand in the list of modules only.
pub(super) fn pages() -> Vec<Module> {
    PAGES
        .iter()
        .map(|name| Module::new(name, name, Vec::new()).with_abilities(Abilities::PAGE))
        .collect()
}
