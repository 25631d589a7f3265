//! Composition: an engine and its HTTP edge, started together and stopped in order.

mod stop;
mod token;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use leadway_engine::{Engine, EngineOptions};
use leadway_server::{Server, ServerOptions};
use tokio::time::Instant;

pub(crate) use stop::{StopSignal, stop_signal};
pub(crate) use token::admin_token;

/// How long calls in flight may take to end, once somebody asks the gateway to stop.
pub(crate) const DRAIN_SECONDS_MAX: u64 = 10;

/// What the engine gets at the end, even when the HTTP edge has used up all the time.
const SETTLE_MIN: Duration = Duration::from_secs(1);

/// A gateway that is open and bound, but does not serve yet.
pub(crate) struct Gateway {
    pub(crate) engine: Engine,
    server: Server,
}

impl Gateway {
    /// Binds the port first, since a taken port is the likelier mistake and leaves no folder behind; then opens the
    /// engine.
    pub(crate) async fn open(listen: SocketAddr, options: EngineOptions) -> anyhow::Result<Self> {
        let server = Server::bind(listen)
            .await
            .map_err(|error| anyhow::anyhow!("{}", cannot_listen(listen, "--listen", &error)))?;
        let data_dir = options.data_dir.clone();
        let engine = Engine::open(options)
            .await
            .with_context(|| format!("the gateway cannot be opened in {}", data_dir.display()))?;
        Ok(Self { engine, server })
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.server.local_addr()
    }

    /// Serves until `stop` is asked for, then drains: no new connection, requests and calls to Zoho in flight end,
    /// within [`DRAIN_SECONDS_MAX`].
    pub(crate) async fn serve(
        self,
        options: ServerOptions,
        stop: StopSignal,
    ) -> anyhow::Result<()> {
        let router = leadway_server::router(self.engine.clone(), options);
        let stopping = stop.clone();
        let served = self
            .server
            .serve(router, async move { stopping.asked().await })
            .await;
        let asked_at = stop.asked_at().unwrap_or_else(Instant::now);
        let patience = Duration::from_secs(DRAIN_SECONDS_MAX).saturating_sub(asked_at.elapsed());
        self.engine.shutdown(patience.max(SETTLE_MIN)).await;
        served.context("the gateway's port broke")
    }
}

/// Why an address cannot be listened on, with the way out. `option` is the one that chooses another.
pub(crate) fn cannot_listen(address: SocketAddr, option: &str, error: &std::io::Error) -> String {
    let next = SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(8080));
    let way_out = match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!(
                "another program uses it; stop that program, or choose another address: {option} {next}"
            )
        }
        std::io::ErrorKind::PermissionDenied => {
            format!(
                "ports below 1024 need special rights; choose a higher one: {option} {}:8080",
                address.ip()
            )
        }
        std::io::ErrorKind::AddrNotAvailable => {
            format!(
                "this machine has no such address; try {option} 127.0.0.1:{}",
                address.port()
            )
        }
        _ => format!("{error}; choose another address with {option}"),
    };
    format!("cannot listen on {address}: {way_out}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn a_taken_port_comes_with_the_way_out() {
        let address = "127.0.0.1:8080".parse().unwrap();
        insta::assert_snapshot!(
            cannot_listen(address, "--listen", &ErrorKind::AddrInUse.into()),
            @"cannot listen on 127.0.0.1:8080: another program uses it; stop that program, or choose another address: --listen 127.0.0.1:8081"
        );
        let low = "127.0.0.1:80".parse().unwrap();
        insta::assert_snapshot!(
            cannot_listen(low, "--listen", &ErrorKind::PermissionDenied.into()),
            @"cannot listen on 127.0.0.1:80: ports below 1024 need special rights; choose a higher one: --listen 127.0.0.1:8080"
        );
    }
}
