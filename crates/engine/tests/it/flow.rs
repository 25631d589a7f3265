//! The way of an event, from acceptance to the record, on good days and bad ones.

use leadway_engine::model::attempt::Verdict;
use leadway_engine::model::delivery::{Action, Operation};
use leadway_engine::model::event::{EventKind, EventStatus};
use leadway_engine::model::status::ConnectionState;
use leadway_engine::{Mend, ReplayError};
use serde_json::{Value, json};
use sqlx::Connection as _;
use sqlx::SqliteConnection;

use crate::world::{PATIENCE, World};

fn ada() -> Value {
    json!({"email": "ada@example.com", "firstName": "Ada", "lastName": "Ray", "company": "Orchard", "phone": "+44 7700 900123"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_becomes_a_record_and_the_same_address_updates_it() {
    let world = World::new().await;
    let life = world
        .until(world.lead("m1", ada()).await, EventStatus::Delivered)
        .await;
    assert_eq!(life.deliveries[0].delivery.action, Some(Action::Insert));
    let record = &world.leads()[0];
    assert_eq!(
        (&record["Email"], &record["Last_Name"]),
        (&json!("ada@example.com"), &json!("Ray"))
    );

    let again = json!({"email": "Ada@Example.com", "lastName": "Ray-Smith", "company": "Orchard"});
    let life = world
        .until(world.lead("m2", again).await, EventStatus::Delivered)
        .await;
    assert_eq!(life.deliveries[0].delivery.action, Some(Action::Update));
    assert_eq!(
        life.deliveries[0].delivery.record_id.as_deref(),
        record["id"].as_str()
    );
    assert_eq!(world.leads().len(), 1);
    assert_eq!(world.leads()[0]["Last_Name"], "Ray-Smith");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_message_id_is_a_duplicate_also_after_a_restart() {
    let world = World::new().await;
    let first = world.lead("m1", ada()).await;
    world.until(first, EventStatus::Delivered).await;
    let second = world.lead("m1", ada()).await;
    assert_eq!(
        world
            .until(second, EventStatus::Duplicate)
            .await
            .duplicate_of,
        Some(first)
    );
    let world = world.restart().await;
    let third = world.lead("m1", ada()).await;
    assert_eq!(
        world
            .until(third, EventStatus::Duplicate)
            .await
            .duplicate_of,
        Some(first)
    );
    assert_eq!(world.leads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_view_is_recorded_as_not_routed_with_the_reason() {
    let world = World::new().await;
    let id = world
        .send(
            EventKind::Page,
            json!({"messageId": "p1", "name": "Pricing"}),
        )
        .await;
    let life = world.until(id, EventStatus::NotRouted).await;
    assert_eq!(
        life.decisions[0].reason,
        "wants identify, track:Lead Generated; this is page:Pricing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_does_not_fit_is_a_dead_letter_that_can_be_mended_and_replayed() {
    let world = World::new().await;
    let good = world.lead("m1", ada()).await;
    let bad = world
        .lead("m2", json!({"email": "bob@example.com", "company": "Fin"}))
        .await;
    world.until(good, EventStatus::Delivered).await;
    let life = world.until(bad, EventStatus::Dead).await;
    let problem = life.deliveries[0].delivery.problem.clone().unwrap();
    assert_eq!(
        (problem.code.as_str(), problem.field.as_deref()),
        ("MANDATORY_NOT_FOUND", Some("Last_Name"))
    );

    let dead = world.dead_letters().await;
    let mend = Mend {
        set: json!({"Last_Name": "Doe"}).as_object().unwrap().clone(),
        unset: Vec::new(),
    };
    let new = world
        .engine
        .replay_delivery(dead[0].id, &mend)
        .await
        .unwrap();
    let life = world.until(bad, EventStatus::Delivered).await;
    assert_eq!(life.deliveries[1].delivery.id, new);
    assert_eq!(life.deliveries[0].delivery.replayed_as, Some(new));
    assert!(world.dead_letters().await.is_empty());
    let twice = world
        .engine
        .replay_delivery(dead[0].id, &mend)
        .await
        .unwrap_err();
    assert!(matches!(twice, ReplayError::AlreadyReplayed(id) if id == new));
    assert_eq!(world.leads().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn order_is_kept_for_each_key() {
    let world = World::new().await;
    let mut events = Vec::new();
    for step in 0..30 {
        for person in 0..5 {
            let traits = json!({"email": format!("p{person}@example.com"), "lastName": format!("Step{step}")});
            events.push(world.event(
                EventKind::Identify,
                json!({"messageId": format!("{person}/{step}"), "traits": traits}),
            ));
        }
    }
    world.engine.accept(events).await.unwrap();
    world.until_settled().await;
    let leads = world.leads();
    assert_eq!(leads.len(), 5);
    assert!(
        leads.iter().all(|lead| lead["Last_Name"] == "Step29"),
        "{leads:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_an_upsert_is_repeated_without_a_second_record() {
    let world = World::new().await;
    world.fault(json!({"kind": "drop_answer", "times": 1, "path_prefix": "/crm/v8/Leads"}));
    let life = world
        .until(world.lead("m1", ada()).await, EventStatus::Delivered)
        .await;
    let verdicts: Vec<Verdict> = life.deliveries[0]
        .tries
        .iter()
        .map(|attempt| attempt.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Continue, Verdict::Delivered]);
    assert_eq!(life.deliveries[0].delivery.action, Some(Action::Update));
    assert_eq!(world.leads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_lead_without_a_key_is_looked_up_and_not_doubled() {
    let world = World::new().await;
    world.fault(json!({"kind": "drop_answer", "times": 1, "path_prefix": "/crm/v8/Leads/upsert"}));
    let traits = json!({"lastName": "Nameless", "company": "Orchard", "phone": "123456"});
    let life = world
        .until(world.lead("m1", traits).await, EventStatus::Delivered)
        .await;
    assert_eq!(life.deliveries[0].delivery.action, Some(Action::Found));
    let codes: Vec<&str> = life.deliveries[0]
        .tries
        .iter()
        .map(|attempt| attempt.code.as_str())
        .collect();
    assert_eq!(codes, ["BROKEN_ANSWER", "FOUND"]);
    assert_eq!(world.leads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_insert_that_never_reached_zoho_is_sent_again() {
    let world = World::with(|config| config.routes[0].operation = Operation::Insert).await;
    world.fault(
        json!({"kind": "refuse", "times": 2, "path_prefix": "/crm/v8/Leads", "method": "POST"}),
    );
    world
        .until(world.lead("m1", ada()).await, EventStatus::Delivered)
        .await;
    world
        .until(world.lead("m2", ada()).await, EventStatus::Delivered)
        .await;
    assert_eq!(world.leads().len(), 2, "an insert makes a record each time");
}

#[tokio::test(flavor = "multi_thread")]
async fn zoho_being_away_pauses_the_connection_and_loses_nothing() {
    let world = World::new().await;
    world.fault(json!({"kind": "server_error", "status": 503, "times": 2}));
    let id = world.lead("m1", ada()).await;
    let life = world.until(id, EventStatus::Delivered).await;
    assert!(world.engine.overview().await.unwrap().connections[0].state == ConnectionState::Ready);
    assert_eq!(life.deliveries[0].delivery.state.as_str(), "delivered");
    assert_eq!(world.leads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_on_the_way_is_renewed() {
    let world = World::new().await;
    world
        .until(world.lead("m1", ada()).await, EventStatus::Delivered)
        .await;
    world.fault(json!({"kind": "expire_token", "times": 1}));
    let life = world
        .until(
            world
                .lead("m2", json!({"email": "b@example.com", "lastName": "B"}))
                .await,
            EventStatus::Delivered,
        )
        .await;
    assert_eq!(life.deliveries[0].tries.len(), 1, "renewing is no attempt");
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_that_was_denied_holds_an_event_back() {
    let world = World::with(|config| config.routes[0].consent = vec!["marketing".to_owned()]).await;
    let body = |id: &str, consent: Value| json!({"messageId": id, "traits": ada(), "context": {"consent": consent}});
    let denied = world
        .send(EventKind::Identify, body("m1", json!({"marketing": false})))
        .await;
    let granted = world
        .send(
            EventKind::Identify,
            body("m2", json!({"categoryPreferences": {"marketing": true}})),
        )
        .await;
    let life = world.until(denied, EventStatus::NotRouted).await;
    assert_eq!(life.decisions[0].reason, "consent for marketing was denied");
    assert_eq!(life.decisions[0].consent[0].stated, Some(false));
    world.until(granted, EventStatus::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_leads_travel_in_batches_of_a_hundred() {
    let world = World::new().await;
    let events = (0..1_000)
        .map(|n| {
            let traits =
                json!({"email": format!("lead{n}@example.com"), "lastName": format!("Lead{n}")});
            world.event(
                EventKind::Identify,
                json!({"messageId": format!("m{n}"), "traits": traits}),
            )
        })
        .collect();
    world.engine.accept(events).await.unwrap();
    world.until_settled().await;
    assert_eq!(world.leads().len(), 1_000);
    let overview = world.engine.overview().await.unwrap();
    assert_eq!(
        (overview.delivered_24h, overview.credits_24h),
        (1_000, 101),
        "ten records cost one credit, the module's fields one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_replayed_by_the_routes_of_today() {
    let world = World::new().await;
    let id = world
        .send(
            EventKind::Page,
            json!({"messageId": "p1", "name": "Pricing", "context": {"traits": ada()}}),
        )
        .await;
    world.until(id, EventStatus::NotRouted).await;
    assert!(matches!(
        world.engine.replay_event(id).await,
        Err(ReplayError::NotRouted(_))
    ));
    let mut config = world.engine.config();
    config.routes[0]
        .events
        .push("page:Pricing".parse().unwrap());
    world.engine.apply_config(config).await.unwrap();
    world.engine.replay_event(id).await.unwrap();
    world.until(id, EventStatus::Delivered).await;
    assert_eq!(world.leads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_without_a_key_is_found_behind_thousands_of_newer_records() {
    let world = World::new().await;
    world.fault(json!({"kind": "drop_answer", "times": 1, "path_prefix": "/crm/v8/Leads/upsert"}));
    let nameless = world
        .lead("m1", json!({"lastName": "Nameless", "phone": "123456"}))
        .await;
    world.until(nameless, EventStatus::Retrying).await;
    world
        .engine
        .shutdown(std::time::Duration::from_secs(10))
        .await;

    let other = World::facing(world.simulator).await;
    let events = (0..2_500)
        .map(|n| {
            let traits = json!({"email": format!("lead{n}@example.com"), "lastName": "Newer"});
            other.event(
                EventKind::Identify,
                json!({"messageId": format!("m{n}"), "traits": traits}),
            )
        })
        .collect();
    other.engine.accept(events).await.unwrap();
    other.until_settled().await;
    other
        .engine
        .shutdown(std::time::Duration::from_secs(10))
        .await;

    let world = World {
        simulator: other.simulator,
        engine: world.engine,
        folder: world.folder,
    }
    .restart()
    .await;
    let life = world.until(nameless, EventStatus::Delivered).await;
    assert_eq!(life.deliveries[0].delivery.action, Some(Action::Found));
    assert_eq!(world.leads().len(), 2_501);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_fresh_token_is_refused_pauses() {
    let world = World::new().await;
    // Each call meets it twice: with the token at hand, and with the fresh one.
    world.fault(json!({"kind": "expire_token", "times": 6, "path_prefix": "/crm"}));
    let id = world.lead("m1", ada()).await;
    let started = std::time::Instant::now();
    loop {
        let life = world.engine.event(id).await.unwrap();
        let was_held_back = life.is_some_and(|life| {
            life.deliveries
                .first()
                .is_some_and(|item| item.delivery.problem.is_some())
        });
        if was_held_back {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "no call was refused");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let overview = world.engine.overview().await.unwrap();
    assert_eq!(overview.connections[0].state, ConnectionState::Paused);
    world.until(id, EventStatus::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_the_store_refuses_at_first_is_recorded_later_and_nothing_is_sent_again() {
    let world = World::new().await;
    world
        .until(world.lead("m1", ada()).await, EventStatus::Delivered)
        .await;
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(world.folder.path().join("leadway.db"));
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(
        "CREATE TRIGGER refuse BEFORE INSERT ON batches BEGIN SELECT RAISE(ABORT, 'refused'); END",
    )
    .execute(&mut other)
    .await
    .unwrap();
    let id = world.lead("m2", json!({"lastName": "Nameless"})).await;
    let started = std::time::Instant::now();
    while world.leads().len() < 2 {
        assert!(started.elapsed() < PATIENCE, "the lead was not sent");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    sqlx::query("DROP TRIGGER refuse")
        .execute(&mut other)
        .await
        .unwrap();
    let life = world.until(id, EventStatus::Delivered).await;
    assert_eq!(life.deliveries[0].tries.len(), 1);
    assert_eq!(world.leads().len(), 2);
}
