//! Calls put together by hand.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use zoho::{Bytes, ErrorKind, Method, RawRetry, Upload};

use crate::scripted::{SECRETS, Scripted, Step, json as answer};
use crate::simulated::{builder, client, served, simulator};

#[tokio::test]
async fn short_and_old_paths_reach_the_crm() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let org = crm.request(Method::GET, "/v8/org").send().await.unwrap();
    assert_eq!(org.status, 200);
    let org: Value = serde_json::from_slice(&org.body).unwrap();
    assert!(org["org"][0]["id"].is_string(), "{org}");
    let leads = crm
        .request(Method::GET, "/v2/Leads?per_page=1")
        .query("fields", "Last_Name")
        .header("If-Modified-Since", "2000-01-01T00:00:00+00:00")
        .send()
        .await
        .unwrap();
    // There is no lead; 304 instead of 204 shows that the header came.
    assert_eq!(leads.status, 304);
    let served = served(&simulator, "/crm/v2/Leads");
    assert_eq!(served.len(), 1, "{served:?}");
}

#[tokio::test]
async fn json_is_sent_and_a_refusal_is_an_answer() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let lead = json!({"data": [{"Last_Name": "Blake", "Company": "Orchard"}]});
    let made = crm
        .request(Method::POST, "/crm/v8/Leads")
        .json(&lead)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status, 201);
    let refused = crm
        .request(Method::GET, "/crm/v8/Nonsense")
        .query("fields", "id")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn bodies_are_sent_as_form_bytes_stream_and_parts() {
    let scripted = (0..4).fold(Scripted::start().await, |scripted, _| {
        scripted.api(answer(200, "{}"))
    });
    let crm = scripted.client().crm();
    let post = || crm.request(Method::POST, "/v8/x");
    post()
        .form([("a", "1 2"), ("b", "&")])
        .send()
        .await
        .unwrap();
    let csv = Bytes::from_static(b"a,b");
    post().bytes("text/csv", csv.clone()).send().await.unwrap();
    let pieces = stream::iter([Ok::<_, std::io::Error>(csv.clone()), Ok(csv)]);
    post()
        .stream("text/plain", Some(6), pieces)
        .send()
        .await
        .unwrap();
    let photo = Upload::from_bytes("a.png", Bytes::from_static(b"PNG")).content_type("image/png");
    let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"two"))]);
    post()
        .file("file", photo)
        .file("file", Upload::from_stream("b\"\r\n.txt", 3, pieces))
        .field("title", "Two files")
        .send()
        .await
        .unwrap();

    let requests = scripted.requests("/crm/v8/x");
    assert_eq!(requests[0].body, "a=1+2&b=%26");
    assert!(
        requests[0]
            .head
            .contains("application/x-www-form-urlencoded")
    );
    assert_eq!(requests[1].body, "a,b");
    assert!(requests[1].head.contains("text/csv"));
    assert_eq!(requests[2].body, "a,ba,b");
    let (head, body) = (&requests[3].head, &requests[3].body);
    let boundary = head
        .split("boundary=")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
    assert_eq!(parts.len(), 5, "{body}");
    assert_eq!(
        parts[1],
        "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n"
    );
    assert!(
        parts[2].contains("filename=\"b%22%0D%0A.txt\""),
        "{}",
        parts[2]
    );
    assert_eq!(
        parts[3],
        "\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nTwo files\r\n"
    );
    assert_eq!(parts[4], "--\r\n");
}

#[tokio::test]
async fn an_answer_comes_in_pieces_whatever_its_status() {
    let scripted = Scripted::start()
        .await
        .api(answer(200, r#"{"data":[]}"#))
        .api(answer(404, r#"{"code":"INVALID_URL_PATTERN"}"#));
    let crm = scripted.client().crm();
    for (status, expected) in [
        (200, r#"{"data":[]}"#),
        (404, r#"{"code":"INVALID_URL_PATTERN"}"#),
    ] {
        let opened = crm.request(Method::GET, "/v8/x").open().await.unwrap();
        assert_eq!(opened.status, status);
        let pieces: Vec<Bytes> = opened.into_stream().try_collect().await.unwrap();
        assert_eq!(pieces.concat(), expected.as_bytes());
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_the_token_stays() {
    let elsewhere = Scripted::start().await;
    let location = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}crm/v8/x\r\ncontent-length: 0\r\n\r\n",
        elsewhere.url()
    );
    let scripted = Scripted::start()
        .await
        .api(Step::Bytes(location.into_bytes()));
    let answer = scripted
        .client()
        .crm()
        .request(Method::GET, "/v8/x")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
    assert!(elsewhere.requests("/").is_empty());
}

#[tokio::test]
async fn nothing_is_sent_for_bad_input() {
    let scripted = Scripted::start().await;
    let crm = scripted.client().crm();
    let get = |path: &str| crm.request(Method::GET, path);
    let mut refused = vec![
        get("https://evil.example/crm/v8/org"),
        get("//evil.example/crm/v8/org"),
        get("/v8/../../oauth/v2/token"),
        get("/v8/%2e%2e/x"),
        get("/v8/x").header("Authorization", "Zoho-oauthtoken other"),
        get("/v8/x").header("Host", "evil.example"),
        get("/v8/x").header("Cookie", "a=b"),
        get("/v8/x").header("X-Note", "a\r\nHost: evil.example"),
        get("/v8/x").timeout(Duration::ZERO),
        get("/v8/x").bytes("text/plain\r\nHost: x", Bytes::new()),
        crm.request(Method::CONNECT, "/v8/x"),
        crm.request(Method::TRACE, "/v8/x"),
    ];
    let books = scripted.client().books("10234695".parse().unwrap());
    refused.push(books.request(Method::GET, "/crm/v8/org"));
    for request in refused {
        let shown = format!("{request:?}");
        let error = request.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{shown}: {error}");
        assert!(!error.is_outcome_unknown());
    }
    assert!(scripted.requests("/").is_empty());
}

#[tokio::test]
async fn a_dead_token_is_renewed_and_only_a_stream_is_not_sent_again() {
    let dead = || {
        let body = r#"{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}"#;
        answer(401, body)
    };
    let scripted = Scripted::start()
        .await
        .api(dead())
        .api(answer(200, "{}"))
        .api(dead())
        .api(answer(200, "{}"));
    let crm = scripted.client().crm();
    let file = Upload::from_bytes("a.txt", Bytes::from_static(b"abc"));
    let sent = crm.request(Method::POST, "/v8/x").file("file", file);
    assert_eq!(sent.send().await.unwrap().status, 200);
    assert_eq!((scripted.api_calls(), scripted.token_calls()), (2, 2));
    let bodies = scripted.requests("/crm/");
    assert_eq!(bodies[0].body, bodies[1].body);

    let pieces = || stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"abc"))]);
    let post = || crm.request(Method::POST, "/v8/x");
    let first = post().stream("text/plain", Some(3), pieces());
    assert_eq!(first.send().await.unwrap().status, 401);
    let second = post().stream("text/plain", Some(3), pieces());
    assert_eq!(second.send().await.unwrap().status, 200);
    assert_eq!((scripted.api_calls(), scripted.token_calls()), (4, 3));
    let text = format!("{:?}", post().header("X-EXTERNAL", "Leads.Key"));
    assert!(
        SECRETS.iter().all(|secret| !text.contains(secret)),
        "{text}"
    );
}

#[tokio::test]
async fn a_stream_that_fails_or_lies_of_its_length_is_an_error() {
    let simulator = simulator().await;
    let crm = builder(&simulator).build().unwrap().crm();
    let broken = stream::iter([
        Ok(Bytes::from_static(b"ab")),
        Err(std::io::Error::other("disk")),
    ])
    .boxed();
    let short = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"ab"))]).boxed();
    for pieces in [broken, short] {
        let request =
            crm.request(Method::POST, "/v8/Leads")
                .stream("application/json", Some(9), pieces);
        let error = request.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenAnswer, "{error:?}");
        assert!(error.is_outcome_unknown());
    }
}

#[tokio::test]
async fn a_timeout_of_ones_own_is_kept() {
    let scripted = Scripted::start().await.api(Step::Stall);
    let error = scripted
        .client()
        .crm()
        .request(Method::POST, "/v8/x")
        .timeout(Duration::from_millis(50))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_outcome_unknown());
}

#[tokio::test]
async fn books_gets_its_organisation_once() {
    let simulator = simulator().await;
    let books = client(&simulator).books("10234695".parse().unwrap());
    let contacts = books.request(Method::GET, "/v3/contacts").send().await;
    assert_eq!(contacts.unwrap().status, 200);
    let named = books
        .request(Method::GET, "/books/v3/contacts")
        .query("organization_id", "10234695");
    assert_eq!(named.open().await.unwrap().status, 200);
    assert_eq!(served(&simulator, "/books/v3/contacts").len(), 2);
}

#[tokio::test]
async fn a_call_is_repeated_as_its_caller_says() {
    let scripted = Scripted::start()
        .await
        .api(Step::Close)
        .api(answer(503, "<html>"))
        .api(answer(429, "{}"))
        .api(answer(400, "{}"))
        .api(answer(200, "{}"));
    let crm = scripted.client().crm();
    let post = |retry: RawRetry| {
        let request = crm.request(Method::POST, "/v8/x").json(&json!({}));
        request.retry(retry).send()
    };
    let lost = post(RawRetry::new(3)).await.unwrap_err();
    assert!(lost.is_outcome_unknown());
    assert_eq!(post(RawRetry::new(3)).await.unwrap().status, 503);
    assert_eq!(scripted.api_calls(), 2);
    let stubborn = RawRetry::new(3)
        .on_all_errors(true)
        .delay(Duration::from_millis(1));
    assert_eq!(post(stubborn).await.unwrap().status, 200);
    assert_eq!(scripted.api_calls(), 5);
    let error = post(RawRetry::new(21)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}
