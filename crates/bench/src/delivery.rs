//! How many leads per second travel from the intake to a settled delivery, with the simulator on the same cores.
//!
//! The ceiling that Zoho's users know is the official Node SDK, which here sends ready-made records in the same
//! batches to the same simulator: it neither stores, maps, checks nor settles anything.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use leadway_engine::intake::validate::{Limits, Sender, validate};
use leadway_engine::model::event::{Arrival, EventKind};
use serde_json::{Value, json};
use zoho_sim::Simulator;

use crate::world::{gateway, runtime};

const BATCH_EVENTS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(120);
const NODE_SDK: &str = "@zohocrm/nodejs-sdk-8.0@2.0.0";

pub(crate) fn run(leads: usize) -> anyhow::Result<()> {
    let leads = leads.next_multiple_of(BATCH_EVENTS);
    let ours = runtime()?.block_on(ours(leads))?;
    println!("delivery, {leads} leads, batches of {BATCH_EVENTS}, simulator on the same cores");
    println!("  leadway, accepted to settled {ours:>8.0} records/s");
    let node = runtime()?.block_on(node_sdk(leads))?;
    println!("  official Node SDK, sending   {node:>8.0} records/s");
    println!("  ratio                        {:>8.1} x", ours / node);
    Ok(())
}

async fn ours(leads: usize) -> anyhow::Result<f64> {
    let simulator = Simulator::start(zoho_sim::Config::default()).await?;
    let gateway = gateway(&simulator.url(), false).await?;
    let source = gateway.engine.source("website").context("the source")?;
    let arrival = Arrival::default();
    let sender = Sender {
        source: &source,
        arrival: &arrival,
        sent_at: None,
        now: gateway.engine.now(),
    };
    let events = (0..leads).map(|number| {
        let raw = serde_json::value::to_raw_value(&lead(number))?;
        validate(&raw, Some(EventKind::Identify), &sender, &Limits::default())
            .map_err(|rejection| anyhow::anyhow!("{rejection}"))
    });
    let mut events: Vec<_> = events.collect::<anyhow::Result<_>>()?;
    let started = Instant::now();
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(BATCH_EVENTS));
        gateway
            .engine
            .accept(std::mem::replace(&mut events, rest))
            .await?;
    }
    loop {
        // The simulator is asked first, since that costs the gateway nothing.
        if simulator.count("Leads")? >= leads {
            let overview = gateway.engine.overview().await?;
            ensure!(overview.dead_letters == 0, "there are dead letters");
            if overview.delivered_24h == leads as u64 {
                break;
            }
        }
        ensure!(
            started.elapsed() < PATIENCE,
            "not settled within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let elapsed = started.elapsed().as_secs_f64();
    ensure!(
        simulator.records("Leads")?.len() >= leads,
        "leads are missing in the simulator"
    );
    gateway.stop().await;
    simulator.stop().await;
    Ok(leads as f64 / elapsed)
}

fn lead(number: usize) -> Value {
    json!({
        "messageId": format!("m{number}"), "userId": format!("u{number}"),
        "traits": {
            "email": format!("lead{number}@example.com"), "firstName": "Ada", "lastName": format!("Ray {number}"),
            "company": "Orchard Ltd", "phone": "+44 7700 900123",
        },
    })
}

async fn node_sdk(leads: usize) -> anyhow::Result<f64> {
    let simulator = Simulator::start(zoho_sim::Config::default()).await?;
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("package.json"),
        "{\"private\":true,\"type\":\"module\"}",
    )?;
    std::fs::write(
        folder.path().join("node_sdk.mjs"),
        include_str!("node_sdk.mjs"),
    )?;
    npm(folder.path())?;
    let (url, path) = (simulator.url(), folder.path().to_owned());
    let run = move || {
        Command::new("node")
            .arg("node_sdk.mjs")
            .arg(url)
            .arg(leads.to_string())
            .current_dir(path)
            .output()
    };
    let output = tokio::task::spawn_blocking(run)
        .await?
        .context("node cannot be started")?;
    ensure!(
        output.status.success(),
        "the Node SDK failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let printed: Value = serde_json::from_slice(&output.stdout).context("the script's answer")?;
    simulator.stop().await;
    let seconds = printed["seconds"]
        .as_f64()
        .context("the script's seconds")?;
    Ok(leads as f64 / seconds)
}

fn npm(folder: &Path) -> anyhow::Result<()> {
    let done = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--silent", NODE_SDK])
        .current_dir(folder)
        .status();
    match done {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("npm could not install {NODE_SDK}: {status}"),
        Err(error) => bail!("npm is needed for the comparison with Zoho's Node SDK: {error}"),
    }
}
