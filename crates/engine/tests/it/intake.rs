//! Intake when the disk or the database does not play along.

use std::time::Duration;

use leadway_engine::AcceptError;
use leadway_engine::model::event::{EventKind, EventStatus};
use serde_json::json;
use sqlx::Connection as _;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_unavailable_not_accepted() {
    let world = World::new().await;
    let path = world.folder.path().join("intake.db");
    let mut other = sqlx::SqliteConnection::connect(path.to_str().unwrap())
        .await
        .unwrap();
    sqlx::query("BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    let event = || world.event(EventKind::Page, json!({"messageId": "m1"}));
    let error = world.engine.accept(vec![event()]).await.unwrap_err();
    let AcceptError::Unavailable {
        reason,
        retry_after,
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!(reason, "the database is locked by another program");
    assert!(retry_after >= Duration::from_secs(1));

    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let ids = world.engine.accept(vec![event()]).await.unwrap();
    world.until(ids[0], EventStatus::NotRouted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_accepts_nothing_and_keeps_what_it_had() {
    let world = World::new().await;
    let event = || world.event(EventKind::Page, json!({"messageId": "m1"}));
    let ids = world.engine.accept(vec![event()]).await.unwrap();
    world.engine.shutdown(Duration::from_secs(10)).await;
    assert!(matches!(
        world.engine.accept(vec![event()]).await,
        Err(AcceptError::ShuttingDown)
    ));
    let World {
        simulator,
        folder,
        engine,
    } = world;
    drop(engine);
    let engine = leadway_engine::Engine::open(leadway_engine::EngineOptions::new(folder.path()))
        .await
        .unwrap();
    let world = World {
        simulator,
        folder,
        engine,
    };
    world.until(ids[0], EventStatus::NotRouted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_the_log_that_cannot_be_read_is_set_aside_and_the_rest_goes_on() {
    let world = World::new().await;
    world.engine.shutdown(Duration::from_secs(10)).await;
    let path = world.folder.path().join("intake.db");
    let mut other = sqlx::SqliteConnection::connect(path.to_str().unwrap())
        .await
        .unwrap();
    sqlx::query("INSERT INTO log (events, frames) VALUES (1, x'0102')")
        .execute(&mut other)
        .await
        .unwrap();
    other.close().await.unwrap();
    let world = world.restart().await;
    let id = world
        .send(EventKind::Page, json!({"messageId": "m1"}))
        .await;
    world.until(id, EventStatus::NotRouted).await;
    let path = world.folder.path().join("leadway.db");
    let mut store = sqlx::SqliteConnection::connect(path.to_str().unwrap())
        .await
        .unwrap();
    let kept: Vec<u8> = sqlx::query_scalar("SELECT frames FROM unreadable")
        .fetch_one(&mut store)
        .await
        .unwrap();
    assert_eq!(kept, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_intake_log_beside_an_old_store_goes_on_behind_it() {
    let world = World::new().await;
    for number in 0..4 {
        let id = world
            .send(
                EventKind::Page,
                json!({"messageId": format!("old{number}")}),
            )
            .await;
        world.until(id, EventStatus::NotRouted).await;
    }
    world.engine.shutdown(Duration::from_secs(10)).await;
    std::fs::remove_file(world.folder.path().join("intake.db")).unwrap();
    let world = world.restart().await;
    for number in 0..4 {
        let id = world
            .send(
                EventKind::Page,
                json!({"messageId": format!("new{number}")}),
            )
            .await;
        world.until(id, EventStatus::NotRouted).await;
    }
}
