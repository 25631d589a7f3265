//! The rules of documents with lines: invoices, bills, quotes, orders, credit notes and their relatives.

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::registry::Operation;
use super::super::rules::{Acted, Rules, Scene};
use super::super::state::{Organisation, Row};
use super::amounts::{amount, compute, fixed};
use super::kinds::{self, Role, Trade};
use super::links::today;
use super::{convert, lines, numbers, party, recur, retainers, rows, stake, status};

impl Rules for Trade {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let now = today(scene.organisation, scene.now);
        party::fill(scene.organisation, self.is_sale, record, false)?;
        kinds::check_debit_note(scene.organisation, record)?;
        lines::complete(scene.organisation, self, None, record)?;
        defaults(self, record, now.to_string());
        if self.role == Role::Due || record.has("due_date") {
            let is_term_sent = record
                .get("payment_terms")
                .and_then(Datum::as_decimal)
                .is_some_and(|days| !days.is_zero());
            party::terms(scene.organisation, self, None, record, is_term_sent)?;
        }
        compute(scene.organisation, self, record)?;
        numbers::give(scene, self, record)?;
        convert::take_over(scene, self, record)?;
        status::name(record, self.first_status);
        recur::schedule(scene.organisation, self.kind, scene.now, record)?;
        let is_sent = scene.query.get("send") == Some("true")
            || record.get("send").and_then(Datum::as_bool) == Some(true);
        record.remove("send");
        if is_sent && self.first_status == "draft" {
            status::name(record, self.open_status);
            record.set("is_emailed", true);
        }
        status::refresh(self, record, now);
        stake::moved(scene.organisation, self.kind, None, Some(record))
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        let is_new_party = before.get(self.party()) != record.get(self.party());
        let is_used = amount(before, "balance") != amount(before, "total");
        if is_new_party && self.role != Role::Paper && is_used {
            return Err(Problem::wrong_state(
                "The contact of a document with payments or credits cannot be changed.",
            ));
        }
        party::fill(scene.organisation, self.is_sale, record, is_new_party)?;
        lines::complete(scene.organisation, self, Some(before), record)?;
        if self.role == Role::Due || !record.text("due_date").is_empty() {
            let is_term_sent = before.get("payment_terms") != record.get("payment_terms");
            party::terms(scene.organisation, self, Some(before), record, is_term_sent)?;
        }
        numbers::changed(scene, self, before, record)?;
        convert::recount(scene, self, before, record)?;
        compute(scene.organisation, self, record)?;
        if record.text("status") != "stopped" {
            recur::schedule(scene.organisation, self.kind, scene.now, record)?;
        }
        status::refresh(self, record, today(scene.organisation, scene.now));
        stake::moved(scene.organisation, self.kind, Some(before), Some(record))
    }

    fn on_delete(&self, scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        // unknown: code and text.
        let used = [
            "payment_made",
            self.credits_member(),
            "total_credits_used",
            "total_refunded_amount",
        ];
        if used.iter().any(|member| !amount(record, member).is_zero()) {
            return Err(Problem::wrong_state(
                "Documents with payments, credits or refunds cannot be deleted.",
            ));
        }
        convert::give_back(scene, self, record)?;
        stake::moved(scene.organisation, self.kind, Some(record), None)
    }

    fn on_action(
        &self,
        scene: &mut Scene<'_>,
        operation: &Operation,
        body: &Document,
        record: &mut Document,
    ) -> Result<Option<Acted>, Problem> {
        let before = record.clone();
        let path = operation.path.rsplit('}').next().unwrap_or_default();
        let now = today(scene.organisation, scene.now);
        let is_done = match path {
            "/email" if operation.method == "POST" => {
                mailed(self, record, now);
                // The mail itself is kept by the generic action.
                stake::moved(scene.organisation, self.kind, Some(&before), Some(record))?;
                return Ok(None);
            }
            "/writeoff" => write_off(self, record, now).map(Some),
            "/writeoff/cancel" => write_back(self, record, now).map(Some),
            "/paymentreminder/disable" | "/paymentreminder/enable" => {
                record.set("payment_reminder_enabled", path.ends_with("enable"));
                Ok(Some(()))
            }
            "/submit" | "/approve" | "/approve/final" | "/reject" => {
                status::approval(self, record, path).map(Some)
            }
            "/invoices" if self.kind == "retainer_invoice" => {
                retainers::draw(scene, record, body)?;
                Ok(Some(()))
            }
            _ => match path.strip_prefix("/status/") {
                Some(word) => match status::move_to(self, record, word, now)? {
                    Some(()) => Ok(Some(())),
                    // unknown: what other words do, such as `readytopush`; they change nothing.
                    None => return Ok(Some(Acted::default())),
                },
                None => Ok(None),
            },
        }?;
        if is_done.is_none() {
            return Ok(None);
        }
        if self.is_recurring() && record.text("status") == "active" {
            recur::schedule(scene.organisation, self.kind, scene.now, record)?;
        }
        stake::moved(scene.organisation, self.kind, Some(&before), Some(record))?;
        Ok(Some(Acted {
            is_changed: true,
            ..Acted::default()
        }))
    }

    fn derive(&self, organisation: &Organisation, _row: &Row, record: &mut Document) {
        status::refresh(self, record, today(organisation, organisation.now));
    }

    fn is_in_view(&self, _: &Organisation, record: &Document, view: &str) -> Option<bool> {
        (view == "Type.DebitNote").then(|| kinds::is_debit_note(record))
    }

    fn detail(&self, organisation: &Organisation, row: &Row, record: &mut Document) {
        if self.kind == "recurring_invoice" {
            recur::totals(organisation, row.id, record);
        }
    }

    fn row(&self, organisation: &Organisation, record: &Document, row: &mut Document) {
        rows::of(self, organisation, record, row);
    }
}

fn defaults(trade: &Trade, record: &mut Document, today: String) {
    let missing = |record: &Document, member: &str| record.get(member).is_none_or(Datum::is_empty);
    if missing(record, "date") && !trade.is_recurring() {
        record.set("date", today);
    }
    if missing(record, "discount_type") {
        record.set("discount_type", trade.discount_level);
    }
    let precision = party::precision_of(record);
    let zeros: &[&str] = match trade.role {
        Role::Due => &["payment_made", "tax_amount_withheld", "write_off_amount"],
        Role::Credit => &["total_credits_used", "total_refunded_amount"],
        Role::Paper => &[],
    };
    for member in zeros {
        record.set(member, fixed(rust_decimal::Decimal::ZERO, precision));
    }
    if trade.role == Role::Due {
        record.set(
            trade.credits_member(),
            fixed(rust_decimal::Decimal::ZERO, precision),
        );
    }
}

/// Who mails a draft has sent it.
fn mailed(trade: &Trade, record: &mut Document, today: jiff::civil::Date) {
    record.set("is_emailed", true);
    if record.text("status") == "draft" {
        status::name(record, trade.open_status);
        status::refresh(trade, record, today);
    }
}

/// unknown: code and text of the refusals.
fn write_off(
    trade: &Trade,
    record: &mut Document,
    today: jiff::civil::Date,
) -> Result<(), Problem> {
    let balance = amount(record, "balance");
    if status::standing(record) != crate::books::money::settle::Standing::Open || balance.is_zero()
    {
        return Err(Problem::wrong_state(
            "Only what is still owed of a sent invoice can be written off.",
        ));
    }
    super::links::settle(record, "write_off_amount", balance, "balance")?;
    status::refresh(trade, record, today);
    Ok(())
}

fn write_back(
    trade: &Trade,
    record: &mut Document,
    today: jiff::civil::Date,
) -> Result<(), Problem> {
    let written_off = amount(record, "write_off_amount");
    if written_off.is_zero() {
        return Err(Problem::wrong_state(
            "Nothing of this invoice is written off.",
        ));
    }
    super::links::settle(record, "write_off_amount", -written_off, "balance")?;
    status::refresh(trade, record, today);
    Ok(())
}
