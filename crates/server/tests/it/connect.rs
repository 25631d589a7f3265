//! Connecting Zoho through the public doors: consent, denial, forgery, codes, tokens, scopes, and the end.

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::Simulator;

use crate::world::{Answer, World, eventually};

const SECRET: &str = "leadway-demo-secret";
const REFRESH_TOKEN: &str = "1000.leadway-demo-refresh";

pub(crate) async fn simulator() -> Simulator {
    Simulator::start(zoho_sim::Config::default()).await.unwrap()
}

/// Registers the gateway's redirect URI at the simulated Zoho.
pub(crate) async fn register(simulator: &Simulator, redirect_uri: &str) {
    control(
        simulator,
        "clients",
        json!({"client_id": "1000.LEADWAYDEMO", "client_secret": SECRET, "redirect_uris": [redirect_uri]}),
    )
    .await;
}

pub(crate) async fn control(simulator: &Simulator, path: &str, body: Value) -> Value {
    let url = format!("{}/__sim/v1/{path}", simulator.url());
    let answer = reqwest::Client::new().post(url).json(&body).send().await;
    let answer = answer.unwrap();
    assert!(answer.status().is_success(), "{path}: {answer:?}");
    answer.json().await.unwrap()
}

pub(crate) fn connection(simulator: &Simulator, name: &str) -> Value {
    json!({
        "name": name, "data_center": "us", "client_id": "1000.LEADWAYDEMO", "client_secret": SECRET,
        "accounts_url": simulator.url(), "nickname": "Sales", "owner": "customer-7",
    })
}

/// Adds a connection without a refresh token.
async fn added(world: &World, simulator: &Simulator) {
    register(simulator, &format!("{}/oauth/callback", world.base)).await;
    let answer = world
        .api(
            Method::POST,
            "connections",
            Some(connection(simulator, "main")),
        )
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json()["state"], "needs_consent");
    assert_eq!(answer.json()["owner"], "customer-7");
    assert!(!answer.text.contains(SECRET));
}

async fn begun(world: &World) -> Value {
    let answer = world
        .api(Method::POST, "connections/main/authorizations", None)
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

/// Decides on Zoho's page; gives the address that the browser is sent to.
pub(crate) async fn decide(world: &World, url: &str, decision: &str) -> String {
    let url = reqwest::Url::parse(url).unwrap();
    let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    form.push(("decision".to_owned(), decision.to_owned()));
    let mut target = url.clone();
    target.set_query(None);
    let answer = world.send(world.client.post(target).form(&form)).await;
    assert!((300..400).contains(&answer.status), "{}", answer.text);
    answer.header("location").to_owned()
}

async fn come_back(world: &World, location: &str) -> Answer {
    world.send(world.client.get(location)).await
}

async fn state(world: &World) -> Value {
    world
        .api(Method::GET, "connections/main", None)
        .await
        .json()
}

#[tokio::test]
async fn a_person_consents_and_the_connection_is_in_force() {
    let (simulator, world) = (simulator().await, World::start().await);
    added(&world, &simulator).await;
    let begun = begun(&world).await;
    let url = begun["url"].as_str().unwrap();
    for part in [
        "access_type=offline",
        "prompt=consent",
        "code_challenge_method=S256",
        "response_type=code",
    ] {
        assert!(url.contains(part), "{part} is not in {url}");
    }
    assert!(!url.contains(SECRET));
    let page = come_back(&world, &decide(&world, url, "accept").await).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("Zoho is connected"), "{}", page.text);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let shown = state(&world).await;
    assert_eq!(shown["state"], "ready", "{shown}");
    assert_eq!(shown["granted_scopes"], begun["scopes"]);
    assert_eq!(shown["tokens"]["refresh_tokens"], 1);
    assert_eq!(
        shown["tokens"]["token_calls_10m"], 0,
        "the code brought a token along"
    );
    let findings = world
        .api(Method::GET, "connections/main/doctor", None)
        .await
        .json();
    let failed: Vec<&Value> = findings
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] != "ok")
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
    let events = world
        .api(Method::GET, "connections/main/events", None)
        .await
        .json();
    assert_eq!(events[0]["kind"], "granted", "{events}");
}

#[tokio::test]
async fn a_denial_is_told_in_plain_words_and_changes_nothing() {
    let (simulator, world) = (simulator().await, World::start().await);
    added(&world, &simulator).await;
    let begun = begun(&world).await;
    let location = decide(&world, begun["url"].as_str().unwrap(), "deny").await;
    let page = come_back(&world, &location).await;
    assert_eq!(page.status, 400);
    assert!(
        page.text.contains("access was not granted"),
        "{}",
        page.text
    );
    assert_eq!(state(&world).await["state"], "needs_consent");
}

#[tokio::test]
async fn forged_used_and_foreign_answers_are_refused() {
    let (simulator, world) = (simulator().await, World::start().await);
    added(&world, &simulator).await;
    let own = begun(&world).await;
    let location = decide(&world, own["url"].as_str().unwrap(), "accept").await;
    let state_of_own = own["state"].as_str().unwrap();

    for query in [
        "",
        "code=1000.a.b",
        "code=1000.a.b&state=",
        "state=0123456789abcdef&code=1000.a.b&location=us",
        "state=%ff%00&code=%00",
    ] {
        let page = world.get(&format!("/oauth/callback?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert!(
            page.text.contains("no authorization that was begun here"),
            "{}",
            page.text
        );
    }
    // The forgeries have not used up the real one.
    assert_eq!(come_back(&world, &location).await.status, 200);
    // It serves once.
    let again = come_back(&world, &location).await;
    assert!(again.text.contains("no authorization"), "{}", again.text);
    assert!(!again.text.contains(state_of_own));

    let begun = begun(&world).await;
    let state = begun["state"].as_str().unwrap();
    let foreign = format!(
        "/oauth/callback?state={state}&code=1000.a.b&location=us&accounts-server=https%3A%2F%2Fevil.example"
    );
    let page = world.get(&foreign).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("none of Zoho"), "{}", page.text);
}

#[tokio::test]
async fn a_self_client_s_code_and_a_pasted_token_connect_too() {
    let (simulator, world) = (simulator().await, World::start().await);
    added(&world, &simulator).await;
    let grants = "connections/main/grants";
    let wrong = world
        .api(
            Method::POST,
            grants,
            Some(json!({"code": "1000.wrong.code"})),
        )
        .await;
    assert_eq!(
        (wrong.status, wrong.problem()["code"].as_str()),
        (422, Some("zoho_refused"))
    );
    assert!(!wrong.text.contains("1000.wrong.code"), "{}", wrong.text);
    assert_eq!(state(&world).await["state"], "needs_consent");
    for body in [json!({}), json!({"code": "a", "refresh_token": "b"})] {
        let answer = world.api(Method::POST, grants, Some(body)).await;
        assert_eq!(answer.problem()["code"], "wrong_grant");
    }

    let made = json!({"client_id": "1000.LEADWAYDEMO", "kind": "code", "scopes": ["ZohoCRM.modules.ALL", "ZohoCRM.org.READ"]});
    let code = control(&simulator, "grants", made).await["code"].clone();
    let connected = world
        .api(Method::POST, grants, Some(json!({"code": code})))
        .await;
    assert_eq!(connected.status, 201, "{}", connected.text);
    assert_eq!(connected.json()["kind"], "self_client");
    assert_eq!(state(&world).await["state"], "ready");

    let wrong = world
        .api(
            Method::POST,
            grants,
            Some(json!({"refresh_token": "1000.nonsense"})),
        )
        .await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
    assert_eq!(
        state(&world).await["state"],
        "ready",
        "the one before stays"
    );
    let connected = world
        .api(
            Method::POST,
            grants,
            Some(json!({"refresh_token": REFRESH_TOKEN})),
        )
        .await;
    assert_eq!(connected.json()["kind"], "pasted", "{}", connected.text);
    let shown = world.api(Method::GET, "connections/main", None).await;
    assert!(!shown.text.contains(REFRESH_TOKEN));
    assert_eq!(
        shown.json()["tokens"]["refresh_tokens"],
        0,
        "the code's is revoked, and the pasted one was not made here"
    );
}

#[tokio::test]
async fn what_a_connection_lacks_is_told_before_it_fails() {
    let (simulator, world) = (simulator().await, World::start().await);
    added(&world, &simulator).await;
    let made =
        json!({"client_id": "1000.LEADWAYDEMO", "kind": "code", "scopes": ["ZohoCRM.modules.ALL"]});
    let code = control(&simulator, "grants", made).await["code"].clone();
    world
        .api(
            Method::POST,
            "connections/main/grants",
            Some(json!({"code": code})),
        )
        .await;
    let mut settings = connection(&simulator, "main");
    settings["features"] = json!(["bulk", "records"]);
    let changed = world
        .api(Method::PUT, "connections/main", Some(settings))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let lacks = changed.json()["lacks"].clone();
    assert_eq!(lacks[0]["feature"], "bulk", "{lacks}");
    assert_eq!(
        lacks[0]["scopes"],
        json!([
            "ZohoCRM.bulk.ALL",
            "ZohoFiles.files.ALL",
            "ZohoCRM.settings.fields.READ"
        ])
    );
    let begun = begun(&world).await;
    assert!(
        begun["scopes"]
            .as_array()
            .unwrap()
            .contains(&json!("ZohoCRM.bulk.ALL")),
        "{begun}"
    );
}

#[tokio::test]
async fn a_removed_connection_s_token_is_revoked_at_zoho() {
    let (simulator, world) = (simulator().await, World::start().await);
    added(&world, &simulator).await;
    let begun = begun(&world).await;
    come_back(
        &world,
        &decide(&world, begun["url"].as_str().unwrap(), "accept").await,
    )
    .await;
    let removed = world.api(Method::DELETE, "connections/main", None).await;
    assert_eq!(
        (removed.status, &removed.json()["is_revoked"]),
        (200, &json!(true)),
        "{}",
        removed.text
    );
    assert_eq!(
        world
            .api(Method::GET, "connections/main", None)
            .await
            .status,
        404
    );
    let events = world
        .api(Method::GET, "connections/main/events", None)
        .await
        .json();
    assert_eq!(events[0]["kind"], "revoked", "{events}");
}

#[tokio::test]
async fn a_connection_in_use_is_not_removed_and_names_are_kept() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let refused = world.api(Method::DELETE, "connections/demo", None).await;
    assert_eq!(
        (refused.status, refused.problem()["code"].as_str()),
        (409, Some("connection_in_use"))
    );
    assert!(refused.text.contains("lead-capture"), "{}", refused.text);
    let again = world
        .api(
            Method::POST,
            "connections",
            Some(connection(&simulator, "demo")),
        )
        .await;
    assert_eq!(again.problem()["code"], "connection_exists");
    let other = world
        .api(
            Method::PUT,
            "connections/demo",
            Some(connection(&simulator, "other")),
        )
        .await;
    assert_eq!(other.problem()["code"], "wrong_name");
    let of_owner = world
        .api(Method::GET, "connections?owner=nobody", None)
        .await;
    assert_eq!(of_owner.json(), json!([]));
}

#[tokio::test]
async fn a_dead_refresh_token_holds_deliveries_and_a_new_consent_lets_them_go() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    register(&simulator, &format!("{}/oauth/callback", world.base)).await;
    let revoke = format!(
        "{}/oauth/v2/token/revoke?token={REFRESH_TOKEN}",
        simulator.url()
    );
    assert_eq!(world.send(world.client.post(revoke)).await.status, 200);
    let event = r#"{"messageId":"m-1","traits":{"email":"ada@example.com","lastName":"Ray","company":"Orchard"}}"#;
    assert_eq!(world.post("/v1/identify", event).await.status, 200);
    let shown = eventually("the connection needs consent", || async {
        let shown = world
            .api(Method::GET, "connections/demo", None)
            .await
            .json();
        (shown["state"] == "needs_consent").then_some(shown)
    })
    .await;
    assert!(
        shown["reason"]
            .as_str()
            .unwrap()
            .contains("Authorise again"),
        "{shown}"
    );
    // The gate closes a moment before that is noted.
    eventually("its history says so", || async {
        let events = world
            .api(Method::GET, "connections/demo/events", None)
            .await
            .json();
        (events[0]["kind"] == "needs_consent").then_some(())
    })
    .await;
    let overview = world.api(Method::GET, "overview", None).await.json();
    assert_eq!(overview["dead_letters"], 0, "{overview}");

    let before = simulator.count("Leads").unwrap();
    let begun = world
        .api(Method::POST, "connections/demo/authorizations", None)
        .await
        .json();
    let page = come_back(
        &world,
        &decide(&world, begun["url"].as_str().unwrap(), "accept").await,
    )
    .await;
    assert_eq!(page.status, 200, "{}", page.text);
    eventually("the lead is in Zoho", || async {
        (simulator.count("Leads").unwrap() > before).then_some(())
    })
    .await;
}
