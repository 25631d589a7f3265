//! A gateway with the demo's configuration, facing a simulator of its own.

use std::time::{Duration, Instant};

use leadway_engine::clock::Clock;
use leadway_engine::intake::validate::{Limits, Sender, validate};
use leadway_engine::model::config::{
    Config, ConnectionConfig, EventMatch, RouteConfig, Secret, SourceConfig,
};
use leadway_engine::model::delivery::{DeliveryQuery, DeliveryState, Operation};
use leadway_engine::model::event::{Arrival, EventKind, EventStatus, IncomingEvent};
use leadway_engine::model::id::EventId;
use leadway_engine::model::life::EventLife;
use leadway_engine::{Engine, EngineOptions};
use serde_json::{Value, json};
use zoho_sim::{Fault, Simulator};

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) engine: Engine,
    pub(crate) folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A second gateway that faces the same simulator.
    pub(crate) async fn facing(simulator: Simulator) -> Self {
        Self::start(simulator, |_| {}).await
    }

    /// A world whose configuration is changed before it is applied.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let simulator = Simulator::start(zoho_sim::Config::default()).await.unwrap();
        Self::start(simulator, change).await
    }

    async fn start(simulator: Simulator, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(EngineOptions::new(folder.path()))
            .await
            .unwrap();
        let mut config = demo_config(simulator.url().as_ref());
        change(&mut config);
        engine.apply_config(config).await.unwrap();
        Self {
            simulator,
            engine,
            folder,
        }
    }

    /// Sends one event and answers with its id.
    pub(crate) async fn send(&self, kind: EventKind, body: Value) -> EventId {
        let events = vec![self.event(kind, body)];
        self.engine.accept(events).await.unwrap()[0]
    }

    /// Identifies a lead.
    pub(crate) async fn lead(&self, message_id: &str, traits: Value) -> EventId {
        self.send(
            EventKind::Identify,
            json!({"messageId": message_id, "userId": "u", "traits": traits}),
        )
        .await
    }

    pub(crate) fn event(&self, kind: EventKind, body: Value) -> IncomingEvent {
        let source = self.engine.source("website").unwrap();
        let arrival = Arrival {
            door: "http".to_owned(),
            ..Arrival::default()
        };
        let sender = Sender {
            source: &source,
            arrival: &arrival,
            sent_at: None,
            now: self.engine.now(),
        };
        let raw = serde_json::value::to_raw_value(&body).unwrap();
        validate(&raw, Some(kind), &sender, &Limits::default()).unwrap()
    }

    /// Waits until an event has a status.
    pub(crate) async fn until(&self, id: EventId, status: EventStatus) -> EventLife {
        let started = Instant::now();
        loop {
            let life = self
                .engine
                .event(id)
                .await
                .unwrap()
                .expect("the event is there");
            if life.summary.status == status {
                return life;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{id} should be {status:?}, but: {life:#?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until nothing is on its way.
    pub(crate) async fn until_settled(&self) {
        let started = Instant::now();
        loop {
            let overview = self.engine.overview().await.unwrap();
            if overview.unplanned_events
                + overview.pending_deliveries
                + overview.retrying_deliveries
                == 0
            {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "deliveries don't settle: {overview:#?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn leads(&self) -> Vec<Value> {
        let records = self.simulator.records("Leads").unwrap();
        records
            .into_iter()
            .map(|record| serde_json::to_value(record).unwrap())
            .collect()
    }

    pub(crate) fn fault(&self, fault: Value) {
        self.simulator
            .add_fault(serde_json::from_value::<Fault>(fault).unwrap());
    }

    pub(crate) async fn dead_letters(&self) -> Vec<leadway_engine::model::delivery::Delivery> {
        let query = DeliveryQuery {
            state: Some(DeliveryState::Dead),
            without_replayed: true,
            items_max: 200,
            ..DeliveryQuery::default()
        };
        self.engine.deliveries(&query).await.unwrap().items
    }

    /// Ends the engine without warning it and opens another one on the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.restart_at(Clock::system()).await
    }

    /// The same at another time.
    pub(crate) async fn restart_at(mut self, clock: Clock) -> Self {
        self.engine.shutdown(Duration::from_secs(10)).await;
        let options = EngineOptions {
            clock,
            ..EngineOptions::new(self.folder.path())
        };
        drop(self.engine);
        self.engine = Engine::open(options).await.unwrap();
        self
    }
}

pub(crate) fn demo_config(simulator_url: &str) -> Config {
    Config {
        connections: vec![ConnectionConfig {
            name: "demo".to_owned(),
            data_center: "us".to_owned(),
            client_id: "1000.LEADWAYDEMO".to_owned(),
            client_secret: Some(Secret::new("leadway-demo-secret")),
            refresh_token: Some(Secret::new("1000.leadway-demo-refresh")),
            accounts_url: Some(simulator_url.to_owned()),
            api_domain: Some(simulator_url.to_owned()),
            ..ConnectionConfig::default()
        }],
        sources: vec![SourceConfig {
            name: "website".to_owned(),
            write_key: "demo-write-key".to_owned(),
            allowed_origins: Vec::new(),
            missing_message_id: Default::default(),
        }],
        forms: Vec::new(),
        mappings: Vec::new(),
        routes: vec![RouteConfig {
            name: "lead-capture".to_owned(),
            sources: Vec::new(),
            events: ["identify", "track:Lead Generated"]
                .iter()
                .map(|text| text.parse::<EventMatch>().unwrap())
                .collect(),
            mapping: "lead-capture".to_owned(),
            connection: "demo".to_owned(),
            module: "Leads".to_owned(),
            operation: Operation::Upsert,
            duplicate_check_fields: Vec::new(),
            trigger: None,
            lar_id: None,
            consent: Vec::new(),
        }],
    }
}
