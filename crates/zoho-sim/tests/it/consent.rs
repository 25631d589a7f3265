//! The authorization page, the redirect, the exchange of the code.

use reqwest::Url;
use serde_json::{Value, json};

use crate::support::{CLIENT_ID, CLIENT_SECRET, Got, Wired, got};

const REDIRECT: &str = "http://127.0.0.1:8080/connections/callback";
const BASE: [(&str, &str); 5] = [
    ("client_id", CLIENT_ID),
    ("response_type", "code"),
    ("redirect_uri", REDIRECT),
    ("scope", "ZohoCRM.modules.ALL,ZohoCRM.org.READ"),
    ("state", "a&b"),
];

async fn decide(wired: &Wired, more: &[(&str, &str)]) -> Url {
    let form: Vec<_> = BASE.iter().chain(more).collect();
    let got = got(wired
        .http
        .post(wired.url("/oauth/v2/auth"))
        .form(&form)
        .send()
        .await
        .unwrap())
    .await;
    assert_eq!(got.status, 302, "{}", got.text);
    Url::parse(got.headers["location"].to_str().unwrap()).unwrap()
}

fn pair(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_decide() {
    let wired = Wired::start().await;
    let own = wired.simulator.url();
    for path in [
        "/oauth/v2/auth",
        "/oauth/v2/token/addextrascope",
        "/oauth/v3/device",
    ] {
        for (name, value, is_refused) in [
            ("Origin", "http://evil.example", true),
            ("Origin", "null", true),
            ("Sec-Fetch-Site", "cross-site", true),
            ("Origin", own.as_str(), false),
            ("Sec-Fetch-Site", "same-origin", false),
        ] {
            let form: Vec<_> = BASE.iter().chain(&[("decision", "accept")]).collect();
            let request = wired.http.post(wired.url(path)).form(&form);
            let got = got(request.header(name, value).send().await.unwrap()).await;
            assert_eq!(got.status == 403, is_refused, "{path} {name}: {value}");
            assert!(!is_refused || !got.headers.contains_key("location"));
        }
    }
    // Programs may ask for tokens from anywhere, as Zoho lets them.
    let form = [("grant_type", "none")];
    let request = wired.http.post(wired.url("/oauth/v2/token")).form(&form);
    let foreign = request.header("Origin", "http://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 200);
}

async fn exchange(wired: &Wired, code: &str, more: &[(&str, &str)]) -> Got {
    let form: Vec<(&str, &str)> = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("code", code),
    ]
    .into_iter()
    .chain(more.iter().copied())
    .collect();
    got(wired
        .http
        .post(wired.url("/oauth/v2/token"))
        .form(&form)
        .send()
        .await
        .unwrap())
    .await
}

#[tokio::test]
async fn the_consent_page_shows_scopes_and_leads_to_a_code_that_works_once() {
    let wired = Wired::start().await;
    let page = got(wired
        .http
        .get(wired.url("/oauth/v2/auth"))
        .query(&BASE)
        .send()
        .await
        .unwrap())
    .await;
    assert!(
        page.text.contains("ZohoCRM.org.READ") && page.text.contains("value=\"a&amp;b\""),
        "{}",
        page.text
    );

    let target = decide(
        &wired,
        &[
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("decision", "accept"),
        ],
    )
    .await;
    assert_eq!(
        (pair(&target, "state"), pair(&target, "location")),
        (Some("a&b".into()), Some("us".into()))
    );
    assert_eq!(
        pair(&target, "accounts-server"),
        Some(wired.simulator.url())
    );
    let code = pair(&target, "code").unwrap();
    let answer = exchange(&wired, &code, &[("redirect_uri", REDIRECT)])
        .await
        .json();
    assert_eq!(answer["scope"], "ZohoCRM.modules.ALL ZohoCRM.org.READ");
    assert!(answer["refresh_token"].is_string());
    assert_eq!(
        exchange(&wired, &code, &[("redirect_uri", REDIRECT)])
            .await
            .json(),
        json!({"error": "invalid_code"})
    );

    let again = decide(
        &wired,
        &[("access_type", "offline"), ("decision", "accept")],
    )
    .await;
    let answer = exchange(
        &wired,
        &pair(&again, "code").unwrap(),
        &[("redirect_uri", REDIRECT)],
    )
    .await
    .json();
    assert_eq!(
        answer["refresh_token"],
        Value::Null,
        "without prompt=consent no second refresh token is given"
    );
}

#[tokio::test]
async fn codes_die_of_age_of_a_wrong_redirect_and_of_a_wrong_verifier() {
    let wired = Wired::start().await;
    let accept = [("decision", "accept")];
    let old = pair(&decide(&wired, &accept).await, "code").unwrap();
    wired.simulator.advance(180);
    assert_eq!(
        exchange(&wired, &old, &[("redirect_uri", REDIRECT)])
            .await
            .json()["error"],
        "invalid_code"
    );
    let other = pair(&decide(&wired, &accept).await, "code").unwrap();
    let wrong = exchange(
        &wired,
        &other,
        &[("redirect_uri", "http://elsewhere.example")],
    )
    .await;
    assert_eq!(wrong.json()["error"], "invalid_redirect_uri");

    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let proof = [
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
        ("decision", "accept"),
    ];
    for (verifier, is_right) in [("wrong", false), (verifier, true)] {
        let code = pair(&decide(&wired, &proof).await, "code").unwrap();
        let answer = exchange(
            &wired,
            &code,
            &[("redirect_uri", REDIRECT), ("code_verifier", verifier)],
        )
        .await
        .json();
        assert_eq!(answer["access_token"].is_string(), is_right, "{answer}");
    }
}

#[tokio::test]
async fn denial_and_too_many_codes_come_back_as_access_denied_and_a_wrong_client_does_not_redirect()
{
    let wired = Wired::start().await;
    assert_eq!(
        pair(&decide(&wired, &[("decision", "deny")]).await, "error").as_deref(),
        Some("access_denied")
    );
    for _ in 0..10 {
        assert!(pair(&decide(&wired, &[("decision", "accept")]).await, "code").is_some());
    }
    assert_eq!(
        pair(&decide(&wired, &[("decision", "accept")]).await, "error").as_deref(),
        Some("access_denied")
    );
    for (name, value) in [
        ("client_id", "<script>"),
        ("redirect_uri", "http://evil.example"),
        ("scope", "odd scope"),
    ] {
        let query: Vec<_> = BASE
            .iter()
            .map(|pair| if pair.0 == name { (name, value) } else { *pair })
            .collect();
        let page = got(wired
            .http
            .get(wired.url("/oauth/v2/auth"))
            .query(&query)
            .send()
            .await
            .unwrap())
        .await;
        assert_eq!(page.status, 400);
        assert!(!page.text.contains("<script>alert") && !page.text.contains("`<script>`"));
    }
}

#[tokio::test]
async fn self_clients_exchange_codes_without_a_redirect_and_use_client_credentials() {
    let wired = Wired::start().await;
    let grant = json!({"client_id": CLIENT_ID, "kind": "code", "scopes": ["ZohoCRM.org.READ"]});
    let code = wired.post("/__sim/v1/grants", &grant).await.json()["code"].clone();
    assert!(
        exchange(&wired, code.as_str().unwrap(), &[]).await.json()["refresh_token"].is_string()
    );
    let credentials = |soid: &'static str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("scope", "ZohoCRM.org.READ"),
            ("soid", soid),
        ];
        let request = wired.http.post(wired.url("/oauth/v2/token")).form(&form);
        async { got(request.send().await.unwrap()).await.json() }
    };
    let answer = credentials("ZohoCRM.60007654321").await;
    assert!(answer["access_token"].is_string() && answer["refresh_token"].is_null());
    assert_eq!(credentials("").await, json!({"error": "missing_org_info"}));
    assert_eq!(
        credentials("ZohoBooks.60007654321").await,
        json!({"error": "invalid_scope"})
    );
}
