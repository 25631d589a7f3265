//! `leadway demo`: a gateway and the simulated Zoho in one process, configured and ready to try.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use leadway_engine::EngineOptions;
use leadway_engine::mapping::{LEAD_CAPTURE, lead_capture_events};
use leadway_engine::model::config::{
    Config, ConnectionConfig, FormConfig, RouteConfig, Secret, SourceConfig,
};
use leadway_server::{Demo, ServerOptions};
use tempfile::TempDir;
use zoho_sim::{Simulator, StartError};

use crate::gateway::{DRAIN_SECONDS_MAX, Gateway, cannot_listen, stop_signal};
use crate::logs::LogArgs;

/// The demo's admin token: no secret, since the demo is for one's own machine.
pub(crate) const ADMIN_TOKEN: &str = "demo-admin-token";
const WRITE_KEY: &str = "demo-write-key";
const FORM: &str = "demo";
const CONNECTION: &str = "demo";
const SOURCE: &str = "website";

/// Start a gateway with a simulated Zoho, ready to try
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Where the gateway listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Where the simulated Zoho listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4010")]
    sim_listen: SocketAddr,

    /// Folder for the gateway's database; without it a temporary one is used and removed at the end
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,

    #[command(flatten)]
    logs: LogArgs,
}

pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    args.logs.start("warn")?;
    let data = DataDir::open(args.data_dir)?;
    let simulator = start_simulator(args.sim_listen).await?;
    let inbox = format!("{}/__sim/v1/inbox", simulator_url(&simulator));
    simulator
        .watch("Leads", &inbox)
        .context("the simulated Zoho has no leads")?;
    let gateway = Gateway::open(args.listen, EngineOptions::new(data.path())).await?;
    let config = with_demo(gateway.engine.config(), &simulator_url(&simulator));
    gateway
        .engine
        .apply_config(config)
        .await
        .context("the demo configuration does not fit this data folder")?;

    register_callback(&simulator, gateway.local_addr()).await?;

    let temporary = data.temporary_path();
    let stop = stop_signal(move || {
        if let Some(path) = temporary {
            // The process ends here and now; a folder that stays behind in the temporary folder does no harm.
            let _ = std::fs::remove_dir_all(path);
        }
    })?;
    let options = ServerOptions {
        demo: Some(Demo {
            form: FORM.to_owned(),
            write_key: WRITE_KEY.to_owned(),
            simulator_url: simulator_page(&simulator),
        }),
        ..ServerOptions::new(ADMIN_TOKEN.into())
    };
    let page = simulator_page(&simulator);
    crate::render::print(&greeting(reachable(gateway.local_addr()), &page, &data))?;
    gateway.serve(options, stop).await?;
    simulator.stop().await;
    eprintln!("Stopped. {}", data.close()?);
    Ok(ExitCode::SUCCESS)
}

async fn start_simulator(listen: SocketAddr) -> anyhow::Result<Simulator> {
    let config = zoho_sim::Config {
        listen,
        ..zoho_sim::Config::default()
    };
    Simulator::start(config).await.map_err(|error| match error {
        StartError::Listen { address, source } => {
            anyhow::anyhow!(
                "the simulated Zoho {}",
                cannot_listen(address, "--sim-listen", &source)
            )
        }
        other => anyhow::Error::new(other).context("the simulated Zoho does not start"),
    })
}

/// Makes the simulated Zoho know where the demo's console wants people to be sent back to, whatever port it has.
async fn register_callback(simulator: &Simulator, gateway: SocketAddr) -> anyhow::Result<()> {
    let port = gateway.port();
    let client = serde_json::json!({
        "client_id": "1000.LEADWAYDEMO",
        "client_secret": "leadway-demo-secret",
        "name": "Leadway demo",
        "redirect_uris": [
            format!("http://{}/oauth/callback", reachable(gateway)),
            format!("http://localhost:{port}/oauth/callback"),
        ],
    });
    reqwest::Client::new()
        .post(format!("{}/__sim/v1/clients", simulator_url(simulator)))
        .json(&client)
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .context("the simulated Zoho does not take the demo's client")?;
    Ok(())
}

/// The configuration with the demo's entries in it. What somebody added to a kept data folder stays.
fn with_demo(mut config: Config, simulator_url: &str) -> Config {
    put(
        &mut config.connections,
        connection(simulator_url),
        |connection| &connection.name,
    );
    put(
        &mut config.sources,
        SourceConfig {
            name: SOURCE.to_owned(),
            write_key: WRITE_KEY.to_owned(),
            allowed_origins: Vec::new(),
            missing_message_id: leadway_engine::model::config::MissingMessageId::Refuse,
        },
        |source| &source.name,
    );
    put(
        &mut config.forms,
        FormConfig {
            name: FORM.to_owned(),
            source: SOURCE.to_owned(),
            event: "Lead Generated".to_owned(),
            redirect_url: None,
            honeypot: Some("website_url".to_owned()),
        },
        |form| &form.name,
    );
    put(&mut config.routes, route(), |route| &route.name);
    config
}

fn connection(simulator_url: &str) -> ConnectionConfig {
    ConnectionConfig {
        name: CONNECTION.to_owned(),
        data_center: "us".to_owned(),
        client_id: "1000.LEADWAYDEMO".to_owned(),
        client_secret: Some(Secret::new("leadway-demo-secret")),
        refresh_token: Some(Secret::new("1000.leadway-demo-refresh")),
        accounts_url: Some(simulator_url.to_owned()),
        api_domain: Some(simulator_url.to_owned()),
        nickname: Some("Simulated Zoho".to_owned()),
        ..ConnectionConfig::default()
    }
}

fn route() -> RouteConfig {
    RouteConfig {
        name: LEAD_CAPTURE.to_owned(),
        sources: Vec::new(),
        events: lead_capture_events(),
        mapping: LEAD_CAPTURE.to_owned(),
        connection: CONNECTION.to_owned(),
        module: "Leads".to_owned(),
        operation: leadway_engine::model::delivery::Operation::Upsert,
        duplicate_check_fields: Vec::new(),
        trigger: None,
        lar_id: None,
        consent: Vec::new(),
    }
}

/// Replaces the entry of the same name, or adds one.
fn put<T>(entries: &mut Vec<T>, entry: T, name: impl Fn(&T) -> &String) {
    match entries
        .iter_mut()
        .find(|present| name(present) == name(&entry))
    {
        Some(present) => *present = entry,
        None => entries.push(entry),
    }
}

fn simulator_page(simulator: &Simulator) -> String {
    format!("{}/__sim/", simulator_url(simulator))
}

fn simulator_url(simulator: &Simulator) -> String {
    format!("http://{}", reachable(simulator.address()))
}

/// An address to open: one that stands for all addresses of the machine is reached over the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn greeting(gateway: SocketAddr, simulator_page: &str, data: &DataDir) -> String {
    format!(
        "Leadway demo is running.

  Console         http://{gateway}/
  Lead form       http://{gateway}/demo
  Simulated Zoho  {simulator_page}

  Admin token     {ADMIN_TOKEN}
  Write key       {WRITE_KEY}
  Data            {data}

Try it from another terminal:

  curl -u {WRITE_KEY}: http://{gateway}/v1/identify -H 'Content-Type: application/json' \\
    -d '{{\"messageId\":\"try-1\",\"traits\":{{\"first_name\":\"Ada\",\"last_name\":\"Ray\",\"email\":\"ada@example.com\",\"company\":\"Example\"}}}}'

Ctrl-C stops it; calls in flight may end within {DRAIN_SECONDS_MAX} seconds.
",
        data = data.describe(),
    )
}

/// Where the demo's database is.
enum DataDir {
    Given(PathBuf),
    Temporary(TempDir),
}

impl DataDir {
    fn open(given: Option<PathBuf>) -> anyhow::Result<Self> {
        match given {
            Some(path) => Ok(Self::Given(path)),
            None => {
                let dir = tempfile::Builder::new().prefix("leadway-demo-").tempdir();
                Ok(Self::Temporary(dir.context(
                    "no temporary folder can be made; give one with --data-dir",
                )?))
            }
        }
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Given(path) => path.clone(),
            Self::Temporary(dir) => dir.path().to_owned(),
        }
    }

    fn temporary_path(&self) -> Option<PathBuf> {
        match self {
            Self::Given(_) => None,
            Self::Temporary(dir) => Some(dir.path().to_owned()),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Given(path) => path.display().to_string(),
            Self::Temporary(_) => {
                "in a temporary folder, removed at the end (keep it with --data-dir FOLDER)"
                    .to_owned()
            }
        }
    }

    /// Removes a temporary folder, and says what became of the data.
    fn close(self) -> anyhow::Result<String> {
        match self {
            Self::Given(path) => Ok(format!("The data is in {}.", path.display())),
            Self::Temporary(dir) => {
                let path = dir.path().to_owned();
                dir.close()
                    .with_context(|| format!("{} cannot be removed", path.display()))?;
                Ok("The temporary data is removed.".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demo_entries_replace_their_own_and_leave_others() {
        let first = with_demo(Config::default(), "http://127.0.0.1:1");
        let mut kept = first.clone();
        kept.sources.push(SourceConfig {
            name: "shop".to_owned(),
            ..first.sources[0].clone()
        });
        let again = with_demo(kept, "http://127.0.0.1:2");
        assert_eq!(again.sources.len(), 2);
        assert_eq!(again.connections.len(), 1);
        assert_eq!(
            again.connections[0].api_domain.as_deref(),
            Some("http://127.0.0.1:2")
        );
    }

    #[test]
    fn the_greeting_has_all_that_one_needs() {
        let data = DataDir::Given("demo-data".into());
        insta::assert_snapshot!(greeting(
            "127.0.0.1:8080".parse().unwrap(),
            "http://127.0.0.1:4010/__sim/",
            &data
        ));
    }
}
