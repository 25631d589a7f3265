//! Bodies against the registry: types, lengths and choices; members that Books does not know are dropped without a word.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::datum::Datum;
use super::document::Document;
use super::problem::Problem;
use super::registry::{Member, RecordType, type_named};
use crate::world::parse_date;

/// Members whose published choices are only examples: real answers hold others.
const OPEN: [&str; 9] = [
    "payment_mode",
    "account_type",
    "language_code",
    "recurrence_frequency",
    "journal_type",
    "tax_type",
    "status",
    "transaction_type",
    "pricing_scheme",
];

/// Parts of one list, so that one call cannot fill the memory. unknown: how many lines Books takes.
const PARTS_MAX: usize = 5_000;

/// Members of this edition's bodies that only organisations with GST have.
const GST: [&str; 4] = ["gst_no", "gst_treatment", "place_of_contact", "hsn_or_sac"];

/// Published as mandatory and not asked for by the real service.
const NOT_MANDATORY: [(&str, &[&str]); 4] = [
    ("credit_note", &["creditnote_number"]),
    (
        "customer_payment",
        &["invoice_id", "amount_applied", "invoices"],
    ),
    ("estimate", &["item_id"]),
    ("vendor_payment", &["bills"]),
];

/// The members of a body that are known, in the types that they are stored in.
pub(super) fn members(kind: &RecordType, body: Document) -> Result<Document, Problem> {
    // A record type without published members takes what comes.
    let is_open = kind.create.is_empty() && kind.update.is_empty();
    let mut kept = Document::default();
    for (name, datum) in body.iter() {
        let known = kind.create.get(name).or_else(|| kind.update.get(name));
        let known = known.or_else(|| of_debit_note(kind, name));
        match known {
            Some(member) if GST.contains(&name) && !datum.is_empty() => {
                let _ = member;
                return Err(Problem::invalid_element(name));
            }
            Some(member) => kept.set(name, checked(name, member, datum)?),
            None if is_open || name.starts_with("cf_") || name == "custom_fields" => {
                kept.set(name, datum.clone());
            }
            None => {}
        }
    }
    Ok(kept)
}

/// Debit notes to customers are written where invoices are, with members of their own.
fn of_debit_note(kind: &RecordType, name: &str) -> Option<&'static Member> {
    let is_own = matches!(
        name,
        "type" | "reference_invoice_id" | "reference_invoice_type"
    );
    let notes = type_named("customer_debit_note").filter(|_| kind.name == "invoice" && is_own);
    notes.and_then(|notes| notes.create.get(name))
}

/// Refuses a new record that lacks a mandatory member.
pub(super) fn mandatory(kind: &RecordType, record: &Document) -> Result<(), Problem> {
    for name in &kind.required {
        let is_missing = record.get(name).is_none_or(Datum::is_empty);
        if is_missing && is_mandatory(kind, name) {
            return Err(Problem::refused_value(name));
        }
    }
    Ok(())
}

/// Whether a new record needs a member.
pub(crate) fn is_mandatory(kind: &RecordType, name: &str) -> bool {
    let excused = NOT_MANDATORY.iter().find(|(of, _)| *of == kind.name);
    let is_excused = excused.is_some_and(|(_, names)| names.contains(&name));
    !is_excused && kind.required.iter().any(|required| required == name)
}

fn checked(name: &str, member: &Member, datum: &Datum) -> Result<Datum, Problem> {
    let invalid = || Problem::invalid_value(name);
    if datum.is_empty() {
        return Ok(Datum::text(""));
    }
    match member.kind {
        's' => text(name, member, datum),
        'n' => datum.as_decimal().map(number_of(datum)).ok_or_else(invalid),
        'i' => {
            let number = datum.as_decimal().ok_or_else(invalid)?.normalize();
            if number.scale() > 0 {
                return Err(invalid());
            }
            i64::try_from(number)
                .map(Datum::Integer)
                .map_err(|_| invalid())
        }
        'b' => datum.as_bool().map(Datum::Bool).ok_or_else(invalid),
        'a' => list(name, member, datum),
        'o' => match datum {
            Datum::Object(document) => object(&member.members, document).map(Datum::Object),
            _ => Err(invalid()),
        },
        _ => Ok(datum.clone()),
    }
}

/// Numbers stay as they were written; texts that are numbers become numbers.
fn number_of(datum: &Datum) -> impl Fn(Decimal) -> Datum {
    let integer = match datum {
        Datum::Integer(number) => Some(*number),
        _ => None,
    };
    move |decimal| integer.map_or(Datum::Decimal(decimal), Datum::Integer)
}

fn text(name: &str, member: &Member, datum: &Datum) -> Result<Datum, Problem> {
    let words = match datum {
        Datum::Text(words) => words.clone(),
        Datum::Integer(_) | Datum::Decimal(_) => datum.words(),
        Datum::Bool(is) if member.choices.iter().any(|choice| choice == "true") => is.to_string(),
        _ => return Err(Problem::invalid_value(name)),
    };
    if let Some(length_max) = member.length_max
        && words.chars().count() > length_max
    {
        return Err(Problem::too_long(name, length_max));
    }
    let is_closed = member.choices.len() > 1 && !OPEN.contains(&name);
    if is_closed {
        let known = member.choices.iter();
        let known = known
            .filter(|choice| choice.eq_ignore_ascii_case(&words))
            .count();
        if known == 0 {
            return Err(Problem::invalid_value(name));
        }
    }
    if name == "date" || name.ends_with("_date") {
        parse_date(&words)
            .filter(|_| words.len() == 10)
            .ok_or_else(|| Problem::invalid_value(name))?;
    }
    Ok(Datum::Text(words))
}

fn list(name: &str, member: &Member, datum: &Datum) -> Result<Datum, Problem> {
    let parts = match datum {
        Datum::List(parts) if parts.len() > PARTS_MAX => return Err(Problem::invalid_value(name)),
        Datum::List(parts) => parts,
        // Lists of ids come joined by commas too.
        Datum::Text(_) if member.part != Some('o') => return Ok(datum.clone()),
        _ => return Err(Problem::invalid_value(name)),
    };
    let parts = parts.iter().map(|part| match (member.part, part) {
        (Some('o'), Datum::Object(document)) => {
            object(&member.members, document).map(Datum::Object)
        }
        (Some('o'), _) | (Some('s'), Datum::Object(_) | Datum::List(_)) => {
            Err(Problem::invalid_value(name))
        }
        (Some('s'), other) => Ok(Datum::Text(other.words())),
        (_, other) => Ok(other.clone()),
    });
    parts.collect::<Result<Vec<_>, _>>().map(Datum::List)
}

/// Objects within keep members that are not published: the real service takes more than it says.
fn object(members: &BTreeMap<String, Member>, document: &Document) -> Result<Document, Problem> {
    let kept = document.iter().map(|(name, datum)| {
        if name == "hsn_or_sac" && !datum.is_empty() {
            return Err(Problem::invalid_element(name));
        }
        let datum = match members.get(name) {
            // A discount is a number or a share such as `10%`.
            Some(_) if name == "discount" => datum.clone(),
            Some(member) => checked(name, member, datum)?,
            None => datum.clone(),
        };
        Ok((name.to_owned(), datum))
    });
    kept.collect()
}
