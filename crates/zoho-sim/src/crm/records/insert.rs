//! `POST /{module}`: adds up to 100 records.

use super::{body, outcome};
use crate::catalog::Refusal;
use crate::crm::Context;
use crate::http::Answer;
use crate::rows;

pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let body = match body::parse_rows(&context.call.body) {
        Ok(body) => body,
        Err(answer) => return Ok(answer),
    };
    let table = context.table;
    let mut world = context.shared.world();
    let author = match body.author(&world, table, context.author()) {
        Ok(author) => author,
        Err(answer) => return Ok(answer),
    };
    let mut outcomes = Vec::with_capacity(body.rows.len());
    for (number, row) in body.rows.into_iter().enumerate() {
        let row = body::row(row, number);
        match row.and_then(|row| rows::insert_all(&mut world, table, &row, number, author)) {
            // A repeating activity makes several records, and as many items.
            Ok(all) => outcomes.extend(all.into_iter().map(Ok)),
            Err(refusal) => {
                outcomes.push(Err(super::upsert::in_words_of(context.version, refusal)));
            }
        }
    }
    Ok(outcome::answer(
        &world,
        table,
        outcome::Kind::Insert,
        &outcomes,
    ))
}
