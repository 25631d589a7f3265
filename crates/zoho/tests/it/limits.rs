//! Concurrency and credits, as a server sees them.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json as value;
use zoho::ErrorKind;
use zoho::policy::{CreditLedger, RetryPolicy, RollingLedger};

use crate::scripted::{Scripted, Step, json};

const COUNT: &str = r#"{"count":7}"#;

#[tokio::test]
async fn no_more_calls_are_in_flight_than_allowed() {
    let mut server = Scripted::start().await;
    for _ in 0..12 {
        server = server.api(json(200, COUNT));
    }
    let client = server.builder().concurrency_max(3).build().unwrap();
    let crm = client.crm();
    let counts = join_all((0..12).map(|_| crm.count("Leads"))).await;
    assert!(counts.into_iter().all(|count| count.unwrap() == 7));
    assert!(server.in_flight_max() <= 3, "{}", server.in_flight_max());
}

#[tokio::test]
async fn a_ledger_without_credits_stops_the_call_before_it_is_sent() {
    let server = Scripted::start().await.api(json(200, COUNT));
    let ledger = Arc::new(RollingLedger::with_allowance(1));
    let client = server
        .builder()
        .credit_ledger(ledger.clone())
        .build()
        .unwrap();
    client.crm().count("Leads").await.unwrap();
    let error = client.crm().count("Leads").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfCredits);
    assert!(error.retry_after().is_some() && !error.is_outcome_unknown());
    assert_eq!((ledger.used(), server.api_calls()), (1, 1));
}

#[tokio::test]
async fn credits_are_spent_by_rows_and_given_back_when_zoho_turns_a_call_away() {
    let busy = r#"{"code":"TOO_MANY_REQUESTS","details":{},"message":"too many requests","status":"error"}"#;
    let row =
        r#"{"code":"SUCCESS","details":{"id":"1"},"message":"record added","status":"success"}"#;
    let rows = format!(r#"{{"data":[{}]}}"#, [row; 25].join(","));
    let server = Scripted::start()
        .await
        .api(json(429, busy))
        .api(json(201, rows))
        .api(Step::Close);
    let ledger = Arc::new(RollingLedger::new());
    let client = server
        .builder()
        .credit_ledger(ledger.clone())
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let write = || {
        let write = client.crm().insert("Leads");
        (0..25).fold(write, |write, n| {
            write.record(&value!({"Last_Name": n.to_string()})).unwrap()
        })
    };
    assert_eq!(
        write().send().await.unwrap_err().kind(),
        ErrorKind::TooManyRequests
    );
    assert_eq!(ledger.used(), 0);
    assert_eq!(write().send().await.unwrap().credits, 3);
    assert_eq!(ledger.used(), 3);
    assert!(write().send().await.unwrap_err().is_outcome_unknown());
    assert_eq!(ledger.used(), 6);
}

#[tokio::test]
async fn a_call_that_is_given_up_counts_as_spent() {
    let server = Scripted::start().await.api(Step::Stall);
    let ledger = Arc::new(RollingLedger::new());
    let client = server
        .builder()
        .credit_ledger(ledger.clone())
        .build()
        .unwrap();
    let call = tokio::spawn(async move { client.crm().count("Leads").await });
    while server.api_calls() == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(ledger.used(), 1);
}

#[tokio::test]
async fn zoho_s_own_figure_reaches_the_ledger() {
    let head = "HTTP/1.1 200 OK\r\nX-API-CREDITS-REMAINING: 40\r\ncontent-length: 11\r\nconnection: close\r\n\r\n";
    let server = Scripted::start()
        .await
        .api(Step::Bytes(format!("{head}{COUNT}").into_bytes()));
    let ledger = Arc::new(RollingLedger::with_allowance(100));
    let shared: Arc<dyn CreditLedger> = ledger.clone();
    let client = server.builder().credit_ledger(shared).build().unwrap();
    client.crm().count("Leads").await.unwrap();
    // The figure that came with the answer, less the call itself, which is settled after it.
    assert_eq!(ledger.remaining(), Some(40));
}

#[tokio::test]
async fn input_that_cannot_be_sent_is_named_and_costs_nothing() {
    let server = Scripted::start().await;
    let crm = server.client().crm();
    let errors = [
        crm.insert("Leads").send().await.err(),
        crm.insert("Le/ads")
            .record(&value!({}))
            .unwrap()
            .send()
            .await
            .err(),
        crm.insert("Leads")
            .record(&value!([1]))
            .unwrap()
            .send()
            .await
            .err(),
        (0..101)
            .fold(crm.insert("Leads"), |write, _| {
                write.record(&value!({})).unwrap()
            })
            .send()
            .await
            .err(),
        crm.update("Leads")
            .record(&value!({}))
            .unwrap()
            .duplicate_check_fields(["Email"])
            .send()
            .await
            .err(),
        crm.list("Leads").send().await.err(),
        crm.list("Leads").fields(["A"; 51]).send().await.err(),
        crm.list("Leads")
            .fields(["A"])
            .per_page(201)
            .send()
            .await
            .err(),
        crm.search("Leads").send().await.err(),
        crm.delete("Leads", &[]).await.err(),
        crm.raw(zoho::Method::GET, "//evil.example/crm/", &[], None)
            .await
            .err(),
    ];
    let texts = errors.map(|error| {
        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::Input);
        error.to_string()
    });
    insta::assert_snapshot!(texts.join("\n"), @r#"
    insert records: 0 records were given; send 1 to 100
    insert records: "Le/ads" is no api_name or id: use letters, digits and _ only
    insert records: a record is no JSON object; each record must be {"Field": value, …}
    insert records: 101 records were given; send 1 to 100
    update records: duplicate_check_fields belong to an upsert; call upsert, or leave them out
    list records: no fields were named; Zoho demands 1 to 50
    list records: 51 fields were asked for; Zoho takes at most 50
    list records: per_page 201 is not possible; use 1 to 200
    search records: no condition was given; use criteria, email, phone or word
    delete records: 0 ids were given; use 1 to 100
    path: "//evil.example/crm/" cannot be used: // could name another server; use a plain path that begins with /crm/, such as /crm/v8/org
    "#);
    assert_eq!((server.token_calls(), server.api_calls()), (0, 0));
}
