//! `leadway crm` and `leadway books`: every action of the catalog as a command of its own.

mod arguments;
pub(crate) mod coql;
pub(crate) mod request;
mod rows;
mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{ArgMatches, Command, FromArgMatches};
use leadway_engine::action::{Action, Effect, Product};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::remote::{Remote, RemoteArgs, tells_progress};
use crate::usage::wrong_usage;

/// Do anything in the connection's Zoho CRM
pub(crate) struct CrmArgs(Chosen);

/// Do anything in the connection's Zoho Books
pub(crate) struct BooksArgs(Chosen);

/// One action with what it takes.
struct Chosen {
    action: &'static Action,
    connection: Option<String>,
    inputs: Map<String, Value>,
    /// Files by the name of their input.
    files: Vec<(String, PathBuf)>,
    is_confirmed: bool,
    shown: show::Shown,
    idempotency_key: Option<String>,
    remote: RemoteArgs,
}

macro_rules! product {
    ($name:ident, $product:expr) => {
        impl clap::Args for $name {
            fn augment_args(command: Command) -> Command {
                arguments::commands(command, $product)
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }

        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                arguments::chosen(matches, $product).map(Self)
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }

        impl $name {
            pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
                run(self.0).await
            }
        }
    };
}

product!(CrmArgs, Product::Crm);
product!(BooksArgs, Product::Books);

/// The part of a listed connection that matters here.
#[derive(Deserialize)]
struct Named {
    name: String,
}

async fn run(mut chosen: Chosen) -> anyhow::Result<ExitCode> {
    let action = chosen.action;
    if action.asks(&chosen.inputs) && !chosen.is_confirmed {
        return Err(wrong_usage(format!(
            "{} cannot be taken back; add --yes if you mean it",
            match action.effect {
                Effect::Destroys => action.name,
                _ => "what this request does",
            }
        )));
    }
    let remote = Remote::new(chosen.remote)?;
    let connection = match chosen.connection {
        Some(connection) => connection,
        None => only_connection(&remote).await?,
    };
    for (_, path) in &chosen.files {
        std::fs::metadata(path)
            .with_context(|| format!("the file {} cannot be read", path.display()))?;
    }
    if tells_progress(action) {
        let progress = chosen.inputs.entry("progress");
        progress.or_insert(Value::Bool(true));
        if action.effect != Effect::Reads && chosen.idempotency_key.is_none() {
            let key = uuid::Uuid::new_v4().to_string();
            eprintln!(
                "If this breaks off, the same command with --idempotency-key {key} goes on where it stopped."
            );
            chosen.idempotency_key = Some(key);
        }
    }
    chosen.shown.fields = match chosen.inputs.get("fields") {
        Some(Value::String(names)) => names
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect(),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    let key = chosen.idempotency_key.as_deref();
    let is_ndjson = chosen.inputs.get("file_format") == Some(&Value::from("ndjson"));
    let gives_file = action.gives_file(&chosen.inputs) && !is_ndjson;
    if gives_file {
        chosen.shown.has_place()?;
    }
    let answer = remote
        .act(&connection, action, chosen.inputs, &chosen.files, key)
        .await?;
    show::answer(answer, action, gives_file, &chosen.shown).await
}

async fn only_connection(remote: &Remote) -> anyhow::Result<String> {
    let named: Vec<Named> = remote.get(&["connections"], &[]).await?;
    match named.as_slice() {
        [only] => Ok(only.name.clone()),
        [] => anyhow::bail!("the gateway has no connection; add one with `leadway apply`"),
        several => {
            let names: Vec<&str> = several
                .iter()
                .map(|connection| connection.name.as_str())
                .collect();
            Err(wrong_usage(format!(
                "the gateway has several connections; say which one with --connection or LEADWAY_CONNECTION: {}",
                names.join(", ")
            )))
        }
    }
}
