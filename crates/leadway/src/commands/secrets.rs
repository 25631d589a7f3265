//! `leadway secrets`: the key under which secrets are stored.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use leadway_engine::{Rotation, rotate_master_key};
use secrecy::SecretString;

use crate::render;

/// Change the key under which client secrets and tokens are stored
#[derive(Args)]
pub(crate) struct SecretsArgs {
    #[command(subcommand)]
    command: SecretsCommand,
}

#[derive(Subcommand)]
enum SecretsCommand {
    /// Encrypt all stored secrets under a new master key, while the gateway is stopped
    ///
    /// Without --new-master-key a new key file is made in the data folder. All secrets change at once: after a crash they
    /// are all under the old key or all under the new one, and the next start finds out which.
    Rotate(RotateArgs),
}

#[derive(Args)]
struct RotateArgs {
    /// The gateway's folder
    #[arg(
        long,
        env = "LEADWAY_DATA_DIR",
        value_name = "FOLDER",
        default_value = "leadway-data"
    )]
    data_dir: PathBuf,

    /// The key until now, if it was not the data folder's key file; better given in the variable
    #[arg(
        long,
        env = "LEADWAY_MASTER_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    master_key: Option<SecretString>,

    /// The key from now on, as 64 hexadecimal digits (openssl rand -hex 32); better given in the variable
    #[arg(
        long,
        env = "LEADWAY_NEW_MASTER_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    new_master_key: Option<SecretString>,
}

pub(crate) async fn run(args: SecretsArgs) -> anyhow::Result<ExitCode> {
    let SecretsCommand::Rotate(args) = args.command;
    // The folder of a slip of the keyboard is not made.
    anyhow::ensure!(
        args.data_dir.join("leadway.db").exists(),
        "{} is no data folder of a gateway; name it with --data-dir",
        args.data_dir.display()
    );
    let is_own_key = args.new_master_key.is_some();
    let count = rotate_master_key(Rotation {
        data_dir: args.data_dir.clone(),
        master_key: args.master_key,
        new_master_key: args.new_master_key,
    })
    .await
    .context("the master key is not changed")?;
    let next = if is_own_key {
        "Start the gateway with the new key in LEADWAY_MASTER_KEY.".to_owned()
    } else {
        format!(
            "The new key is in {}; start the gateway without LEADWAY_MASTER_KEY.",
            args.data_dir.join("master.key").display()
        )
    };
    render::print(&format!(
        "{} now under the new key. {next} Backups from before need the old key.\n",
        match count {
            1 => "1 secret is".to_owned(),
            count => format!("{count} secrets are"),
        }
    ))?;
    Ok(ExitCode::SUCCESS)
}
