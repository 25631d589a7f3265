//! The records of one module, latest first, with a filter.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use serde::Deserialize;
use serde_json::Value;

use super::{framed, notice};
use crate::html::escape;
use crate::rows::{self, Columns};
use crate::state::Shared;
use crate::world::{Record, Table, World};

/// Rows that the table shows.
const ROWS_MAX: usize = 100;
/// Latest records that a filter looks through: the world is locked meanwhile, and the page asks again and again.
const FILTERED_MAX: usize = 5_000;
/// Columns of the table by module; what a module lacks is left out.
const COLUMNS: [&str; 12] = [
    "Full_Name",
    "Account_Name",
    "Deal_Name",
    "Company",
    "Email",
    "Phone",
    "Stage",
    "Amount",
    "Lead_Source",
    "Industry",
    "Owner",
    "Modified_Time",
];

#[derive(Debug, Deserialize)]
pub(super) struct Selection {
    #[serde(default)]
    filter: String,
}

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    Query(selection): Query<Selection>,
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
    let filter = escape(&selection.filter);
    let mut body = format!(
        "<h1>{name}</h1><form class=\"row\"><label>Filter <input name=\"filter\" value=\"{filter}\" placeholder=\"any text in any field\"></label>\
         <button class=\"quiet\">Show</button> <a href=\"/__sim/modules/{name}/new\">New {}</a></form><div id=\"live\">",
        escape(&table.module.singular_label).to_lowercase()
    );
    print_table(&mut body, &world, table, &selection.filter);
    body.push_str("</div>");
    (
        StatusCode::OK,
        framed(&table.module.api_name, "/__sim/", &body),
    )
}

fn print_table(body: &mut String, world: &World, table: &Table, filter: &str) {
    let columns: Vec<&str> = COLUMNS
        .into_iter()
        .filter(|name| table.module.position(name).is_some())
        .collect();
    let wanted = filter.to_lowercase();
    let mut shown = 0;
    let mut rows = String::new();
    for record in table.by_id(true, None).take(FILTERED_MAX) {
        let printed = printed(world, table, record);
        if !wanted.is_empty() && !printed.to_string().to_lowercase().contains(&wanted) {
            continue;
        }
        shown += 1;
        if shown > ROWS_MAX {
            break;
        }
        let _ = write!(
            rows,
            "<tr><td><a href=\"/__sim/modules/{}/{}\">{}</a></td>",
            table.module.api_name, record.id, record.id
        );
        for column in &columns {
            let _ = write!(rows, "<td>{}</td>", escape(&text_of(&printed[*column])));
        }
        rows.push_str("</tr>");
    }
    let heads: String = columns
        .iter()
        .map(|name| format!("<th>{}</th>", escape(name)))
        .collect();
    let _ = write!(body, "<p class=\"muted\">{} records</p>", table.rows.len());
    let _ = write!(
        body,
        "<div class=\"wide\"><table><thead><tr><th>id</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    );
    if !wanted.is_empty() && table.rows.len() > FILTERED_MAX {
        let _ = write!(
            body,
            "<p class=\"muted\">The filter looks through the latest {FILTERED_MAX} records.</p>"
        );
    }
    if shown > ROWS_MAX {
        let _ = write!(
            body,
            "<p class=\"muted\">The latest {ROWS_MAX} are shown.</p>"
        );
    }
}

/// A record as the API prints it.
pub(super) fn printed(world: &World, table: &Table, record: &Record) -> Value {
    let mut out = Vec::new();
    rows::print_record(&mut out, world, table, record, &Columns::fields());
    serde_json::from_slice(&out).unwrap_or_default()
}

/// A value as people read it: a reference by its name, a list by its parts.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(object) => object.get("name").map(text_of).unwrap_or_default(),
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
