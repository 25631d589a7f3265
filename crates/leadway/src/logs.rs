//! What a gateway logs: to stderr, as text or as JSON lines. Secrets never get there: they have no printable form.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::usage::wrong_usage;

/// How much is logged, and how.
#[derive(Args)]
pub(crate) struct LogArgs {
    /// What to log: a level (error, warn, info, debug, trace) or a filter such as `info,leadway_engine=debug`
    #[arg(long = "log", env = "LEADWAY_LOG", value_name = "FILTER")]
    filter: Option<String>,

    /// How log lines look
    #[arg(long, env = "LEADWAY_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object in each line.
    Json,
}

impl LogArgs {
    /// Starts logging for the rest of the process.
    pub(crate) fn start(&self, default_filter: &str) -> anyhow::Result<()> {
        let filter = self.filter.as_deref().unwrap_or(default_filter);
        let filter = EnvFilter::try_new(filter)
            .map_err(|error| wrong_usage(format!("--log {filter:?} is no filter: {error}")))?;
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        match self.log_format {
            LogFormat::Text => subscriber.finish().try_init()?,
            LogFormat::Json => subscriber.json().finish().try_init()?,
        }
        Ok(())
    }
}
