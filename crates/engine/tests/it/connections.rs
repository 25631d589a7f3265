//! Connections over time: tokens over a restart, and the doctor's diagnoses, each provoked in the simulator.

use std::time::Duration;

use leadway_engine::model::config::{FieldMapping, MappingConfig};
use leadway_engine::model::status::{Finding, Level};
use leadway_engine::{Engine, EngineOptions};
use serde_json::json;
use sqlx::Connection as _;

use crate::world::{PATIENCE, World};

fn token_calls(world: &World) -> usize {
    let journal = world.simulator.journal();
    let asked = journal
        .iter()
        .filter(|entry| entry["path"] == "/oauth/v2/token");
    asked.count()
}

/// Waits until the access token lies in the store.
async fn until_kept(world: &World) {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(world.folder.path().join("leadway.db"))
        .read_only(true);
    let mut database = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let kept = async {
        loop {
            let (count,): (i64,) = sqlx::query_as(
                "SELECT COUNT(*) FROM secrets WHERE name = 'connection/demo/access_token'",
            )
            .fetch_one(&mut database)
            .await
            .unwrap();
            if count == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, kept).await.unwrap();
}

#[tokio::test]
async fn an_access_token_outlives_a_restart_and_is_encrypted() {
    let world = World::new().await;
    world.engine.doctor("demo").await.unwrap();
    assert_eq!(token_calls(&world), 1);
    until_kept(&world).await;
    let world = world.restart().await;
    let findings = world.engine.doctor("demo").await.unwrap();
    assert!(
        findings.iter().all(|finding| finding.level == Level::Ok),
        "{findings:#?}"
    );
    assert_eq!(token_calls(&world), 1, "the token of before serves on");
    let status = world.engine.connections().await.unwrap().remove(0);
    assert_eq!(status.tokens.token_calls_10m, 1);
    assert!(status.tokens.access_token_expires_at.is_some());
    for file in ["leadway.db", "leadway.db-wal"] {
        let bytes = std::fs::read(world.folder.path().join(file)).unwrap_or_default();
        let has = |text: &str| {
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        assert!(
            !has("leadway-demo-refresh") && !has("leadway-demo-secret"),
            "{file}"
        );
    }
}

/// What the doctor finds wrong.
pub(crate) async fn wrong(world: &World) -> Vec<Finding> {
    let findings = world.engine.doctor("demo").await.unwrap();
    findings
        .into_iter()
        .filter(|finding| finding.level != Level::Ok)
        .collect()
}

pub(crate) fn says(findings: &[Finding], check: &str, words: &[&str]) {
    let found = findings.iter().any(|finding| {
        let text = format!(
            "{} {}",
            finding.message,
            finding.remedy.as_deref().unwrap_or_default()
        );
        finding.check == check && words.iter().all(|word| text.contains(word))
    });
    assert!(found, "no finding {check} says {words:?}: {findings:#?}");
}

fn field(name: &str) -> FieldMapping {
    serde_json::from_value(json!({"field": name, "from": ["traits.x"]})).unwrap()
}

#[tokio::test]
async fn a_mapping_that_zoho_would_refuse_is_diagnosed_before_it_does() {
    let world = World::with(|config| {
        config.mappings = vec![MappingConfig {
            name: "bad".to_owned(),
            fields: ["Last_Nme", "Company"].map(field).into(),
        }];
        config.routes[0].mapping = "bad".to_owned();
    })
    .await;
    let findings = wrong(&world).await;
    says(
        &findings,
        "mapping",
        &["INVALID_DATA", "Last_Nme", "Write Last_Name"],
    );
    says(&findings, "mapping", &["MANDATORY_NOT_FOUND", "Last_Name"]);
    says(&findings, "mapping", &["DUPLICATE_DATA", "Email"]);
}

#[tokio::test]
async fn a_value_that_does_not_fit_its_field_is_diagnosed_before_it_is_sent() {
    let world = World::with(|config| {
        let constant = |name: &str, value: serde_json::Value| {
            serde_json::from_value(json!({"field": name, "value": value})).unwrap()
        };
        config.mappings = vec![MappingConfig {
            name: "bad".to_owned(),
            fields: vec![
                field("Last_Name"),
                field("Email"),
                field("Created_Time"),
                constant("No_of_Employees", json!("many")),
                constant("Lead_Source", json!("No Such Source")),
                constant("Annual_Revenue", json!(12.5)),
            ],
        }];
        config.routes[0].mapping = "bad".to_owned();
    })
    .await;
    let findings = wrong(&world).await;
    says(
        &findings,
        "mapping",
        &["INVALID_DATA", "Created_Time", "Take Created_Time out"],
    );
    says(
        &findings,
        "mapping",
        &[
            "INVALID_DATA",
            "No_of_Employees",
            "\"many\"",
            "Correct the value",
        ],
    );
    says(&findings, "mapping", &["No Such Source", "add the option"]);
    assert_eq!(findings.len(), 3, "{findings:#?}");
}

#[tokio::test]
async fn a_token_that_zoho_turns_down_again_and_again_is_diagnosed() {
    let world = World::new().await;
    let ends = json!({"kind": "expire_token", "path_prefix": "/crm/v8/org", "times": 5});
    world
        .simulator
        .add_fault(serde_json::from_value(ends).unwrap());
    says(
        &wrong(&world).await,
        "organisation",
        &[
            "INVALID_TOKEN",
            "data_center",
            "client's id and secret",
            "connect it again",
        ],
    );
}

#[tokio::test]
async fn a_module_that_is_written_wrongly_is_diagnosed_with_the_right_one() {
    let world = World::with(|config| config.routes[0].module = "Lead".to_owned()).await;
    let findings = wrong(&world).await;
    says(&findings, "module", &["Lead", "Write Leads"]);
}

#[tokio::test]
async fn dead_tokens_and_wrong_clients_are_diagnosed() {
    let world = World::with(|config| {
        config.connections[0].refresh_token =
            Some(leadway_engine::model::config::Secret::new("1000.revoked"));
    })
    .await;
    says(
        &wrong(&world).await,
        "token",
        &["invalid_code", "Authorise again"],
    );
    let world =
        World::with(|config| config.connections[0].client_id = "1000.NOBODY".to_owned()).await;
    says(
        &wrong(&world).await,
        "token",
        &["invalid_client", "data center"],
    );
}

#[tokio::test]
async fn an_api_host_that_knows_nothing_of_zoho_is_diagnosed() {
    // A server that answers 404 to everything, as the host of another data center or product does.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = [0; 4096];
            let _ = stream.read(&mut bytes).await;
            let _ = stream
                .write_all(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                )
                .await;
        }
    });
    let world = World::with(|config| config.connections[0].api_domain = Some(url)).await;
    says(&wrong(&world).await, "organisation", &["404", "api_domain"]);
}

#[tokio::test]
async fn many_token_calls_are_told_before_zoho_throttles() {
    let world = World::new().await;
    for _ in 0..8 {
        world.engine.doctor("demo").await.unwrap();
        until_kept(&world).await;
        // Zoho forgets the token, so that another is asked for.
        world.simulator.advance(3_601);
    }
    let findings = wrong(&world).await;
    says(&findings, "tokens", &["of 10"]);
}

#[tokio::test]
async fn an_interrupted_change_of_the_key_is_settled_at_the_next_start() {
    let world = World::new().await;
    world.engine.shutdown(Duration::from_secs(10)).await;
    let World {
        simulator,
        engine,
        folder,
    } = world;
    drop(engine);
    let rotation = leadway_engine::Rotation {
        data_dir: folder.path().to_owned(),
        master_key: None,
        new_master_key: None,
    };
    assert!(leadway_engine::rotate_master_key(rotation).await.unwrap() >= 2);
    let engine = Engine::open(EngineOptions::new(folder.path()))
        .await
        .unwrap();
    let world = World {
        simulator,
        engine,
        folder,
    };
    assert_eq!(wrong(&world).await, []);
}

#[tokio::test]
async fn a_connection_whose_master_key_is_lost_can_be_removed() {
    let world = World::new().await;
    world.engine.shutdown(Duration::from_secs(10)).await;
    let World {
        simulator: _simulator,
        engine,
        folder,
    } = world;
    drop(engine);
    let key = format!("{}\n", "ab".repeat(32));
    std::fs::write(folder.path().join("master.key"), key).unwrap();
    let engine = Engine::open(EngineOptions::new(folder.path()))
        .await
        .unwrap();
    let status = engine.connections().await.unwrap().remove(0);
    assert!(status.reason.unwrap().contains("another master key"));
    let mut config = engine.config();
    config.routes.clear();
    engine.apply_config(config).await.unwrap();
    let removed = engine.remove_connection("demo", true).await.unwrap();
    assert!(!removed.is_revoked);
    let said = removed.revocation_error.unwrap();
    assert!(said.contains("another master key"), "{said}");
    assert!(engine.connections().await.unwrap().is_empty());
    let events = engine.connection_events("demo").await.unwrap().unwrap();
    assert_eq!(events[0].kind, "not_revoked");
}
