//! A company's website: on an origin of its own, so that its pages send across origins.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CUT: &str =
    "<script>location.replace(new URLSearchParams(location.search).get('to'))</script>";

/// Longer requests for a page are not made in these tests.
const HEAD_BYTES_MAX: usize = 16_384;

/// A website that serves the same small page under every path.
pub(super) struct Site {
    address: SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

impl Site {
    /// Serves a page with this in its head; `/leadway.js` is the site's own copy of the snippet, `/plain` a page
    /// without it, and `/cut?to=` a page that cuts its window off from the one which opened it, and leads on.
    pub(super) async fn start(head: &str, snippet: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let page = |head: &str| {
            format!(
                "<!doctype html><html><head><title>Shop</title>{head}</head><body><h1>Shop</h1><a href=\"/plain\">On</a></body></html>"
            )
        };
        let (page, plain, snippet) = (page(head), page(""), snippet.to_owned());
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (page, plain, snippet) = (page.clone(), plain.clone(), snippet.clone());
                tokio::spawn(async move {
                    let choose = |path: &str| match path {
                        "/leadway.js" => ("text/javascript", snippet),
                        "/favicon.ico" => ("image/x-icon", String::new()),
                        "/plain" => ("text/html", plain),
                        "/cut" => ("text/html", CUT.to_owned()),
                        _ => ("text/html", page),
                    };
                    // A browser that has gone away wants no answer.
                    let _ = answer(stream, choose).await;
                });
            }
        });
        Self { address, server }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    choose: impl FnOnce(&str) -> (&'static str, String),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_BYTES_MAX {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or("/");
    let path = target.split('?').next().unwrap_or("/");
    let (kind, body) = choose(path);
    let opener_policy = match path {
        "/cut" => "same-origin",
        _ => "unsafe-none",
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}; charset=utf-8\r\ncross-origin-opener-policy: {opener_policy}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await
}
