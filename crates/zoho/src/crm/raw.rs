//! Any other call of the CRM.

use bytes::Bytes;
use reqwest::Method;

use super::Crm;
use crate::Error;
use crate::raw::{RawAnswer, RawRequest, check_raw_path};

impl Crm {
    /// Starts a call to any path of the CRM on the connection's own API server: `/crm/v8/settings/roles`, or shorter
    /// `/v8/settings/roles`, `/v2/Leads`, `/bulk/v8/read`, or `/settings/roles` for version 8. A query may stand behind it, percent-encoded.
    pub fn request(&self, method: Method, path: &str) -> RawRequest {
        RawRequest::crm(&self.client, method, path)
    }

    /// Sends a call to a path such as `/crm/v8/settings/roles` on the connection's own API server;
    /// [`Crm::request`] can do more.
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
