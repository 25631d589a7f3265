//! Any other call of Books.

use bytes::Bytes;
use reqwest::Method;

use super::Books;
use crate::Error;
use crate::raw::{RawAnswer, RawRequest, check_raw_path};

impl Books {
    /// Starts a call to any path of Books on the connection's own API server: `/books/v3/reports/trialbalance`, or
    /// shorter `/v3/reports/trialbalance` or `/reports/trialbalance`. The organisation's id is added, and its pace kept.
    pub fn request(&self, method: Method, path: &str) -> RawRequest {
        RawRequest::books(
            &self.client,
            &self.organization_id,
            &self.pace,
            method,
            path,
        )
    }

    /// Sends a call to a path such as `/books/v3/reports/trialbalance` on the connection's own API server. The
    /// organisation's id is added. [`Books::request`] can do more.
    ///
    /// Refusals of Zoho are answers here, not errors, except 429, which waits its time and is an error in the end. A dead
    /// access token is still refreshed once.
    /// The body is sent as JSON. Only GET is repeated after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a path that is not a plain one: it must begin with `/books/v3/`,
    /// and hold neither a host, a query, `..`, `//`, `@`, `\` nor an encoded character. Transport and token errors.
    pub async fn raw(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Bytes>,
    ) -> Result<RawAnswer, Error> {
        check_raw_path(path, "/books/v3/", "/books/v3/contacts")?;
        let request = query
            .iter()
            .fold(self.request(method, path), |request, (name, value)| {
                request.query(*name, *value)
            });
        match body {
            Some(body) => request.bytes("application/json", body).send().await,
            None => request.send().await,
        }
    }
}
