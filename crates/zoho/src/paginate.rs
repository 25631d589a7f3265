//! Turns "one page and where the next one starts" into streams by page and by item.

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};

use crate::Error;

/// Calls `load` from `first` on, until it names no next page or fails.
pub(crate) fn pages<S, P, F>(
    first: S,
    load: impl Fn(S) -> F + Send,
) -> impl Stream<Item = Result<P, Error>> + Send
where
    S: Send,
    F: Future<Output = Result<(P, Option<S>), Error>> + Send,
    P: Send,
{
    stream::try_unfold(Some(first), move |next| {
        let loading = next.map(&load);
        async move {
            match loading {
                Some(loading) => loading.await.map(Some),
                None => Ok(None),
            }
        }
    })
}

/// The items of pages, one by one.
pub(crate) fn items<P, T>(
    pages: impl Stream<Item = Result<P, Error>> + Send,
    open: impl Fn(P) -> Vec<T> + Send,
) -> impl Stream<Item = Result<T, Error>> + Send
where
    T: Send,
    P: Send,
{
    pages
        .map_ok(move |page| stream::iter(open(page)).map(Ok))
        .try_flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[tokio::test]
    async fn pages_are_loaded_one_after_the_other_until_the_last() {
        let pages = pages(1, |n| async move {
            Ok((vec![n, n * 10], (n < 3).then_some(n + 1)))
        });
        let all: Vec<u32> = items(pages, |page| page).try_collect().await.unwrap();
        assert_eq!(all, [1, 10, 2, 20, 3, 30]);
    }

    #[tokio::test]
    async fn a_failing_page_ends_the_stream_after_the_items_before_it() {
        let load = |n: u32| async move {
            match n {
                1 => Ok((vec![n], Some(2))),
                _ => Err(Error::new(ErrorKind::Server, "list records", "failed")),
            }
        };
        let all: Vec<Result<u32, Error>> = items(pages(1, load), |page| page).collect().await;
        assert!(matches!(all.as_slice(), [Ok(1), Err(_)]), "{all:?}");
    }
}
