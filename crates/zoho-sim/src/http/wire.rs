//! TCP connections that can be cut from inside: how a fault closes one without any answer.
//!
//! axum and hyper always answer what they have read. A [`Wire`] is a connection whose writing side can be told to fail
//! ([`WireHandle::cut`]); hyper then closes the connection, and the client sees it break.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::clock;

/// Accepts [`Wire`]s.
#[derive(Debug)]
pub(crate) struct Door(pub(crate) TcpListener);

/// One connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    handle: WireHandle,
}

/// Cuts a connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct WireHandle {
    is_cut: Arc<AtomicBool>,
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
            match self.0.accept().await {
                Ok((stream, address)) => {
                    // Small answers must not wait for Nagle's algorithm; a socket that refuses the option works as well.
                    let _ = stream.set_nodelay(true);
                    return (
                        Wire {
                            stream,
                            handle: WireHandle::default(),
                        },
                        address,
                    );
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection; trying again");
                    clock::pause(50).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
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
        Pin::new(&mut self.stream).poll_read(context, buffer)
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
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.handle.is_cut() {
            return Poll::Ready(Err(broken()));
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.handle.is_cut() {
            return Poll::Ready(Err(broken()));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
