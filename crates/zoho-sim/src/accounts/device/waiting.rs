//! Requests of devices that wait for a person.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::accounts::{Accounts, Client, Scopes, refusal};
use crate::http::{Answer, Query};
use crate::limits::Limits;

/// A request of a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Device {
    pub(crate) client_id: String,
    pub(crate) user_code: String,
    pub(crate) scopes: Scopes,
    pub(crate) is_offline: bool,
    pub(crate) is_consent_forced: bool,
    pub(crate) expires_at: i64,
    pub(super) polled_at: Option<i64>,
    pub(super) decision: Decision,
}

/// What the person has said.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Decision {
    Pending,
    Denied,
    Granted {
        user: u64,
    },
    /// The person lives in another data center; the device has to ask there.
    Elsewhere {
        data_center: String,
    },
}

impl Accounts {
    /// Notes a request and gives its device code and user code.
    pub(super) fn begin_device(
        &mut self,
        client: &Client,
        form: &Query,
        scopes: Scopes,
        limits: &Limits,
        now: i64,
    ) -> (String, String) {
        self.devices.retain(|_, device| device.expires_at > now);
        let device_code = self.chance.token(client.prefix());
        let user_code = format!("{}-{}", self.chance.capitals(4), self.chance.capitals(4));
        let device = Device {
            client_id: client.client_id.clone(),
            user_code: user_code.clone(),
            scopes,
            is_offline: form.get("access_type") == Some("offline"),
            is_consent_forced: form.get("prompt") == Some("consent"),
            expires_at: now.saturating_add(i64::from(limits.device_code_seconds)),
            polled_at: None,
            decision: Decision::Pending,
        };
        self.devices.insert(device_code.clone(), device);
        (device_code, user_code)
    }

    /// The request that waits for this user code.
    pub(super) fn waiting_device(&self, user_code: &str, now: i64) -> Option<(String, Device)> {
        let typed = user_code.trim().to_ascii_uppercase();
        let found = self.devices.iter().find(|(_, device)| {
            device.user_code == typed
                && device.expires_at > now
                && matches!(device.decision, Decision::Pending)
        });
        found.map(|(code, device)| (code.clone(), device.clone()))
    }

    /// Takes a granted request out, or says why it cannot be had.
    pub(super) fn poll_device(
        &mut self,
        device_code: &str,
        client_id: &str,
        limits: &Limits,
        now: i64,
    ) -> Result<(Device, u64), Answer> {
        let word = |word: &str| refusal(StatusCode::OK, word);
        let device = self
            .devices
            .get_mut(device_code)
            .filter(|device| device.client_id == client_id)
            // unknown: what Zoho says to a device code that does not exist.
            .ok_or_else(|| word("invalid_code"))?;
        if device.expires_at <= now {
            return Err(word("expired"));
        }
        let pause = i64::from(limits.device_poll_seconds);
        let is_early = device
            .polled_at
            .is_some_and(|at| at.saturating_add(pause) > now);
        device.polled_at = Some(now);
        if is_early {
            return Err(word("slow_down"));
        }
        match device.decision.clone() {
            Decision::Pending => Err(word("authorization_pending")),
            Decision::Denied => Err(word("access_denied")),
            Decision::Elsewhere { data_center } => Err(Answer::json(
                StatusCode::OK,
                &json!({"error": "other_dc", "user_location": data_center}),
            )),
            Decision::Granted { user } => {
                let device = device.clone();
                self.devices.remove(device_code);
                Ok((device, user))
            }
        }
    }
}
