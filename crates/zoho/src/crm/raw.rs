//! Any other call of the API, with the connection's token, but never to another host.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::Crm;
use crate::Error;
use crate::call::{Call, Repeat};
use crate::policy::{Idempotency, price};

/// Zoho's answer as it came, whatever its status.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Crm {
    /// Sends a call to a path such as `/crm/v8/settings/roles` on the connection's own API server.
    ///
    /// Refusals of Zoho are answers here, not errors; an invalid access token is still refreshed once. The body is sent
    /// as JSON. Credits are set aside by the path.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a path that is not a plain one: it must begin with `/crm/`,
    /// and hold neither a host, a query, `..`, `//`, `@`, `\` nor an encoded character. Transport and token errors.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Bytes>,
    ) -> Result<RawAnswer, Error> {
        check_raw_path(path, "/crm/", "/crm/v8/org")?;
        let query: Vec<(String, String)> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let is_read = method == Method::GET || method == Method::HEAD;
        let call = Call {
            cost: price::raw(is_read, path, &query, body.as_deref()),
            method,
            path: path.to_owned(),
            query,
            headers: Vec::new(),
            body,
            repeat: match is_read {
                true => Repeat::Read,
                false => Repeat::Write(Box::new(|_| Idempotency::NotIdempotent)),
            },
        };
        self.client
            .call(&call, |reply| {
                let answer = reply.answer;
                Ok(RawAnswer {
                    status: answer.status,
                    headers: answer.headers,
                    body: answer.body,
                })
            })
            .await
    }
}

/// Only plain path characters pass, so that no encoding can hide a host or a way up.
pub(crate) fn check_raw_path(path: &str, start: &str, example: &str) -> Result<(), Error> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
    let is_safe = path.starts_with(start)
        && path.len() <= 2048
        && path.chars().all(is_plain)
        && !path.contains("//")
        && path.split('/').all(|part| part != "." && part != "..");
    if is_safe {
        return Ok(());
    }
    let remedy = format!(
        "use a plain path that begins with {start}, such as {example}; give the query apart"
    );
    Err(Error::input("path", path, &remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_api_pass() {
        for path in [
            "/crm/v8/org",
            "/crm/v8/Leads/5112233000001234567/actions/convert",
            "/crm/bulk/v8/read",
            "/crm/v2.1/Leads",
        ] {
            assert!(
                check_raw_path(path, "/crm/", "/crm/v8/org").is_ok(),
                "{path}"
            );
        }
    }

    #[test]
    fn ways_to_another_host_or_upwards_are_refused() {
        for path in [
            "https://evil.example/crm/v8/org",
            "//evil.example/crm/",
            "/crm//evil.example",
            "/crm/@evil.example",
            "/crm/../oauth/v2/token",
            "/crm/./v8",
            "/crm/%2e%2e/oauth",
            "/crm/v8\\..\\x",
            "/crm/v8/org?fields=x",
            "/crm/v8/org#x",
            "/crm/v8/\u{2025}/x",
            "/crm/v8/a b",
            "/crm/v8/a\r\nHost: x",
            "/oauth/v2/token",
            "crm/v8/org",
            "",
        ] {
            assert!(
                check_raw_path(path, "/crm/", "/crm/v8/org").is_err(),
                "{path}"
            );
        }
    }
}
