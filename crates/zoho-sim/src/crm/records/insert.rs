//! `POST /{module}`: adds up to 100 records.

use super::{body, outcome};
use crate::crm::Admitted;
use crate::http::{Answer, Call};
use crate::rows::{self, Author};
use crate::state::Shared;

pub(crate) fn answer(shared: &Shared, call: &Call, admitted: &Admitted, table: usize) -> Answer {
    let body = match body::parse(&call.body) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let mut world = shared.world();
    let author = Author::new(admitted.caller.user, shared.clock.now())
        .in_words_of_older(admitted.version.is_second());
    let author = match body.author(&world, table, author) {
        Ok(author) => author,
        Err(answer) => return answer,
    };
    let mut outcomes = Vec::with_capacity(body.rows.len());
    for (number, row) in body.rows.iter().enumerate() {
        let row = body::object(row, number);
        match row.and_then(|row| rows::insert_all(&mut world, table, row, number, author)) {
            // A repeating activity makes several records, and as many items.
            Ok(all) => outcomes.extend(all.into_iter().map(Ok)),
            Err(refusal) => {
                outcomes.push(Err(super::upsert::in_words_of(admitted.version, refusal)));
            }
        }
    }
    outcome::answer(&world, table, outcome::Kind::Insert, &outcomes)
}
