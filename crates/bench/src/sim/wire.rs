//! Sends calls over plain HTTP/1.1, each as soon as the one before is answered.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

/// One connection.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    pub(crate) fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; 256 * 1024],
        })
    }

    /// Sends a request and gives the body of its answer, which must be a success.
    pub(crate) fn send(&mut self, request: &[u8]) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        let head = loop {
            filled += self.read(filled)?;
            let mut windows = self.buffer[..filled].windows(4);
            if let Some(head) = windows.position(|window| window == b"\r\n\r\n") {
                break head;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        ensure!(
            text.starts_with("HTTP/1.1 20"),
            "the server answered {}",
            String::from_utf8_lossy(&self.buffer[..filled])
        );
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>())
        });
        let length = length.context("the answer has no length")??;
        let whole = head + 4 + length;
        if self.buffer.len() < whole {
            self.buffer.resize(whole, 0);
        }
        while filled < whole {
            filled += self.read(filled)?;
        }
        Ok(&self.buffer[head + 4..whole])
    }

    fn read(&mut self, filled: usize) -> anyhow::Result<usize> {
        let read = self.stream.read(&mut self.buffer[filled..])?;
        ensure!(read > 0, "the server closed the connection");
        Ok(read)
    }
}

/// Calls, made by their number.
pub(crate) struct Load<'a> {
    request: Box<dyn Fn(usize) -> Vec<u8> + Sync + 'a>,
    /// Numbers go on from one sending to the next.
    next: AtomicUsize,
}

impl<'a> Load<'a> {
    pub(crate) fn new(request: impl Fn(usize) -> Vec<u8> + Sync + 'a) -> Self {
        Self {
            request: Box::new(request),
            next: AtomicUsize::new(0),
        }
    }

    pub(crate) fn request(&self, number: usize) -> Vec<u8> {
        (self.request)(number)
    }

    /// Sends for a while over several connections and counts the answers.
    pub(crate) fn send(
        &self,
        address: SocketAddr,
        senders: usize,
        lasts: Duration,
    ) -> anyhow::Result<usize> {
        let until = Instant::now() + lasts;
        let send = || -> anyhow::Result<usize> {
            let mut wire = Wire::connect(address)?;
            let mut calls = 0;
            while Instant::now() < until {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                wire.send(&self.request(number))?;
                calls += 1;
            }
            Ok(calls)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..senders).map(|_| scope.spawn(send)).collect();
            let mut calls = 0;
            for thread in threads {
                calls += thread
                    .join()
                    .map_err(|_| anyhow::anyhow!("a sender has failed"))??;
            }
            Ok(calls)
        })
    }
}

/// An access token of the demo client.
pub(crate) fn token(address: SocketAddr) -> anyhow::Result<String> {
    let form = "grant_type=refresh_token&refresh_token=1000.leadway-demo-refresh&client_id=1000.LEADWAYDEMO\
                &client_secret=leadway-demo-secret";
    let request = format!(
        "POST /oauth/v2/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut wire = Wire::connect(address)?;
    let answer: serde_json::Value = serde_json::from_slice(wire.send(request.as_bytes())?)?;
    let token = answer["access_token"].as_str();
    token.map(str::to_owned).context("no access token")
}
