//! What is looked for. When several are given, the first in the order criteria, email, phone, word counts.

use crate::catalog::{self, Refusal};
use crate::crm::param;
use crate::crm::query::{Filter, Folded, Leaf, Text, Value, narrow};
use crate::crm::records::{criteria, is_converted};
use crate::http::Query;
use crate::schema::{DataType, Module, Slot};
use crate::world::{Record, Table, World};

/// States of `approval_state`; every record is approved here.
const APPROVAL_STATES: [&str; 15] = [
    "approved",
    "approval_process_pending",
    "approval_process_rejected",
    "review_process_pending",
    "review_process_rejected",
    "webform_unapproved",
    "webform_invalid",
    "webform_invalid_approval",
    "webform_double_optin",
    "merge_pending",
    "zia_vision_pending",
    "zia_vision_validation",
    "zia_vision_rejected",
    "email_parser_waiting",
    "email_parser_rejected",
];

/// What is looked for.
#[derive(Debug)]
pub(in crate::crm::records) struct Terms {
    by: By,
    converted: Option<bool>,
    /// Records that are not approved are wanted only, and there are none.
    wants_none: bool,
}

#[derive(Debug)]
enum By {
    Criteria(Filter),
    Email(Folded, Vec<Leaf>),
    /// Digits, and the phone fields.
    Phone(String, Vec<Leaf>),
    /// Words, and the text fields.
    Word(Vec<Folded>, Vec<Leaf>),
}

impl Terms {
    /// `None` when no search parameter is given.
    pub(in crate::crm::records) fn read(
        world: &World,
        table: usize,
        query: &Query,
    ) -> Result<Option<Self>, Refusal> {
        let module = &world.tables[table].module;
        let by = if let Some(text) = query.get("criteria") {
            By::Criteria(criteria::parse(text, world, table)?)
        } else if let Some(email) = query.get("email") {
            let leaves = leaves_of(module, DataType::Email, "email")?;
            By::Email(Folded::of(email), leaves)
        } else if let Some(phone) = query.get("phone") {
            let leaves = leaves_of(module, DataType::Phone, "phone")?;
            By::Phone(phone_digits(phone)?, leaves)
        } else if let Some(word) = query.get("word") {
            let words: Vec<Folded> = Text::of(word).words().map(Folded::of).collect();
            if !(2..=100).contains(&word.chars().count()) || words.is_empty() {
                return Err(catalog::invalid_param("word"));
            }
            By::Word(words, leaves(module, DataType::is_text))
        } else {
            return Ok(None);
        };
        let converted = match param::word(query, "converted", &["true", "false", "both"], "false")?
        {
            "both" => None,
            word => module
                .position("Converted__s")
                .is_some()
                .then_some(word == "true"),
        };
        let approved = param::word(query, "approved", &["true", "false", "both"], "true")?;
        let mut states = query.list("approval_state").unwrap_or_default().into_iter();
        if states
            .clone()
            .any(|state| !APPROVAL_STATES.contains(&state))
        {
            return Err(catalog::unsupported_param(
                "approval_state",
                &APPROVAL_STATES,
            ));
        }
        let has_states = query.get("approval_state").is_some();
        let wants_none =
            approved == "false" || (has_states && !states.any(|state| state == "approved"));
        Ok(Some(Self {
            by,
            converted,
            wants_none,
        }))
    }

    /// Ids of records that may fit, where an index knows them.
    pub(super) fn narrowed(&self, world: &World, table: usize) -> Option<Vec<u64>> {
        match &self.by {
            _ if self.wants_none => Some(Vec::new()),
            By::Criteria(filter) => narrow::ids(world, table, filter),
            _ => None,
        }
    }

    pub(super) fn fit(&self, world: &World, table: &Table, record: &Record) -> bool {
        if self.wants_none
            || self
                .converted
                .is_some_and(|wanted| is_converted(table, record) != wanted)
        {
            return false;
        }
        let any_text = |leaves: &[Leaf], fits: &dyn Fn(Text<'_>) -> bool| {
            leaves
                .iter()
                .any(|leaf| match leaf.value(world, table, record) {
                    Value::Text(text) => fits(text),
                    _ => false,
                })
        };
        match &self.by {
            By::Criteria(filter) => filter.holds(world, table, record),
            By::Email(email, leaves) => any_text(leaves, &|text| email.is_within(text)),
            By::Phone(digits, leaves) => any_text(leaves, &|text| {
                let known: String = text.to_string();
                let known: String = known.chars().filter(char::is_ascii_digit).collect();
                known.contains(digits.as_str())
            }),
            By::Word(words, leaves) => any_text(leaves, &|text| {
                words
                    .iter()
                    .all(|wanted| text.words().any(|known| wanted.starts(Text::of(known))))
            }),
        }
    }
}

fn leaves(module: &Module, is_wanted: impl Fn(DataType) -> bool) -> Vec<Leaf> {
    (0u16..)
        .zip(&module.fields)
        .filter(|(_, field)| field.slot == Slot::Stored && is_wanted(field.data_type))
        .map(|(position, _)| Leaf::of(module, position))
        .collect()
}

fn leaves_of(module: &Module, data_type: DataType, param_name: &str) -> Result<Vec<Leaf>, Refusal> {
    let leaves = leaves(module, |known| known == data_type);
    if leaves.is_empty() {
        return Err(catalog::field_type_unavailable(param_name));
    }
    Ok(leaves)
}

/// The digits of a phone number in the form that search takes: at least three characters out of `[+]?[0-9\s\-().]+`.
fn phone_digits(text: &str) -> Result<String, Refusal> {
    // A plus sign that was not encoded arrives as a blank.
    let rest = text.trim_start().strip_prefix('+').unwrap_or(text);
    let is_form = rest
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter.is_whitespace() || "-().".contains(letter));
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    if text.trim().chars().count() < 3 || !is_form || digits.is_empty() {
        return Err(catalog::invalid_param("phone"));
    }
    Ok(digits)
}
