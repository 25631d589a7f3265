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
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Rows of a stream.
    pub(super) rows: Option<usize>,
    /// Whether there is more than is shown.
    pub(super) is_cut: bool,
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
            rows: None,
            is_cut,
            failure: None,
        }
    }

    /// The first rows of a stream, a line each.
    pub(super) async fn rows(mut rows: Rows) -> Self {
        let mut shown = Self {
            text: String::new(),
            rows: None,
            is_cut: false,
            failure: None,
        };
        let mut count = 0;
        while let Some(row) = rows.next().await {
            match row {
                Ok(_) if count == ROWS_MAX => shown.is_cut = true,
                Ok(row) if shown.text.len() + row.get().len() > BYTES_MAX => shown.is_cut = true,
                Ok(row) => {
                    shown.text.push_str(row.get());
                    shown.text.push('\n');
                    count += 1;
                    continue;
                }
                Err(error) => shown.failure = Some(error.into()),
            }
            break;
        }
        shown.rows = Some(count);
        shown
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

        let long = format!("\"{}\"", "x".repeat(BYTES_MAX - 3));
        let rows = stream::iter([Ok(row("1".to_owned())), Ok(row(long))]);
        let shown = Shown::rows(Box::pin(rows)).await;
        assert!(shown.is_cut && shown.text == "1\n", "{}", shown.text.len());
    }
}
