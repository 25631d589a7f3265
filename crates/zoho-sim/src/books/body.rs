//! Bodies: plain JSON, a form with `JSONString`, or parts with files and perhaps `JSONString`.

use super::datum::Datum;
use super::document::Document;
use super::problem::Problem;
use crate::http::{Call, FormPart, Query, parts_of};

/// Longest JSON; more is not well formed. unknown: Books' own bound.
const JSON_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a call brings.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) datum: Datum,
    pub(super) files: Vec<FormPart>,
}

impl Body {
    /// The body as an object; an empty one for none.
    pub(super) fn document(&self) -> Result<Document, Problem> {
        match &self.datum {
            Datum::Object(document) => Ok(document.clone()),
            Datum::Null => Ok(Document::default()),
            _ => Err(Problem::invalid_value("JSONString")),
        }
    }
}

/// Reads the body of a call.
pub(super) async fn read(call: &Call) -> Result<Body, Problem> {
    let content_type = call.content_type().to_ascii_lowercase();
    if content_type.starts_with("multipart/") {
        let (files, rest): (Vec<_>, Vec<_>) = parts_of(call)
            .await
            .into_iter()
            .partition(|part| part.filename.is_some());
        let json = rest.iter().find(|part| part.name == "JSONString");
        let datum = json.map_or(Ok(Datum::Null), |part| parsed(&part.bytes))?;
        return Ok(Body { datum, files });
    }
    let bytes = call.body.trim_ascii();
    let is_json = matches!(bytes.first(), Some(b'{' | b'['));
    let datum = if bytes.is_empty() {
        match call.query.get("JSONString") {
            Some(text) => parsed(text.as_bytes())?,
            None => Datum::Null,
        }
    } else if is_json || content_type.contains("json") {
        parsed(bytes)?
    } else {
        match Query::parse(bytes).get("JSONString") {
            Some(text) => parsed(text.as_bytes())?,
            None => Datum::Null,
        }
    };
    Ok(Body {
        datum,
        files: Vec::new(),
    })
}

fn parsed(bytes: &[u8]) -> Result<Datum, Problem> {
    if bytes.len() > JSON_BYTES_MAX {
        return Err(Problem::malformed());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::malformed())?;
    if text.trim().is_empty() {
        return Ok(Datum::Null);
    }
    Datum::parse(text).ok_or_else(Problem::malformed)
}
