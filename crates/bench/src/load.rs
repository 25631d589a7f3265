//! Sends requests over many connections, each as soon as the one before is answered, and notes how long each took.
//!
//! It speaks HTTP/1.1 by itself: a full client would take more of the two cores than the server that is measured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What a load has shown.
pub(crate) struct Measured {
    pub(crate) requests_per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// Sends for a while. `body` writes the body of the request of this number.
pub(crate) async fn send(
    address: SocketAddr,
    path: &'static str,
    connections: usize,
    lasts: Duration,
    body: fn(u64, &mut Vec<u8>),
) -> anyhow::Result<Measured> {
    let numbers = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let senders: Vec<_> = (0..connections)
        .map(|_| {
            tokio::spawn(connection(
                address,
                path,
                started + lasts,
                numbers.clone(),
                body,
            ))
        })
        .collect();
    let mut latencies = Vec::new();
    for sender in senders {
        latencies.extend(sender.await??);
    }
    let elapsed = started.elapsed().as_secs_f64();
    latencies.sort_unstable();
    ensure!(!latencies.is_empty(), "no request was answered");
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    Ok(Measured {
        requests_per_second: latencies.len() as f64 / elapsed,
        p50: at(0.5),
        p99: at(0.99),
    })
}

async fn connection(
    address: SocketAddr,
    path: &'static str,
    until: Instant,
    numbers: Arc<AtomicU64>,
    body: fn(u64, &mut Vec<u8>),
) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut request, mut content, mut answer) = (Vec::new(), Vec::new(), vec![0; 64 * 1024]);
    let mut latencies = Vec::new();
    while Instant::now() < until {
        content.clear();
        body(numbers.fetch_add(1, Ordering::Relaxed), &mut content);
        request.clear();
        request.extend_from_slice(
            format!(
                "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Basic ZGVtby13cml0ZS1rZXk6\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n",
                content.len()
            )
            .as_bytes(),
        );
        request.extend_from_slice(&content);
        let sent = Instant::now();
        stream.write_all(&request).await?;
        read_answer(&mut stream, &mut answer).await?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}

/// Reads one answer and makes sure that it is a 200.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<()> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        ensure!(read > 0, "the server closed the connection");
        filled += read;
        let Some(head) = buffer[..filled]
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
        else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head])?;
        ensure!(
            text.starts_with("HTTP/1.1 200"),
            "the server answered {}",
            String::from_utf8_lossy(&buffer[..filled])
        );
        let length: usize = text
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")
                    .map(|value| value.trim().to_owned())
            })
            .context("the answer has no length")?
            .parse()?;
        let whole = head + 4 + length;
        while filled < whole {
            let read = stream.read(&mut buffer[filled..]).await?;
            ensure!(read > 0, "the server closed the connection");
            filled += read;
        }
        return Ok(());
    }
}
