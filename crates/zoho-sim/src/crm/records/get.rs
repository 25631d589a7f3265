//! `GET /{module}/{id}`: one record with all fields and `$` keys, or with the named fields.

use axum::http::StatusCode;

use super::print_list;
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;
use crate::rows::Columns;
use crate::world::parse_id;

/// A well-formed id of no record gives 204.
///
/// unknown: newer and older pages differ here (204, or 400 INVALID_DATA); an id that cannot be of this organisation gives 400.
pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let id = parse_id(context.param("id"))
        .filter(|id| world.ids.is_own(*id))
        .ok_or_else(|| catalog::invalid_path_id(1))?;
    let columns = match context.call.query.list("fields") {
        None => Columns::all(),
        Some(names) => super::list::named_columns(table, &names)?,
    };
    let Some(record) = table.rows.get(&id) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let mut out = vec![b'{'];
    print_list(&mut out, &world, table, std::iter::once(record), &columns);
    out.push(b'}');
    Ok(Answer::json_bytes(StatusCode::OK, out))
}
