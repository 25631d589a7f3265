//! The commands: one file each, with its arguments and what it does.

mod apply;
mod dead_letters;
mod demo;
mod doctor;
mod events;
mod export;
mod import;
mod listing;
mod mend;
mod replay;
mod send;
mod serve;

use std::process::ExitCode;

use clap::Subcommand;

/// What `leadway` can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start a gateway with a simulated Zoho, ready to try
    Demo(demo::DemoArgs),
    /// Run a gateway
    Serve(serve::ServeArgs),
    /// Make a gateway's configuration equal to a file, after showing what changes
    Apply(apply::ApplyArgs),
    /// Write a gateway's configuration to a file that `apply` takes back
    Export(export::ExportArgs),
    /// Send events, as a website would
    Send(send::SendArgs),
    /// Import people from a CSV file
    Import(import::ImportArgs),
    /// List events, or show one event's whole life
    Events(events::EventsArgs),
    /// List what Zoho refused, mend it and send it again
    DeadLetters(dead_letters::DeadLettersArgs),
    /// Send events or deliveries again
    Replay(replay::ReplayArgs),
    /// Check connections: is Zoho reached, token, organisation, scopes, clock, credits
    Doctor(doctor::DoctorArgs),
}

/// Runs one command and gives the exit code.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Apply(args) => apply::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Send(args) => send::run(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Events(args) => events::run(args).await,
        Command::DeadLetters(args) => dead_letters::run(args).await,
        Command::Replay(args) => replay::run(args).await,
        Command::Doctor(args) => doctor::run(args).await,
    }
}
