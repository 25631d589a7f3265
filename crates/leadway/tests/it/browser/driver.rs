//! A headless Chromium, driven through chromedriver. [`Browser::start`] starts both; dropping it ends both.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::{TimeoutConfiguration, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{INTERVAL, PATIENCE, text, until};

/// How long a page may take; one that waits for a free connection takes a minute.
const PAGE_PATIENCE: Duration = Duration::from_secs(30);
const SIZE: &str = "--window-size=1280,900";

/// A browser with one open window.
pub(super) struct Browser {
    client: Client,
    session_url: String,
    // After the client, so that the processes end before their folder goes.
    processes: Processes,
    profile: TempDir,
}

/// What has to be ended, even when the test fails on its way.
struct Processes {
    driver: Child,
    browser_id: Option<u64>,
}

impl Drop for Processes {
    fn drop(&mut self) {
        // Both may have ended already.
        if let Some(id) = self.browser_id {
            let _ = Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .stderr(Stdio::null())
                .status();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    pub(super) async fn start() -> Self {
        let (mut processes, driver_url) = tokio::task::spawn_blocking(start_driver).await.unwrap();
        let profile = tempfile::tempdir().unwrap();
        let capabilities = capabilities(&profile);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver_url)
            .await
            .unwrap_or_else(|error| {
                panic!("Chromium does not start (scripts/test installs it): {error}")
            });
        processes.browser_id = client
            .capabilities()
            .and_then(|granted| granted.get("goog:processID"))
            .and_then(Value::as_u64);
        let patience = TimeoutConfiguration::new(None, Some(PAGE_PATIENCE), None);
        client.update_timeouts(patience).await.unwrap();
        let session = client.session_id().await.unwrap().unwrap();
        Self {
            client,
            session_url: format!("{driver_url}/session/{session}"),
            processes,
            profile,
        }
    }

    /// Closes the browser. Fails when a page has reported an error, such as a script that the page's own policy forbids.
    pub(super) async fn close(self) {
        let errors = self.errors().await;
        self.end().await;
        assert!(errors.is_empty(), "the browser's console says: {errors:#?}");
    }

    /// Closes the browser whatever its pages have reported.
    pub(super) async fn end(mut self) {
        self.client.clone().close().await.unwrap();
        self.processes.browser_id = None;
        drop(self.processes);
        self.profile.close().unwrap();
    }

    /// Waits until a page has reported an error, as it does when a request of its own fails.
    pub(super) async fn until_errors(&self) {
        until("a page reports an error", async || {
            (!self.errors().await.is_empty()).then_some(())
        })
        .await;
    }

    /// What the pages have reported as errors since the last look.
    async fn errors(&self) -> Vec<Value> {
        let log = self.ask("se/log", &json!({"type": "browser"})).await;
        let entries = log.as_array().unwrap();
        entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .cloned()
            .collect()
    }

    /// A command of Chromium's own protocol.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.ask(
            "goog/cdp/execute",
            &json!({"cmd": command, "params": parameters}),
        )
        .await
    }

    /// A command of chromedriver that the WebDriver standard does not have.
    async fn ask(&self, command: &str, body: &Value) -> Value {
        let url = format!("{}/{command}", self.session_url);
        let answer = reqwest::Client::new()
            .post(url)
            .json(body)
            .send()
            .await
            .unwrap();
        let mut answer: Value = answer.json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].take()
    }

    pub(super) async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(super) async fn window(&self) -> WindowHandle {
        self.client.window().await.unwrap()
    }

    /// Opens another window and goes on in it.
    pub(super) async fn open_window(&self, url: &str) {
        let opened = self.client.new_window(false).await.unwrap();
        self.go_to_window(opened.handle).await;
        self.open(url).await;
    }

    /// Opens another tab, over the one before, and goes on in it.
    pub(super) async fn open_tab(&self, url: &str) {
        let opened = self.client.new_window(true).await.unwrap();
        self.go_to_window(opened.handle).await;
        self.open(url).await;
    }

    pub(super) async fn go_to_window(&self, window: WindowHandle) {
        self.client.switch_to_window(window).await.unwrap();
    }

    /// Waits until a page has opened a window beside this one, and goes on in it.
    pub(super) async fn go_to_opened_window(&self) {
        let here = self.window().await;
        let opened = until("a window opens", async || {
            let windows = self.client.windows().await.unwrap();
            windows.into_iter().find(|window| *window != here)
        });
        let opened = opened.await;
        self.go_to_window(opened).await;
    }

    /// Waits until only one window is open, and goes on in it.
    pub(super) async fn go_to_only_window(&self) {
        let only = until("the other windows are closed", async || {
            let windows = self.client.windows().await.unwrap();
            <[WindowHandle; 1]>::try_from(windows).ok()
        });
        let [only] = only.await;
        self.go_to_window(only).await;
    }

    /// Closes the window as its person does.
    pub(super) async fn close_window(&self) {
        self.client.close_window().await.unwrap();
    }

    /// Clicks into a field, empties it and types.
    pub(super) async fn type_into(&self, field: &str, keys: &str) {
        self.with_element(field, async |found| {
            found.click().await?;
            found.clear().await?;
            found.send_keys(keys).await
        })
        .await;
    }

    pub(super) async fn press(&self, what: &str) {
        self.with_element(what, async |found| found.click().await)
            .await;
    }

    /// Waits for an element and does something with it; again when the page has put another in its place meanwhile.
    async fn with_element(
        &self,
        what: &str,
        mut act: impl AsyncFnMut(Element) -> Result<(), CmdError>,
    ) {
        let since = Instant::now();
        loop {
            let found = self.client.wait().for_element(Locator::Css(what)).await;
            match act(found.unwrap()).await {
                Ok(()) => return,
                Err(error) if error.is_stale_element_reference() && since.elapsed() < PATIENCE => {
                    tokio::time::sleep(INTERVAL).await;
                }
                Err(error) => panic!("{what}: {error}"),
            }
        }
    }

    /// Unfolds everything on the page that is folded. By keys, since a menu may lie over what stands at the bottom.
    pub(super) async fn unfold(&self) {
        let folded = Locator::Css("details:not([open]) > summary");
        for summary in self.client.find_all(folded).await.unwrap() {
            summary.send_keys("\u{e007}").await.unwrap();
        }
    }

    /// Runs a script in the page.
    pub(super) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// What a reader sees of an element; nothing while it is not there.
    pub(super) async fn text(&self, element: &str) -> String {
        let script = "const found = document.querySelector(arguments[0]); return found ? found.innerText : ''";
        let text = self.run(script, vec![json!(element)]).await;
        text.as_str().unwrap().to_owned()
    }

    /// Waits until a reader sees all of these in an element.
    pub(super) async fn until_text(&self, element: &str, parts: &[&str]) {
        let since = Instant::now();
        loop {
            let text = self.text(element).await;
            if parts.iter().all(|part| text.contains(part)) {
                return;
            }
            if since.elapsed() > PATIENCE {
                let page = self.text("body").await;
                panic!("{element} does not say {parts:?}, but {text:?}, on this page:\n{page}");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

/// Starts chromedriver on a free port and learns its address from what it prints.
fn start_driver() -> (Processes, String) {
    let driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("chromedriver does not start (scripts/test installs it): {error}")
        });
    let mut processes = Processes {
        driver,
        browser_id: None,
    };
    let mut lines = BufReader::new(processes.driver.stdout.take().unwrap()).lines();
    let mut said = String::new();
    while let Some(Ok(line)) = lines.next() {
        if let Some((_, port)) = line.split_once("successfully on port ") {
            let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
            std::thread::spawn(move || lines.for_each(drop));
            return (processes, url);
        }
        said.push_str(&line);
    }
    panic!("chromedriver ended (scripts/test installs what it needs): {said}");
}

fn capabilities(profile: &TempDir) -> Value {
    json!({
        "browserName": "chrome",
        "goog:loggingPrefs": {"browser": "ALL"},
        "goog:chromeOptions": {"args": [
            "--headless",
            // Chromium refuses its sandbox to root, which is who runs tests in a container.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            SIZE,
            format!("--user-data-dir={}", text(profile.path())),
        ]},
    })
}
