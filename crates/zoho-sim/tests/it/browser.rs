//! A headless Chromium, driven through chromedriver by the WebDriver protocol, which is plain JSON over HTTP. Dropping it ends
//! both programs.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_millis(50);
/// The key by which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) struct Browser {
    http: Client,
    session: String,
    driver: Child,
    browser_id: Option<u64>,
    profile: PathBuf,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Both may have ended already; a browser that was left behind by a failed test does not end with its driver.
        if let Some(id) = self.browser_id {
            let _ = Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .stderr(Stdio::null())
                .status();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let (driver, url) = tokio::task::spawn_blocking(start_driver).await.unwrap();
        let port = url.rsplit(':').next().unwrap_or_default();
        let profile =
            std::env::temp_dir().join(format!("zoho-sim-browser-{}-{port}", std::process::id()));
        let options = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": [
                "--headless",
                // Chromium refuses its sandbox to root, which is who runs tests in a container.
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--window-size=1200,900", format!("--user-data-dir={}", profile.display()),
            ]},
        }}});
        let http = Client::new();
        let mut browser = Self {
            http,
            session: format!("{url}/session"),
            driver,
            browser_id: None,
            profile,
        };
        let session = browser.ask(Method::POST, "", &options).await;
        browser.browser_id = session["capabilities"]["goog:processID"].as_u64();
        browser.session = format!("{url}/session/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.session));
        if method == Method::POST {
            request = request.json(body);
        }
        let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].take()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.ask(Method::POST, path, &body).await
    }

    pub(crate) async fn open(&self, url: &str) {
        self.post("/url", json!({"url": url})).await;
    }

    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.post("/window/rect", json!({"width": width, "height": height}))
            .await;
    }

    /// Runs a script in the page and gives what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": []}))
            .await
    }

    async fn find(&self, css: &str) -> String {
        let found = self
            .post("/element", json!({"using": "css selector", "value": css}))
            .await;
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    pub(crate) async fn press(&self, css: &str) {
        let element = self.find(css).await;
        self.post(&format!("/element/{element}/click"), json!({}))
            .await;
    }

    /// Empties a field and types into it; `\u{e007}` is the Enter key.
    pub(crate) async fn type_into(&self, css: &str, keys: &str) {
        let element = self.find(css).await;
        self.post(&format!("/element/{element}/clear"), json!({}))
            .await;
        self.post(&format!("/element/{element}/value"), json!({"text": keys}))
            .await;
    }

    /// Accepts the question that a page asks.
    pub(crate) async fn accept(&self) {
        self.post("/alert/accept", json!({})).await;
    }

    /// Waits until a reader sees a text on the page.
    pub(crate) async fn until_text(&self, text: &str) {
        let mut seen = String::new();
        let look = async {
            loop {
                let page = self.run("return document.body.innerText").await;
                page.as_str().unwrap_or_default().clone_into(&mut seen);
                if seen.contains(text) {
                    return;
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, look).await.is_ok();
        assert!(in_time, "the page does not say {text:?}:\n{seen}");
    }

    /// What the pages have reported as errors, such as a script that their own policy forbids. A refused form is none.
    pub(crate) async fn errors(&self) -> Vec<Value> {
        let log = self.post("/se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .into_iter()
            .filter(|entry| entry["level"] == "SEVERE" && entry["source"] != "network")
            .collect()
    }

    pub(crate) async fn close(mut self) {
        self.ask(Method::DELETE, "", &Value::Null).await;
        self.browser_id = None;
    }
}

/// Starts chromedriver on a free port and learns its address from what it prints.
fn start_driver() -> (Child, String) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("chromedriver does not start (scripts/test installs it): {error}")
        });
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    while let Some(Ok(line)) = lines.next() {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
            std::thread::spawn(move || lines.for_each(drop));
            return (driver, url);
        }
    }
    let _ = driver.wait();
    panic!("chromedriver ended (scripts/test installs what it needs)");
}
