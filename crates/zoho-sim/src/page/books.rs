//! Books: organisations with their record types, and the records of one type, latest first, with a filter and pages.

mod form;
mod record;
mod shown;

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};

use super::{framed, notice, table as html_table};
use crate::books::{self, Datum, Document, RecordType};
use crate::control::Asked;
use crate::html::escape;
use crate::state::Shared;
use crate::world::parse_id;
use shown::{html_of, label, plural};

const PLACE: &str = "/__sim/books";
/// Rows of one page.
const ROWS_MAX: usize = 50;
/// Columns of a list; what a record type lacks is left out.
const COLUMNS: [&str; 20] = [
    "date",
    "journal_date",
    "customer_name",
    "vendor_name",
    "contact_type",
    "company_name",
    "account_name",
    "account_type",
    "transaction_type",
    "email",
    "status",
    "rate",
    "debit_or_credit",
    "amount",
    "total",
    "balance",
    "due_date",
    "next_invoice_date",
    "reference_number",
    "last_modified_time",
];

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/__sim/books", get(show))
        .route("/__sim/books/{organization_id}/{kind}", get(show_list))
        .route(
            "/__sim/books/{organization_id}/files/{file_id}",
            get(record::download),
        )
        .route(
            "/__sim/books/{organization_id}/{kind}/new",
            get(record::show_new).post(record::create),
        )
        .route(
            "/__sim/books/{organization_id}/{kind}/{id}",
            get(record::show).post(record::update),
        )
        .route(
            "/__sim/books/{organization_id}/{kind}/{id}/delete",
            post(record::delete),
        )
        .route(
            "/__sim/books/{organization_id}/{kind}/{id}/act",
            post(record::act),
        )
        .route(
            "/__sim/books/{organization_id}/{kind}/{id}/comments",
            post(record::comment),
        )
        .route(
            "/__sim/books/{organization_id}/{kind}/{id}/files",
            post(record::attach),
        )
        .layer(record::bounds())
}

/// Record types that stand first: those that people look at most.
const USUAL: [&str; 12] = [
    "contact",
    "item",
    "estimate",
    "sales_order",
    "invoice",
    "customer_payment",
    "credit_note",
    "expense",
    "bill",
    "vendor_payment",
    "chart_of_account",
    "journal",
];

async fn show(State(shared): State<Arc<Shared>>) -> Html<String> {
    let mut body = "<h1>Books</h1><div id=\"live\">".to_owned();
    for organisation in books::person_surveys(&shared) {
        let id = escape(organisation.text("organization_id"));
        // Writing into a text does not fail.
        let _ = write!(
            body,
            "<h2>{} <span class=\"muted\">{id}</span></h2><div class=\"cards\">",
            escape(organisation.text("name"))
        );
        let counts = organisation.get("records").and_then(Datum::as_object);
        let count = |kind: &str| {
            let count = counts.and_then(|counts| counts.get(kind));
            count.map_or("0".to_owned(), Datum::words)
        };
        let usual = USUAL.iter().filter_map(|name| books::type_named(name));
        let others = books::types().filter(|kind| !USUAL.contains(&kind.name.as_str()));
        for kind in usual.chain(others) {
            let count = count(&kind.name);
            // What belongs to other records is reached from them.
            if kind.parent.is_some() && count == "0" {
                continue;
            }
            let is_empty = if count == "0" { " empty" } else { "" };
            let _ = write!(
                body,
                "<a class=\"card{is_empty}\" href=\"{PLACE}/{id}/{}\">{}<strong>{count}</strong></a>",
                escape(&kind.name),
                escape(&plural(kind)),
            );
        }
        body.push_str("</div>");
    }
    body.push_str("</div>");
    framed("Books", PLACE, &body)
}

async fn show_list(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind)): Path<(String, String)>,
    asked: Asked,
) -> (StatusCode, Html<String>) {
    let filter = asked.text("filter").unwrap_or_default();
    let wanted = books::Asked {
        filter,
        before: asked.text("before").and_then(parse_id),
        limit: ROWS_MAX,
    };
    let listed = books::person_lists(&shared, &organisation, &kind, &wanted);
    let (Ok(listed), Some(kind)) = (listed, books::type_named(&kind)) else {
        return missing(&organisation, &kind, "");
    };
    let at = format!("{PLACE}/{}/{}", escape(&organisation), escape(&kind.name));
    let heading = plural(kind);
    let mut body = format!(
        "<p><a href=\"{PLACE}\">Books</a> {}</p><h1>{}</h1><form class=\"row\" role=\"search\"><label>Filter \
         <input type=\"search\" name=\"filter\" value=\"{}\" placeholder=\"any text, or status=draft\"></label>\
         <button class=\"quiet\">Show</button>",
        escape(&organisation),
        escape(&heading),
        escape(filter),
    );
    if kind.parent.is_none() {
        let _ = write!(
            body,
            " <a class=\"button\" href=\"{at}/new\">New {}</a>",
            escape(&kind.thing).to_lowercase()
        );
    }
    let _ = write!(
        body,
        "</form><div id=\"live\"><p class=\"muted\">{} records</p>{}",
        listed.count,
        rows_of(&organisation, kind, &listed.records, "No record fits.")
    );
    let query: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    body.push_str("<p class=\"pages\">");
    if wanted.before.is_some() {
        let _ = write!(body, "<a href=\"?filter={query}\">Latest</a> ");
    }
    if let Some(next) = listed.next {
        let _ = write!(
            body,
            "<a href=\"?filter={query}&amp;before={next}\" rel=\"next\">Older</a>"
        );
    }
    body.push_str("</p></div>");
    (StatusCode::OK, framed(&heading, PLACE, &body))
}

/// A table of records with links to them.
fn rows_of(organisation: &str, kind: &RecordType, records: &[Document], empty: &str) -> String {
    let is_filled = |name: &&str| {
        records.iter().any(|record| {
            record
                .get(name)
                .is_some_and(|datum| !datum.words().is_empty())
        })
    };
    let columns: Vec<&str> = COLUMNS.into_iter().filter(is_filled).collect();
    let mut rows = String::new();
    for record in records {
        let id = books::id_of(kind, record);
        let _ = write!(
            rows,
            "<tr><td><a href=\"{PLACE}/{}/{}/{}\">{}</a></td>",
            escape(organisation),
            escape(&kind.name),
            escape(&id),
            escape(&books::title(kind, record)),
        );
        for column in &columns {
            let datum = record.get(column).cloned().unwrap_or_default();
            let _ = write!(rows, "<td>{}</td>", html_of(&datum));
        }
        rows.push_str("</tr>");
    }
    let labels: Vec<String> = columns.iter().map(|column| label(column)).collect();
    let heads: Vec<&str> = [kind.thing.as_str()]
        .into_iter()
        .chain(labels.iter().map(String::as_str))
        .collect();
    html_table(&heads, &rows, empty)
}

fn missing(organisation: &str, kind: &str, id: &str) -> (StatusCode, Html<String>) {
    let text = if books::type_named(kind).is_none() {
        format!("Books has no record type `{kind}`.")
    } else if id.is_empty() {
        format!("There is no organisation `{organisation}`.")
    } else {
        format!("There is no {kind} `{id}` in {organisation}. It may have been deleted.")
    };
    let body = format!("<h1>Nothing here</h1>{}", notice(&text));
    (StatusCode::NOT_FOUND, framed("Nothing here", PLACE, &body))
}
