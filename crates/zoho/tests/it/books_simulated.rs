//! Books against the simulator: real paths, real envelopes, real books.

use std::collections::BTreeMap;

use futures_util::{TryStreamExt, stream};
use proptest::prelude::*;
use serde_json::json;
use zoho::books::{
    Books, ChangeCursor, ContactDraft, ContactPersonDraft, CustomerPaymentDraft, Decimal,
    InvoiceDraft, ItemDraft, LineItem, Record, RecordId, RecordType, Settled, Upload, Verb,
};
use zoho::policy::{PaceSettings, RetryPolicy};
use zoho::{Bytes, ErrorKind};
use zoho_sim::Simulator;

use crate::simulated::{builder, fault, served, simulator};

pub(crate) fn books(simulator: &Simulator) -> Books {
    // The simulator's own minute is kept by its clock, which the tests move.
    let pace = PaceSettings::default().with_calls_per_minute(10_000);
    let client = builder(simulator).books_pace(pace).build().unwrap();
    client.books("10234695".parse().unwrap())
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

async fn customer(books: &Books, name: &str) -> RecordId {
    let person = ContactPersonDraft::new()
        .first_name("Ida")
        .email("ida@halden.example");
    let draft = ContactDraft::new()
        .contact_name(name)
        .contact_persons([person]);
    books
        .contacts()
        .create(&draft)
        .send()
        .await
        .unwrap()
        .contact_id
}

fn invoice(customer: &RecordId, reference: &str, rate: &str) -> InvoiceDraft {
    InvoiceDraft::new()
        .customer_id(customer.clone())
        .reference_number(reference)
        .line_items([LineItem::new().name("Desk").rate(decimal(rate)).quantity(3)])
}

#[tokio::test]
async fn an_invoice_is_written_sent_and_found_and_a_payment_is_recorded() {
    let simulator = simulator().await;
    let books = books(&simulator);
    let customer = customer(&books, "Halden Tools").await;
    let contact = books.contacts().get(&customer).await.unwrap().unwrap();
    assert_eq!(
        (contact.contact_name.as_str(), contact.email.as_str()),
        ("Halden Tools", "ida@halden.example")
    );
    let made = books
        .invoices()
        .create(&invoice(&customer, "A-17", "33.33"))
        .send()
        .await
        .unwrap();
    assert_eq!(made.line_items[0].rate, Some(decimal("33.33")));
    books
        .invoices()
        .mark(&made.invoice_id, "sent")
        .await
        .unwrap();
    let payment = CustomerPaymentDraft::new()
        .customer_id(customer.clone())
        .payment_mode("cash")
        .amount(decimal("50.10"))
        .date("2026-01-10".parse::<jiff::civil::Date>().unwrap());
    let payment = books
        .customer_payments()
        .create(&payment)
        .send()
        .await
        .unwrap();
    assert_eq!(payment.amount, Some(decimal("50.10")));
    let read = books
        .invoices()
        .get(&made.invoice_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (read.status.as_str(), read.reference_number.as_str()),
        ("sent", "A-17")
    );
    let found: Vec<_> = books
        .invoices()
        .list()
        .filter("reference_number", "A-17")
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(
        books
            .invoices()
            .get("460000000000999")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_invoice_whose_answer_is_dropped_is_made_once() {
    let simulator = simulator().await;
    let books = books(&simulator);
    let customer = customer(&books, "Halden Tools").await;
    fault(
        &simulator,
        json!({"kind": "drop_answer", "method": "POST", "path": "/books/v3/invoices", "times": 1}),
    );
    let draft = invoice(&customer, "A-17", "1.00");
    let invoices = books.invoices();
    let create = invoices.create(&draft);
    let error = create.send().await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert!(matches!(create.settle().await.unwrap(), Settled::Found(_)));
    let made: Vec<_> = books
        .invoices()
        .list()
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(
        made.iter()
            .filter(|made| made.reference_number == "A-17")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_file_is_attached_in_pieces_and_comes_back() {
    let simulator = simulator().await;
    let books = books(&simulator);
    let customer = customer(&books, "Halden Tools").await;
    let made = books
        .invoices()
        .create(&invoice(&customer, "A-17", "1.00"))
        .send()
        .await
        .unwrap();
    let pieces = (0..8u8).map(|piece| Ok::<Bytes, std::io::Error>(vec![piece; 20_000].into()));
    let file = Upload::from_stream("plan.pdf", 160_000, stream::iter(pieces))
        .content_type("application/pdf");
    books
        .invoices()
        .attach(&made.invoice_id, file)
        .await
        .unwrap();
    let download = books
        .invoices()
        .attachment(&made.invoice_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(download.file_name.as_deref(), Some("plan.pdf"));
    let pieces: Vec<Bytes> = download.into_stream().try_collect().await.unwrap();
    let expected: Vec<u8> = (0..8u8).flat_map(|piece| vec![piece; 20_000]).collect();
    assert!(pieces.concat() == expected, "the file changed on its way");
}

#[tokio::test]
async fn calls_beyond_the_minute_are_refused_by_zoho_and_told() {
    let simulator = simulator().await;
    let pace = PaceSettings::default().with_calls_per_minute(10_000);
    let client = builder(&simulator)
        .books_pace(pace)
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let items = client.books("10234695".parse().unwrap()).items();
    let mut last = Ok(());
    for _ in 0..120 {
        last = items.list().send().await.map(drop);
        if last.is_err() {
            break;
        }
    }
    let error = last.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::TooManyRequests, Some("44")),
        "{error}"
    );
    let state = client.books("10234695".parse().unwrap()).pace();
    assert!(
        state.wait.as_secs() >= 55 && state.day.is_some(),
        "{state:?}"
    );
}

#[tokio::test]
async fn a_foreign_organisation_is_named_by_zoho() {
    let simulator = simulator().await;
    let client = builder(&simulator).build().unwrap();
    let own = client.books_organizations().await.unwrap();
    assert!(
        own.iter()
            .any(|own| own.text("organization_id").unwrap().as_deref() == Some("10234695"))
    );
    let error = client
        .books("99999999".parse().unwrap())
        .contacts()
        .list()
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Permission, Some("6041")),
        "{error}"
    );
}

/// Reads the list of each record type; a child's under a parent that is there.
#[tokio::test]
async fn each_list_of_the_registry_is_read() {
    let simulator = simulator().await;
    let books = books(&simulator);
    let customer = customer(&books, "Halden Tools").await;
    books
        .items()
        .create(&ItemDraft::new().name("Desk").rate(decimal("9.90")))
        .send()
        .await
        .unwrap();
    books
        .invoices()
        .create(&invoice(&customer, "A-17", "1.00"))
        .send()
        .await
        .unwrap();
    let mut refused: BTreeMap<&str, String> = BTreeMap::new();
    let mut read = 0;
    for record_type in RecordType::all().filter(|record_type| record_type.has(Verb::List)) {
        // It is the list of invoices by a view of its own, which the simulator does not know.
        if record_type.name() == "customer_debit_note" {
            continue;
        }
        let mut records = books.records(record_type.name());
        if let Some(parent) = record_type.parent() {
            let rows = match books.records(parent.name()).list().send().await {
                Ok(page) => page.records,
                Err(_) => continue,
            };
            let Some(id) = rows.first().and_then(|row| id_of(row, parent)) else {
                continue;
            };
            records = records.under(parent.name(), id);
        }
        let mut list = records.list();
        if record_type.name() == "bank_rule" {
            list = list.filter("account_id", "460000000000361");
        }
        match list.send().await {
            Ok(page) => {
                read += 1;
                let first = page.records.first().and_then(|row| id_of(row, record_type));
                if let Some(id) = first.filter(|_| record_type.has(Verb::Get)) {
                    let record = records
                        .get(&id)
                        .await
                        .unwrap_or_else(|error| panic!("{}: {error}", record_type.name()));
                    assert!(record.is_some(), "{} {id}", record_type.name());
                }
            }
            Err(error) => {
                refused.insert(record_type.name(), error.to_string());
            }
        }
        // Zoho's 100 calls a minute are kept by the simulated clock.
        simulator.advance(5);
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(read >= 50, "{read} lists were read");
}

fn id_of(row: &Record, record_type: &RecordType) -> Option<String> {
    row.text(record_type.id_field()?).ok()?
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn polling_misses_and_repeats_nothing(steps in proptest::collection::vec((0u8..4, 0usize..10), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(poll_through(steps));
    }
}

/// Creates, changes, lets time pass and polls, often within one second.
async fn poll_through(steps: Vec<(u8, usize)>) {
    let simulator = simulator().await;
    let books = books(&simulator);
    let first = customer(&books, "First").await;
    let first = books.records("contact").get(&first).await.unwrap().unwrap();
    let start = first.time("last_modified_time").unwrap().unwrap();
    let mut cursor = ChangeCursor::since(start);
    let mut last_state: BTreeMap<String, String> = BTreeMap::new();
    let mut reported: Vec<(String, String)> = Vec::new();
    for (at, (step, which)) in steps.iter().chain([&(3, 0)]).enumerate() {
        let company = format!("Company {at}");
        match step {
            0 => {
                let draft = ContactDraft::new()
                    .contact_name(format!("Contact {at}"))
                    .company_name(company.as_str());
                let made = books.contacts().create(&draft).send().await.unwrap();
                last_state.insert(made.contact_id.to_string(), company);
            }
            1 => {
                let Some(id) = last_state
                    .keys()
                    .nth(which % last_state.len().max(1))
                    .cloned()
                else {
                    continue;
                };
                books
                    .contacts()
                    .update(&id, &json!({"company_name": company}))
                    .send()
                    .await
                    .unwrap();
                last_state.insert(id, company);
            }
            2 => simulator.advance(1 + u32::try_from(which % 3).unwrap()),
            _ => {
                let polled = books.contacts().changes(&cursor).await.unwrap();
                for change in polled.changes {
                    let state = (
                        change.record.contact_id.to_string(),
                        change.record.company_name.clone(),
                    );
                    assert!(!reported.contains(&state), "{state:?} came twice");
                    reported.push(state);
                }
                cursor = polled.cursor;
            }
        }
    }
    for state in last_state {
        assert!(reported.contains(&state), "{state:?} was missed");
    }
    assert!(!served(&simulator, "/books/v3/contacts").is_empty());
}
