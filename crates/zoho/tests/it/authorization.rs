//! From a granted code to the first call, and to the end of the grant.

use serde_json::{Value, json};
use zoho::oauth::{self, AuthorizationAnswer, AuthorizationUrl, CodeExchange, Pkce};
use zoho::{Client, DataCenter, SecretString, Url};
use zoho_sim::Simulator;

use crate::simulated::{simulator, url};

async fn code(simulator: &Simulator, scopes: &[&str]) -> SecretString {
    let grants = url(simulator).join("/__sim/v1/grants").unwrap();
    let wanted = json!({"client_id": "1000.LEADWAYDEMO", "kind": "code", "scopes": scopes});
    let answer = reqwest::Client::new()
        .post(grants)
        .json(&wanted)
        .send()
        .await
        .unwrap();
    let grant: Value = answer.json().await.unwrap();
    grant["code"].as_str().unwrap().into()
}

fn exchange(simulator: &Simulator, code: SecretString) -> CodeExchange {
    CodeExchange {
        accounts_url: url(simulator),
        client_id: "1000.LEADWAYDEMO".to_owned(),
        client_secret: "leadway-demo-secret".into(),
        code,
        redirect_uri: None,
        code_verifier: None,
    }
}

#[tokio::test]
async fn a_code_becomes_a_connection_with_the_granted_scopes() {
    let simulator = simulator().await;
    let code = code(&simulator, &["ZohoCRM.modules.READ", "ZohoCRM.org.READ"]).await;
    let granted = oauth::exchange_code(exchange(&simulator, code.clone()))
        .await
        .unwrap();
    assert_eq!(granted.scopes, ["ZohoCRM.modules.READ", "ZohoCRM.org.READ"]);
    assert_eq!(granted.api_domain, Some(url(&simulator)));
    let client = Client::builder(DataCenter::Us)
        .accounts_url(url(&simulator))
        .refresh_token_grant(
            "1000.LEADWAYDEMO",
            "leadway-demo-secret".into(),
            granted.refresh_token.unwrap(),
        )
        .build()
        .unwrap();
    assert_eq!(
        client.token().await.unwrap().scopes,
        ["ZohoCRM.modules.READ", "ZohoCRM.org.READ"]
    );
    client.crm().org().await.unwrap();

    let write = client
        .crm()
        .insert("Leads")
        .record(&json!({"Last_Name": "Blake"}))
        .unwrap();
    assert_eq!(
        write.send().await.unwrap_err().kind(),
        zoho::ErrorKind::Scope
    );
    let used = oauth::exchange_code(exchange(&simulator, code))
        .await
        .unwrap_err();
    assert_eq!(used.code(), Some("invalid_code"));
}

#[test]
fn the_authorization_url_carries_what_was_asked_and_the_redirect_is_read() {
    let pkce = Pkce::generate().unwrap();
    let page = AuthorizationUrl::new(
        DataCenter::In.accounts_url(),
        "1000.LEADWAYDEMO",
        "http://127.0.0.1/callback",
    )
    .scopes(["ZohoCRM.modules.ALL", "ZohoCRM.settings.READ"])
    .state("a b&c")
    .pkce(&pkce)
    .offline()
    .consent()
    .build()
    .unwrap();
    let sent: Vec<(String, String)> = page.query_pairs().into_owned().collect();
    let get = |name: &str| {
        sent.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(
        get("scope"),
        Some("ZohoCRM.modules.ALL,ZohoCRM.settings.READ")
    );
    assert_eq!(
        (get("state"), get("prompt"), get("access_type")),
        (Some("a b&c"), Some("consent"), Some("offline"))
    );
    assert_eq!(get("code_challenge"), Some(pkce.challenge().as_str()));
    let redirect =
        Url::parse("http://127.0.0.1/callback?state=a+b%26c&code=1000.x.y&location=us").unwrap();
    let answer = AuthorizationAnswer::from_query(redirect.query().unwrap(), "a b&c").unwrap();
    assert_eq!(answer.data_center, Some(DataCenter::Us));
}
