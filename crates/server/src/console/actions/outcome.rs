//! What an action came to, as its page shows it: bounded, since a page is no place for a whole module.

use futures_util::StreamExt as _;
use leadway_engine::action::{ActionError, Rows};
use serde_json::Value;

use super::form::Refused;
use crate::console::indent::indent;

/// Rows of a stream that are shown; the rest is not read.
const ROWS_MAX: usize = 100;
/// Bytes of an answer that are shown.
const BYTES_MAX: usize = 256 * 1024;

/// What is shown of an answer.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Rows of a stream.
    pub(super) rows: Option<usize>,
    /// Whether there is more than is shown.
    pub(super) is_cut: bool,
    /// Whether all of it was done, however much is shown.
    pub(super) is_done: bool,
    /// What ended a stream in its midst.
    pub(super) failure: Option<Failed>,
}

/// What went wrong.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) code: String,
    pub(super) refused: Refused,
    /// Zoho's `details`, laid out.
    pub(super) details: Option<String>,
}

impl Shown {
    pub(super) fn json(json: &str) -> Self {
        let (text, is_cut) = indent(json, BYTES_MAX);
        Self {
            text,
            is_cut,
            ..Self::default()
        }
    }

    /// The first rows and the last one of a stream that changes something, which goes on to its end also when nobody looks.
    pub(super) async fn rows_to_the_end(rows: Rows) -> Self {
        let reading = tokio::spawn(Self::read(rows, true));
        reading.await.unwrap_or_else(|error| {
            tracing::error!(%error, "the answer of an action broke off");
            Self {
                failure: Some(broken_off()),
                ..Self::default()
            }
        })
    }

    /// The first rows of a stream, a line each.
    pub(super) async fn rows(rows: Rows) -> Self {
        Self::read(rows, false).await
    }

    async fn read(mut rows: Rows, to_the_end: bool) -> Self {
        let mut shown = Self::default();
        let (mut count, mut shown_count) = (0, 0);
        let mut last = None;
        while let Some(row) = rows.next().await {
            let row = match row {
                Ok(row) => row,
                Err(error) => {
                    shown.failure = Some(error.into());
                    break;
                }
            };
            let is_long = shown.text.len() + row.get().len() > BYTES_MAX;
            if shown.is_cut || shown_count == ROWS_MAX || is_long {
                shown.is_cut = true;
                if !to_the_end {
                    break;
                }
                last = Some(row);
            } else {
                shown.text.push_str(row.get());
                shown.text.push('\n');
                shown_count += 1;
            }
            count += 1;
        }
        // It tells what came of all.
        if let Some(last) = last.filter(|last| last.get().len() <= BYTES_MAX) {
            shown.text.push_str("…\n");
            shown.text.push_str(last.get());
            shown.text.push('\n');
        }
        shown.rows = Some(count);
        shown.is_done = to_the_end && shown.failure.is_none();
        shown
    }
}

/// Nobody knows how far it came.
fn broken_off() -> Failed {
    Failed {
        code: "outcome_unknown".to_owned(),
        refused: Refused {
            field: String::new(),
            message: "the action broke off in the gateway, and nobody knows how far it came"
                .to_owned(),
            value: None,
            remedy: "Look in Zoho what is there before you send the rest.".to_owned(),
        },
        details: None,
    }
}

impl From<ActionError> for Failed {
    fn from(error: ActionError) -> Self {
        let failure = error.into_failure();
        let details = (!failure.zoho_details.is_empty())
            .then(|| Shown::json(&Value::Object(failure.zoho_details).to_string()).text);
        Self {
            code: failure.code,
            refused: Refused {
                field: failure.field.unwrap_or_default(),
                message: failure.message,
                value: failure.value,
                remedy: failure.remedy,
            },
            details,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use serde_json::value::RawValue;

    use super::*;

    #[tokio::test]
    async fn a_stream_is_shown_up_to_its_bound_and_read_no_further() {
        let row = |text: String| RawValue::from_string(text).unwrap();
        let read = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = read.clone();
        let rows = stream::iter(0..1_000).map(move |number| {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(row(number.to_string()))
        });
        let shown = Shown::rows(Box::pin(rows)).await;
        assert!(shown.is_cut && shown.rows == Some(ROWS_MAX), "{shown:?}");
        assert!(shown.text.ends_with("\n98\n99\n"));
        assert_eq!(
            read.load(std::sync::atomic::Ordering::Relaxed),
            ROWS_MAX + 1
        );

        let rows = stream::iter(0..1_000).map(move |number| Ok(row(number.to_string())));
        let shown = Shown::rows_to_the_end(Box::pin(rows)).await;
        assert!(
            shown.is_cut && shown.is_done && shown.rows == Some(1_000),
            "{shown:?}"
        );
        assert!(shown.text.ends_with("\n99\n…\n999\n"), "{shown:?}");

        let rows = stream::once(async { panic!("a reader that fails") });
        let shown = Shown::rows_to_the_end(Box::pin(rows)).await;
        assert_eq!(shown.failure.unwrap().code, "outcome_unknown");
        assert!(!shown.is_done);

        let long = format!("\"{}\"", "x".repeat(BYTES_MAX - 3));
        let rows = stream::iter([Ok(row("1".to_owned())), Ok(row(long))]);
        let shown = Shown::rows(Box::pin(rows)).await;
        assert!(shown.is_cut && shown.text == "1\n", "{}", shown.text.len());
    }
}
