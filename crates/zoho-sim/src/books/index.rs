//! Which records have a name, number or reference: what has to be free, and what may not be deleted, is found without reading
//! whole tables. Follows from the records, so no snapshot holds it.

use std::collections::{BTreeSet, HashMap};

use super::document::Document;
use super::trade;

/// What a record is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum By {
    /// What may exist once, in small letters.
    Name,
    Sku,
    Number,
    /// The contact or project that it names.
    Party,
    /// An item, an account, an id of its own in one of its lines.
    LineItem,
    LineAccount,
    Line,
    /// `api_name`, a zero byte, the value of a custom field.
    Custom,
}

/// Ids by what their records are found by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index(HashMap<String, HashMap<(By, String), BTreeSet<u64>>>);

impl Index {
    pub(crate) fn add(&mut self, kind: &str, id: u64, document: &Document) {
        let keys = keys(kind, document);
        if keys.is_empty() {
            return;
        }
        let of_kind = self.0.entry(kind.to_owned()).or_default();
        for key in keys {
            of_kind.entry(key).or_default().insert(id);
        }
    }

    pub(crate) fn take(&mut self, kind: &str, id: u64, document: &Document) {
        let Some(of_kind) = self.0.get_mut(kind) else {
            return;
        };
        for key in keys(kind, document) {
            if let Some(ids) = of_kind.get_mut(&key) {
                ids.remove(&id);
                if ids.is_empty() {
                    of_kind.remove(&key);
                }
            }
        }
    }

    /// Ids in their order.
    pub(crate) fn find(&self, kind: &str, by: By, text: &str) -> Option<&BTreeSet<u64>> {
        self.0.get(kind)?.get(&(by, text.to_owned()))
    }
}

/// A name as names are compared.
pub(crate) fn name(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A custom field's value as it is compared.
pub(crate) fn custom(api_name: &str, value: &str) -> String {
    format!("{api_name}\0{value}")
}

/// Whether records of a type are found by the customer or vendor that they name.
pub(crate) fn has_party(kind: &str) -> bool {
    trade::number_member(kind).is_some() || trade::names_a_contact(kind)
}

fn keys(kind: &str, document: &Document) -> Vec<(By, String)> {
    let mut keys = Vec::new();
    let mut add = |by: By, text: String| {
        if !text.is_empty() {
            keys.push((by, text));
        }
    };
    let named = match kind {
        "contact" => "contact_name",
        "item" => "name",
        "tax" => "tax_name",
        "user" => "email",
        "currency" => "currency_code",
        "custom_module" => "module_api_name",
        "chart_of_account" | "bank_account" => "account_name",
        _ => "",
    };
    if !named.is_empty() {
        add(By::Name, name(document.text(named)));
    }
    if kind == "item" {
        add(By::Sku, document.text("sku").to_owned());
    }
    if kind == "time_entry" {
        add(By::Party, document.text("project_id").to_owned());
    }
    let number = trade::number_member(kind);
    if let Some(member) = number {
        add(By::Number, document.text(member).to_owned());
    }
    if has_party(kind) {
        for member in ["customer_id", "vendor_id"] {
            add(By::Party, document.text(member).to_owned());
        }
    }
    for line in document.objects("line_items") {
        match kind {
            "journal" => add(By::LineAccount, line.text("account_id").to_owned()),
            _ if number.is_some() => {
                add(By::LineItem, line.text("item_id").to_owned());
                if matches!(kind, "sales_order" | "purchase_order") {
                    add(By::Line, line.text("line_item_id").to_owned());
                }
            }
            _ => break,
        }
    }
    for field in document.objects("custom_fields") {
        let value = field.get("value").map(super::Datum::words);
        let value = value.filter(|value| !value.is_empty());
        if let Some(value) = value {
            add(By::Custom, custom(field.text("api_name"), &value));
        }
    }
    keys
}
