//! Connections that can be cut from inside: how a fault closes one without any answer. They are plain or, where it was asked
//! for, encrypted.
//!
//! axum and hyper always answer what they have read. A [`Wire`] is a connection whose writing side can be told to fail
//! ([`WireHandle::cut`]); hyper then closes the connection, and the client sees it break.

use std::fmt;
use std::future::Future as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::Accept;
use tokio_rustls::server::TlsStream;

use super::Tls;
use crate::clock;

/// Accepts [`Wire`]s.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) tls: Option<Tls>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: Stream,
    handle: WireHandle,
}

/// How bytes travel.
enum Stream {
    Plain(TcpStream),
    /// The handshake is done by whoever reads first, so that a slow client keeps nobody else waiting.
    Greeting(Box<Accept<TcpStream>>),
    Encrypted(Box<TlsStream<TcpStream>>),
    /// The handshake has failed.
    Broken,
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Stream")
    }
}

/// Either kind of stream, when bytes can travel.
enum Open<'a> {
    Plain(Pin<&'a mut TcpStream>),
    Encrypted(Pin<&'a mut TlsStream<TcpStream>>),
}

/// Calls the same on either kind of stream.
macro_rules! each {
    ($stream:expr, $open:ident => $call:expr) => {
        match $stream {
            Open::Plain($open) => $call,
            Open::Encrypted($open) => $call,
        }
    };
}

impl Stream {
    /// Ends the handshake, if there is one.
    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Open<'_>>> {
        if let Self::Greeting(accept) = self {
            match Pin::new(accept.as_mut()).poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(stream)) => *self = Self::Encrypted(Box::new(stream)),
                Poll::Ready(Err(error)) => {
                    *self = Self::Broken;
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(match self {
            Self::Plain(stream) => Ok(Open::Plain(Pin::new(stream))),
            Self::Encrypted(stream) => Ok(Open::Encrypted(Pin::new(stream))),
            Self::Greeting(_) | Self::Broken => Err(broken()),
        })
    }
}

/// Cuts a connection, and knows whether it is encrypted.
#[derive(Debug, Clone, Default)]
pub(crate) struct WireHandle {
    is_cut: Arc<AtomicBool>,
    pub(crate) is_encrypted: bool,
}

impl WireHandle {
    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Acquire)
    }
}

impl Listener for Door {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    // Small answers must not wait for Nagle's algorithm; a socket that refuses the option works as well.
                    let _ = stream.set_nodelay(true);
                    let handle = WireHandle {
                        is_encrypted: self.tls.is_some(),
                        ..WireHandle::default()
                    };
                    let stream = match &self.tls {
                        Some(tls) => Stream::Greeting(Box::new(tls.acceptor.accept(stream))),
                        None => Stream::Plain(stream),
                    };
                    return (Wire { stream, handle }, address);
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection; trying again");
                    clock::pause(50).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Door>> for WireHandle {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().handle.clone()
    }
}

fn broken() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionAborted)
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = ready!(self.stream.poll_open(context))?;
        each!(stream, open => open.poll_read(context, buffer))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.handle.is_cut() {
            return Poll::Ready(Err(broken()));
        }
        let stream = ready!(self.stream.poll_open(context))?;
        each!(stream, open => open.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.handle.is_cut() {
            return Poll::Ready(Err(broken()));
        }
        let stream = ready!(self.stream.poll_open(context))?;
        each!(stream, open => open.poll_write_vectored(context, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Encrypted(stream) => stream.is_write_vectored(),
            // Asked once, before the handshake; an encrypted stream takes pieces one by one as well.
            Stream::Greeting(_) | Stream::Broken => false,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.handle.is_cut() {
            return Poll::Ready(Err(broken()));
        }
        let stream = ready!(self.stream.poll_open(context))?;
        each!(stream, open => open.poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A connection that never said anything is closed without greeting.
        if matches!(self.stream, Stream::Greeting(_) | Stream::Broken) {
            return Poll::Ready(Ok(()));
        }
        let stream = ready!(self.stream.poll_open(context))?;
        each!(stream, open => open.poll_shutdown(context))
    }
}
