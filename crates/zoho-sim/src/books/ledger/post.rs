//! What each kind of document posts.
//!
//! unknown: the accounts that Books itself chooses are named by no source. Those of a fresh organisation are used for what their
//! names say: receivable and payable, tax, shipping, other charges, discounts, advances of customers (Unearned Revenue) and to
//! vendors (Prepaid Expenses), bad debt, bank fees, exchange differences.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::document::Document;
use super::super::state::{Organisation, Row};
use super::super::trade;
use super::{Entry, Posting};
use crate::books::money::{self, MoneyError, share};
use crate::world::parse_id;

/// Accounts by name, with what conversion needs.
struct Chart<'o> {
    organisation: &'o Organisation,
    named: BTreeMap<&'o str, u64>,
    precision: u32,
}

/// Every entry of the documents as they are. One whose accounts are gone, or whose amounts are beyond all digits, posts nothing.
pub(super) fn entries(organisation: &Organisation) -> Vec<Entry> {
    let accounts = organisation.rows("chart_of_account");
    let chart = Chart {
        organisation,
        named: accounts
            .map(|row| (row.document.text("account_name"), row.id))
            .collect(),
        precision: trade::base_precision(organisation),
    };
    type Post = for<'o> fn(&Chart<'o>, &mut Draft<'o>, &Row) -> Option<()>;
    let kinds: [(&'static str, Post); 15] = [
        ("invoice", invoice),
        ("customer_debit_note", invoice),
        ("sales_receipt", sales_receipt),
        ("credit_note", credit_note),
        ("customer_payment", customer_payment),
        ("bill", bill),
        ("vendor_credit", vendor_credit),
        ("vendor_payment", vendor_payment),
        ("expense", expense),
        ("journal", journal),
        ("bank_transaction", bank_transaction),
        ("opening_balance", opening_balance),
        ("credit_note_refund", refund),
        ("vendor_credit_refund", refund),
        ("customer_payment_refund", refund),
    ];
    let refunds: (&'static str, Post) = ("vendor_payment_refund", refund);
    let mut entries = Vec::new();
    for (kind, post) in kinds.into_iter().chain([refunds]) {
        for row in organisation.rows(kind) {
            let mut draft = Draft::new(&chart, &row.document);
            if post(&chart, &mut draft, row).is_some()
                && let Some(postings) = draft.balanced(&chart)
            {
                entries.push(entry(kind, row, draft.of, postings));
            }
        }
    }
    entries
}

fn entry(kind: &'static str, row: &Row, of: Option<&Document>, postings: Vec<Posting>) -> Entry {
    let record = &row.document;
    let parent = of.unwrap_or(record);
    let first = |names: &[&str], of: &Document| {
        let mut known = names.iter().map(|name| trade::words(of, name));
        known.find(|words| !words.is_empty()).unwrap_or_default()
    };
    let number = [
        format!("{}_number", kind.replace('_', "")),
        format!("{kind}_number"),
    ];
    let numbers = [
        number[0].as_str(),
        number[1].as_str(),
        "payment_number",
        "entry_number",
        "receipt_number",
    ];
    Entry {
        kind,
        id: row.id,
        date: first(&["date", "journal_date"], record),
        number: first(&numbers, record),
        reference: first(&["reference_number"], record),
        description: first(&["description", "notes"], record),
        contact: (
            first(&["customer_id", "vendor_id"], parent),
            first(&["customer_name", "vendor_name"], parent),
        ),
        currency: (
            first(&["currency_id"], parent),
            first(&["currency_code"], parent),
        ),
        precision: trade::precision_of(parent),
        postings,
    }
}

/// Postings of one document while they are gathered.
struct Draft<'o> {
    rate: Decimal,
    /// The document to which this one belongs, whose currency and contact it has.
    of: Option<&'o Document>,
    postings: Vec<Posting>,
    /// Whether rates of two documents meet.
    is_exchange: bool,
    base_precision: u32,
}

impl<'o> Draft<'o> {
    fn new(chart: &Chart<'o>, record: &Document) -> Self {
        Self {
            rate: rate_of(record),
            of: None,
            postings: Vec::new(),
            is_exchange: false,
            base_precision: chart.precision,
        }
    }

    fn push(&mut self, account: Option<u64>, own: Decimal) -> Option<()> {
        self.push_at(account, own, self.rate)
    }

    fn push_at(&mut self, account: Option<u64>, own: Decimal, rate: Decimal) -> Option<()> {
        if own.is_zero() {
            return Some(());
        }
        let base = money::convert(own, rate, self.base_precision).ok()?;
        let account = account?;
        self.is_exchange |= rate != self.rate;
        self.postings.push(Posting { account, own, base });
        Some(())
    }

    /// The postings, when their document's amounts add up to nothing; what conversion left over is posted too.
    fn balanced(&mut self, chart: &Chart<'_>) -> Option<Vec<Posting>> {
        let mut postings = std::mem::take(&mut self.postings);
        let own = money::sum(postings.iter().map(|posting| posting.own)).ok()?;
        let base = money::sum(postings.iter().map(|posting| posting.base)).ok()?;
        if !own.is_zero() || postings.is_empty() {
            return None;
        }
        if !base.is_zero() && self.is_exchange {
            postings.push(Posting {
                account: chart.account("Exchange Gain or Loss")?,
                own: Decimal::ZERO,
                base: -base,
            });
        } else if !base.is_zero() {
            // The party's posting comes first and is left as its document says.
            let largest = postings
                .iter_mut()
                .skip(1)
                .max_by_key(|posting| posting.base.abs());
            let largest = largest?;
            largest.base = money::subtract(largest.base, base).ok()?;
        }
        Some(postings)
    }
}

impl Chart<'_> {
    fn account(&self, name: &str) -> Option<u64> {
        self.named.get(name).copied()
    }

    /// The account that a member names, or else one by its name.
    fn account_of(&self, record: &Document, member: &str, otherwise: &str) -> Option<u64> {
        let given = parse_id(&trade::words(record, member));
        let known = given.filter(|id| {
            ["chart_of_account", "bank_account"]
                .iter()
                .any(|kind| self.organisation.row(kind, *id).is_some())
        });
        known.or_else(|| self.account(otherwise))
    }
}

fn rate_of(record: &Document) -> Decimal {
    let rate = trade::amount(record, "exchange_rate");
    if rate > Decimal::ZERO {
        rate
    } else {
        Decimal::ONE
    }
}

/// Names of the accounts of one side.
struct Side {
    party: &'static str,
    line: &'static str,
    charges: &'static str,
    discount: &'static str,
}

const SALES: Side = Side {
    party: "Accounts Receivable",
    line: "Sales",
    charges: "Other Charges",
    discount: "Discount",
};

const PURCHASES: Side = Side {
    party: "Accounts Payable",
    line: "Uncategorized",
    charges: "Other Expenses",
    discount: "Purchase Discounts",
};

/// A document with lines: the total on the party's account, against lines, taxes, shipping, adjustment and discount. `sign` is
/// positive where the party owes.
fn lines(
    chart: &Chart<'_>,
    draft: &mut Draft<'_>,
    record: &Document,
    side: &Side,
    party: Option<u64>,
    sign: Decimal,
) -> Option<()> {
    let amount = |member: &str| trade::amount(record, member);
    let total = amount("total");
    let (tax, shipping, adjustment) = (
        amount("tax_total"),
        amount("shipping_charge_exclusive_of_tax"),
        amount("adjustment"),
    );
    let discount = if record.text("discount_type") == "entity_level" {
        amount("discount_total")
    } else {
        Decimal::ZERO
    };
    draft.push(party, total * sign)?;
    let of_lines = money::sum([total, -tax, -shipping, -adjustment, discount]).ok()?;
    for (account, part) in shares(chart, record, side.line, of_lines).ok()? {
        draft.push(account, -part * sign)?;
    }
    draft.push(chart.account("Tax Payable"), -tax * sign)?;
    draft.push(chart.account("Shipping Charge"), -shipping * sign)?;
    draft.push(chart.account(side.charges), -adjustment * sign)?;
    draft.push(chart.account(side.discount), discount * sign)
}

/// Splits what lines charge over their accounts: what each is shown with, and what is left (included taxes) by their sizes.
fn shares(
    chart: &Chart<'_>,
    record: &Document,
    otherwise: &str,
    whole: Decimal,
) -> Result<Vec<(Option<u64>, Decimal)>, MoneyError> {
    let precision = trade::precision_of(record);
    let parts = record.objects("line_items").map(|line| {
        let account = chart.account_of(line, "account_id", otherwise);
        (account, trade::amount(line, "item_total"))
    });
    let mut parts: Vec<(Option<u64>, Decimal)> = parts.collect();
    if parts.is_empty() {
        parts.push((chart.account(otherwise), Decimal::ZERO));
    }
    let shown = money::sum(parts.iter().map(|(_, part)| *part))?;
    let weights: Vec<Decimal> = parts.iter().map(|(_, part)| part.abs()).collect();
    let rest = share(money::subtract(whole, shown)?, &weights, precision)?;
    for ((_, part), rest) in parts.iter_mut().zip(rest) {
        *part = money::add(*part, rest)?;
    }
    Ok(parts)
}

fn invoice(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let record = &row.document;
    if trade::is_idle(record) {
        return None;
    }
    let receivable = chart.account(SALES.party);
    lines(chart, draft, record, &SALES, receivable, Decimal::ONE)?;
    // unknown: the date of a write-off's own posting; here it is the document's.
    let written_off = trade::amount(record, "write_off_amount");
    draft.push(chart.account("Bad Debt"), written_off)?;
    draft.push(receivable, -written_off)
}

fn sales_receipt(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let record = &row.document;
    if trade::is_idle(record) {
        return None;
    }
    let deposit = chart.account_of(record, "account_id", "Undeposited Funds");
    lines(chart, draft, record, &SALES, deposit, Decimal::ONE)
}

fn credit_note(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    if trade::is_idle(&row.document) {
        return None;
    }
    let receivable = chart.account(SALES.party);
    lines(
        chart,
        draft,
        &row.document,
        &SALES,
        receivable,
        -Decimal::ONE,
    )
}

fn bill(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    if trade::is_idle(&row.document) {
        return None;
    }
    let payable = chart.account(PURCHASES.party);
    lines(
        chart,
        draft,
        &row.document,
        &PURCHASES,
        payable,
        -Decimal::ONE,
    )
}

fn vendor_credit(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    if trade::is_idle(&row.document) {
        return None;
    }
    let payable = chart.account(PURCHASES.party);
    lines(
        chart,
        draft,
        &row.document,
        &PURCHASES,
        payable,
        Decimal::ONE,
    )
}

/// Money of a customer: on its account, less the bank's charges; off what the invoices owe, each at its own rate; the rest is
/// an advance. What the customer withheld is tax paid in advance.
fn customer_payment(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let record = &row.document;
    let paid = trade::amount(record, "amount");
    let charges = trade::amount(record, "bank_charges");
    let deposit = chart.account_of(record, "account_id", "Undeposited Funds");
    draft.push(deposit, money::subtract(paid, charges).ok()?)?;
    draft.push(chart.account("Bank Fees and Charges"), charges)?;
    let mut left = paid;
    for part in record.objects("invoices") {
        let applied = trade::amount(part, "amount_applied");
        let withheld = trade::amount(part, "tax_amount_withheld");
        let (account, rate) = applied_to(chart, part, "invoice_id", draft.rate);
        left = money::subtract(left, applied).ok()?;
        draft.push(chart.account("Advance Tax"), withheld)?;
        draft.push_at(account, -money::add(applied, withheld).ok()?, rate)?;
    }
    draft.push(chart.account("Unearned Revenue"), -left)
}

/// The account of what was applied, and the rate of the document to which it was.
fn applied_to(
    chart: &Chart<'_>,
    part: &Document,
    member: &str,
    otherwise: Decimal,
) -> (Option<u64>, Decimal) {
    let id = trade::words(part, member);
    let kinds: &[&str] = match member {
        "bill_id" => &["bill"],
        _ => &["invoice", "customer_debit_note"],
    };
    let mut kinds = kinds.iter();
    let due = kinds.find_map(|kind| chart.organisation.row_of_text(kind, &id));
    let party = if member == "bill_id" {
        PURCHASES.party
    } else {
        SALES.party
    };
    (
        chart.account(party),
        due.map_or(otherwise, |due| rate_of(&due.document)),
    )
}

fn vendor_payment(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let record = &row.document;
    let paid = trade::amount(record, "amount");
    let from = chart.account_of(record, "paid_through_account_id", "Petty Cash");
    draft.push(from, -paid)?;
    let mut left = paid;
    for part in record.objects("bills") {
        let applied = trade::amount(part, "amount_applied");
        let withheld = trade::amount(part, "tax_amount_withheld");
        let (account, rate) = applied_to(chart, part, "bill_id", draft.rate);
        left = money::subtract(left, applied).ok()?;
        draft.push(chart.account("Tax Payable"), -withheld)?;
        draft.push_at(account, money::add(applied, withheld).ok()?, rate)?;
    }
    draft.push(chart.account("Prepaid Expenses"), left)
}

fn expense(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let record = &row.document;
    let (total, tax) = (
        trade::amount(record, "total"),
        trade::amount(record, "tax_amount"),
    );
    let from = chart.account_of(record, "paid_through_account_id", "Employee Reimbursements");
    draft.push(from, -total)?;
    let of_lines = money::subtract(total, tax).ok()?;
    for (account, part) in shares(chart, record, "Uncategorized", of_lines).ok()? {
        draft.push(account, part)?;
    }
    draft.push(chart.account("Tax Payable"), tax)
}

fn journal(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let record = &row.document;
    if record.text("status") != "published" {
        return None;
    }
    for line in record.objects("line_items") {
        let sign = match line.text("debit_or_credit") {
            "debit" => Decimal::ONE,
            _ => -Decimal::ONE,
        };
        let account = chart.account_of(line, "account_id", "Uncategorized");
        draft.push(account, trade::amount(line, "amount") * sign)?;
    }
    Some(())
}

/// Money that moves between two accounts. unknown: how taxes and bank charges of such a transaction are posted.
fn bank_transaction(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let record = &row.document;
    // Lines of a statement post nothing; what they are matched with or categorised as does.
    if matches!(
        record.text("status"),
        "uncategorized" | "excluded" | "matched"
    ) {
        return None;
    }
    let amount = trade::amount(record, "amount");
    draft.push(chart.account_of(record, "to_account_id", ""), amount)?;
    draft.push(chart.account_of(record, "from_account_id", ""), -amount)
}

fn opening_balance(chart: &Chart<'_>, draft: &mut Draft<'_>, row: &Row) -> Option<()> {
    let mut left = Decimal::ZERO;
    for line in row.document.objects("accounts") {
        let sign = match line.text("debit_or_credit") {
            "debit" => Decimal::ONE,
            _ => -Decimal::ONE,
        };
        // Each account is in its own currency here, so that only the base currency adds up.
        let amount = trade::amount(line, "amount") * sign;
        let amount = money::convert(amount, rate_of(line), chart.precision).ok()?;
        left = money::add(left, amount).ok()?;
        draft.push(chart.account_of(line, "account_id", ""), amount)?;
    }
    draft.push(chart.account("Opening Balance Adjustments"), -left)
}

/// Credits and advances that are paid back.
fn refund<'o>(chart: &Chart<'o>, draft: &mut Draft<'o>, row: &Row) -> Option<()> {
    let record = &row.document;
    let amount = trade::amount(record, "amount");
    let organisation = chart.organisation;
    let parent = |kind: &str| organisation.row(kind, row.parent.unwrap_or_default());
    let kinds = [
        (
            "credit_note",
            "Accounts Receivable",
            "from_account_id",
            -Decimal::ONE,
        ),
        (
            "customer_payment",
            "Unearned Revenue",
            "from_account_id",
            -Decimal::ONE,
        ),
        (
            "vendor_credit",
            "Accounts Payable",
            "account_id",
            Decimal::ONE,
        ),
        (
            "vendor_payment",
            "Prepaid Expenses",
            "to_account_id",
            Decimal::ONE,
        ),
    ];
    let mut kinds = kinds.into_iter();
    let found = kinds.find_map(|(kind, owed, account, sign)| {
        Some((&parent(kind)?.document, owed, account, sign))
    });
    let (parent, owed, account, sign) = found?;
    draft.rate = rate_of(parent);
    draft.of = Some(parent);
    draft.push(chart.account(owed), -amount * sign)?;
    draft.push(
        chart.account_of(record, account, "Undeposited Funds"),
        amount * sign,
    )
}
