//! The configuration as a whole: problems, plans, secrets.

use leadway_engine::model::config::Secret;
use leadway_engine::model::event::EventStatus;
use leadway_engine::model::status::{ChangeAction, ConnectionState, Level};
use leadway_engine::{ConfigError, Engine, EngineOptions};

use crate::world::{World, demo_config};

#[tokio::test]
async fn everything_that_cannot_work_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(EngineOptions::new(folder.path()))
        .await
        .unwrap();
    let mut config = demo_config("http://127.0.0.1:1");
    config.connections[0].data_center = "mars".to_owned();
    config.routes[0].connection = "other".to_owned();
    config.routes[0].consent = vec!["everything".to_owned()];
    config.sources[0].write_key = "short".to_owned();
    let Err(ConfigError::Invalid(problems)) = engine.apply_config(config).await else {
        panic!("it cannot be applied")
    };
    let text: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.path, problem.message))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
    assert!(
        engine.config().connections.is_empty(),
        "nothing has changed"
    );
}

#[tokio::test]
async fn applying_the_same_again_changes_nothing_and_secrets_stay_hidden() {
    let world = World::new().await;
    let shown = world.engine.config();
    assert!(
        !serde_json::to_string(&shown)
            .unwrap()
            .contains("leadway-demo")
    );
    assert!(
        world
            .engine
            .plan_config(&shown)
            .await
            .unwrap()
            .changes
            .is_empty()
    );
    let mut changed = shown;
    changed.routes[0].module = "Contacts".to_owned();
    changed.sources.clear();
    changed.routes[0].sources.clear();
    let plan = world.engine.apply_config(changed).await.unwrap();
    let changes: Vec<_> = plan
        .changes
        .iter()
        .map(|change| (change.kind.as_str(), change.action))
        .collect();
    assert_eq!(
        changes,
        [
            ("source", ChangeAction::Delete),
            ("route", ChangeAction::Update)
        ]
    );
    assert!(world.engine.source_by_write_key("demo-write-key").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_a_sound_connection_sound_and_names_a_wrong_secret() {
    let world = World::new().await;
    let findings = world.engine.doctor("demo").await.unwrap();
    assert!(
        findings.iter().all(|finding| finding.level == Level::Ok),
        "{findings:#?}"
    );
    let checks: Vec<&str> = findings
        .iter()
        .map(|finding| finding.check.as_str())
        .collect();
    assert_eq!(
        checks,
        [
            "reach",
            "token",
            "organisation",
            "clock",
            "credits",
            "user",
            "scopes",
            "permissions",
            "module",
            "tokens"
        ]
    );

    let mut config = world.engine.config();
    config.connections[0].client_secret = Some(leadway_engine::model::config::Secret::new("wrong"));
    world.engine.apply_config(config).await.unwrap();
    let findings = world.engine.doctor("demo").await.unwrap();
    assert_eq!(
        (findings[0].check.as_str(), findings[0].level),
        ("token", Level::Failed)
    );
    assert!(world.engine.doctor("nobody").await.is_none());
}

#[tokio::test]
async fn a_folder_belongs_to_one_gateway() {
    let world = World::new().await;
    let error = Engine::open(EngineOptions::new(world.folder.path()))
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("another gateway is running"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_connection_delivers_at_once_what_had_waited_for_it() {
    let world = World::with(|config| {
        config.connections[0].refresh_token = Some(Secret::new("1000.revoked"));
    })
    .await;
    let id = world
        .lead(
            "m1",
            serde_json::json!({"email": "ada@example.com", "lastName": "Ray"}),
        )
        .await;
    let started = std::time::Instant::now();
    while world.engine.connections().await.unwrap()[0].state != ConnectionState::NeedsConsent {
        assert!(
            started.elapsed() < crate::world::PATIENCE,
            "the connection should need consent"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    world
        .engine
        .apply_config(demo_config(&world.simulator.url()))
        .await
        .unwrap();
    world.until(id, EventStatus::Delivered).await;
}
