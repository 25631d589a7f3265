//! The body of a write: `{"data": [...], "duplicate_check_fields": [...], "trigger": [...]}`.
//!
//! JSON comes without a Content-Type from several clients, so none is asked for. Problems of the body as a whole stand inside
//! `data`, as the OpenAPI files draw them.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::catalog::{self, Refusal};
use crate::http::Answer;

/// Rows of one call.
const ROWS_MAX: usize = 100;

/// The keys of a write that mean something here.
#[derive(Debug)]
pub(crate) struct Body {
    /// Rows as given; each has to be an object.
    pub(crate) rows: Vec<Value>,
    pub(crate) duplicate_check_fields: Option<Vec<String>>,
}

/// Workflows and the like that a write may switch off; none of them is simulated, but a wrong name is refused.
const TRIGGERS: [&str; 5] = [
    "workflow",
    "approval",
    "blueprint",
    "pathfinder",
    "orchestration",
];

/// Reads the body, or gives the refusal of the whole call.
pub(crate) fn parse(bytes: &[u8]) -> Result<Body, Answer> {
    read(bytes).map_err(|refusal| whole(&refusal))
}

/// A refusal of the whole body as the only item of `data`.
pub(crate) fn whole(refusal: &Refusal) -> Answer {
    Answer::json(
        StatusCode::BAD_REQUEST,
        &json!({"data": [refusal.to_json()]}),
    )
}

fn read(bytes: &[u8]) -> Result<Body, Refusal> {
    let mut body: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| catalog::malformed_body())?;
    let rows = match body.remove("data") {
        None | Some(Value::Null) => return Err(catalog::missing_data()),
        Some(Value::Array(rows)) => rows,
        Some(_) => return Err(catalog::wrong_key_type("data", "jsonarray")),
    };
    if rows.is_empty() {
        return Err(catalog::empty_data());
    }
    if rows.len() > ROWS_MAX {
        return Err(catalog::too_many_rows(ROWS_MAX));
    }
    if let Some(triggers) = texts(&body, "trigger")?
        && !triggers
            .iter()
            .all(|name| TRIGGERS.contains(&name.as_str()))
    {
        return Err(catalog::wrong_key_value("trigger", &TRIGGERS));
    }
    Ok(Body {
        rows,
        duplicate_check_fields: texts(&body, "duplicate_check_fields")?,
    })
}

fn texts(body: &Map<String, Value>, key: &str) -> Result<Option<Vec<String>>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(values)) => {
            let texts: Option<Vec<String>> = values
                .iter()
                .map(|value| value.as_str().map(str::to_owned))
                .collect();
            texts
                .map(Some)
                .ok_or_else(|| catalog::wrong_key_type(key, "jsonarray"))
        }
        Some(_) => Err(catalog::wrong_key_type(key, "jsonarray")),
    }
}

/// A row as an object.
pub(crate) fn object(row: &Value, number: usize) -> Result<&Map<String, Value>, Refusal> {
    row.as_object()
        .ok_or_else(|| catalog::wrong_row_type(number))
}
