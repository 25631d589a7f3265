//! A server that answers by a script, for wires that no real server would break on purpose.
//!
//! Steps for the token endpoint and for the API are queued apart. A token request without a step gets a good token, so
//! that most tests only script the API; an API request without a step gets `400 UNSCRIPTED`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use zoho::{Client, ClientBuilder, DataCenter, SecretString, Url};

pub(crate) const SECRETS: [&str; 3] = ["scripted-secret", "scripted-refresh", "scripted-access"];

pub(crate) enum Step {
    /// A whole answer.
    Answer(u16, String),
    /// An answer whose body ends before its declared length.
    CutOff(u16, String),
    /// These bytes and the end of the connection.
    Bytes(Vec<u8>),
    /// The end of the connection, without an answer.
    Close,
    /// Silence.
    Stall,
}

pub(crate) fn json(status: u16, body: impl Into<String>) -> Step {
    Step::Answer(status, body.into())
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

#[derive(Default)]
struct Script {
    token: VecDeque<Step>,
    api: VecDeque<Step>,
    requests: Vec<Request>,
    tokens_given: u32,
    in_flight: usize,
    in_flight_max: usize,
}

pub(crate) struct Scripted {
    url: Url,
    script: Arc<Mutex<Script>>,
}

impl Scripted {
    pub(crate) async fn start() -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let (shared, origin) = (Arc::clone(&script), url.clone());
        tokio::spawn(async move {
            while let Ok((wire, _)) = listener.accept().await {
                tokio::spawn(serve(wire, Arc::clone(&shared), origin.clone()));
            }
        });
        Scripted { url, script }
    }

    pub(crate) fn url(&self) -> Url {
        self.url.clone()
    }

    pub(crate) fn api(self, step: Step) -> Scripted {
        self.script.lock().unwrap().api.push_back(step);
        self
    }

    pub(crate) fn token(self, step: Step) -> Scripted {
        self.script.lock().unwrap().token.push_back(step);
        self
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let [secret, refresh, _] = SECRETS.map(SecretString::from);
        Client::builder(DataCenter::Us)
            .accounts_url(self.url())
            .refresh_token_grant("1000.SCRIPTED", secret, refresh)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn requests(&self, path_start: &str) -> Vec<Request> {
        let script = self.script.lock().unwrap();
        script
            .requests
            .iter()
            .filter(|request| request.target.starts_with(path_start))
            .cloned()
            .collect()
    }

    pub(crate) fn token_calls(&self) -> usize {
        self.requests("/oauth/v2/token").len()
    }

    pub(crate) fn in_flight_max(&self) -> usize {
        self.script.lock().unwrap().in_flight_max
    }

    pub(crate) fn api_calls(&self) -> usize {
        self.requests("/crm/").len()
    }
}

async fn serve(mut wire: TcpStream, script: Arc<Mutex<Script>>, origin: Url) {
    while let Some(request) = read_request(&mut wire).await {
        let step = next_step(&mut script.lock().unwrap(), request, &origin);
        // Everybody else gets a turn, so that calls that may overlap do.
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        script.lock().unwrap().in_flight -= 1;
        let (bytes, goes_on) = match step {
            Step::Answer(status, body) => (answer(status, &body, body.len()), true),
            Step::CutOff(status, body) => (answer(status, &body, body.len() + 50), false),
            Step::Bytes(bytes) => (bytes, false),
            Step::Close => (Vec::new(), false),
            Step::Stall => return std::future::pending().await,
        };
        if wire.write_all(&bytes).await.is_err() || !goes_on {
            let _ = wire.shutdown().await;
            return;
        }
    }
}

fn next_step(script: &mut Script, request: Request, origin: &Url) -> Step {
    let is_token = request.target.starts_with("/oauth/v2/token");
    script.requests.push(request);
    script.in_flight += 1;
    script.in_flight_max = script.in_flight_max.max(script.in_flight);
    if !is_token {
        let unscripted =
            r#"{"code":"UNSCRIPTED","details":{},"message":"no step","status":"error"}"#;
        return script
            .api
            .pop_front()
            .unwrap_or_else(|| json(400, unscripted));
    }
    script.token.pop_front().unwrap_or_else(|| {
        script.tokens_given += 1;
        let (n, origin) = (script.tokens_given, origin.as_str().trim_end_matches('/'));
        json(
            200,
            format!(
                r#"{{"access_token":"scripted-access-{n}","scope":"ZohoCRM.modules.ALL","api_domain":"{origin}","token_type":"Bearer","expires_in":3600}}"#
            ),
        )
    })
}

fn answer(status: u16, body: &str, declared_length: usize) -> Vec<u8> {
    let kind = if body.starts_with('<') {
        "text/html"
    } else {
        "application/json"
    };
    let body = if matches!(status, 204 | 304) {
        ""
    } else {
        body
    };
    let length = if body.is_empty() { 0 } else { declared_length };
    format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nlocation: /elsewhere\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

async fn read_request(wire: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if wire.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")?
            .trim()
            .parse()
            .ok()
    });
    while bytes.len() < head_end + length.unwrap_or(0) {
        if wire.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let target = head.split_whitespace().nth(1)?.to_owned();
    Some(Request {
        target,
        body: String::from_utf8_lossy(&bytes[head_end..]).into_owned(),
        head,
    })
}
