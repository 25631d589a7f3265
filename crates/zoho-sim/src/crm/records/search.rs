//! `GET /{module}/search`: by criteria, e-mail, phone or word.
//!
//! Records are found at once; the delay of Zoho's index is not simulated (see `docs/fidelity.md`).

use std::cmp::Ordering;

use axum::http::StatusCode;
use serde_json::json;

use super::criteria::{Criteria, words};
use super::{PAGED_RECORDS_MAX, is_converted, print_list};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, param};
use crate::http::{Answer, Query};
use crate::rows::Columns;
use crate::schema::DataType;
use crate::world::{Cell, Record, Table};

pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let query = &context.call.query;
    let per_page = param::number(
        query,
        "per_page",
        param::PER_PAGE_MAX,
        1,
        param::PER_PAGE_MAX,
    )?;
    let page = param::number(query, "page", 1, 1, usize::MAX / param::PER_PAGE_MAX)?;
    if page * per_page > PAGED_RECORDS_MAX {
        return Err(catalog::search_limit_reached());
    }
    let columns = match query.list("fields") {
        None => Columns::all(),
        Some(names) => super::list::named_columns(table, &names)?,
    }
    .in_list();
    let sort_by = query.get("sort_by").unwrap_or("id");
    if table.module.position(sort_by).is_none() {
        return Err(catalog::invalid_param("sort_by"));
    }
    let is_descending = param::word(query, "sort_order", &["asc", "desc"], "desc")? == "desc";
    let search = Search::read(table, query)?.ok_or_else(catalog::search_param_missing)?;
    let found = sorted(table, search.find(table), sort_by, is_descending);
    let rest: Vec<&Record> = found
        .into_iter()
        .skip((page - 1) * per_page)
        .take(per_page + 1)
        .collect();
    if rest.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let has_more = rest.len() > per_page;
    let count = rest.len().min(per_page);
    let info = json!({
        "per_page": per_page,
        "count": count,
        "sort_by": sort_by,
        "page": page,
        "sort_order": if is_descending { "desc" } else { "asc" },
        "more_records": has_more,
    });
    let mut out = vec![b'{'];
    print_list(
        &mut out,
        &world,
        table,
        rest.into_iter().take(count),
        &columns,
    );
    out.extend_from_slice(b",\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(StatusCode::OK, out))
}

/// What is looked for. When several are given, the first in the order criteria, email, phone, word counts.
#[derive(Debug)]
pub(super) struct Search {
    by: By,
    converted: Option<bool>,
}

#[derive(Debug)]
enum By {
    Criteria(Criteria),
    Email(String),
    Phone(String),
    Word(String),
}

impl Search {
    /// `None` when no search parameter is given.
    pub(super) fn read(table: &Table, query: &Query) -> Result<Option<Self>, Refusal> {
        let by = if let Some(criteria) = query.get("criteria") {
            By::Criteria(Criteria::parse(criteria, &table.module)?)
        } else if let Some(email) = query.get("email") {
            required_type(table, DataType::Email, "email")?;
            By::Email(email.to_lowercase())
        } else if let Some(phone) = query.get("phone") {
            required_type(table, DataType::Phone, "phone")?;
            By::Phone(phone_digits(phone)?)
        } else if let Some(word) = query.get("word") {
            if !(2..=100).contains(&word.chars().count()) {
                return Err(catalog::invalid_param("word"));
            }
            By::Word(word.to_lowercase())
        } else {
            return Ok(None);
        };
        let converted = match param::word(query, "converted", &["true", "false", "both"], "false")?
        {
            "both" => None,
            word => table
                .module
                .position("Converted__s")
                .is_some()
                .then_some(word == "true"),
        };
        Ok(Some(Self { by, converted }))
    }

    pub(super) fn find<'a>(&self, table: &'a Table) -> Vec<&'a Record> {
        let is_wanted = |record: &&Record| {
            self.converted
                .is_none_or(|wanted| is_converted(table, record) == wanted)
                && self.matches(table, record)
        };
        table.rows.values().filter(is_wanted).collect()
    }

    fn matches(&self, table: &Table, record: &Record) -> bool {
        let any_text = |data_type: Option<DataType>, is_match: &dyn Fn(&str) -> bool| {
            (0u16..).zip(&table.module.fields).any(|(position, field)| {
                data_type.map_or(field.data_type.is_text(), |wanted| {
                    field.data_type == wanted
                }) && record.text(position).is_some_and(is_match)
            })
        };
        match &self.by {
            By::Criteria(criteria) => criteria.matches(table, record),
            By::Email(email) => any_text(Some(DataType::Email), &|text| {
                text.to_lowercase().contains(email.as_str())
            }),
            By::Phone(digits) => any_text(Some(DataType::Phone), &|text| {
                text.chars()
                    .filter(char::is_ascii_digit)
                    .collect::<String>()
                    .contains(digits.as_str())
            }),
            By::Word(word) => {
                let wanted = words(word);
                any_text(None, &|text| {
                    let known = words(text);
                    wanted
                        .iter()
                        .all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
                })
            }
        }
    }
}

fn required_type(table: &Table, data_type: DataType, param_name: &str) -> Result<(), Refusal> {
    if table.module.fields_of(data_type).next().is_some() {
        return Ok(());
    }
    Err(catalog::field_type_unavailable(param_name))
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

/// Sorts by any field; records without a value come first when ascending, equal ones by id.
pub(super) fn sorted<'a>(
    table: &Table,
    mut records: Vec<&'a Record>,
    sort_by: &str,
    is_descending: bool,
) -> Vec<&'a Record> {
    let position = table.module.position(sort_by);
    let compare = |left: &&Record, right: &&Record| {
        let order = match sort_by {
            "id" | "Created_Time" => Ordering::Equal,
            "Modified_Time" => left.modified_at.cmp(&right.modified_at),
            "Full_Name" => table
                .name_of(left)
                .to_lowercase()
                .cmp(&table.name_of(right).to_lowercase()),
            _ => position.map_or(Ordering::Equal, |position| {
                compare_cells(left.cell(position), right.cell(position))
            }),
        };
        order.then(left.id.cmp(&right.id))
    };
    records.sort_by(|left, right| {
        if is_descending {
            compare(right, left)
        } else {
            compare(left, right)
        }
    });
    records
}

fn compare_cells(left: Option<&Cell>, right: Option<&Cell>) -> Ordering {
    match (left, right) {
        (Some(Cell::Text(left)), Some(Cell::Text(right))) => {
            left.to_lowercase().cmp(&right.to_lowercase())
        }
        (Some(Cell::Integer(left)), Some(Cell::Integer(right))) => left.cmp(right),
        (Some(Cell::Double(left)), Some(Cell::Double(right))) => left.total_cmp(right),
        (Some(Cell::Time(left)), Some(Cell::Time(right))) => left.cmp(right),
        (Some(Cell::Id(left)), Some(Cell::Id(right))) => left.cmp(right),
        (Some(Cell::Bool(left)), Some(Cell::Bool(right))) => left.cmp(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}
