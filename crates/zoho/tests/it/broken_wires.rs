//! Answers that break, lie or never come: what the caller is told, and what is repeated.

use std::time::Duration;

use serde_json::json as value;
use zoho::crm::{RowOutcome, Write};
use zoho::policy::RetryPolicy;
use zoho::{Client, Error, ErrorKind};

use crate::scripted::{SECRETS, Scripted, Step, json};

const ADDED: &str = r#"{"data":[{"code":"SUCCESS","details":{"id":"5112233000001234567"},"message":"record added","status":"success"}]}"#;
const PAGE: &str = r#"{"data":[{"id":"1","Last_Name":"Blake"}],"info":{"more_records":false}}"#;
const PROXY_PAGE: &str =
    "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>nginx</body></html>";

fn insert(client: &Client) -> Write {
    client
        .crm()
        .insert("Leads")
        .record(&value!({"Last_Name": "Blake"}))
        .unwrap()
}

fn upsert(client: &Client) -> Write {
    let record = value!({"Last_Name": "Blake", "Email": "b@orchard.example"});
    client
        .crm()
        .upsert("Leads")
        .record(&record)
        .unwrap()
        .duplicate_check_fields(["Email"])
}

/// Each way to lose an answer after the request went out.
fn losses() -> Vec<(&'static str, Step)> {
    let half = &ADDED[..ADDED.len() / 2];
    vec![
        ("closed", Step::Close),
        (
            "garbage",
            Step::Bytes(b"\x16\x03\x01 this is not HTTP\r\n\r\n".to_vec()),
        ),
        (
            "head only",
            Step::Bytes(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        ),
        ("cut off", Step::CutOff(200, ADDED.to_owned())),
        ("half the JSON", json(200, half)),
        ("empty", json(200, "")),
        ("a proxy's page", json(200, PROXY_PAGE)),
        ("another shape", json(200, r#"{"data":{"rows":1}}"#)),
        ("no row", json(200, r#"{"data":[]}"#)),
        ("two rows", json(200, ADDED.replace("}]", "},{}]"))),
        (
            "a row without an id",
            json(200, ADDED.replace(r#""id":"5112233000001234567""#, "")),
        ),
        ("bad gateway", json(502, PROXY_PAGE)),
        (
            "internal error",
            json(
                500,
                r#"{"code":"INTERNAL_ERROR","details":{},"message":"Internal Server Error","status":"error"}"#,
            ),
        ),
    ]
}

#[tokio::test]
async fn an_insert_whose_answer_is_lost_is_not_repeated_and_says_that_its_outcome_is_unknown() {
    for (name, loss) in losses() {
        let server = Scripted::start().await.api(loss).api(json(201, ADDED));
        let error = insert(&server.client()).send().await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{name}: {error:?}");
        assert_eq!(server.api_calls(), 1, "{name}");
        assert!(
            matches!(error.kind(), ErrorKind::BrokenAnswer | ErrorKind::Server),
            "{name}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_upsert_by_a_duplicate_check_value_is_repeated_after_each_loss() {
    for (name, loss) in losses() {
        let server = Scripted::start().await.api(loss).api(json(200, ADDED));
        let written = upsert(&server.client())
            .send()
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(written.is_success(), "{name}");
        let bodies: Vec<_> = server
            .requests("/crm/v8/Leads/upsert")
            .into_iter()
            .map(|request| request.body)
            .collect();
        assert_eq!(bodies.len(), 2, "{name}");
        assert_eq!(bodies[0], bodies[1], "{name}");
    }
}

#[tokio::test]
async fn a_read_is_repeated_and_never_has_an_unknown_outcome() {
    for (name, loss) in [
        ("closed", Step::Close),
        ("cut off", Step::CutOff(200, PAGE.to_owned())),
        ("half", json(200, &PAGE[..20])),
    ] {
        let server = Scripted::start().await.api(loss).api(json(200, PAGE));
        let page = server
            .client()
            .crm()
            .list("Leads")
            .fields(["Last_Name"])
            .send()
            .await
            .unwrap();
        assert_eq!(page.records.len(), 1, "{name}");
    }
    let server = Scripted::start().await.api(Step::Close);
    let client = server
        .builder()
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let error = client
        .crm()
        .list("Leads")
        .fields(["Last_Name"])
        .send()
        .await
        .unwrap_err();
    assert!(!error.is_outcome_unknown() && error.is_transient());
}

#[tokio::test]
async fn silence_ends_with_the_call_timeout() {
    let server = Scripted::start().await.api(Step::Stall);
    let client = server
        .builder()
        .call_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let error = insert(&client).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_outcome_unknown());
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let server = Scripted::start().await;
    let nobody = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        zoho::Url::parse(&format!("http://{}", free.local_addr().unwrap())).unwrap()
    };
    let client = server
        .builder()
        .api_domain(nobody)
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let error = insert(&client).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.is_outcome_unknown() && error.is_transient());
    let report = error.to_string();
    assert!(
        report.contains("insert records")
            && report.contains("127.0.0.1")
            && report.contains("/crm/v8/Leads"),
        "{report}"
    );
}

#[tokio::test]
async fn a_proxy_s_page_is_quoted_shortly() {
    let long = format!("<html>\n   <p>Sorry</p>{}</html>", "x".repeat(5000));
    let server = Scripted::start().await.api(json(503, long));
    let client = server
        .builder()
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let error = client.crm().org().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status()),
        (ErrorKind::Server, Some(503))
    );
    assert!(error.message().contains("<html> <p>Sorry</p>"), "{error}");
    assert!(error.message().chars().count() < 260, "{error}");
}

#[tokio::test]
async fn a_refusal_of_the_whole_call_is_understood_at_both_places() {
    let top = r#"{"code":"INVALID_MODULE","details":{"resource_path_index":0},"message":"the module name given seems to be invalid","status":"error"}"#;
    let inside = format!(r#"{{"data":[{top}]}}"#);
    for body in [top, &inside] {
        let server = Scripted::start().await.api(json(400, body));
        let error = insert(&server.client()).send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.code()),
            (ErrorKind::Refused, Some("INVALID_MODULE"))
        );
        assert!(!error.is_outcome_unknown() && !error.is_transient());
        assert_eq!(server.api_calls(), 1);
    }
    let too_many = r#"{"data":[{"code":"LIMIT_EXCEEDED","details":{"maximum_length":100,"api_name":"data"},"message":"count of records in your request exceeds the limit","status":"error"}]}"#;
    let server = Scripted::start().await.api(json(400, too_many));
    let two = insert(&server.client())
        .record(&value!({"Last_Name": "Cole"}))
        .unwrap();
    assert_eq!(two.send().await.unwrap_err().code(), Some("LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn refused_rows_are_outcomes_under_400_207_and_412() {
    let refused = r#"{"code":"ALREADY_MODIFIED","message":"record updated time has already passed if-unmodified-since time","details":{"id":"5112233000001234567"},"status":"error"}"#;
    for status in [400, 412] {
        let server = Scripted::start()
            .await
            .api(json(status, format!(r#"{{"data":[{refused}]}}"#)));
        let written = insert(&server.client()).send().await.unwrap();
        assert_eq!(written.http_status, status);
        assert_eq!(written.rows[0].refusal().unwrap().code, "ALREADY_MODIFIED");
        assert_eq!(written.rows[0].raw.get(), refused);
    }
    let added = &ADDED[9..ADDED.len() - 2];
    let server = Scripted::start()
        .await
        .api(json(207, format!(r#"{{"data":[{added},{refused}]}}"#)));
    let write = insert(&server.client())
        .record(&value!({"Last_Name": "Cole"}))
        .unwrap();
    let written = write.send().await.unwrap();
    assert!(
        matches!(written.rows[0].outcome, RowOutcome::Success(_))
            && written.rows[1].refusal().is_some()
    );
}

#[tokio::test]
async fn the_occurrences_of_one_recurring_event_are_told_apart_from_rows() {
    let added = &ADDED[9..ADDED.len() - 2];
    let server = Scripted::start().await.api(json(
        201,
        format!(r#"{{"data":[{added},{added},{added}]}}"#),
    ));
    let written = insert(&server.client()).send().await.unwrap();
    assert_eq!((written.rows.len(), written.occurrences.len()), (1, 2));
}

#[tokio::test]
async fn rows_that_do_not_match_the_records_sent_leave_the_outcome_unknown() {
    let added = &ADDED[9..ADDED.len() - 2];
    let refused =
        r#"{"code":"INVALID_DATA","details":{},"message":"invalid data","status":"error"}"#;
    for (sent, rows) in [
        (2, vec![added]),
        (2, vec![added; 3]),
        (3, vec![added, refused]),
        (1, vec![added, refused]),
    ] {
        let server = Scripted::start()
            .await
            .api(json(200, format!(r#"{{"data":[{}]}}"#, rows.join(","))));
        let client = server.client();
        let write = (1..sent).fold(insert(&client), |write, n| {
            write.record(&value!({"Last_Name": n})).unwrap()
        });
        let error = write.send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_outcome_unknown()),
            (ErrorKind::BrokenAnswer, true),
            "{sent}: {error}"
        );
        assert!(
            error
                .message()
                .contains(&format!("{sent} records were sent and {} rows", rows.len())),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Scripted::start().await.api(json(302, ""));
    let client = server
        .builder()
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    assert_eq!(
        client.crm().org().await.unwrap_err().kind(),
        ErrorKind::BrokenAnswer
    );
    assert!(server.requests("/elsewhere").is_empty());
}

#[tokio::test]
async fn too_many_requests_is_waited_out_even_by_an_insert() {
    let busy = r#"{"code":"TOO_MANY_REQUESTS","details":{},"message":"too many requests. please try again after some time","status":"error"}"#;
    let server = Scripted::start()
        .await
        .api(json(429, busy))
        .api(json(201, ADDED));
    assert!(insert(&server.client()).send().await.unwrap().is_success());
    assert_eq!(server.api_calls(), 2);
}

#[tokio::test]
async fn a_listing_that_does_not_advance_ends() {
    use futures_util::TryStreamExt;
    let stuck = r#"{"data":[{"id":"1"}],"info":{"more_records":true,"next_page_token":"t"}}"#;
    let server = Scripted::start()
        .await
        .api(json(200, stuck))
        .api(json(200, stuck));
    let client = server
        .builder()
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    let result: Result<Vec<_>, Error> = client
        .crm()
        .list("Leads")
        .fields(["id"])
        .stream()
        .try_collect()
        .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::BrokenAnswer);
    assert_eq!(server.api_calls(), 2);
}

#[tokio::test]
async fn a_wait_that_a_proxy_asks_for_is_told_and_not_cut_short() {
    let head = "HTTP/1.1 503 Busy\r\nretry-after: 120\r\ncontent-length: 4\r\n\r\n";
    let server = Scripted::start()
        .await
        .api(Step::Bytes(format!("{head}busy").into_bytes()));
    let error = server.client().crm().org().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    assert_eq!(server.api_calls(), 1);
}

#[tokio::test]
async fn no_error_shows_a_secret_or_a_query() {
    for (name, loss) in losses() {
        let server = Scripted::start().await.api(loss);
        let client = server
            .builder()
            .retry_policy(RetryPolicy::none())
            .build()
            .unwrap();
        let delete = client
            .crm()
            .delete("Leads", &["777000777000777".parse().unwrap()])
            .await;
        let error = delete.unwrap_err();
        let mut report = format!("{error} {error:?} {}", error.troubleshooting());
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            report.push_str(&format!(" {cause} {cause:?}"));
            source = cause.source();
        }
        for secret in SECRETS.iter().chain(&["777000777"]) {
            assert!(!report.contains(secret), "{name}: {report}");
        }
    }
}
