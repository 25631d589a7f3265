//! `POST /settings/tags/{id}/actions/merge`: another tag of the module is taken into this one.

use axum::http::StatusCode;
use serde_json::Value;

use super::{facts, outcome, tag};
use crate::actions::tags;
use crate::catalog::{self, Refusal};
use crate::crm::actions::input;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::{Author, id_in};

/// unknown: which of the two stays; here it is that of the path.
pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    const PATH: &str = "$.tags[0].conflict_id";
    let mut world = context.shared.world();
    let (table, id) = tag(context, &world)?;
    let body = input::body(context)?;
    let given = input::list(&body, "tags", 1)?;
    let other = given[0].get("conflict_id").filter(|id| !id.is_null());
    let other = other.ok_or_else(|| catalog::actions::missing_at("conflict_id", PATH));
    let other = other.and_then(|other| {
        id_in(other)
            .filter(|other| *other != id && world.tables[table].tag_of(*other).is_some())
            .ok_or_else(|| catalog::actions::invalid_at("conflict_id", PATH))
    });
    let item = other.map(|other| {
        let author = Author::new(context.caller.user, context.now());
        tags::replace(&mut world, table, other, Some(id), author);
        let facts = world.tables[table]
            .tag_of(id)
            .map_or(Value::Null, |tag| facts(&world, tag));
        print::success(&facts, "tags updated successfully")
    });
    Ok(outcome(vec![item], StatusCode::OK))
}
