//! Every record type of the registry against the simulator: made, read, listed, changed and removed.

use std::collections::BTreeMap;
use std::fmt::Display;

use futures_util::TryStreamExt;
use serde_json::{Value, json};
use zoho::books::{Books, Record, RecordType, Records, Verb};
use zoho_sim::Simulator;

use crate::books_simulated::books;
use crate::simulated::simulator;

/// Made elsewhere: an organisation's own, and what applies credits of one document to another.
const NOT_MADE_HERE: [&str; 5] = [
    "organization",
    "customer_debit_note",
    "invoice_credit_applied",
    "credit_note_invoice",
    "vendor_credit_bill",
];

/// They name records of types that stand behind them in the registry.
const LATE: [&str; 4] = [
    "base_currency_adjustment",
    "fixed_asset",
    "location",
    "custom_module_record",
];

/// The least that makes a record; `ids` by record type, those of the seed by account name.
fn body(name: &str, ids: &BTreeMap<String, String>) -> Option<Value> {
    let id = |of: &str| ids.get(of).cloned().unwrap_or_default();
    let (contact, vendor) = (id("contact"), id("vendor"));
    let lines = json!([{"name": "Desk", "rate": 1.5, "quantity": 2}]);
    let dated = |mut body: Value| {
        body["date"] = json!("2026-05-04");
        body
    };
    let sale = json!({"customer_id": contact, "line_items": lines});
    let purchase = json!({"vendor_id": vendor, "line_items": [{
        "name": "Desk", "rate": 1.5, "quantity": 2, "account_id": id("Office Supplies"),
    }]});
    let with = |base: &Value, more: Value| {
        let mut body = base.clone();
        for (member, value) in more.as_object().into_iter().flatten() {
            body[member] = value.clone();
        }
        body
    };
    let entries = json!([
        {"account_id": id("Office Supplies"), "debit_or_credit": "debit", "amount": 10.5},
        {"account_id": id("Sales"), "debit_or_credit": "credit", "amount": 10.5},
    ]);
    let weekly = json!({"recurrence_name": "Weekly", "recurrence_frequency": "weeks", "repeat_every": 1, "start_date": "2026-05-04"});
    Some(match name {
        "contact" => json!({"contact_name": "Orchard"}),
        "contact_person" => json!({"first_name": "Ida", "last_name": "Moe"}),
        "contact_address" => json!({"attention": "Ida", "city": "Halden"}),
        "item" => json!({"name": "Chair", "rate": 1.25}),
        "price_list" => {
            json!({"name": "Spring", "pricebook_type": "fixed_percentage", "sales_or_purchase_type": "sales", "percentage": 10})
        }
        "estimate" | "sales_order" | "invoice" | "delivery_challan" => sale,
        "retainer_invoice" => {
            json!({"customer_id": contact, "line_items": [{"description": "Desk", "rate": 3}]})
        }
        "sales_receipt" => with(&sale, json!({"payment_mode": "cash"})),
        "credit_note" => dated(with(&sale, json!({"creditnote_number": "CN-900"}))),
        "recurring_invoice" => with(&sale, weekly),
        "customer_payment" => dated(
            json!({"customer_id": contact, "payment_mode": "cash", "amount": 30, "invoices": []}),
        ),
        "customer_payment_refund" => {
            dated(json!({"amount": 1, "from_account_id": id("Petty Cash")}))
        }
        "credit_note_refund" => dated(json!({"amount": 1, "from_account_id": id("Petty Cash")})),
        "expense" => dated(json!({
            "account_id": id("Office Supplies"), "amount": 5, "paid_through_account_id": id("Petty Cash"),
        })),
        "employee" => json!({"name": "Ida", "email": "ida@halden.example"}),
        "recurring_expense" => with(
            &weekly,
            json!({
                "account_id": id("Office Supplies"), "amount": 5,
            }),
        ),
        "purchase_order" => purchase,
        "bill" => with(&purchase, json!({"bill_number": "B-900"})),
        "recurring_bill" => with(&with(&purchase, weekly), json!({})),
        "vendor_credit" => purchase,
        "vendor_credit_refund" => dated(json!({"amount": 1, "account_id": id("Petty Cash")})),
        "vendor_payment" => {
            json!({"vendor_id": vendor, "amount": 30, "paid_through_account_id": id("Petty Cash")})
        }
        "vendor_payment_refund" => dated(json!({"amount": 1, "to_account_id": id("Petty Cash")})),
        "bank_account" => json!({"account_name": "Bank", "account_type": "bank"}),
        "bank_transaction" => dated(json!({
            "transaction_type": "transfer_fund", "amount": 5,
            "from_account_id": id("Petty Cash"), "to_account_id": id("bank_account"),
        })),
        "bank_rule" => json!({
            "rule_name": "Rent", "rule_category": "selected_accounts", "apply_to": "withdrawals", "criteria_type": "and", "record_as": "expense",
            "account_ids": id("bank_account"), "account_id": id("Office Supplies"),
            "criterion": [{"field": "payee", "comparator": "contains", "value": "Halden"}],
        }),
        "chart_of_account" => json!({"account_name": "Own", "account_type": "income"}),
        "journal" | "recurring_journal" => {
            json!({"journal_date": "2026-05-04", "line_items": entries})
        }

        "base_currency_adjustment" => json!({
            "adjustment_date": "2026-05-04", "currency_id": id("currency"), "exchange_rate": 1.2, "notes": "Spring",
        }),
        "project" => json!({
            "project_name": "Fence", "customer_id": contact, "billing_type": "based_on_project_hours", "user_id": id("user"),
        }),
        "project_task" => json!({"task_name": "Dig"}),
        "task" => json!({"title": "Call", "contact_id": contact, "contact_type": "customer"}),
        "project_user" => json!({"user_id": id("user"), "cost_rate": 10}),
        "time_entry" => json!({
            "project_id": id("project"), "task_id": id("project_task"), "user_id": id("user"), "log_date": "2026-05-04", "log_time": "01:30",
        }),
        "user" => json!({"name": "Una", "email": "una@halden.example"}),
        "currency" => {
            json!({"currency_code": "XTS", "currency_format": "1,234,567.89", "currency_symbol": "T"})
        }
        "exchange_rate" => json!({"effective_date": "2026-05-04", "rate": 1.2}),
        "tax" => json!({"tax_name": "Own", "tax_percentage": 5}),
        "tax_group" => json!({"tax_group_name": "Both", "taxes": id("tax")}),
        "tax_authority" => json!({"tax_authority_name": "Halden"}),
        "tax_exemption" => json!({"tax_exemption_code": "E", "type": "customer"}),
        "location" => {
            json!({"location_name": "Shed", "country": "Norway", "tax_settings_id": id("tax")})
        }
        "opening_balance" => dated(json!({"accounts": [
            {"account_id": id("Petty Cash"), "debit_or_credit": "debit", "amount": 5},
        ]})),
        "fixed_asset_type" => json!({
            "fixed_asset_type_name": "Ladders", "computation_type": "prorata_basis", "depreciation_method": "straight_line",
            "depreciation_frequency": "yearly", "depreciation_percentage": 10, "total_life": 10,
            "expense_account_id": id("Office Supplies"), "depreciation_account_id": id("Office Supplies"),
        }),
        "fixed_asset" => json!({
            "asset_name": "Ladder", "asset_cost": 40, "asset_purchase_date": "2026-05-04",
            "asset_account_id": id("Office Supplies"), "fixed_asset_type_id": id("fixed_asset_type"),
        }),
        "reporting_tag" => {
            json!({"tag_name": "Region", "entities": [], "multi_preference_entities": {}})
        }
        "custom_module" => json!({"module_name": "Ladders", "plural_name": "Ladders"}),
        "custom_module_record" => json!({"record_name": "First"}),
        "bank_reconciliation" => json!({
            "start_date": "2026-05-01", "end_date": "2026-05-31", "closing_balance": 5, "save_option": "save_as_draft",
        }),
        "bank_statement" => json!({
            "account_id": id("bank_account"), "start_date": "2026-05-01", "end_date": "2026-05-31",
            "transactions": [{"date": "2026-05-04", "debit_or_credit": "debit", "amount": 5, "payee": "Halden"}],
        }),
        "purchase_order_comment" => {
            json!({"description": "Words", "expected_delivery_date": "2026-05-04"})
        }
        name if name.ends_with("_comment") => json!({"description": "Words"}),
        _ => return None,
    })
}

struct Walk {
    simulator: Simulator,
    books: Books,
    ids: BTreeMap<String, String>,
    changed: usize,
    failures: Vec<String>,
}

impl Walk {
    async fn begin() -> Self {
        let simulator = simulator().await;
        let books = books(&simulator);
        let mut ids = BTreeMap::new();
        let vendor = json!({"contact_name": "Supplies", "contact_type": "vendor"});
        let vendor = books
            .records("contact")
            .create(&vendor)
            .send()
            .await
            .unwrap();
        ids.insert(
            "vendor".to_owned(),
            vendor.text("contact_id").unwrap().unwrap(),
        );
        let accounts = books.records("chart_of_account").list().stream();
        let accounts: Vec<Record> = accounts.try_collect().await.unwrap();
        for account in accounts {
            let text = |member| account.text(member).unwrap().unwrap();
            ids.insert(text("account_name"), text("account_id"));
        }
        let users = books.records("user").list().send().await.unwrap().records;
        ids.insert(
            "user".to_owned(),
            users[0].text("user_id").unwrap().unwrap(),
        );
        Self {
            simulator,
            books,
            ids,
            changed: 0,
            failures: Vec::new(),
        }
    }

    fn records(&self, record_type: &RecordType) -> Records<Record> {
        let records = self.books.records(record_type.name());
        match record_type.parent() {
            Some(parent) => {
                let id = self.ids.get(parent.name()).cloned().unwrap_or_default();
                records.under(parent.name(), id)
            }
            None => records,
        }
    }

    fn fail(&mut self, name: &str, what: impl Display) {
        self.failures.push(format!("{name}: {what}"));
    }

    async fn go(&mut self, record_type: &'static RecordType) {
        // Zoho's 100 calls a minute are kept by the simulated clock.
        self.simulator.advance(5);
        let name = record_type.name();
        let Some(body) = body(name, &self.ids) else {
            self.fail(name, "no body that makes one");
            return;
        };
        let records = self.records(record_type);
        let made = match records.create(&body).send().await {
            Ok(made) => made,
            Err(error) => return self.fail(name, format_args!("create: {error}")),
        };
        let Some(id) = id_of(&made, record_type) else {
            return self
                .failures
                .push(format!("{name}: no id in {}", made.as_json()));
        };
        self.ids.insert(name.to_owned(), id.clone());
        if record_type.has(Verb::Update) {
            let changed = json!({"notes": "Changed", "description": "Changed"});
            if let Err(error) = records.update(&id, &changed).unchecked().send().await {
                self.fail(name, format_args!("update: {error}"));
            }
        }
        if record_type.has(Verb::Get) {
            match records.get(&id).await {
                Ok(Some(record)) if record_type.has(Verb::Update) => {
                    let holds = |member| record.text(member).ok().flatten();
                    let held = holds("notes").or_else(|| holds("description"));
                    match held.as_deref() {
                        Some("Changed") => self.changed += 1,
                        Some(_) => self.fail(name, "the change is not there"),
                        // It has neither notes nor a description.
                        None => {}
                    }
                }
                Ok(Some(_)) => {}
                Ok(None) => self.failures.push(format!("{name}: {id} is not there")),
                Err(error) => self.fail(name, format_args!("get: {error}")),
            }
        }
        if record_type.has(Verb::List) {
            let mut list = records.list();
            if name == "bank_rule" {
                list = list.filter("account_id", self.ids["bank_account"].as_str());
            }
            match list.stream().try_collect::<Vec<Record>>().await {
                Ok(rows)
                    if rows
                        .iter()
                        .any(|row| id_of(row, record_type).as_ref() == Some(&id)) => {}
                Ok(rows) => self
                    .failures
                    .push(format!("{name}: not among the {} listed", rows.len())),
                Err(error) => self.fail(name, format_args!("list: {error}")),
            }
        }
    }

    async fn remove(&mut self, record_type: &'static RecordType) {
        self.simulator.advance(5);
        let name = record_type.name();
        let Some(id) = self.ids.get(name).cloned() else {
            return;
        };
        let records = self.records(record_type);
        match records.delete(&id).await {
            Ok(()) => {}
            Err(error) => return self.fail(name, format_args!("delete: {error}")),
        }
        match records.delete(&id).await {
            Err(error) if error.is_not_found() => {}
            other => self
                .failures
                .push(format!("{name}: deleted again: {other:?}")),
        }
    }
}

fn id_of(row: &Record, record_type: &RecordType) -> Option<String> {
    let member = match record_type.name() {
        // Its own answers write the registry's `api_name` so.
        "custom_module" => "module_api_name",
        _ => record_type.id_field()?,
    };
    row.text(member).ok()?
}

#[tokio::test]
async fn every_record_type_goes_through_its_verbs() {
    let mut walk = Walk::begin().await;
    let mut made: Vec<&'static RecordType> = RecordType::all()
        .filter(|record_type| record_type.has(Verb::Create))
        .filter(|record_type| !NOT_MADE_HERE.contains(&record_type.name()))
        .collect();
    made.sort_by_key(|record_type| LATE.contains(&record_type.name()));
    for record_type in &made {
        walk.go(record_type).await;
    }
    // From the leaves to the roots.
    for record_type in made
        .iter()
        .rev()
        .filter(|record_type| record_type.has(Verb::Delete))
    {
        walk.remove(record_type).await;
    }
    assert!(walk.failures.is_empty(), "{}", walk.failures.join("\n"));
    assert!(
        walk.changed >= 30,
        "{} changes were read back",
        walk.changed
    );
    assert!(made.len() >= 50, "{} types were made", made.len());
}
