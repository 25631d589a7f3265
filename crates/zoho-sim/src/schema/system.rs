//! Short ways to write a field, and the columns that modules share.

use super::picklists::{DATA_SOURCE, ENRICH_STATUS, Options, RECORD_STATUS, UNSUBSCRIBED_MODE};
use super::{AutoNumber, DataType, Field, Lookup, PickListValue, Slot};

pub(super) fn text(api_name: &str, length: u32) -> Field {
    Field::new(api_name, DataType::Text, length)
}

pub(super) fn text_area(api_name: &str, length: u32) -> Field {
    Field::new(api_name, DataType::TextArea, length)
}

pub(super) fn phone(api_name: &str) -> Field {
    Field::new(api_name, DataType::Phone, 30)
}

pub(super) fn email(api_name: &str) -> Field {
    Field::new(api_name, DataType::Email, 100)
}

pub(super) fn website(api_name: &str) -> Field {
    Field::new(api_name, DataType::Website, 255)
}

pub(super) fn boolean(api_name: &str) -> Field {
    Field::new(api_name, DataType::Boolean, 5)
}

pub(super) fn integer(api_name: &str, length: u32) -> Field {
    Field::new(api_name, DataType::Integer, length)
}

pub(super) fn big_integer(api_name: &str) -> Field {
    Field::new(api_name, DataType::BigInt, 18)
}

pub(super) fn double(api_name: &str) -> Field {
    Field::new(api_name, DataType::Double, 16).with_decimals(2)
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
    text_area("Description", 32_000)
}

/// A value of a kind that is more than one text or number.
pub(super) fn special(api_name: &str, data_type: DataType) -> Field {
    Field::new(api_name, data_type, 255)
}

/// A picklist; `-None-` stands first, as in every list of Zoho.
pub(super) fn pick_list(api_name: &str, length: u32, options: Options) -> Field {
    let mut field = Field::new(api_name, DataType::PickList, length);
    field.pick_list = std::iter::once(&("-None-", ""))
        .chain(options)
        .map(|(text, actual)| match *actual {
            "" => PickListValue::plain(text),
            actual => PickListValue::with_actual(text, actual),
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

pub(super) fn user(api_name: &str) -> Field {
    Field::new(api_name, DataType::OwnerLookup, 120)
}

/// A number that Zoho counts up itself, kept as a long integer.
pub(super) fn counted(api_name: &str) -> Field {
    let mut field = big_integer(api_name).read_only();
    field.auto_number = Some(AutoNumber {
        prefix: String::new(),
        suffix: String::new(),
        start_number: 1,
    });
    field
}

pub(super) fn subform(api_name: &str, module: &str) -> Field {
    let mut field = Field::new(api_name, DataType::Subform, 0);
    field.subform = Some(module.to_owned());
    field
}

/// A lookup to records of several modules.
pub(super) fn any_record(api_name: &str) -> Field {
    Field::new(api_name, DataType::MultiModuleLookup, 120)
}

/// Which of the columns that only some modules share a module has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shared {
    pub(super) last_activity: bool,
    pub(super) change_log: bool,
    pub(super) locked: bool,
    pub(super) tag: bool,
}

impl Shared {
    pub(super) const ALL: Self = Self {
        last_activity: true,
        change_log: true,
        locked: true,
        tag: true,
    };
    /// Tags and locks.
    pub(super) const LOCKED: Self = Self {
        last_activity: false,
        change_log: false,
        ..Self::ALL
    };
    pub(super) const TAGGED: Self = Self {
        locked: false,
        ..Self::LOCKED
    };
}

/// The columns of every module that has owners and layouts.
pub(super) fn system_columns(owner_label: &str, shared: Shared) -> Vec<Field> {
    let mut fields = row_columns();
    fields.insert(1, user("Owner").from(Slot::Owner).labelled(owner_label));
    let changed = |name: &str| date_time(name).from(Slot::ModifiedTime).read_only();
    if shared.last_activity {
        fields.push(changed("Last_Activity_Time"));
    }
    if shared.change_log {
        fields.push(changed("Change_Log_Time__s"));
    }
    fields.push(
        pick_list("Record_Status__s", 120, RECORD_STATUS)
            .from(Slot::RecordStatus)
            .read_only(),
    );
    if shared.locked {
        fields.push(boolean("Locked__s").read_only());
    }
    if shared.tag {
        fields.push(Field::new("Tag", DataType::Tag, 2_000));
    }
    fields.push(Field::new("Layout", DataType::Layout, 120).from(Slot::Layout));
    fields
}

/// Id, authors and times: all that a row of a sub-form has.
pub(super) fn row_columns() -> Vec<Field> {
    vec![
        // The sheet prints a length of 18 in metadata, while ids in use have 18 or 19 digits.
        big_integer("id")
            .from(Slot::Id)
            .read_only()
            .labelled("Record Id"),
        user("Created_By").from(Slot::CreatedBy).read_only(),
        user("Modified_By").from(Slot::ModifiedBy).read_only(),
        date_time("Created_Time")
            .from(Slot::CreatedTime)
            .read_only(),
        date_time("Modified_Time")
            .from(Slot::ModifiedTime)
            .read_only(),
    ]
}

/// Columns of modules that hold people.
pub(super) fn people_columns() -> Vec<Field> {
    let mut fields = mailing_columns();
    fields.push(
        pick_list("Data_Source", 120, DATA_SOURCE)
            .from(Slot::DataSource)
            .read_only(),
    );
    fields
}

/// Columns of modules to which mails are sent.
pub(super) fn mailing_columns() -> Vec<Field> {
    vec![
        boolean("Email_Opt_Out"),
        pick_list("Unsubscribed_Mode", 120, UNSUBSCRIBED_MODE).read_only(),
        date_time("Unsubscribed_Time").read_only(),
    ]
}

/// Columns that enrichment and territories bring.
pub(super) fn enrichment_columns() -> Vec<Field> {
    vec![
        special("Territories", DataType::Territories)
            .from(Slot::EmptyList)
            .read_only(),
        pick_list("Enrich_Status__s", 120, ENRICH_STATUS).read_only(),
        date_time("Last_Enriched_Time__s").read_only(),
        record_image(),
    ]
}

pub(super) fn record_image() -> Field {
    special("Record_Image", DataType::ProfileImage).read_only()
}

/// An address; the names of its parts begin with `kind`, and the postal code is called `code`.
pub(super) fn address(kind: &str, code: &str) -> Vec<Field> {
    vec![
        text(&format!("{kind}_Street"), 250),
        text(&format!("{kind}_City"), 100),
        text(&format!("{kind}_State"), 100),
        text(&format!("{kind}_{code}"), 30),
        text(&format!("{kind}_Country"), 100),
    ]
}
