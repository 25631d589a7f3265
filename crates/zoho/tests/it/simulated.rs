//! Starts simulators and clients for them.

use serde_json::Value;
use zoho::policy::RetryPolicy;
use zoho::{Client, ClientBuilder, DataCenter, Url};
use zoho_sim::{Config, Simulator};

pub(crate) async fn simulator() -> Simulator {
    Simulator::start(Config::default()).await.unwrap()
}

pub(crate) fn url(simulator: &Simulator) -> Url {
    simulator.url().parse().unwrap()
}

/// The demo seed's client.
pub(crate) fn builder(simulator: &Simulator) -> ClientBuilder {
    Client::builder(DataCenter::Us)
        .accounts_url(url(simulator))
        .refresh_token_grant(
            "1000.LEADWAYDEMO",
            "leadway-demo-secret".into(),
            "1000.leadway-demo-refresh".into(),
        )
}

pub(crate) fn client(simulator: &Simulator) -> Client {
    builder(simulator).build().unwrap()
}

/// A client that repeats nothing by itself.
pub(crate) fn blunt_client(simulator: &Simulator) -> Client {
    builder(simulator)
        .retry_policy(RetryPolicy::none())
        .build()
        .unwrap()
}

pub(crate) fn fault(simulator: &Simulator, fault: Value) {
    simulator.add_fault(serde_json::from_value(fault).unwrap());
}

/// Requests in the journal whose path begins so.
pub(crate) fn served(simulator: &Simulator, path_start: &str) -> Vec<Value> {
    let is_wanted = |entry: &Value| {
        entry["path"]
            .as_str()
            .is_some_and(|path| path.starts_with(path_start))
    };
    simulator.journal().into_iter().filter(is_wanted).collect()
}
