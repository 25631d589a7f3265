//! A stream that is fed by work of its own: nothing goes on while nobody reads.

use std::future::Future;
use std::task::Poll;

use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc::{self, Sender};

use crate::action::{ActionError, ErrorClass};

/// Items that may wait to be read.
const ITEMS_WAITING_MAX: usize = 256;

/// The items that `work` sends. The work goes on only while the stream is read, ends when the stream is dropped, and
/// its error is the last item.
pub(super) fn fed<T, F>(
    work: impl FnOnce(Sender<T>) -> F,
) -> BoxStream<'static, Result<T, ActionError>>
where
    T: Send + 'static,
    F: Future<Output = Result<(), ActionError>> + Send + 'static,
{
    let (sender, mut items) = mpsc::channel(ITEMS_WAITING_MAX);
    let mut work = Some(work(sender).boxed());
    let mut failure = None;
    stream::poll_fn(move |context| {
        loop {
            match items.poll_recv(context) {
                Poll::Ready(Some(item)) => return Poll::Ready(Some(Ok(item))),
                Poll::Ready(None) if work.is_none() => {
                    return Poll::Ready(failure.take().map(Err));
                }
                Poll::Pending if work.is_none() => return Poll::Pending,
                _ => {}
            }
            let Some(polled) = work.as_mut().map(|work| work.poll_unpin(context)) else {
                continue;
            };
            match polled {
                Poll::Ready(ended) => {
                    failure = ended.err();
                    work = None;
                }
                Poll::Pending => {
                    return match items.poll_recv(context) {
                        Poll::Ready(Some(item)) => Poll::Ready(Some(Ok(item))),
                        _ => Poll::Pending,
                    };
                }
            }
        }
    })
    .boxed()
}

/// Sends an item; an error when nobody reads any more.
pub(super) async fn send<T>(to: &Sender<T>, item: T) -> Result<(), ActionError> {
    to.send(item).await.map_err(|_| unread())
}

/// The same from a thread that may block.
pub(super) fn send_blocking<T>(to: &Sender<T>, item: T) -> Result<(), ActionError> {
    to.blocking_send(item).map_err(|_| unread())
}

/// Does what may block on a thread for it.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ActionError> + Send + 'static,
) -> Result<T, ActionError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "a thread of an action ended in the midst of its work");
        ActionError::new(
            ErrorClass::Store,
            "internal",
            "the gateway broke off in the midst of the work",
            "Please report the action; the gateway's log says more.",
        )
    })?
}

/// Nobody hears it.
fn unread() -> ActionError {
    ActionError::new(
        ErrorClass::Unavailable,
        "broken_off",
        "the answer was not read to its end",
        "Send the request again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn items_come_in_order_and_the_error_last() {
        let read = fed(|to| async move {
            for number in 0..1_000 {
                send(&to, number).await?;
            }
            let other = to.clone();
            blocking(move || send_blocking(&other, 1_000)).await?;
            Err(unread())
        });
        let items: Vec<_> = read.collect().await;
        assert_eq!(items.len(), 1_002);
        let numbers: Vec<i32> = items.iter().flatten().copied().collect();
        assert_eq!(numbers, (0..=1_000).collect::<Vec<_>>());
        assert!(items.last().unwrap().is_err());
    }
}
