//! Runs the program.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// How often a test looks again.
pub(crate) const INTERVAL: Duration = Duration::from_millis(20);

/// What a command gave.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Fails the test when the command did not end well.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }

    /// What it printed with `--json`.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.out, self.err))
    }
}

/// The program with a clean environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadway"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in [
        "LEADWAY_URL",
        "LEADWAY_ADMIN_TOKEN",
        "LEADWAY_WRITE_KEY",
        "LEADWAY_MASTER_KEY",
        "LEADWAY_LISTEN",
        "LEADWAY_DATA_DIR",
        "LEADWAY_CONFIG",
        "LEADWAY_LOG",
        "LEADWAY_LOG_FORMAT",
        "LEADWAY_TRUST_FORWARDED_FOR",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end, without blocking the simulator's threads.
pub(crate) async fn run(mut command: Command) -> Ended {
    let child = command.spawn().unwrap();
    end_of(child).await
}

/// Waits for a started command.
pub(crate) async fn end_of(child: Child) -> Ended {
    let output = tokio::task::spawn_blocking(|| child.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Sends a signal to a process that the test started.
pub(crate) fn signal(name: &str, child: &Child) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Looks again and again until something is there; fails after a while.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "gave up waiting until {what}");
        tokio::time::sleep(INTERVAL).await;
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
