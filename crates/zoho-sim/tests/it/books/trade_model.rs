//! Random sequences of invoices, payments, credits and voids, in currencies with 0, 2 and 3 decimals, against a small model.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::Wired;
use super::{call, created, start};

#[derive(Debug, Clone)]
enum Step {
    Invoice {
        units: i64,
        is_sent: bool,
    },
    Pay {
        units: i64,
        applied: i64,
        invoice: usize,
    },
    Credit {
        units: i64,
    },
    Apply {
        units: i64,
        credit: usize,
        invoice: usize,
    },
    Void {
        invoice: usize,
    },
    DeletePayment {
        payment: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1i64..5_000, any::<bool>()).prop_map(|(units, is_sent)| Step::Invoice { units, is_sent }),
        (1i64..6_000, 0i64..6_000, any::<usize>()).prop_map(|(units, applied, invoice)| {
            Step::Pay {
                units,
                applied,
                invoice,
            }
        }),
        (1i64..3_000).prop_map(|units| Step::Credit { units }),
        (1i64..3_000, any::<usize>(), any::<usize>()).prop_map(|(units, credit, invoice)| {
            Step::Apply {
                units,
                credit,
                invoice,
            }
        }),
        any::<usize>().prop_map(|invoice| Step::Void { invoice }),
        any::<usize>().prop_map(|payment| Step::DeletePayment { payment }),
    ]
}

#[derive(Debug, PartialEq, Clone, Copy)]
enum State {
    Draft,
    Open,
    Void,
}

struct Invoice {
    id: String,
    total: i64,
    settled: i64,
    state: State,
}

struct Payment {
    id: String,
    units: i64,
    applied: Option<(usize, i64)>,
}

struct Credit {
    id: String,
    left: i64,
}

/// So many of the smallest units as text, and back.
fn written(units: i64, precision: u32) -> String {
    let one = 10i64.pow(precision);
    if precision == 0 {
        return units.to_string();
    }
    format!(
        "{}.{:0width$}",
        units / one,
        units % one,
        width = precision as usize
    )
}

fn amount(value: &Value, precision: u32) -> String {
    let text = value.to_string();
    let text = text.trim_matches('"');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction
        .chars()
        .chain("000".chars())
        .take(precision as usize)
        .collect();
    if precision == 0 {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

async fn run(
    wired: &Wired,
    currency: &str,
    precision: u32,
    steps: &[Step],
    case: usize,
) -> Result<(), TestCaseError> {
    let name = format!("Model {currency} {case}");
    let contact = created(
        wired,
        "/contacts",
        "contact",
        json!({"contact_name": name, "currency_id": currency}),
    )
    .await;
    let customer = contact["contact_id"].as_str().unwrap().to_owned();
    let (mut invoices, mut payments, mut credits) = (
        Vec::<Invoice>::new(),
        Vec::<Payment>::new(),
        Vec::<Credit>::new(),
    );
    let own = |value: &Value, member: &str| value[member].as_str().unwrap().to_owned();
    for step in steps {
        match step {
            Step::Invoice { units, is_sent } => {
                let body = json!({"customer_id": customer, "line_items": [{"name": "Saw", "rate": written(*units, precision)}]});
                let at = if *is_sent {
                    "/invoices?send=true"
                } else {
                    "/invoices"
                };
                let invoice = created(wired, at, "invoice", body).await;
                let state = if *is_sent { State::Open } else { State::Draft };
                invoices.push(Invoice {
                    id: own(&invoice, "invoice_id"),
                    total: *units,
                    settled: 0,
                    state,
                });
            }
            Step::Pay {
                units,
                applied,
                invoice,
            } => {
                let place = (!invoices.is_empty()).then(|| invoice % invoices.len());
                let part = place.filter(|_| *applied > 0);
                let list: Vec<_> = part.iter().map(|place| json!({"invoice_id": invoices[*place].id, "amount_applied": written(*applied, precision)})).collect();
                let body = json!({"customer_id": customer, "payment_mode": "cash", "date": "2026-05-04", "amount": written(*units, precision), "invoices": list});
                let answer = call(wired, Method::POST, "/customerpayments", Some(&body), &[]).await;
                let may = part.is_none_or(|place| {
                    let invoice = &invoices[place];
                    invoice.state != State::Void
                        && *applied <= invoice.total - invoice.settled
                        && applied <= units
                });
                prop_assert_eq!(answer.status.is_success(), may, "{}: {}", body, answer.text);
                if may {
                    if let Some(place) = part {
                        invoices[place].settled += applied;
                        invoices[place].state = State::Open;
                    }
                    let id = own(&answer.json()["payment"], "payment_id");
                    payments.push(Payment {
                        id,
                        units: *units,
                        applied: part.map(|place| (place, *applied)),
                    });
                }
            }
            Step::Credit { units } => {
                let body = json!({"customer_id": customer, "date": "2026-05-04", "line_items": [{"name": "Saw", "rate": written(*units, precision)}]});
                let credit = created(wired, "/creditnotes", "creditnote", body).await;
                credits.push(Credit {
                    id: own(&credit, "creditnote_id"),
                    left: *units,
                });
            }
            Step::Apply {
                units,
                credit,
                invoice,
            } => {
                if credits.is_empty() || invoices.is_empty() {
                    continue;
                }
                let (at, place) = (credit % credits.len(), invoice % invoices.len());
                let (credit, invoice) = (&mut credits[at], &mut invoices[place]);
                let body = json!({"invoices": [{"invoice_id": invoice.id, "amount_applied": written(*units, precision)}]});
                let answer = call(
                    wired,
                    Method::POST,
                    &format!("/creditnotes/{}/invoices", credit.id),
                    Some(&body),
                    &[],
                )
                .await;
                let may = invoice.state != State::Void
                    && *units <= credit.left
                    && *units <= invoice.total - invoice.settled;
                prop_assert_eq!(answer.status.is_success(), may, "{}", answer.text);
                if may {
                    credit.left -= units;
                    invoice.settled += units;
                    invoice.state = State::Open;
                }
            }
            Step::Void { invoice } => {
                if invoices.is_empty() {
                    continue;
                }
                let place = invoice % invoices.len();
                let invoice = &mut invoices[place];
                let answer = call(
                    wired,
                    Method::POST,
                    &format!("/invoices/{}/status/void", invoice.id),
                    None,
                    &[],
                )
                .await;
                prop_assert_eq!(
                    answer.status.is_success(),
                    invoice.settled == 0,
                    "{}",
                    answer.text
                );
                if invoice.settled == 0 {
                    invoice.state = State::Void;
                }
            }
            Step::DeletePayment { payment } => {
                if payments.is_empty() {
                    continue;
                }
                let payment = payments.remove(payment % payments.len());
                let answer = call(
                    wired,
                    Method::DELETE,
                    &format!("/customerpayments/{}", payment.id),
                    None,
                    &[],
                )
                .await;
                prop_assert_eq!(answer.status, 200);
                if let Some((place, applied)) = payment.applied {
                    invoices[place].settled -= applied;
                }
            }
        }
    }
    for invoice in &invoices {
        let read = call(
            wired,
            Method::GET,
            &format!("/invoices/{}", invoice.id),
            None,
            &[],
        )
        .await
        .json();
        let left = invoice.total - invoice.settled;
        let status = match invoice.state {
            State::Draft => "draft",
            State::Void => "void",
            State::Open if left == 0 => "paid",
            State::Open if left < invoice.total => "partially_paid",
            State::Open => "sent",
        };
        prop_assert_eq!(&read["invoice"]["status"], status);
        prop_assert_eq!(
            amount(&read["invoice"]["balance"], precision),
            written(left, precision)
        );
    }
    let read = call(
        wired,
        Method::GET,
        &format!("/contacts/{customer}"),
        None,
        &[],
    )
    .await
    .json();
    let owed: i64 = invoices
        .iter()
        .filter(|invoice| invoice.state == State::Open)
        .map(|invoice| invoice.total - invoice.settled)
        .sum();
    let unused: i64 = payments
        .iter()
        .map(|payment| payment.units - payment.applied.map_or(0, |(_, applied)| applied))
        .sum();
    let unused = unused + credits.iter().map(|credit| credit.left).sum::<i64>();
    prop_assert_eq!(
        amount(&read["contact"]["outstanding_receivable_amount"], precision),
        written(owed, precision)
    );
    prop_assert_eq!(
        amount(
            &read["contact"]["unused_credits_receivable_amount"],
            precision
        ),
        written(unused, precision)
    );
    Ok(())
}

#[test]
fn balances_follow_from_documents_payments_and_credits_to_the_smallest_unit() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let wired = runtime.block_on(start());
    let currencies: Vec<(String, u32)> = runtime.block_on(async {
        let mut currencies = Vec::new();
        for (code, precision) in [("XAA", 0), ("XBB", 2), ("XCC", 3)] {
            let body = json!({"currency_code": code, "currency_symbol": code, "price_precision": precision, "currency_format": "1,234,567.89"});
            let currency = created(&wired, "/settings/currencies", "currency", body).await;
            assert_eq!(currency["price_precision"], precision);
            currencies.push((currency["currency_id"].as_str().unwrap().to_owned(), precision));
        }
        currencies
    });
    let case = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    let steps = (prop::collection::vec(step(), 1..16), 0usize..3);
    let outcome = runner.run(&steps, |(steps, place)| {
        case.set(case.get() + 1);
        let (currency, precision) = &currencies[place];
        runtime.block_on(run(&wired, currency, *precision, &steps, case.get()))
    });
    assert!(outcome.is_ok(), "{outcome:?}");
}
