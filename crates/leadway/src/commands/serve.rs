//! `leadway serve`: a gateway for real, on an embedded database in one folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use leadway_engine::EngineOptions;
use leadway_engine::model::config::Config;
use leadway_server::ServerOptions;
use secrecy::{ExposeSecret, SecretString};

use crate::config_file;
use crate::gateway::{Gateway, admin_token, stop_signal};
use crate::logs::LogArgs;

/// Run a gateway
///
/// Everything that it keeps (database, key file, admin token) is in the data folder. Without --config it starts with
/// the configuration that is stored there.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Where it listens
    #[arg(
        long,
        env = "LEADWAY_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080"
    )]
    listen: SocketAddr,

    /// Folder for database, key and token; made when it is not there. One gateway at a time can use it
    #[arg(
        long,
        env = "LEADWAY_DATA_DIR",
        value_name = "FOLDER",
        default_value = "leadway-data"
    )]
    data_dir: PathBuf,

    /// Configuration file to apply before the gateway takes anything in (see `leadway apply`)
    #[arg(long, env = "LEADWAY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Token that opens the console and the REST API; better given in the variable, since other users of the machine
    /// can see command lines. Without it one is made at the first start and kept in the data folder
    #[arg(
        long,
        env = "LEADWAY_ADMIN_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    admin_token: Option<SecretString>,

    /// Key that encrypts stored secrets, as 64 hexadecimal digits; better given in the variable. Without it one is
    /// made at the first start and kept in the data folder
    #[arg(
        long,
        env = "LEADWAY_MASTER_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    master_key: Option<SecretString>,

    /// Take the sender's address from X-Forwarded-For; only behind a proxy of your own that sets it
    #[arg(long, env = "LEADWAY_TRUST_FORWARDED_FOR")]
    trust_forwarded_for: bool,

    /// Address by which people and Zoho reach the gateway, such as https://gateway.example.com; without it, the one by
    /// which each request comes. Zoho sends people back to it, below /oauth/callback
    #[arg(long, env = "LEADWAY_PUBLIC_URL", value_name = "URL", value_parser = crate::remote::gateway_url)]
    public_url: Option<reqwest::Url>,

    #[command(flatten)]
    logs: LogArgs,
}

pub(crate) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    args.logs.start("info")?;
    let config = args.config.as_deref().map(config_file::read).transpose()?;
    let options = EngineOptions {
        master_key: args.master_key,
        ..EngineOptions::new(&args.data_dir)
    };
    let gateway = Gateway::open(args.listen, options).await?;
    let admin_token = admin_token(args.admin_token, &args.data_dir)?;
    if let Some(config) = config {
        apply(&gateway, config, args.config.as_deref()).await?;
    }

    let stop = stop_signal(|| {})?;
    let address = gateway.local_addr();
    tracing::info!(%address, data_dir = %args.data_dir.display(), "the gateway takes events");
    if admin_token.is_new {
        crate::render::print(&format!(
            "Admin token: {}\nIt is shown only now; {} keeps it.\n",
            admin_token.token.expose_secret(),
            args.data_dir.join("admin-token").display()
        ))?;
    }
    let server = ServerOptions {
        trust_forwarded_for: args.trust_forwarded_for,
        public_url: args.public_url.map(|url| url.to_string()),
        ..ServerOptions::new(admin_token.token)
    };
    gateway.serve(server, stop).await?;
    tracing::info!("the gateway has stopped");
    Ok(ExitCode::SUCCESS)
}

async fn apply(gateway: &Gateway, config: Config, file: Option<&Path>) -> anyhow::Result<()> {
    let file = file
        .unwrap_or(Path::new("the configuration"))
        .display()
        .to_string();
    let plan = gateway
        .engine
        .start_with(config)
        .await
        .map_err(|error| match error {
            leadway_engine::ConfigError::Invalid(problems) => {
                anyhow::anyhow!(
                    "{file} cannot be applied:\n{}",
                    crate::render::problem_lines(&problems)
                )
            }
            other => anyhow::Error::new(other),
        });
    let plan = plan.with_context(|| format!("{file} is not applied"))?;
    tracing::info!(
        file,
        changes = plan.changes.len(),
        "the configuration is applied"
    );
    Ok(())
}
