//! Reports from the ledger. Their paths and top members are known from use, and the sections of profit and loss from what clients
//! read (`name`, `total`, `total_label`, `account_transactions`); the others are written in the same way. unknown: all else of them.

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::state::{Organisation, Row};
use super::super::trade::{self, fixed};
use super::{Ledger, is_debit, of};
use crate::books::money;
use crate::http::Query;
use crate::world::parse_date;

/// A report by its path.
pub(crate) fn report(
    organisation: &Organisation,
    path: &str,
    query: &Query,
) -> Result<Option<Document>, Problem> {
    let period = Period::read(organisation, query)?;
    let ledger = of(organisation);
    let desk = Desk {
        organisation,
        ledger: &ledger,
        period,
        precision: trade::base_precision(organisation),
    };
    let mut members = Document::default();
    match path {
        "/reports/profitandloss" => members.set("profit_and_loss", desk.profit_and_loss()),
        "/reports/balancesheet" => members.set("balance_sheet", desk.balance_sheet()),
        "/reports/trialbalance" => members.set("trialbalance", desk.trial_balance()),
        "/reports/generalledger" => members.set("generalledger", desk.general_ledger()),
        "/reports/taxsummary" => members.set("tax", desk.taxes()),
        _ => return Ok(None),
    }
    Ok(Some(members))
}

/// `from_date` and `to_date`; this year until today without them.
struct Period {
    from: String,
    to: String,
}

impl Period {
    fn read(organisation: &Organisation, query: &Query) -> Result<Self, Problem> {
        let date = |name: &str| match query.get(name) {
            Some(text) if parse_date(text).is_none() => Err(Problem::invalid_value(name)),
            given => Ok(given.map(str::to_owned)),
        };
        let today = organisation.today(organisation.now);
        // unknown: the period without dates; the fiscal year would begin it.
        let year = format!("{}-01-01", today.get(..4).unwrap_or_default());
        Ok(Self {
            from: date("from_date")?.unwrap_or(year),
            to: date("to_date")?.unwrap_or(today),
        })
    }
}

struct Desk<'o> {
    organisation: &'o Organisation,
    ledger: &'o Ledger,
    period: Period,
    precision: u32,
}

/// Sums beyond all digits stay at what they were.
fn plus(a: Decimal, b: Decimal) -> Decimal {
    money::add(a, b).unwrap_or(a)
}

fn less(a: Decimal, b: Decimal) -> Decimal {
    money::subtract(a, b).unwrap_or(a)
}

/// A section of a report: accounts or further sections, and what they come to.
struct Section {
    total: Decimal,
    shown: Document,
}

impl Desk<'_> {
    fn accounts(&self, kinds: &[&str]) -> impl Iterator<Item = &Row> {
        let rows = self.organisation.rows("chart_of_account");
        rows.filter(move |row| kinds.contains(&row.document.text("account_type")))
    }

    fn section(&self, name: &str, label: &str, total: Decimal, parts: Vec<Datum>) -> Section {
        let mut shown = Document::default();
        shown.set("name", name);
        shown.set("total", fixed(total, self.precision));
        shown.set("total_label", label);
        shown.set("account_transactions", parts);
        Section { total, shown }
    }

    /// The accounts of some types that hold something, each on the side on which it grows, or all on one.
    fn of_types(&self, name: &str, kinds: &[&str], from: &str, is_debit_side: bool) -> Section {
        let mut total = Decimal::ZERO;
        let mut parts = Vec::new();
        for row in self.accounts(kinds) {
            let amount = self.ledger.between(row.id, from, &self.period.to);
            let amount = if is_debit_side { amount } else { -amount };
            if amount.is_zero() {
                continue;
            }
            total = money::add(total, amount).unwrap_or(total);
            let mut part = Document::default();
            part.set("name", row.document.text("account_name"));
            part.set("account_id", row.id.to_string());
            part.set("total", fixed(amount, self.precision));
            parts.push(Datum::Object(part));
        }
        self.section(name, &format!("Total for {name}"), total, parts)
    }

    /// Income less costs, in three steps.
    fn steps(&self, from: &str) -> [Section; 3] {
        let of = |name: &str, kind: &str, is_debit_side: bool| {
            self.of_types(name, &[kind], from, is_debit_side)
        };
        let income = of("Operating Income", "income", false);
        let goods = of("Cost of Goods Sold", "cost_of_goods_sold", true);
        let gross = less(income.total, goods.total);
        let expense = of("Operating Expense", "expense", true);
        let operating = less(gross, expense.total);
        let more = of("Non Operating Income", "other_income", false);
        let costs = of("Non Operating Expense", "other_expense", true);
        let net = less(plus(operating, more.total), costs.total);
        let step = |name: &str, total: Decimal, parts: Vec<Section>| {
            let parts = parts.into_iter().map(|part| Datum::Object(part.shown));
            self.section(name, name, total, parts.collect())
        };
        [
            step("Gross Profit", gross, vec![income, goods]),
            step("Operating Profit", operating, vec![expense]),
            step("Net Profit/Loss", net, vec![more, costs]),
        ]
    }

    fn profit_and_loss(&self) -> Vec<Datum> {
        let steps = self.steps(&self.period.from);
        steps.map(|step| Datum::Object(step.shown)).into()
    }

    /// Assets on one side, liabilities and equity with the earnings until now on the other: both come to the same.
    fn balance_sheet(&self) -> Vec<Datum> {
        let assets = [
            "cash",
            "bank",
            "accounts_receivable",
            "stock",
            "other_current_asset",
            "payment_clearing",
            "fixed_asset",
            "other_asset",
        ];
        let liabilities = [
            "accounts_payable",
            "credit_card",
            "other_current_liability",
            "long_term_liability",
            "other_liability",
        ];
        let assets = self.of_types("Assets", &assets, "", true);
        let liabilities = self.of_types("Liabilities", &liabilities, "", false);
        let mut equities = self.of_types("Equities", &["equity"], "", false);
        let [_, _, net] = self.steps("");
        equities.total = plus(equities.total, net.total);
        let mut earnings = Document::default();
        earnings.set("name", "Current Year Earnings");
        earnings.set("total", fixed(net.total, self.precision));
        if let Some(Datum::List(parts)) = equities.shown.get_mut("account_transactions") {
            parts.push(Datum::Object(earnings));
        }
        equities
            .shown
            .set("total", fixed(equities.total, self.precision));
        let both = plus(liabilities.total, equities.total);
        let parts = vec![
            Datum::Object(liabilities.shown),
            Datum::Object(equities.shown),
        ];
        let name = "Liabilities & Equities";
        let both = self.section(name, &format!("Total for {name}"), both, parts);
        vec![Datum::Object(assets.shown), Datum::Object(both.shown)]
    }

    /// Every account that holds something, in debit or in credit: both columns come to the same.
    fn trial_balance(&self) -> Vec<Datum> {
        let rows = self.organisation.rows("chart_of_account");
        let shown = rows.filter_map(|row| {
            let amount = self.ledger.between(row.id, "", &self.period.to);
            if amount.is_zero() {
                return None;
            }
            let side = |is: bool| match is {
                true => fixed(amount.abs(), self.precision),
                false => Datum::text(""),
            };
            let mut shown = Document::default();
            shown.set("account_id", row.id.to_string());
            shown.set("name", row.document.text("account_name"));
            shown.set("account_type", row.document.text("account_type"));
            shown.set("debit_total", side(amount > Decimal::ZERO));
            shown.set("credit_total", side(amount < Decimal::ZERO));
            Some(Datum::Object(shown))
        });
        shown.collect()
    }

    /// What accounts moved in the period.
    fn general_ledger(&self) -> Vec<Datum> {
        let rows = self.organisation.rows("chart_of_account");
        let shown = rows.filter(|row| self.ledger.is_used(row.id)).map(|row| {
            let (mut debits, mut credits) = (Decimal::ZERO, Decimal::ZERO);
            let entries = self
                .ledger
                .entries_of(row.id)
                .filter(|entry| entry.date >= self.period.from && entry.date <= self.period.to);
            for entry in entries {
                let amount = entry.on(row.id).base;
                let side = if amount > Decimal::ZERO {
                    &mut debits
                } else {
                    &mut credits
                };
                *side = money::add(*side, amount.abs()).unwrap_or(*side);
            }
            let balance = self.ledger.between(row.id, "", &self.period.to);
            let is_debit = is_debit(row.document.text("account_type"));
            let balance = if is_debit { balance } else { -balance };
            let mut shown = Document::default();
            shown.set("account_id", row.id.to_string());
            shown.set("account_name", row.document.text("account_name"));
            shown.set("debit_total", fixed(debits, self.precision));
            shown.set("credit_total", fixed(credits, self.precision));
            shown.set("balance", fixed(balance, self.precision));
            Datum::Object(shown)
        });
        shown.collect()
    }

    /// What sales collected of each tax. unknown: how purchases show.
    fn taxes(&self) -> Vec<Datum> {
        let mut sums: Vec<(String, String, Decimal)> = Vec::new();
        for row in self.organisation.rows("invoice") {
            let record = &row.document;
            let date = record.text("date");
            let is_in = date >= self.period.from.as_str() && date <= self.period.to.as_str();
            if !is_in || trade::is_idle(record) {
                continue;
            }
            let rate = trade::amount(record, "exchange_rate");
            for tax in record.objects("taxes") {
                let amount = trade::amount(tax, "tax_amount");
                let amount = money::convert(amount, rate, self.precision).unwrap_or_default();
                let id = trade::words(tax, "tax_id");
                match sums.iter_mut().find(|(known, _, _)| *known == id) {
                    Some((_, _, sum)) => *sum = money::add(*sum, amount).unwrap_or(*sum),
                    None => sums.push((id, tax.text("tax_name").to_owned(), amount)),
                }
            }
        }
        let shown = sums.into_iter().map(|(id, name, amount)| {
            let mut shown = Document::default();
            shown.set("tax_id", id);
            shown.set("tax_name", name);
            shown.set("tax_amount", fixed(amount, self.precision));
            Datum::Object(shown)
        });
        shown.collect()
    }
}
