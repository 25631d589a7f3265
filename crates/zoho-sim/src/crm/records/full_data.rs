//! `GET /{module}/actions/fetch_full_data` and `GET /{module}/{id}/actions/fetch_full_data`: rich texts in full, which every
//! other answer cuts.

use axum::http::StatusCode;

use super::print_list;
use crate::catalog::{self, Refusal};
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::rows::Columns;
use crate::world::{Record, Table, World};

/// Ids of one call.
const IDS_MAX: usize = 200;

/// Several records; both `ids` and `fields` are mandatory.
pub(crate) fn many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let query = &context.call.query;
    let names = query.list("fields");
    let names = names.ok_or_else(|| catalog::required_param_missing("fields"))?;
    let ids: Option<Vec<u64>> = param::ids(query, IDS_MAX)?;
    let ids = ids.ok_or_else(|| catalog::required_param_missing("ids"))?;
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let columns = columns(table, Some(&names))?;
    let records = ids.iter().filter_map(|id| table.rows.get(id)).collect();
    Ok(answer(&world, table, records, &columns))
}

/// One record; all its rich texts when `fields` is left out.
pub(crate) fn one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let id = context.id("id", 1)?;
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let columns = columns(table, context.call.query.list("fields").as_deref())?;
    let records = table.rows.get(&id).into_iter().collect();
    Ok(answer(&world, table, records, &columns))
}

/// The rich texts among the named fields.
///
/// unknown: what Zoho answers to a name of another field; here it is left out, as unknown names are everywhere.
fn columns(table: &Table, names: Option<&[&str]>) -> Result<Columns, Refusal> {
    let rich_texts = table.module.fields.iter().filter(|field| {
        field.is_rich_text() && names.is_none_or(|names| names.contains(&field.api_name.as_str()))
    });
    let names: Vec<&str> = rich_texts.map(|field| field.api_name.as_str()).collect();
    Ok(super::list::named_columns(table, &names)?.in_full())
}

fn answer(world: &World, table: &Table, records: Vec<&Record>, columns: &Columns) -> Answer {
    if records.is_empty() {
        return Answer::empty(StatusCode::NO_CONTENT);
    }
    let mut out = vec![b'{'];
    print_list(&mut out, world, table, records.into_iter(), columns);
    out.push(b'}');
    Answer::json_bytes(StatusCode::OK, out)
}
