//! A gateway to measure: an engine on a folder of its own, behind the real router.

use anyhow::Context as _;
use leadway_engine::model::config::Config;
use leadway_engine::{Engine, EngineOptions};
use leadway_server::{Server, ServerOptions, router};
use serde_json::json;

/// A running gateway.
pub(crate) struct Gateway {
    pub(crate) engine: Engine,
    pub(crate) address: std::net::SocketAddr,
    stop: tokio::sync::oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

/// Starts a gateway that faces a Zoho at `zoho_url`.
pub(crate) async fn gateway(zoho_url: &str, is_forgetful: bool) -> anyhow::Result<Gateway> {
    let folder = tempfile::tempdir()?;
    let options = EngineOptions {
        is_forgetful,
        ..EngineOptions::new(folder.path())
    };
    let engine = Engine::open(options).await?;
    engine.apply_config(config(zoho_url)?).await?;
    let server = Server::bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let router = router(
        engine.clone(),
        ServerOptions::new("bench-admin-token".to_owned().into()),
    );
    let served = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        if let Err(error) = server.serve(router, stopped).await {
            eprintln!("the server has failed: {error}");
        }
    });
    Ok(Gateway {
        engine,
        address,
        stop,
        served,
        _folder: folder,
    })
}

impl Gateway {
    /// Ends the gateway.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.served.await;
        self.engine
            .shutdown(std::time::Duration::from_secs(10))
            .await;
    }
}

/// The demo's configuration: identify and "Lead Generated" go to Leads.
pub(crate) fn config(zoho_url: &str) -> anyhow::Result<Config> {
    serde_json::from_value(json!({
        "connections": [{
            "name": "demo", "data_center": "us", "client_id": "1000.LEADWAYDEMO",
            "client_secret": "leadway-demo-secret", "refresh_token": "1000.leadway-demo-refresh",
            "accounts_url": zoho_url, "api_domain": zoho_url,
        }],
        "sources": [{"name": "website", "write_key": "demo-write-key"}],
        "routes": [{
            "name": "lead-capture", "events": ["identify", "track:Lead Generated"], "mapping": "lead-capture",
            "connection": "demo", "module": "Leads",
        }],
    }))
    .context("the benchmark's configuration")
}

/// A runtime like the gateway's own: one worker for each core.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}
