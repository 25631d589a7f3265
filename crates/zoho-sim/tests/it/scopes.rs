//! Tokens and scopes of API calls.

use serde_json::{Value, json};

use crate::support::{Wired, got};

async fn code(wired: &Wired, path: &str, authorization: Option<&str>) -> (u16, Value) {
    let mut request = wired.http.get(wired.url(path));
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    let got = got(request.send().await.unwrap()).await;
    (got.status.as_u16(), got.json()["code"].clone())
}

#[tokio::test]
async fn tokens_are_needed_known_and_wide_enough() {
    let wired = Wired::start().await;
    let org = "/crm/v8/org";
    assert_eq!(
        code(&wired, org, None).await,
        (401, json!("AUTHENTICATION_FAILURE"))
    );
    assert_eq!(
        code(&wired, org, Some("Zoho-oauthtoken 1000.x.y")).await,
        (401, json!("INVALID_TOKEN"))
    );
    assert_eq!(
        code(&wired, org, Some(&format!("Bearer {}", wired.token)))
            .await
            .0,
        200
    );
    let narrow = wired.token_with(&["ZohoCRM.modules.leads.READ"]).await;
    let narrow = format!("Zoho-oauthtoken {narrow}");
    assert_eq!(
        code(&wired, org, Some(&narrow)).await,
        (401, json!("OAUTH_SCOPE_MISMATCH"))
    );
    let accounts = "/crm/v8/Accounts?fields=id";
    assert_eq!(
        code(&wired, accounts, Some(&narrow)).await,
        (401, json!("OAUTH_SCOPE_MISMATCH"))
    );
    let search = "/crm/v8/Leads/search?word=abc";
    assert_eq!(
        code(&wired, search, Some(&narrow)).await,
        (401, json!("OAUTH_SCOPE_MISMATCH"))
    );
}

#[tokio::test]
async fn tokens_end_after_an_hour_and_when_revoked() {
    let wired = Wired::start().await;
    wired.simulator.advance(3_600);
    assert_eq!(
        wired.get("/crm/v8/org").await.json()["code"],
        "INVALID_TOKEN"
    );
    let token = wired.refresh().await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let wired = Wired { token, ..wired };
    assert_eq!(wired.get("/crm/v8/org").await.status, 200);
    let revoke = |token: &'static str| {
        let request = wired
            .http
            .post(wired.url("/oauth/v2/token/revoke"))
            .query(&[("token", token)]);
        async { got(request.send().await.unwrap()).await }
    };
    assert_eq!(
        revoke(crate::support::REFRESH_TOKEN).await.json(),
        json!({"status": "success"})
    );
    assert_eq!(
        wired.get("/crm/v8/org").await.json()["code"],
        "INVALID_TOKEN"
    );
    assert_eq!(revoke(crate::support::REFRESH_TOKEN).await.status, 400);
    assert_eq!(
        wired.refresh().await.json(),
        json!({"error": "invalid_code"})
    );
}
