//! What a contact owes, is owed and may use: kept on the contact when a document changes, without moving the contact's time.

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::state::Organisation;
use super::amounts::{amount, fixed};
use super::{kinds, party};
use crate::books::money;

/// What a document adds to its contact.
struct Stake<'a> {
    contact: &'a str,
    currency: &'a str,
    member: &'static str,
    amount: Decimal,
    in_base: Decimal,
}

fn of<'a>(
    kind: &str,
    document: &'a Document,
    base_precision: u32,
) -> Result<Option<Stake<'a>>, Problem> {
    let (is_sale, is_due, counted) = match kind {
        "customer_payment" => (true, false, "unused_amount"),
        "vendor_payment" => (false, false, "balance"),
        _ => match kinds::of(kind) {
            // A retainer is no debt; what is paid of it is an advance. unknown: in which member it would show.
            Some(trade) if trade.role != kinds::Role::Paper && kind != "retainer_invoice" => {
                (trade.is_sale, trade.role == kinds::Role::Due, "balance")
            }
            _ => return Ok(None),
        },
    };
    if super::status::is_idle(document) {
        return Ok(None);
    }
    let member = match (is_sale, is_due) {
        (true, true) => "outstanding_receivable_amount",
        (false, true) => "outstanding_payable_amount",
        (true, false) => "unused_credits_receivable_amount",
        (false, false) => "unused_credits_payable_amount",
    };
    let left = amount(document, counted);
    let rate = document
        .get("exchange_rate")
        .and_then(Datum::as_decimal)
        .unwrap_or(Decimal::ONE);
    Ok(Some(Stake {
        contact: document.text(if is_sale { "customer_id" } else { "vendor_id" }),
        currency: document.text("currency_id"),
        member,
        amount: left,
        in_base: money::convert(left, rate, base_precision).map_err(super::amounts::too_large)?,
    }))
}

/// A document was one way and is another; either may be nothing.
pub(super) fn moved(
    organisation: &mut Organisation,
    kind: &str,
    before: Option<&Document>,
    after: Option<&Document>,
) -> Result<(), Problem> {
    let precision = party::base_precision(organisation);
    for (document, sign) in [(before, -Decimal::ONE), (after, Decimal::ONE)] {
        let Some(stake) = document
            .map(|document| of(kind, document, precision))
            .transpose()?
            .flatten()
        else {
            continue;
        };
        let id = crate::world::parse_id(stake.contact).unwrap_or_default();
        let Some(row) = organisation.row_mut("contact", id) else {
            continue;
        };
        let contact = &mut row.document;
        let is_same_currency = [stake.currency, ""].contains(&contact.text("currency_id"));
        let fcy = if is_same_currency {
            stake.amount
        } else {
            stake.in_base
        };
        let add = |contact: &mut Document, member: &str, by: Decimal, precision: u32| {
            let sum = money::add(amount(contact, member), by * sign)
                .map_err(super::amounts::too_large)?;
            contact.set(member, fixed(sum, precision));
            Ok::<_, Problem>(())
        };
        let of_contact = party::precision_of(contact);
        add(contact, stake.member, fcy, of_contact)?;
        add(
            contact,
            &format!("{}_bcy", stake.member),
            stake.in_base,
            precision,
        )?;
    }
    Ok(())
}
