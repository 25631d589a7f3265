//! Prints records as JSON straight into the answer, without building a tree first.

use super::digits::{push_bytes, push_integer, push_number, push_text};
use super::{columns::Columns, older};
use super::{compute, currency};
use crate::schema::{DataType, Field, Slot};
use crate::world::{Cell, Record, Table, World, write_time};

/// Characters of a rich text that record reads show.
const RICH_TEXT_MAX: usize = 500;

/// `$` keys with the value that every record has as long as no approval or blueprint is simulated.
const SYSTEM_KEYS: [(&str, &str); 18] = [
    ("$approval_state", "\"approved\""),
    ("$approved", "true"),
    (
        "$approval",
        "{\"delegate\":false,\"approve\":false,\"reject\":false,\"resubmit\":false}",
    ),
    ("$canvas_id", "null"),
    ("$currency_symbol", "\"$\""),
    ("$editable", "true"),
    ("$field_states", "null"),
    ("$in_merge", "false"),
    ("$locked_for_me", "false"),
    ("$orchestration", "false"),
    ("$pathfinder", "false"),
    ("$process_flow", "false"),
    ("$review", "null"),
    (
        "$review_process",
        "{\"approve\":false,\"reject\":false,\"resubmit\":false}",
    ),
    ("$sharing_permission", "\"full_access\""),
    ("$state", "\"save\""),
    ("$wizard_connection_path", "null"),
    ("$zia_owner_assignment", "null"),
];

/// Names of the `$` keys that every record has.
pub(crate) fn system_keys() -> impl Iterator<Item = &'static str> {
    SYSTEM_KEYS.iter().map(|(name, _)| *name)
}

/// The place of a `$` key among those that every record has.
pub(super) fn system_key(name: &str) -> Option<u8> {
    let place = SYSTEM_KEYS.iter().position(|(key, _)| *key == name)?;
    u8::try_from(place).ok()
}

/// Prints records of one module; what repeats in them is printed once and kept.
#[derive(Debug)]
pub(crate) struct Printer<'a> {
    world: &'a World,
    table: &'a Table,
    columns: &'a Columns,
    /// Users as printed, by id.
    users: Vec<(u64, Vec<u8>)>,
    /// Records as lookups show them: a slot for each remainder of the id, so that the list stays small.
    references: Vec<Option<(u64, Vec<u8>)>>,
    /// The latest time as printed.
    time: Option<(i64, [u8; 27])>,
    /// `"Field":` of each column.
    keys: Vec<(u16, Vec<u8>)>,
}

const REFERENCES_MAX: usize = 64;

impl<'a> Printer<'a> {
    pub(crate) fn new(world: &'a World, table: &'a Table, columns: &'a Columns) -> Self {
        let keys = columns.positions(&table.module).into_iter();
        let keys = keys.map(|position| {
            let name = columns.key_of(&table.module, position);
            (position, format!("\"{name}\":").into_bytes())
        });
        Self {
            world,
            table,
            columns,
            users: Vec::new(),
            references: vec![None; REFERENCES_MAX],
            time: None,
            keys: keys.collect(),
        }
    }

    /// Appends one record as a JSON object.
    pub(crate) fn print(&mut self, out: &mut Vec<u8>, record: &Record) {
        let mut separator = b'{';
        let table = self.table;
        let keys = std::mem::take(&mut self.keys);
        for (position, key) in &keys {
            out.push(separator);
            separator = b',';
            out.extend_from_slice(key);
            let field = table.module.field_at(*position);
            self.print_field(out, table, record, *position, field);
            if field.data_type == DataType::MultiModuleLookup && !is_parent(field) {
                self.print_se_module(out, record.cell(*position));
            }
        }
        self.keys = keys;
        for place in self.columns.system_keys(SYSTEM_KEYS.len()) {
            let (key, value) = SYSTEM_KEYS[usize::from(place)];
            let is_locked = key == "$locked_for_me" && self.world.actions.is_locked(record.id);
            let value = if is_locked { "true" } else { value };
            out.push(separator);
            separator = b',';
            push_text(out, key);
            out.push(b':');
            match (key, currency::symbol(self.world, table, record)) {
                ("$currency_symbol", Some(symbol)) => push_text(out, symbol),
                _ => out.extend_from_slice(value.as_bytes()),
            }
        }
        if self.columns.has_system_keys() {
            self.print_has_more(out);
            if table.module.api_name == "Events" {
                let is_cancelled = self.world.actions.cancelled.contains(&record.id);
                out.extend_from_slice(b",\"$event_cancelled\":");
                out.extend_from_slice(if is_cancelled { b"true" } else { b"false" });
            }
        }
        if separator == b'{' {
            out.push(b'{');
        }
        out.push(b'}');
    }

    /// Appends the value of one field, of a record of any table.
    pub(crate) fn print_value(
        &mut self,
        out: &mut Vec<u8>,
        table: &'a Table,
        record: &Record,
        position: u16,
    ) {
        let field = table.module.field_at(position);
        self.print_field(out, table, record, position, field);
    }

    fn print_field(
        &mut self,
        out: &mut Vec<u8>,
        table: &'a Table,
        record: &Record,
        position: u16,
        field: &Field,
    ) {
        match field.slot {
            Slot::Stored => self.print_cell(out, table, record, position, field),
            Slot::Id => print_id(out, record.id),
            Slot::Owner => self.print_user(out, record.owner),
            Slot::CreatedBy => self.print_user(out, record.created_by),
            Slot::ModifiedBy => self.print_user(out, record.modified_by),
            Slot::CreatedTime => self.print_time(out, record.created_at),
            Slot::ModifiedTime => self.print_time(out, record.modified_at),
            Slot::RecordStatus => out.extend_from_slice(b"\"Available\""),
            Slot::DataSource => push_text(out, record.source.data_source()),
            Slot::Layout => {
                let layouts = &table.module.layouts;
                let layout = layouts
                    .get(usize::from(record.layout))
                    .or_else(|| layouts.first());
                match layout {
                    None => out.extend_from_slice(b"null"),
                    Some(layout) => print_reference(out, Some(&layout.name), layout.id),
                }
            }
            Slot::FullName => push_text(out, &table.name_of(record)),
            Slot::ExpectedRevenue => {
                let value = compute::expected_revenue(table, record);
                print_number(out, value);
            }
            Slot::EmptyList => out.extend_from_slice(b"[]"),
        }
    }

    fn print_cell(
        &mut self,
        out: &mut Vec<u8>,
        table: &'a Table,
        record: &Record,
        position: u16,
        field: &Field,
    ) {
        let computed;
        let cell = match field.data_type {
            DataType::Formula | DataType::RollupSummary => {
                computed = compute::value(self.world, table, record, position);
                computed.as_ref()
            }
            _ => record.cell(position),
        };
        match cell {
            None => out.extend_from_slice(nothing(field.data_type)),
            Some(Cell::Bool(is_set)) => {
                out.extend_from_slice(if *is_set { b"true" } else { b"false" });
            }
            Some(Cell::Integer(number)) => push_integer(out, *number),
            Some(Cell::Double(number)) => print_number(out, Some(*number)),
            Some(Cell::Text(text)) if field.is_rich_text() && !self.columns.is_full() => {
                push_text(out, beginning(text, RICH_TEXT_MAX));
            }
            Some(Cell::Text(text)) => push_bytes(out, text.as_bytes()),
            Some(Cell::Time(seconds)) => self.print_time(out, *seconds),
            Some(Cell::List(values)) => append(out, values),
            Some(Cell::Id(id)) if field.data_type.is_user() => self.print_user(out, *id),
            Some(Cell::Id(id)) => self.print_lookup(out, *id, field),
            Some(Cell::Tags(ids)) => print_list(out, ids, |out, id| {
                let tag = table.tag_of(*id);
                out.extend_from_slice(b"{\"name\":");
                push_text(out, tag.map_or("", |tag| &tag.name));
                out.extend_from_slice(b",\"id\":");
                print_id(out, *id);
                out.extend_from_slice(b",\"color_code\":");
                print_optional(out, tag.and_then(|tag| tag.colour.as_deref()));
                out.push(b'}');
            }),
            Some(Cell::Rows(ids)) => self.print_rows(out, ids, field),
            Some(Cell::Json(value)) => append(out, value.as_ref()),
        }
    }

    /// Rows of a sub-form with all their fields; pairs of a multi-select lookup with the other side and their own id.
    fn print_rows(&mut self, out: &mut Vec<u8>, ids: &[u64], field: &Field) {
        let Some(table) = field
            .rows_module()
            .and_then(|name| self.world.table_named(name))
        else {
            out.extend_from_slice(b"[]");
            return;
        };
        let rows: Vec<&Record> = ids.iter().filter_map(|id| table.rows.get(id)).collect();
        print_list(out, &rows, |out, row| {
            if self.columns.is_older() && older::is_line_items(table) {
                return self.print_older_line(out, table, row);
            }
            let other = field.linking.as_ref().map(|linking| &linking.other_field);
            let mut separator = b'{';
            for (position, field) in (0u16..).zip(&table.module.fields) {
                if other.is_some_and(|other| *other != field.api_name && field.slot != Slot::Id) {
                    continue;
                }
                out.push(separator);
                separator = b',';
                push_text(out, &field.api_name);
                out.push(b':');
                self.print_field(out, table, row, position, field);
            }
            out.push(b'}');
        });
    }

    fn print_older_line(&mut self, out: &mut Vec<u8>, table: &'a Table, row: &Record) {
        let mut separator = b'{';
        for (key, name) in older::LINE_KEYS {
            let Some(position) = table.module.position(name) else {
                continue;
            };
            out.push(separator);
            separator = b',';
            push_text(out, key);
            out.push(b':');
            let field = table.module.field_at(position);
            self.print_field(out, table, row, position, field);
        }
        out.push(b'}');
    }

    fn print_has_more(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b",\"$has_more\":{");
        let mut is_first = true;
        for field in &self.table.module.fields {
            if field.rows_module().is_some() {
                if !is_first {
                    out.push(b',');
                }
                is_first = false;
                push_text(out, &field.api_name);
                out.extend_from_slice(b":false");
            }
        }
        out.push(b'}');
    }

    /// The module of the record that a lookup to any module names.
    fn print_se_module(&self, out: &mut Vec<u8>, cell: Option<&Cell>) {
        let module = match cell {
            Some(Cell::Id(id)) => self.world.table_of(*id),
            _ => None,
        };
        out.extend_from_slice(b",\"$se_module\":");
        match module {
            None => out.extend_from_slice(b"null"),
            Some(table) => push_text(out, &self.world.tables[table].module.api_name),
        }
    }

    fn print_time(&mut self, out: &mut Vec<u8>, seconds: i64) {
        if let Some((known, text)) = &self.time
            && *known == seconds
        {
            out.extend_from_slice(text);
            return;
        }
        let start = out.len();
        print_time(out, self.world, seconds);
        if let Ok(text) = out[start..].try_into() {
            self.time = Some((seconds, text));
        }
    }

    fn print_user(&mut self, out: &mut Vec<u8>, id: u64) {
        if let Some((_, text)) = self.users.iter().find(|(known, _)| *known == id) {
            out.extend_from_slice(text);
            return;
        }
        let start = out.len();
        print_user(out, self.world, id);
        self.users.push((id, out[start..].to_vec()));
    }

    fn print_lookup(&mut self, out: &mut Vec<u8>, id: u64, field: &Field) {
        if is_parent(field) {
            return self.print_parent(out, id);
        }
        if older::is_line_field(field) && field.api_name == "Product_Name" {
            return self.print_product(out, id);
        }
        let slot = usize::try_from(id).unwrap_or(0) % REFERENCES_MAX;
        if let Some((known, text)) = &self.references[slot]
            && *known == id
        {
            out.extend_from_slice(text);
            return;
        }
        let start = out.len();
        print_reference(out, self.name_of(id).as_deref(), id);
        self.references[slot] = Some((id, out[start..].to_vec()));
    }

    /// The name of a record; none once it is deleted.
    ///
    /// unknown: how Zoho shows a lookup to a deleted record.
    fn name_of(&self, id: u64) -> Option<String> {
        let (table, record) = self.world.find(id)?;
        Some(self.world.tables[table].name_of(record))
    }

    /// The product of a line item, with its code.
    fn print_product(&self, out: &mut Vec<u8>, id: u64) {
        let code = self.world.find(id).and_then(|(table, record)| {
            let position = self.world.tables[table].module.position("Product_Code");
            record.text(position?)
        });
        out.extend_from_slice(b"{\"Product_Code\":");
        print_optional(out, code);
        out.extend_from_slice(b",\"name\":");
        print_optional(out, self.name_of(id).as_deref());
        out.extend_from_slice(b",\"id\":");
        print_id(out, id);
        out.push(b'}');
    }

    /// The record to which a note or an attachment belongs.
    fn print_parent(&self, out: &mut Vec<u8>, id: u64) {
        out.extend_from_slice(b"{\"module\":");
        match self
            .world
            .table_of(id)
            .map(|table| &self.world.tables[table])
        {
            None => out.extend_from_slice(b"null"),
            Some(table) => {
                out.extend_from_slice(b"{\"api_name\":");
                push_text(out, &table.module.api_name);
                out.extend_from_slice(b",\"id\":");
                print_id(out, table.module.id);
                out.push(b'}');
            }
        }
        out.extend_from_slice(b",\"name\":");
        print_optional(out, self.name_of(id).as_deref());
        out.extend_from_slice(b",\"id\":");
        print_id(out, id);
        out.push(b'}');
    }
}

/// Appends one record as a JSON object.
pub(crate) fn print_record(
    out: &mut Vec<u8>,
    world: &World,
    table: &Table,
    record: &Record,
    columns: &Columns,
) {
    Printer::new(world, table, columns).print(out, record);
}

/// Notes and attachments name their parent with its module; activities have `$se_module` beside the lookup.
fn is_parent(field: &Field) -> bool {
    field.data_type == DataType::MultiModuleLookup && field.api_name == "Parent_Id"
}

/// What an empty field is.
fn nothing(data_type: DataType) -> &'static [u8] {
    match data_type {
        DataType::Boolean => b"false",
        DataType::Tag
        | DataType::Subform
        | DataType::MultiSelectLookup
        | DataType::MultiUserLookup
        | DataType::Participants
        | DataType::Tax
        | DataType::LineTax
        | DataType::PricingDetails
        | DataType::Comments => b"[]",
        _ => b"null",
    }
}

/// The first characters of a text.
fn beginning(text: &str, characters_max: usize) -> &str {
    match text.char_indices().nth(characters_max) {
        None => text,
        Some((end, _)) => &text[..end],
    }
}

fn print_list<T>(out: &mut Vec<u8>, items: &[T], mut print: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        print(out, item);
    }
    out.push(b']');
}

fn print_number(out: &mut Vec<u8>, number: Option<f64>) {
    match number {
        None => out.extend_from_slice(b"null"),
        // Whole numbers of money are most; they print as a float does, with `.0`.
        Some(number) => append(out, &number),
    }
}

pub(crate) fn print_id(out: &mut Vec<u8>, id: u64) {
    out.push(b'"');
    push_number(out, id);
    out.push(b'"');
}

pub(crate) fn print_time(out: &mut Vec<u8>, world: &World, seconds: i64) {
    out.push(b'"');
    write_time(out, seconds, world.organisation.utc_offset_minutes);
    out.push(b'"');
}

pub(crate) fn print_text(out: &mut Vec<u8>, text: &str) {
    push_text(out, text);
}

fn print_user(out: &mut Vec<u8>, world: &World, id: u64) {
    let user = world.user(id);
    out.extend_from_slice(b"{\"name\":");
    push_text(
        out,
        &user.map(crate::world::User::full_name).unwrap_or_default(),
    );
    out.extend_from_slice(b",\"id\":");
    print_id(out, id);
    out.extend_from_slice(b",\"email\":");
    push_text(out, user.map_or("", |user| &user.email));
    out.push(b'}');
}

fn print_reference(out: &mut Vec<u8>, name: Option<&str>, id: u64) {
    out.extend_from_slice(b"{\"name\":");
    print_optional(out, name);
    out.extend_from_slice(b",\"id\":");
    print_id(out, id);
    out.push(b'}');
}

fn print_optional(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => out.extend_from_slice(b"null"),
        Some(text) => push_text(out, text),
    }
}

fn append<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Plain values always have a JSON form, and writing into memory does not fail.
    let _ = serde_json::to_writer(out, value);
}
