//! Any other call of the API, with the connection's token, but never to another host.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::Stream;
use reqwest::Method;
use reqwest::header::HeaderName;
use serde::Serialize;

use crate::answer::Reply;
use crate::books::OrganizationId;
use crate::call::{Call, Flow, Repeat};
use crate::client::{Client, Want};
use crate::files::{BoxError, Content, Multipart, Part, Upload};
use crate::policy::{CallCost, Idempotency, Pace, price};
use crate::transport::Answer;
use crate::{Error, ErrorKind};

mod answer;
mod headers;
mod path;
mod retry;

pub use answer::{RawAnswer, RawStream};
pub use retry::RawRetry;
use retry::Rounds;

pub(crate) use path::{Api, check_raw_path};

const OPERATION: &str = "raw call";

/// Refuses a header that is not the caller's to choose.
pub(crate) fn check_header(name: &str, value: &str) -> Result<(), Error> {
    headers::checked(name, value.to_owned()).map(|_| ())
}

/// Any call of the CRM or of Books, put together by hand: [`Crm::request`](crate::crm::Crm::request) and
/// [`Books::request`](crate::books::Books::request) start one.
///
/// The access token goes to the connection's own API server only: a path cannot name another one, and redirects are
/// answers, never followed. Refusals of Zoho are answers too, not errors. A dead access token is refreshed once, and
/// the call repeated then unless its body is a stream. Credits are set aside by the path, limits are kept as for all
/// calls. After a lost answer only GET and HEAD are repeated.
///
/// ```no_run
/// # async fn f(client: zoho::Client) -> Result<(), zoho::Error> {
/// let answer = client
///     .crm()
///     .request(zoho::Method::GET, "/v8/settings/roles")
///     .query("page", "1")
///     .send()
///     .await?;
/// println!("{} {:?}", answer.status, answer.body);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `send` or `open`"]
pub struct RawRequest {
    client: Client,
    lane: Lane,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(HeaderName, String)>,
    body: Body,
    timeout: Option<Duration>,
    retry: Option<RawRetry>,
    /// What was wrong with the first bad input; told when the call is sent.
    refusal: Option<Error>,
}

enum Lane {
    Crm,
    Books(OrganizationId, Arc<Pace>),
}

enum Body {
    None,
    Bytes(String, Bytes),
    Stream(String, Content),
    Multipart(Multipart),
}

impl RawRequest {
    pub(crate) fn crm(client: &Client, method: Method, path: &str) -> RawRequest {
        RawRequest::new(client, Lane::Crm, method, path)
    }

    pub(crate) fn books(
        client: &Client,
        organization_id: &OrganizationId,
        pace: &Arc<Pace>,
        method: Method,
        path: &str,
    ) -> RawRequest {
        let lane = Lane::Books(organization_id.clone(), Arc::clone(pace));
        RawRequest::new(client, lane, method, path)
    }

    fn new(client: &Client, lane: Lane, method: Method, path: &str) -> RawRequest {
        let mut request = RawRequest {
            client: client.clone(),
            lane,
            method,
            path: String::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            timeout: None,
            retry: None,
            refusal: None,
        };
        let api = match request.lane {
            Lane::Crm => Api::Crm,
            Lane::Books(..) => Api::Books,
        };
        match path::target(api, path) {
            Ok((path, query)) => (request.path, request.query) = (path, query),
            Err(error) => request.refusal = Some(error),
        }
        if let Err(error) = headers::check_method(&request.method) {
            request.refuse(error);
        }
        request
    }

    /// Adds a parameter; names may come several times.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> RawRequest {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header, such as `If-Modified-Since` or `X-EXTERNAL`.
    ///
    /// Headers that say who calls, where to, or how the body travels are not the caller's: `Authorization`, `Cookie`,
    /// `Host`, `Content-Length`, `Content-Type` (see [`RawRequest::bytes`]), `Connection`, `Transfer-Encoding` and their
    /// like are refused, and so are headers that would replace the method.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> RawRequest {
        match headers::checked(name, value.into()) {
            Ok(header) => self.headers.push(header),
            Err(error) => self.refuse(error),
        }
        self
    }

    /// Sends this as JSON.
    pub fn json(mut self, body: &impl Serialize) -> RawRequest {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body("application/json", bytes.into()),
            Err(source) => {
                let message = "the body cannot be put into JSON";
                let error = Error::new(ErrorKind::Input, OPERATION, message);
                self.refuse(error.caused_by(source));
                self
            }
        }
    }

    /// Sends fields as `application/x-www-form-urlencoded`.
    pub fn form<N: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> RawRequest {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let body = form.finish().into();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// Sends these bytes as they are.
    pub fn bytes(self, content_type: &str, body: Bytes) -> RawRequest {
        self.body(content_type, body)
    }

    /// Sends a body that comes in pieces, once. A length must be right: the call fails otherwise.
    pub fn stream<E>(
        mut self,
        content_type: &str,
        length_bytes: Option<u64>,
        body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> RawRequest
    where
        E: Into<BoxError> + 'static,
    {
        let content = Content::stream(length_bytes, body);
        self.body = Body::Stream(content_type.to_owned(), content);
        self
    }

    /// Adds a file to a `multipart/form-data` body, under this name. Several files may share a name.
    pub fn file(self, name: impl Into<String>, file: Upload) -> RawRequest {
        self.part(Part::file(name, file))
    }

    /// Adds a text to a `multipart/form-data` body.
    pub fn field(self, name: impl Into<String>, value: impl Into<String>) -> RawRequest {
        self.part(Part::text(name, value))
    }

    /// How long the call may take as a whole, instead of the client's call timeout; with Books also how long it may wait
    /// for the organisation's turn, which is a [`ErrorKind::TooManyRequests`] then. A call whose answer or body is
    /// streamed may take an hour.
    pub fn timeout(mut self, timeout: Duration) -> RawRequest {
        if timeout.is_zero() {
            let error = Error::input("timeout", "0", "use a duration above zero");
            self.refuse(error);
        }
        self.timeout = Some(timeout);
        self
    }

    /// Repeats the call by this rule instead of the client's retry policy; see [`RawRetry`] for what that means for
    /// calls that change something. A body that is a stream is sent once, whatever the rule.
    pub fn retry(mut self, retry: RawRetry) -> RawRequest {
        if let Err(error) = retry.check() {
            self.refuse(error);
        }
        self.retry = Some(retry);
        self
    }

    /// Sends the call and reads the answer whole, up to 64 MiB.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a path, header or body that cannot be sent; nothing was sent then. Transport and token
    /// errors. With Books a 429 waits its time, and is an error in the end.
    pub async fn send(self) -> Result<RawAnswer, Error> {
        let retry = self.retry.clone();
        let (client, lane, call) = self.into_call()?;
        let mut rounds = Rounds::of(retry, &call);
        loop {
            let result = client
                .call_at(&call, lane.pace(), |reply| lane.answer(reply))
                .await
                .map(RawAnswer::of);
            let status = result.as_ref().map(|answer| answer.status);
            if !rounds.go_on(status.map_err(Error::clone)).await {
                return result;
            }
        }
    }

    /// Sends the call and hands on the body of the answer as it comes. Answers that are no success are read before.
    ///
    /// # Errors
    /// As [`RawRequest::send`].
    pub async fn open(self) -> Result<RawStream, Error> {
        let retry = self.retry.clone();
        let (client, lane, call) = self.into_call()?;
        let mut rounds = Rounds::of(retry, &call);
        loop {
            let result = client
                .open(&call, lane.pace(), Want::Success, |reply| {
                    lane.answer(reply)
                })
                .await
                .map(RawStream::of);
            let status = result.as_ref().map(|answer| answer.status);
            if !rounds.go_on(status.map_err(Error::clone)).await {
                return result;
            }
        }
    }

    fn body(mut self, content_type: &str, body: Bytes) -> RawRequest {
        self.body = Body::Bytes(content_type.to_owned(), body);
        self
    }

    fn part(mut self, part: Part) -> RawRequest {
        match &mut self.body {
            Body::Multipart(form) => form.push(part),
            body => *body = Body::Multipart(Multipart::of(part)),
        }
        self
    }

    fn refuse(&mut self, error: Error) {
        self.refusal.get_or_insert(error);
    }

    fn into_call(self) -> Result<(Client, Lane, Call), Error> {
        if let Some(error) = self.refusal {
            return Err(error);
        }
        let is_read = self.method == Method::GET || self.method == Method::HEAD;
        let (content_type, body, flow) = match self.body {
            Body::None => (None, None, None),
            Body::Bytes(kind, bytes) => (Some(headers::content_type(kind)?), Some(bytes), None),
            Body::Stream(kind, content) => (None, None, Some(flow_of(kind, content)?)),
            Body::Multipart(form) => (None, None, Some(form.into_flow())),
        };
        let cost = self
            .lane
            .cost(is_read, &self.path, &self.query, body.as_deref());
        let repeat = match is_read {
            true => Repeat::Read,
            false => Repeat::Write(Box::new(|_| Idempotency::NotIdempotent)),
        };
        let mut call = Call::new(self.method, self.path, cost, body, repeat);
        call.query = self.query;
        call.headers = self.headers;
        call.timeout = self.timeout;
        call.is_sent_once = self.retry.is_some();
        let mut call = call.header_if("content-type", content_type);
        if let Lane::Books(organization_id, _) = &self.lane
            && !call.query.iter().any(|(name, _)| name == "organization_id")
        {
            call = call.query("organization_id", organization_id.as_str());
        }
        if let Some(flow) = flow {
            call = call.flow(flow);
        }
        Ok((self.client, self.lane, call))
    }
}

fn flow_of(content_type: String, content: Content) -> Result<Flow, Error> {
    Ok(Flow {
        content_type: headers::content_type(content_type)?,
        length_bytes: content.length_bytes(),
        is_repeatable: content.is_repeatable(),
        make: Box::new(move || content.pieces()),
    })
}

impl Lane {
    fn pace(&self) -> Option<&Pace> {
        match self {
            Lane::Crm => None,
            Lane::Books(_, pace) => Some(pace),
        }
    }

    fn cost(
        &self,
        is_read: bool,
        path: &str,
        query: &[(String, String)],
        body: Option<&[u8]>,
    ) -> CallCost {
        match self {
            Lane::Crm => price::raw(is_read, path, query, body),
            Lane::Books(..) => crate::books::cost(OPERATION),
        }
    }

    fn answer(&self, reply: Reply<'_>) -> Result<Answer, Error> {
        if matches!(self, Lane::Books(..)) && reply.answer.status == 429 {
            // Tells the pace's waits from other answers; the last one is the error.
            return Err(reply.error(ErrorKind::TooManyRequests, "too many calls"));
        }
        Ok(reply.answer)
    }
}

/// Shows neither query, headers nor body: they may hold personal data.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
