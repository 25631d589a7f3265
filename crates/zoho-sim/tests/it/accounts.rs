//! Tokens, codes, consent, revocation, scopes.

use reqwest::multipart::Form;
use serde_json::json;

use crate::support::{CLIENT_ID, CLIENT_SECRET, Got, REFRESH_TOKEN, Wired, got};

async fn token(wired: &Wired, form: &[(&str, &str)]) -> Got {
    got(wired
        .http
        .post(wired.url("/oauth/v2/token"))
        .form(form)
        .send()
        .await
        .unwrap())
    .await
}

const REFRESH: [(&str, &str); 4] = [
    ("grant_type", "refresh_token"),
    ("client_id", CLIENT_ID),
    ("client_secret", CLIENT_SECRET),
    ("refresh_token", REFRESH_TOKEN),
];

#[tokio::test]
async fn a_token_answer_has_the_documented_keys_and_our_own_origin() {
    let wired = Wired::start().await;
    let body = wired.refresh().await.json();
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "access_token",
            "scope",
            "api_domain",
            "token_type",
            "expires_in"
        ]
    );
    assert_eq!(body["api_domain"], json!(wired.simulator.url()));
    assert_eq!(
        (body["token_type"].as_str(), body["expires_in"].as_u64()),
        (Some("Bearer"), Some(3600))
    );
}

#[tokio::test]
async fn tokens_are_given_in_all_three_encodings() {
    let wired = Wired::start().await;
    let url = wired.url("/oauth/v2/token");
    let query = wired.http.post(&url).query(&REFRESH).send().await.unwrap();
    assert!(got(query).await.json()["access_token"].is_string());
    let multipart = REFRESH
        .iter()
        .fold(Form::new(), |form, (name, value)| form.text(*name, *value));
    let multipart = wired
        .http
        .post(&url)
        .multipart(multipart)
        .send()
        .await
        .unwrap();
    assert!(got(multipart).await.json()["access_token"].is_string());
    let bare = format!(
        "grant_type=refresh_token&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}&refresh_token={REFRESH_TOKEN}"
    );
    let bare = wired.http.post(&url).body(bare).send().await.unwrap();
    assert!(got(bare).await.json()["access_token"].is_string());
}

#[tokio::test]
async fn refusals_come_with_status_200_and_an_error_key() {
    let wired = Wired::start().await;
    for (change, error) in [
        (("client_id", "1000.NOBODY"), "invalid_client"),
        (("client_secret", "wrong"), "invalid_client_secret"),
        (("refresh_token", "1000.gone"), "invalid_code"),
        (("grant_type", "password"), "unsupported_grant_type"),
    ] {
        let form: Vec<_> = REFRESH
            .iter()
            .map(|pair| if pair.0 == change.0 { change } else { *pair })
            .collect();
        let got = token(&wired, &form).await;
        assert_eq!(
            (got.status.as_u16(), got.json()),
            (200, json!({"error": error}))
        );
    }
}

#[tokio::test]
async fn the_eleventh_token_in_ten_minutes_is_denied_and_given_again_later() {
    let wired = Wired::start().await;
    for _ in 0..9 {
        assert!(wired.refresh().await.json()["access_token"].is_string());
    }
    let denied = wired.refresh().await;
    assert_eq!(
        (denied.status.as_u16(), denied.json()["error"].as_str()),
        (400, Some("Access Denied"))
    );
    wired
        .post("/__sim/v1/clock/advance", &json!({"seconds": 601}))
        .await;
    assert!(wired.refresh().await.json()["access_token"].is_string());
}
