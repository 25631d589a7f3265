//! Raw requests under attack: no path, header or answer may bring the token anywhere but to the connection's own host.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{fault, simulator};
use crate::world::{ADMIN_TOKEN, Answer, World};

/// Paths that must not be sent.
const PATHS: [&str; 44] = [
    "https://evil.example/crm/v8/org",
    "http://evil.example",
    "//evil.example/crm/v8/org",
    "/\\evil.example/crm",
    "\\\\evil.example\\crm",
    "/crm//evil.example",
    "/crm/v8//org",
    "/@evil.example/crm",
    "/crm/@evil.example",
    "evil.example/crm/v8/org",
    "@evil.example",
    ":80@evil.example/",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "/crm/../oauth/v2/token",
    "/crm/v8/../../oauth/v2/token",
    "/v8/../../oauth/v2/token",
    "/..",
    "/.",
    "/crm/./v8",
    "/crm/%2e%2e/oauth/v2/token",
    "/crm/%2E%2E/oauth",
    "/crm/.%2e/oauth",
    "/crm/%252e%252e/oauth",
    "/crm/%2f%2fevil.example",
    "/crm/%5c%5cevil.example",
    "/crm/v8%00/org",
    "/crm/v8/org\0",
    "/crm/v8/org#fragment",
    "/crm/v8/org\r\nHost: evil.example",
    "/crm/v8/org\nX: y",
    "/crm/v8/org HTTP/1.1",
    "/crm/v8/o rg",
    "/crm/v8/\u{ff0e}\u{ff0e}/oauth",
    "/crm/v8/\u{2025}/oauth",
    "/crm/v8/\u{202e}gro",
    "/crm\u{ff0f}\u{ff0f}evil.example",
    "/crm/v8/org;@evil.example",
    "/crm/v8/[::1]",
    "/oauth/v2/token/../../../oauth",
    "/crm/v8/org?a=b#c",
    "/crm/v8/org?a=b\r\nX: y",
    "",
    " /crm/v8/org",
];

/// Headers that are not the caller's to set, or no headers at all.
const HEADERS: [(&str, &str); 24] = [
    ("Authorization", "Zoho-oauthtoken 1000.stolen"),
    ("authorization", "Bearer x"),
    ("Proxy-Authorization", "Basic eDp5"),
    ("Cookie", "session=1"),
    ("Host", "evil.example"),
    ("Content-Length", "0"),
    ("Transfer-Encoding", "chunked"),
    ("Connection", "close"),
    ("Keep-Alive", "1"),
    ("Upgrade", "h2c"),
    ("TE", "trailers"),
    ("Trailer", "X"),
    ("Expect", "100-continue"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-HTTP-Method", "DELETE"),
    ("X-Method-Override", "DELETE"),
    ("Content-Type", "text/html"),
    ("X-A", "1\r\nHost: evil.example"),
    ("X-A", "1\nX-B: 2"),
    ("X-A", "1\0"),
    ("X A", "1"),
    ("X-A\r\nHost", "evil.example"),
    ("", "1"),
    ("X-\u{e4}", "1"),
];

#[tokio::test]
async fn no_path_and_no_header_leads_astray() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let before = simulator.journal().len();
    for product in ["crm", "books"] {
        let action = format!("{product}.request");
        let organization = (product == "books").then_some("10234695");
        for path in PATHS {
            let mut inputs = json!({"path": path});
            if let Some(id) = organization {
                inputs["organization_id"] = json!(id);
            }
            let answer = world.act(&action, inputs).await;
            assert_eq!(answer.status, 422, "{product} {path:?}: {}", answer.text);
            let problem = answer.problem();
            assert!(
                problem["remedy"].is_string() && !answer.text.contains("1000."),
                "{problem}"
            );
        }
        for (name, value) in HEADERS {
            let path = if product == "crm" {
                "/org"
            } else {
                "/contacts"
            };
            let mut inputs = json!({"path": path, "headers": {name: value}});
            if let Some(id) = organization {
                inputs["organization_id"] = json!(id);
            }
            let answer = world.act(&action, inputs).await;
            assert_eq!(
                answer.status, 422,
                "{product} {name:?} {value:?}: {}",
                answer.text
            );
            assert!(!answer.text.contains("stolen"), "{}", answer.text);
        }
    }
    assert_eq!(simulator.journal().len(), before, "nothing was sent");
}

#[tokio::test]
async fn a_redirect_to_elsewhere_is_an_answer_and_is_not_followed() {
    // A "Zoho" that sends everybody on to a thief.
    let thief = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let thief_url = format!("http://{}", thief.local_addr().unwrap());
    let robbed = Arc::new(AtomicUsize::new(0));
    let counter = robbed.clone();
    tokio::spawn(async move {
        while thief.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let zoho = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let zoho_url = format!("http://{}", zoho.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut socket, _)) = zoho.accept().await {
            let mut request = vec![0; 8192];
            let _ = socket.read(&mut request).await;
            let answer = format!(
                "HTTP/1.1 302 Found\r\nLocation: {thief_url}/crm/v8/org\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    let simulator = simulator().await;
    let mut config = World::config_with_zoho(&simulator);
    config.connections[0].api_domain = Some(zoho_url);
    let world = World::with(config).await;
    let answer = world.act("crm.request", json!({"path": "/org"})).await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (200, &json!(302)),
        "{}",
        answer.text
    );
    assert_eq!(robbed.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn retries_are_as_many_as_asked_for() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let status = async |inputs: Value| {
        let answer = world.act("crm.request", inputs).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["status"].as_u64().unwrap()
    };
    let broken = json!({"kind": "server_error", "path_prefix": "/crm/v8/org", "times": 1});
    fault(&simulator, broken.clone());
    assert_eq!(
        status(json!({"path": "/org"})).await,
        500,
        "none unless asked for"
    );
    fault(&simulator, broken);
    assert_eq!(
        status(json!({"path": "/org", "max_retries": 1, "retry_delay_ms": 1})).await,
        200
    );
    let refusing = json!({"kind": "too_many_requests", "path_prefix": "/crm/v8/org", "times": 1});
    fault(&simulator, refusing.clone());
    assert_eq!(
        status(json!({"path": "/org", "max_retries": 1})).await,
        429,
        "429 is no failure of the network"
    );
    fault(&simulator, refusing);
    let all = json!({"path": "/org", "max_retries": 2, "retry_on_all_errors": true, "use_exponential_backoff": true});
    assert_eq!(status(all).await, 200);
}

#[tokio::test]
async fn a_failure_is_neither_a_file_nor_an_answer_to_keep() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let busy = json!({"kind": "too_many_requests", "path_prefix": "/crm/v8/Leads", "times": 1});
    let lead =
        json!({"path": "/Leads", "method": "POST", "data": {"data": [{"Last_Name": "Ray"}]}});
    fault(&simulator, busy.clone());
    let first = world.act_keyed("raw-1", "crm.request", &lead).await;
    assert_eq!(first.json()["status"], 429, "{}", first.text);
    let second = world.act_keyed("raw-1", "crm.request", &lead).await;
    assert_eq!(second.json()["status"], 201, "{}", second.text);
    fault(&simulator, busy);
    let file =
        json!({"path": "/Leads", "query": {"fields": "Last_Name"}, "response_type": "binary"});
    let answer = world.act("crm.request", file).await;
    assert_eq!(
        (answer.status, &answer.problem()["zoho_status"]),
        (429, &json!(429))
    );
}

#[tokio::test]
async fn several_files_and_texts_travel_as_one_form() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let send = async |action: &str, inputs: Value, parts: &[&str]| {
        let mut form = Form::new().text("inputs", inputs.to_string());
        for (number, part) in parts.iter().enumerate() {
            let file = Part::bytes(b"one".to_vec()).file_name(format!("{number}.txt"));
            form = form.part((*part).to_owned(), file);
        }
        let path = format!("/api/v1/connections/demo/actions/{action}");
        let request = world.request(Method::POST, &path).bearer_auth(ADMIN_TOKEN);
        world.send(request.multipart(form)).await
    };
    let names = |answer: &Answer| -> Vec<String> {
        let body = answer.json();
        let files = body["body"]["data"].as_array().unwrap().iter();
        files
            .map(|file| file["details"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let inputs =
        |names: Value| json!({"path": "/files", "method": "POST", "file_data_file_names": names});
    let one = inputs(json!({"file": "renamed.txt"}));
    let answer = send("crm.request", one, &["file_data.file"]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(names(&answer), ["renamed.txt"]);

    // Files of one part stay in their order, and the names that are given go to the first of them.
    let same = ["file_data.file"; 3];
    let several = inputs(json!({"file": ["a.txt", "b.txt"]}));
    let answer = send("crm.request", several, &same).await;
    assert_eq!(names(&answer), ["a.txt", "b.txt", "2.txt"]);
    let mut within = inputs(json!({"file": "a.txt"}));
    within["file_data"] =
        json!({"file": [{"base64": "b25l"}, {"base64": "b25l", "name": "b.txt"}]});
    let answer = world.act("crm.request", within).await;
    assert_eq!(names(&answer), ["a.txt", "b.txt"]);

    for (action, inputs, parts, field) in [
        (
            "crm.request",
            inputs(json!({"fil": "a.txt"})),
            &same[..1],
            "file_data_file_names",
        ),
        (
            "crm.request",
            inputs(json!({"file": ["a", "b"]})),
            &same[..1],
            "file_data_file_names",
        ),
        (
            "crm.request",
            inputs(json!({"file": {"a": 1}})),
            &same[..1],
            "file_data_file_names",
        ),
        ("crm.upload_file", json!({}), &["file", "file"][..], "file"),
    ] {
        let refused = send(action, inputs, parts).await;
        let problem = refused.problem();
        assert_eq!(
            (refused.status, problem["field"].as_str()),
            (422, Some(field)),
            "{problem}"
        );
    }
    let two = json!({"path": "/files", "method": "POST", "data": {}, "form": {"a": 1}});
    let refused = world.act("crm.request", two).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
}

#[tokio::test]
async fn a_binary_answer_is_not_asked_for_under_a_key() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let before = simulator.count("Leads").unwrap();
    let inputs = json!({
        "method": "POST", "path": "/Leads", "response_type": "binary",
        "data": {"data": [{"Last_Name": "Ray"}]},
    });
    let answer = world.act_keyed("binary-1", "crm.request", &inputs).await;
    assert_eq!(
        (answer.status, answer.problem()["field"].as_str()),
        (422, Some("response_type")),
        "{}",
        answer.text
    );
    assert_eq!(simulator.count("Leads").unwrap(), before);
}
