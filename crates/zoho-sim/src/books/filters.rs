//! Which records a list shows: views, states, filters with their suffix forms, text search, changes since a time.
//!
//! One long file, since all of it reads one query into one test of a record.

use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::problem::Problem;
use super::registry::{Operation, REGISTRY, RecordType};
use super::rules;
use super::state::Organisation;
use super::time;
use crate::http::Query;
use crate::world::parse_date;

/// Longest text that is searched for.
const SEARCH_MAX: usize = 100;

/// Parameters of lists that are no filters.
const NO_FILTERS: [&str; 12] = [
    "page",
    "per_page",
    "sort_column",
    "sort_order",
    "filter_by",
    "search_text",
    "status",
    "response_option",
    "last_modified_time",
    "organization_id",
    "print",
    "accept",
];

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Is,
    StartsWith,
    Contains,
    LessThan,
    LessEquals,
    GreaterThan,
    GreaterEquals,
    Start,
    End,
    Before,
    After,
}

const FORMS: [(&str, Form, &str); 10] = [
    ("_startswith", Form::StartsWith, "startswith"),
    ("_contains", Form::Contains, "contains"),
    ("_less_than", Form::LessThan, "less_than"),
    ("_less_equals", Form::LessEquals, "less_equals"),
    ("_greater_than", Form::GreaterThan, "greater_than"),
    ("_greater_equals", Form::GreaterEquals, "greater_equals"),
    ("_start", Form::Start, "start"),
    ("_end", Form::End, "end"),
    ("_before", Form::Before, "before"),
    ("_after", Form::After, "after"),
];

/// One filter.
struct Filter {
    member: String,
    form: Form,
    wanted: String,
}

/// All filters of a list.
pub(super) struct Filters {
    /// `applied_filter` of the answer.
    pub(super) view: String,
    status: Option<String>,
    search: Option<String>,
    /// Changed at or after this time.
    pub(super) since: Option<i64>,
    filters: Vec<Filter>,
    /// `search_criteria` of the answer.
    pub(super) criteria: Vec<Datum>,
}

impl Filters {
    pub(super) fn read(
        kind: &RecordType,
        operation: &Operation,
        query: &Query,
    ) -> Result<Self, Problem> {
        let mut read = Self {
            view: view(kind, query)?,
            status: None,
            search: None,
            since: None,
            filters: Vec::new(),
            criteria: Vec::new(),
        };
        let has = |name: &str| kind.filters.iter().any(|known| known == name);
        if let Some(status) = query.get("status").filter(|_| has("status")) {
            let is_known = kind.status.is_empty()
                || kind
                    .status
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(status));
            if !is_known {
                return Err(Problem::invalid_value("status"));
            }
            read.note("status", status, "equal");
            read.status = Some(status.to_owned());
        }
        if let Some(text) = query.get("search_text") {
            if text.chars().count() > SEARCH_MAX {
                return Err(Problem::too_long("search_text", SEARCH_MAX));
            }
            read.note("search_text", text, "contains");
            read.search = Some(text.to_lowercase());
        }
        if has("last_modified_time") || kind.name == "contact" {
            let text = query.get("last_modified_time");
            let since = text.map(|text| {
                time::parsed(text).ok_or_else(|| Problem::invalid_value("last_modified_time"))
            });
            read.since = since.transpose()?;
        }
        if operation.path == "/vendors" {
            read.add("contact_type", Form::Is, "vendor");
        }
        for (name, value) in &query.0 {
            let is_custom = name.starts_with("cf_");
            let is_filter = !NO_FILTERS.contains(&name.as_str()) && !value.is_empty();
            if is_filter && (is_custom || has(name)) {
                read.filter(kind, name, value)?;
            }
        }
        Ok(read)
    }

    fn note(&mut self, column: &str, text: &str, comparator: &str) {
        let mut criterion = Document::default();
        criterion.set("column_name", column);
        criterion.set("search_text", text);
        criterion.set("comparator", comparator);
        self.criteria.push(Datum::Object(criterion));
    }

    fn add(&mut self, member: &str, form: Form, wanted: &str) {
        self.filters.push(Filter {
            member: member.to_owned(),
            form,
            wanted: wanted.to_owned(),
        });
    }

    fn filter(&mut self, kind: &RecordType, name: &str, value: &str) -> Result<(), Problem> {
        let suffix = FORMS.iter().find_map(|(suffix, form, word)| {
            let base = name.strip_suffix(suffix)?;
            let is_whole_name = kind.record.has(name) || kind.row.has(name);
            (!is_whole_name).then_some((base, *form, *word))
        });
        let (member, form, word) = suffix.unwrap_or((name, Form::Is, "equal"));
        let is_date = member == "date" || member.ends_with("_date");
        let invalid = || Problem::invalid_value(name);
        match form {
            Form::Start | Form::End | Form::Before | Form::After if is_date => {
                parse_date(value).ok_or_else(invalid)?;
            }
            Form::Is if is_date => {
                parse_date(value).ok_or_else(invalid)?;
            }
            Form::LessThan | Form::LessEquals | Form::GreaterThan | Form::GreaterEquals => {
                number(value).ok_or_else(invalid)?;
            }
            _ => {}
        }
        self.note(member, value, word);
        self.add(member, form, value);
        Ok(())
    }

    /// Whether every record is shown.
    pub(super) fn are_none(&self) -> bool {
        let is_all = self.view.ends_with(".All");
        is_all && self.status.is_none() && self.search.is_none() && self.filters.is_empty()
    }

    /// The only contact whose records are shown.
    pub(super) fn party(&self) -> Option<&str> {
        let mut filters = self.filters.iter();
        let of = filters.find(|filter| {
            filter.form == Form::Is && matches!(filter.member.as_str(), "customer_id" | "vendor_id")
        });
        of.map(|filter| filter.wanted.as_str())
    }

    /// Whether a record is shown.
    pub(super) fn are_met(
        &self,
        organisation: &Organisation,
        kind: &RecordType,
        known: &Document,
    ) -> bool {
        let rules = rules::of(&kind.name);
        // A state that is asked for is shown, though the list as a whole would leave it out.
        let is_all = self.status.is_some() && self.view == "Status.All";
        let in_view = is_all
            || rules
                .is_in_view(organisation, known, &self.view)
                .unwrap_or_else(|| is_in_view(known, &self.view));
        let in_status = self.status.as_ref().is_none_or(|status| {
            rules
                .is_in_view(organisation, known, &format!("Status.{status}"))
                .unwrap_or_else(|| same_word(known.text("status"), status))
        });
        let is_found = self
            .search
            .as_ref()
            .is_none_or(|text| holds(&kind.name, known, text));
        in_view && in_status && is_found && self.filters.iter().all(|filter| filter.is_met(known))
    }
}

/// The view that is asked for, or the list's own.
fn view(kind: &RecordType, query: &Query) -> Result<String, Problem> {
    let context = kind.context.as_ref();
    let default = context.and_then(|context| context.applied_filter.as_deref());
    let default = default.unwrap_or("Status.All");
    let Some(wanted) = query
        .get("filter_by")
        .filter(|_| !kind.filter_by.is_empty())
    else {
        return Ok(default.to_owned());
    };
    let known = kind
        .filter_by
        .iter()
        .find(|known| known.eq_ignore_ascii_case(wanted));
    let is_default = wanted == default
        || wanted == "Status.All"
        || (kind.name == "invoice" && wanted == "Type.DebitNote");
    match known {
        Some(known) => Ok(known.clone()),
        None if is_default => Ok(wanted.to_owned()),
        None => Err(Problem::invalid_value("filter_by")),
    }
}

fn plain(word: &str) -> String {
    let letters = word.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn same_word(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// A view as its name says it: `Status.Active`, `AccountType.Bank`, `PaymentMode.Cash`.
fn is_in_view(known: &Document, view: &str) -> bool {
    let (family, word) = view.split_once('.').unwrap_or(("", view));
    let is_active = known
        .get("is_active")
        .and_then(Datum::as_bool)
        .unwrap_or_else(|| known.text("status") != "inactive");
    match (family, plain(word).as_str()) {
        (_, "all") => true,
        (_, "active")
            if known.has("is_active") || matches!(known.text("status"), "active" | "inactive") =>
        {
            is_active
        }
        (_, "inactive") if known.has("is_active") || !known.has("status") => !is_active,
        (_, "active") if !known.has("status") => true,
        ("Status", word) => plain(known.text("status")) == word,
        ("AccountType", word) => plain(known.text("account_type")) == word,
        ("PaymentMode", word) => plain(known.text("payment_mode")) == word,
        // unknown: what other views hold; they hold everything.
        _ => true,
    }
}

/// What the text search of a record type looks at.
fn searched(kind: &str) -> &'static [&'static str] {
    match kind {
        "contact" => &[
            "contact_name",
            "company_name",
            "first_name",
            "last_name",
            "email",
            "notes",
        ],
        "invoice" => &["invoice_number", "reference_number", "customer_name"],
        "customer_payment" => &[
            "reference_number",
            "customer_name",
            "description",
            "payment_number",
        ],
        _ => &[],
    }
}

fn holds(kind: &str, known: &Document, text: &str) -> bool {
    let names = searched(kind);
    known.iter().any(|(name, datum)| {
        let is_searched = names.is_empty() || names.contains(&name);
        is_searched
            && datum
                .as_text()
                .is_some_and(|words| words.to_lowercase().contains(text))
    })
}

impl Filter {
    fn is_met(&self, known: &Document) -> bool {
        let values = self.values(known);
        // A member that the records do not have filters nothing.
        values.is_empty() || values.iter().any(|value| self.fits(value))
    }

    /// What is compared: a member, a custom field, or members within lines and addresses.
    fn values(&self, known: &Document) -> Vec<Datum> {
        let within = |list: &str, name: &str| -> Vec<Datum> {
            let found = known.objects(list).filter_map(|line| line.get(name));
            found.cloned().collect()
        };
        if let Some(datum) = known.get(&self.member) {
            return vec![datum.clone()];
        }
        match self.member.as_str() {
            "created_date" => vec![Datum::text(
                known.text("created_time").get(..10).unwrap_or_default(),
            )],
            "item_name" => non_empty(within("line_items", "name")),
            "item_description" => non_empty(within("line_items", "description")),
            "item_id" | "account_id" => non_empty(within("line_items", &self.member)),
            "address" => {
                let of = |name: &str| known.get(name).and_then(Datum::as_object);
                let parts = [of("billing_address"), of("shipping_address")];
                let parts = parts.into_iter().flatten();
                parts
                    .flat_map(|address| address.iter().map(|(_, datum)| datum.clone()))
                    .filter(|datum| !datum.is_empty())
                    .collect()
            }
            name if name.starts_with("cf_") => {
                let hash = known.get("custom_field_hash").and_then(Datum::as_object);
                non_empty(
                    hash.and_then(|hash| hash.get(name))
                        .cloned()
                        .into_iter()
                        .collect(),
                )
            }
            name => {
                let is_known = REGISTRY.types.iter().any(|kind| kind.record.has(name));
                if is_known {
                    vec![Datum::text("")]
                } else {
                    Vec::new()
                }
            }
        }
    }

    fn fits(&self, value: &Datum) -> bool {
        let wanted = self.wanted.as_str();
        let words = value.words();
        let by_number = |fits: fn(std::cmp::Ordering) -> bool| {
            let pair = value.as_decimal().zip(number(wanted));
            pair.is_some_and(|(value, wanted)| fits(value.cmp(&wanted)))
        };
        let is_number = matches!(value, Datum::Integer(_) | Datum::Decimal(_));
        match self.form {
            Form::Is if is_number => by_number(std::cmp::Ordering::is_eq),
            Form::Is => words.to_lowercase() == wanted.to_lowercase(),
            Form::StartsWith => words.to_lowercase().starts_with(&wanted.to_lowercase()),
            Form::Contains => words.to_lowercase().contains(&wanted.to_lowercase()),
            Form::LessThan => by_number(std::cmp::Ordering::is_lt),
            Form::LessEquals => by_number(std::cmp::Ordering::is_le),
            Form::GreaterThan => by_number(std::cmp::Ordering::is_gt),
            Form::GreaterEquals => by_number(std::cmp::Ordering::is_ge),
            Form::Start if is_number => by_number(std::cmp::Ordering::is_ge),
            Form::End if is_number => by_number(std::cmp::Ordering::is_le),
            Form::Start => !words.is_empty() && words.as_str() >= wanted,
            Form::End => !words.is_empty() && words.as_str() <= wanted,
            Form::Before => !words.is_empty() && words.as_str() < wanted,
            Form::After => !words.is_empty() && words.as_str() > wanted,
        }
    }
}

/// A member that the record has nowhere compares as an empty text.
fn non_empty(values: Vec<Datum>) -> Vec<Datum> {
    if values.is_empty() {
        vec![Datum::text("")]
    } else {
        values
    }
}

fn number(text: &str) -> Option<Decimal> {
    text.trim().parse().ok()
}

/// What a record is sorted by: numbers before words, then the id.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    number: Option<Decimal>,
    words: String,
    id: u64,
}

impl Key {
    pub(super) fn of(column: &str, known: &Document, id: u64) -> Self {
        let datum = known.get(column);
        if column == "account_type" {
            // Chart of accounts goes by the order of the balance sheet.
            let order = &REGISTRY.start.account_types;
            let place = order.iter().position(|kind| kind == known.text(column));
            let place = place.unwrap_or(order.len());
            return Self {
                number: Some(Decimal::from(place)),
                words: String::new(),
                id,
            };
        }
        let is_number = matches!(datum, Some(Datum::Integer(_) | Datum::Decimal(_)));
        Self {
            number: datum.and_then(Datum::as_decimal).filter(|_| is_number),
            words: if is_number {
                String::new()
            } else {
                datum.map(Datum::words).unwrap_or_default().to_lowercase()
            },
            id,
        }
    }
}
