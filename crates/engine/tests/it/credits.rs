//! Credits: a connection's limit, what is kept for deliveries, and a ledger that outlives a restart.

use std::time::{Duration, Instant};

use leadway_engine::Acted;
use leadway_engine::action::Given;
use leadway_engine::clock::Clock;
use leadway_engine::model::event::EventStatus;
use leadway_engine::model::status::{ConnectionState, ConnectionStatus, Level};
use serde_json::json;

use crate::world::{PATIENCE, World};

const DAY: Duration = Duration::from_secs(24 * 3_600 + 120);

impl World {
    /// Costs 50 credits.
    async fn bulk_read(&self) -> Acted {
        let given = Given {
            inputs: json!({"module": "Leads", "fields": ["Last_Name"]}),
            ..Given::default()
        };
        self.engine.act("demo", "crm.create_bulk_read", given).await
    }

    /// Spends so many credits by actions.
    async fn spend(&self, credits: u64) {
        for _ in 0..credits / 50 {
            self.bulk_read().await.result.unwrap();
        }
        assert_eq!(self.status().await.credits_24h, credits);
    }

    async fn status(&self) -> ConnectionStatus {
        self.engine.connections().await.unwrap().remove(0)
    }

    async fn until_state(&self, state: ConnectionState) -> ConnectionStatus {
        let started = Instant::now();
        loop {
            let status = self.status().await;
            if status.state == state {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "{status:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A limit of 1,000, of which `kept` are for deliveries; the simulator has credits enough.
async fn world(kept: u64) -> World {
    World::with(|config| {
        config.connections[0].credit_limit = Some(1_000);
        config.connections[0].credits_kept_for_deliveries = Some(kept);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_cannot_eat_the_credits_that_leads_need() {
    let world = world(100).await;
    world.spend(900).await;
    let refused = world.bulk_read().await.result.unwrap_err();
    assert_eq!(refused.code, "out_of_credits");
    assert_eq!(
        refused.message,
        "the call costs 50 credits, 0 are left of the connection's limit of 1000 in 24 hours, of which the last 100 are kept for deliveries"
    );
    assert!(
        refused.remedy.contains("credits_kept_for_deliveries"),
        "{}",
        refused.remedy
    );
    let hours = refused.retry_after.unwrap().as_secs() / 3_600;
    assert_eq!(hours, 24);
    let id = world
        .lead("m1", json!({"email": "ada@example.com", "lastName": "Ray"}))
        .await;
    world.until(id, EventStatus::Delivered).await;
    let status = world.status().await;
    assert_eq!(status.state, ConnectionState::Ready);
    assert_eq!(status.credits.left, Some(1_000 - status.credits_24h));
    let findings = world.engine.doctor("demo").await.unwrap();
    let finding = findings
        .iter()
        .find(|finding| finding.check == "credit_limit")
        .unwrap();
    assert_eq!(finding.level, Level::Warning);
    assert!(
        finding.message.contains("limit of 1000"),
        "{}",
        finding.message
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_wait_for_credits_and_none_is_lost() {
    let world = world(0).await;
    world.spend(1_000).await;
    let id = world
        .lead("m1", json!({"email": "ada@example.com", "lastName": "Ray"}))
        .await;
    let status = world.until_state(ConnectionState::Paused).await;
    assert!(status.reason.unwrap().contains("limit of 1000"));
    let waits = status
        .paused_until
        .unwrap()
        .duration_since(world.engine.now());
    assert!(waits.as_hours() >= 23, "{waits}");
    assert!(world.leads().is_empty() && world.dead_letters().await.is_empty());
    // Somebody allows for more: it goes on at once.
    let mut config = world.engine.config();
    config.connections[0].credit_limit = Some(2_000);
    world.engine.apply_config(config).await.unwrap();
    world.until(id, EventStatus::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_spent_is_known_after_a_restart_and_comes_back_after_a_day() {
    let world = world(0).await;
    world.spend(1_000).await;
    let spent = world.status().await.credits_24h;
    let world = world.restart().await;
    assert_eq!(world.status().await.credits_24h, spent);
    let refused = world.bulk_read().await.result.unwrap_err();
    assert_eq!(refused.code, "out_of_credits");

    let clock = Clock::system();
    clock.advance(DAY);
    let world = world.restart_at(clock).await;
    assert_eq!(world.status().await.credits_24h, 0);
    world.bulk_read().await.result.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn zohos_own_count_keeps_actions_from_the_last_credits() {
    let world =
        World::with(|config| config.connections[0].credits_kept_for_deliveries = Some(400)).await;
    // Zoho counts what other programs spend, too.
    world.simulator.set_limits(zoho_sim::Limits {
        credits_max: Some(1_000),
        ..world.simulator.limits()
    });
    world.spend(600).await;
    assert!(world.status().await.credits.left_by_zoho.is_some());
    let refused = world.bulk_read().await.result.unwrap_err();
    assert!(
        refused.message.contains("by Zoho's own count"),
        "{}",
        refused.message
    );
}
