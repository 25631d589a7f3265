//! A gateway on a free port with an engine in a folder of its own, and a client that talks to it.

use std::future::Future;
use std::time::Duration;

use leadway_engine::clock::Clock;
use leadway_engine::model::config::{
    Config, ConnectionConfig, FormConfig, MissingMessageId, RouteConfig, Secret, SourceConfig,
};
use leadway_engine::model::delivery::Operation;
use leadway_engine::{Engine, EngineOptions};
use leadway_server::{Demo, Server, ServerOptions, router};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use zoho_sim::Simulator;

pub(crate) const ADMIN_TOKEN: &str = "test-admin-token";
pub(crate) const WRITE_KEY: &str = "test-write-key";
/// A source that takes from one origin only, and gives ids to events without one.
pub(crate) const SHOP_KEY: &str = "shop-write-key";

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) base: String,
    pub(crate) client: Client,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    _data_dir: TempDir,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status, type and document of a refusal, for snapshots.
    pub(crate) fn problem(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(
            problem["code"].is_string() && problem["message"].is_string(),
            "{problem}"
        );
        problem
    }
}

impl World {
    /// A gateway with two sources and a form, and no connection.
    pub(crate) async fn start() -> Self {
        Self::with(Config {
            sources: sources(),
            forms: forms(),
            ..Config::default()
        })
        .await
    }

    /// The same with a connection to a simulator, and the lead-capture route.
    pub(crate) async fn with_zoho(simulator: &Simulator) -> Self {
        Self::with(Self::config_with_zoho(simulator)).await
    }

    pub(crate) fn config_with_zoho(simulator: &Simulator) -> Config {
        Config {
            connections: vec![connection(&simulator.url())],
            sources: sources(),
            forms: forms(),
            routes: vec![route()],
            ..Config::default()
        }
    }

    pub(crate) async fn with(config: Config) -> Self {
        let data_dir = TempDir::new().unwrap();
        let engine_options = EngineOptions::new(data_dir.path());
        let clock = engine_options.clock.clone();
        let engine = Engine::open(engine_options).await.unwrap();
        engine.apply_config(config).await.unwrap();
        let options = ServerOptions {
            demo: Some(Demo {
                form: "contact".to_owned(),
                write_key: WRITE_KEY.to_owned(),
                simulator_url: "http://127.0.0.1:4010/__sim/".to_owned(),
            }),
            ..ServerOptions::new(ADMIN_TOKEN.into())
        };
        let server = Server::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", server.local_addr());
        let (stop, stopped) = oneshot::channel();
        let serving = server.serve(router(engine.clone(), options), async move {
            stopped.await.unwrap_or(());
        });
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let serving = Some(tokio::spawn(serving));
        Self {
            engine,
            clock,
            base,
            client,
            stop: Some(stop),
            serving,
            _data_dir: data_dir,
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts to an ingestion door with the write key as Basic user name.
    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.send(
            self.request(Method::POST, path)
                .basic_auth(WRITE_KEY, Some(""))
                .body(body),
        )
        .await
    }

    /// Calls the REST API.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self
            .request(method, &format!("/api/v1/{path}"))
            .bearer_auth(ADMIN_TOKEN);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    /// All events, once at least `count` are listed: a list shows an event when its routes have been looked at.
    pub(crate) async fn listed(&self, count: usize) -> Vec<Value> {
        eventually(&format!("{count} events are listed"), || async {
            let events = self.api(Method::GET, "events", None).await.json();
            let items = events["items"].as_array().unwrap().clone();
            (items.len() >= count).then_some(items)
        })
        .await
    }

    /// Stores one more event and fails if any came before it.
    pub(crate) async fn assert_nothing_stored(&self) {
        let event = r#"{"type":"page","messageId":"the only one","anonymousId":"a"}"#;
        assert_eq!(self.post("/v1/events", event).await.status, 200);
        let events = self.listed(1).await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0]["message_id"], "the only one");
    }

    /// Stops accepting; gives back the task that serves.
    pub(crate) fn stop(&mut self) -> JoinHandle<std::io::Result<()>> {
        self.stop.take().unwrap().send(()).unwrap();
        self.serving.take().unwrap()
    }
}

/// Asks until the answer satisfies, at most thirty seconds.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let asked = async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asked)
        .await
        .unwrap_or_else(|_| panic!("never happened: {what}"))
}

fn sources() -> Vec<SourceConfig> {
    vec![
        SourceConfig {
            name: "website".to_owned(),
            write_key: WRITE_KEY.to_owned(),
            allowed_origins: Vec::new(),
            missing_message_id: MissingMessageId::Refuse,
        },
        SourceConfig {
            name: "shop".to_owned(),
            write_key: SHOP_KEY.to_owned(),
            allowed_origins: vec!["https://shop.example.com".to_owned()],
            missing_message_id: MissingMessageId::Generate,
        },
    ]
}

fn forms() -> Vec<FormConfig> {
    let form = |name: &str| FormConfig {
        name: name.to_owned(),
        source: "website".to_owned(),
        event: "Lead Generated".to_owned(),
        redirect_url: None,
        honeypot: Some("nickname".to_owned()),
    };
    let redirecting = FormConfig {
        redirect_url: Some("https://www.example.com/thanks".to_owned()),
        ..form("newsletter")
    };
    vec![form("contact"), redirecting]
}

fn connection(url: &str) -> ConnectionConfig {
    ConnectionConfig {
        name: "demo".to_owned(),
        data_center: "us".to_owned(),
        client_id: "1000.LEADWAYDEMO".to_owned(),
        client_secret: Some(Secret::new("leadway-demo-secret")),
        refresh_token: Some(Secret::new("1000.leadway-demo-refresh")),
        accounts_url: Some(url.to_owned()),
        api_domain: Some(url.to_owned()),
        ..ConnectionConfig::default()
    }
}

fn route() -> RouteConfig {
    RouteConfig {
        name: "lead-capture".to_owned(),
        sources: Vec::new(),
        events: ["identify", "track:Lead Generated"]
            .map(|text| text.parse().unwrap())
            .into(),
        mapping: "lead-capture".to_owned(),
        connection: "demo".to_owned(),
        module: "Leads".to_owned(),
        operation: Operation::Upsert,
        duplicate_check_fields: Vec::new(),
        trigger: None,
        lar_id: None,
        consent: Vec::new(),
    }
}
