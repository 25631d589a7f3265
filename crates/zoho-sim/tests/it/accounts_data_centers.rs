//! Several data centers at once: users, clients, tokens and records live in one of them.

use reqwest::Url;
use serde_json::{Value, json};
use zoho_sim::{Config, DataCenter, Site};

use crate::support::{CLIENT_ID, CLIENT_SECRET, Got, REFRESH_TOKEN, Wired, got};

const REDIRECT: &str = "http://127.0.0.1:8080/connections/callback";

fn eu() -> DataCenter {
    "eu".parse().unwrap()
}

async fn two() -> (Wired, String) {
    let config = Config {
        further: vec![Site::new(eu())],
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let eu = wired.simulator.url_of(eu().into()).unwrap();
    (wired, eu)
}

async fn token(wired: &Wired, server: &str, form: &[(&str, &str)]) -> Value {
    let request = wired.http.post(format!("{server}/oauth/v2/token"));
    got(request.form(form).send().await.unwrap()).await.json()
}

async fn exchange(wired: &Wired, server: &str, secret: &str, code: &str) -> Value {
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("client_secret", secret),
        ("redirect_uri", REDIRECT),
        ("code", code),
    ];
    token(wired, server, &form).await
}

async fn org(wired: &Wired, server: &str, token: &str) -> Got {
    let request = wired.http.get(format!("{server}/crm/v8/org"));
    got(request.bearer_auth(token).send().await.unwrap()).await
}

/// Accepts as the user of a data center and gives the redirect's parameters.
async fn accept(wired: &Wired, user: &str) -> Result<Vec<(String, String)>, Got> {
    let form = [
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "ZohoCRM.org.READ"),
        ("access_type", "offline"),
        ("decision", "accept"),
        ("user", user),
    ];
    let request = wired.http.post(wired.url("/oauth/v2/auth")).form(&form);
    let got = got(request.send().await.unwrap()).await;
    if got.status != 302 {
        return Err(got);
    }
    let target = Url::parse(got.headers["location"].to_str().unwrap()).unwrap();
    Ok(target.query_pairs().into_owned().collect())
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    let found = pairs.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Switches the demo client on for eu, with a secret of its own there.
async fn switch_on(wired: &Wired) {
    let client = json!({
        "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [REDIRECT], "elsewhere": {"eu": "secret-of-eu"},
    });
    assert_eq!(wired.post("/__sim/v1/clients", &client).await.status, 201);
}

#[tokio::test]
async fn a_client_and_its_tokens_exist_at_home_only() {
    let (wired, eu) = two().await;
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", REFRESH_TOKEN),
    ];
    assert_eq!(
        token(&wired, &eu, &form).await,
        json!({"error": "invalid_client"})
    );
    let got = org(&wired, &eu, &wired.token).await;
    assert_eq!(
        (got.status.as_u16(), got.json()["code"].as_str()),
        (401, Some("INVALID_TOKEN"))
    );
    let refused = accept(&wired, "eve.holm@eu.example").await.unwrap_err();
    assert!(
        refused.status == 400 && refused.text.contains("data center eu"),
        "{}",
        refused.text
    );

    switch_on(&wired).await;
    let form = form.map(|pair| {
        if pair.0 == "client_secret" {
            (pair.0, "secret-of-eu")
        } else {
            pair
        }
    });
    assert_eq!(
        token(&wired, &eu, &form).await,
        json!({"error": "invalid_code"}),
        "the refresh token lives in us"
    );
}

#[tokio::test]
async fn the_redirect_tells_where_the_user_lives_and_only_there_the_code_is_good() {
    let (wired, eu) = two().await;
    switch_on(&wired).await;
    let pairs = accept(&wired, "eve.holm@eu.example").await.unwrap();
    assert_eq!(
        (value(&pairs, "location"), value(&pairs, "accounts-server")),
        ("eu".to_owned(), eu.clone())
    );
    let code = value(&pairs, "code");
    let us = wired.simulator.url();
    assert_eq!(
        exchange(&wired, &us, CLIENT_SECRET, &code).await,
        json!({"error": "invalid_code"})
    );
    assert_eq!(
        exchange(&wired, &eu, CLIENT_SECRET, &code).await,
        json!({"error": "invalid_client_secret"})
    );
    let answer = exchange(&wired, &eu, "secret-of-eu", &code).await;
    assert_eq!(answer["api_domain"], json!(eu));
    let token = answer["access_token"].as_str().unwrap();
    let own = org(&wired, &eu, token).await.json();
    assert_eq!(own["org"][0]["company_name"], "Elsewhere EU");
    assert_eq!(
        org(&wired, &us, token).await.json()["code"],
        "INVALID_TOKEN"
    );

    let pairs = accept(&wired, "ada.ray@leadway.example").await.unwrap();
    assert_eq!(
        (value(&pairs, "location"), value(&pairs, "accounts-server")),
        ("us".to_owned(), us)
    );
}

#[tokio::test]
async fn every_data_center_knows_the_others_and_all_start_again_together() {
    let (wired, eu) = two().await;
    let us = wired.simulator.url();
    let info = got(wired
        .http
        .get(format!("{eu}/oauth/serverinfo"))
        .send()
        .await
        .unwrap())
    .await;
    assert_eq!(
        info.json(),
        json!({"result": "success", "locations": {"us": us, "eu": eu}})
    );
    let listed = wired.get("/__sim/v1/data_centers").await.json();
    assert_eq!(
        listed["data_centers"][1]["users"][0]["email"],
        "eve.holm@eu.example"
    );
    assert_eq!(listed["data_centers"][1]["url"], json!(eu));

    switch_on(&wired).await;
    let reset = wired
        .http
        .post(format!("{eu}/__sim/v1/reset"))
        .send()
        .await
        .unwrap();
    assert_eq!(reset.status(), 200);
    let clients = got(wired
        .http
        .get(format!("{eu}/__sim/v1/clients"))
        .send()
        .await
        .unwrap())
    .await;
    assert_eq!(clients.json(), json!({"clients": []}));
    assert_eq!(
        org(&wired, &us, &wired.token).await.json()["code"],
        "INVALID_TOKEN"
    );
}

#[tokio::test]
async fn host_names_tell_data_centers_apart_on_one_port() {
    let site = Site {
        host: Some("eu.sim.test".to_owned()),
        ..Site::new(eu())
    };
    let config = Config {
        further: vec![site],
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let port = wired.simulator.address().port();
    assert_eq!(
        wired.simulator.url_of(eu().into()),
        Some(format!("http://eu.sim.test:{port}"))
    );
    let health = async |host: String| {
        let request = wired
            .http
            .get(wired.url("/__sim/v1/health"))
            .header("Host", host);
        got(request.send().await.unwrap()).await.json()["data_center"].clone()
    };
    assert_eq!(health(format!("eu.sim.test:{port}")).await, "eu");
    assert_eq!(health(format!("127.0.0.1:{port}")).await, "us");
    assert_eq!(
        health("www.zohoapis.eu".to_owned()).await,
        "eu",
        "Zoho's own names are known"
    );
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", REFRESH_TOKEN),
    ];
    let request = wired
        .http
        .post(wired.url("/oauth/v2/token"))
        .header("Host", "accounts.zoho.com");
    let answer = got(request.form(&form).send().await.unwrap()).await.json();
    assert_eq!(answer["api_domain"], "http://www.zohoapis.com");
}

#[tokio::test]
async fn grants_are_made_where_their_user_lives() {
    let (wired, eu) = two().await;
    switch_on(&wired).await;
    let grant = json!({"client_id": CLIENT_ID, "kind": "refresh_token", "scopes": ["ZohoCRM.org.READ"], "user": "eve.holm@eu.example"});
    let answer = wired.post("/__sim/v1/grants", &grant).await.json();
    assert_eq!(answer["data_center"], "eu");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", "secret-of-eu"),
        ("refresh_token", answer["refresh_token"].as_str().unwrap()),
    ];
    assert!(token(&wired, &eu, &form).await["access_token"].is_string());
}

#[tokio::test]
async fn a_snapshot_holds_the_tokens_of_every_data_center() {
    let (wired, eu) = two().await;
    switch_on(&wired).await;
    let code = value(
        &accept(&wired, "eve.holm@eu.example").await.unwrap(),
        "code",
    );
    let before = wired.simulator.snapshot().unwrap();
    let first = exchange(&wired, &eu, "secret-of-eu", &code).await;
    let used = exchange(&wired, &eu, "secret-of-eu", &code).await;
    assert_eq!(used, json!({"error": "invalid_code"}));
    wired.simulator.restore(&before).unwrap();
    let second = exchange(&wired, &eu, "secret-of-eu", &code).await;
    assert_eq!(
        second["access_token"], first["access_token"],
        "the code is good again, and chance goes on from there"
    );
}
