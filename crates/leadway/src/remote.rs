//! A running gateway, as its REST API shows it: [`Remote`] sends the calls of all commands but `demo` and `serve`.

mod call_error;
mod patience;
mod uploaded;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use leadway_engine::action::Action;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(crate) use call_error::{CallError, ProblemDocument};
pub(crate) use patience::{Persisted, persist};
pub(crate) use uploaded::{RowError, RowResult, Uploaded};

/// Longer than any answer takes, `doctor` with a Zoho that does not answer included.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// An action may list a whole module or carry a large file.
const ACTION_TIMEOUT: Duration = Duration::from_secs(3600);
/// Exports and imports of any size.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(24 * 3600);

/// Which gateway, and with which token.
#[derive(Args)]
pub(crate) struct RemoteArgs {
    /// Address of the gateway
    #[arg(
        long,
        env = "LEADWAY_URL",
        value_name = "URL",
        default_value = leadway_engine::action::DEFAULT_URL,
        value_parser = gateway_url
    )]
    pub(crate) url: Url,

    /// The gateway's admin token; better given in the variable, since other users of the machine can see command lines
    #[arg(
        long,
        env = "LEADWAY_ADMIN_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub(crate) token: Option<SecretString>,
}

/// Reads an address; one with a password in it is refused, since addresses are shown in messages.
pub(crate) fn gateway_url(text: &str) -> Result<Url, String> {
    let url: Url = text
        .parse()
        .map_err(|error| format!("{error}; write it like http://127.0.0.1:8080"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(
            "it must begin with http:// or https://, like http://127.0.0.1:8080".to_owned(),
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "it must not contain a user name or password; the token goes into LEADWAY_ADMIN_TOKEN"
                .to_owned(),
        );
    }
    Ok(url)
}

/// A client for one gateway. Cloning shares its connections.
#[derive(Clone)]
pub(crate) struct Remote {
    client: reqwest::Client,
    url: Url,
    token: Option<SecretString>,
}

impl Remote {
    pub(crate) fn new(args: RemoteArgs) -> anyhow::Result<Self> {
        Self::with_token(args.url, args.token)
    }

    pub(crate) fn with_token(url: Url, token: Option<SecretString>) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .user_agent(concat!("leadway/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, url, token })
    }

    /// `GET /api/v1/{path}`; parameters without a value are left out.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<T, CallError> {
        self.send(self.client.request(Method::GET, self.with(path, query)))
            .await
    }

    /// `DELETE /api/v1/{path}`; parameters without a value are left out.
    pub(crate) async fn delete<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<T, CallError> {
        self.send(self.client.request(Method::DELETE, self.with(path, query)))
            .await
    }

    fn with(&self, path: &[&str], query: &[(&str, Option<String>)]) -> Url {
        let mut url = self.api(path);
        for (name, value) in query {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url
    }

    /// `POST /api/v1/{path}`
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        self.send(self.client.request(Method::POST, self.api(path)).json(body))
            .await
    }

    /// `POST /api/v1/{path}` with a body that is JSON already.
    pub(crate) async fn post_json<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: String,
    ) -> Result<T, CallError> {
        let request = self.client.request(Method::POST, self.api(path));
        self.send(
            request
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body),
        )
        .await
    }

    /// `PUT /api/v1/{path}`
    pub(crate) async fn put<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        self.send(self.client.request(Method::PUT, self.api(path)).json(body))
            .await
    }

    /// `POST /api/v1/connections/{connection}/actions/{action}`; files are sent as they are read, and the answer is
    /// handed on as it comes.
    pub(crate) async fn act(
        &self,
        connection: &str,
        action: &Action,
        inputs: Map<String, Value>,
        files: &[(String, PathBuf)],
        idempotency_key: Option<&str>,
    ) -> anyhow::Result<reqwest::Response> {
        let url = self.api(&["connections", connection, "actions", action.name]);
        let timeout = match tells_progress(action) {
            true => TRANSFER_TIMEOUT,
            false => ACTION_TIMEOUT,
        };
        let mut request = self.client.post(url).timeout(timeout);
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        request = match files.is_empty() {
            true => request.json(&inputs),
            false => {
                let inputs =
                    Part::text(serde_json::to_string(&inputs)?).mime_str("application/json")?;
                let mut form = Form::new().part("inputs", inputs);
                for (name, path) in files {
                    form = form.part(name.clone(), file_part(path).await?);
                }
                request.multipart(form)
            }
        };
        Ok(self
            .open(self.authorised(request))
            .await
            .map_err(|error| self.with_token_advice(error))?)
    }

    /// `POST /v1/{path}`, the ingestion API, with a write key.
    pub(crate) async fn ingest<T: DeserializeOwned>(
        &self,
        path: &str,
        write_key: &str,
        body: String,
    ) -> Result<T, CallError> {
        let request = self
            .client
            .request(Method::POST, join(&self.url, &["v1", path]))
            .basic_auth(write_key, Some(""))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body);
        self.answer(request).await
    }

    fn api(&self, path: &[&str]) -> Url {
        join(&self.url, &[&["api", "v1"], path].concat())
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CallError> {
        let answer = self.answer(self.authorised(request)).await;
        answer.map_err(|error| self.with_token_advice(error))
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    fn with_token_advice(&self, error: CallError) -> CallError {
        match error {
            CallError::Refused {
                status: StatusCode::UNAUTHORIZED,
                ..
            } => CallError::Unauthorised {
                url: self.url.clone(),
                was_token_given: self.token.is_some(),
            },
            other => other,
        }
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, CallError> {
        let response = self.open(request).await?;
        let status = response.status();
        let body = response.bytes().await;
        let body = body.map_err(|error| CallError::of_transport(&self.url, error))?;
        serde_json::from_slice(&body).map_err(|_| CallError::Foreign {
            url: self.url.clone(),
            status,
        })
    }

    /// Sends a request; a refusal is read whole, a success is left to be read.
    async fn open(&self, request: RequestBuilder) -> Result<reqwest::Response, CallError> {
        let unreachable = |error: reqwest::Error| CallError::of_transport(&self.url, error);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = retry_after(&response);
        let body = response.bytes().await.map_err(unreachable)?;
        match serde_json::from_slice::<ProblemDocument>(&body) {
            Ok(problem) => Err(CallError::Refused {
                status,
                problem: Box::new(problem),
                retry_after,
            }),
            Err(_) => Err(CallError::Foreign {
                url: self.url.clone(),
                status,
            }),
        }
    }
}

/// Whether an action takes so long that it tells how far it is.
pub(crate) fn tells_progress(action: &Action) -> bool {
    action.input("progress").is_some()
}

/// Appends path segments, each of them escaped.
fn join(url: &Url, path: &[&str]) -> Url {
    let mut joined = url.clone();
    if let Ok(mut segments) = joined.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    joined
}

async fn file_part(path: &Path) -> anyhow::Result<Part> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let file = tokio::fs::File::open(path)
        .await
        .with_context(|| format!("the file {} cannot be read", path.display()))?;
    let length = file.metadata().await?.len();
    let pieces = tokio_util::io::ReaderStream::new(file);
    let part = Part::stream_with_length(reqwest::Body::wrap_stream(pieces), length);
    Ok(part.file_name(name.unwrap_or_else(|| "file".to_owned())))
}

fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let value = response.headers().get(reqwest::header::RETRY_AFTER)?;
    value
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_may_have_a_path_and_segments_are_escaped() {
        let url = gateway_url("https://example.com/leadway/").unwrap();
        assert_eq!(
            join(&url, &["api", "v1", "routes", "a/b c"]).as_str(),
            "https://example.com/leadway/api/v1/routes/a%2Fb%20c"
        );
        assert_eq!(
            join(&gateway_url("http://h:1").unwrap(), &["v1", "batch"]).as_str(),
            "http://h:1/v1/batch"
        );
    }

    #[test]
    fn odd_addresses_are_refused() {
        assert!(gateway_url("ftp://example.com").is_err());
        assert!(gateway_url("127.0.0.1:8080").is_err());
        assert!(
            !gateway_url("http://me:hush@example.com")
                .unwrap_err()
                .contains("hush")
        );
    }
}
