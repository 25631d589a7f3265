//! Large bodies pass through the gateway in both directions without growing it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::{StreamExt as _, stream};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{TOKEN, World};

const BODY_BYTES: u64 = 1 << 30;
const PIECE_BYTES: usize = 64 << 10;
/// What the gateway may grow by.
const GROWTH_KIB_MAX: u64 = 20 << 10;

/// A Zoho that counts what it gets and sends as much as is asked for: it holds nothing.
struct Sink {
    url: String,
    taken_bytes: Arc<AtomicU64>,
}

impl Sink {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let taken_bytes = Arc::new(AtomicU64::new(0));
        let taken = taken_bytes.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, taken.clone()));
            }
        });
        Self { url, taken_bytes }
    }
}

async fn serve(mut socket: TcpStream, taken: Arc<AtomicU64>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    let mut left: u64 = length.map_or(0, |length| length.trim().parse().unwrap());
    let mut piece = vec![0; PIECE_BYTES];
    while left > 0 {
        let Ok(read @ 1..) = socket.read(&mut piece).await else {
            return;
        };
        taken.fetch_add(read as u64, Ordering::Relaxed);
        left = left.saturating_sub(read as u64);
    }
    // `GET /crm/v8/files?bytes=N`
    let wanted = head.split_once("bytes=").map(|(_, rest)| rest);
    let wanted = wanted.and_then(|rest| rest.split(' ').next()?.parse().ok());
    let (kind, bytes) = match wanted {
        Some(bytes) => ("application/octet-stream", bytes),
        None => ("application/json", 2),
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n"
    );
    let _ = socket.write_all(answer.as_bytes()).await;
    if wanted.is_none() {
        let _ = socket.write_all(b"{}").await;
        return;
    }
    let mut left: u64 = bytes;
    while left > 0 {
        let length = left.min(PIECE_BYTES as u64);
        let piece = &piece[..usize::try_from(length).unwrap()];
        if socket.write_all(piece).await.is_err() {
            return;
        }
        left -= length;
    }
}

/// The gateway's memory in KiB by its name in `/proc`.
fn memory_kib(world: &World, name: &str) -> u64 {
    let path = format!("/proc/{}/status", world.gateway().id());
    let status = std::fs::read_to_string(path).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Forgets the highest mark of the gateway's memory.
fn forget_peak(world: &World) {
    let path = format!("/proc/{}/clear_refs", world.gateway().id());
    std::fs::write(path, "5").unwrap();
}

async fn up(world: &World, bytes: u64) -> Value {
    let pieces = stream::iter(
        (0..bytes / PIECE_BYTES as u64).map(|_| Ok::<_, std::io::Error>(vec![b'x'; PIECE_BYTES])),
    );
    let file = Part::stream_with_length(reqwest::Body::wrap_stream(pieces), bytes);
    let inputs =
        json!({"path": "/Leads/4711/Attachments", "method": "POST", "timeout_ms": 300_000});
    let form = Form::new()
        .text("inputs", inputs.to_string())
        .part("file_data.file", file.file_name("large.bin"));
    let request = act(world).multipart(form);
    request.send().await.unwrap().json().await.unwrap()
}

async fn down(world: &World, bytes: u64) -> u64 {
    let inputs = json!({"path": "/files", "query": {"bytes": bytes}, "response_type": "binary"});
    let answer = act(world).json(&inputs).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut pieces = answer.bytes_stream();
    let mut came = 0;
    while let Some(piece) = pieces.next().await {
        came += piece.unwrap().len() as u64;
    }
    came
}

fn act(world: &World) -> reqwest::RequestBuilder {
    let url = format!(
        "{}/api/v1/connections/main/actions/crm.request",
        world.url()
    );
    reqwest::Client::new().post(url).bearer_auth(TOKEN)
}

#[tokio::test]
async fn a_large_body_grows_the_gateway_in_neither_direction() {
    let sink = Sink::start().await;
    let world = World::with_api(Some(&sink.url)).await;
    // What is made once is made before.
    let small = 16 << 20;
    assert_eq!(up(&world, small).await["status"], 200);
    assert_eq!(down(&world, small).await, small);

    for is_up in [true, false] {
        let before = memory_kib(&world, "VmRSS");
        forget_peak(&world);
        if is_up {
            let taken = sink.taken_bytes.load(Ordering::Relaxed);
            let answer = up(&world, BODY_BYTES).await;
            assert_eq!(answer["status"], 200, "{answer}");
            let taken = sink.taken_bytes.load(Ordering::Relaxed) - taken;
            assert!(taken >= BODY_BYTES, "{taken}");
        } else {
            assert_eq!(down(&world, BODY_BYTES).await, BODY_BYTES);
        }
        let growth = memory_kib(&world, "VmHWM").saturating_sub(before);
        assert!(
            growth <= GROWTH_KIB_MAX,
            "the gateway grew by {growth} KiB from {before} KiB, is_up: {is_up}"
        );
    }
}
