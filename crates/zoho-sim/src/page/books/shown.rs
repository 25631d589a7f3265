//! Records of Books as people read them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::table as html_table;
use super::PLACE;
use crate::books::{Datum, Document, RecordType};
use crate::html::escape;

/// `customer_name` as `Customer name`.
pub(super) fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// The record type as the heading of a list.
pub(super) fn plural(kind: &RecordType) -> String {
    let words = label(&kind.name);
    match words.strip_suffix('y') {
        Some(stem) if !words.ends_with("ey") => format!("{stem}ies"),
        _ if words.ends_with('x') => format!("{words}es"),
        _ if words == "Chart of account" => "Chart of accounts".to_owned(),
        _ => format!("{words}s"),
    }
}

/// A value; what has several parts is shown as JSON.
pub(super) fn html_of(datum: &Datum) -> String {
    match datum {
        Datum::List(parts) if parts.iter().all(|part| part.as_text().is_some()) => {
            let words: Vec<String> = parts.iter().map(Datum::words).collect();
            escape(&words.join(", "))
        }
        Datum::List(_) | Datum::Object(_) => format!("<pre>{}</pre>", escape(&json_of(datum))),
        datum => escape(&datum.words()),
    }
}

/// JSON with indentation.
pub(super) fn json_of(datum: &Datum) -> String {
    serde_json::to_string_pretty(datum).unwrap_or_default()
}

/// Records that are named somewhere: type and title by id.
pub(super) type Named = BTreeMap<String, (&'static str, String)>;

/// A value, as a link where it is the id of a record.
pub(super) fn linked(organisation: &str, named: &Named, datum: &Datum) -> String {
    if let Datum::List(parts) = datum
        && !parts.is_empty()
        && parts.iter().all(|part| named.contains_key(&part.words()))
    {
        let links = parts.iter().map(|part| linked(organisation, named, part));
        return links.collect::<Vec<_>>().join(" ");
    }
    match named.get(&datum.words()) {
        Some((kind, title)) => format!(
            "<a href=\"{PLACE}/{}/{}/{}\">{}</a>",
            escape(organisation),
            escape(kind),
            escape(&datum.words()),
            escape(title)
        ),
        None => html_of(datum),
    }
}

/// Whether a value tells nothing.
fn is_blank(datum: &Datum) -> bool {
    match datum {
        Datum::Bool(is) => !is,
        Datum::Object(document) => document.iter().all(|(_, datum)| is_blank(datum)),
        Datum::List(parts) => parts.is_empty(),
        datum => datum.is_empty() || datum.as_decimal().is_some_and(|number| number.is_zero()),
    }
}

/// Amounts and states that stand above everything else, where the record has them.
const HEADLINES: [&str; 12] = [
    "status",
    "contact_type",
    "date",
    "due_date",
    "total",
    "amount",
    "balance",
    "unused_amount",
    "outstanding_receivable_amount",
    "outstanding_payable_amount",
    "closing_balance",
    "next_invoice_date",
];

pub(super) fn headlines(record: &Document) -> String {
    let mut out = "<div class=\"cards\">".to_owned();
    for name in HEADLINES {
        let Some(datum) = record.get(name).filter(|datum| !datum.is_empty()) else {
            continue;
        };
        // Writing into a text does not fail.
        let _ = write!(
            out,
            "<div class=\"card\">{}<strong>{}</strong></div>",
            escape(&label(name)),
            escape(&datum.words())
        );
    }
    out.push_str("</div>");
    out
}

/// Parts that are shown as tables, with their columns: the first is a heading.
const TABLES: [(&str, &str, &[&str]); 7] = [
    (
        "line_items",
        "Lines",
        &[
            "item_id",
            "name",
            "account_id",
            "description",
            "debit_or_credit",
            "quantity",
            "rate",
            "discount",
            "tax_id",
            "amount",
            "item_total",
        ],
    ),
    ("taxes", "Taxes", &["tax_name", "tax_amount"]),
    (
        "invoices",
        "Applied to invoices",
        &["invoice_id", "date", "total", "amount_applied", "balance"],
    ),
    (
        "bills",
        "Applied to bills",
        &["bill_id", "date", "total", "amount_applied", "balance"],
    ),
    (
        "contact_persons",
        "Persons",
        &[
            "contact_person_id",
            "first_name",
            "last_name",
            "email",
            "phone",
        ],
    ),
    (
        "custom_fields",
        "Custom fields",
        &["label", "api_name", "value"],
    ),
    (
        "addresses",
        "Addresses",
        &["attention", "address", "city", "zip", "country"],
    ),
];

/// Lines, taxes, applied amounts: whatever the record has of them.
pub(super) fn tables(organisation: &str, named: &Named, record: &Document) -> String {
    let mut out = String::new();
    for (name, heading, columns) in TABLES {
        let parts: Vec<&Document> = record.objects(name).collect();
        let is_filled = |column: &&&str| {
            let mut of = parts.iter().filter_map(|part| part.get(column));
            of.any(|datum| !is_blank(datum))
        };
        let columns: Vec<&&str> = columns.iter().filter(is_filled).collect();
        if columns.is_empty() {
            continue;
        }
        let rows: String = parts
            .iter()
            .map(|part| {
                let cells: String = columns
                    .iter()
                    .map(|column| {
                        let datum = part.get(column).cloned().unwrap_or_default();
                        format!("<td>{}</td>", linked(organisation, named, &datum))
                    })
                    .collect();
                format!("<tr>{cells}</tr>")
            })
            .collect();
        let heads: Vec<String> = columns.iter().map(|column| label(column)).collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let _ = write!(
            out,
            "<h2>{}</h2>{}",
            escape(heading),
            html_table(&heads, &rows, "")
        );
    }
    out
}

/// Sums in their order, ending in what is still owed.
const SUMS: [&str; 12] = [
    "sub_total",
    "discount_total",
    "shipping_charge",
    "tax_total",
    "adjustment",
    "total",
    "payment_made",
    "credits_applied",
    "vendor_credits_applied",
    "tax_amount_withheld",
    "write_off_amount",
    "balance",
];

pub(super) fn sums(record: &Document) -> String {
    if !record.has("sub_total") {
        return String::new();
    }
    let currency = record.text("currency_code");
    let rows: String = SUMS
        .iter()
        .filter_map(|name| Some((name, record.get(name)?)))
        .filter(|(name, datum)| {
            matches!(**name, "sub_total" | "total" | "balance") || !is_blank(datum)
        })
        .map(|(name, datum)| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{} {}</td></tr>",
                escape(&label(name)),
                escape(&datum.words()),
                escape(currency)
            )
        })
        .collect();
    format!("<h2>Totals</h2><div class=\"wide\"><table><tbody>{rows}</tbody></table></div>")
}

/// Every member that tells something and stands not above.
pub(super) fn members(organisation: &str, named: &Named, record: &Document) -> String {
    let is_above = |name: &str| TABLES.iter().any(|(table, _, _)| *table == name);
    let members = record
        .iter()
        .filter(|(name, datum)| !is_above(name) && !is_blank(datum));
    let rows: String = members
        .map(|(name, datum)| {
            format!(
                "<tr><th scope=\"row\" title=\"{}\">{}</th><td>{}</td></tr>",
                escape(name),
                escape(&label(name)),
                linked(organisation, named, datum)
            )
        })
        .collect();
    format!("<div class=\"wide\"><table><tbody>{rows}</tbody></table></div>")
}
