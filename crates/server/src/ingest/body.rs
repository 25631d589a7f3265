//! Reads a request's body within bounds: of bytes, of bytes once decompressed, and of time.

use std::io::Read;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_ENCODING;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use serde_json::value::RawValue;

use crate::problem::Problem;

/// How long a sender may take for its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is read and thrown away of a body that is too large, so that its sender gets to read our answer.
const DRAINED_BYTES_MAX: usize = 8 * 1024 * 1024;
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];

/// Reads the whole body, decompressed where it is gzip, by its magic bytes or by `Content-Encoding`: some clients
/// label gzip as a form, and some proxies decompress without taking the label off.
pub(crate) async fn read(parts: &Parts, body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let encoding = encoding(&parts.headers)?;
    let bytes = tokio::time::timeout(PATIENCE, gather(body, bytes_max))
        .await
        .map_err(|_| {
            let message = format!(
                "the body was not complete after {} seconds",
                PATIENCE.as_secs()
            );
            Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", message)
                .with_remedy("send it again")
        })??;
    if bytes.starts_with(GZIP_MAGIC) {
        return inflate(&bytes, bytes_max);
    }
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if encoding == Encoding::Gzip && !matches!(first, Some(b'{' | b'[')) {
        return Err(broken_gzip("it does not begin like gzip"));
    }
    Ok(bytes)
}

/// The body as text; a byte order mark in front is left out.
pub(crate) fn text(bytes: &Bytes) -> Result<&str, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::bad_request(
            "wrong_encoding",
            format!("the body is not UTF-8 from byte {} on", error.valid_up_to()),
        )
        .with_remedy("send JSON as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Err(
            Problem::bad_request("empty_body", "the request has no body")
                .with_remedy("send one JSON object with the event"),
        );
    }
    Ok(text)
}

/// The body as one JSON value, known to be well-formed to its end.
pub(crate) fn json(text: &str) -> Result<&RawValue, Problem> {
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

/// What serde_json found, with line and column.
pub(crate) fn malformed(error: &serde_json::Error) -> Problem {
    Problem::bad_request(
        "malformed_json",
        format!("the body is not valid JSON: {error}"),
    )
    .with_remedy("mend the JSON at the line and column that the message names, and send it again")
}

#[derive(PartialEq, Eq)]
enum Encoding {
    None,
    Gzip,
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let Some(value) = headers.get(CONTENT_ENCODING) else {
        return Ok(Encoding::None);
    };
    let word = value.to_str().unwrap_or("").trim();
    if word.is_empty() || word.eq_ignore_ascii_case("identity") {
        return Ok(Encoding::None);
    }
    if word.eq_ignore_ascii_case("gzip") || word.eq_ignore_ascii_case("x-gzip") {
        return Ok(Encoding::Gzip);
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unknown_encoding",
        "only gzip is decompressed",
    )
    .with_field("Content-Encoding")
    .with_value(word)
    .with_remedy("compress with gzip, or send the body as it is"))
}

/// Gathers the body. One that came in one piece, as small ones do, is not copied.
async fn gather(body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut pieces = body.into_data_stream();
    let mut whole = Bytes::new();
    let mut gathered: Option<BytesMut> = None;
    let mut read = 0_usize;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            tracing::debug!(%error, "a body broke off");
            Problem::bad_request("broken_body", "the body broke off before its end")
                .with_remedy("send it again")
        })?;
        read = read.saturating_add(piece.len());
        if read > DRAINED_BYTES_MAX.max(bytes_max) {
            return Err(too_large(bytes_max));
        }
        if read > bytes_max {
            (whole, gathered) = (Bytes::new(), None);
        } else if whole.is_empty() && gathered.is_none() {
            whole = piece;
        } else {
            gathered
                .get_or_insert_with(|| BytesMut::from(std::mem::take(&mut whole)))
                .extend_from_slice(&piece);
        }
    }
    match gathered {
        _ if read > bytes_max => Err(too_large(bytes_max)),
        Some(gathered) => Ok(gathered.freeze()),
        None => Ok(whole),
    }
}

/// Decompresses at most `bytes_max` bytes, however many the stream would give.
fn inflate(bytes: &[u8], bytes_max: usize) -> Result<Bytes, Problem> {
    let mut inflated = Vec::with_capacity(bytes.len().saturating_mul(4).min(bytes_max));
    let limit = u64::try_from(bytes_max)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut inflated)
        .map_err(|error| broken_gzip(&error.to_string()))?;
    if inflated.len() > bytes_max {
        return Err(too_large(bytes_max));
    }
    Ok(Bytes::from(inflated))
}

fn broken_gzip(reason: &str) -> Problem {
    Problem::bad_request(
        "broken_gzip",
        format!("the body cannot be decompressed: {reason}"),
    )
    .with_remedy("send the whole gzip stream, or the body without compression")
}

fn too_large(bytes_max: usize) -> Problem {
    let message = format!("the body has more than {bytes_max} bytes, counted after decompression");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
        .with_remedy("send fewer events with one request")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use axum::http::Request;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use futures_util::stream;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    async fn read_with(body: Body, encoding: Option<&str>) -> Result<Bytes, (u16, String)> {
        let mut request = Request::builder();
        if let Some(encoding) = encoding {
            request = request.header(CONTENT_ENCODING, encoding);
        }
        let (parts, body) = request.body(body).unwrap().into_parts();
        read(&parts, body, 1_000)
            .await
            .map_err(|problem| (problem.status().as_u16(), problem.code.to_string()))
    }

    fn refusal(status: u16, code: &str) -> Result<Bytes, (u16, String)> {
        Err((status, code.to_owned()))
    }

    #[tokio::test]
    async fn gzip_is_known_by_its_magic_bytes_with_or_without_a_label() {
        for label in [None, Some("gzip"), Some("identity")] {
            assert_eq!(
                read_with(Body::from(gzip(b"{}")), label).await,
                Ok(Bytes::from_static(b"{}"))
            );
        }
        assert_eq!(
            read_with(Body::from("{}"), Some("gzip")).await,
            Ok(Bytes::from_static(b"{}"))
        );
    }

    #[tokio::test]
    async fn half_a_gzip_stream_is_refused() {
        let whole = gzip(&[b'x'; 500]);
        let half = whole[..whole.len() / 2].to_vec();
        assert_eq!(
            read_with(Body::from(half), Some("gzip")).await,
            refusal(400, "broken_gzip")
        );
        assert_eq!(
            read_with(Body::from("abc"), Some("gzip")).await,
            refusal(400, "broken_gzip")
        );
        assert_eq!(
            read_with(Body::from("abc"), Some("br")).await,
            refusal(415, "unknown_encoding")
        );
    }

    #[tokio::test]
    async fn a_bomb_is_stopped_at_the_limit() {
        let bomb = gzip(&vec![0_u8; 900_000]);
        assert!(
            bomb.len() < 1_000,
            "the bomb itself must pass the first limit"
        );
        assert_eq!(
            read_with(Body::from(bomb), None).await,
            refusal(413, "body_too_large")
        );
    }

    #[tokio::test]
    async fn a_body_in_pieces_is_joined_and_bounded() {
        let pieces = |count| {
            Body::from_stream(stream::iter(
                (0..count).map(|_| Ok::<_, std::io::Error>("0123456789")),
            ))
        };
        assert_eq!(
            read_with(pieces(100), None).await.map(|body| body.len()),
            Ok(1_000)
        );
        assert_eq!(
            read_with(pieces(101), None).await,
            refusal(413, "body_too_large")
        );
        assert_eq!(
            read_with(pieces(1_000_000), None).await,
            refusal(413, "body_too_large")
        );
    }
}
