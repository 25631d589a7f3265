//! Short ways to write a field, and the columns that every module has.

use super::field::{DataType, Field, Lookup, PickListValue, Slot};
use super::picklists::{DATA_SOURCE, ENRICH_STATUS, Options, RECORD_STATUS, UNSUBSCRIBED_MODE};

pub(super) fn text(api_name: &str, length: u32) -> Field {
    Field::new(api_name, DataType::Text, length)
}

pub(super) fn phone(api_name: &str) -> Field {
    Field::new(api_name, DataType::Phone, 30)
}

pub(super) fn email(api_name: &str) -> Field {
    Field::new(api_name, DataType::Email, 100)
}

pub(super) fn boolean(api_name: &str) -> Field {
    Field::new(api_name, DataType::Boolean, 5)
}

pub(super) fn integer(api_name: &str, length: u32) -> Field {
    Field::new(api_name, DataType::Integer, length)
}

pub(super) fn currency(api_name: &str) -> Field {
    Field::new(api_name, DataType::Currency, 16).with_decimals(2)
}

pub(super) fn date(api_name: &str) -> Field {
    Field::new(api_name, DataType::Date, 20)
}

pub(super) fn date_time(api_name: &str) -> Field {
    Field::new(api_name, DataType::DateTime, 20)
}

pub(super) fn description() -> Field {
    Field::new("Description", DataType::TextArea, 32_000)
}

/// A picklist; `-None-` stands first, as in every list of Zoho.
pub(super) fn pick_list(api_name: &str, length: u32, options: Options) -> Field {
    let mut field = Field::new(api_name, DataType::PickList, length);
    field.pick_list = std::iter::once(&("-None-", ""))
        .chain(options)
        .map(|(display, actual)| PickListValue {
            id: 0,
            display_value: (*display).to_owned(),
            actual_value: if actual.is_empty() { *display } else { actual }.to_string(),
        })
        .collect();
    field
}

pub(super) fn lookup(api_name: &str, module: &str, related_list: &str) -> Field {
    let mut field = Field::new(api_name, DataType::Lookup, 120);
    field.lookup = Some(Lookup {
        module: module.to_owned(),
        module_id: 0,
        related_list: related_list.to_owned(),
    });
    field
}

/// The columns of every module.
pub(super) fn system_columns(owner_label: &str) -> Vec<Field> {
    let owner = |name: &str, slot| Field::new(name, DataType::OwnerLookup, 120).from(slot);
    vec![
        // The sheet prints a length of 18 in metadata, while ids in use have 18 or 19 digits.
        Field::new("id", DataType::BigInt, 18)
            .from(Slot::Id)
            .read_only()
            .labelled("Record Id"),
        owner("Owner", Slot::Owner).labelled(owner_label),
        owner("Created_By", Slot::CreatedBy).read_only(),
        owner("Modified_By", Slot::ModifiedBy).read_only(),
        date_time("Created_Time")
            .from(Slot::CreatedTime)
            .read_only(),
        date_time("Modified_Time")
            .from(Slot::ModifiedTime)
            .read_only(),
        date_time("Last_Activity_Time")
            .from(Slot::ModifiedTime)
            .read_only(),
        date_time("Change_Log_Time__s")
            .from(Slot::ModifiedTime)
            .read_only(),
        pick_list("Record_Status__s", 120, RECORD_STATUS)
            .from(Slot::RecordStatus)
            .read_only(),
        boolean("Locked__s").read_only(),
        Field::new("Tag", DataType::Tag, 2_000),
        Field::new("Layout", DataType::Layout, 120).from(Slot::Layout),
    ]
}

/// Columns of modules that hold people.
pub(super) fn people_columns() -> Vec<Field> {
    vec![
        boolean("Email_Opt_Out"),
        pick_list("Unsubscribed_Mode", 120, UNSUBSCRIBED_MODE).read_only(),
        date_time("Unsubscribed_Time").read_only(),
        pick_list("Data_Source", 120, DATA_SOURCE)
            .from(Slot::DataSource)
            .read_only(),
    ]
}

/// Columns that enrichment and territories bring.
pub(super) fn enrichment_columns() -> Vec<Field> {
    vec![
        Field::new("Territories", DataType::Territories, 255)
            .from(Slot::EmptyList)
            .read_only(),
        pick_list("Enrich_Status__s", 120, ENRICH_STATUS).read_only(),
        date_time("Last_Enriched_Time__s").read_only(),
        Field::new("Record_Image", DataType::ProfileImage, 255).read_only(),
    ]
}
