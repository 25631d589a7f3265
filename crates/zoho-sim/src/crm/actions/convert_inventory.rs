//! `POST /Quotes/{id}/actions/convert` and `POST /Sales_Orders/{id}/actions/convert`: a quote becomes a sales order or an
//! invoice, a sales order becomes an invoice.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::input;
use crate::actions::inventory::{Order, convert};
use crate::catalog::Refusal;
use crate::crm::records::body;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::rows::Source;
use crate::world::World;

pub(super) fn answer(context: &Context<'_>, world: &mut World) -> Result<Answer, Refusal> {
    let id = input::record(context, world)?;
    let module = world.tables[context.table].module.api_name.clone();
    let order = input::body(context).and_then(|body| {
        let given = input::only(&body, "data")?;
        Order::read(world, &module, given, "$.data[0]")
    });
    let author = context.author().by(Source::Convert);
    let made = order.and_then(|order| convert(world, context.table, id, &order, author));
    let made = match made {
        Ok(made) => made,
        Err(refusal) => return Ok(body::whole(&refusal)),
    };
    let details: Map<String, Value> = made
        .into_iter()
        .filter_map(|(table, id)| {
            let table = &world.tables[table];
            let name = table.name_of(table.rows.get(&id)?);
            Some((table.module.api_name.clone(), print::reference(&name, id)))
        })
        .collect();
    let item = print::success(
        &json!(details),
        "The record has been converted successfully",
    );
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}
