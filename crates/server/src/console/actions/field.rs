//! One input of an action as a field of its form.

use leadway_engine::action::{Action, Input, Kind, Need, Offer, Offers, Product};

use super::form::{Refused, rows};
use crate::console::visitor::Fields;

/// Rows that wait to be filled in for a record's fields; one is enough for everything else.
const EMPTY_ROWS: usize = 3;

/// An input with what stands in it.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) is_required: bool,
    /// What counts when it is left out.
    pub(super) default: Option<&'static str>,
    /// What to write, beyond what the control itself shows.
    pub(super) hint: Option<&'static str>,
    pub(super) control: Control,
    pub(super) refused: Option<Refused>,
    /// The list of names that is offered.
    pub(super) offer: Option<Offer>,
    /// Whether names depend on it: it is the module or the record type.
    pub(super) is_subject: bool,
}

/// How a value is filled in.
#[derive(Debug)]
pub(super) enum Control {
    Line(Line),
    Lines { value: String, is_code: bool },
    Choice(Vec<Choice>),
    Rows { rows: Vec<Row>, json: String },
    File,
    Files(Vec<Row>),
}

/// A value on one line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) value: String,
    /// Bounds of a whole number.
    pub(super) bounds: Option<(i64, i64)>,
    pub(super) placeholder: &'static str,
    /// Whether only digits are typed.
    pub(super) is_digits: bool,
    /// Whether several are written with commas between them.
    pub(super) is_list: bool,
}

/// One of the words of a choice.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A name with its value, or a part's name with its file.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) value: String,
    /// Whether values are offered for the name.
    pub(super) has_offer: bool,
    /// Whether it is what was refused.
    pub(super) is_refused: bool,
}

impl Field {
    pub(super) fn new(
        action: &Action,
        input: &'static Input,
        fields: &Fields,
        offers: &Offers,
    ) -> Self {
        Self {
            name: input.name,
            summary: input.summary,
            is_required: input.need == Need::Required,
            default: match input.need {
                Need::Default(json) => Some(json.trim_matches('"')),
                _ => None,
            },
            hint: hint(input.kind),
            control: control(input, fields, offers),
            refused: None,
            offer: input.offer(action.product()),
            is_subject: input.kind == Kind::Module
                || (action.product() == Product::Books && input.name == "record_type"),
        }
    }

    /// Whether a value is there.
    pub(super) fn is_filled(&self) -> bool {
        match &self.control {
            Control::Line(line) => !line.value.is_empty(),
            Control::Lines { value, .. } => !value.is_empty(),
            Control::Choice(choices) => choices
                .iter()
                .any(|choice| choice.is_chosen && !choice.value.is_empty()),
            Control::Rows { rows, json } => {
                !json.is_empty() || rows.iter().any(|row| !row.name.is_empty())
            }
            Control::File => false,
            Control::Files(rows) => rows.iter().any(|row| !row.name.is_empty()),
        }
    }

    /// Whether it is as wide as the form.
    pub(super) fn is_wide(&self) -> bool {
        !matches!(self.control, Control::Line(_) | Control::Choice(_))
    }

    /// Whether a problem that names a field of Zoho's is about a value in here.
    pub(super) fn holds(&self, name: &str) -> bool {
        match &self.control {
            Control::Rows { rows, json } => {
                rows.iter().any(|row| row.name == name) || json.contains(&format!("\"{name}\""))
            }
            _ => false,
        }
    }
}

fn hint(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Fields | Kind::Texts | Kind::RecordIds => {
            Some("Commas between them, or a JSON list.")
        }
        Kind::FieldValues => Some("An empty value clears the field."),
        Kind::Values => Some("What reads as JSON is JSON, everything else is text."),
        Kind::Json => Some("JSON; anything else is sent as text."),
        Kind::Records(_) => Some("A JSON list of objects, such as [{\"Last_Name\": \"Ray\"}]."),
        Kind::Instant => Some("With its offset from UTC."),
        _ => None,
    }
}

fn control(input: &Input, fields: &Fields, offers: &Offers) -> Control {
    let field = format!("input.{}", input.name);
    let value = fields.get(&field).unwrap_or_default().to_owned();
    let line = |placeholder| Line {
        value: value.clone(),
        bounds: None,
        placeholder,
        is_digits: false,
        is_list: false,
    };
    match input.kind {
        Kind::LongText => Control::Lines {
            value,
            is_code: false,
        },
        Kind::Json | Kind::Records(_) => Control::Lines {
            value,
            is_code: true,
        },
        Kind::Boolean => Control::Choice(choices(input, &["true", "false"], &value)),
        Kind::Choice(words) => Control::Choice(choices(input, words, &value)),
        Kind::Values | Kind::FieldValues => Control::Rows {
            rows: value_rows(input, fields, offers),
            json: fields
                .get(&format!("{field}.json"))
                .unwrap_or_default()
                .to_owned(),
        },
        Kind::File => Control::File,
        Kind::Files => Control::Files(file_rows(fields, &field)),
        Kind::Integer(low, high) => Control::Line(Line {
            bounds: Some((low, high)),
            ..line("")
        }),
        Kind::RecordId | Kind::OrganizationId => Control::Line(Line {
            is_digits: true,
            ..line("")
        }),
        Kind::Fields | Kind::Texts | Kind::RecordIds => Control::Line(Line {
            is_list: true,
            ..line("")
        }),
        Kind::Instant => Control::Line(line("2026-01-31T09:00:00Z")),
        Kind::Text | Kind::Module | Kind::Field | Kind::RecordType => Control::Line(line("")),
    }
}

fn choices(input: &Input, words: &[&'static str], value: &str) -> Vec<Choice> {
    let left_out = match input.need {
        Need::Required => "choose one".to_owned(),
        Need::Optional => "left out".to_owned(),
        Need::Default(json) => format!("left out: {}", json.trim_matches('"')),
    };
    let nothing = Choice {
        value: "",
        label: left_out,
        is_chosen: value.is_empty(),
    };
    let words = words.iter().map(|word| Choice {
        value: word,
        label: (*word).to_owned(),
        is_chosen: word.eq_ignore_ascii_case(value),
    });
    std::iter::once(nothing).chain(words).collect()
}

fn value_rows(input: &Input, fields: &Fields, offers: &Offers) -> Vec<Row> {
    let field = format!("input.{}", input.name);
    let filled = rows(fields, &format!("{field}."), &["name", "value"]);
    let mut shown: Vec<Row> = (0..)
        .zip(&filled)
        .map(|(number, row)| {
            let member = |name: &str| {
                let value = fields.get(&format!("{field}.{row}.{name}"));
                value.unwrap_or_default().to_owned()
            };
            let name = member("name");
            Row {
                number,
                value: member("value"),
                has_offer: offers.field(&name).is_some_and(offers_values),
                is_refused: false,
                name,
            }
        })
        .collect();
    let next = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    let is_record = input.kind == Kind::FieldValues && input.name == "values";
    shown.extend(
        (next..)
            .take(if is_record { EMPTY_ROWS } else { 1 })
            .map(empty),
    );
    shown
}

fn file_rows(fields: &Fields, field: &str) -> Vec<Row> {
    // Browsers do not fill in files again, so only the names of their parts stay.
    let filled = rows(fields, &format!("{field}."), &["name"]);
    let mut shown: Vec<Row> = (0..)
        .zip(&filled)
        .map(|(number, row)| Row {
            name: fields
                .get(&format!("{field}.{row}.name"))
                .unwrap_or_default()
                .to_owned(),
            ..empty(number)
        })
        .collect();
    let next = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    shown.push(empty(next));
    shown
}

fn empty(number: u32) -> Row {
    Row {
        number,
        name: String::new(),
        value: String::new(),
        has_offer: false,
        is_refused: false,
    }
}

/// Whether a field's values can be offered: a picklist's, or true and false.
pub(super) fn offers_values(field: &leadway_engine::action::OfferedField) -> bool {
    !field.values.is_empty() || field.data_type == "boolean"
}
