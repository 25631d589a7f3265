//! `GET /Leads/{id}/__conversion_options`: existing contacts and accounts that a lead could become part of.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::input;
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::http::Answer;
use crate::rows::{self, Columns};
use crate::world::{Cell, World};

/// Records of one module that are shown.
const SHOWN_MAX: usize = 50;

/// Contacts with the lead's e-mail address or name, accounts with the name of its company.
///
/// unknown: which fields of the matching records Zoho shows; here as a single record does.
pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let leads = &world.tables[context.table];
    if leads.module.api_name != "Leads" {
        return Err(catalog::actions::not_supported());
    }
    let lead = input::record(context, &world)?;
    let Some(lead) = leads.rows.get(&lead) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    if crate::crm::records::is_converted(leads, lead) {
        return Err(catalog::actions::already_converted());
    }
    let value = |name: &str| leads.module.position(name).and_then(|at| lead.cell(at));
    let email = value("Email").cloned();
    let company = value("Company").cloned();
    let mut contacts = holders(&world, "Contacts", "Email", email.as_ref());
    if contacts.is_empty() {
        contacts = named(&world, &leads.name_of(lead));
    }
    let accounts = holders(&world, "Accounts", "Account_Name", company.as_ref());
    if contacts.is_empty() && accounts.is_empty() {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    }
    let matched = |found: &[u64], module: &str, field: &str, cell: Option<&Cell>| {
        let field = world.table_named(module)?.module.field(field)?;
        match cell {
            Some(Cell::Text(text)) if !found.is_empty() => Some(json!([{
                "field": {"api_name": field.api_name, "id": field.id.to_string()},
                "matched_lead_value": text,
            }])),
            _ => None,
        }
    };
    let by_email = holders(&world, "Contacts", "Email", email.as_ref());
    let preference = json!({
        "Contacts": matched(&by_email, "Contacts", "Email", email.as_ref()),
        "Accounts": matched(&accounts, "Accounts", "Account_Name", company.as_ref()),
        "Deals": null,
    });
    let body = json!({"__conversion_options": {
        "module_preference": module(&world, "Contacts"),
        "Contacts": shown(&world, "Contacts", &contacts),
        "Deals": null,
        "preference_field_matched_value": preference,
        "Accounts": shown(&world, "Accounts", &accounts),
        "modules_with_multiple_layouts": several_layouts(&world),
    }});
    Ok(Answer::json(StatusCode::OK, &body))
}

fn holders(world: &World, module: &str, field: &str, cell: Option<&Cell>) -> Vec<u64> {
    let found = world.table_named(module).and_then(|table| {
        let position = table.module.position(field)?;
        Some(table.holders(position, cell?).to_vec())
    });
    found.unwrap_or_default()
}

/// Contacts of this full name.
fn named(world: &World, name: &str) -> Vec<u64> {
    let Some(table) = world.table_named("Contacts") else {
        return Vec::new();
    };
    let rows = table.rows.values();
    rows.filter(|record| table.name_of(record).eq_ignore_ascii_case(name))
        .map(|record| record.id)
        .take(SHOWN_MAX)
        .collect()
}

fn shown(world: &World, module: &str, ids: &[u64]) -> Value {
    let Some(table) = world.table_named(module).filter(|_| !ids.is_empty()) else {
        return Value::Null;
    };
    let records = ids.iter().filter_map(|id| table.rows.get(id));
    let records = records.take(SHOWN_MAX).filter_map(|record| {
        let mut out = Vec::new();
        rows::print_record(&mut out, world, table, record, &Columns::fields());
        serde_json::from_slice::<Value>(&out).ok()
    });
    records.collect()
}

fn module(world: &World, name: &str) -> Value {
    let table = world.table_named(name);
    table.map_or(
        Value::Null,
        |table| json!({"api_name": table.module.api_name, "id": table.module.id.to_string()}),
    )
}

fn several_layouts(world: &World) -> Vec<Value> {
    let names = ["Contacts", "Accounts", "Deals"].into_iter();
    let has_several = |name: &&str| {
        let table = world.table_named(name);
        table.is_some_and(|table| table.module.layouts.len() > 1)
    };
    names
        .filter(has_several)
        .map(|name| module(world, name))
        .collect()
}
