//! Refunds of credits and of advances: what is refunded cannot be used any more.

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::rules::{Rules, Scene};
use super::amounts::{amount, fixed, too_large};
use super::links::{Desk, settle, today};
use super::party;
use crate::books::money;

pub(super) struct Refunds {
    kind: &'static str,
    parent: &'static str,
    /// In the parent: what was refunded, and what is left.
    refunded: &'static str,
    left: &'static str,
    number: &'static str,
}

static REFUNDS: [Refunds; 4] = [
    Refunds {
        kind: "credit_note_refund",
        parent: "credit_note",
        refunded: "total_refunded_amount",
        left: "balance",
        number: "creditnote_number",
    },
    Refunds {
        kind: "vendor_credit_refund",
        parent: "vendor_credit",
        refunded: "total_refunded_amount",
        left: "balance",
        number: "vendor_credit_number",
    },
    Refunds {
        kind: "customer_payment_refund",
        parent: "customer_payment",
        refunded: "amount_refunded",
        left: "unused_amount",
        number: "payment_number",
    },
    Refunds {
        kind: "vendor_payment_refund",
        parent: "vendor_payment",
        refunded: "amount_refunded",
        left: "balance",
        number: "payment_number",
    },
];

pub(super) fn of(kind: &str) -> Option<&'static dyn Rules> {
    let found = REFUNDS.iter().find(|refunds| refunds.kind == kind);
    found.map(|refunds| refunds as &dyn Rules)
}

impl Rules for Refunds {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        if record.text("date").is_empty() {
            record.set("date", today(scene.organisation, scene.now).to_string());
        }
        self.take(scene, Decimal::ZERO, Some(record))
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        self.take(scene, amount(before, "amount"), Some(record))
    }

    fn on_delete(&self, scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        self.take(scene, amount(record, "amount"), None)
    }
}

impl Refunds {
    /// Takes the new amount instead of the one before off what is left of the parent. unknown: code and text of the refusals.
    fn take(
        &self,
        scene: &mut Scene<'_>,
        before: Decimal,
        record: Option<&mut Document>,
    ) -> Result<(), Problem> {
        let parent = scene.parent.unwrap_or_default();
        let row = scene
            .organisation
            .row(self.parent, parent)
            .ok_or_else(|| Problem::missing("Refund"))?;
        let of = row.document.clone();
        let precision = party::precision_of(&of);
        let mut wanted = Decimal::ZERO;
        if let Some(record) = record {
            wanted = money::round(amount(record, "amount"), precision);
            if wanted <= Decimal::ZERO {
                return Err(Problem::refused_value("amount"));
            }
            let rate = of
                .get("exchange_rate")
                .and_then(Datum::as_decimal)
                .unwrap_or(Decimal::ONE);
            let base = party::base_precision(scene.organisation);
            record.set("amount", fixed(wanted, precision));
            record.set("amount_fcy", fixed(wanted, precision));
            record.set(
                "amount_bcy",
                fixed(money::convert(wanted, rate, base).map_err(too_large)?, base),
            );
            record.set("customer_name", of.text("customer_name"));
            record.set(self.number, of.text(self.number));
        }
        let by = money::subtract(wanted, before).map_err(too_large)?;
        if by > amount(&of, self.left)
            || (!by.is_zero() && matches!(of.text("status"), "draft" | "void"))
        {
            return Err(Problem::wrong_state(
                "The amount refunded is more than what is left.",
            ));
        }
        Desk::of(scene).change(self.parent, parent, |document| {
            settle(document, self.refunded, by, self.left)
        })
    }
}
