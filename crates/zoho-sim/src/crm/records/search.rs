//! `GET /{module}/search`: by criteria, e-mail, phone or word.
//!
//! What was written lately is found only after the delay of the index, when one is set ([`index`]).

mod index;
mod terms;

use std::cmp::Ordering;

use axum::http::StatusCode;
use serde_json::json;

use super::{PAGED_RECORDS_MAX, print_list};
use crate::catalog::{self, Refusal};
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::rows::Columns;
use crate::schema::GeneratedType;
use crate::world::{Cell, Record, Table, World};
use index::Index;
pub(super) use terms::Terms;

pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let query = &context.call.query;
    check_module(table)?;
    let param::Page {
        number: page,
        per_page,
    } = param::Page::read(query)?;
    if page * per_page > PAGED_RECORDS_MAX {
        return Err(catalog::search_limit_reached());
    }
    let columns = match query.list("fields") {
        None => Columns::all(),
        Some(names) => super::list::named_columns(table, &names)?,
    }
    .in_list();
    let sort_by = query.get("sort_by").unwrap_or("id");
    if table.module.position(sort_by).is_none() {
        return Err(catalog::invalid_param("sort_by"));
    }
    let is_descending = param::word(query, "sort_order", &["asc", "desc"], "desc")? == "desc";
    let terms = Terms::read(&world, context.table, query)?;
    let terms = terms.ok_or_else(catalog::search_param_missing)?;
    let index = Index::at(&world, context.table, context.now());
    let (skipped, taken) = ((page - 1) * per_page, per_page + 1);
    let rest: Vec<&Record> = if matches!(sort_by, "id" | "Created_Time") {
        let found = found(&world, context.table, &terms, &index, is_descending);
        found.skip(skipped).take(taken).collect()
    } else {
        let found = found(&world, context.table, &terms, &index, false).collect();
        let sorted = sorted(table, found, sort_by, is_descending).into_iter();
        sorted.skip(skipped).take(taken).collect()
    };
    if rest.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let has_more = rest.len() > per_page;
    let count = rest.len().min(per_page);
    let info = json!({
        "per_page": per_page,
        "count": count,
        "sort_by": sort_by,
        "page": page,
        "sort_order": if is_descending { "desc" } else { "asc" },
        "more_records": has_more,
    });
    let mut out = vec![b'{'];
    print_list(
        &mut out,
        &world,
        table,
        rest.into_iter().take(count),
        &columns,
    );
    out.extend_from_slice(b",\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(StatusCode::OK, out))
}

/// Rows of sub-forms and pairs of multi-select lookups are found by no search.
pub(super) fn check_module(table: &Table) -> Result<(), Refusal> {
    let module = &table.module;
    match module.generated_type {
        GeneratedType::Default | GeneratedType::Custom => Ok(()),
        _ => Err(catalog::module_not_searchable(&module.api_name)),
    }
}

/// How many records fit, as the index knows them now.
pub(super) fn count(world: &World, table: usize, terms: &Terms, now: i64) -> usize {
    let index = Index::at(world, table, now);
    found(world, table, terms, &index, false).count()
}

/// The records that fit, by id.
fn found<'a>(
    world: &'a World,
    table: usize,
    terms: &'a Terms,
    index: &'a Index,
    is_descending: bool,
) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    let table_of = &world.tables[table];
    let fits = move |record: &&Record| {
        index
            .version(record)
            .is_some_and(|version| terms.fit(world, table_of, version))
    };
    // The records that an index knows are those of now, so they do not help while the search is behind.
    let known = terms.narrowed(world, table).filter(|_| index.is_current());
    match known {
        Some(ids) if is_descending => {
            let records = ids.into_iter().rev();
            Box::new(records.filter_map(|id| table_of.rows.get(&id)).filter(fits))
        }
        Some(ids) => {
            let records = ids.into_iter();
            Box::new(records.filter_map(|id| table_of.rows.get(&id)).filter(fits))
        }
        None => Box::new(table_of.by_id(is_descending, None).filter(fits)),
    }
}

/// Sorts by any field; records without a value come first when ascending, equal ones by id.
pub(super) fn sorted<'a>(
    table: &Table,
    mut records: Vec<&'a Record>,
    sort_by: &str,
    is_descending: bool,
) -> Vec<&'a Record> {
    let position = table.module.position(sort_by);
    let compare = |left: &&Record, right: &&Record| {
        let order = match sort_by {
            "id" | "Created_Time" => Ordering::Equal,
            "Modified_Time" => left.modified_at.cmp(&right.modified_at),
            "Full_Name" => table
                .name_of(left)
                .to_lowercase()
                .cmp(&table.name_of(right).to_lowercase()),
            _ => position.map_or(Ordering::Equal, |position| {
                compare_cells(left.cell(position), right.cell(position))
            }),
        };
        order.then(left.id.cmp(&right.id))
    };
    records.sort_by(|left, right| {
        if is_descending {
            compare(right, left)
        } else {
            compare(left, right)
        }
    });
    records
}

fn compare_cells(left: Option<&Cell>, right: Option<&Cell>) -> Ordering {
    match (left, right) {
        (Some(Cell::Text(left)), Some(Cell::Text(right))) => {
            left.to_lowercase().cmp(&right.to_lowercase())
        }
        (Some(Cell::Integer(left)), Some(Cell::Integer(right))) => left.cmp(right),
        (Some(Cell::Double(left)), Some(Cell::Double(right))) => left.total_cmp(right),
        (Some(Cell::Time(left)), Some(Cell::Time(right))) => left.cmp(right),
        (Some(Cell::Id(left)), Some(Cell::Id(right))) => left.cmp(right),
        (Some(Cell::Bool(left)), Some(Cell::Bool(right))) => left.cmp(right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    }
}
