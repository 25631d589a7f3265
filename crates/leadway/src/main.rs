//! `leadway`, the one program: it starts gateways (`demo`, `serve`) and talks to running ones (all other commands).
//!
//! It reads configuration, composes the engine with its HTTP edge, prints, and sets the exit code: 0 when all went
//! well, 1 when something failed, 2 when the command line makes no sense. What the gateway does stands in
//! `leadway-engine`.

mod commands;
mod config_file;
mod gateway;
mod import;
mod logs;
mod remote;
mod render;
mod usage;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;
use crate::usage::UsageError;

/// A gateway between your websites and your Zoho CRM and Zoho Books.
///
/// `leadway demo` shows it with a simulated Zoho; `leadway serve` runs it for real. All other commands talk to a
/// running gateway over its REST API.
#[derive(Parser)]
#[command(name = "leadway", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::run(cli.command).await {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
        }
    }
}

/// Whoever read our output has seen enough (`leadway events | head`), which is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
