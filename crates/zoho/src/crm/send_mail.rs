//! Mails from a record.

use reqwest::Method;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Crm, RecordId, items, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

const OPERATION: &str = "send mail";

impl Crm {
    /// Writes a mail from a record (OpenAPI file `v8.0/send_mail.json`). It costs 20 credits and is heavy. The
    /// sender must be an address that Zoho allows the user. Scope: `ZohoCRM.send_mail.all.CREATE`.
    pub fn send_mail(&self, module: &str, id: &RecordId) -> SendMail {
        SendMail {
            client: self.client.clone(),
            module: module.to_owned(),
            id: id.clone(),
            mail: Map::new(),
        }
    }
}

/// A mail in the making.
#[must_use = "nothing is sent before `send`"]
pub struct SendMail {
    client: Client,
    module: String,
    id: RecordId,
    mail: Map<String, Value>,
}

/// A mail that Zoho has taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SentMail {
    /// Zoho's id of the mail.
    pub message_id: Option<String>,
    /// Addresses that it does not go to, and why.
    pub blocked: Vec<(String, String)>,
}

impl SendMail {
    /// The sender, by address and name. Mandatory.
    pub fn from(self, email: &str, name: &str) -> SendMail {
        self.part("from", person(email, name))
    }

    /// Adds a receiver. At least one is mandatory.
    pub fn to(self, email: &str, name: &str) -> SendMail {
        self.add("to", person(email, name))
    }

    /// Adds a receiver of a copy.
    pub fn cc(self, email: &str, name: &str) -> SendMail {
        self.add("cc", person(email, name))
    }

    /// Adds a receiver of a copy whom the others do not see.
    pub fn bcc(self, email: &str, name: &str) -> SendMail {
        self.add("bcc", person(email, name))
    }

    /// Where answers go.
    pub fn reply_to(self, email: &str, name: &str) -> SendMail {
        self.part("reply_to", person(email, name))
    }

    /// The subject.
    pub fn subject(self, subject: impl Into<String>) -> SendMail {
        self.part("subject", json!(subject.into()))
    }

    /// The text, as HTML.
    pub fn html(self, content: impl Into<String>) -> SendMail {
        self.part("content", json!(content.into()))
            .part("mail_format", json!("html"))
    }

    /// The text, as plain text.
    pub fn text(self, content: impl Into<String>) -> SendMail {
        self.part("content", json!(content.into()))
            .part("mail_format", json!("text"))
    }

    /// The template that the mail is made by.
    pub fn template(self, id: &RecordId) -> SendMail {
        self.part("template", json!({"id": id}))
    }

    /// Adds a file of the file store, by its id; see [`Crm::upload_files`].
    pub fn attachment(self, file_id: &str) -> SendMail {
        self.add("attachments", json!({"id": file_id}))
    }

    /// When Zoho shall send it, instead of now.
    pub fn scheduled_at(self, instant: jiff::Timestamp) -> SendMail {
        self.part("scheduled_time", json!(super::header_time(instant)))
    }

    /// Whether the sender is an address of the organisation.
    pub fn org_email(self, is_of_the_organisation: bool) -> SendMail {
        self.part("org_email", json!(is_of_the_organisation))
    }

    /// Any other part of Zoho's mail object, such as `in_reply_to` or `inventory_details`.
    pub fn part(mut self, name: &str, value: Value) -> SendMail {
        self.mail.insert(name.to_owned(), value);
        self
    }

    /// Sends the mail. It is not repeated after a lost answer, since it would come twice.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without a sender or receiver; otherwise see [`ErrorKind`].
    pub async fn send(self) -> Result<SentMail, Error> {
        if !self.mail.contains_key("from") || !self.mail.contains_key("to") {
            let message = "a mail needs a sender and a receiver; use from and to";
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        let parts = [&self.module, self.id.as_str(), "actions", "send_mail"];
        let call = Call::write(
            Method::POST,
            path(OPERATION, &parts)?,
            price::send_mail(OPERATION),
            Some(json!({"data": [self.mail]}).to_string().into()),
            Idempotency::NotIdempotent,
        );
        let accepted = self
            .client
            .call(&call, |reply| items::single(&reply, "data"))
            .await?;
        let blocked = accepted.details.get("blocked_email_addresses");
        let blocked = blocked.and_then(Value::as_array).into_iter().flatten();
        let text = |address: &Value, name: &str| -> Option<String> {
            Some(address.get(name)?.as_str()?.to_owned())
        };
        Ok(SentMail {
            message_id: accepted.detail("message_id"),
            blocked: blocked
                .filter_map(|address| {
                    let reason = text(address, "reason").unwrap_or_default();
                    Some((text(address, "email")?, reason))
                })
                .collect(),
        })
    }

    fn add(mut self, name: &str, value: Value) -> SendMail {
        match self.mail.get_mut(name).and_then(Value::as_array_mut) {
            Some(values) => values.push(value),
            None => {
                self.mail.insert(name.to_owned(), json!([value]));
            }
        }
        self
    }
}

fn person(email: &str, name: &str) -> Value {
    json!({"user_name": name, "email": email})
}

/// Shows no text and no address: they are personal data.
impl std::fmt::Debug for SendMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendMail")
            .field("module", &self.module)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
