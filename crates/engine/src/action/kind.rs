//! What an action is made of: its inputs with their kinds, and what it does to Zoho.

use serde::Serialize;

/// A product of Zoho's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// Zoho CRM.
    Crm,
    /// Zoho Books.
    Books,
}

impl Product {
    /// As it begins the names of actions.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crm => "crm",
            Self::Books => "books",
        }
    }
}

/// What an action does to Zoho.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing; it only reads.
    Reads,
    /// It makes or changes something.
    Changes,
    /// It does what cannot be taken back by another action: the command line asks for `--yes`.
    Destroys,
    /// The inputs decide (a raw request).
    Depends,
}

/// One input.
#[derive(Debug)]
pub struct Input {
    /// Its name, as JSON member; the command line writes it with hyphens.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
    /// What it is for, in a sentence without a full stop.
    pub summary: &'static str,
}

impl Input {
    pub(crate) const fn required(name: &'static str, kind: Kind, summary: &'static str) -> Self {
        Self {
            name,
            kind,
            need: Need::Required,
            summary,
        }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind, summary: &'static str) -> Self {
        Self {
            name,
            kind,
            need: Need::Optional,
            summary,
        }
    }

    /// An input with a default, written as JSON.
    pub(crate) const fn or(
        name: &'static str,
        kind: Kind,
        default: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            need: Need::Default(default),
            summary,
        }
    }
}

/// Whether an input must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may be left out.
    Optional,
    /// It may be left out; then this JSON counts.
    Default(&'static str),
}

/// What an input takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A text that may have several lines.
    LongText,
    /// A module's API name, such as `Leads`.
    Module,
    /// A field's API name, such as `Last_Name`.
    Field,
    /// Field API names: a list, or a text with commas.
    Fields,
    /// Texts: a list, or a text with commas.
    Texts,
    /// A record's id.
    RecordId,
    /// Ids of records: a list, or a text with commas.
    RecordIds,
    /// A record type of Books, such as `invoice`.
    RecordType,
    /// A Books organisation's id.
    OrganizationId,
    /// An instant: `2026-01-31T09:00:00Z`.
    Instant,
    /// A whole number within bounds.
    Integer(i64, i64),
    /// True or false.
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Names and values: an object, or a list of `{"key": …, "value": …}`.
    Values,
    /// The same for fields of the module, or members of the record type, that the inputs name.
    FieldValues,
    /// A list of such objects, 1 to this many.
    Records(usize),
    /// Any JSON.
    Json,
    /// A file: sent beside the inputs, or as text, or as `{"base64": …}`.
    File,
    /// Several files by name.
    Files,
}

impl Kind {
    /// What a person should write, for messages and for the command line.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Text | Self::LongText => "a text",
            Self::Module => "a module's API name, such as Leads",
            Self::Field => "a field's API name, such as Last_Name",
            Self::Fields => "field API names, such as Last_Name,Email",
            Self::Texts => "texts, with commas between them or as a list",
            Self::RecordId => "a record's id: digits only",
            Self::RecordIds => "ids of records, with commas between them or as a list",
            Self::RecordType => "a record type of Zoho Books, such as invoice",
            Self::OrganizationId => "the id of a Books organisation: digits only",
            Self::Instant => "an instant such as 2026-01-31T09:00:00Z",
            Self::Integer(..) => "a whole number",
            Self::Boolean => "true or false",
            Self::Choice(_) => "one of the words that are named",
            Self::Values | Self::FieldValues => {
                r#"an object with names and values, such as {"Last_Name": "Ray"}"#
            }
            Self::Records(_) => r#"a list of objects, such as [{"Last_Name": "Ray"}]"#,
            Self::Json => "any JSON",
            Self::File => "a file",
            Self::Files => "files by name",
        }
    }

    /// Whether it comes as a file beside the other inputs.
    #[must_use]
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Files)
    }
}
