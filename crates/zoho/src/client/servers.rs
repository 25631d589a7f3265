//! Which servers the access token may go to.

use url::Url;

use super::{Client, is_loopback};
use crate::call::{Call, Server};
use crate::oauth::Token;
use crate::{Error, ErrorKind};

impl Client {
    pub(super) fn server_of(&self, call: &Call, token: &Token) -> Result<Url, Error> {
        let api_domain = self.api_domain_of(token);
        match call.server {
            Server::Api => Ok(api_domain.clone()),
            Server::Upload => self.upload_url(call, api_domain),
        }
    }

    pub(super) fn api_domain_of<'a>(&'a self, token: &'a Token) -> &'a Url {
        let fixed = self.shared.api_domain.as_ref();
        fixed.unwrap_or(token.api_domain())
    }

    /// The upload server that was set; else that of the data center, if the API server is the data center's own; a
    /// server on this machine plays both.
    fn upload_url(&self, call: &Call, api_domain: &Url) -> Result<Url, Error> {
        if let Some(url) = &self.shared.upload_url {
            return Ok(url.clone());
        }
        if is_loopback(api_domain) {
            return Ok(api_domain.clone());
        }
        let data_center = self.shared.data_center;
        let own = [
            data_center.api_url(),
            data_center.sandbox_api_url(),
            data_center.developer_api_url(),
        ];
        let is_own = own
            .iter()
            .flatten()
            .any(|url| url.origin() == api_domain.origin());
        data_center.upload_url().filter(|_| is_own).ok_or_else(|| {
            let message =
                "the server that takes the files is not known for this connection; set upload_url";
            Error::new(ErrorKind::Input, call.operation(), message)
        })
    }
}
