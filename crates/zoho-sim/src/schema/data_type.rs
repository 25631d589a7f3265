//! Zoho's `data_type` of a field.

use serde::{Deserialize, Serialize};

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    UserLookup,
    MultiSelectLookup,
    MultiUserLookup,
    MultiModuleLookup,
    Subform,
    AutoNumber,
    Formula,
    RollupSummary,
    FileUpload,
    ImageUpload,
    ProfileImage,
    Tag,
    Layout,
    Territories,
    /// Reminder of a task: `{"ALARM": "FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:…"}`.
    Alarm,
    /// Recurrence of a task or meeting: `{"RRULE": "FREQ=DAILY;…"}`.
    Recurrence,
    /// Reminders of a meeting: `[{"unit": 15, "period": "minutes"}]`.
    MultiReminder,
    Participants,
    /// Taxes that a product may carry: `[{"id", "value"}]`.
    Tax,
    /// Taxes of a line item: `[{"name", "percentage", "value", "id"}]`.
    LineTax,
    PricingDetails,
    Comments,
}

impl DataType {
    /// The name in field metadata.
    ///
    /// unknown: the names of the last four; no sample of their metadata is at hand.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Tag => "text",
            Self::TextArea => "textarea",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Website => "website",
            Self::PickList => "picklist",
            Self::MultiSelectPickList | Self::Tax => "multiselectpicklist",
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
            Self::UserLookup => "userlookup",
            Self::MultiSelectLookup => "multiselectlookup",
            Self::MultiUserLookup => "multiuserlookup",
            Self::MultiModuleLookup => "multi_module_lookup",
            Self::Subform => "subform",
            Self::AutoNumber => "autonumber",
            Self::Formula => "formula",
            Self::RollupSummary => "rollup_summary",
            Self::FileUpload => "fileupload",
            Self::ImageUpload => "imageupload",
            Self::ProfileImage => "profileimage",
            Self::Layout => "layout",
            Self::Territories => "territories",
            Self::Alarm => "ALARM",
            Self::Recurrence => "RRULE",
            Self::MultiReminder => "multireminder",
            Self::Participants => "participants",
            Self::LineTax => "line_tax",
            Self::PricingDetails => "pricing_details",
            Self::Comments => "comments",
        }
    }

    /// The JSON type that records carry, as in field metadata.
    pub(crate) fn json_type(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Double | Self::Currency | Self::Percent => "double",
            Self::Boolean => "boolean",
            Self::Lookup
            | Self::OwnerLookup
            | Self::UserLookup
            | Self::MultiModuleLookup
            | Self::Layout
            | Self::Alarm
            | Self::Recurrence => "jsonobject",
            Self::MultiSelectPickList
            | Self::MultiSelectLookup
            | Self::MultiUserLookup
            | Self::Subform
            | Self::FileUpload
            | Self::ImageUpload
            | Self::Tag
            | Self::Territories
            | Self::MultiReminder
            | Self::Participants
            | Self::Tax
            | Self::LineTax
            | Self::PricingDetails
            | Self::Comments => "jsonarray",
            _ => "string",
        }
    }

    /// The type by its name in a seed file or a field creation, for the types that an own field can have.
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
            Self::UserLookup,
            Self::MultiSelectLookup,
            Self::MultiUserLookup,
            Self::Subform,
            Self::AutoNumber,
            Self::Formula,
            Self::RollupSummary,
            Self::FileUpload,
            Self::ImageUpload,
        ]
        .into_iter()
        .find(|data_type| data_type.name() == name)
    }

    /// The longest value when nothing is said.
    pub(crate) fn default_length(self) -> u32 {
        match self {
            Self::TextArea => 2_000,
            Self::Email => 100,
            Self::Phone => 30,
            Self::PickList | Self::Lookup | Self::OwnerLookup | Self::UserLookup => 120,
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
                | Self::AutoNumber
        )
    }

    /// One value that stands for itself: a text, a number, a date, or a reference whose module is known.
    pub(crate) fn is_plain(self) -> bool {
        self.is_text() && self != Self::AutoNumber
            || matches!(
                self,
                Self::Date
                    | Self::DateTime
                    | Self::Integer
                    | Self::BigInt
                    | Self::Double
                    | Self::Currency
                    | Self::Percent
                    | Self::Boolean
                    | Self::MultiSelectPickList
                    | Self::Lookup
                    | Self::OwnerLookup
                    | Self::UserLookup
            )
    }

    /// Values are ids of records or users.
    pub(crate) fn is_reference(self) -> bool {
        matches!(
            self,
            Self::Lookup | Self::OwnerLookup | Self::UserLookup | Self::MultiModuleLookup
        )
    }

    /// Values are ids of users.
    pub(crate) fn is_user(self) -> bool {
        matches!(self, Self::OwnerLookup | Self::UserLookup)
    }
}
