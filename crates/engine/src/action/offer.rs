//! What a form may offer for an input: names from the connection's live metadata and from the registry of Zoho Books.

use zoho::books::RecordType;

use super::{Input, Kind, Product};
use crate::mapping::FieldRule;

/// From what an input's value, or the names in it, can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Modules of the organisation.
    Modules,
    /// Fields of the module, or members of the record type, that the inputs name.
    Fields,
    /// Record types of Zoho Books.
    RecordTypes,
    /// Filters of the record type.
    SearchFields,
    /// Columns that the record type can be sorted by.
    SortColumns,
    /// What else can be done with records of the type.
    RecordActions,
}

impl Offer {
    /// A word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Modules => "modules",
            Self::Fields => "fields",
            Self::RecordTypes => "record_types",
            Self::SearchFields => "search_fields",
            Self::SortColumns => "sort_columns",
            Self::RecordActions => "record_actions",
        }
    }
}

impl Input {
    /// What can be offered for it.
    #[must_use]
    pub fn offer(&self, product: Product) -> Option<Offer> {
        match (product, self.kind, self.name) {
            (_, Kind::Module, _) => Some(Offer::Modules),
            (_, Kind::RecordType, _) => Some(Offer::RecordTypes),
            (_, Kind::Field | Kind::Fields | Kind::FieldValues, _) => Some(Offer::Fields),
            (Product::Books, Kind::Values, "search_fields") => Some(Offer::SearchFields),
            (Product::Books, Kind::Text, "sort_by") => Some(Offer::SortColumns),
            (Product::Books, Kind::Text, "action") => Some(Offer::RecordActions),
            _ => None,
        }
    }
}

/// Names to choose from, each with what people call it, where that differs.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// See [`Offer::Modules`].
    pub modules: Vec<(String, String)>,
    /// See [`Offer::Fields`].
    pub fields: Vec<OfferedField>,
    /// See [`Offer::RecordTypes`].
    pub record_types: Vec<&'static str>,
    /// See [`Offer::SearchFields`].
    pub search_fields: Vec<&'static str>,
    /// See [`Offer::SortColumns`].
    pub sort_columns: Vec<&'static str>,
    /// See [`Offer::RecordActions`].
    pub record_actions: Vec<&'static str>,
    /// Why names are missing.
    pub trouble: Option<String>,
}

/// A field to choose.
#[derive(Debug, Clone)]
pub struct OfferedField {
    /// Its API name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Zoho's `data_type`; empty where nobody says.
    pub data_type: String,
    /// Zoho's `json_type`.
    pub json_type: Option<String>,
    /// What a picklist takes.
    pub values: Vec<String>,
}

impl From<&FieldRule> for OfferedField {
    fn from(rule: &FieldRule) -> Self {
        let values = rule.pick_list_values.iter();
        Self {
            name: rule.api_name.clone(),
            label: rule.label.clone(),
            data_type: rule.data_type.clone(),
            json_type: rule.json_type.clone(),
            values: values.map(|value| value.reference_value.clone()).collect(),
        }
    }
}

impl Offers {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&OfferedField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What the registry knows of a record type; no call is spent.
    pub(crate) fn of_record_type(name: Option<&str>) -> Self {
        let record_types: Vec<&'static str> = RecordType::all().map(RecordType::name).collect();
        let chosen = name.and_then(|name| RecordType::find(name).ok());
        let Some(chosen) = chosen else {
            return Self {
                record_types,
                ..Self::default()
            };
        };
        let member = |name: &'static str| OfferedField {
            name: name.to_owned(),
            label: String::new(),
            data_type: String::new(),
            json_type: None,
            values: Vec::new(),
        };
        Self {
            record_types,
            fields: chosen.fields().map(member).collect(),
            search_fields: chosen.filters().collect(),
            sort_columns: chosen.sort_columns().collect(),
            record_actions: chosen.actions().collect(),
            ..Self::default()
        }
    }
}
