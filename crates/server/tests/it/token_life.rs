//! The life of a connection's tokens as actions and people meet it: dead ones, missing scopes, edits in the midst of a
//! consent, and what a new grant does to the one before.

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::{DataCenter, Simulator, Site};

use crate::connect::{connection, control, decide, register, simulator};
use crate::world::{ADMIN_TOKEN, Answer, World, eventually};

const REFRESH_TOKEN: &str = "1000.leadway-demo-refresh";

async fn act(world: &World, connection: &str, action: &str, inputs: Value) -> Answer {
    let path = format!("connections/{connection}/actions/{action}");
    world.api(Method::POST, &path, Some(inputs)).await
}

async fn shown(world: &World, connection: &str) -> Value {
    let path = format!("connections/{connection}");
    world.api(Method::GET, &path, None).await.json()
}

async fn events(world: &World, connection: &str) -> Vec<Value> {
    let path = format!("connections/{connection}/events");
    let events = world.api(Method::GET, &path, None).await.json();
    events.as_array().unwrap().clone()
}

fn crm_calls(simulator: &Simulator) -> usize {
    let journal = simulator.journal();
    let calls = journal.iter().filter(|entry| {
        entry["path"]
            .as_str()
            .is_some_and(|path| path.starts_with("/crm/"))
    });
    calls.count()
}

/// A connection that was granted these scopes only.
async fn granted(world: &World, simulator: &Simulator, scopes: &[&str]) {
    let added = world
        .api(
            Method::POST,
            "connections",
            Some(connection(simulator, "main")),
        )
        .await;
    assert_eq!(added.status, 201, "{}", added.text);
    granted_again(world, simulator, scopes).await;
}

/// Connects by a self client's code.
async fn granted_again(world: &World, simulator: &Simulator, scopes: &[&str]) {
    let made = json!({"client_id": "1000.LEADWAYDEMO", "kind": "code", "scopes": scopes});
    let code = control(simulator, "grants", made).await["code"].clone();
    let connected = world
        .api(
            Method::POST,
            "connections/main/grants",
            Some(json!({"code": code})),
        )
        .await;
    assert_eq!(connected.status, 201, "{}", connected.text);
}

/// Begins at Zoho's page and decides there; gives the address that Zoho sends the browser to.
async fn consented(world: &World, connection: &str, user: Option<&str>) -> String {
    let path = format!("connections/{connection}/authorizations");
    let begun = world.api(Method::POST, &path, None).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let begun = begun.json();
    let mut url = reqwest::Url::parse(begun["url"].as_str().unwrap()).unwrap();
    if let Some(user) = user {
        url.query_pairs_mut().append_pair("user", user);
    }
    decide(world, url.as_str(), "accept").await
}

async fn come_back(world: &World, location: &str) -> Answer {
    world.send(world.client.get(location)).await
}

#[tokio::test]
async fn an_action_without_its_scope_is_refused_before_a_call_is_spent() {
    let (simulator, world) = (simulator().await, World::start().await);
    granted(
        &world,
        &simulator,
        &["ZohoCRM.modules.leads.READ", "ZohoCRM.org.READ"],
    )
    .await;
    let before = crm_calls(&simulator);
    let lead = json!({"module": "Leads", "values": {"Last_Name": "Ray"}});
    for (action, inputs, scope, way) in [
        (
            "crm.create_record",
            lead,
            "ZohoCRM.modules.leads.CREATE",
            "the feature records",
        ),
        (
            "crm.coql",
            json!({"query": "select id from Leads where id is not null"}),
            "ZohoCRM.coql.READ",
            "the feature queries",
        ),
        (
            "crm.list_records",
            json!({"module": "Test_Drives"}),
            "ZohoCRM.modules.custom.READ",
            "the feature records",
        ),
        (
            "books.list_records",
            json!({"record_type": "invoice"}),
            "ZohoBooks.invoices.READ",
            "the feature books",
        ),
        (
            "crm.list_tags",
            json!({"module": "Leads"}),
            "ZohoCRM.settings.tags.READ",
            "the feature records",
        ),
    ] {
        let refused = act(&world, "main", action, inputs).await;
        assert_eq!(refused.status, 403, "{action}: {}", refused.text);
        let problem = refused.problem();
        assert_eq!(
            (&problem["code"], &problem["value"]),
            (&json!("missing_scope"), &json!(scope)),
            "{problem}"
        );
        let remedy = problem["remedy"].as_str().unwrap();
        for part in [way, "leadway connection connect main"] {
            assert!(remedy.contains(part), "{remedy}");
        }
    }
    assert_eq!(crm_calls(&simulator), before, "no call was spent");
    for (action, inputs) in [
        (
            "crm.list_records",
            json!({"module": "Leads", "fields": "Last_Name"}),
        ),
        ("crm.get_org", json!({})),
    ] {
        let done = act(&world, "main", action, inputs).await;
        assert_eq!(done.status, 200, "{action}: {}", done.text);
    }
    // A raw request is the caller's own affair.
    let raw = act(
        &world,
        "main",
        "crm.request",
        json!({"method": "GET", "path": "/crm/v8/Contacts", "query": {"fields": "Last_Name"}}),
    )
    .await;
    assert_eq!(raw.status, 200, "{}", raw.text);
    assert_eq!(raw.json()["status"], 401, "{}", raw.text);
}

#[tokio::test]
async fn a_dead_refresh_token_that_an_action_meets_holds_the_deliveries_too() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let client = |secret: &str| json!({"client_id": "1000.LEADWAYDEMO", "client_secret": secret, "redirect_uris": []});
    // The client's secret was renewed at Zoho, and the access token has ended.
    control(&simulator, "clients", client("another")).await;
    simulator.advance(3_601);
    for _ in 0..2 {
        let refused = act(&world, "demo", "crm.get_org", json!({})).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert_eq!(refused.problem()["code"], "needs_consent");
    }
    assert_eq!(shown(&world, "demo").await["state"], "needs_consent");
    let told = events(&world, "demo").await;
    let kinds: Vec<&Value> = told.iter().map(|event| &event["kind"]).collect();
    assert_eq!(
        kinds,
        ["needs_consent", "granted"],
        "it is told once: {told:?}"
    );

    // A delivery waits without a try of its own.
    let asked = simulator.journal().len();
    let event = r#"{"messageId":"m-1","traits":{"email":"ada@example.com","lastName":"Ray","company":"Orchard"}}"#;
    assert_eq!(world.post("/v1/identify", event).await.status, 200);
    eventually("the delivery is planned", || async {
        let overview = world.api(Method::GET, "overview", None).await.json();
        (overview["pending_deliveries"] == 1).then_some(())
    })
    .await;
    assert_eq!(simulator.journal().len(), asked, "Zoho is not asked");

    // Somebody mends it at Zoho; the next action that gets through lets the delivery go.
    control(&simulator, "clients", client("leadway-demo-secret")).await;
    eventually("Zoho is asked again", || async {
        let done = act(&world, "demo", "crm.get_org", json!({})).await;
        (done.status == 200).then_some(())
    })
    .await;
    assert_eq!(events(&world, "demo").await[0]["kind"], "ready");
    eventually("the lead is in Zoho", || async {
        let overview = world.api(Method::GET, "overview", None).await.json();
        (overview["pending_deliveries"] == 0 && overview["dead_letters"] == 0).then_some(())
    })
    .await;
    assert_eq!(shown(&world, "demo").await["state"], "ready");
}

#[tokio::test]
async fn what_somebody_changes_in_the_midst_of_a_consent_stays_changed() {
    let (simulator, world) = (simulator().await, World::start().await);
    register(&simulator, &format!("{}/oauth/callback", world.base)).await;
    let settings = connection(&simulator, "main");
    world
        .api(Method::POST, "connections", Some(settings.clone()))
        .await;
    // Zoho takes its time with the code; meanwhile the settings are edited.
    let slow = json!({"kind": "latency", "milliseconds": 1_500, "path_prefix": "/oauth/v2/token"});
    let edits: [(&str, Value, u16); 2] = [
        ("nickname", json!("Edited meanwhile"), 200),
        ("client_id", json!("1000.ANOTHER"), 409),
    ];
    for (key, value, status) in edits {
        let location = consented(&world, "main", None).await;
        simulator.clear_faults();
        simulator.add_fault(serde_json::from_value(slow.clone()).unwrap());
        let edit = async {
            let faults = format!("{}/__sim/v1/faults", simulator.url());
            eventually("the code is being exchanged", || async {
                let met: Value = world.send(world.client.get(&faults)).await.json();
                (met["faults"][0]["hits"] == 1).then_some(())
            })
            .await;
            let mut edited = settings.clone();
            edited[key] = value.clone();
            world
                .api(Method::PUT, "connections/main", Some(edited))
                .await
        };
        let (page, edited) = tokio::join!(come_back(&world, &location), edit);
        assert_eq!(edited.status, 200, "{}", edited.text);
        assert_eq!(page.status, status, "{}", page.text);
        if status == 409 {
            assert!(page.text.contains("was changed while"), "{}", page.text);
        }
        let config = world.api(Method::GET, "config", None).await.json();
        assert_eq!(config["connections"][0][key], value, "{config}");
    }
}

#[tokio::test]
async fn a_refresh_token_that_is_used_elsewhere_is_not_revoked() {
    let (simulator, world) = (simulator().await, World::start().await);
    register(&simulator, &format!("{}/oauth/callback", world.base)).await;
    for name in ["main", "second"] {
        let mut settings = connection(&simulator, name);
        settings["refresh_token"] = json!(REFRESH_TOKEN);
        let added = world.api(Method::POST, "connections", Some(settings)).await;
        assert_eq!(added.status, 201, "{}", added.text);
    }
    // It was made elsewhere.
    let location = consented(&world, "main", None).await;
    assert_eq!(come_back(&world, &location).await.status, 200);
    let told = &events(&world, "main").await[0];
    assert_eq!(told["kind"], "not_revoked", "{told}");
    assert!(told["detail"].as_str().unwrap().contains("made elsewhere"));
    assert_eq!(
        act(&world, "second", "crm.get_org", json!({})).await.status,
        200
    );

    // Another connection lives by it.
    let paste = json!({"refresh_token": REFRESH_TOKEN});
    let pasted = world
        .api(Method::POST, "connections/main/grants", Some(paste))
        .await;
    assert_eq!(pasted.status, 201, "{}", pasted.text);
    assert_eq!(events(&world, "main").await[0]["kind"], "revoked");
    let removed = world.api(Method::DELETE, "connections/main", None).await;
    let removed = removed.json();
    assert_eq!(removed["is_revoked"], false, "{removed}");
    assert!(
        removed["revocation_error"]
            .as_str()
            .unwrap()
            .contains("second")
    );
    assert_eq!(
        act(&world, "second", "crm.get_org", json!({})).await.status,
        200
    );
    let removed = world.api(Method::DELETE, "connections/second", None).await;
    assert_eq!(removed.json()["is_revoked"], true, "{}", removed.text);
}

#[tokio::test]
async fn zoho_that_does_not_revoke_does_not_undo_the_new_grant() {
    let (simulator, world) = (simulator().await, World::start().await);
    register(&simulator, &format!("{}/oauth/callback", world.base)).await;
    world
        .api(
            Method::POST,
            "connections",
            Some(connection(&simulator, "main")),
        )
        .await;
    let location = consented(&world, "main", None).await;
    assert_eq!(come_back(&world, &location).await.status, 200);
    let broken = json!({"kind": "server_error", "path_prefix": "/oauth/v2/token/revoke"});
    simulator.add_fault(serde_json::from_value(broken).unwrap());
    let location = consented(&world, "main", None).await;
    assert_eq!(come_back(&world, &location).await.status, 200);
    let told = events(&world, "main").await;
    assert_eq!(
        (&told[0]["kind"], &told[1]["kind"]),
        (&json!("not_revoked"), &json!("granted")),
        "{told:?}"
    );
    assert_eq!(
        act(&world, "main", "crm.get_org", json!({})).await.status,
        200
    );
}

#[tokio::test]
async fn a_person_of_another_data_center_is_connected_there_end_to_end() {
    let eu: DataCenter = "eu".parse().unwrap();
    let config = zoho_sim::Config {
        further: vec![Site::new(eu)],
        ..zoho_sim::Config::default()
    };
    let simulator = Simulator::start(config).await.unwrap();
    let world = World::start().await;
    control(
        &simulator,
        "clients",
        json!({
            "client_id": "1000.LEADWAYDEMO", "client_secret": "leadway-demo-secret",
            "redirect_uris": [format!("{}/oauth/callback", world.base)], "elsewhere": {"eu": null},
        }),
    )
    .await;
    let mut settings = connection(&simulator, "main");
    settings["features"] = json!(["records"]);
    world.api(Method::POST, "connections", Some(settings)).await;
    let location = consented(&world, "main", Some("eve.holm@eu.example")).await;
    assert!(location.contains("location=eu"), "{location}");
    let page = come_back(&world, &location).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let there = simulator.url_of(eu.into()).unwrap();
    let now = shown(&world, "main").await;
    assert_eq!(
        (&now["data_center"], &now["state"]),
        (&json!("eu"), &json!("ready")),
        "{now}"
    );
    assert!(
        now["api_domain"].as_str().unwrap().starts_with(&there),
        "{now}"
    );
    let org = act(&world, "main", "crm.get_org", json!({})).await;
    assert!(org.text.contains("Elsewhere EU"), "{}", org.text);
    let findings = world
        .api(Method::GET, "connections/main/doctor", None)
        .await
        .json();
    let found = |check: &str| {
        let mut all = findings.as_array().unwrap().iter();
        all.find(|finding| finding["check"] == check)
            .unwrap_or_else(|| panic!("no {check}: {findings}"))
            .clone()
    };
    for check in ["reach", "token", "organisation", "user", "clock", "scopes"] {
        assert_eq!(found(check)["level"], "ok", "{findings}");
    }
    assert!(
        found("organisation")["message"]
            .as_str()
            .unwrap()
            .contains("Elsewhere EU")
    );
    // Its tokens are renewed there, too, and end there.
    simulator.advance(3_601);
    assert_eq!(
        act(&world, "main", "crm.get_org", json!({})).await.status,
        200
    );
    let removed = world.api(Method::DELETE, "connections/main", None).await;
    assert_eq!(removed.json()["is_revoked"], true, "{}", removed.text);
}

#[tokio::test]
async fn a_stream_goes_on_by_its_grant_when_somebody_connects_anew() {
    let (simulator, world) = (simulator().await, World::start().await);
    granted(&world, &simulator, &["ZohoCRM.modules.ALL"]).await;
    for hundred in 0..6 {
        let leads =
            (0..100).map(|number| json!({"Last_Name": format!("Lead {}", hundred * 100 + number)}));
        let inputs = json!({"module": "Leads", "records": leads.collect::<Vec<_>>()});
        let made = act(&world, "main", "crm.create_records", inputs).await;
        assert_eq!(made.status, 200, "{}", made.text);
    }
    let slow = json!({"kind": "latency", "milliseconds": 1_500, "path_prefix": "/crm/v8/Leads"});
    let slow = simulator.add_fault(serde_json::from_value(slow).unwrap());
    let inputs = json!({"module": "Leads", "fields": ["Last_Name"], "fetch_all": true});
    let path = "/api/v1/connections/main/actions/crm.list_records";
    let request = world.request(Method::POST, path).bearer_auth(ADMIN_TOKEN);
    let answer = request.json(&inputs).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    // The first page is here. Somebody connects anew, and the stream's access token ends.
    granted_again(
        &world,
        &simulator,
        &["ZohoCRM.modules.ALL", "ZohoCRM.org.READ"],
    )
    .await;
    simulator.advance(3_601);
    let text = answer.text().await.unwrap();
    assert_eq!(
        text.lines().count(),
        600,
        "{}",
        text.lines().last().unwrap()
    );
    assert!(simulator.remove_fault(slow));
    let revoked = async || {
        let told = events(&world, "main").await;
        told.into_iter().find(|event| event["kind"] == "revoked")
    };
    eventually("the earlier grant is revoked at last", revoked).await;
    assert_eq!(
        act(&world, "main", "crm.get_org", json!({})).await.status,
        200
    );
}

#[tokio::test]
async fn a_refresh_token_of_the_configuration_counts_as_made_elsewhere() {
    let (simulator, world) = (simulator().await, World::start().await);
    granted(&world, &simulator, &["ZohoCRM.modules.ALL"]).await;
    let mut config = world.api(Method::GET, "config", None).await.json();
    config["connections"][0]["refresh_token"] = json!(REFRESH_TOKEN);
    for _ in 0..2 {
        let applied = world.api(Method::PUT, "config", Some(config.clone())).await;
        assert_eq!(applied.status, 200, "{}", applied.text);
    }
    let told = events(&world, "main").await;
    assert_eq!(told.len(), 2, "the same again is nothing new: {told:?}");
    assert!(
        told[0]["detail"]
            .as_str()
            .unwrap()
            .contains("of the configuration"),
        "{told:?}"
    );
    granted_again(&world, &simulator, &["ZohoCRM.modules.ALL"]).await;
    let told = events(&world, "main").await;
    assert_eq!(told[0]["kind"], "not_revoked", "{told:?}");
    assert!(
        told[0]["detail"]
            .as_str()
            .unwrap()
            .contains("made elsewhere"),
        "{told:?}"
    );
}

fn token_calls(simulator: &Simulator) -> usize {
    let journal = simulator.journal();
    let calls = journal
        .iter()
        .filter(|entry| entry["path"] == "/oauth/v2/token");
    calls.count()
}

#[tokio::test]
async fn a_thousand_actions_at_the_end_of_a_token_ask_for_one_other() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    assert_eq!(
        act(&world, "demo", "crm.get_org", json!({})).await.status,
        200
    );
    let before = token_calls(&simulator);
    simulator.advance(3_601);
    let count = json!({"module": "Leads"});
    let all = (0..1_000).map(|_| act(&world, "demo", "crm.count_records", count.clone()));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    assert_eq!(token_calls(&simulator), before + 1);
}

#[tokio::test]
async fn a_token_that_ends_in_the_midst_of_a_stream_or_is_throttled_loses_nothing() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    for _ in 0..3 {
        let leads: Vec<Value> = (0..100).map(|_| json!({"Last_Name": "Ray"})).collect();
        let inputs = json!({"module": "Leads", "records": leads});
        assert_eq!(
            act(&world, "demo", "crm.create_records", inputs)
                .await
                .status,
            200
        );
    }
    // It ends at the second page.
    let before = token_calls(&simulator);
    let ends =
        json!({"kind": "expire_token", "path_prefix": "/crm/v8/Leads", "after": 1, "times": 1});
    simulator.add_fault(serde_json::from_value(ends).unwrap());
    let inputs = json!({"module": "Leads", "fields": ["Last_Name"], "fetch_all": true});
    let all = act(&world, "demo", "crm.list_records", inputs).await;
    assert_eq!(
        (all.status, all.text.lines().count()),
        (200, 300),
        "{}",
        all.text
    );
    assert_eq!(token_calls(&simulator), before + 1);

    // The accounts server gives no more for now: the action says until when, and the connection stays in force.
    let limits = zoho_sim::Limits {
        access_tokens_per_window_max: Some(0),
        ..simulator.limits()
    };
    simulator.set_limits(limits);
    simulator.advance(3_601);
    let refused = act(&world, "demo", "crm.get_org", json!({})).await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    assert_eq!(
        refused.problem()["code"],
        "token_throttled",
        "{}",
        refused.text
    );
    assert_ne!(shown(&world, "demo").await["state"], "needs_consent");
}
