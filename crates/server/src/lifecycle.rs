//! Binding, serving and stopping.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long running requests may take to end, once the server stops.
const PATIENCE: Duration = Duration::from_secs(10);

/// A bound port.
///
/// ```
/// # async fn example(router: axum::Router) -> std::io::Result<()> {
/// let server = leadway_server::Server::bind("127.0.0.1:0").await?;
/// println!("listening on {}", server.local_addr());
/// server.serve(router, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    local_addr: SocketAddr,
}

/// Tells streams that would otherwise stay open that the server stops.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stopping(pub(crate) CancellationToken);

impl Server {
    /// Binds an address such as `127.0.0.1:8080`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is none of this machine, or its port is taken or needs more rights.
    pub async fn bind(listen: impl tokio::net::ToSocketAddrs) -> std::io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let local_addr = listener.local_addr()?;
        Ok(Self {
            listener,
            local_addr,
        })
    }

    /// The address that was bound, with its real port.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves until `shutdown` completes; then takes no more connections, ends live streams at once, and gives
    /// running requests ten seconds to end.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn serve(
        self,
        router: Router,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let stopping = Stopping::default();
        let router = router.layer(Extension(stopping.clone()));
        let listener = self.listener.tap_io(|stream| {
            // Answers are small; waiting to fill a packet would only delay them.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps Nagle's algorithm");
            }
        });
        let stop = stopping.0.clone();
        let serving = axum::serve(
            listener,
            router.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .with_graceful_shutdown(async move {
            shutdown.await;
            stop.cancel();
        })
        .into_future();
        let out_of_patience = async {
            stopping.0.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            ended = serving => ended,
            () = out_of_patience => {
                tracing::warn!(seconds = PATIENCE.as_secs(), "requests still ran when the server stopped");
                Ok(())
            }
        }
    }
}
