//! The commands: one file each, with its arguments and what it does.

mod act;
mod apply;
mod connection;
mod dead_letters;
mod demo;
mod doctor;
mod events;
mod export;
mod import;
mod listing;
mod mend;
mod replay;
mod secrets;
mod send;
mod serve;

use std::process::ExitCode;

use clap::Subcommand;

/// What `leadway` can do; each command's arguments say what it is for.
#[derive(Subcommand)]
pub(crate) enum Command {
    Demo(demo::DemoArgs),
    Serve(serve::ServeArgs),
    Apply(apply::ApplyArgs),
    Export(export::ExportArgs),
    Connection(connection::ConnectionArgs),
    Send(send::SendArgs),
    Import(import::ImportArgs),
    Events(events::EventsArgs),
    DeadLetters(dead_letters::DeadLettersArgs),
    Replay(replay::ReplayArgs),
    Doctor(doctor::DoctorArgs),
    Crm(act::CrmArgs),
    Books(act::BooksArgs),
    Coql(act::coql::CoqlArgs),
    Request(act::request::RequestArgs),
    Secrets(secrets::SecretsArgs),
}

/// Runs one command and gives the exit code.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Apply(args) => apply::run(args).await,
        Command::Export(args) => export::run(args).await,
        Command::Connection(args) => connection::run(args).await,
        Command::Send(args) => send::run(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Events(args) => events::run(args).await,
        Command::DeadLetters(args) => dead_letters::run(args).await,
        Command::Replay(args) => replay::run(args).await,
        Command::Doctor(args) => doctor::run(args).await,
        Command::Crm(args) => args.run().await,
        Command::Books(args) => args.run().await,
        Command::Coql(args) => args.run().await,
        Command::Request(args) => args.run().await,
        Command::Secrets(args) => secrets::run(args).await,
    }
}
