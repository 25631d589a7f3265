//! Credits applied to what is owed: credit notes to invoices, vendor credits to bills, and advances of payments to both.
//!
//! An applied credit stands beneath the credit and beneath the document, as two records with the same id.

use rust_decimal::Decimal;

use super::super::document::Document;
use super::super::problem::Problem;
use super::super::rules::{Rules, Scene};
use super::amounts::{amount, fixed};
use super::links::{Desk, refused, settle};
use super::party;
use super::payments::{self, Payments};
use crate::books::money::{self, settle::allocate};
use crate::world::parse_id;

/// Credit notes and invoices, or vendor credits and bills.
struct Pair {
    payments: &'static Payments,
    payments_list: &'static str,
    credit: Side,
    due: Side,
    party: &'static str,
    applied: &'static str,
}

/// Record type, its thing, id and number; the links beneath it, and the list that applies from the other side.
struct Side {
    kind: &'static str,
    thing: &'static str,
    id: &'static str,
    number: &'static str,
    link: &'static str,
    link_id: &'static str,
    list: &'static str,
}

static SALES: Pair = Pair {
    payments: &payments::CUSTOMER,
    payments_list: "invoice_payments",
    credit: Side {
        kind: "credit_note",
        thing: "Credit Note",
        id: "creditnote_id",
        number: "creditnote_number",
        link: "credit_note_invoice",
        link_id: "creditnote_invoice_id",
        list: "apply_creditnotes",
    },
    due: Side {
        kind: "invoice",
        thing: "Invoice",
        id: "invoice_id",
        number: "invoice_number",
        link: "invoice_credit_applied",
        link_id: "creditnotes_invoice_id",
        list: "invoices",
    },
    party: "customer_id",
    applied: "credits_applied",
};

static PURCHASES: Pair = Pair {
    payments: &payments::VENDOR,
    payments_list: "bill_payments",
    credit: Side {
        kind: "vendor_credit",
        thing: "Vendor Credit",
        id: "vendor_credit_id",
        number: "vendor_credit_number",
        link: "vendor_credit_bill",
        link_id: "vendor_credit_bill_id",
        list: "apply_vendor_credits",
    },
    due: Side {
        kind: "bill",
        thing: "Bill",
        id: "bill_id",
        number: "bill_number",
        link: "bill_credit_applied",
        link_id: "vendor_credit_bill_id",
        list: "bills",
    },
    party: "vendor_id",
    applied: "vendor_credits_applied",
};

pub(super) static TO_INVOICE: Beneath = Beneath {
    pair: &SALES,
    is_of_credit: false,
};
pub(super) static OF_CREDIT_NOTE: Beneath = Beneath {
    pair: &SALES,
    is_of_credit: true,
};
pub(super) static TO_BILL: Beneath = Beneath {
    pair: &PURCHASES,
    is_of_credit: false,
};
pub(super) static OF_VENDOR_CREDIT: Beneath = Beneath {
    pair: &PURCHASES,
    is_of_credit: true,
};

/// Applied credits, seen from one of the two.
pub(super) struct Beneath {
    pair: &'static Pair,
    is_of_credit: bool,
}

impl Rules for Beneath {
    fn instead_of_create(&self, scene: &mut Scene<'_>, body: &Document) -> Result<bool, Problem> {
        let parent = scene.parent.unwrap_or_default();
        let pair = self.pair;
        let (list, id) = if self.is_of_credit {
            (pair.due.list, pair.due.id)
        } else {
            (pair.credit.list, pair.credit.id)
        };
        let wants = |list: &str, id: &'static str| -> Vec<(u64, Decimal)> {
            let entries = body.objects(list);
            entries
                .map(|entry| {
                    (
                        parse_id(&party::words(entry, id)).unwrap_or_default(),
                        amount(entry, "amount_applied"),
                    )
                })
                .collect()
        };
        let credits = wants(list, id);
        let advances = if self.is_of_credit {
            Vec::new()
        } else {
            wants(pair.payments_list, "payment_id")
        };
        if credits.is_empty() && advances.is_empty() {
            return Err(Problem::refused_value(list));
        }
        let credits: Vec<_> = credits
            .into_iter()
            .map(|(other, by)| {
                if self.is_of_credit {
                    (parent, other, by)
                } else {
                    (other, parent, by)
                }
            })
            .collect();
        let mut desk = Desk::of(scene);
        pair.check(
            &desk,
            &credits,
            advances.iter().map(|(_, by)| (parent, *by)),
        )?;
        for (payment, by) in advances {
            pair.payments.add(&mut desk, payment, parent, by)?;
        }
        for (credit, due, by) in credits {
            pair.apply(&mut desk, credit, due, by)?;
        }
        Ok(true)
    }

    fn on_delete(&self, scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        let pair = self.pair;
        let of = |member: &str| parse_id(record.text(member)).unwrap_or_default();
        let (credit, due, link) = (of(pair.credit.id), of(pair.due.id), scene.id);
        let by = amount(record, "amount");
        let mut desk = Desk::of(scene);
        desk.change(pair.credit.kind, credit, |document| {
            settle(document, "total_credits_used", -by, "balance")
        })?;
        desk.change(pair.due.kind, due, |document| {
            settle(document, pair.applied, -by, "balance")
        })?;
        desk.organisation.take(pair.credit.link, link);
        desk.organisation.take(pair.due.link, link);
        Ok(())
    }
}

impl Pair {
    /// Everything is checked before anything is changed: what each credit has and what each document owes, over all wants.
    fn check(
        &self,
        desk: &Desk<'_>,
        credits: &[(u64, u64, Decimal)],
        advances: impl Iterator<Item = (u64, Decimal)>,
    ) -> Result<(), Problem> {
        let mut dues: Vec<(u64, Decimal)> = advances.collect();
        let mut used: Vec<(u64, Decimal)> = Vec::new();
        for (credit, due, by) in credits {
            let found = |side: &Side, id: u64| {
                let row = desk.organisation.row(side.kind, id);
                row.map(|row| &row.document)
                    .ok_or_else(|| Problem::missing(side.thing))
            };
            let (credit_document, due_document) =
                (found(&self.credit, *credit)?, found(&self.due, *due)?);
            if credit_document.text(self.party) != due_document.text(self.party) {
                return Err(Problem::wrong_state(
                    "The documents belong to different contacts.",
                ));
            }
            if super::status::is_idle(credit_document) || due_document.text("status") == "void" {
                return Err(Problem::wrong_state(
                    "Credits can be applied only from open credits, and not to void documents.",
                ));
            }
            if *by <= Decimal::ZERO {
                return Err(Problem::invalid_value("amount_applied"));
            }
            used.push((*credit, *by));
            dues.push((*due, *by));
        }
        self.enough(desk, self.credit.kind, &used)?;
        self.enough(desk, self.due.kind, &dues)
    }

    fn enough(&self, desk: &Desk<'_>, kind: &str, wants: &[(u64, Decimal)]) -> Result<(), Problem> {
        for (id, _) in wants {
            let Some(row) = desk.organisation.row(kind, *id) else {
                return Err(Problem::missing(self.due.thing));
            };
            let balance = amount(&row.document, "balance");
            let of_this: Vec<_> = wants
                .iter()
                .filter(|(other, _)| other == id)
                .map(|(_, by)| (*by, balance))
                .collect();
            allocate(balance, &of_this).map_err(refused)?;
        }
        Ok(())
    }

    fn apply(
        &self,
        desk: &mut Desk<'_>,
        credit: u64,
        due: u64,
        by: Decimal,
    ) -> Result<(), Problem> {
        let document = |kind: &str, id: u64, desk: &Desk<'_>| {
            desk.organisation
                .row(kind, id)
                .map(|row| row.document.clone())
                .unwrap_or_default()
        };
        let (credit_document, due_document) = (
            document(self.credit.kind, credit, desk),
            document(self.due.kind, due, desk),
        );
        let precision = party::precision_of(&due_document);
        let by = money::round(by, precision);
        desk.change(self.credit.kind, credit, |document| {
            settle(document, "total_credits_used", by, "balance")
        })?;
        desk.change(self.due.kind, due, |document| {
            settle(document, self.applied, by, "balance")
        })?;
        let link = desk.organisation.next_id();
        let date = desk.today().to_string();
        let mut record = Document::default();
        record.set(self.credit.id, credit.to_string());
        record.set(self.due.id, due.to_string());
        record.set(self.credit.link_id, link.to_string());
        record.set(self.due.link_id, link.to_string());
        record.set("date", date.as_str());
        record.set("credited_date", date);
        record.set(self.due.number, due_document.text(self.due.number));
        record.set(self.credit.number, credit_document.text(self.credit.number));
        record.set(
            "creditnotes_number",
            credit_document.text(self.credit.number),
        );
        for member in ["amount", "credited_amount", "amount_applied"] {
            record.set(member, fixed(by, precision));
        }
        desk.link(self.credit.link, link, credit, record.clone());
        desk.link(self.due.link, link, due, record);
        Ok(())
    }
}
