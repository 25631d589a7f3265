//! The records of a related list, found by the path and printed.

use serde_json::Value;

use crate::actions::related::{Entry, Kind, kind_of};
use crate::catalog::{self, Refusal};
use crate::rows::{Columns, Printer};
use crate::world::World;

/// The related list of a module by its API name.
pub(super) fn kind(world: &World, table: usize, name: &str) -> Result<Kind, Refusal> {
    let lists = &world.tables[table].module.related_lists;
    let list = lists.iter().find(|list| list.api_name == name);
    let list = list.ok_or_else(catalog::actions::invalid_relation_name)?;
    Ok(kind_of(world, list))
}

/// Prints records as `"data":[...]`. `names` are those of the `fields` parameter, none for all fields.
pub(super) fn print(
    out: &mut Vec<u8>,
    world: &World,
    entries: &[Entry<'_>],
    names: Option<&[&str]>,
    is_list: bool,
) {
    let mut columns: Vec<(usize, Columns)> = Vec::new();
    for entry in entries {
        if !columns.iter().any(|(table, _)| *table == entry.table) {
            let table = &world.tables[entry.table];
            let chosen = match names {
                Some(names) => Columns::named(table, names),
                None if is_list => Columns::fields(),
                None => Columns::all(),
            };
            let chosen = if is_list { chosen.in_list() } else { chosen };
            columns.push((entry.table, chosen));
        }
    }
    let mut printers: Vec<(usize, Printer<'_>)> = columns
        .iter()
        .map(|(table, columns)| (*table, Printer::new(world, &world.tables[*table], columns)))
        .collect();
    let has_many_modules =
        printers.len() > 1 || names.is_some_and(|names| names.contains(&"$module"));
    out.extend_from_slice(b"\"data\":[");
    for (number, entry) in entries.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        let printer = printers.iter_mut().find(|(table, _)| *table == entry.table);
        if let Some((_, printer)) = printer {
            printer.print(out, entry.record);
            let module = &world.tables[entry.table].module;
            if has_many_modules {
                append(out, "$module", &Value::String(module.api_name.clone()));
            }
            for (name, fact) in entry.facts.into_iter().flatten() {
                if names.is_none_or(|names| names.contains(&name.as_str())) {
                    append(out, name, fact);
                }
            }
        }
    }
    out.push(b']');
}

/// Puts one more key at the end of the object that was just printed.
fn append(out: &mut Vec<u8>, name: &str, value: &Value) {
    if out.last() == Some(&b'}') {
        out.pop();
        out.push(b',');
        crate::rows::print_text(out, name);
        out.push(b':');
        out.extend_from_slice(value.to_string().as_bytes());
        out.push(b'}');
    }
}
