//! The API console: by the control API and by its page.

use serde_json::json;

use crate::support::{CLIENT_ID, CLIENT_SECRET, Wired, got};

#[tokio::test]
async fn clients_have_ids_and_secrets_in_zohos_form() {
    let wired = Wired::start().await;
    let client = wired
        .post("/__sim/v1/clients", &json!({"kind": "self_client"}))
        .await
        .json();
    let id = client["client_id"]
        .as_str()
        .unwrap()
        .strip_prefix("1000.")
        .unwrap();
    assert!(
        id.len() == 30
            && id
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
        "{id}"
    );
    let secret = client["client_secret"].as_str().unwrap();
    assert!(
        secret.len() == 42 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{secret}"
    );
    let listed = wired.get("/__sim/v1/clients").await;
    assert!(listed.text.contains("self_client") && !listed.text.contains(secret));
    for wrong in [
        json!({"kind": "toaster"}),
        json!({"redirect_uris": ["nowhere"]}),
        json!({"elsewhere": {"mars": null}}),
    ] {
        assert_eq!(
            wired.post("/__sim/v1/clients", &wrong).await.status,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn clients_are_sent_back_by_http_and_mobile_ones_by_their_own_scheme_too() {
    let wired = Wired::start().await;
    for (kind, uri, expected) in [
        ("server_based", "https://app.example/back", 201),
        ("client_based", "http://localhost:3000/", 201),
        ("server_based", "javascript:alert(1)", 400),
        ("client_based", "data:text/html,x", 400),
        ("server_based", "my.app://back", 400),
        ("mobile", "my.app://back", 201),
        ("mobile", "JavaScript:alert(1)", 400),
        ("server_based", "//app.example", 400),
    ] {
        let client = json!({"kind": kind, "redirect_uris": ["https://first.example/", uri]});
        let got = wired.post("/__sim/v1/clients", &client).await;
        assert_eq!(got.status, expected, "{kind} {uri}: {}", got.text);
        if expected == 400 {
            assert_eq!(got.json()["field"], "redirect_uris");
        }
    }
    let client =
        json!({"client_id": "1000.A", "client_secret": "s", "redirect_uris": ["javascript:1"]});
    let mut seed: serde_json::Value =
        serde_json::from_str(include_str!("../../src/seeds/empty.json")).unwrap();
    seed["clients"] = json!([client]);
    let got = wired.post("/__sim/v1/seed", &seed).await;
    assert_eq!(got.status, 400, "{}", got.text);
    assert!(
        got.text.contains("its scheme is `javascript`"),
        "{}",
        got.text
    );
}

#[tokio::test]
async fn codes_of_the_console_live_as_long_as_was_chosen() {
    let wired = Wired::start().await;
    let exchange = async |code: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("code", code),
        ];
        let request = wired.http.post(wired.url("/oauth/v2/token")).form(&form);
        got(request.send().await.unwrap()).await.json()
    };
    for (minutes, seconds, is_good) in [(10, 599, true), (10, 600, false), (5, 299, true)] {
        let grant = json!({"client_id": CLIENT_ID, "kind": "code", "scopes": ["ZohoCRM.org.READ"], "minutes": minutes});
        let code = wired.post("/__sim/v1/grants", &grant).await.json()["code"]
            .as_str()
            .unwrap()
            .to_owned();
        wired.simulator.advance(seconds);
        assert_eq!(
            exchange(&code).await["access_token"].is_string(),
            is_good,
            "{minutes} {seconds}"
        );
    }
    for wrong in [
        json!({"client_id": CLIENT_ID, "kind": "code", "scopes": ["ZohoCRM.org.READ"], "minutes": 4}),
        json!({"client_id": CLIENT_ID, "kind": "code", "scopes": ["ZohoCRM.unicorns.READ"]}),
        json!({"client_id": CLIENT_ID, "kind": "code", "scopes": []}),
    ] {
        assert_eq!(
            wired.post("/__sim/v1/grants", &wrong).await.status,
            400,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn people_register_clients_and_generate_codes_on_the_page() {
    let wired = Wired::start().await;
    let post = async |path: &str, form: &[(&str, &str)]| {
        got(wired
            .http
            .post(wired.url(path))
            .form(form)
            .send()
            .await
            .unwrap())
        .await
    };
    let form = [
        ("name", "<b>Mine</b>"),
        ("kind", "self_client"),
        ("redirect_uris", ""),
        ("elsewhere", "eu"),
    ];
    let made = post("/__sim/clients", &form).await;
    assert!(
        made.status == 200 && made.text.contains("&lt;b&gt;Mine") && !made.text.contains("<b>Mine")
    );
    let code = [
        ("client_id", CLIENT_ID),
        ("scope", "ZohoCRM.org.READ"),
        ("minutes", "3"),
        ("description", ""),
        ("user", ""),
    ];
    let made = post("/__sim/clients/codes", &code).await;
    assert!(
        made.status == 200 && made.text.contains("Code <code>1000."),
        "{}",
        made.text
    );
    let wrong = code.map(|pair| {
        if pair.0 == "scope" {
            ("scope", "ZohoCRM.<i>")
        } else {
            pair
        }
    });
    let refused = post("/__sim/clients/codes", &wrong).await;
    assert!(refused.status == 422 && refused.text.contains("there is no scope"));
}
