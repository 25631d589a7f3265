//! The actions of Zoho CRM, a file for each family.

mod bulk;
mod files;
mod leads;
mod lost;
mod mails;
mod mass;
mod metadata;
mod notifications;
mod processes;
mod query;
mod records;
mod recycle_bin;
mod related;
mod rows;
mod sharing;
mod transfer;
mod words;

use serde::Serialize;
use serde_json::{Value, json};
use zoho::crm::PageInfo;

use super::Action;

/// All of them, family by family.
pub(super) const FAMILIES: &[(&str, &[Action])] = &[
    ("Records", records::ACTIONS),
    ("Many records at once", mass::ACTIONS),
    ("Recycle bin", recycle_bin::ACTIONS),
    ("Search", query::ACTIONS),
    ("Leads", leads::ACTIONS),
    ("Related records, notes, tags", related::ACTIONS),
    ("Shares and locks", sharing::ACTIONS),
    ("Files", files::ACTIONS),
    ("Processes and mails", processes::ACTIONS),
    ("Mails and meetings", mails::ACTIONS),
    ("Notifications", notifications::ACTIONS),
    ("Exports and imports", transfer::ACTIONS),
    ("Bulk jobs", bulk::ACTIONS),
    ("Organisation", metadata::ACTIONS),
];

/// A page as the answer shows it.
fn page(records: Vec<impl Serialize>, info: &PageInfo) -> Value {
    json!({
        "records": records,
        "info": {
            "page": info.page, "per_page": info.per_page, "count": info.count, "more_records": info.more_records,
            "next_page_token": info.next_page_token,
        },
    })
}
