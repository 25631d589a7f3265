//! A server that takes callbacks and hands them to the test.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// How long a callback that must come may take. Only a failing test waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A receiver on a port of its own.
pub(crate) struct Receiver {
    pub(crate) url: String,
    bodies: UnboundedReceiver<Value>,
}

impl Receiver {
    /// Answers every callback with this status.
    pub(crate) async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (tell, bodies) = mpsc::unbounded_channel();
        let status = StatusCode::from_u16(status).unwrap();
        let router = Router::new()
            .fallback(
                move |State(tell): State<UnboundedSender<Value>>, body: Bytes| async move {
                    let _ = tell.send(serde_json::from_slice(&body).unwrap());
                    status
                },
            )
            .with_state(tell);
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, bodies }
    }

    /// The next callback.
    pub(crate) async fn next(&mut self) -> Value {
        tokio::time::timeout(PATIENCE, self.bodies.recv())
            .await
            .expect("no callback came")
            .unwrap()
    }

    /// A callback that has come already.
    pub(crate) fn already(&mut self) -> Option<Value> {
        self.bodies.try_recv().ok()
    }
}
