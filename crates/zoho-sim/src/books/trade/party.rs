//! The customer or vendor of a document: name, currency, terms and addresses come from the contact.

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::state::Organisation;
use super::kinds::Trade;

/// Members of an address on a document; `zip` is `zipcode` in list rows.
const ADDRESS: [&str; 9] = [
    "address",
    "street2",
    "city",
    "state",
    "zip",
    "country",
    "fax",
    "phone",
    "attention",
];

/// Fills in what the contact knows. With `all`, also what is there already: the contact is new on the document.
pub(super) fn fill(
    organisation: &Organisation,
    is_sale: bool,
    record: &mut Document,
    all: bool,
) -> Result<(), Problem> {
    let (id_member, name_member) = if is_sale {
        ("customer_id", "customer_name")
    } else {
        ("vendor_id", "vendor_name")
    };
    let id = words(record, id_member);
    if id.is_empty() {
        return Err(Problem::refused_value(id_member));
    }
    let contact = organisation
        .row_of_text("contact", &id)
        .map(|row| &row.document);
    let contact = contact.ok_or_else(|| inaccessible(is_sale))?;
    record.set(id_member, id);
    record.set(name_member, contact.text("contact_name"));
    currency(organisation, contact, record)?;
    let is_new = |name: &str| record.get(name).is_none_or(is_blank);
    let addresses: Vec<_> = ["billing_address", "shipping_address"]
        .into_iter()
        .filter(|name| all || is_new(name))
        .collect();
    for name in addresses {
        if let Some(address) = contact.get(name).and_then(Datum::as_object) {
            record.set(name, copied(address));
        }
    }
    Ok(())
}

fn inaccessible(is_sale: bool) -> Problem {
    let who = if is_sale { "Customer" } else { "Vendor" };
    Problem::new(
        axum::http::StatusCode::NOT_FOUND,
        1002,
        format!("The {who} is not accessible."),
    )
}

fn is_blank(datum: &Datum) -> bool {
    match datum {
        Datum::Object(document) => document.iter().all(|(_, member)| member.is_empty()),
        datum => datum.is_empty(),
    }
}

fn copied(address: &Document) -> Document {
    ADDRESS
        .iter()
        .map(|name| ((*name).to_owned(), Datum::text(address.text(name))))
        .collect()
}

/// The billing or shipping address of a document as its list row has it.
pub(super) fn row_address(address: Option<&Document>) -> Document {
    let text = |name: &str| Datum::text(address.map_or("", |address| address.text(name)));
    ADDRESS
        .iter()
        .map(|name| {
            (
                if *name == "zip" { "zipcode" } else { *name }.to_owned(),
                text(name),
            )
        })
        .collect()
}

/// The document's currency: its own, else the contact's, else the organisation's.
pub(super) fn currency(
    organisation: &Organisation,
    contact: &Document,
    record: &mut Document,
) -> Result<(), Problem> {
    let wanted = [words(record, "currency_id"), words(contact, "currency_id")];
    let wanted = wanted.iter().find(|id| !id.is_empty());
    let found = match wanted {
        Some(id) => Some(
            organisation
                .row_of_text("currency", id)
                .ok_or_else(|| Problem::invalid_value("currency_id"))?,
        ),
        None => base_currency(organisation),
    };
    let Some(row) = found else {
        record.set_missing("price_precision", 2);
        record.set_missing("exchange_rate", Decimal::ONE);
        return Ok(());
    };
    let currency = &row.document;
    let is_changed = record.text("currency_code") != currency.text("currency_code");
    record.set("currency_id", row.id.to_string());
    record.set("currency_code", currency.text("currency_code"));
    record.set("currency_symbol", currency.text("currency_symbol"));
    record.set("price_precision", i64::from(precision_of(currency)));
    let is_base = base_currency(organisation).is_some_and(|base| base.id == row.id);
    let given = record.get("exchange_rate").and_then(Datum::as_decimal);
    if given.is_some_and(|rate| rate <= Decimal::ZERO) {
        return Err(Problem::invalid_value("exchange_rate"));
    }
    let known = currency
        .get("exchange_rate")
        .and_then(Datum::as_decimal)
        .filter(|rate| *rate > Decimal::ZERO);
    let rate = if is_base {
        Decimal::ONE
    } else if is_changed && given == Some(Decimal::ONE) {
        known.unwrap_or(Decimal::ONE) // the default of a new record, not what somebody said
    } else {
        given.or(known).unwrap_or(Decimal::ONE)
    };
    record.set("exchange_rate", rate);
    Ok(())
}

pub(in crate::books) fn base_currency(
    organisation: &Organisation,
) -> Option<&super::super::state::Row> {
    let is_base = |row: &&super::super::state::Row| {
        row.document
            .get("is_base_currency")
            .and_then(Datum::as_bool)
            == Some(true)
    };
    organisation.rows("currency").find(is_base)
}

pub(in crate::books) fn base_precision(organisation: &Organisation) -> u32 {
    base_currency(organisation).map_or(2, |row| precision_of(&row.document))
}

/// Decimals of a currency, or of a document.
pub(in crate::books) fn precision_of(document: &Document) -> u32 {
    let precision = document
        .get("price_precision")
        .and_then(Datum::as_decimal)
        .and_then(|precision| u32::try_from(precision).ok());
    precision.filter(|precision| *precision <= 6).unwrap_or(2)
}

/// An id, which some callers send as a number.
pub(in crate::books) fn words(record: &Document, member: &str) -> String {
    record.get(member).map(Datum::words).unwrap_or_default()
}

/// Terms and due date: the document's own, else the contact's; the date follows from them unless it is given.
pub(super) fn terms(
    organisation: &Organisation,
    trade: &Trade,
    before: Option<&Document>,
    record: &mut Document,
    is_term_sent: bool,
) -> Result<(), Problem> {
    let contact = organisation
        .row_of_text("contact", record.text(trade.party()))
        .map(|row| &row.document);
    let of_contact = contact.filter(|_| before.is_none() && !is_term_sent);
    for member in ["payment_terms", "payment_terms_label"] {
        if let Some(known) = of_contact.and_then(|contact| contact.get(member)) {
            record.set(member, known.clone());
        }
    }
    let days = record
        .get("payment_terms")
        .and_then(Datum::as_decimal)
        .unwrap_or_default();
    let days = i64::try_from(days).map_err(|_| Problem::invalid_value("payment_terms"))?;
    record.set("payment_terms", days);
    if is_term_sent
        && before.is_none_or(|before| {
            before.text("payment_terms_label") == record.text("payment_terms_label")
        })
    {
        record.set(
            "payment_terms_label",
            if days == 0 {
                "Due on Receipt".to_owned()
            } else {
                format!("Net {days}")
            },
        );
    }
    let is_moved = before.is_some_and(|before| {
        before.text("due_date") == record.text("due_date")
            && (before.text("date") != record.text("date")
                || before.get("payment_terms") != record.get("payment_terms"))
    });
    if record.text("due_date").is_empty() || is_moved {
        let date = crate::world::parse_date(record.text("date"))
            .ok_or_else(|| Problem::invalid_value("date"))?;
        let span = jiff::Span::new()
            .try_days(days.max(0))
            .map_err(|_| Problem::invalid_value("payment_terms"))?;
        let due = date
            .checked_add(span)
            .map_err(|_| Problem::invalid_value("payment_terms"))?;
        record.set("due_date", due.to_string());
    } else if crate::world::parse_date(record.text("due_date")).is_none() {
        return Err(Problem::invalid_value("due_date"));
    }
    Ok(())
}
