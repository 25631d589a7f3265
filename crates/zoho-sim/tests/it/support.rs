//! A running simulator and a client with a token. Every CRM answer is checked against the published OpenAPI file.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use zoho_sim::{Config, Simulator};

pub(crate) const CLIENT_ID: &str = "1000.LEADWAYDEMO";
pub(crate) const CLIENT_SECRET: &str = "leadway-demo-secret";
pub(crate) const REFRESH_TOKEN: &str = "1000.leadway-demo-refresh";

/// A simulator, a client, and an access token with all scopes.
pub(crate) struct Wired {
    pub(crate) simulator: Simulator,
    pub(crate) http: Client,
    pub(crate) token: String,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    /// The code of a refusal, of the call or else of its first row; empty when there is none.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let rows = body.as_object().into_iter().flatten();
        let of_row = rows
            .filter_map(|(_, value)| value[0]["code"].as_str())
            .next();
        let code = body["code"].as_str().or(of_row);
        code.unwrap_or_default().to_owned()
    }
}

impl Wired {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let simulator = Simulator::start(config).await.unwrap();
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut wired = Self {
            simulator,
            http,
            token: String::new(),
        };
        wired.token = wired.refresh().await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        wired
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.simulator.url())
    }

    /// A token by the demo refresh token.
    pub(crate) async fn refresh(&self) -> Got {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("refresh_token", REFRESH_TOKEN),
        ];
        got(self
            .http
            .post(self.url("/oauth/v2/token"))
            .form(&form)
            .send()
            .await
            .unwrap())
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Got {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Got {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Got {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Got {
        self.call(Method::DELETE, path, None).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Got {
        let mut request = self.http.request(method.clone(), self.url(path));
        if path.starts_with("/crm/") {
            request = request.header("Authorization", format!("Zoho-oauthtoken {}", self.token));
        }
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let got = got(request.send().await.unwrap()).await;
        crate::oas::check(&method, path, got.status.as_u16(), &got.text);
        got
    }

    /// The same as `post`, saying that the body is JSON: bulk jobs ask for that.
    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Got {
        let request = self
            .http
            .post(self.url(path))
            .header("Authorization", format!("Zoho-oauthtoken {}", self.token))
            .header("Content-Type", "application/json")
            .body(body.to_string());
        let got = got(request.send().await.unwrap()).await;
        crate::oas::check(&Method::POST, path, got.status.as_u16(), &got.text);
        got
    }

    /// A file: status, headers and bytes.
    pub(crate) async fn download(
        &self,
        path: &str,
    ) -> (StatusCode, reqwest::header::HeaderMap, Vec<u8>) {
        let request = self
            .http
            .get(self.url(path))
            .header("Authorization", format!("Zoho-oauthtoken {}", self.token));
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, response.bytes().await.unwrap().to_vec())
    }

    /// Adds one record by the control API and gives its id.
    pub(crate) async fn record(&self, module: &str, row: Value) -> String {
        let got = self
            .post(&format!("/__sim/v1/records/{module}"), &row)
            .await;
        assert_eq!(got.status, 201, "{}", got.text);
        got.json()["id"].as_str().unwrap().to_owned()
    }

    /// An access token with these scopes only.
    pub(crate) async fn token_with(&self, scopes: &[&str]) -> String {
        let grant = json!({"client_id": CLIENT_ID, "kind": "refresh_token", "scopes": scopes});
        let refresh_token =
            self.post("/__sim/v1/grants", &grant).await.json()["refresh_token"].clone();
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("refresh_token", refresh_token.as_str().unwrap()),
        ];
        let got = got(self
            .http
            .post(self.url("/oauth/v2/token"))
            .form(&form)
            .send()
            .await
            .unwrap())
        .await;
        got.json()["access_token"].as_str().unwrap().to_owned()
    }
}

pub(crate) async fn got(response: reqwest::Response) -> Got {
    let (status, headers) = (response.status(), response.headers().clone());
    Got {
        status,
        headers,
        text: response.text().await.unwrap(),
    }
}
