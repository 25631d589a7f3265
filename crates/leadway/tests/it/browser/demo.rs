//! `leadway demo` as a process of its own, and the way into a console.

use std::process::Child;

use serde_json::{Value, json};

use super::driver::Browser;
use crate::lifecycle::{line_after, start_demo};
use crate::program::until;

/// A demo. Dropping it ends it.
pub(super) struct Demo {
    process: Child,
    /// The console's address, without the slash at the end.
    pub(super) url: String,
    /// The simulator's page, with the slash at the end.
    pub(super) simulator_url: String,
    pub(super) token: String,
    write_key: String,
}

impl Demo {
    pub(super) async fn start() -> Self {
        let start = || start_demo(&[]);
        let (process, greeting) = tokio::task::spawn_blocking(start).await.unwrap();
        let said = |label| line_after(&greeting, label).to_owned();
        Self {
            process,
            url: said("Console").trim_end_matches('/').to_owned(),
            simulator_url: said("Simulated Zoho"),
            token: said("Admin token"),
            write_key: said("Write key"),
        }
    }

    /// Sends an identify event as an app would; gives its id.
    pub(super) async fn identify(&self, message_id: &str, traits: Value) -> String {
        let answer = reqwest::Client::new()
            .post(format!("{}/v1/identify", self.url))
            .basic_auth(&self.write_key, Some(""))
            .json(&json!({"messageId": message_id, "userId": message_id, "traits": traits}))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        answer["id"].as_str().unwrap().to_owned()
    }

    /// Waits until the one lead in the simulated Zoho has this value in this field.
    pub(super) async fn only_lead_with(&self, field: &str, value: &str) -> Value {
        let url = format!("{}v1/records/Leads", self.simulator_url);
        until("the lead is in the simulated Zoho", async || {
            let answer = reqwest::Client::new().get(&url).send().await.unwrap();
            let list: Value = answer.json().await.unwrap();
            let leads = list["data"].as_array().unwrap();
            let [lead] = leads.as_slice() else {
                assert!(leads.is_empty(), "one lead has become {}", leads.len());
                return None;
            };
            (lead[field] == value).then(|| lead.clone())
        })
        .await
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Opens a page of the console as somebody does who is not logged in yet, and types the token.
pub(super) async fn log_in(browser: &Browser, page: &str, token: &str) {
    browser.open(page).await;
    browser.until_text("h1", &["Log in"]).await;
    browser.type_into("#token", token).await;
    browser.press("main button").await;
    browser.until_text(".menu", &["Dead letters"]).await;
}
