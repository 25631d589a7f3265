//! Any other call of Books, with the connection's token and under the organisation's pace.

use bytes::Bytes;
use reqwest::Method;

use super::{Books, RawAnswer, cost};
use crate::Error;
use crate::call::{Call, Repeat};
use crate::crm::check_raw_path;
use crate::policy::Idempotency;

impl Books {
    /// Sends a call to a path such as `/books/v3/reports/trialbalance` on the connection's own API server. The
    /// organisation's id is added.
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
        let is_read = method == Method::GET || method == Method::HEAD;
        let mut call = Call {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body,
            cost: cost("raw call"),
            repeat: match is_read {
                true => Repeat::Read,
                false => Repeat::Write(Box::new(|_| Idempotency::NotIdempotent)),
            },
        };
        for (name, value) in query {
            call = call.query(name, *value);
        }
        if !query.iter().any(|(name, _)| *name == "organization_id") {
            call = call.query("organization_id", self.organization_id.as_str());
        }
        self.client
            .call_at(&call, Some(&self.pace), |reply| {
                if reply.answer.status == 429 {
                    // Tells the pace's waits from other answers; the last one is the error.
                    return Err(reply.error(crate::ErrorKind::TooManyRequests, "too many calls"));
                }
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
