//! The `zoho-sim` program: Zoho on localhost, for programs in any language.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use zoho_sim::{ClockStart, Config, DataCenter, Edition, Limits, Seed, Simulator};

/// Zoho on localhost: accounts and CRM, for trying out and testing integrations without touching an organisation.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the simulator and stays until Ctrl-C.
    Serve(Serve),
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// What the world holds: demo, empty, or a JSON file.
    #[arg(
        long,
        visible_alias = "seed-file",
        value_name = "NAME_OR_FILE",
        default_value = "demo"
    )]
    seed: String,
    /// free, standard, professional, enterprise or ultimate: decides credits and concurrency.
    #[arg(long, default_value = "enterprise")]
    edition: Edition,
    /// us, eu, in, au, jp, cn, ca, sa, uk or ae.
    #[arg(long, default_value = "us")]
    data_center: DataCenter,
    /// Switches credits, concurrency and token limits off.
    #[arg(long)]
    no_limits: bool,
    /// Where the clock begins: a time such as 2026-01-10T09:00:00+01:00, or seconds since 1970. Without it the clock begins
    /// now.
    #[arg(long, value_name = "TIME", value_parser = ClockStart::parse)]
    starts_at: Option<ClockStart>,
    /// Simulated seconds for each real one: 1 follows real time, 0 freezes the clock until it is moved.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    clock_speed: f64,
    /// Seed of all chance: the same one gives the same tokens and the same faults by probability.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    chance_seed: u64,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok();
    speed
        .filter(|speed| (0.0..=ClockStart::SPEED_MAX).contains(speed))
        .ok_or_else(|| format!("use a number from 0 to {}", ClockStart::SPEED_MAX))
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter("warn")
        .init();
    let Command::Serve(serve) = Arguments::parse().command;
    match run(serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("zoho-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(serve: Serve) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config {
        listen: serve.listen,
        edition: serve.edition,
        data_center: serve.data_center,
        seed: read_seed(&serve.seed)?,
        clock: serve.starts_at.unwrap_or_default(),
        clock_speed: serve.clock_speed,
        chance_seed: serve.chance_seed,
        limits: serve.no_limits.then(Limits::off),
        ..Config::default()
    };
    let simulator = Simulator::start(config).await?;
    introduce(&simulator.url(), &serve.seed);
    tokio::signal::ctrl_c().await?;
    println!("Stopping.");
    simulator.stop().await;
    Ok(())
}

fn read_seed(name: &str) -> Result<Seed, String> {
    match name {
        "demo" => Ok(Seed::demo()),
        "empty" => Ok(Seed::empty()),
        file => {
            let text = std::fs::read_to_string(Path::new(file)).map_err(|error| {
                format!(
                    "cannot read the seed file `{file}`: {error}; use demo, empty or a JSON file"
                )
            })?;
            Seed::from_json(&text)
                .map_err(|error| format!("the seed file `{file}` is not a seed: {error}"))
        }
    }
}

fn introduce(url: &str, seed: &str) {
    println!("Zoho is simulated at {url}");
    println!("  page for people   {url}/__sim/");
    println!("  accounts server   {url}/oauth/v2/token");
    println!("  CRM API           {url}/crm/v8");
    println!("  control API       {url}/__sim/v1/health");
    if seed == "demo" {
        println!("  client id         1000.LEADWAYDEMO");
        println!("  client secret     leadway-demo-secret");
        println!("  refresh token     1000.leadway-demo-refresh");
    }
    println!("Ctrl-C stops it.");
}
