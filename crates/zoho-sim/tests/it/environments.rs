//! Sandboxes and developers' organisations: an API of their own, with tokens from the accounts server of their data center.

use reqwest::Url;
use serde_json::{Value, json};
use zoho_sim::{Config, Seed, Simulator, Site, SiteName, StartError};

use crate::support::{CLIENT_ID, CLIENT_SECRET, Got, Wired, got};

const REDIRECT: &str = "http://127.0.0.1:8080/connections/callback";

fn site(name: &str) -> SiteName {
    name.parse().unwrap()
}

async fn three() -> Wired {
    let mut seed: Value = serde_json::from_str(include_str!("../../src/seeds/demo.json")).unwrap();
    seed["fields"] = json!({"Leads": [{"api_name": "Own_Number", "data_type": "integer"}]});
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    let beside = ["us-sandbox", "us-developer"].map(|name| Site::beside(&seed, site(name)));
    let config = Config {
        further: beside.to_vec(),
        seed,
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let client = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [REDIRECT]});
    assert_eq!(wired.post("/__sim/v1/clients", &client).await.status, 201);
    wired
}

async fn call(wired: &Wired, url: &str, token: &str) -> Got {
    let request = wired.http.get(url).bearer_auth(token);
    got(request.send().await.unwrap()).await
}

async fn token(wired: &Wired, server: &str, form: &[(&str, &str)]) -> Got {
    let client = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)];
    let form: Vec<_> = form.iter().chain(&client).collect();
    let request = wired.http.post(format!("{server}/oauth/v2/token"));
    got(request.form(&form).send().await.unwrap()).await
}

/// The key of the person who can choose an environment on the consent page.
async fn person(wired: &Wired, environment: &str) -> (String, String) {
    let listed = wired.get("/__sim/v1/data_centers").await.json();
    let all = listed["data_centers"].as_array().unwrap().clone();
    let found = all.iter().find(|one| one["environment"] == environment);
    let found = found.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&found["users"][0]["user"]), text(&found["url"]))
}

#[tokio::test]
async fn a_grant_belongs_to_the_environment_that_was_chosen() {
    let wired = three().await;
    let us = wired.simulator.url();
    for environment in ["sandbox", "developer"] {
        let (user, own) = person(&wired, environment).await;
        assert_eq!(
            wired.simulator.url_of(site(&format!("us-{environment}"))),
            Some(own.clone())
        );
        let form = [
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            (
                "scope",
                "ZohoCRM.org.READ,ZohoCRM.modules.ALL,ZohoCRM.coql.READ",
            ),
            ("access_type", "offline"),
            ("decision", "accept"),
            ("user", &user),
        ];
        let request = wired.http.post(wired.url("/oauth/v2/auth")).form(&form);
        let redirect = got(request.send().await.unwrap()).await;
        let target = Url::parse(redirect.headers["location"].to_str().unwrap()).unwrap();
        let value = |name: &str| {
            let mut pairs = target.query_pairs();
            pairs
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
                .unwrap()
        };
        assert_eq!(
            (value("location").as_str(), value("accounts-server")),
            ("us", us.clone())
        );

        let code = value("code");
        let exchange = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", REDIRECT),
            ("code", &code),
        ];
        let at_api_host = token(&wired, &own, &exchange).await;
        assert_eq!(at_api_host.status, 404, "an API host gives no tokens");
        let answer = token(&wired, &us, &exchange).await.json();
        assert_eq!(answer["api_domain"], json!(own), "{answer}");
        let refresh = [
            ("grant_type", "refresh_token"),
            ("refresh_token", answer["refresh_token"].as_str().unwrap()),
        ];
        let answer = token(&wired, &us, &refresh).await.json();
        assert_eq!(answer["api_domain"], json!(own), "{answer}");

        let access = answer["access_token"].as_str().unwrap();
        let org = call(&wired, &format!("{own}/crm/v8/org"), access)
            .await
            .json();
        assert_eq!(org["org"][0]["type"], environment);
        let wrong = call(&wired, &format!("{us}/crm/v8/org"), access).await;
        assert_eq!(
            (wrong.status.as_u16(), wrong.json()["code"].as_str()),
            (401, Some("INVALID_TOKEN"))
        );
        let wrong = call(&wired, &format!("{own}/crm/v8/org"), &wired.token).await;
        assert_eq!(
            wrong.json()["code"],
            "INVALID_TOKEN",
            "a token of production"
        );

        let lead = json!({"data": [{"Last_Name": "Probe"}]});
        let made = wired
            .http
            .post(format!("{own}/crm/v8/Leads"))
            .bearer_auth(access)
            .json(&lead);
        assert_eq!(made.send().await.unwrap().status(), 201);
        assert_eq!(
            wired.simulator.count("Leads").unwrap(),
            0,
            "production has its own records"
        );
    }
}

#[tokio::test]
async fn tokens_of_a_sandbox_are_revoked_introspected_and_asked_by_organisation_at_the_accounts_server()
 {
    let wired = three().await;
    let us = wired.simulator.url();
    let (user, own) = person(&wired, "sandbox").await;
    let grant = json!({"client_id": CLIENT_ID, "kind": "refresh_token", "scopes": ["ZohoCRM.org.READ"], "user": user});
    let granted = wired.post("/__sim/v1/grants", &grant).await.json();
    let refresh_token = granted["refresh_token"].as_str().unwrap().to_owned();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &refresh_token),
    ];
    let answer = token(&wired, &us, &refresh).await.json();
    let access = answer["access_token"].as_str().unwrap().to_owned();
    let look = wired.http.post(format!("{us}/oauth/v2/introspect"));
    let look = look
        .basic_auth(CLIENT_ID, Some(CLIENT_SECRET))
        .form(&[("token", &access)]);
    assert_eq!(got(look.send().await.unwrap()).await.json()["active"], true);

    let org = call(&wired, &format!("{own}/crm/v8/org"), &access)
        .await
        .json();
    let soid = format!("ZohoCRM.{}", org["org"][0]["zgid"].as_str().unwrap());
    let own_client = [
        ("grant_type", "client_credentials"),
        ("scope", "ZohoCRM.org.READ"),
        ("soid", &soid),
    ];
    let answer = token(&wired, &us, &own_client).await.json();
    assert_eq!(answer["api_domain"], json!(own), "{answer}");

    let revoke = wired
        .http
        .post(format!("{us}/oauth/v2/token/revoke"))
        .form(&[("token", &refresh_token)]);
    assert_eq!(revoke.send().await.unwrap().status(), 200);
    let ended = call(&wired, &format!("{own}/crm/v8/org"), &access).await;
    assert_eq!(ended.status, 401);
}

#[tokio::test]
async fn a_sandbox_has_the_settings_of_production_and_a_developer_only_its_users() {
    let wired = three().await;
    let us = wired.simulator.url();
    let fields = |environment: &'static str| {
        let (wired, us) = (&wired, us.clone());
        async move {
            let (user, own) = person(wired, environment).await;
            let grant = json!({"client_id": CLIENT_ID, "kind": "refresh_token", "scopes": ["ZohoCRM.settings.ALL"], "user": user});
            let granted = wired.post("/__sim/v1/grants", &grant).await.json();
            let refresh = [
                ("grant_type", "refresh_token"),
                ("refresh_token", granted["refresh_token"].as_str().unwrap()),
            ];
            let answer = token(wired, &us, &refresh).await.json();
            let url = format!("{own}/crm/v8/settings/fields?module=Leads");
            let got = call(wired, &url, answer["access_token"].as_str().unwrap())
                .await
                .json();
            let all = got["fields"].as_array().unwrap().clone();
            all.iter()
                .filter(|field| field["custom_field"] == true)
                .count()
        }
    };
    let production = fields("production").await;
    assert_eq!(production, 1);
    assert_eq!(fields("sandbox").await, 1);
    assert_eq!(fields("developer").await, 0);
}

#[tokio::test]
async fn by_names_of_zoho_each_environment_has_its_host() {
    let wired = three().await;
    let (user, own) = person(&wired, "sandbox").await;
    let grant = json!({"client_id": CLIENT_ID, "kind": "refresh_token", "scopes": ["ZohoCRM.org.READ"], "user": user});
    let granted = wired.post("/__sim/v1/grants", &grant).await.json();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", granted["refresh_token"].as_str().unwrap()),
    ];
    // Whatever listener the machine's table of hosts leads to, the name decides.
    let request = wired
        .http
        .post(format!("{own}/oauth/v2/token"))
        .header("host", "accounts.zoho.com");
    let answer = got(request.form(&form).send().await.unwrap()).await.json();
    assert_eq!(
        answer["api_domain"], "http://sandbox.zohoapis.com",
        "{answer}"
    );
}

#[tokio::test]
async fn an_environment_needs_its_production_and_is_there_once() {
    let start = |names: &'static [&'static str]| async move {
        let further = names
            .iter()
            .map(|name| Site::beside(&Seed::demo(), site(name)));
        let config = Config {
            further: further.collect(),
            ..Config::default()
        };
        Simulator::start(config).await.unwrap_err()
    };
    let alone = start(&["eu-sandbox"]).await;
    assert!(matches!(alone, StartError::Alone(_)));
    assert!(alone.to_string().contains("name eu before it"), "{alone}");
    let twice = start(&["us-sandbox", "us-sandbox"]).await;
    assert!(
        twice.to_string().contains("us-sandbox is there twice"),
        "{twice}"
    );
}
