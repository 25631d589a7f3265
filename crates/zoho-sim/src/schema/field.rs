//! One field of a module.

use crate::world::ids::Ids;

/// Zoho's `data_type` of a field, for the types that the built modules use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataType {
    Text,
    TextArea,
    Email,
    Phone,
    Website,
    PickList,
    MultiSelectPickList,
    Date,
    DateTime,
    Integer,
    BigInt,
    Double,
    Currency,
    Percent,
    Boolean,
    Lookup,
    OwnerLookup,
    ProfileImage,
    Tag,
    Layout,
    Territories,
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Id,
    Owner,
    CreatedBy,
    ModifiedBy,
    CreatedTime,
    ModifiedTime,
    RecordStatus,
    Layout,
    DataSource,
    /// First and last name joined.
    FullName,
    /// Amount × probability of a deal.
    ExpectedRevenue,
    /// Kept in the record's cells.
    Stored,
    /// A list that nothing built so far can fill.
    EmptyList,
}

/// One option of a picklist: label, text in records, and internal text.
#[derive(Debug, Clone)]
pub(crate) struct PickListValue {
    pub(crate) id: u64,
    pub(crate) display_value: String,
    pub(crate) actual_value: String,
}

/// The module that a lookup points to, and the related list on its side.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    pub(crate) module: String,
    pub(crate) module_id: u64,
    pub(crate) related_list: String,
}

/// One field with its rules.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent fact of Zoho's field metadata"
)]
pub(crate) struct Field {
    pub(crate) id: u64,
    pub(crate) api_name: String,
    pub(crate) label: String,
    pub(crate) data_type: DataType,
    pub(crate) length: u32,
    pub(crate) decimal_place: Option<u8>,
    pub(crate) slot: Slot,
    pub(crate) is_mandatory: bool,
    pub(crate) is_layout_mandatory: bool,
    pub(crate) is_read_only: bool,
    pub(crate) is_custom: bool,
    pub(crate) is_unique: bool,
    pub(crate) pick_list: Vec<PickListValue>,
    pub(crate) lookup: Option<Lookup>,
}

impl Field {
    pub(crate) fn new(api_name: &str, data_type: DataType, length: u32) -> Self {
        Self {
            id: 0,
            api_name: api_name.to_owned(),
            label: label_of(api_name),
            data_type,
            length,
            decimal_place: None,
            slot: Slot::Stored,
            is_mandatory: false,
            is_layout_mandatory: false,
            is_read_only: false,
            is_custom: false,
            is_unique: false,
            pick_list: Vec::new(),
            lookup: None,
        }
    }

    pub(crate) fn labelled(mut self, label: &str) -> Self {
        label.clone_into(&mut self.label);
        self
    }

    pub(crate) fn mandatory(mut self) -> Self {
        self.is_mandatory = true;
        self.is_layout_mandatory = true;
        self
    }

    pub(crate) fn layout_mandatory(mut self) -> Self {
        self.is_layout_mandatory = true;
        self
    }

    pub(crate) fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    pub(crate) fn from(mut self, slot: Slot) -> Self {
        self.slot = slot;
        self
    }

    pub(crate) fn with_decimals(mut self, decimal_place: u8) -> Self {
        self.decimal_place = Some(decimal_place);
        self
    }

    pub(crate) fn give_ids(&mut self, ids: &mut Ids, module_ids: &[(&str, u64)]) {
        self.id = ids.next();
        for value in &mut self.pick_list {
            value.id = ids.next();
        }
        if let Some(lookup) = &mut self.lookup {
            lookup.module_id = module_ids
                .iter()
                .find(|(name, _)| *name == lookup.module)
                .map_or(0, |(_, id)| *id);
        }
    }
}

impl DataType {
    /// The name in field metadata.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Tag => "text",
            Self::TextArea => "textarea",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Website => "website",
            Self::PickList => "picklist",
            Self::MultiSelectPickList => "multiselectpicklist",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Integer => "integer",
            Self::BigInt => "bigint",
            Self::Double => "double",
            Self::Currency => "currency",
            Self::Percent => "percent",
            Self::Boolean => "boolean",
            Self::Lookup => "lookup",
            Self::OwnerLookup => "ownerlookup",
            Self::ProfileImage => "profileimage",
            Self::Layout => "layout",
            Self::Territories => "territories",
        }
    }

    /// The JSON type that records carry, as in field metadata.
    pub(crate) fn json_type(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Double | Self::Currency | Self::Percent => "double",
            Self::Boolean => "boolean",
            Self::Lookup | Self::OwnerLookup | Self::Layout => "jsonobject",
            Self::MultiSelectPickList | Self::Tag | Self::Territories => "jsonarray",
            _ => "string",
        }
    }

    /// The type by its name in a seed file, for the types that an own field can have.
    pub(crate) fn of_own_field(name: &str) -> Option<Self> {
        [
            Self::Text,
            Self::TextArea,
            Self::Email,
            Self::Phone,
            Self::Website,
            Self::PickList,
            Self::MultiSelectPickList,
            Self::Date,
            Self::DateTime,
            Self::Integer,
            Self::BigInt,
            Self::Double,
            Self::Currency,
            Self::Percent,
            Self::Boolean,
            Self::Lookup,
            Self::OwnerLookup,
        ]
        .into_iter()
        .find(|data_type| data_type.name() == name)
    }

    /// The longest value when a seed gives no length.
    pub(crate) fn default_length(self) -> u32 {
        match self {
            Self::TextArea => 2_000,
            Self::Email => 100,
            Self::Phone => 30,
            Self::PickList | Self::Lookup | Self::OwnerLookup => 120,
            Self::MultiSelectPickList => 1_000,
            Self::Integer => 9,
            Self::BigInt => 18,
            Self::Double | Self::Currency => 16,
            Self::Percent => 5,
            Self::Boolean => 5,
            Self::Date | Self::DateTime => 20,
            _ => 255,
        }
    }

    /// Whether search by word looks into fields of this type.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::TextArea
                | Self::Email
                | Self::Phone
                | Self::Website
                | Self::PickList
        )
    }
}

/// `Lead_Source` is shown as `Lead Source`.
fn label_of(api_name: &str) -> String {
    api_name.trim_end_matches("__s").replace('_', " ")
}
