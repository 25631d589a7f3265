//! Every record type of the registry through create, get, list, update and delete.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{call, created, start};

/// A value of the published type, within its length and choices.
fn sample(name: &str, member: &Value, ids: &BTreeMap<String, String>) -> Value {
    if let Some(id) = ids.get(name) {
        return json!(id);
    }
    if let Some(choice) = member["e"].as_array().and_then(|choices| choices.first()) {
        return choice.clone();
    }
    match member["t"].as_str() {
        Some("n" | "i") => json!(10),
        Some("b") => json!(true),
        Some("a") if member["i"] == "o" => json!([object(&member["f"], ids, &|_, _| true)]),
        Some("a") => json!(["17"]),
        Some("o") => object(&member["f"], ids, &|_, _| true),
        _ if name == "recurrence_frequency" => json!("weeks"),
        _ if name == "repeat_every" => json!("2"),
        _ if name == "debit_or_credit" => json!("debit"),
        _ if name.ends_with("date") => json!("2026-05-04"),
        _ if name.contains("email") => json!("ida.moe@halden.example"),
        _ if name.ends_with("time") => json!("01:30"),
        _ => json!("Halden"),
    }
}

fn object(
    members: &Value,
    ids: &BTreeMap<String, String>,
    is_wanted: &dyn Fn(&str, &Value) -> bool,
) -> Value {
    let members = members.as_object().into_iter().flatten();
    let wanted = members.filter(|(name, member)| {
        is_wanted(name, member) && name.as_str() != "hsn_or_sac" && name.as_str() != "line_id"
    });
    let members: Map<String, Value> = wanted
        .map(|(name, member)| (name.clone(), sample(name, member, ids)))
        .collect();
    Value::Object(members)
}

/// A body with the mandatory members and, for those that have none, one text.
fn body(kind: &Value, ids: &BTreeMap<String, String>) -> Value {
    let required: Vec<&str> = kind["required"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut body = object(&kind["create"], ids, &|name, _| required.contains(&name));
    match kind["name"].as_str().unwrap() {
        "journal" | "recurring_journal" => {
            body["line_items"] = json!([
                {"account_id": ids["account_id"], "debit_or_credit": "debit", "amount": 10.5},
                {"account_id": ids["other_account_id"], "debit_or_credit": "credit", "amount": 10.5},
            ]);
        }
        "chart_of_account" => body = json!({"account_name": "Walk", "account_type": "expense"}),
        "tax" => body = json!({"tax_name": "Walk", "tax_percentage": 5}),
        "currency" => body["currency_code"] = json!("XTS"),
        "tax_group" => body["taxes"] = json!(ids["tax_id"]),
        "project_user" => body["user_id"] = json!(ids["user_id"]),
        "customer_payment" => body["invoices"] = json!([]),
        "vendor_payment" => body["vendor_id"] = json!(ids["vendor_id"]),
        "vendor_credit" => body["line_items"] = json!([{"name": "Walk", "rate": 10}]),
        "credit_note_refund" => body = json!({"date": "2026-05-04", "amount": 10}),
        name if name.ends_with("_comment") => body["description"] = json!("Words"),
        _ => {}
    }
    if let Some(lines) = body["line_items"].as_array_mut() {
        let lines = lines.iter_mut().filter(|line| line["quantity"].is_string());
        lines.for_each(|line| line["quantity"] = json!("2"));
    }
    if let Some(name) = body.get("name") {
        assert!(name.is_string());
    }
    body
}

#[tokio::test]
async fn every_record_type_is_created_read_listed_changed_and_deleted() {
    let wired = start().await;
    let registry: Value =
        serde_json::from_str(include_str!("../../../src/books/registry.json")).unwrap();
    let types = registry["types"].as_array().unwrap();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    let mut note =
        |name: &str, id: &Value| ids.insert(name.to_owned(), id.as_str().unwrap().to_owned());
    let text = |value: &Value| value.as_str().unwrap().to_owned();

    let contact = created(
        &wired,
        "/contacts",
        "contact",
        json!({"contact_name": "Walker"}),
    )
    .await;
    note("contact_id", &contact["contact_id"]);
    note("customer_id", &contact["contact_id"]);
    let vendor = json!({"contact_name": "Walker's vendor", "contact_type": "vendor"});
    let vendor = created(&wired, "/contacts", "contact", vendor).await;
    note("vendor_id", &vendor["contact_id"]);
    let item = created(&wired, "/items", "item", json!({"name": "Walk", "rate": 3})).await;
    note("item_id", &item["item_id"]);
    let accounts = call(&wired, Method::GET, "/chartofaccounts", None, &[])
        .await
        .json();
    let account = |name: &str| {
        let accounts = accounts["chartofaccounts"].as_array().unwrap();
        let found = accounts
            .iter()
            .find(|account| account["account_name"] == name);
        found.unwrap()["account_id"].clone()
    };
    note("account_id", &account("Office Supplies"));
    note("other_account_id", &account("Sales"));
    note("paid_through_account_id", &account("Petty Cash"));
    let tax = json!({"tax_name": "Walked", "tax_percentage": 1});
    let tax = created(&wired, "/settings/taxes", "tax", tax).await;
    note("tax_id", &tax["tax_id"]);
    let currencies = call(&wired, Method::GET, "/settings/currencies", None, &[])
        .await
        .json();
    note("currency_id", &currencies["currencies"][0]["currency_id"]);
    let users = call(&wired, Method::GET, "/users", None, &[]).await.json();
    note("user_id", &users["users"][0]["user_id"]);
    let project = json!({"project_name": "Walk", "customer_id": contact["contact_id"], "billing_type": "fixed_cost_for_project", "user_id": users["users"][0]["user_id"], "rate": 3});
    let project = created(&wired, "/projects", "project", project).await;
    note("project_id", &project["project_id"]);
    let tasks = format!("/projects/{}/tasks", text(&project["project_id"]));
    let task = created(&wired, &tasks, "task", json!({"task_name": "Walk"})).await;
    note("task_id", &task["task_id"]);

    let mut parents: BTreeMap<String, String> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut walked = 0;
    for (place, kind) in types.iter().enumerate() {
        let name = kind["name"].as_str().unwrap();
        // Applied credits need an invoice or a bill of the same contact; `trade` tests them.
        let is_applied = matches!(
            name,
            "invoice_credit_applied" | "credit_note_invoice" | "vendor_credit_bill"
        );
        if name == "organization" || name == "customer_debit_note" || is_applied {
            continue;
        }
        let operations: Vec<&Value> = registry["operations"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|operation| {
                operation["kind"] == place
                    && operation["role"] != "action"
                    && operation.get("is_unpublished").is_none()
            })
            .collect();
        let of = |role: &str| {
            operations
                .iter()
                .copied()
                .find(|operation| operation["role"] == role)
        };
        let parent = kind["parent"]
            .as_str()
            .map(|parent| parents.get(parent).cloned().unwrap_or_default());
        let fill = |path: &str, id: &str| {
            let mut count = path.matches('{').count();
            let filled: Vec<String> = path
                .split('/')
                .map(|part| {
                    if !part.starts_with('{') {
                        return part.to_owned();
                    }
                    count -= 1;
                    let is_parent = parent.is_some() && (count > 0 || id.is_empty());
                    if is_parent {
                        parent.clone().unwrap()
                    } else {
                        id.to_owned()
                    }
                })
                .collect();
            filled.join("/")
        };
        let mut id = String::new();
        if let Some(create) = of("create") {
            let at = fill(create["path"].as_str().unwrap(), "");
            let mut body = body(kind, &ids);
            if let Some(parent_kind) = kind["parent"].as_str() {
                let known = types
                    .iter()
                    .find(|known| known["name"] == parent_kind)
                    .unwrap();
                if !at.contains(parent.as_deref().unwrap_or("-")) {
                    let member = known["id_field"].as_str().unwrap();
                    body[member] = json!(parent.clone().unwrap());
                }
            }
            let answer = call(&wired, Method::POST, &at, Some(&body), &[]).await;
            if u64::from(answer.status.as_u16()) != create["status"].as_u64().unwrap() {
                failures.push(format!(
                    "{name}: POST {at} {body}: {} {}",
                    answer.status, answer.text
                ));
                continue;
            }
            let answer = answer.json();
            let key = kind["item_key"].as_str();
            let record = key.map_or_else(
                || {
                    if answer["comment"].is_null() {
                        answer["data"].clone()
                    } else {
                        answer["comment"].clone()
                    }
                },
                |key| answer[key].clone(),
            );
            let members = [kind["id_field"].as_str().unwrap_or("-"), "module_api_name"];
            let found = members.iter().rev().find_map(|member| {
                record[*member]
                    .as_str()
                    .filter(|_| *member != "module_api_name" || name == "custom_module")
            });
            let Some(found) = found else {
                failures.push(format!("{name}: no id in {record}"));
                continue;
            };
            found.clone_into(&mut id);
            parents.insert(name.to_owned(), id.clone());
            walked += 1;
        }
        if let Some(list) = of("list") {
            let at = fill(list["path"].as_str().unwrap(), "");
            let answer = call(&wired, Method::GET, &at, None, &[]).await;
            let key = kind["list_key"].as_str().unwrap_or("data");
            let rows = answer.json()[key].clone();
            let member = kind["id_field"]
                .as_str()
                .unwrap_or("-")
                .replace("api_name", "module_api_name");
            let is_there = rows
                .as_array()
                .is_some_and(|rows| rows.iter().any(|row| row[&member] == id.as_str()));
            if answer.status != 200 || !rows.is_array() || (!id.is_empty() && !is_there) {
                failures.push(format!(
                    "{name}: GET {at}: {} {}",
                    answer.status, answer.text
                ));
            }
        }
        if id.is_empty() {
            continue;
        }
        for (role, method) in [("get", Method::GET), ("update", Method::PUT)] {
            let Some(operation) = of(role) else { continue };
            let at = fill(operation["path"].as_str().unwrap(), &id);
            let sent =
                (role == "update").then(|| json!({"notes": "walked", "description": "walked"}));
            let answer = call(&wired, method, &at, sent.as_ref(), &[]).await;
            if answer.status != 200 || answer.json()["code"] != 0 {
                failures.push(format!(
                    "{name}: {role} {at}: {} {}",
                    answer.status, answer.text
                ));
            }
        }
    }
    // From the leaves to the roots.
    for (place, kind) in types.iter().enumerate().rev() {
        let name = kind["name"].as_str().unwrap();
        let Some(id) = parents.get(name) else {
            continue;
        };
        let operations = registry["operations"].as_array().unwrap();
        let delete = operations
            .iter()
            .find(|operation| operation["kind"] == place && operation["role"] == "delete");
        let Some(delete) = delete else { continue };
        if matches!(name, "contact" | "project" | "chart_of_account") {
            continue;
        }
        let parent = kind["parent"]
            .as_str()
            .and_then(|parent| parents.get(parent));
        let path = delete["path"].as_str().unwrap();
        let mut count = path.matches('{').count();
        let filled: Vec<String> = path
            .split('/')
            .map(|part| {
                if !part.starts_with('{') {
                    return part.to_owned();
                }
                count -= 1;
                if count > 0 {
                    parent.unwrap().clone()
                } else {
                    id.clone()
                }
            })
            .collect();
        let at = filled.join("/");
        let answer = call(&wired, Method::DELETE, &at, None, &[]).await;
        if answer.status != 200 {
            failures.push(format!(
                "{name}: DELETE {at}: {} {}",
                answer.status, answer.text
            ));
            continue;
        }
        let again = call(&wired, Method::DELETE, &at, None, &[]).await;
        if again.status != 404 {
            failures.push(format!(
                "{name}: DELETE {at} again: {} {}",
                again.status, again.text
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {walked}:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(walked >= 55, "only {walked} were walked");
}
