//! What the check needs to know of a module: its fields with types, lengths and rules, from Zoho's field metadata
//! (`GET /settings/fields`).

use serde::{Deserialize, Serialize};

use super::key_table::KeyTable;

/// One field, as Zoho's metadata describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRule {
    /// The name in record JSON.
    pub api_name: String,
    /// The name that people see.
    pub label: String,
    /// Zoho's `data_type`: `text`, `email`, `picklist`, `lookup` …
    pub data_type: String,
    /// Zoho's `json_type`: `string`, `integer`, `double`, `boolean`, `jsonobject`, `jsonarray`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_type: Option<String>,
    /// Characters of a text, digits of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Digits behind the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_place: Option<u32>,
    /// Zoho's `system_mandatory`: the API refuses a record without it. What only a layout requires isn't meant.
    #[serde(default)]
    pub is_mandatory: bool,
    /// Whether an insert may set it (`operation_type.api_create`).
    pub is_writable_on_insert: bool,
    /// Whether an update may set it (`operation_type.api_update`).
    pub is_writable_on_update: bool,
    /// The options of a picklist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pick_list_values: Vec<PickListValue>,
    /// The module that a lookup points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup_module: Option<String>,
}

/// One option of a picklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickListValue {
    /// What people see; it may be translated.
    pub display_value: String,
    /// What stands in record JSON.
    pub reference_value: String,
}

/// A module's fields, ready for [`super::check`].
#[derive(Debug, Clone)]
pub struct ModuleSchema {
    module: String,
    fields: Vec<FieldRule>,
    pub(super) shapes: Vec<Shape>,
    pub(super) names: KeyTable,
    /// Numbers of the fields that no record may lack.
    pub(super) mandatory: Vec<usize>,
}

impl ModuleSchema {
    /// Collects the fields of the module with this API name.
    #[must_use]
    pub fn new(module: impl Into<String>, fields: impl IntoIterator<Item = FieldRule>) -> Self {
        let fields: Vec<FieldRule> = fields.into_iter().collect();
        Self {
            module: module.into(),
            shapes: fields.iter().map(Shape::of).collect(),
            names: KeyTable::new(
                fields
                    .iter()
                    .enumerate()
                    .map(|(number, field)| (field.api_name.as_str(), number)),
            ),
            mandatory: (0..fields.len())
                .filter(|&number| fields[number].is_mandatory)
                .collect(),
            fields,
        }
    }

    /// The module's API name.
    #[must_use]
    pub fn module(&self) -> &str {
        &self.module
    }

    /// The fields, in the order of the metadata.
    #[must_use]
    pub fn fields(&self) -> &[FieldRule] {
        &self.fields
    }

    /// The field of this API name.
    #[must_use]
    pub fn field(&self, api_name: &str) -> Option<&FieldRule> {
        self.fields.get(self.names.find(api_name.as_bytes())?)
    }
}

/// What a field's value must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Text, also of picklists and web addresses.
    Text,
    Email,
    Phone,
    Date,
    Datetime,
    /// A JSON number without decimals.
    Integer,
    /// Text of digits.
    LongInteger,
    /// A JSON number.
    Decimal,
    Boolean,
    List,
    /// An object that names another record or a user.
    Lookup,
    Object,
    /// Not known well enough to refuse anything.
    Any,
}

impl Shape {
    fn of(field: &FieldRule) -> Self {
        let shape = match field.data_type.as_str() {
            "text" | "textarea" | "picklist" | "website" => Self::Text,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "date" => Self::Date,
            "datetime" => Self::Datetime,
            "integer" => Self::Integer,
            "bigint" => Self::LongInteger,
            "double" | "currency" | "percent" => Self::Decimal,
            "boolean" => Self::Boolean,
            "multiselectpicklist"
            | "multiselectlookup"
            | "multiuserlookup"
            | "subform"
            | "fileupload"
            | "imageupload" => Self::List,
            "lookup" | "ownerlookup" | "userlookup" => Self::Lookup,
            "layout" => Self::Object,
            _ => Self::Any,
        };
        // Where the two types contradict each other (a tag is `text` and `jsonarray`), the JSON type is the one
        // that Zoho's own answers follow.
        match field.json_type.as_deref() {
            Some(json_type) if json_type == shape.json_type() => shape,
            None => shape,
            Some("jsonarray") => Self::List,
            Some("jsonobject") => Self::Object,
            Some(_) => Self::Any,
        }
    }

    /// Zoho's word for the JSON type that values of this shape have.
    pub(super) fn json_type(self) -> &'static str {
        match self {
            Self::Text
            | Self::Email
            | Self::Phone
            | Self::Date
            | Self::Datetime
            | Self::LongInteger => "string",
            Self::Integer => "integer",
            Self::Decimal => "double",
            Self::Boolean => "boolean",
            Self::List => "jsonarray",
            Self::Lookup | Self::Object => "jsonobject",
            Self::Any => "any",
        }
    }
}
