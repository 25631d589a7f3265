//! The key of a record: the value by which an upsert finds it again.
//!
//! Records with a key keep their order, and are safe to send twice. Records without one are neither.

use serde_json::value::RawValue;

use crate::mapping::record_text;
use crate::model::delivery::Operation;

use super::lane::LaneOptions;

/// The field by which Zoho finds duplicates when an upsert names none
/// (`crm/developer/docs/api/v8/upsert-records.html`).
#[must_use]
pub(crate) fn system_field(module: &str) -> Option<&'static str> {
    match module {
        "Leads" | "Contacts" => Some("Email"),
        "Accounts" => Some("Account_Name"),
        "Deals" => Some("Deal_Name"),
        "Campaigns" => Some("Campaign_Name"),
        "Solutions" => Some("Solution_Title"),
        "Products" => Some("Product_Name"),
        "Vendors" => Some("Vendor_Name"),
        "Price_Books" => Some("Price_Book_Name"),
        "Cases" | "Quotes" | "Sales_Orders" | "Purchase_Orders" | "Invoices" => Some("Subject"),
        "Tasks" | "Events" | "Calls" | "Notes" => None,
        // Everything else is a custom module, whose records have a name.
        _ => Some("Name"),
    }
}

/// A number that is equal for records that Zoho takes for the same one; `None` when nothing tells.
#[must_use]
pub(crate) fn order_key(
    connection: &str,
    module: &str,
    operation: Operation,
    options: &LaneOptions,
    record: &RawValue,
) -> Option<i64> {
    if operation == Operation::Insert {
        return None;
    }
    let text = match options.duplicate_check_fields.as_slice() {
        [] => system_field(module).and_then(|field| record_text(record, field)),
        fields => fields.iter().find_map(|field| record_text(record, field)),
    };
    let text = text
        .map(|text| text.trim().to_lowercase())
        .filter(|text| !text.is_empty())?;
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in [connection, module, &text] {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    let digest = digest.finish();
    let (head, _) = digest.as_ref().split_first_chunk::<8>()?;
    Some(i64::from_le_bytes(*head))
}
