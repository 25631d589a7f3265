//! `POST /Leads/{id}/actions/convert`: a lead becomes a contact, an account and a deal. Quotes and orders are converted by
//! [`convert_inventory`].

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{convert_inventory, input};
use crate::actions::convert::{Converted, Order, convert};
use crate::actions::inventory::is_convertible;
use crate::catalog::{self, Refusal};
use crate::crm::records::body;
use crate::crm::{Context, print};
use crate::http::Answer;
use crate::world::World;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let mut world = context.shared.world();
    let module = world.tables[context.table].module.clone();
    if is_convertible(&module.api_name) {
        return convert_inventory::answer(context, &mut world);
    }
    if module.api_name != "Leads" {
        return Err(catalog::actions::not_supported());
    }
    let lead = input::record(context, &world)?;
    let order = input::body(context).and_then(|body| {
        let order = input::only(&body, "data")?;
        Order::read(&world, order, "$.data[0]")
    });
    let order = match order {
        Ok(order) => order,
        Err(refusal) => return Ok(body::whole(&refusal)),
    };
    let converted = match convert(&mut world, lead, &order, context.author()) {
        Ok(converted) => converted,
        // What is wrong with the lead itself stands at the top, what is wrong with the order inside of `data`.
        Err(refusal) if refusal.details.get("resource_path_index").is_some() => {
            return Err(refusal);
        }
        Err(refusal) => return Ok(body::whole(&refusal)),
    };
    let item = if context.version.is_second() {
        ids(converted)
    } else {
        print::success(
            &names(&world, converted),
            "The record has been converted successfully",
        )
    };
    Ok(Answer::json(StatusCode::OK, &json!({"data": [item]})))
}

/// As the second version says it.
fn ids(converted: Converted) -> Value {
    let text = |id: Option<u64>| id.map(|id| id.to_string());
    json!({
        "Contacts": converted.contact.to_string(),
        "Deals": text(converted.deal),
        "Accounts": text(converted.account),
    })
}

fn names(world: &World, converted: Converted) -> Value {
    let reference = |id: Option<u64>| {
        let found = id.and_then(|id| world.find(id));
        found.map_or(Value::Null, |(table, record)| {
            print::reference(&world.tables[table].name_of(record), record.id)
        })
    };
    json!({
        "Contacts": reference(Some(converted.contact)),
        "Deals": reference(converted.deal),
        "Accounts": reference(converted.account),
    })
}
