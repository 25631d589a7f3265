//! How long the gateway takes from start to the first accepted event, what it weighs when idle, and on disk.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

const STARTS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run() -> anyhow::Result<()> {
    let binary = binary()?;
    let size = std::fs::metadata(&binary)?.len();
    let mut starts = Vec::new();
    let mut idle = 0;
    for _ in 0..STARTS {
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        prepare(&binary, folder.path(), port)?;
        let started = Instant::now();
        let mut child = serve(&binary, folder.path(), port)?;
        let accepted = until_accepted(port);
        starts.push(started.elapsed());
        std::thread::sleep(Duration::from_secs(2));
        idle = idle.max(resident_kib(child.id())?);
        child.kill()?;
        child.wait()?;
        accepted?;
    }
    starts.sort_unstable();
    println!("start, {STARTS} times");
    println!(
        "  start to first accepted event   median {:>6.0} ms   worst {:>6.0} ms   (wanted: 500)",
        millis(starts[STARTS / 2]),
        millis(starts[STARTS - 1])
    );
    println!(
        "  resident memory, idle           {:>6.1} MB   (wanted: 40)",
        idle as f64 / 1024.0
    );
    println!(
        "  size of the binary              {:>6.1} MB   (wanted: 40)",
        size as f64 / 1e6
    );
    Ok(())
}

/// The gateway's binary, which lies beside this one.
fn binary() -> anyhow::Result<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("leadway");
    if !binary.exists() {
        bail!(
            "{} is not there; build it first: cargo build --release",
            binary.display()
        );
    }
    Ok(binary)
}

/// Starts once, so that folder, key and configuration are there, as they are at any later start.
fn prepare(binary: &PathBuf, folder: &std::path::Path, port: u16) -> anyhow::Result<()> {
    let config = folder.join("bench.toml");
    std::fs::write(
        &config,
        "[[sources]]\nname = \"website\"\nwrite_key = \"demo-write-key\"\n",
    )?;
    let mut child = serve(binary, folder, port)?;
    let applied = (|| {
        wait_for(port)?;
        let done = Command::new(binary)
            .args([
                "apply",
                "--yes",
                "--token",
                "bench-admin-token",
                "--url",
                &format!("http://127.0.0.1:{port}"),
            ])
            .arg(&config)
            .stdout(Stdio::null())
            .status()?;
        anyhow::ensure!(done.success(), "the configuration could not be applied");
        Ok(())
    })();
    child.kill()?;
    child.wait()?;
    applied
}

fn serve(binary: &PathBuf, folder: &std::path::Path, port: u16) -> anyhow::Result<Child> {
    Command::new(binary)
        .args([
            "serve",
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--data-dir",
        ])
        .arg(folder.join("data"))
        .env("LEADWAY_ADMIN_TOKEN", "bench-admin-token")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("the gateway cannot be started")
}

fn until_accepted(port: u16) -> anyhow::Result<()> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if post(port).unwrap_or(false) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    bail!("no event was accepted within {PATIENCE:?}")
}

fn wait_for(port: u16) -> anyhow::Result<()> {
    let started = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        anyhow::ensure!(started.elapsed() < PATIENCE, "the gateway does not listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

fn post(port: u16) -> anyhow::Result<bool> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
    let body = "{\"messageId\":\"first\",\"event\":\"Started\"}";
    write!(
        stream,
        "POST /v1/track HTTP/1.1\r\nhost: localhost\r\nauthorization: Basic ZGVtby13cml0ZS1rZXk6\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}

fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

fn resident_kib(process: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .context("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
