//! One record: its fields, what refers to it, what happened to it, and the form that changes it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

use super::form::{self, print_inputs};
use super::value::{CHANGE_HEADS, change_rows, html_of, printed, text_of};
use super::{framed, notice, table as html_table};
use crate::control::{Problem, records};
use crate::html::escape;
use crate::http::Query;
use crate::schema::{DataType, Module};
use crate::state::Shared;
use crate::world::{Cell, Table, World, parse_id};

/// Referring records shown of each list.
const RELATED_MAX: usize = 10;
/// Records that are looked through where no index helps: the world is locked meanwhile.
const SCANNED_MAX: usize = 2_000;
/// Changes of the record that are shown.
const CHANGES_MAX: usize = 20;

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
) -> (StatusCode, Html<String>) {
    match page(&shared, &module, &id, "", &Map::new()) {
        Some(page) => (StatusCode::OK, page),
        None => missing(&module, &id),
    }
}

/// An empty form, with what the address brings: `?Account_Name=…`.
pub(super) async fn show_new(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    uri: Uri,
) -> (StatusCode, Html<String>) {
    let query = Query::parse(uri.query().unwrap_or_default().as_bytes());
    let given = row_of(&shared, &module, &query.0, None);
    match new_page(&shared, &module, "", &given) {
        Some(page) => (StatusCode::OK, page),
        None => missing(&module, "new"),
    }
}

/// Fields of a posted form, in its order.
type Posted = Form<Vec<(String, String)>>;

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    posted: Posted,
) -> Response {
    let row = row_of(&shared, &module, &posted.0, None);
    match records::create(&shared, &module, &row, form::user_of(&posted.0)) {
        Ok(record) => see(&module, &text_of(&record["id"])),
        Err(problem) => match new_page(&shared, &module, problem.detail(), &row) {
            Some(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
            None => missing(&module, "new").into_response(),
        },
    }
}

pub(super) async fn update(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
    posted: Posted,
) -> Response {
    let row = row_of(&shared, &module, &posted.0, parse_id(&id));
    let user = form::user_of(&posted.0);
    match records::update(&shared, &module, &id, &row, user) {
        Ok(_) => see(&module, &id),
        Err(problem) => refused(&shared, &module, &id, &problem, &row),
    }
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
) -> Response {
    match records::delete(&shared, &module, &id, None) {
        Ok(()) => Redirect::to(&format!("/__sim/modules/{module}")).into_response(),
        Err(problem) => refused(&shared, &module, &id, &problem, &Map::new()),
    }
}

fn see(module: &str, id: &str) -> Response {
    Redirect::to(&format!("/__sim/modules/{module}/{id}")).into_response()
}

fn refused(
    shared: &Shared,
    module: &str,
    id: &str,
    problem: &Problem,
    typed: &Map<String, Value>,
) -> Response {
    match page(shared, module, id, problem.detail(), typed) {
        Some(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        None => missing(module, id).into_response(),
    }
}

fn missing(module: &str, id: &str) -> (StatusCode, Html<String>) {
    let text = notice(&format!(
        "{module} has no record `{id}`. It may have been deleted."
    ));
    (
        StatusCode::NOT_FOUND,
        framed("No such record", "/__sim/", &text),
    )
}

fn row_of(
    shared: &Shared,
    module: &str,
    form: &[(String, String)],
    id: Option<u64>,
) -> Map<String, Value> {
    let world = shared.world();
    match world.table_named(module) {
        Some(table) => form::row_of(&world, table, form, id),
        None => Map::new(),
    }
}

/// The page of a record; `typed` is what a refused form brought, which stays in its inputs.
fn page(
    shared: &Shared,
    module: &str,
    id: &str,
    problem: &str,
    typed: &Map<String, Value>,
) -> Option<Html<String>> {
    let world = shared.world();
    let position = world.table_position(module)?;
    let table = &world.tables[position];
    let id = parse_id(id)?;
    let mut record = printed(&world, table, table.rows.get(&id)?);
    let name = escape(&table.module.api_name);
    let mut body = format!(
        "<p><a href=\"/__sim/modules/{name}\">{name}</a></p><h1>{}</h1>",
        escape(&title(&table.module, &record))
    );
    if !problem.is_empty() {
        body.push_str(&notice(problem));
    }
    body.push_str("<div id=\"live\">");
    body.push_str(&fields(&world, table, &record));
    body.push_str(&related(&world, position, id));
    let changes = world.changes.since(0).rev();
    let changes = changes.filter(|change| change.table == position && change.id == id);
    let _ = write!(
        body,
        "<h2>What happened</h2>{}</div>",
        html_table(
            &CHANGE_HEADS,
            &change_rows(&world, changes.take(CHANGES_MAX)),
            "Nothing that is still remembered."
        )
    );
    let _ = write!(
        body,
        "<h2 id=\"edit\">Edit</h2><form method=\"post\" action=\"/__sim/modules/{name}/{id}\">"
    );
    if let Some(record) = record.as_object_mut() {
        record.extend(typed.clone());
    }
    print_inputs(&mut body, &world, table, &record);
    let _ = write!(
        body,
        "<p><button>Save</button></p></form><form method=\"post\" action=\"/__sim/modules/{name}/{id}/delete\" \
         data-confirm=\"Delete this record?\"><button class=\"bad\">Delete</button></form>"
    );
    Some(framed(&table.module.api_name, "/__sim/", &body))
}

/// The filled fields; the keys of the system after them.
fn fields(world: &World, table: &Table, record: &Value) -> String {
    let (mut own, mut system) = (String::new(), String::new());
    let entries = record.as_object().into_iter().flatten();
    for (key, value) in entries.filter(|(_, value)| !value.is_null()) {
        let field = table.module.field(key);
        let label = field.map_or(key.as_str(), |field| field.label.as_str());
        let rows = if key.starts_with('$') {
            &mut system
        } else {
            &mut own
        };
        // Writing into a text does not fail.
        let _ = write!(
            rows,
            "<tr><th scope=\"row\" title=\"{}\">{}</th><td>{}</td></tr>",
            escape(key),
            escape(label),
            html_of(world, field, value)
        );
    }
    format!("<div class=\"wide\"><table><tbody>{own}{system}</tbody></table></div>")
}

/// Records of other modules that refer to this one, with a link that makes one more.
fn related(world: &World, position: usize, id: u64) -> String {
    let module = &world.tables[position].module.api_name;
    let mut out = String::new();
    for table in &world.tables {
        for (at, field) in (0u16..).zip(table.module.fields.iter()) {
            let leads_here = field.data_type == DataType::Lookup
                && field
                    .lookup
                    .as_ref()
                    .is_some_and(|lookup| lookup.module == *module);
            if !leads_here {
                continue;
            }
            let holders = holders(table, at, id);
            let name = escape(&table.module.api_name);
            let links: String = holders
                .iter()
                .filter_map(|id| table.rows.get(id))
                .map(|record| {
                    let text = table.name_of(record);
                    let text = if text.trim().is_empty() {
                        record.id.to_string()
                    } else {
                        text
                    };
                    format!(
                        "<a href=\"/__sim/modules/{name}/{}\">{}</a> ",
                        record.id,
                        escape(&text)
                    )
                })
                .collect();
            let more = if field.is_read_only {
                String::new()
            } else {
                format!(
                    "<a href=\"/__sim/modules/{name}/new?{}={id}\">New</a>",
                    escape(&field.api_name)
                )
            };
            let _ = write!(
                out,
                "<tr><th scope=\"row\">{name}</th><td class=\"muted\">{}</td><td class=\"links\">{links}</td><td>{more}</td></tr>",
                escape(&field.label)
            );
        }
    }
    if out.is_empty() {
        return out;
    }
    format!("<h2>Refers to it</h2><div class=\"wide\"><table><tbody>{out}</tbody></table></div>")
}

/// The latest records that hold a reference in a field.
fn holders(table: &Table, position: u16, id: u64) -> Vec<u64> {
    let cell = Cell::Id(id);
    if table.is_indexed(position) {
        let all = table.holders(position, &cell);
        return all.iter().rev().take(RELATED_MAX).copied().collect();
    }
    let records = table.by_id(true, None).take(SCANNED_MAX);
    records
        .filter(|record| record.cell(position) == Some(&cell))
        .map(|record| record.id)
        .take(RELATED_MAX)
        .collect()
}

fn new_page(
    shared: &Shared,
    module: &str,
    problem: &str,
    given: &Map<String, Value>,
) -> Option<Html<String>> {
    let world = shared.world();
    let table = world.table_named(module)?;
    let name = escape(&table.module.api_name);
    let mut body = format!(
        "<p><a href=\"/__sim/modules/{name}\">{name}</a></p><h1>New {}</h1>",
        escape(&table.module.singular_label)
    );
    if !problem.is_empty() {
        body.push_str(&notice(problem));
    }
    let _ = write!(
        body,
        "<form method=\"post\" action=\"/__sim/modules/{name}/new\">"
    );
    print_inputs(&mut body, &world, table, &json!(given));
    body.push_str("<p><button>Create</button></p></form>");
    Some(framed(&table.module.api_name, "/__sim/", &body))
}

fn title(module: &Module, record: &Value) -> String {
    let name = module
        .name_position()
        .map(|position| text_of(&record[&module.field_at(position).api_name]));
    name.filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| text_of(&record["id"]))
}
