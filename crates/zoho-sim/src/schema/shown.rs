//! Which fields of a module are shown where nobody chose others: in lists, lookups and searches.

use super::{Module, Slot};

/// The choice of the modules that samples show.
const KNOWN: [(&str, &[&str]); 4] = [
    (
        "Leads",
        &[
            "Full_Name",
            "Company",
            "Email",
            "Phone",
            "Lead_Source",
            "Owner",
        ],
    ),
    (
        "Contacts",
        &["Full_Name", "Account_Name", "Email", "Phone", "Owner"],
    ),
    ("Accounts", &["Account_Name", "Phone", "Website", "Owner"]),
    (
        "Deals",
        &[
            "Deal_Name",
            "Amount",
            "Stage",
            "Closing_Date",
            "Account_Name",
            "Contact_Name",
            "Owner",
        ],
    ),
];

impl Module {
    /// The fields that lists, lookups and searches of the module show by default.
    ///
    /// unknown: Zoho's choice for the modules that no sample shows; here the name, the first plain fields and the owner.
    pub(crate) fn shown_fields(&self) -> Vec<&str> {
        let known = KNOWN.iter().find(|(name, _)| *name == self.api_name);
        if let Some((_, fields)) = known {
            return fields.to_vec();
        }
        let mut shown: Vec<&str> = self.name_field.as_deref().into_iter().collect();
        let plain = self.fields.iter().filter(|field| {
            field.slot == Slot::Stored && field.data_type.is_plain() && !field.is_read_only
        });
        for field in plain {
            if shown.len() < 5 && !shown.contains(&field.api_name.as_str()) {
                shown.push(&field.api_name);
            }
        }
        let owner = self.fields.iter().find(|field| field.slot == Slot::Owner);
        shown.extend(owner.map(|field| field.api_name.as_str()));
        shown
    }
}
