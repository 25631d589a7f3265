//! Lists: which records, in which order, which page, and what the list says of itself.

use super::datum::Datum;
use super::document::Document;
use super::filters::{self, Filters};
use super::index::{self, By};
use super::print;
use super::problem::Problem;
use super::registry::{Operation, RecordType};
use super::rules;
use super::state::{Organisation, Row};
use crate::http::Query;

const PER_PAGE_DEFAULT: usize = 200;
/// unknown: what more gives; it is cut to this.
const PER_PAGE_MAX: usize = 200;

/// Lists on which sorting, views and pages work.
pub(super) struct Asked<'q> {
    pub(super) query: &'q Query,
    pub(super) parent: Option<u64>,
}

/// The members of a list's answer.
pub(super) fn answer(
    organisation: &Organisation,
    kind: &'static RecordType,
    operation: &Operation,
    asked: &Asked<'_>,
) -> Result<Document, Problem> {
    let context = kind.context.as_ref();
    let default_size = context
        .and_then(|context| context.default_per_page)
        .map_or(PER_PAGE_DEFAULT, |size| {
            usize::try_from(size).unwrap_or(PER_PAGE_DEFAULT)
        });
    let page = number(asked.query, "page")?.unwrap_or(1).max(1);
    let per_page = number(asked.query, "per_page")?
        .unwrap_or(default_size)
        .clamp(1, PER_PAGE_MAX.max(default_size));
    let filters = Filters::read(kind, operation, asked.query)?;
    let order = Order::read(kind, asked.query)?;

    let computed = rules::of(&kind.name).rows(organisation, asked.parent);
    let rows: Box<dyn Iterator<Item = &Row>> = match (&computed, asked.parent) {
        (Some(computed), parent) => Box::new(
            computed
                .iter()
                .filter(move |row| parent.is_none() || row.parent == parent),
        ),
        (None, Some(parent)) => Box::new(organisation.children(&kind.name, parent)),
        (None, None) => match filters.party().filter(|_| index::has_party(&kind.name)) {
            Some(party) => Box::new(organisation.keyed(&kind.name, By::Party, party)),
            None => Box::new(organisation.rows(&kind.name)),
        },
    };
    let rows = rows.filter(|row| filters.since.is_none_or(|since| row.modified_at >= since));
    let first = page.saturating_sub(1).saturating_mul(per_page);
    let is_context_only = asked.query.get("response_option") == Some("2");
    let printed = |known: &Document| Datum::Object(print::row(organisation, kind, known));
    // Computed records have views of their own.
    let is_plain = computed.is_none() && filters.are_none();
    let (total, rows): (usize, Vec<Datum>) = if let (true, Some(time)) = (is_plain, order.time()) {
        // The usual call reads no more records than it shows.
        let mut found: Vec<&Row> = rows.collect();
        found.sort_by_key(|row| (time(row), row.id));
        if order.is_descending {
            found.reverse();
        }
        let shown = found.iter().skip(first).take(per_page);
        let shown = shown.map(|row| printed(&print::known(organisation, kind, row)));
        (found.len(), shown.collect())
    } else {
        let mut found: Vec<(u64, Document)> = rows
            .map(|row| (row.id, print::known(organisation, kind, row)))
            .filter(|(_, known)| filters.are_met(organisation, kind, known))
            .collect();
        order.sort(&mut found);
        let shown = found.iter().skip(first).take(per_page);
        (
            found.len(),
            shown.map(|(_, known)| printed(known)).collect(),
        )
    };
    let mut members = Document::default();
    let key = kind.list_key.as_deref().unwrap_or("data");
    if !is_context_only {
        members.set(key, rows);
    }
    if kind.paginated {
        let mut about = Document::default();
        about.set("page", i64::try_from(page).unwrap_or(i64::MAX));
        about.set("per_page", i64::try_from(per_page).unwrap_or(i64::MAX));
        about.set("has_more_page", first.saturating_add(per_page) < total);
        let report = context.and_then(|context| context.report_name.clone());
        about.set("report_name", report.unwrap_or_else(|| title(key)));
        if kind.name != "currency" {
            about.set("applied_filter", filters.view.as_str());
            if !filters.criteria.is_empty() {
                about.set("search_criteria", filters.criteria.clone());
            }
            about.set("custom_fields", Vec::new());
            about.set("sort_column", order.column.as_str());
            about.set("sort_order", if order.is_descending { "D" } else { "A" });
        }
        if matches!(asked.query.get("response_option"), Some("1" | "2")) {
            // unknown: names of the totals.
            about.set("total", i64::try_from(total).unwrap_or(i64::MAX));
            let pages = total.div_ceil(per_page);
            about.set("total_pages", i64::try_from(pages).unwrap_or(i64::MAX));
        }
        members.set("page_context", about);
    }
    Ok(members)
}

/// unknown: report names of lists without a recorded answer; the key in capitals stands in.
fn title(key: &str) -> String {
    let words = key.split('_').map(|word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        head.to_uppercase() + tail
    });
    words.collect::<Vec<_>>().join(" ")
}

fn number(query: &Query, name: &str) -> Result<Option<usize>, Problem> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let is_number = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number.map(Some).ok_or_else(|| Problem::invalid_value(name))
}

/// The order of a list.
struct Order {
    column: String,
    is_descending: bool,
}

impl Order {
    fn read(kind: &RecordType, query: &Query) -> Result<Self, Problem> {
        let context = kind.context.as_ref();
        let default = context.and_then(|context| context.sort_column.as_deref());
        let own = print::id_member(kind).unwrap_or("created_time");
        let default = default.unwrap_or(if kind.parent.is_some() {
            own
        } else {
            "created_time"
        });
        let default_order = context.and_then(|context| context.sort_order.as_deref());
        let mut is_descending =
            default_order.map_or(default == "created_time", |order| order == "D");
        let mut column = default;
        if let Some(wanted) = query.get("sort_column").filter(|_| !kind.sorts.is_empty()) {
            let is_known = kind.sorts.iter().any(|known| known == wanted)
                || matches!(wanted, "created_time" | "last_modified_time")
                || wanted == default;
            if !is_known {
                return Err(Problem::invalid_value("sort_column"));
            }
            if wanted != default {
                is_descending = false;
            }
            column = wanted;
        }
        // Seen once: purchase orders stay in their order, and say so.
        let is_fixed = kind.name == "purchase_order" && column == default;
        match query.get("sort_order").filter(|_| !is_fixed) {
            Some("A" | "a" | "ascending") => is_descending = false,
            Some("D" | "d" | "descending") => is_descending = true,
            Some(_) => return Err(Problem::invalid_value("sort_order")),
            None => {}
        }
        Ok(Self {
            column: column.to_owned(),
            is_descending,
        })
    }

    /// The time that is sorted by, where it is one that all records have.
    fn time(&self) -> Option<fn(&Row) -> i64> {
        match self.column.as_str() {
            "created_time" => Some(|row| row.created_at),
            "last_modified_time" => Some(|row| row.modified_at),
            _ => None,
        }
    }

    fn sort(&self, found: &mut [(u64, Document)]) {
        let mut keyed: Vec<(filters::Key, usize)> = Vec::with_capacity(found.len());
        for (place, (id, known)) in found.iter().enumerate() {
            keyed.push((filters::Key::of(&self.column, known, *id), place));
        }
        keyed.sort();
        if self.is_descending {
            keyed.reverse();
        }
        let mut places: Vec<usize> = vec![0; keyed.len()];
        for (to, (_, from)) in keyed.into_iter().enumerate() {
            if let Some(place) = places.get_mut(from) {
                *place = to;
            }
        }
        // Each record goes to its place by swaps, so that none is copied.
        for from in 0..found.len() {
            while let Some(to) = places.get(from).copied().filter(|to| *to != from) {
                found.swap(from, to);
                places.swap(from, to);
            }
        }
    }
}
