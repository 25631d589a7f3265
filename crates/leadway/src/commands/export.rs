//! `leadway export`: a gateway's configuration as a file that `apply` takes back.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use leadway_engine::model::config::Config;
use serde_json::Value;

use crate::config_file;
use crate::remote::{Remote, RemoteArgs};
use crate::render;

/// Write a gateway's configuration to a file that `apply` takes back
///
/// Secrets are not in it; they stay stored in the gateway.
#[derive(Args)]
pub(crate) struct ExportArgs {
    /// Where to write it; without it, to standard output
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Print JSON instead of TOML
    #[arg(long, conflicts_with = "file")]
    json: bool,

    #[command(flatten)]
    remote: RemoteArgs,
}

pub(crate) async fn run(args: ExportArgs) -> anyhow::Result<ExitCode> {
    let answer: Value = Remote::new(args.remote)?.get(&["config"], &[]).await?;
    if args.json {
        render::print_json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let config: Config = serde_json::from_value(answer)
        .context("the gateway's configuration is of another version")?;
    let text = config_file::write(&config)?;
    match &args.file {
        Some(file) => std::fs::write(file, text)
            .with_context(|| format!("{} cannot be written", file.display()))?,
        None => render::print(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}
