//! A server with one core of its own: the simulator, or the ceiling.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, header};
use axum::response::{IntoResponse as _, Response};
use zoho_sim::{Config, Limits, Simulator};

use super::wire::Load;

/// Senders at the same time: enough that the server never waits for one.
const SENDERS: usize = 3;

/// A server on a thread of its own, which ends with the process.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    /// Where the system tells the processor time of its thread.
    schedule: std::path::PathBuf,
}

impl Host {
    pub(crate) fn simulator() -> anyhow::Result<Self> {
        Self::start(|| async {
            let config = Config {
                limits: Some(Limits::off()),
                ..Config::default()
            };
            let simulator = Simulator::start(config).await?;
            let address = simulator.address();
            Ok((address, async move {
                std::future::pending::<()>().await;
                drop(simulator);
            }))
        })
    }

    /// Answers each GET with these bytes, and each POST with those after its body was read as JSON.
    pub(crate) fn ceiling(page: Vec<u8>, answer: Vec<u8>) -> anyhow::Result<Self> {
        let (page, answer) = (Bytes::from(page), Bytes::from(answer));
        Self::start(move || async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?;
            let router = Router::new().fallback(move |method: Method, body: Bytes| {
                let bytes = if method == Method::GET {
                    page.clone()
                } else {
                    answer.clone()
                };
                async move { ceiling_answer(&body, bytes) }
            });
            Ok((address, async move {
                if let Err(error) = axum::serve(listener, router).await {
                    eprintln!("the ceiling's server has failed: {error}");
                }
            }))
        })
    }

    fn start<F, S>(serve: impl FnOnce() -> F + Send + 'static) -> anyhow::Result<Self>
    where
        F: Future<Output = anyhow::Result<(SocketAddr, S)>>,
        S: Future<Output = ()>,
    {
        let (told, heard) = mpsc::channel();
        std::thread::spawn(move || {
            let schedule =
                std::fs::canonicalize("/proc/thread-self").map(|path| path.join("schedstat"));
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => return told.send(Err(error.into())).unwrap_or(()),
            };
            runtime.block_on(async {
                match serve().await {
                    Err(error) => told.send(Err(error)).unwrap_or(()),
                    Ok((address, served)) => {
                        let host = schedule
                            .map(|schedule| Self { address, schedule })
                            .context("the thread's place in /proc");
                        let _ = told.send(host);
                        served.await;
                    }
                }
            });
        });
        heard.recv().context("the server's thread has ended")?
    }

    /// Processor time that the server has taken.
    pub(crate) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let text = std::fs::read_to_string(&self.schedule)?;
        let nanoseconds = text.split(' ').next().context("no processor time")?;
        Ok(nanoseconds.parse::<u64>()? as f64 / 1e9)
    }

    /// Calls per second of the server's core.
    pub(crate) fn measure(&self, lasts: Duration, load: &Load<'_>) -> anyhow::Result<f64> {
        load.send(self.address, SENDERS, lasts / 4)?;
        let started = self.cpu_seconds()?;
        let calls = load.send(self.address, SENDERS, lasts)?;
        Ok(calls as f64 / (self.cpu_seconds()? - started))
    }
}

fn ceiling_answer(body: &[u8], bytes: Bytes) -> Response {
    let parsed: Arc<Option<serde_json::Value>> = Arc::new(serde_json::from_slice(body).ok());
    std::hint::black_box(&parsed);
    let content_type = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
    (content_type, Body::from(bytes)).into_response()
}
