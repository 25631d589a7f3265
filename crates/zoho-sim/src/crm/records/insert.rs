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
    let author = Author::new(admitted.caller.user, shared.clock.now());
    let mut world = shared.world();
    let mut outcomes = Vec::with_capacity(body.rows.len());
    for (number, row) in body.rows.iter().enumerate() {
        let row = body::object(row, number);
        let outcome = row.and_then(|row| rows::insert(&mut world, table, row, number, author));
        outcomes
            .push(outcome.map_err(|refusal| super::upsert::in_words_of(admitted.version, refusal)));
    }
    outcome::answer(&world, table, outcome::Kind::Insert, &outcomes)
}
