//! One field of a module.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::DataType;
use crate::world::ids::Ids;

/// Where the value of a field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// One option of a picklist. Records carry the reference value; the display value is what people see and may be renamed; the
/// actual value never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PickListValue {
    pub(crate) id: u64,
    pub(crate) display_value: String,
    pub(crate) reference_value: String,
    pub(crate) actual_value: String,
    pub(crate) colour_code: Option<String>,
    pub(crate) is_used: bool,
}

impl PickListValue {
    /// An option whose three texts are the same.
    pub(crate) fn plain(text: &str) -> Self {
        Self {
            id: 0,
            display_value: text.to_owned(),
            reference_value: text.to_owned(),
            actual_value: text.to_owned(),
            colour_code: None,
            is_used: true,
        }
    }

    pub(crate) fn with_actual(text: &str, actual_value: &str) -> Self {
        Self {
            actual_value: actual_value.to_owned(),
            ..Self::plain(text)
        }
    }
}

/// The module that a lookup points to, and the related list on its side.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Lookup {
    pub(crate) module: String,
    pub(crate) module_id: u64,
    pub(crate) related_list: String,
}

/// How a multi-select lookup (or multi-user lookup) is kept: as rows of a linking module with one lookup to each side.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Linking {
    pub(crate) module: String,
    /// Lookup of the linking module to the record that has the field.
    pub(crate) own_field: String,
    /// Lookup of the linking module to the chosen record.
    pub(crate) other_field: String,
    /// Module of the chosen records; users when the field is a multi-user lookup.
    pub(crate) connected_module: String,
}

/// How an auto number is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AutoNumber {
    #[serde(default)]
    pub(crate) prefix: String,
    #[serde(default)]
    pub(crate) suffix: String,
    pub(crate) start_number: u64,
}

impl AutoNumber {
    /// The value with this number.
    pub(crate) fn text(&self, number: u64) -> String {
        format!("{}{number}{}", self.prefix, self.suffix)
    }
}

/// A value computed from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Formula {
    pub(crate) return_type: DataType,
    pub(crate) expression: String,
}

/// A value gathered from related records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rollup {
    pub(crate) return_type: DataType,
    /// `COUNT`, `SUM`, `AVERAGE`, `MINIMUM` or `MAXIMUM`.
    pub(crate) function: String,
    /// Module whose records are gathered, and its lookup to this one.
    pub(crate) module: String,
    pub(crate) lookup_field: String,
    /// Field that is gathered; none for `COUNT`.
    pub(crate) field: Option<String>,
}

/// One field with its rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// Mandatory in the standard layout.
    pub(crate) is_layout_mandatory: bool,
    pub(crate) is_read_only: bool,
    pub(crate) is_custom: bool,
    pub(crate) is_unique: bool,
    /// A picklist that takes no new values.
    pub(crate) is_restricted: bool,
    /// Value of new records that give none.
    pub(crate) default_value: Option<String>,
    pub(crate) pick_list: Vec<PickListValue>,
    pub(crate) lookup: Option<Lookup>,
    /// Module of the rows of a sub-form.
    pub(crate) subform: Option<String>,
    pub(crate) linking: Option<Linking>,
    pub(crate) auto_number: Option<AutoNumber>,
    pub(crate) formula: Option<Formula>,
    pub(crate) rollup: Option<Rollup>,
    /// What setup says about the field without any effect on records: tooltip, permissions, privacy … printed as given.
    #[serde(default)]
    pub(crate) extra: Map<String, Value>,
    /// Of an own field.
    #[serde(default)]
    pub(crate) created_at: Option<i64>,
    #[serde(default)]
    pub(crate) modified_at: Option<i64>,
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
            is_restricted: false,
            default_value: None,
            pick_list: Vec::new(),
            lookup: None,
            subform: None,
            linking: None,
            auto_number: None,
            formula: None,
            rollup: None,
            extra: Map::new(),
            created_at: None,
            modified_at: None,
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

    /// Rows, links and lists that only the answer for one record shows.
    pub(crate) fn is_left_out_of_lists(&self) -> bool {
        matches!(
            self.data_type,
            DataType::Subform | DataType::MultiSelectLookup | DataType::MultiUserLookup
        )
    }

    /// Module of the rows that the field lists: of a sub-form, or the pairs of a multi-select lookup.
    pub(crate) fn rows_module(&self) -> Option<&str> {
        let linking = self.linking.as_ref().map(|linking| linking.module.as_str());
        self.subform.as_deref().or(linking)
    }

    /// A text with formatting.
    pub(crate) fn is_rich_text(&self) -> bool {
        self.data_type == DataType::TextArea && self.length > 32_000
    }

    pub(crate) fn give_ids(&mut self, ids: &mut Ids, module_ids: &[(String, u64)]) {
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

/// `Lead_Source` is shown as `Lead Source`.
fn label_of(api_name: &str) -> String {
    api_name.trim_end_matches("__s").replace('_', " ")
}
