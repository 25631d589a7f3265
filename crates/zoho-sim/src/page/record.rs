//! One record with all its fields, and the form that edits it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

use super::modules::{printed, text_of};
use super::{framed, notice};
use crate::control::{Problem, records};
use crate::html::escape;
use crate::schema::{DataType, Field, Module, Slot};
use crate::state::Shared;
use crate::world::parse_id;

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
) -> (StatusCode, Html<String>) {
    match page(&shared, &module, &id, "") {
        Some(page) => (StatusCode::OK, page),
        None => missing(&module, &id),
    }
}

pub(super) async fn show_new(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
) -> (StatusCode, Html<String>) {
    match new_page(&shared, &module, "", &Map::new()) {
        Some(page) => (StatusCode::OK, page),
        None => missing(&module, "new"),
    }
}

/// Fields of a posted form, in its order.
type Posted = Form<Vec<(String, String)>>;

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Path(module): Path<String>,
    form: Posted,
) -> Response {
    let row = row_of(&shared, &module, &form.0, None);
    match records::create(&shared, &module, &row, None) {
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
    form: Posted,
) -> Response {
    let row = row_of(&shared, &module, &form.0, parse_id(&id));
    match records::update(&shared, &module, &id, &row, None) {
        Ok(_) => see(&module, &id),
        Err(problem) => refused(&shared, &module, &id, &problem),
    }
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path((module, id)): Path<(String, String)>,
) -> Response {
    match records::delete(&shared, &module, &id, None) {
        Ok(()) => Redirect::to(&format!("/__sim/modules/{module}")).into_response(),
        Err(problem) => refused(&shared, &module, &id, &problem),
    }
}

fn see(module: &str, id: &str) -> Response {
    Redirect::to(&format!("/__sim/modules/{module}/{id}")).into_response()
}

fn refused(shared: &Shared, module: &str, id: &str, problem: &Problem) -> Response {
    match page(shared, module, id, problem.detail()) {
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

/// Fields that a person can fill.
fn is_editable(field: &Field) -> bool {
    field.slot == Slot::Stored && !field.is_read_only && field.data_type.is_plain()
}

fn page(shared: &Shared, module: &str, id: &str, problem: &str) -> Option<Html<String>> {
    let world = shared.world();
    let table = world.table_named(module)?;
    let record = table.rows.get(&parse_id(id)?)?;
    let record = printed(&world, table, record);
    let name = escape(&table.module.api_name);
    let mut body = format!(
        "<p><a href=\"/__sim/modules/{name}\">{name}</a></p><h1>{}</h1>",
        escape(&title(&table.module, &record))
    );
    if !problem.is_empty() {
        body.push_str(&notice(problem));
    }
    body.push_str("<div id=\"live\"><div class=\"wide\"><table><tbody>");
    for (field, value) in record
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
    {
        let _ = write!(
            body,
            "<tr><th>{}</th><td>{}</td></tr>",
            escape(field),
            escape(&text_of(value))
        );
    }
    body.push_str("</tbody></table></div></div>");
    let _ = write!(
        body,
        "<h2>Edit</h2><form method=\"post\" action=\"/__sim/modules/{name}/{}\">",
        escape(id)
    );
    print_inputs(&mut body, &table.module, &record);
    let _ = write!(
        body,
        "<p><button>Save</button></p></form><form method=\"post\" action=\"/__sim/modules/{name}/{}/delete\"><button class=\"bad\">Delete</button></form>",
        escape(id)
    );
    Some(framed(&table.module.api_name, "/__sim/", &body))
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
    print_inputs(&mut body, &table.module, &Value::Object(given.clone()));
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

fn print_inputs(body: &mut String, module: &Module, record: &Value) {
    body.push_str("<div class=\"fields\">");
    for field in module.fields.iter().filter(|field| is_editable(field)) {
        let value = &record[&field.api_name];
        let name = escape(&field.api_name);
        let value = match field.data_type {
            DataType::Lookup | DataType::OwnerLookup | DataType::UserLookup => {
                escape(value["id"].as_str().unwrap_or_default())
            }
            _ => escape(&text_of(value)),
        };
        let star = if field.is_mandatory { " *" } else { "" };
        let _ = write!(body, "<label>{}{star}", escape(&field.label));
        let _ = match field.data_type {
            DataType::TextArea => write!(
                body,
                "<textarea name=\"{name}\" rows=\"3\">{value}</textarea>"
            ),
            DataType::Boolean => write!(
                body,
                "<select name=\"{name}\"><option>false</option><option{}>true</option></select>",
                if value == "true" { " selected" } else { "" }
            ),
            DataType::PickList => {
                let options: String = field
                    .pick_list
                    .iter()
                    .map(|option| {
                        format!(
                            "<option value=\"{}\"></option>",
                            escape(&option.display_value)
                        )
                    })
                    .collect();
                write!(
                    body,
                    "<input name=\"{name}\" value=\"{value}\" list=\"list-{name}\"><datalist id=\"list-{name}\">{options}</datalist>"
                )
            }
            _ => write!(body, "<input name=\"{name}\" value=\"{value}\">"),
        };
        body.push_str("</label>");
    }
    body.push_str("</div>");
}

/// The row of a form: values in the JSON type of their field, and for an existing record only what was changed. What cannot
/// be read as its type stays text, so that the check names it.
fn row_of(
    shared: &Shared,
    module: &str,
    form: &[(String, String)],
    id: Option<u64>,
) -> Map<String, Value> {
    let world = shared.world();
    let Some(table) = world.table_named(module) else {
        return Map::new();
    };
    let record = id
        .and_then(|id| table.rows.get(&id))
        .map(|record| printed(&world, table, record));
    let mut row = Map::new();
    for (name, text) in form {
        let Some(field) = table.module.field(name).filter(|field| is_editable(field)) else {
            continue;
        };
        let value = value_of(field, text.trim());
        let current = record
            .as_ref()
            .map(|record| comparable(field, &record[name]));
        if current.as_ref() != Some(&value) {
            row.insert(name.clone(), value);
        }
    }
    row
}

fn value_of(field: &Field, text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    let unread = || Value::String(text.to_owned());
    match field.data_type {
        DataType::Integer => text.parse::<i64>().map_or_else(|_| unread(), Value::from),
        DataType::Double | DataType::Currency | DataType::Percent => {
            text.parse::<f64>().map_or_else(|_| unread(), Value::from)
        }
        DataType::Boolean => Value::Bool(text == "true"),
        DataType::Lookup | DataType::OwnerLookup | DataType::UserLookup => json!({"id": text}),
        DataType::MultiSelectPickList => json!(text.split(',').map(str::trim).collect::<Vec<_>>()),
        _ => unread(),
    }
}

/// The stored value in the form that [`value_of`] gives.
fn comparable(field: &Field, value: &Value) -> Value {
    match field.data_type {
        DataType::Lookup | DataType::OwnerLookup | DataType::UserLookup if value.is_object() => {
            json!({"id": value["id"]})
        }
        // Browsers send line ends of two characters.
        DataType::TextArea => value
            .as_str()
            .map_or(Value::Null, |text| json!(text.trim())),
        _ => value.clone(),
    }
}
