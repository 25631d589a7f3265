//! Several calls in one.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Crm, RowError, items, path};
use crate::call::{Call, Repeat};
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::raw::{check_header, check_raw_path};
use crate::{Error, ErrorKind};

const OPERATION: &str = "composite call";

/// Most calls in one composite call.
pub const COMPOSITE_REQUESTS_MAX: usize = 5;

impl Crm {
    /// Starts a composite call of up to five (`crm/developer/docs/api/v8/composite-api.html`): it costs one credit, or
    /// two if it rolls back on failure and succeeds, whatever is in it, but counts five times under the concurrency
    /// limit and is heavy. Each write in it takes one record, each list 25. Scope: `ZohoCRM.composite_requests.CUSTOM`
    /// and those of its calls.
    ///
    /// ```no_run
    /// use serde_json::json;
    /// use zoho::Method;
    /// use zoho::crm::SubRequest;
    ///
    /// # async fn f(crm: zoho::crm::Crm) -> Result<(), zoho::Error> {
    /// let account = SubRequest::new("account", Method::POST, "/crm/v8/Accounts")
    ///     .body(json!({"data": [{"Account_Name": "Orchard"}]}));
    /// let contact = SubRequest::new("contact", Method::POST, "/crm/v8/Contacts").body(json!({"data": [{
    ///     "Last_Name": "Blake",
    ///     "Account_Name": {"id": "@{account:$.data[0].details.id}"},
    /// }]}));
    /// let answers = crm
    ///     .composite()
    ///     .request(account)
    ///     .request(contact)
    ///     .rollback_on_fail(true)
    ///     .send()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn composite(&self) -> Composite {
        Composite {
            client: self.client.clone(),
            requests: Vec::new(),
            rollback_on_fail: None,
            parallel_execution: None,
        }
    }
}

/// A composite call in the making.
#[derive(Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct Composite {
    client: Client,
    requests: Vec<SubRequest>,
    rollback_on_fail: Option<bool>,
    parallel_execution: Option<bool>,
}

/// One call of a composite call. Its path, parameters and body can refer to the answer of a call before it, as
/// `@{its_id:$.data[0].details.id}`.
#[derive(Clone)]
pub struct SubRequest {
    id: String,
    method: Method,
    uri: String,
    params: Map<String, Value>,
    headers: Map<String, Value>,
    body: Option<Value>,
}

impl SubRequest {
    /// A call by an id of one's own (letters, digits and `_`), and its path, such as `/crm/v8/Leads`.
    #[must_use]
    pub fn new(id: impl Into<String>, method: Method, path: impl Into<String>) -> SubRequest {
        SubRequest {
            id: id.into(),
            method,
            uri: path.into(),
            params: Map::new(),
            headers: Map::new(),
            body: None,
        }
    }

    /// A parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> SubRequest {
        self.params.insert(name.into(), json!(value.into()));
        self
    }

    /// A header, such as `If-Unmodified-Since`; not those that say who calls or where to.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> SubRequest {
        self.headers.insert(name.into(), json!(value.into()));
        self
    }

    /// The body.
    #[must_use]
    pub fn body(mut self, body: Value) -> SubRequest {
        self.body = Some(body);
        self
    }

    fn check(&self) -> Result<(), Error> {
        let is_id = self.id.starts_with(|c: char| c.is_ascii_alphanumeric())
            && self
                .id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_id {
            let remedy = "use letters, digits and _, not first _";
            return Err(Error::input("sub_request_id", &self.id, remedy));
        }
        check_raw_path(&without_references(&self.uri), "/crm/", "/crm/v8/Leads")?;
        for (name, value) in &self.headers {
            check_header(name, value.as_str().unwrap_or_default())?;
            if name.eq_ignore_ascii_case("x-crm-org") {
                return Err(Error::input("header", name, "Zoho forbids it here"));
            }
        }
        Ok(())
    }
}

/// The path with `x` in the place of each reference to another answer, which Zoho fills in.
fn without_references(uri: &str) -> String {
    let mut plain = String::with_capacity(uri.len());
    let mut rest = uri;
    while let Some((before, after)) = rest.split_once("@{") {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        plain.push_str(before);
        plain.push('x');
        rest = after;
    }
    plain + rest
}

impl Serialize for SubRequest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut request = json!({
            "sub_request_id": self.id,
            "method": self.method.as_str(),
            "uri": self.uri,
            "params": self.params,
            "headers": self.headers,
        });
        if let Some(body) = &self.body {
            request["body"] = body.clone();
        }
        request.serialize(serializer)
    }
}

/// Shows neither parameters nor body: they may hold personal data.
impl std::fmt::Debug for SubRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SubRequest")
            .field("id", &self.id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// What came of one call of a composite call.
#[derive(Clone, Debug)]
pub enum SubAnswer {
    /// It was made, and this is its answer, which may be a refusal.
    Answered {
        /// Its HTTP status.
        status: u16,
        /// Its headers, as Zoho sent them.
        headers: Map<String, Value>,
        /// Its body; null for an empty one.
        body: Value,
    },
    /// It was not made, or was taken back.
    Skipped(RowError),
}

impl SubAnswer {
    /// True if the call was made and has a status of success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(
            self,
            SubAnswer::Answered {
                status: 200..=299,
                ..
            }
        )
    }
}

impl Composite {
    /// Adds a call.
    pub fn request(mut self, request: SubRequest) -> Composite {
        self.requests.push(request);
        self
    }

    /// Whether everything is taken back if one call fails; Zoho's default is no.
    pub fn rollback_on_fail(mut self, rollback_on_fail: bool) -> Composite {
        self.rollback_on_fail = Some(rollback_on_fail);
        self
    }

    /// Whether the calls run side by side; Zoho's default is yes, except with a rollback.
    pub fn parallel_execution(mut self, parallel_execution: bool) -> Composite {
        self.parallel_execution = Some(parallel_execution);
        self
    }

    /// Sends the calls, and gives one answer for each, in order. Only GETs are repeated after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no call, more than five, or one with a bad id, path or header; otherwise see
    /// [`ErrorKind`].
    pub async fn send(self) -> Result<Vec<SubAnswer>, Error> {
        let count = self.requests.len();
        if !(1..=COMPOSITE_REQUESTS_MAX).contains(&count) {
            let message = format!("{count} calls were given; use 1 to {COMPOSITE_REQUESTS_MAX}");
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        for request in &self.requests {
            request.check()?;
        }
        let is_read = self
            .requests
            .iter()
            .all(|request| request.method == Method::GET);
        let mut body = json!({"__composite_requests": self.requests});
        if let Some(rollback) = self.rollback_on_fail {
            body["rollback_on_fail"] = json!(rollback);
        }
        if let Some(parallel) = self.parallel_execution {
            body["parallel_execution"] = json!(parallel);
        }
        let repeat = match is_read {
            true => Repeat::Read,
            false => Repeat::Write(Box::new(|_| Idempotency::NotIdempotent)),
        };
        let call = Call::new(
            Method::POST,
            path(OPERATION, &["__composite_requests"])?,
            price::composite(OPERATION, self.rollback_on_fail == Some(true)),
            Some(body.to_string().into()),
            repeat,
        );
        self.client
            .call(&call, |reply| {
                let items = items::read(&reply, "__composite_requests")?;
                if items.len() != count {
                    let message =
                        format!("{count} calls were sent and {} answers came", items.len());
                    return Err(reply.broken(message));
                }
                items
                    .into_iter()
                    .map(|item| match item.result {
                        Ok(accepted) => answer(&accepted.details).ok_or_else(|| {
                            reply.broken("an answer of the composite call is missing")
                        }),
                        Err(refusal) => Ok(SubAnswer::Skipped(refusal)),
                    })
                    .collect()
            })
            .await
    }
}

fn answer(details: &Map<String, Value>) -> Option<SubAnswer> {
    #[derive(Deserialize)]
    struct Wire {
        status_code: u16,
        #[serde(default, deserialize_with = "super::lenient::or_default")]
        headers: Map<String, Value>,
        #[serde(default)]
        body: Value,
    }
    let wire = Wire::deserialize(details.get("response")?).ok()?;
    Some(SubAnswer::Answered {
        status: wire.status_code,
        headers: wire.headers,
        body: wire.body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_pass_and_ways_elsewhere_do_not() {
        let check = |path: &str| SubRequest::new("a", Method::GET, path).check();
        assert!(check("/crm/v8/Leads/@{1:$.data[0].details.id}/Notes").is_ok());
        for path in [
            "/crm/v8/@{1:x}/../../oauth",
            "https://evil.example/@{1:x}",
            "/crm/v8/@{1:x",
            "/crm/v8/@evil.example",
            "/books/v3/contacts",
        ] {
            assert!(check(path).is_err(), "{path}");
        }
        for id in ["", "_a", "a-b", "a b"] {
            assert!(
                SubRequest::new(id, Method::GET, "/crm/v8/Leads")
                    .check()
                    .is_err()
            );
        }
        for name in ["Authorization", "X-CRM-ORG", "Cookie"] {
            let request = SubRequest::new("a", Method::GET, "/crm/v8/Leads").header(name, "x");
            assert!(request.check().is_err(), "{name}");
        }
    }
}
