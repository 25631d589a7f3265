//! The doctor's findings, each provoked in the simulator: rights, users, credits, clocks, environments, scopes, reach.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::Simulator;

use crate::connect::{connection, control, simulator};
use crate::world::{World, eventually};

/// What the doctor finds wrong with a connection.
async fn wrong(world: &World, connection: &str) -> Vec<Value> {
    let path = format!("connections/{connection}/doctor");
    let findings = world.api(Method::GET, &path, None).await.json();
    let findings = findings.as_array().unwrap().iter();
    findings
        .filter(|finding| finding["level"] != "ok")
        .cloned()
        .collect()
}

fn says(findings: &[Value], check: &str, level: &str, words: &[&str]) {
    let found = findings.iter().any(|finding| {
        let text = format!("{} {}", finding["message"], finding["remedy"]);
        finding["check"] == check
            && finding["level"] == level
            && finding["remedy"].is_string()
            && words.iter().all(|word| text.contains(word))
    });
    assert!(found, "no {level} {check} says {words:?}: {findings:#?}");
}

/// A call of the simulated CRM, by the gateway's own raw action.
async fn zoho(world: &World, method: &str, path: &str, body: Value) -> Value {
    let mut inputs = json!({"method": method, "path": path});
    if !body.is_null() {
        inputs["data"] = body;
    }
    let answer = world
        .api(
            Method::POST,
            "connections/demo/actions/crm.request",
            Some(inputs),
        )
        .await
        .json();
    let status = answer["status"].as_u64().unwrap_or(0);
    assert!((200..300).contains(&status), "{path}: {answer}");
    answer["body"].clone()
}

/// The id of the user as whom calls are made.
async fn me(world: &World) -> String {
    let users = zoho(world, "GET", "/crm/v8/users?type=CurrentUser", Value::Null).await;
    users["users"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_healthy_connection_has_no_finding() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    assert_eq!(wrong(&world, "demo").await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_right_that_the_profile_lacks_is_told_as_zoho_refuses_it() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let profiles = zoho(&world, "GET", "/crm/v8/settings/profiles", Value::Null).await;
    let administrator = profiles["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .find(|profile| profile["name"] == "Administrator")
        .unwrap();
    let path = format!(
        "/crm/v8/settings/profiles/{}/actions/clone",
        administrator["id"].as_str().unwrap()
    );
    let body = json!({"profiles": [{"name": "Readers", "description": "Make no leads"}]});
    let made = zoho(&world, "POST", &path, body).await;
    let id = made["profiles"][0]["details"]["id"].as_str().unwrap();
    let path = format!("/crm/v8/settings/profiles/{id}");
    let profile = zoho(&world, "GET", &path, Value::Null).await;
    let create = profile["profiles"][0]["permissions_details"]
        .as_array()
        .unwrap()
        .iter()
        .find(|known| known["name"] == "Crm_Implied_Create_Leads")
        .unwrap();
    let off =
        json!({"profiles": [{"permissions_details": [{"id": create["id"], "enabled": false}]}]});
    zoho(&world, "PUT", &path, off).await;
    let user = format!("/crm/v8/users/{}", me(&world).await);
    let change = json!({"users": [{"profile": {"id": id}}]});
    zoho(&world, "PUT", &user, change).await;

    says(
        &wrong(&world, "demo").await,
        "permissions",
        "failed",
        &[
            "Readers may not create Leads",
            "NO_PERMISSION",
            "Crm_Implied_Create_Leads",
            "Profiles",
        ],
    );
    // It is what would have happened.
    let event = r#"{"messageId":"m-1","traits":{"email":"ada@example.com","lastName":"Ray","company":"Orchard"}}"#;
    assert_eq!(world.post("/v1/identify", event).await.status, 200);
    eventually("Zoho refuses the lead", || async {
        let deliveries = world.api(Method::GET, "deliveries", None).await;
        deliveries.text.contains("NO_PERMISSION").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_user_who_was_deactivated_is_told() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let listed = zoho(&world, "GET", "/crm/v8/users?type=ActiveUsers", Value::Null).await;
    let own = me(&world).await;
    let mut users = listed["users"].as_array().unwrap().iter();
    let other = users.find(|user| user["id"] != own.as_str()).unwrap();
    let made = json!({
        "client_id": "1000.LEADWAYDEMO", "kind": "refresh_token", "user": other["email"],
        "scopes": ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL", "ZohoCRM.org.READ", "ZohoCRM.users.READ"],
    });
    let token = control(&simulator, "grants", made).await["refresh_token"].clone();
    let mut settings = connection(&simulator, "second");
    settings["refresh_token"] = token;
    let added = world.api(Method::POST, "connections", Some(settings)).await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(wrong(&world, "second").await, [] as [Value; 0]);
    let path = format!("/crm/v8/users/{}", other["id"].as_str().unwrap());
    zoho(
        &world,
        "PUT",
        &path,
        json!({"users": [{"status": "inactive"}]}),
    )
    .await;
    says(
        &wrong(&world, "second").await,
        "organisation",
        "failed",
        &["INACTIVE_USER", "connect as another user"],
    );
}

#[tokio::test]
async fn credits_that_run_out_are_told_with_what_is_left() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let limit = |credits| {
        let mut limits = simulator.limits();
        limits.credits_max = Some(credits);
        simulator.set_limits(limits);
    };
    assert_eq!(wrong(&world, "demo").await, [] as [Value; 0]);
    let spent = control_get(&simulator, "limits").await["credits_used"].clone();
    let spent = spent.as_u64().unwrap();
    // More than half is spent, so that Zoho says what is left.
    limit(spent + 20);
    for _ in 0..=spent.max(20) / 2 {
        let action = "connections/demo/actions/crm.get_org";
        world.api(Method::POST, action, Some(json!({}))).await;
    }
    says(
        &wrong(&world, "demo").await,
        "credits",
        "warning",
        &["credits are left of about", "buy credits"],
    );
    limit(1);
    let findings = wrong(&world, "demo").await;
    says(&findings, "organisation", "failed", &["credits"]);
}

#[tokio::test]
async fn the_calls_that_books_has_left_today_are_told() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let mut config = world.api(Method::GET, "config", None).await.json();
    config["connections"][0]["features"] = json!(["records", "books"]);
    let applied = world.api(Method::PUT, "config", Some(config)).await;
    assert_eq!(applied.status, 200, "{}", applied.text);
    let limit = |calls| {
        let mut limits = simulator.limits();
        limits.books_calls_per_day_max = Some(calls);
        simulator.set_limits(limits);
    };
    limit(100);
    let all = world
        .api(Method::GET, "connections/demo/doctor", None)
        .await;
    assert!(
        all.text.contains("of 100 calls are left today"),
        "{}",
        all.text
    );
    let shown = world
        .api(Method::GET, "connections/demo", None)
        .await
        .json();
    let left = shown["books"][0]["calls_left_today"].as_u64().unwrap();
    let used = 100 - left;
    assert!(
        used > 0 && shown["books"][0]["day_ends_at"].is_string(),
        "{shown}"
    );
    limit(20);
    for _ in used..20 - 2 {
        let action = "connections/demo/actions/books.list_records";
        let listed = world
            .api(
                Method::POST,
                action,
                Some(json!({"record_type": "contact"})),
            )
            .await;
        assert_eq!(listed.status, 200, "{}", listed.text);
    }
    says(
        &wrong(&world, "demo").await,
        "books",
        "warning",
        &["1 of 20 calls are left today", "higher plan"],
    );
    wrong(&world, "demo").await;
    let findings = wrong(&world, "demo").await;
    says(
        &findings,
        "books",
        "failed",
        &["has used up its calls of the day"],
    );
}

async fn control_get(simulator: &Simulator, path: &str) -> Value {
    let url = format!("{}/__sim/v1/{path}", simulator.url());
    let answer = reqwest::Client::new().get(url).send().await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    world.clock.advance(Duration::from_secs(120));
    says(
        &wrong(&world, "demo").await,
        "clock",
        "warning",
        &["s apart", "NTP"],
    );
}

#[tokio::test]
async fn an_organisation_of_another_kind_is_told() {
    let simulator = simulator().await;
    let mut config = World::config_with_zoho(&simulator);
    config.connections[0].environment = leadway_engine::model::config::Environment::Sandbox;
    let world = World::with(config).await;
    says(
        &wrong(&world, "demo").await,
        "environment",
        "warning",
        &["is for sandbox", "type production", "environment = "],
    );
}

#[tokio::test]
async fn missing_scopes_secrets_and_servers_are_told() {
    let (simulator, world) = (simulator().await, World::start().await);
    let mut settings = connection(&simulator, "main");
    settings["features"] = json!(["bulk"]);
    world.api(Method::POST, "connections", Some(settings)).await;
    says(
        &wrong(&world, "main").await,
        "settings",
        "failed",
        &["refresh token is not stored", "Connect Zoho"],
    );
    let made =
        json!({"client_id": "1000.LEADWAYDEMO", "kind": "code", "scopes": ["ZohoCRM.modules.ALL"]});
    let code = control(&simulator, "grants", made).await["code"].clone();
    let grant = Some(json!({"code": code}));
    world
        .api(Method::POST, "connections/main/grants", grant)
        .await;
    let findings = wrong(&world, "main").await;
    says(
        &findings,
        "scopes",
        "failed",
        &["bulk: ZohoCRM.bulk.ALL", "connection connect"],
    );
    says(&findings, "scopes", "warning", &["ZohoCRM.org.READ"]);
    says(
        &findings,
        "organisation",
        "warning",
        &["OAUTH_SCOPE_MISMATCH", "ZohoCRM.org.READ"],
    );

    // Nobody listens there.
    let mut settings = connection(&simulator, "away");
    settings["refresh_token"] = json!("1000.leadway-demo-refresh");
    settings["accounts_url"] = json!("http://127.0.0.1:1");
    world.api(Method::POST, "connections", Some(settings)).await;
    let findings = wrong(&world, "away").await;
    says(&findings, "reach", "failed", &["127.0.0.1"]);
}

#[tokio::test]
async fn channels_that_are_missing_or_about_to_end_are_told() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let mut config = world.api(Method::GET, "config", None).await.json();
    config["connections"][0]["features"] = json!(["notifications"]);
    let applied = world.api(Method::PUT, "config", Some(config)).await;
    assert_eq!(applied.status, 200, "{}", applied.text);
    says(
        &wrong(&world, "demo").await,
        "channels",
        "warning",
        &["no channel is open", "crm.enable_notification"],
    );
    // Without a time of its own it ends in an hour.
    let inputs = json!({"channel_id": "1000000068001", "events": ["Leads.all"], "notify_url": "https://gateway.example/zoho"});
    let path = "connections/demo/actions/crm.enable_notification";
    let opened = world.api(Method::POST, path, Some(inputs)).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    let found = wrong(&world, "demo").await;
    says(
        &found,
        "channels",
        "warning",
        &["1000000068001 (Leads.all)", "channel_expiry"],
    );
    // Zoho would take an hour for it.
    let later = world.clock.now() + jiff::SignedDuration::from_hours(24 * 8);
    let too_long = json!({"channel_id": "1000000068002", "events": ["Leads.all"], "notify_url": "https://gateway.example/zoho", "channel_expiry": later.to_string()});
    let refused = world.api(Method::POST, path, Some(too_long)).await;
    assert_eq!(
        (refused.status, refused.problem()["field"].as_str()),
        (422, Some("channel_expiry")),
        "{}",
        refused.text
    );
    // The internet does not reach it.
    let inside = json!({"channel_id": "1000000068003", "events": ["Deals.all"], "notify_url": "https://localhost:8443/zoho"});
    let opened = world.api(Method::POST, path, Some(inside)).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    says(
        &wrong(&world, "demo").await,
        "channels",
        "warning",
        &["1000000068003", "does not reach", "public HTTPS address"],
    );
}
