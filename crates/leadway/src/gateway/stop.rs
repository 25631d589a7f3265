//! Ctrl-C and SIGTERM: the first asks the gateway to drain, the second ends the process at once.

use std::sync::{Arc, OnceLock};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::DRAIN_SECONDS_MAX;

/// Exit code of a process that was ended by a second Ctrl-C, as shells report SIGINT.
const INTERRUPTED: i32 = 130;

/// Whether somebody asked the process to stop, and when. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct StopSignal {
    token: CancellationToken,
    asked_at: Arc<OnceLock<Instant>>,
}

impl StopSignal {
    /// Completes once a stop is asked for.
    pub(crate) async fn asked(&self) {
        self.token.cancelled().await;
    }

    /// When the stop was asked for.
    pub(crate) fn asked_at(&self) -> Option<Instant> {
        self.asked_at.get().copied()
    }

    fn ask(&self) {
        // A second call changes nothing: the drain counts from the first.
        let _ = self.asked_at.set(Instant::now());
        self.token.cancel();
    }
}

/// Starts to listen for the signals. `clean_up` runs when the process ends at once instead of draining.
pub(crate) fn stop_signal(clean_up: impl FnOnce() + Send + 'static) -> anyhow::Result<StopSignal> {
    let stop = StopSignal::default();
    let mut signals = Signals::listen()?;
    let asking = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        eprintln!(
            "\nStopping: calls in flight may end within {DRAIN_SECONDS_MAX} seconds; Ctrl-C again stops at once."
        );
        asking.ask();
        signals.next().await;
        clean_up();
        eprintln!("Stopped at once. Every accepted event is on disk.");
        std::process::exit(INTERRUPTED);
    });
    Ok(stop)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without signals the process can only be ended from outside.
            std::future::pending::<()>().await;
        }
    }
}
