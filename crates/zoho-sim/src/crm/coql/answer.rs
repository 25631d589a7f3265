//! The call itself: reads the body, runs the query, prints rows.

use std::io::Write;

use axum::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::plan::{Plan, Shown, What};
use super::run::{Group, Outcome, groups, records, values};
use super::{ast, parser, plan};
use crate::accounts::Operation;
use crate::catalog::{self, Refusal};
use crate::crm::query::{Number, Reach, Value};
use crate::crm::rights::{self, Right};
use crate::crm::{Context, scope_part, settings};
use crate::http::{Answer, Call};
use crate::rows::{Columns, Printer, print_id, print_text, print_time};
use crate::schema::{DataType, Slot};
use crate::world::{Cell, Record, Table, World};

/// The text of the query in the body, when there is one.
pub(super) fn select_query(call: &Call) -> Option<String> {
    let body: Json = serde_json::from_slice(&call.body).ok()?;
    body.get("select_query")?.as_str().map(str::to_owned)
}

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let (text, wants_fields) = body(context.call)?;
    if wants_fields
        && !context
            .caller
            .scopes
            .allow("ZohoCRM.settings", Some("fields"), Operation::Read)
    {
        return Err(catalog::scope_mismatch());
    }
    let query = parser::parse(&text)?;
    if context.version.is_second() {
        check_older_limits(&query)?;
    }
    let world = context.shared.world();
    check_scopes(context, &world, &query)?;
    let asker = plan::Asker {
        user: context.caller.user,
        now: context.now(),
    };
    let plan = plan::plan(&world, &query, asker, &|plan| values(&world, plan))?;
    let mut out = b"{\"data\":[".to_vec();
    let mut rows = Rows::new(&world, &plan);
    let (count, has_more) = rows.print(&mut out);
    if count == 0 {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    out.extend_from_slice(b"],\"info\":");
    let info = json!({"count": count, "more_records": has_more});
    out.extend_from_slice(info.to_string().as_bytes());
    if wants_fields {
        out.extend_from_slice(b",\"fields\":");
        out.extend_from_slice(fields(&world, &plan).to_string().as_bytes());
    }
    out.push(b'}');
    Ok(Answer::json_bytes(StatusCode::OK, out))
}

/// The smaller limits of versions 2 and 2.1: 200 rows, 50 columns, 10,000 rows reached.
fn check_older_limits(query: &ast::Query) -> Result<(), Refusal> {
    const ROWS_MAX: usize = 200;
    const COLUMNS_MAX: usize = 50;
    const REACHED_MAX: usize = 10_000;
    let number = |bound: &Option<ast::Bound>| {
        let bound = bound.as_ref()?;
        bound.0.parse::<usize>().ok()
    };
    let limit = number(&query.limit).unwrap_or(ROWS_MAX);
    if limit > ROWS_MAX {
        return Err(catalog::coql::limit_exceeded("limit", ROWS_MAX));
    }
    if query.columns.len() > COLUMNS_MAX {
        return Err(catalog::coql::limit_exceeded("select", COLUMNS_MAX));
    }
    let reached = number(&query.offset).unwrap_or(0).saturating_add(limit);
    if reached > REACHED_MAX {
        return Err(catalog::coql::limit_exceeded("offset", REACHED_MAX));
    }
    Ok(())
}

/// The query, and whether the fields of its columns are asked for.
fn body(call: &Call) -> Result<(String, bool), Refusal> {
    let body: Json = serde_json::from_slice(&call.body).map_err(|_| catalog::malformed_body())?;
    let body = body.as_object().ok_or_else(catalog::malformed_body)?;
    let text = match body.get("select_query") {
        None | Some(Json::Null) => return Err(catalog::coql::missing_query()),
        Some(Json::String(text)) => text.clone(),
        Some(_) => return Err(catalog::wrong_key_type("select_query", "string")),
    };
    let wants_fields = match body.get("include_meta") {
        None | Some(Json::Null) => false,
        Some(Json::Array(parts)) => {
            if let Some(place) = parts.iter().position(|part| part != "fields") {
                return Err(catalog::coql::unknown_meta(place));
            }
            !parts.is_empty()
        }
        Some(_) => return Err(catalog::wrong_key_type("include_meta", "jsonarray")),
    };
    Ok((text, wants_fields))
}

/// READ of every module that a query or sub-query reads from. unknown: whether modules behind lookups need it too; not here.
fn check_scopes(context: &Context<'_>, world: &World, query: &ast::Query) -> Result<(), Refusal> {
    if let Some(table) = world.table_position(&query.module) {
        let part = scope_part(world, table);
        let scopes = &context.caller.scopes;
        if !scopes.allow("ZohoCRM.modules", Some(&part), Operation::Read) {
            return Err(catalog::scope_mismatch());
        }
        rights::require(world, context.caller.user, table, &[Right::View])?;
    }
    query
        .condition
        .sub_queries()
        .try_for_each(|query| check_scopes(context, world, query))
}

/// Prints what a plan finds.
struct Rows<'a> {
    world: &'a World,
    table: &'a Table,
    plan: &'a Plan,
    /// `"Column":` of each column.
    keys: Vec<Vec<u8>>,
}

impl<'a> Rows<'a> {
    fn new(world: &'a World, plan: &'a Plan) -> Self {
        let keys = plan.columns.iter().map(|column| {
            let mut key = Vec::new();
            print_text(&mut key, &column.key);
            key.push(b':');
            key
        });
        Self {
            world,
            table: &world.tables[plan.table],
            plan,
            keys: keys.collect(),
        }
    }

    /// Prints the rows and gives their number, and whether there are more.
    fn print(&mut self, out: &mut Vec<u8>) -> (usize, bool) {
        let columns = Columns::named(self.table, &[]);
        let mut printer = Printer::new(self.world, self.table, &columns);
        if self.plan.is_grouped() {
            let page = groups(self.world, self.plan);
            for (number, group) in page.items.iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                self.print_group(out, &mut printer, group);
            }
            return (page.items.len(), page.has_more);
        }
        let page = records(self.world, self.plan);
        let has_id = self.plan.columns.iter().any(|column| column.key == "id");
        for (number, record) in page.items.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            out.push(b'{');
            for (column, key) in self.plan.columns.iter().zip(&self.keys) {
                out.extend_from_slice(key);
                self.print_value(out, &mut printer, record, column.what.reach());
                out.push(b',');
            }
            if has_id {
                out.pop();
            } else {
                out.extend_from_slice(b"\"id\":");
                print_id(out, record.id);
            }
            out.push(b'}');
        }
        (page.items.len(), page.has_more)
    }

    fn print_group(&self, out: &mut Vec<u8>, printer: &mut Printer<'a>, group: &Group<'a>) {
        let mut sums = group.sums.iter();
        let mut separator = b'{';
        for (column, key) in self.plan.columns.iter().zip(&self.keys) {
            out.push(separator);
            separator = b',';
            out.extend_from_slice(key);
            match (&column.what, group.first) {
                (What::Value(reach), Some(record)) => {
                    self.print_value(out, printer, record, reach);
                }
                (What::Value(_), None) => out.extend_from_slice(b"null"),
                (What::Aggregate(..), _) => match sums.next().map(super::run::Sum::result) {
                    None | Some(Outcome::Nothing) => out.extend_from_slice(b"null"),
                    Some(Outcome::Number(number)) => print_number(out, number),
                    Some(Outcome::Value(value)) => self.print_plain(out, value),
                },
            }
        }
        out.push(b'}');
    }

    fn print_value(
        &self,
        out: &mut Vec<u8>,
        printer: &mut Printer<'a>,
        record: &'a Record,
        reach: &Reach,
    ) {
        let (Some((_, field)), Some(position)) = (reach.field(self.world), reach.position()) else {
            // Facts of users are plain.
            return self.print_plain(out, reach.value(self.world, self.table, record));
        };
        let Some((table, record)) = reach.record(self.world, self.table, record) else {
            out.extend_from_slice(b"null");
            return;
        };
        let reference = match (field.slot, field.data_type) {
            (Slot::Owner, _) => Some(record.owner),
            (Slot::CreatedBy, _) => Some(record.created_by),
            (Slot::ModifiedBy, _) => Some(record.modified_by),
            (Slot::Stored, data_type) if data_type.is_reference() => match record.cell(position) {
                Some(Cell::Id(id)) => Some(*id),
                _ => None,
            },
            _ => return printer.print_value(out, table, record, position),
        };
        match reference {
            None => out.extend_from_slice(b"null"),
            Some(id) if field.data_type == DataType::MultiModuleLookup => {
                self.print_any(out, id);
            }
            Some(id) => self.print_reference(out, id, field.data_type.is_user()),
        }
    }

    fn print_reference(&self, out: &mut Vec<u8>, id: u64, is_user: bool) {
        let name = if is_user {
            self.world.user(id).map(crate::world::User::full_name)
        } else {
            let found = self.world.find(id);
            found.map(|(table, record)| self.world.tables[table].name_of(record))
        };
        out.extend_from_slice(b"{\"name\":");
        match name {
            None => out.extend_from_slice(b"null"),
            Some(name) => print_text(out, &name),
        }
        out.extend_from_slice(b",\"id\":");
        print_id(out, id);
        out.push(b'}');
    }

    /// A record of one of several modules, without a name.
    fn print_any(&self, out: &mut Vec<u8>, id: u64) {
        out.extend_from_slice(b"{\"module\":");
        match self
            .world
            .table_of(id)
            .and_then(|table| self.world.tables.get(table))
        {
            None => out.extend_from_slice(b"null"),
            Some(table) => {
                out.extend_from_slice(b"{\"api_name\":");
                print_text(out, &table.module.api_name);
                out.extend_from_slice(b",\"id\":");
                print_id(out, table.module.id);
                out.push(b'}');
            }
        }
        out.extend_from_slice(b",\"id\":");
        print_id(out, id);
        out.push(b'}');
    }

    fn print_plain(&self, out: &mut Vec<u8>, value: Value<'_>) {
        match value {
            Value::Nothing => out.extend_from_slice(b"null"),
            Value::Text(text) => print_text(out, &text.to_string()),
            Value::Date(date) => print_text(out, date),
            Value::Number(number) => print_number(out, number),
            Value::Moment(seconds) => print_time(out, self.world, seconds),
            Value::Id(id) => print_id(out, id),
            Value::Flag(is_set) => out.extend_from_slice(if is_set { b"true" } else { b"false" }),
            Value::List(values) => out.extend_from_slice(json!(values).to_string().as_bytes()),
        }
    }
}

fn print_number(out: &mut Vec<u8>, number: Number) {
    // Writing into memory does not fail.
    let _ = match number {
        Number::Whole(number) => write!(out, "{number}"),
        Number::Double(number) if number.is_finite() => write!(out, "{number}"),
        Number::Double(_) => write!(out, "null"),
    };
}

/// The metadata of the fields that are shown, by the names of their columns.
///
/// unknown: `table_name` and `column_name`, names of Zoho's own tables, are left out.
fn fields(world: &World, plan: &Plan) -> Json {
    let described = |column: &Shown| {
        let What::Value(reach) = &column.what else {
            return None;
        };
        let (table, field) = reach.field(world)?;
        let position = reach.position()?;
        let mut printed = settings::print_field(world, &table.module, position, field);
        printed["required"] = json!(field.is_mandatory);
        Some((column.key.clone(), printed))
    };
    let fields: Map<String, Json> = plan.columns.iter().filter_map(described).collect();
    Json::Object(fields)
}
