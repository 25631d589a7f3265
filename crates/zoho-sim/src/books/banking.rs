//! Bank transactions, and the transactions of accounts, which follow from all documents.

mod feeds;

use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::ledger;
use super::problem::Problem;
use super::registry::Operation;
use super::rules::{Acted, Rules, Scene};
use super::settings;
use super::state::{Organisation, Row};
use super::trade;

pub(super) use feeds::Statements;

pub(super) struct AccountTransactions;
pub(super) struct BankTransactions;

impl Rules for AccountTransactions {
    fn rows(&self, organisation: &Organisation, parent: Option<u64>) -> Option<Vec<Row>> {
        Some(ledger::rows(organisation, parent))
    }
}

impl Rules for BankTransactions {
    /// The organisation's own, and what other documents did to bank accounts.
    fn rows(&self, organisation: &Organisation, _parent: Option<u64>) -> Option<Vec<Row>> {
        // Lines that became a document, or were matched with one, are told by that one.
        let own = organisation.rows("bank_transaction").filter(|row| {
            let record = &row.document;
            record.text("categorized_transaction_id").is_empty()
                && !record.has("matched_transactions")
        });
        let own = own.cloned();
        Some(own.chain(ledger::bank_rows(organisation)).collect())
    }

    /// Lines of statements are shown only where they are asked for.
    fn is_in_view(&self, _: &Organisation, record: &Document, view: &str) -> Option<bool> {
        let is_open = matches!(record.text("status"), "uncategorized" | "excluded");
        (view == "Status.All").then_some(!is_open)
    }

    fn on_action(
        &self,
        scene: &mut Scene<'_>,
        operation: &Operation,
        body: &Document,
        record: &mut Document,
    ) -> Result<Option<Acted>, Problem> {
        let end = operation.path.rsplit('}').next().unwrap_or_default();
        feeds::act(scene, &operation.method, end, body, record)
    }

    fn on_delete(&self, _scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        if record.text("status") == "uncategorized" {
            // unknown: code and text.
            return Err(Problem::wrong_state(
                "Uncategorized transactions cannot be deleted.",
            ));
        }
        Ok(())
    }

    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        if record.text("date").is_empty() {
            record.set("date", scene.organisation.today(scene.now));
        }
        record.set("status", "manually_added");
        record.set("source", "manually_added");
        complete(scene, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        complete(scene, record)
    }
}

/// Names of the accounts, the account whose transaction it is, and its amounts.
fn complete(scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
    for (id, name) in [
        ("from_account_id", "from_account_name"),
        ("to_account_id", "to_account_name"),
    ] {
        let given = trade::words(record, id);
        if given.is_empty() {
            continue;
        }
        let found = super::accounts::name_of(scene.organisation, &given);
        let found = found.ok_or_else(|| Problem::bad(1002, "Account does not exist."))?;
        record.set(name, found);
        record.set(id, given);
    }
    let (from, to) = (
        trade::words(record, "from_account_id"),
        trade::words(record, "to_account_id"),
    );
    if !from.is_empty() && from == to {
        return Err(Problem::refused_value("to_account_id"));
    }
    settings::fill_currency(scene.organisation, record)?;
    let amount = trade::amount(record, "amount");
    if amount < Decimal::ZERO {
        return Err(Problem::invalid_value("amount"));
    }
    let is_bank = |id: &str| scene.organisation.row_of_text("bank_account", id).is_some();
    // Money that comes in is a debit of the bank account.
    let (account, side) = if is_bank(&from) && !is_bank(&to) || to.is_empty() {
        (from, "credit")
    } else {
        (to, "debit")
    };
    let name = super::accounts::name_of(scene.organisation, &account);
    record.set("account_name", name.unwrap_or_default());
    record.set("account_id", account);
    record.set("debit_or_credit", side);
    record.set(
        "total",
        record.get("amount").cloned().unwrap_or(Datum::Integer(0)),
    );
    Ok(())
}
