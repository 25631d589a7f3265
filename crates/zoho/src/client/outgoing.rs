//! Puts a call into HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::StreamExt;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use super::out_of_place;
use crate::call::Call;
use crate::transport::Outgoing;
use crate::{Error, ErrorKind};

pub(super) fn outgoing(
    call: &Call,
    mut url: Url,
    authorization: HeaderValue,
) -> Result<Outgoing, Error> {
    url.set_path(&call.path);
    if !call.query.is_empty() {
        url.query_pairs_mut().extend_pairs(&call.query);
    }
    let mut headers = HeaderMap::with_capacity(2 + call.headers.len());
    for (name, value) in &call.headers {
        let value = HeaderValue::from_str(value).map_err(|_| {
            let message = format!("the header {name} takes visible ASCII only");
            Error::new(ErrorKind::Input, call.operation(), message)
        })?;
        headers.append(name, value);
    }
    if call.body.is_some() && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(AUTHORIZATION, authorization);
    let pieces_sent = Arc::new(AtomicU64::new(0));
    let body = match &call.flow {
        None => call.body.clone().map(Into::into),
        Some(flow) => {
            let pieces = (flow.make)().ok_or_else(|| out_of_place(call))?;
            let sent = Arc::clone(&pieces_sent);
            let counted = pieces.inspect(move |_| {
                sent.fetch_add(1, Ordering::Relaxed);
            });
            Some(reqwest::Body::wrap_stream(counted))
        }
    };
    Ok(Outgoing {
        operation: call.operation(),
        method: call.method.clone(),
        url,
        headers,
        body,
        timeout: call.timeout,
        silence_max: None,
        pieces_sent,
        changes_something: call.changes_something(),
    })
}
