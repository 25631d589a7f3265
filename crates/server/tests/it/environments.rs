//! Sandboxes and developers' organisations, and all ten data centers: connected in every way, end to end.

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::{DataCenter, Environment, Seed, Simulator, Site, SiteName};

use crate::connect::{connection, control, decide, register};
use crate::connect_sessions::{begin, come_back, make};
use crate::world::{Answer, World};

const ENVIRONMENTS: [Environment; 3] = [
    Environment::Production,
    Environment::Sandbox,
    Environment::Developer,
];

fn site(environment: Environment) -> SiteName {
    SiteName::new(DataCenter::default(), environment)
}

async fn simulator_with_environments() -> Simulator {
    let beside = [Environment::Sandbox, Environment::Developer];
    let config = zoho_sim::Config {
        further: beside
            .map(|environment| Site::beside(&Seed::demo(), site(environment)))
            .to_vec(),
        ..zoho_sim::Config::default()
    };
    Simulator::start(config).await.unwrap()
}

/// Who can choose an organisation of an environment on the consent page.
async fn person(simulator: &Simulator, data_center: &str, environment: Environment) -> String {
    let url = format!("{}/__sim/v1/data_centers", simulator.url());
    let listed: Value = reqwest::Client::new()
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let all = listed["data_centers"].as_array().unwrap();
    let found = all
        .iter()
        .find(|one| one["data_center"] == data_center && one["environment"] == environment.name());
    found.unwrap()["users"][0]["user"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn added(world: &World, simulator: &Simulator, name: &str, environment: &str) {
    let mut settings = connection(simulator, name);
    settings["environment"] = json!(environment);
    settings["features"] = json!(["records"]);
    let answer = world.api(Method::POST, "connections", Some(settings)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

/// Consents as a person on Zoho's page, and comes back.
async fn consent(world: &World, name: &str, user: &str) -> Answer {
    let path = format!("connections/{name}/authorizations");
    let begun = world.api(Method::POST, &path, None).await.json();
    let location = accepted(world, begun["url"].as_str().unwrap(), user).await;
    world.send(world.client.get(location)).await
}

/// Where Zoho's page leads whom accepts.
async fn accepted(world: &World, consent: &str, user: &str) -> String {
    let mut url = reqwest::Url::parse(consent).unwrap();
    url.query_pairs_mut().append_pair("user", user);
    decide(world, url.as_str(), "accept").await
}

/// Connects with what Zoho's API console, or another program, has made.
async fn grant(world: &World, simulator: &Simulator, name: &str, kind: &str, user: &str) -> Answer {
    let made = json!({
        "client_id": "1000.LEADWAYDEMO", "kind": kind, "user": user,
        "scopes": ["ZohoCRM.modules.ALL", "ZohoCRM.org.READ", "ZohoCRM.users.READ"],
    });
    let given = control(simulator, "grants", made).await[kind].clone();
    let body = json!({(kind): given});
    let path = format!("connections/{name}/grants");
    world.api(Method::POST, &path, Some(body)).await
}

async fn act(world: &World, name: &str, action: &str, inputs: Value) -> Answer {
    let path = format!("connections/{name}/actions/{action}");
    world.api(Method::POST, &path, Some(inputs)).await
}

#[tokio::test]
async fn each_environment_is_connected_in_all_three_ways_and_keeps_its_own_records() {
    let (simulator, world) = (simulator_with_environments().await, World::start().await);
    register(&simulator, &format!("{}/oauth/callback", world.base)).await;
    for environment in ENVIRONMENTS {
        let user = person(&simulator, "us", environment).await;
        let host = simulator.url_of(site(environment)).unwrap();
        for way in ["consent", "code", "refresh_token"] {
            let name = format!("{}-{}", environment.name(), way.replace('_', "-"));
            added(&world, &simulator, &name, environment.name()).await;
            let connected = match way {
                "consent" => consent(&world, &name, &user).await,
                kind => grant(&world, &simulator, &name, kind, &user).await,
            };
            assert!(
                [200, 201].contains(&connected.status),
                "{name}: {}",
                connected.text
            );
            let path = format!("connections/{name}");
            let shown = world.api(Method::GET, &path, None).await.json();
            assert_eq!(shown["state"], "ready", "{shown}");
            assert_eq!(shown["environment"], environment.name());
            assert!(
                shown["api_domain"].as_str().unwrap().starts_with(&host),
                "{shown}"
            );
            // The next token is of the same environment.
            simulator.advance(3_601);
            let lead = json!({"module": "Leads", "values": {"Last_Name": name}});
            let made = act(&world, &name, "crm.create_record", lead).await;
            assert_eq!(made.status, 200, "{name}: {}", made.text);
            let org = act(&world, &name, "crm.get_org", json!({})).await;
            assert!(
                org.text.contains(&format!("\"{}\"", environment.name())),
                "{}",
                org.text
            );
        }
        // What was written into the others is not here.
        let inputs = json!({"module": "Leads", "fields": ["Last_Name"]});
        let name = format!("{}-consent", environment.name());
        let records = act(&world, &name, "crm.list_records", inputs).await;
        let records = records.json();
        assert_eq!(records["records"].as_array().unwrap().len(), 3, "{records}");
    }
}

#[tokio::test]
async fn an_organisation_of_another_environment_is_refused_before_anything_is_stored() {
    let (simulator, world) = (simulator_with_environments().await, World::start().await);
    register(&simulator, &format!("{}/oauth/callback", world.base)).await;
    added(&world, &simulator, "test", "sandbox").await;
    for (environment, other) in [
        (Environment::Production, "production"),
        (Environment::Developer, "developer"),
    ] {
        let user = person(&simulator, "us", environment).await;
        let page = consent(&world, "test", &user).await;
        assert_eq!(page.status, 422, "{}", page.text);
        let told = format!("a {other} organisation was chosen at Zoho");
        assert!(page.text.contains(&told), "{}", page.text);
        for kind in ["code", "refresh_token"] {
            let refused = grant(&world, &simulator, "test", kind, &user).await;
            assert_eq!(refused.status, 422, "{}", refused.text);
            let problem = refused.problem();
            assert_eq!(
                (&problem["code"], &problem["field"], &problem["value"]),
                (
                    &json!("wrong_environment"),
                    &json!("environment"),
                    &json!("sandbox")
                ),
                "{problem}"
            );
        }
    }
    let shown = world
        .api(Method::GET, "connections/test", None)
        .await
        .json();
    assert_eq!(shown["state"], "needs_consent", "{shown}");
    let revoked = simulator.journal();
    let revoked = revoked
        .iter()
        .filter(|entry| entry["path"] == "/oauth/v2/token/revoke" && entry["status"] == 200);
    assert_eq!(
        revoked.count(),
        4,
        "what was made for it; the pasted ones stay"
    );
}

#[tokio::test]
async fn a_customer_who_chose_another_organisation_reads_so_and_may_try_again() {
    let simulator = simulator_with_environments().await;
    let world = crate::connect_sessions::world(&simulator).await;
    let made = make(&world, json!({"environment": "sandbox"})).await;
    for (environment, status) in [(Environment::Production, 422), (Environment::Sandbox, 200)] {
        let user = person(&simulator, "us", environment).await;
        let (consent, cookie) = begin(&world, &made).await;
        let location = accepted(&world, &consent, &user).await;
        let page = come_back(&world, &location, &cookie).await;
        assert_eq!(page.status, status, "{}", page.text);
        if status == 422 {
            for part in [
                "a production organisation was chosen at Zoho, and sandbox is asked for",
                "try again, and choose the other organisation",
                "data-again",
            ] {
                assert!(page.text.contains(part), "{part}: {}", page.text);
            }
            // How the product calls its connections is none of the customer's business.
            assert!(!page.text.contains("customer-7"), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn people_of_all_ten_data_centers_are_connected_where_they_live() {
    let all = ["us", "eu", "in", "au", "jp", "cn", "ca", "sa", "uk", "ae"];
    let further = all[1..].iter().map(|name| Site::new(name.parse().unwrap()));
    let config = zoho_sim::Config {
        further: further.collect(),
        ..zoho_sim::Config::default()
    };
    let simulator = Simulator::start(config).await.unwrap();
    let world = World::start().await;
    let elsewhere: serde_json::Map<String, Value> = all[1..]
        .iter()
        .map(|name| ((*name).to_owned(), Value::Null))
        .collect();
    let client = json!({
        "client_id": "1000.LEADWAYDEMO", "client_secret": "leadway-demo-secret", "elsewhere": elsewhere,
        "redirect_uris": [format!("{}/oauth/callback", world.base)],
    });
    control(&simulator, "clients", client).await;
    for name in all {
        let own: DataCenter = name.parse().unwrap();
        let url = simulator.url_of(own.into()).unwrap();
        let user = person(&simulator, name, Environment::Production).await;
        // Once begun at the right accounts server, once at that of us, from where Zoho leads on.
        for (connection_name, data_center, accounts) in [
            (format!("{name}-own"), name, url.clone()),
            (format!("{name}-led"), "us", simulator.url()),
        ] {
            let mut settings = connection(&simulator, &connection_name);
            settings["data_center"] = json!(data_center);
            settings["accounts_url"] = json!(accounts);
            settings["features"] = json!(["records"]);
            let answer = world.api(Method::POST, "connections", Some(settings)).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            let page = consent(&world, &connection_name, &user).await;
            assert_eq!(page.status, 200, "{connection_name}: {}", page.text);
            let path = format!("connections/{connection_name}");
            let shown = world.api(Method::GET, &path, None).await.json();
            assert_eq!(
                (&shown["data_center"], &shown["state"]),
                (&json!(name), &json!("ready")),
                "{shown}"
            );
            assert!(
                shown["api_domain"].as_str().unwrap().starts_with(&url),
                "{shown}"
            );
            let org = act(&world, &connection_name, "crm.get_org", json!({})).await;
            let company = match name {
                "us" => "LeadwayDemo".to_owned(),
                name => format!("Elsewhere {}", name.to_uppercase()),
            };
            assert!(org.text.contains(&company), "{}", org.text);
        }
    }
}
