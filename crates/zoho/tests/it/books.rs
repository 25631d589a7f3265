//! Books on scripted wires: what is sent, what is understood, and what is never sent twice.

use std::sync::{Arc, Mutex};

use futures_util::TryStreamExt;
use futures_util::stream;
use serde_json::json;
use zoho::books::{
    AppliedCreditNote, Books, ChangeCursor, ChangeKind, Decimal, InvoiceDraft, LineItem, Mail,
    RecordId, RecordType, Settled, SortOrder, Upload, Verb,
};
use zoho::policy::{PaceSettings, RetryPolicy};
use zoho::{Bytes, ErrorKind};

use crate::scripted::{Request, Scripted, Step, json as answer};

const OK: &str = r#"{"code":0,"message":"success"}"#;

fn books(server: &Scripted) -> Books {
    server.client().books("10234695".parse().unwrap())
}

fn calls(server: &Scripted) -> Vec<Request> {
    server.requests("/books/")
}

fn with_headers(status: u16, headers: &str, body: &str) -> Step {
    let length = body.len();
    Step::Bytes(
        format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .into_bytes(),
    )
}

fn id(digits: &str) -> RecordId {
    digits.parse().unwrap()
}

#[tokio::test]
async fn money_goes_both_ways_digit_by_digit() {
    let server = Scripted::start().await.api(answer(
        201,
        r#"{"code":0,"message":"m","invoice":{"invoice_id":"7","total":9007199254740993.070,"balance":"12.50","due_date":""}}"#,
    ));
    let rate: Decimal = "9007199254740993.070".parse().unwrap();
    let draft = InvoiceDraft::new()
        .customer_id(id("460000000017138"))
        .line_items([LineItem::new().name("Desk").rate(rate).quantity(1)]);
    let invoice = books(&server)
        .invoices()
        .create(&draft)
        .send()
        .await
        .unwrap();
    assert_eq!(invoice.total.unwrap().to_string(), "9007199254740993.070");
    assert_eq!(invoice.balance.unwrap().to_string(), "12.50");
    assert_eq!(invoice.due_date, None);
    let sent = &calls(&server)[0];
    assert_eq!(sent.target, "/books/v3/invoices?organization_id=10234695");
    assert_eq!(
        sent.body,
        r#"{"customer_id":"460000000017138","line_items":[{"name":"Desk","rate":9007199254740993.070,"quantity":1}]}"#
    );
}

#[tokio::test]
async fn what_the_registry_knows_better_spends_no_call() {
    let server = Scripted::start().await;
    let books = books(&server);
    let text = |error: zoho::Error| {
        assert_eq!(error.kind(), ErrorKind::Input, "{error}");
        error.message().to_owned()
    };
    let list = |kind: &str, name: &str, value: &str| books.records(kind).list().filter(name, value);
    for (list, words) in [
        (
            list("invoise", "a", "b"),
            "\"invoise\", did you mean \"invoice\"?",
        ),
        (
            list("invoice", "custmer_id", "1"),
            "no filter \"custmer_id\", did you mean \"customer_id\"?",
        ),
        (
            list("contact", "filter_by", "Status.Activ"),
            "\"Status.Activ\", did you mean \"Status.Active\"?",
        ),
        (
            list("invoice", "sort_column", "totals"),
            "did you mean \"total\"?",
        ),
        (list("contact_person", "a", "b"), "no filter \"a\""),
        (
            books.records("contact_person").list(),
            "belong to a contact",
        ),
        (
            books.records("tax").under("contact", "1").list(),
            "tax has no parent",
        ),
        (
            books.records("contact_person").under("invoice", "1").list(),
            "parent of a contact_person is a contact, and \"invoice\"",
        ),
        (books.records("invoice").list().per_page(201), "1 to 200"),
        (
            books.records("tax_group").list(),
            "no list for the record type tax_group",
        ),
        (
            books.records("account_transaction").list(),
            "needs account_id",
        ),
    ] {
        let message = text(list.send().await.unwrap_err());
        assert!(message.contains(words), "{message}");
    }
    let invoices = books.records("invoice");
    let error = invoices
        .create(&json!({"line_items": {"rate": 1}}))
        .send()
        .await
        .unwrap_err();
    assert!(text(error).contains("line_items must be a list of objects"));
    let error = invoices
        .update("7", &json!({"payment_terms": "Net 15"}))
        .send()
        .await
        .unwrap_err();
    assert!(text(error).contains("payment_terms must be a whole number"));
    assert!(text(invoices.get("../users").await.unwrap_err()).contains("invoice_id"));
    let error = invoices
        .action("status/send")
        .id("7")
        .send()
        .await
        .unwrap_err();
    assert!(text(error).contains("did you mean \"status/sent\"?"));
    let error = invoices
        .action("documents")
        .id("7")
        .send()
        .await
        .unwrap_err();
    assert!(text(error).contains("document_id"));
    let error = books
        .records("tax")
        .upsert("cf_a", "1", &json!({}))
        .send()
        .await
        .unwrap_err();
    assert!(text(error).contains("no upsert"));
    assert!(
        text(
            books
                .raw(zoho::Method::GET, "/crm/v8/org", &[], None)
                .await
                .unwrap_err()
        )
        .contains("/books/v3/")
    );
    assert!("12x".parse::<zoho::books::OrganizationId>().is_err());
    assert_eq!(server.requests("/").len(), 0);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_not_sent_again_but_settled() {
    let row = r#"{"code":0,"message":"m","invoices":[{"invoice_id":"7","reference_number":"A-17"},{"invoice_id":"8","reference_number":"B"}],"page_context":{"page":1,"has_more_page":false}}"#;
    let server = Scripted::start()
        .await
        .api(Step::Close)
        .api(answer(200, row));
    let invoices = books(&server).invoices();
    let create = invoices.create(&InvoiceDraft::new().reference_number("A-17"));
    let error = create.send().await.unwrap_err();
    assert!(error.is_outcome_unknown(), "{error}");
    assert!(
        error
            .message()
            .contains("look for the invoice whose reference_number is \"A-17\""),
        "{error}"
    );
    assert_eq!(calls(&server).len(), 1);
    let Settled::Found(record) = create.settle().await.unwrap() else {
        panic!("one record has the reference number");
    };
    assert_eq!(record.text("invoice_id").unwrap().as_deref(), Some("7"));
    assert!(calls(&server)[1].target.contains("reference_number=A-17"));
}

#[tokio::test]
async fn a_create_without_a_name_of_its_own_cannot_be_settled() {
    let server = Scripted::start()
        .await
        .api(answer(500, r#"{"code":1000,"message":"Internal error"}"#));
    let create = books(&server)
        .invoices()
        .create(&InvoiceDraft::new().customer_id(id("1")));
    let error = create.send().await.unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.kind() == ErrorKind::Server,
        "{error}"
    );
    assert_eq!(calls(&server).len(), 1);
    assert_eq!(create.settle().await.unwrap_err().kind(), ErrorKind::Input);
}

#[tokio::test]
async fn an_upsert_by_a_unique_field_is_repeated_safely() {
    let server = Scripted::start().await.api(Step::Close).api(answer(
        200,
        r#"{"code":0,"message":"m","contact":{"contact_id":"5","contact_name":"Halden"}}"#,
    ));
    let contact = books(&server)
        .contacts()
        .upsert("cf_ext_id", "A-17", &json!({"contact_name": "Halden"}))
        .send()
        .await
        .unwrap();
    assert_eq!(contact.contact_id.as_str(), "5");
    let sent = calls(&server);
    assert_eq!(sent.len(), 2);
    assert!(sent[1].head.starts_with("PUT /books/v3/contacts?"));
    for header in [
        "x-unique-identifier-key: cf_ext_id",
        "x-unique-identifier-value: A-17",
        "x-upsert: true",
    ] {
        assert!(sent[1].head.contains(header), "{}", sent[1].head);
    }
}

#[tokio::test]
async fn too_many_calls_in_a_minute_wait_and_are_told() {
    let server = Scripted::start()
        .await
        .api(answer(429, r#"{"code":44,"message":"blocked"}"#));
    let told = Arc::new(Mutex::new(Vec::new()));
    let teller = Arc::clone(&told);
    let pace =
        PaceSettings::default().on_wait(move |wait| teller.lock().unwrap().push(wait.clone()));
    let books = server
        .builder()
        .books_pace(pace)
        .build()
        .unwrap()
        .books("10234695".parse().unwrap());
    let invoices = books.records("invoice");
    let call = tokio::spawn(async move { invoices.get("7").await });
    while told.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let wait = told.lock().unwrap()[0].clone();
    assert!(wait.duration.as_secs() >= 55, "{wait:?}");
    assert_eq!(
        (wait.organization_id.as_str(), wait.operation),
        ("10234695", "get_invoice")
    );
    assert!(books.pace().wait.as_secs() >= 55);
    assert_eq!(calls(&server).len(), 1);
    call.abort();
}

#[tokio::test]
async fn a_create_that_was_turned_away_is_sent_again() {
    let server = Scripted::start()
        .await
        .api(answer(429, r#"{"code":1070,"message":"in process"}"#))
        .api(answer(
            201,
            r#"{"code":0,"message":"m","tax":{"tax_id":"3","tax_name":"A"}}"#,
        ));
    let taxes = books(&server).taxes();
    assert_eq!(
        taxes
            .create(&json!({"tax_name": "A"}))
            .send()
            .await
            .unwrap()
            .tax_id
            .as_str(),
        "3"
    );
    assert_eq!(calls(&server).len(), 2);
}

#[tokio::test]
async fn no_more_calls_are_in_flight_than_allowed() {
    let missing = r#"{"code":1002,"message":"Item does not exist."}"#;
    let server = (0..30).fold(Scripted::start().await, |server, _| {
        server.api(answer(404, missing))
    });
    let pace = PaceSettings::default().with_concurrency_max(3);
    let client = server.builder().books_pace(pace).build().unwrap();
    let calls = (0..30).map(|_| {
        // Each has a handle of its own; the organisation is what they share.
        let items = client.books("10234695".parse().unwrap()).records("item");
        async move { items.get("7").await }
    });
    let results = futures_util::future::join_all(calls).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert!(server.in_flight_max() <= 3, "{}", server.in_flight_max());
}

#[tokio::test]
async fn states_mails_comments_and_credits() {
    let server = (0..6).fold(Scripted::start().await, |server, _| {
        server.api(answer(200, OK))
    });
    let books = books(&server);
    books.invoices().mark("7", "void").await.unwrap();
    books.contacts().mark("7", "inactive").await.unwrap();
    let mail = Mail::new()
        .to_mail_ids(["ida@halden.example".to_owned()])
        .subject("S");
    books.estimates().email("7", &mail).await.unwrap();
    books.bills().comment("7", "Paid \"soon\"").await.unwrap();
    let credit = AppliedCreditNote::new()
        .creditnote_id(id("3"))
        .amount_applied(Decimal::new(1050, 2));
    books
        .invoices()
        .apply_credits("7", &[], &[credit])
        .await
        .unwrap();
    books
        .records("vendor_credit")
        .action("bills")
        .id("7")
        .body(&json!({"bills": []}))
        .send()
        .await
        .unwrap();
    let error = books.invoices().mark("7", "sended").await.unwrap_err();
    assert!(
        error.message().contains("did you mean \"status/sent\"?"),
        "{error}"
    );
    let sent: Vec<(String, String)> = calls(&server)
        .into_iter()
        .map(|call| (call.head.split('?').next().unwrap().to_owned(), call.body))
        .collect();
    let expected = [
        ("POST /books/v3/invoices/7/status/void", ""),
        ("POST /books/v3/contacts/7/inactive", ""),
        (
            "POST /books/v3/estimates/7/email",
            r#"{"to_mail_ids":["ida@halden.example"],"subject":"S"}"#,
        ),
        (
            "POST /books/v3/bills/7/comments",
            r#"{"description":"Paid \"soon\""}"#,
        ),
        (
            "POST /books/v3/invoices/7/credits",
            r#"{"invoice_payments":[],"apply_creditnotes":[{"creditnote_id":"3","amount_applied":10.50}]}"#,
        ),
        ("POST /books/v3/vendorcredits/7/bills", r#"{"bills":[]}"#),
    ];
    assert_eq!(
        sent,
        expected.map(|(path, body)| (path.to_owned(), body.to_owned()))
    );
}

#[tokio::test]
async fn a_used_up_day_without_headers_is_not_asked_again_at_once() {
    let server = Scripted::start()
        .await
        .api(answer(429, r#"{"code":45,"message":"exceeded"}"#));
    let books = books(&server);
    for _ in 0..2 {
        let error = books.records("item").get("7").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfCredits);
        assert!(error.retry_after().is_some());
    }
    assert_eq!(calls(&server).len(), 1);
}

#[tokio::test]
async fn each_verb_of_each_record_type_reaches_its_path() {
    let server = Scripted::start().await;
    let pace = PaceSettings::default().with_calls_per_minute(10_000);
    let client = server.builder().books_pace(pace).build().unwrap();
    let books = client.books("10234695".parse().unwrap());
    let mut expected = 0;
    for record_type in RecordType::all() {
        let records = match record_type.parent() {
            Some(parent) => books.records(record_type.name()).under(parent.name(), "11"),
            None => books.records(record_type.name()),
        };
        for verb in Verb::ALL.into_iter().filter(|verb| record_type.has(*verb)) {
            expected += 1;
            let error = match verb {
                Verb::List => records.list().send().await.unwrap_err(),
                Verb::Create => records.create(&json!({})).send().await.unwrap_err(),
                Verb::Get => records.get("22").await.unwrap_err(),
                Verb::Update => records.update("22", &json!({})).send().await.unwrap_err(),
                Verb::Delete => records.delete("22").await.unwrap_err(),
            };
            let name = record_type.name();
            assert_eq!(error.http_status(), Some(400), "{verb:?} {name}: {error}");
        }
    }
    let sent = calls(&server);
    assert_eq!((expected, sent.len()), (336, 336));
    assert!(sent.iter().all(|call| !call.target.contains(['{', '}'])
        && call.target.contains("organization_id=10234695")));
    let own = sent
        .iter()
        .filter(|call| call.target.contains("/22?"))
        .count();
    assert!(own > 150, "{own}");
}

#[tokio::test]
async fn callers_with_a_schedule_of_their_own_hear_of_too_many_calls() {
    let server = Scripted::start()
        .await
        .api(answer(429, r#"{"code":1070,"message":"in process"}"#));
    let client = server
        .builder()
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let error = client
        .books("10234695".parse().unwrap())
        .records("item")
        .get("7")
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::TooManyRequests, Some("1070"))
    );
    assert!(!error.is_outcome_unknown() && error.is_transient());
}

#[tokio::test]
async fn a_used_up_day_ends_all_calls_with_the_time_of_its_return() {
    let headers =
        "X-Rate-Limit-Limit: 1000\r\nX-Rate-Limit-Remaining: 0\r\nX-Rate-Limit-Reset: 7200\r\n";
    let body = r#"{"code":45,"message":"The API call for this organization has exceeded the maximum call rate limit of 1000."}"#;
    let server = Scripted::start()
        .await
        .api(with_headers(429, headers, body));
    let books = books(&server);
    let error = books.records("item").get("7").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::OutOfCredits, Some("45"))
    );
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7200));
    let error = books.records("tax").list().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfCredits);
    assert!(
        error.message().contains("10234695") && error.retry_after().is_some(),
        "{error}"
    );
    assert_eq!(calls(&server).len(), 1);
    assert_eq!(books.pace().day.map(|day| day.calls_max), Some(1000));
}

#[tokio::test]
async fn a_missing_scope_makes_one_new_token_and_is_named() {
    let refusal = r#"{"code":57,"message":"You are not authorized to perform this operation"}"#;
    let server = (0..3).fold(Scripted::start().await, |server, _| {
        server.api(answer(401, refusal))
    });
    let books = books(&server);
    for _ in 0..2 {
        let error = books.records("contact").get("7").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Scope);
        assert!(
            error.to_string().contains("ZohoBooks.contacts.READ"),
            "{error}"
        );
    }
    // The first token, and one to be sure; the second call asks no more.
    assert_eq!((server.token_calls(), calls(&server).len()), (2, 3));
}

#[tokio::test]
async fn a_dead_token_is_renewed_once_and_the_create_sent_once_more() {
    let server = Scripted::start()
        .await
        .api(answer(401, r#"{"code":57,"message":"not authorized"}"#))
        .api(answer(
            201,
            r#"{"code":0,"message":"m","tax":{"tax_id":"3","tax_name":"A","tax_percentage":10.5}}"#,
        ));
    let tax = books(&server)
        .taxes()
        .create(&json!({"tax_name": "A"}))
        .send()
        .await
        .unwrap();
    assert_eq!(tax.tax_percentage.unwrap().to_string(), "10.5");
    assert_eq!((server.token_calls(), calls(&server).len()), (2, 2));
}

#[tokio::test]
async fn a_list_streams_page_after_page() {
    let page = |number: u32, more: bool| {
        answer(
            200,
            format!(
                r#"{{"code":0,"message":"m","items":[{{"item_id":"{number}","name":"N","rate":1.10}}],"page_context":{{"page":{number},"per_page":1,"has_more_page":{more}}}}}"#
            ),
        )
    };
    let server = Scripted::start()
        .await
        .api(page(1, true))
        .api(page(2, false));
    let items: Vec<_> = books(&server)
        .items()
        .list()
        .filter_by("Status.All")
        .search_text("N")
        .sort_by("name", SortOrder::Descending)
        .per_page(1)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(items.len(), 2);
    let targets: Vec<String> = calls(&server).into_iter().map(|call| call.target).collect();
    assert!(
        targets[0].contains(
            "filter_by=Status.All&search_text=N&sort_column=name&sort_order=D&page=1&per_page=1"
        ),
        "{targets:?}"
    );
    assert!(targets[1].contains("page=2"), "{targets:?}");
}

#[tokio::test]
async fn what_is_missing_is_none_and_what_is_refused_has_zoho_s_code() {
    let server = Scripted::start()
        .await
        .api(answer(
            404,
            r#"{"code":1002,"message":"Invoice does not exist."}"#,
        ))
        .api(answer(
            400,
            r#"{"code":3062,"message":"The customer \"A\" already exists."}"#,
        ))
        .api(answer(
            400,
            r#"{"code":6041,"message":"This user is not associated"}"#,
        ))
        .api(answer(
            404,
            r#"{"code":1002,"message":"Invoice does not exist."}"#,
        ))
        .api(answer(200, "<html>gateway</html>"));
    let books = books(&server);
    assert!(books.invoices().get("7").await.unwrap().is_none());
    let error = books
        .records("contact")
        .create(&json!({"contact_name": "A"}))
        .send()
        .await
        .unwrap_err();
    assert!(
        error.is_duplicate() && error.code() == Some("3062"),
        "{error}"
    );
    let error = books.records("tax").list().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert!(error.troubleshooting().contains("organisation"));
    assert!(
        books
            .invoices()
            .delete("7")
            .await
            .unwrap_err()
            .is_not_found()
    );
    let error = books
        .records("bill")
        .create(&json!({}))
        .send()
        .await
        .unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.kind() == ErrorKind::BrokenAnswer,
        "{error}"
    );
}

#[tokio::test]
async fn children_actions_and_odd_paths() {
    let person = r#"{"code":0,"message":"m","contact_person":[{"contact_person_id":"9","first_name":"Ida"}]}"#;
    let server = Scripted::start()
        .await
        .api(answer(201, person))
        .api(answer(200, OK))
        .api(answer(404, r#"{"code":5,"message":"Invalid URL Passed"}"#))
        .api(answer(
            200,
            r#"{"code":0,"message":"m","recurring_bill":{"recurring_bill_id":"4"}}"#,
        ))
        .api(answer(200, OK));
    let books = books(&server);
    let person = books
        .contact_persons("5")
        .create(&json!({"first_name": "Ida"}))
        .send()
        .await
        .unwrap();
    assert_eq!(person.contact_person_id.as_str(), "9");
    let acted = books
        .invoices()
        .action("documents")
        .method(zoho::Method::DELETE)
        .id("7")
        .part("document_id", "8")
        .send()
        .await
        .unwrap();
    assert_eq!(acted.message, "success");
    assert!(
        books
            .records("recurring_bill")
            .get("4")
            .await
            .unwrap()
            .is_some()
    );
    books
        .records("contact_address")
        .under("contact", "5")
        .delete("6")
        .await
        .unwrap();
    let sent = calls(&server);
    assert!(
        sent[0]
            .target
            .starts_with("/books/v3/contacts/contactpersons?")
    );
    assert_eq!(sent[0].body, r#"{"contact_id":"5","first_name":"Ida"}"#);
    assert!(
        sent[1]
            .head
            .starts_with("DELETE /books/v3/invoices/7/documents/8?")
    );
    assert!(sent[2].target.starts_with("/books/v3/recurringbills/4?"));
    assert!(sent[3].target.starts_with("/books/v3/recurring_bills/4?"));
    assert!(
        sent[4]
            .head
            .starts_with("DELETE /books/v3/contacts/5/address/6?")
    );
}

#[tokio::test]
async fn files_are_streamed_both_ways() {
    let mut pdf = b"HTTP/1.1 200 X\r\ncontent-type: application/pdf\r\ncontent-disposition: attachment; filename=\"INV-1.pdf\"\r\ncontent-length: 300000\r\nconnection: close\r\n\r\n".to_vec();
    pdf.extend(vec![b'%'; 300_000]);
    let server = Scripted::start()
        .await
        .api(answer(200, OK))
        .api(Step::Bytes(pdf))
        .api(answer(
            404,
            r#"{"code":1002,"message":"Attachment does not exist."}"#,
        ));
    let invoices = books(&server).invoices();
    let pieces = (0..10).map(|_| Ok::<Bytes, std::io::Error>(Bytes::from_static(b"0123456789")));
    let file = Upload::from_stream("bill \"x\".pdf", 100, stream::iter(pieces))
        .content_type("application/pdf");
    invoices.attach("7", file).await.unwrap();
    let sent = &calls(&server)[0];
    assert!(
        sent.head
            .starts_with("POST /books/v3/invoices/7/attachment?")
    );
    assert!(sent.body.contains("name=\"attachment\"; filename=\"bill %22x%22.pdf\"\r\nContent-Type: application/pdf\r\n\r\n0123456789"), "{}", sent.body);
    let download = invoices.pdf("7").await.unwrap().unwrap();
    assert_eq!(
        (download.file_name.as_deref(), download.length_bytes),
        (Some("INV-1.pdf"), Some(300_000))
    );
    let pieces: Vec<Bytes> = download.into_stream().try_collect().await.unwrap();
    assert!(pieces.len() > 1 && pieces.iter().map(Bytes::len).sum::<usize>() == 300_000);
    assert!(invoices.attachment("7").await.unwrap().is_none());
    let error = books(&server)
        .records("tax")
        .attachment("7")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

#[tokio::test]
async fn a_poll_asks_by_time_and_classifies() {
    let rows = |rows: &str| {
        answer(
            200,
            format!(
                r#"{{"code":0,"message":"m","contacts":[{rows}],"page_context":{{"page":1,"has_more_page":false}}}}"#
            ),
        )
    };
    let old = r#"{"contact_id":"1","contact_name":"A","created_time":"2026-01-01T10:00:00+0100","last_modified_time":"2026-02-03T11:00:00+0100"}"#;
    let new = r#"{"contact_id":"2","contact_name":"B","created_time":"2026-02-03T11:00:01+0100","last_modified_time":"2026-02-03T11:00:01+0100"}"#;
    let server = Scripted::start()
        .await
        .api(rows(&format!("{old},{new}")))
        .api(rows(&format!("{old},{new}")));
    let contacts = books(&server).contacts();
    let start = ChangeCursor::since("2026-02-03T10:00:00Z".parse().unwrap());
    let polled = contacts.changes(&start).await.unwrap();
    let kinds: Vec<_> = polled
        .changes
        .iter()
        .map(|change| (change.kind, change.record.contact_name.as_str()))
        .collect();
    assert_eq!(kinds, [(ChangeKind::Updated, "A"), (ChangeKind::New, "B")]);
    assert!(
        contacts
            .changes(&polled.cursor)
            .await
            .unwrap()
            .changes
            .is_empty()
    );
    let target = &calls(&server)[0].target;
    assert!(
        target.contains("last_modified_time=2026-02-03T10%3A00%3A00%2B0000")
            && target.contains("filter_by=Status.All"),
        "{target}"
    );
}
