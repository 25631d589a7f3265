//! Mistakes on the command line that only show after it was parsed; they end with exit code 2, like clap's own.

/// What is wrong with the command line, and what to write instead.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(String);

/// The error of a command line that makes no sense.
pub(crate) fn wrong_usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}
