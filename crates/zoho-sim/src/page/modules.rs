//! The records of one module, latest first, with a filter and pages.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use serde_json::Value;

use super::value::{html_of, printed};
use super::{framed, notice, table as html_table};
use crate::control::{Asked, records};
use crate::html::escape;
use crate::schema::DataType;
use crate::state::Shared;
use crate::world::{Table, World, parse_id};

/// Rows of one page.
const ROWS_MAX: usize = 50;
/// Records that a filter looks through for one page: the world is locked meanwhile, and the page asks again and again.
const FILTERED_MAX: usize = 5_000;
/// Columns of the table; what a module lacks is left out.
const COLUMNS: [&str; 14] = [
    "Full_Name",
    "Account_Name",
    "Deal_Name",
    "Subject",
    "Event_Title",
    "Note_Title",
    "Company",
    "Email",
    "Phone",
    "Stage",
    "Status",
    "Amount",
    "Owner",
    "Modified_Time",
];

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    asked: Asked,
) -> (StatusCode, Html<String>) {
    let world = shared.world();
    let Some(table) = world.table_named(&module) else {
        let text = notice(&format!("There is no module `{module}`."));
        return (
            StatusCode::NOT_FOUND,
            framed("Unknown module", "/__sim/", &text),
        );
    };
    let name = escape(&table.module.api_name);
    let filter = asked.text("filter").unwrap_or_default();
    let before = asked.text("before").and_then(parse_id);
    let body = format!(
        "<h1>{name}</h1><form class=\"row\" role=\"search\"><label>Filter <input type=\"search\" name=\"filter\" value=\"{}\" \
         placeholder=\"any text, or City=Rome\"></label><button class=\"quiet\">Show</button> \
         <a class=\"button\" href=\"/__sim/modules/{name}/new\">New {}</a></form><div id=\"live\">{}</div>",
        escape(filter),
        escape(&table.module.singular_label).to_lowercase(),
        list(&world, table, filter, before)
    );
    (
        StatusCode::OK,
        framed(&table.module.api_name, "/__sim/", &body),
    )
}

/// The columns of a module: the usual ones, and for a module that has few of them its first fields.
fn columns(table: &Table) -> Vec<&str> {
    let mut columns: Vec<&str> = COLUMNS
        .into_iter()
        .filter(|name| table.module.position(name).is_some())
        .collect();
    let name = table.module.name_position();
    let name = name.map(|position| table.module.field_at(position).api_name.as_str());
    if let Some(name) = name.filter(|name| !columns.contains(name)) {
        columns.insert(0, name);
    }
    columns
}

fn list(world: &World, table: &Table, filter: &str, before: Option<u64>) -> String {
    let columns = columns(table);
    let wanted = Wanted::parse(table, filter);
    let mut rows = String::new();
    let (mut shown, mut looked, mut last, mut has_more) = (0, 0, 0, false);
    let module = escape(&table.module.api_name);
    for record in table.by_id(true, before) {
        if shown == ROWS_MAX || looked == FILTERED_MAX {
            has_more = true;
            break;
        }
        looked += 1;
        last = record.id;
        let printed = printed(world, table, record);
        if !wanted.fits(&printed) {
            continue;
        }
        shown += 1;
        let _ = write!(
            rows,
            "<tr><td><a href=\"/__sim/modules/{module}/{0}\">{0}</a></td>",
            record.id
        );
        for column in &columns {
            let field = table.module.field(column);
            let _ = write!(
                rows,
                "<td>{}</td>",
                html_of(world, field, &printed[*column])
            );
        }
        rows.push_str("</tr>");
    }
    let heads: Vec<&str> = ["id"].into_iter().chain(columns).collect();
    let mut out = format!(
        "<p class=\"muted\">{} records</p>{}",
        table.rows.len(),
        html_table(&heads, &rows, "No record fits.")
    );
    print_pages(&mut out, filter, before.is_some(), has_more.then_some(last));
    if has_more && looked == FILTERED_MAX && shown < ROWS_MAX {
        let _ = write!(
            out,
            "<p class=\"muted\">The filter looks through {FILTERED_MAX} records at a time; older ones follow.</p>"
        );
    }
    out
}

fn print_pages(out: &mut String, filter: &str, is_older: bool, last: Option<u64>) {
    let query: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
    out.push_str("<p class=\"pages\">");
    if is_older {
        let _ = write!(out, "<a href=\"?filter={query}\">Latest</a> ");
    }
    if let Some(last) = last {
        let _ = write!(
            out,
            "<a href=\"?filter={query}&amp;before={last}\" rel=\"next\">Older</a>"
        );
    }
    out.push_str("</p>");
}

/// What a filter asks for: text in any field, or `Field=text` in one.
struct Wanted {
    field: Option<String>,
    text: String,
}

impl Wanted {
    fn parse(table: &Table, filter: &str) -> Self {
        let filter = filter.trim();
        let named = filter.split_once('=').and_then(|(name, text)| {
            let field = table.module.field(name.trim())?;
            (field.data_type != DataType::Tag).then(|| (field.api_name.clone(), text.trim()))
        });
        match named {
            Some((field, text)) => Self {
                field: Some(field),
                text: text.to_lowercase(),
            },
            None => Self {
                field: None,
                text: filter.to_lowercase(),
            },
        }
    }

    fn fits(&self, record: &Value) -> bool {
        match &self.field {
            _ if self.text.is_empty() => true,
            None => records::has_text(record, &self.text),
            Some(field) => records::has_text(&record[field.as_str()], &self.text),
        }
    }
}
