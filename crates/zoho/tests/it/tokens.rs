//! The access token's life, against scripted accounts servers.

use std::time::Duration;

use futures_util::future::join_all;
use zoho::oauth::{self, CodeExchange};
use zoho::policy::RetryPolicy;
use zoho::{Client, ErrorKind};

use crate::scripted::{Scripted, Step, json};

const COUNT: &str = r#"{"count":7}"#;
const INVALID: &str =
    r#"{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}"#;
const THROTTLED: &str = r#"{"error_description":"You have made too many requests continuously. Please try again after some time.","error":"Access Denied","status":"failure"}"#;

async fn count(client: &Client) -> Result<u64, zoho::Error> {
    client.crm().count("Leads").await
}

#[tokio::test]
async fn a_turned_down_token_is_refreshed_once_and_the_call_repeated_once() {
    let server = Scripted::start()
        .await
        .api(json(401, INVALID))
        .api(json(200, COUNT));
    let client = server
        .builder()
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap();
    assert_eq!(count(&client).await.unwrap(), 7);
    assert_eq!((server.token_calls(), server.api_calls()), (2, 2));
    let heads: Vec<String> = server
        .requests("/crm/")
        .into_iter()
        .map(|request| request.head)
        .collect();
    assert!(
        heads[0].contains("Zoho-oauthtoken scripted-access-1")
            && heads[1].contains("Zoho-oauthtoken scripted-access-2")
    );
}

#[tokio::test]
async fn a_token_that_is_turned_down_twice_is_an_error() {
    let server = Scripted::start()
        .await
        .api(json(401, INVALID))
        .api(json(401, INVALID))
        .api(json(200, COUNT));
    let error = count(&server.client()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Token, Some("INVALID_TOKEN"))
    );
    assert_eq!((server.token_calls(), server.api_calls()), (2, 2));
}

#[tokio::test]
async fn a_missing_scope_is_not_answered_with_a_refresh() {
    let mismatch =
        r#"{"code":"OAUTH_SCOPE_MISMATCH","details":{},"message":"Unauthorized","status":"error"}"#;
    let server = Scripted::start().await.api(json(401, mismatch));
    assert_eq!(
        count(&server.client()).await.unwrap_err().kind(),
        ErrorKind::Scope
    );
    assert_eq!((server.token_calls(), server.api_calls()), (1, 1));
}

#[tokio::test]
async fn a_throttled_accounts_server_is_left_alone() {
    for status in [400, 200] {
        let server = Scripted::start().await.token(json(status, THROTTLED));
        let client = server.client();
        let first = count(&client).await.unwrap_err();
        let second = count(&client).await.unwrap_err();
        for error in [first, second] {
            assert_eq!(
                (error.kind(), error.code()),
                (ErrorKind::ThrottledToken, Some("Access Denied"))
            );
            let wait = error.retry_after().unwrap();
            assert!(
                wait > Duration::from_secs(500) && wait <= Duration::from_secs(600),
                "{wait:?}"
            );
        }
        assert_eq!((server.token_calls(), server.api_calls()), (1, 0));
    }
}

#[tokio::test]
async fn a_dead_refresh_token_is_asked_about_once_however_many_wait() {
    let server = Scripted::start()
        .await
        .token(json(200, r#"{"error":"invalid_code"}"#));
    let client = server.client();
    let errors = join_all((0..50).map(|_| count(&client))).await;
    assert!(
        errors
            .iter()
            .all(|result| result.as_ref().is_err_and(zoho::Error::needs_consent))
    );
    assert_eq!((server.token_calls(), server.api_calls()), (1, 0));
}

#[tokio::test]
async fn a_refresh_that_fails_on_the_way_is_repeated() {
    let server = Scripted::start()
        .await
        .token(Step::Close)
        .token(json(502, "<html>Bad Gateway</html>"))
        .api(json(200, COUNT));
    assert_eq!(count(&server.client()).await.unwrap(), 7);
    assert_eq!((server.token_calls(), server.api_calls()), (3, 1));
}

#[tokio::test]
async fn the_token_s_facts_are_told_without_its_text() {
    let server = Scripted::start().await;
    let client = server.client();
    assert_eq!(client.api_domain(), None);
    let info = client.token().await.unwrap();
    assert_eq!(info.scopes, ["ZohoCRM.modules.ALL"]);
    assert_eq!(info.api_domain, server.url());
    assert!(info.expires_in > Duration::from_secs(3500));
    assert_eq!(client.api_domain(), Some(server.url()));
    assert!(!format!("{info:?} {client:?}").contains("scripted-access"));
}

#[tokio::test]
async fn an_api_domain_elsewhere_is_obeyed_and_an_override_wins() {
    let api = Scripted::start()
        .await
        .api(json(200, COUNT))
        .api(json(200, COUNT));
    let origin = api.url();
    let token = format!(r#"{{"access_token":"a","api_domain":"{origin}","expires_in":3600}}"#);
    let accounts = Scripted::start().await.token(json(200, token));
    assert_eq!(count(&accounts.client()).await.unwrap(), 7);
    let fixed = Scripted::start()
        .await
        .builder()
        .api_domain(origin)
        .build()
        .unwrap();
    assert_eq!(count(&fixed).await.unwrap(), 7);
    assert_eq!((accounts.api_calls(), api.api_calls()), (0, 2));
}

#[tokio::test]
async fn a_code_is_exchanged_in_one_form_post() {
    let answer = r#"{"access_token":"a","refresh_token":"r","scope":"ZohoCRM.modules.ALL","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600}"#;
    let server = Scripted::start()
        .await
        .token(json(200, answer))
        .token(json(200, r#"{"error":"invalid_code"}"#));
    let exchange = || CodeExchange {
        accounts_url: server.url(),
        client_id: "1000.A".to_owned(),
        client_secret: "s".into(),
        code: "1000.a+b".into(),
        redirect_uri: Some("https://gateway.example/callback".to_owned()),
        code_verifier: Some("v".into()),
    };
    let granted = oauth::exchange_code(exchange()).await.unwrap();
    assert_eq!(
        granted.api_domain.unwrap().as_str(),
        "https://www.zohoapis.eu/"
    );
    assert!(granted.refresh_token.is_some());
    assert!(
        oauth::exchange_code(exchange())
            .await
            .unwrap_err()
            .needs_consent()
    );
    insta::assert_snapshot!(server.requests("/oauth")[0].body, @"grant_type=authorization_code&client_id=1000.A&client_secret=s&code=1000.a%2Bb&redirect_uri=https%3A%2F%2Fgateway.example%2Fcallback&code_verifier=v");
}
