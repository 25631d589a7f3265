//! What all handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use leadway_engine::Engine;

use crate::console::session::Sessions;
use crate::metrics::Metrics;
use crate::options::ServerOptions;

/// The engine, the options and what the edge itself remembers. Cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct App(Arc<Shared>);

/// See [`App`].
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) options: ServerOptions,
    pub(crate) sessions: Sessions,
    pub(crate) metrics: Metrics,
}

impl App {
    pub(crate) fn new(engine: Engine, options: ServerOptions) -> Self {
        Self(Arc::new(Shared {
            engine,
            options,
            sessions: Sessions::default(),
            metrics: Metrics::default(),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<App> for Engine {
    fn from_ref(app: &App) -> Self {
        app.engine.clone()
    }
}
