//! Chart of accounts, bank accounts and journals.

use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::index::{self, By};
use super::ledger;
use super::problem::Problem;
use super::registry::{Operation, REGISTRY};
use super::rules::{Acted, Rules, Scene};
use super::settings;
use super::state::{Organisation, Row};
use super::trade;

pub(super) struct Accounts;
pub(super) struct BankAccounts;
pub(super) struct Journals;

/// Types that real answers know besides those of a fresh organisation.
const MORE_TYPES: [&str; 5] = [
    "other_asset",
    "credit_card",
    "long_term_liability",
    "other_income",
    "payment_clearing",
];

/// The id of an account by its name.
pub(super) fn named(organisation: &Organisation, name: &str) -> Option<u64> {
    let mut rows = organisation.keyed("chart_of_account", By::Name, &index::name(name));
    rows.find(|row| row.document.text("account_name") == name)
        .map(|row| row.id)
}

/// The name of an account.
pub(super) fn name_of(organisation: &Organisation, id: &str) -> Option<String> {
    let row = organisation
        .row_of_text("chart_of_account", id)
        .or_else(|| organisation.row_of_text("bank_account", id))?;
    Some(row.document.text("account_name").to_owned())
}

fn name_is_free(scene: &Scene<'_>, record: &Document) -> Result<(), Problem> {
    let name = index::name(record.text("account_name"));
    if name.is_empty() {
        return Err(Problem::refused_value("account_name"));
    }
    let mut rows = scene.organisation.keyed(&scene.kind.name, By::Name, &name);
    let is_taken = rows.any(|row| row.id != scene.id);
    if is_taken {
        let name = record.text("account_name");
        return Err(Problem::already_exists(&format!("Account \"{name}\"")));
    }
    Ok(())
}

impl Rules for Accounts {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        name_is_free(scene, record)?;
        let kind = record.text("account_type");
        let is_known = REGISTRY
            .start
            .account_types
            .iter()
            .any(|known| known == kind)
            || MORE_TYPES.contains(&kind);
        if !is_known {
            return Err(Problem::invalid_value("account_type"));
        }
        record.set("is_user_created", true);
        record.set_missing("is_system_account", false);
        record.set("is_active", true);
        Ok(())
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        name_is_free(scene, record)
    }

    fn on_delete(&self, scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        let is_system = record.get("is_system_account").and_then(Datum::as_bool);
        let is_used = ledger::of(scene.organisation).is_used(scene.id)
            || is_named(scene.organisation, scene.id);
        if is_system == Some(true) || is_used {
            // unknown: code and text.
            return Err(Problem::wrong_state("The account cannot be deleted."));
        }
        Ok(())
    }

    fn derive(&self, _organisation: &Organisation, _row: &Row, record: &mut Document) {
        let words = record.text("account_type").replace('_', " ");
        record.set("account_type_formatted", capitals(&words));
    }

    fn detail(&self, organisation: &Organisation, row: &Row, record: &mut Document) {
        let precision = trade::base_precision(organisation);
        let closing = trade::fixed(ledger::closing(organisation, row), precision);
        record.set(
            "closing_balance_formatted",
            in_currency(organisation, &closing),
        );
        record.set("closing_balance", closing);
        let is_used = ledger::of(organisation).is_used(row.id);
        record.set("is_involved_in_transaction", is_used);
        let kind = row.document.text("account_type");
        record.set("isdebit", ledger::is_debit(kind));
        record.set("transactions", ledger::transactions(organisation, row.id));
    }
}

/// Whether an item or a document that posts nothing yet names an account: the documentation keeps such accounts too.
fn is_named(organisation: &Organisation, account: u64) -> bool {
    let account = account.to_string();
    let names = |document: &Document| {
        ["account_id", "purchase_account_id", "inventory_account_id"]
            .iter()
            .any(|member| trade::words(document, member) == account)
    };
    let of_items = organisation.rows("item").any(|row| names(&row.document));
    of_items
        || ["journal", "invoice", "bill", "expense"]
            .iter()
            .any(|kind| {
                let mut rows = organisation.rows(kind);
                rows.any(|row| {
                    names(&row.document) || row.document.objects("line_items").any(names)
                })
            })
}

/// An amount in the organisation's currency, as people read it. unknown: how `currency_format` changes it.
pub(super) fn in_currency(organisation: &Organisation, amount: &Datum) -> String {
    let symbol = trade::base_currency(organisation)
        .map(|row| row.document.text("currency_symbol").to_owned())
        .unwrap_or_default();
    let words = amount.words();
    let (sign, digits) = match words.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", words.as_str()),
    };
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{symbol}{grouped}{rest}")
}

fn capitals(words: &str) -> String {
    let words = words.split(' ').map(|word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        head.to_uppercase() + tail
    });
    words.collect::<Vec<_>>().join(" ")
}

impl Rules for BankAccounts {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        name_is_free(scene, record)?;
        settings::fill_currency(scene.organisation, record)?;
        record.set("is_active", true);
        // A bank account is an account of the chart too.
        let mut account = Document::default();
        for name in [
            "account_name",
            "account_type",
            "account_code",
            "description",
            "currency_id",
            "currency_code",
        ] {
            let datum = record.get(name).cloned().unwrap_or_else(|| Datum::text(""));
            account.set(name, datum);
        }
        account.set("is_active", true);
        account.set("is_user_created", true);
        account.set("is_system_account", false);
        scene.organisation.put(
            "chart_of_account",
            Row {
                id: scene.id,
                parent: None,
                created_at: scene.now,
                modified_at: scene.now,
                document: account,
            },
        );
        Ok(())
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        name_is_free(scene, record)?;
        let now = scene.now;
        if let Some(account) = scene.organisation.row_mut("chart_of_account", scene.id) {
            account.modified_at = now;
            account
                .document
                .set("account_name", record.text("account_name"));
        }
        Ok(())
    }

    fn on_delete(&self, scene: &mut Scene<'_>, _record: &Document) -> Result<(), Problem> {
        if ledger::of(scene.organisation).is_used(scene.id) {
            // unknown: code and text.
            return Err(Problem::wrong_state("The account cannot be deleted."));
        }
        scene.organisation.take("chart_of_account", scene.id);
        Ok(())
    }

    fn derive(&self, organisation: &Organisation, row: &Row, record: &mut Document) {
        ledger::show_balances(organisation, row, record);
    }
}

impl Rules for Journals {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let number = scene.organisation.next_number("journal");
        record.set("entry_number", number.to_string());
        if record.text("status") != "draft" {
            record.set("status", "published");
        }
        let kind = record.text("journal_type").to_lowercase();
        record.set(
            "journal_type",
            if kind.is_empty() {
                "both".to_owned()
            } else {
                kind
            },
        );
        settings::fill_currency(scene.organisation, record)?;
        settle(scene, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        let kind = record.text("journal_type").to_lowercase();
        record.set("journal_type", kind);
        settle(scene, record)
    }

    fn on_action(
        &self,
        _scene: &mut Scene<'_>,
        operation: &Operation,
        _body: &Document,
        record: &mut Document,
    ) -> Result<Option<Acted>, Problem> {
        if operation.method == "POST" && operation.path.ends_with("/publish") {
            record.set("status", "published");
            return Ok(Some(Acted {
                is_changed: true,
                ..Acted::default()
            }));
        }
        Ok(None)
    }

    fn derive(&self, _organisation: &Organisation, _row: &Row, record: &mut Document) {
        if record
            .get("custom_fields")
            .and_then(Datum::as_list)
            .is_some_and(<[Datum]>::is_empty)
        {
            record.set("custom_fields", "");
        }
    }
}

/// Lines get ids and the names of their accounts; debits and credits must be equal.
fn settle(scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
    let Some(Datum::List(mut lines)) = record.remove("line_items") else {
        return Err(Problem::refused_value("line_items"));
    };
    let (mut debits, mut credits) = (Decimal::ZERO, Decimal::ZERO);
    let mut sides: Vec<(String, bool)> = Vec::new();
    for line in &mut lines {
        let line = line.as_object_mut();
        let line = line.ok_or_else(|| Problem::invalid_value("line_items"))?;
        let account = line.text("account_id").to_owned();
        let name = name_of(scene.organisation, &account);
        let name = name.ok_or_else(|| Problem::invalid_value("account_id"))?;
        line.set("account_name", name);
        let amount = line.get("amount").and_then(Datum::as_decimal);
        let amount = amount.filter(|amount| !amount.is_sign_negative());
        let amount = amount.ok_or_else(|| Problem::invalid_value("amount"))?;
        let is_debit = match line.text("debit_or_credit") {
            "debit" => true,
            "credit" => false,
            _ => return Err(Problem::invalid_value("debit_or_credit")),
        };
        let side = if is_debit { &mut debits } else { &mut credits };
        *side = side
            .checked_add(amount)
            .ok_or_else(|| Problem::invalid_value("amount"))?;
        sides.push((account, is_debit));
        if line.text("line_id").is_empty() {
            let id = scene.organisation.next_id();
            line.set("line_id", id.to_string());
        }
    }
    if debits != credits || lines.is_empty() {
        // unknown: code and text.
        return Err(Problem::wrong_state(
            "Please ensure that the debits and credits are equal",
        ));
    }
    let is_on_both = sides
        .iter()
        .any(|(account, is_debit)| *is_debit && sides.contains(&(account.clone(), false)));
    if is_on_both {
        return Err(Problem::refused_value("account"));
    }
    record.set("line_items", lines);
    record.set("total", debits);
    record.set("line_item_total", debits);
    Ok(())
}
