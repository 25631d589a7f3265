//! Cancels a meeting.

use reqwest::Method;
use serde_json::json;

use super::{Accepted, Crm, RecordId, items, path};
use crate::Error;
use crate::call::Call;
use crate::policy::{Idempotency, price};

const OPERATION: &str = "cancel meeting";

impl Crm {
    /// Cancels a meeting, a record of Events, and if wanted writes to its participants
    /// (OpenAPI file `v8.0/cancel_meetings.json`). Scope: `ZohoCRM.modules.events.UPDATE`. It is not repeated after a lost
    /// answer.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) for what is over or cancelled already; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn cancel_meeting(&self, id: &RecordId, sends_mail: bool) -> Result<Accepted, Error> {
        let body = json!({"data": [{"send_cancelling_mail": sends_mail}]}).to_string();
        let call = Call::write(
            Method::POST,
            path(OPERATION, &["Events", id.as_str(), "actions", "cancel"])?,
            price::light(OPERATION),
            Some(body.into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| items::single(&reply, "data"))
            .await
    }
}
