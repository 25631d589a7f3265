//! Files flow at the pace of the slower side, so that none is ever whole in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use zoho::crm::{Crm, RecordId};
use zoho::{Bytes, Client, DataCenter, Upload, Url};

const PIECE: usize = 64 << 10;
const FILE: u64 = 256 << 20;

/// What the buffers of both ends and of the system between them may hold.
const IN_BETWEEN_MAX: u64 = 24 << 20;

/// A server that reads or writes a file only when it is told to.
struct Slow {
    crm: Crm,
    go: Arc<Notify>,
    /// Bytes of the file that the server has written.
    written: Arc<AtomicU64>,
}

impl Slow {
    async fn start() -> Slow {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let go = Arc::new(Notify::new());
        let written = Arc::new(AtomicU64::new(0));
        let (origin, gate, count) = (url.clone(), Arc::clone(&go), Arc::clone(&written));
        tokio::spawn(async move {
            while let Ok((wire, _)) = listener.accept().await {
                tokio::spawn(serve(
                    wire,
                    origin.clone(),
                    Arc::clone(&gate),
                    Arc::clone(&count),
                ));
            }
        });
        let client = Client::builder(DataCenter::Us)
            .accounts_url(url)
            .refresh_token_grant("1000.SLOW", "secret".into(), "refresh".into())
            .build()
            .unwrap();
        Slow {
            crm: client.crm(),
            go,
            written,
        }
    }
}

async fn serve(mut wire: TcpStream, origin: Url, go: Arc<Notify>, written: Arc<AtomicU64>) {
    loop {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            if wire.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).to_ascii_lowercase();
        let length: u64 = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
            .unwrap_or(0);
        let is_token = head.starts_with("post /oauth/");
        if !is_token && length > 0 {
            go.notified().await;
        }
        let mut left = length.saturating_sub((bytes.len() - head_end) as u64);
        let mut sink = vec![0u8; PIECE];
        while left > 0 {
            match wire.read(&mut sink).await {
                Ok(count) if count > 0 => left -= count as u64,
                _ => return,
            }
        }
        if head.starts_with("get ") {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {FILE}\r\n\r\n"
            );
            wire.write_all(head.as_bytes()).await.unwrap();
            while written.load(Ordering::SeqCst) < FILE {
                if wire.write_all(&sink).await.is_err() {
                    return;
                }
                written.fetch_add(PIECE as u64, Ordering::SeqCst);
            }
            continue;
        }
        let body = match is_token {
            true => format!(r#"{{"access_token":"a","api_domain":"{origin}","expires_in":3600}}"#),
            false => r#"{"data":[{"code":"SUCCESS","details":{"id":"7"},"message":"attachment uploaded successfully","status":"success"}]}"#.to_owned(),
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        wire.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// The count once it does not grow any more.
async fn settled(count: &AtomicU64) -> u64 {
    let mut before = u64::MAX;
    let mut same = 0;
    while same < 5 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = count.load(Ordering::SeqCst);
        same = if now == before && now > 0 {
            same + 1
        } else {
            0
        };
        before = now;
    }
    before
}

#[tokio::test]
async fn a_server_that_does_not_read_holds_the_file_back() {
    let slow = Slow::start().await;
    let given = Arc::new(AtomicU64::new(0));
    let piece = Bytes::from(vec![1u8; PIECE]);
    let counter = Arc::clone(&given);
    let pieces = stream::iter(0..FILE / PIECE as u64).map(move |_| {
        counter.fetch_add(PIECE as u64, Ordering::SeqCst);
        Ok::<_, std::io::Error>(piece.clone())
    });
    // Attachments may have 100 MB; any other call has no such limit.
    let request = slow
        .crm
        .request(zoho::Method::POST, "/v8/x")
        .file("file", Upload::from_stream("a.bin", FILE, pieces));
    let sending = tokio::spawn(request.send());
    let held_back = settled(&given).await;
    assert!(held_back < IN_BETWEEN_MAX, "{held_back} bytes were taken");
    slow.go.notify_one();
    assert_eq!(sending.await.unwrap().unwrap().status, 200);
    assert_eq!(given.load(Ordering::SeqCst), FILE);
}

#[tokio::test]
async fn a_reader_that_does_not_read_holds_the_file_back() {
    let slow = Slow::start().await;
    let id: RecordId = "5".parse().unwrap();
    let file = slow
        .crm
        .attachment("Leads", &id, &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(file.length_bytes, Some(FILE));
    let held_back = settled(&slow.written).await;
    assert!(held_back < IN_BETWEEN_MAX, "{held_back} bytes came");
    let total = file
        .into_stream()
        .try_fold(
            0u64,
            |sum, piece| async move { Ok(sum + piece.len() as u64) },
        )
        .await
        .unwrap();
    assert_eq!(total, FILE);
}
