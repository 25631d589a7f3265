//! Lines of imported statements: excluded and restored, categorised as transactions or as documents of their own, matched with
//! what is there, and all of it undone.
//!
//! unknown: codes and texts of the refusals, but for accounts that differ (108004).

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::ledger;
use super::super::problem::Problem;
use super::super::registry::type_named;
use super::super::rules::{Acted, Rules, Scene};
use super::super::state::{Organisation, Row};
use super::super::trade;
use super::super::write::{self, Hand};
use crate::books::money;
use crate::world::{parse_date, parse_id};

/// Transactions that a line may be matched with are looked for among so many.
const MATCHES_MAX: usize = 200;

pub(in crate::books) struct Statements;

impl Rules for Statements {
    /// Each of its transactions becomes a line that is not categorised yet.
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let account = scene.parent.unwrap_or_default();
        let name = super::super::accounts::name_of(scene.organisation, &account.to_string());
        let name = name.unwrap_or_default();
        let mut shown = Vec::new();
        let (mut first, mut last) = (String::new(), String::new());
        let given: Vec<Document> = record.objects("transactions").cloned().collect();
        if given.is_empty() {
            return Err(Problem::refused_value("transactions"));
        }
        for mut line in given {
            let date = line.text("date").to_owned();
            parse_date(&date).ok_or_else(|| Problem::invalid_value("date"))?;
            let side = line.text("debit_or_credit");
            if !matches!(side, "debit" | "credit") {
                return Err(Problem::invalid_value("debit_or_credit"));
            }
            if trade::amount(&line, "amount") <= Decimal::ZERO {
                return Err(Problem::invalid_value("amount"));
            }
            if first.is_empty() || date < first {
                first.clone_from(&date);
            }
            if date > last {
                last = date;
            }
            let imported = line.remove("transaction_id").unwrap_or_default();
            line.set("imported_transaction_id", imported);
            line.set("status", "uncategorized");
            line.set("source", "statement");
            line.set("account_id", account.to_string());
            line.set("account_name", name.as_str());
            line.set("statement_id", scene.id.to_string());
            super::super::settings::fill_currency(scene.organisation, &mut line)?;
            let id = scene.organisation.next_id();
            let mut of_statement = line.clone();
            of_statement.set("transaction_id", id.to_string());
            shown.push(Datum::Object(of_statement));
            scene
                .organisation
                .put("bank_transaction", row(id, scene.now, line));
        }
        record.set("from_date", first);
        record.set("to_date", last);
        record.set("source", "api");
        record.set("transactions", shown);
        Ok(())
    }

    /// Only the last one is shown.
    fn rows(&self, organisation: &Organisation, parent: Option<u64>) -> Option<Vec<Row>> {
        let all = organisation.children("bank_statement", parent?);
        Some(all.last().cloned().into_iter().collect())
    }

    fn on_delete(&self, scene: &mut Scene<'_>, record: &Document) -> Result<(), Problem> {
        let ids = record
            .objects("transactions")
            .map(|line| line.text("transaction_id"));
        let ids: Vec<u64> = ids.filter_map(parse_id).collect();
        for id in ids {
            let line = scene.organisation.row("bank_transaction", id);
            let is_open = line.is_some_and(|line| {
                matches!(line.document.text("status"), "uncategorized" | "excluded")
            });
            if is_open {
                scene.organisation.take("bank_transaction", id);
            }
        }
        Ok(())
    }
}

fn row(id: u64, now: i64, document: Document) -> Row {
    Row {
        id,
        parent: None,
        created_at: now,
        modified_at: now,
        document,
    }
}

/// A kind of document as which a line may be categorised: the end of the path, its record type, the members of its account and
/// of the record to which it belongs.
type Category = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

static CATEGORIES: [Category; 7] = [
    ("expenses", "expense", "paid_through_account_id", None),
    (
        "vendorpayments",
        "vendor_payment",
        "paid_through_account_id",
        None,
    ),
    ("customerpayments", "customer_payment", "account_id", None),
    (
        "creditnoterefunds",
        "credit_note_refund",
        "from_account_id",
        Some("creditnote_id"),
    ),
    (
        "vendorcreditrefunds",
        "vendor_credit_refund",
        "account_id",
        Some("vendor_credit_id"),
    ),
    (
        "paymentrefunds",
        "customer_payment_refund",
        "from_account_id",
        Some("payment_id"),
    ),
    (
        "vendorpaymentrefunds",
        "vendor_payment_refund",
        "to_account_id",
        Some("payment_id"),
    ),
];

/// The actions of bank transactions, by the end of their path.
pub(super) fn act(
    scene: &mut Scene<'_>,
    method: &str,
    end: &str,
    body: &Document,
    record: &mut Document,
) -> Result<Option<Acted>, Problem> {
    let needed = match end {
        "/match" | "/exclude" | "/categorize" => "uncategorized",
        "/restore" => "excluded",
        "/unmatch" => "matched",
        "/uncategorize" => "categorized",
        _ if end.starts_with("/categorize/") => "uncategorized",
        _ => return Ok(None),
    };
    let status = record.text("status");
    if status != needed {
        let refused = format!("A transaction that is {status} cannot be acted on like this.");
        return Err(Problem::wrong_state(refused));
    }
    match end {
        "/match" if method == "GET" => {
            let mut acted = Acted::default();
            let matches = matches(scene.organisation, record);
            acted.members.set("matching_transactions", matches);
            return Ok(Some(acted));
        }
        "/match" => matched(scene.organisation, body, record)?,
        "/exclude" => record.set("status", "excluded"),
        "/restore" => record.set("status", "uncategorized"),
        "/unmatch" => {
            record.remove("matched_transactions");
            record.set("status", "uncategorized");
        }
        "/uncategorize" => uncategorized(scene, record)?,
        "/categorize" => categorized(scene, body, record)?,
        _ => {
            let word = end.strip_prefix("/categorize/").unwrap_or_default();
            let Some(category) = CATEGORIES.iter().find(|(known, ..)| *known == word) else {
                return Ok(None);
            };
            categorized_as(scene, category, body, record)?;
        }
    }
    Ok(Some(Acted {
        is_changed: true,
        ..Acted::default()
    }))
}

/// As a transaction between two accounts, one of which is the line's.
fn categorized(
    scene: &mut Scene<'_>,
    body: &Document,
    record: &mut Document,
) -> Result<(), Problem> {
    if body.text("transaction_type").is_empty() {
        return Err(Problem::refused_value("transaction_type"));
    }
    let own = record.text("account_id").to_owned();
    let (own_member, other_member) = match record.text("debit_or_credit") {
        "credit" => ("from_account_id", "to_account_id"),
        _ => ("to_account_id", "from_account_id"),
    };
    if trade::words(body, other_member).is_empty() {
        return Err(Problem::refused_value(other_member));
    }
    for (name, datum) in body.iter() {
        if scene.kind.create.contains_key(name) && !datum.is_empty() && name != "amount" {
            record.set(name, datum.clone());
        }
    }
    record.set(own_member, own);
    super::complete(scene, record)?;
    record.set("status", "categorized");
    Ok(())
}

/// As a document of its own, which posts in place of the line.
fn categorized_as(
    scene: &mut Scene<'_>,
    (_, kind, account, parent): &Category,
    body: &Document,
    record: &mut Document,
) -> Result<(), Problem> {
    let kind = type_named(kind).ok_or_else(Problem::unknown_path)?;
    let mut body = body.clone();
    for name in ["date", "amount", "reference_number", "description"] {
        if let Some(datum) = record.get(name).filter(|datum| !datum.is_empty()) {
            body.set_missing(name, datum.clone());
        }
    }
    if kind.create.contains_key("payment_mode") {
        body.set_missing("payment_mode", "banktransfer");
    }
    body.set(account, record.text("account_id"));
    let parent = parent.map(|member| {
        let id = parse_id(&trade::words(&body, member));
        id.ok_or_else(|| Problem::refused_value(member))
    });
    let hand = Hand {
        who: scene.who,
        now: scene.now,
        query: scene.query,
    };
    let made = write::create(scene.organisation, kind, parent.transpose()?, body, hand)?;
    record.set("transaction_type", kind.name.as_str());
    record.set("categorized_transaction_id", made.to_string());
    record.set("status", "categorized");
    Ok(())
}

fn uncategorized(scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
    if record.text("statement_id").is_empty() {
        return Err(Problem::wrong_state(
            "Only lines of statements can be uncategorized.",
        ));
    }
    let made = parse_id(record.text("categorized_transaction_id"));
    let kind = type_named(record.text("transaction_type"));
    if let Some((made, kind)) = made.zip(kind)
        && scene.organisation.row(&kind.name, made).is_some()
    {
        let hand = Hand {
            who: scene.who,
            now: scene.now,
            query: scene.query,
        };
        write::delete(scene.organisation, kind, made, hand)?;
    }
    for name in [
        "categorized_transaction_id",
        "transaction_type",
        "from_account_id",
        "from_account_name",
        "to_account_id",
        "to_account_name",
    ] {
        record.remove(name);
    }
    record.set("status", "uncategorized");
    Ok(())
}

/// What a line did to its account: in is positive.
fn moved(record: &Document) -> Decimal {
    let amount = trade::amount(record, "amount");
    if record.text("debit_or_credit") == "credit" {
        -amount
    } else {
        amount
    }
}

fn matched(
    organisation: &Organisation,
    body: &Document,
    record: &mut Document,
) -> Result<(), Problem> {
    let account = parse_id(record.text("account_id")).unwrap_or_default();
    let ledger = ledger::of(organisation);
    let mut sum = Decimal::ZERO;
    let mut ids = Vec::new();
    for wanted in body.objects("transactions_to_be_matched") {
        let id = parse_id(&trade::words(wanted, "transaction_id"));
        let entry = ledger.entries.iter().find(|entry| Some(entry.id) == id);
        let entry = entry.ok_or_else(|| Problem::missing("Transaction"))?;
        if entry
            .postings
            .iter()
            .all(|posting| posting.account != account)
        {
            return Err(Problem::bad(
                108_004,
                "The accounts of the transactions differ.",
            ));
        }
        if is_taken(organisation, entry.id) {
            return Err(Problem::wrong_state("The transaction is matched already."));
        }
        sum =
            money::add(sum, entry.on(account).own).map_err(|_| Problem::invalid_value("amount"))?;
        ids.push(Datum::text(entry.id.to_string()));
    }
    if ids.is_empty() {
        return Err(Problem::refused_value("transactions_to_be_matched"));
    }
    if sum != moved(record) {
        return Err(Problem::wrong_state(
            "The amounts of the transactions differ.",
        ));
    }
    record.set("matched_transactions", ids);
    record.set("status", "matched");
    Ok(())
}

/// Whether a line was matched with a transaction.
fn is_taken(organisation: &Organisation, id: u64) -> bool {
    let id = Datum::text(id.to_string());
    organisation.rows("bank_transaction").any(|line| {
        let matched = line.document.get("matched_transactions");
        matched
            .and_then(Datum::as_list)
            .is_some_and(|ids| ids.contains(&id))
    })
}

/// Transactions of the account that moved as much, the nearest in time being the best match.
fn matches(organisation: &Organisation, record: &Document) -> Vec<Datum> {
    let account = parse_id(record.text("account_id")).unwrap_or_default();
    let ledger = ledger::of(organisation);
    let moved = moved(record);
    let entries = ledger.entries_of(account).rev();
    let found =
        entries.filter(|entry| entry.on(account).own == moved && !is_taken(organisation, entry.id));
    let found = found.take(MATCHES_MAX).map(|entry| {
        let mut shown = Document::default();
        shown.set("transaction_id", entry.id.to_string());
        shown.set("date", entry.date.as_str());
        shown.set("transaction_type", entry.kind);
        shown.set("reference_number", entry.reference.as_str());
        shown.set("amount", trade::fixed(moved.abs(), entry.precision));
        let side = if moved >= Decimal::ZERO {
            "debit"
        } else {
            "credit"
        };
        shown.set("debit_or_credit", side);
        shown.set("transaction_number", entry.number.as_str());
        shown.set("is_paid_via_print_check", false);
        shown.set("contact_name", entry.contact.1.as_str());
        shown.set("is_best_match", entry.date == record.text("date"));
        Datum::Object(shown)
    });
    found.collect()
}
