//! Why an action came to nothing: what is wrong, which input, and what to do.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// Why an action failed. It holds no secret. Boxed, since it is far larger than what an action gives when all is well.
#[derive(Debug, Clone)]
pub struct ActionError(Box<Failure>);

/// What an [`ActionError`] says.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What it means to the caller.
    pub class: ErrorClass,
    /// A word for programs: ours in lower case, Zoho's own as Zoho writes it.
    pub code: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to do, in a sentence.
    pub remedy: String,
    /// The input or field that is to blame.
    pub field: Option<String>,
    /// Its value, as far as it helps to see it.
    pub value: Option<String>,
    /// The HTTP status of Zoho's answer.
    pub zoho_status: Option<u16>,
    /// Zoho's `details`.
    pub zoho_details: Map<String, Value>,
    /// When the same may succeed.
    pub retry_after: Option<Duration>,
    /// Zoho no longer takes the refresh token or the client: what it said.
    pub(crate) lost_consent: Option<zoho::Error>,
}

/// What an [`ActionError`] means to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// There is no such action, connection or record.
    NotFound,
    /// The inputs cannot be taken; no call was spent.
    Input,
    /// Zoho refuses; the same will be refused again.
    Refused,
    /// The connection must be authorised again, or lacks a scope or permission.
    Forbidden,
    /// The same idempotency key was used for something else, or is at work.
    Conflict,
    /// Too many calls, or no credits; later it may succeed.
    Throttled,
    /// Zoho, or the way to it, failed; nothing was changed.
    Unavailable,
    /// The call was sent and no answer tells what became of it.
    OutcomeUnknown,
    /// The gateway's own store failed.
    Store,
}

impl ActionError {
    pub(crate) fn new(
        class: ErrorClass,
        code: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self(Box::new(Failure {
            class,
            code: code.to_owned(),
            message: message.into(),
            remedy: remedy.into(),
            field: None,
            value: None,
            zoho_status: None,
            zoho_details: Map::new(),
            retry_after: None,
            lost_consent: None,
        }))
    }

    /// An input that cannot be taken.
    pub(crate) fn input(
        field: impl Into<String>,
        value: Option<&Value>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let mut error = Self::new(ErrorClass::Input, "invalid_input", message, remedy);
        error.field = Some(field.into());
        error.value = value.map(shown);
        error
    }

    /// The same, said of an input where nothing is named yet.
    pub(crate) fn about(mut self, field: &str, value: &str) -> Self {
        if self.field.is_none() {
            self.field = Some(field.to_owned());
            self.value = Some(shown(&Value::from(value)));
        }
        self
    }

    /// A record that is not there.
    pub(crate) fn no_record(what: &str, id: &str) -> Self {
        let mut error = Self::new(
            ErrorClass::NotFound,
            "no_such_record",
            format!("there is no {what} with the id {id}"),
            "Look the id up again; the record may have been deleted or merged.",
        );
        error.field = Some("record_id".to_owned());
        error.value = Some(id.to_owned());
        error
    }

    /// Reads back what [`ActionError::to_json`] wrote.
    pub(crate) fn from_json(class: ErrorClass, document: &Value) -> Self {
        let text = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        let maybe = |name: &str| document[name].as_str().map(str::to_owned);
        let mut error = Self::new(class, &text("code"), text("message"), text("remedy"));
        error.field = maybe("field");
        error.value = maybe("value");
        error.zoho_status = document["zoho_status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok());
        error.zoho_details = document["zoho_details"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        error
    }

    /// Everything it says, owned.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        *self.0
    }

    /// Everything about it as data.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut document = json!({
            "code": self.code, "message": self.message, "remedy": self.remedy,
        });
        let mut set = |name: &str, value: Option<Value>| {
            if let (Some(value), Some(document)) = (value, document.as_object_mut()) {
                document.insert(name.to_owned(), value);
            }
        };
        set("field", self.field.clone().map(Value::from));
        set("value", self.value.clone().map(Value::from));
        set("zoho_status", self.zoho_status.map(Value::from));
        set(
            "zoho_details",
            (!self.zoho_details.is_empty()).then(|| Value::Object(self.zoho_details.clone())),
        );
        document
    }
}

impl std::ops::Deref for ActionError {
    type Target = Failure;

    fn deref(&self) -> &Failure {
        &self.0
    }
}

impl std::ops::DerefMut for ActionError {
    fn deref_mut(&mut self) -> &mut Failure {
        &mut self.0
    }
}

impl std::fmt::Display for ActionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ActionError {}

impl From<zoho::Error> for ActionError {
    fn from(error: zoho::Error) -> Self {
        use zoho::ErrorKind as K;
        let class = match error.kind() {
            _ if error.is_outcome_unknown() => ErrorClass::OutcomeUnknown,
            K::Input => ErrorClass::Input,
            K::Token | K::Scope | K::Permission => ErrorClass::Forbidden,
            K::ThrottledToken | K::TooManyRequests | K::OutOfCredits => ErrorClass::Throttled,
            K::Refused if error.is_not_found() => ErrorClass::NotFound,
            K::Refused => ErrorClass::Refused,
            _ => ErrorClass::Unavailable,
        };
        let code = match (error.kind(), error.code()) {
            _ if error.is_outcome_unknown() => "outcome_unknown",
            (K::Input, _) => "invalid_input",
            _ if error.needs_consent() => "needs_consent",
            (K::ThrottledToken, _) => "token_throttled",
            (_, Some(code)) => code,
            (K::Connect | K::Timeout | K::BrokenAnswer | K::Server, _) => "zoho_unavailable",
            (K::OutOfCredits, _) => "out_of_credits",
            (K::TooManyRequests, _) => "too_many_requests",
            (K::Decode, _) => "unknown_answer",
            _ => "refused",
        };
        let details = error.details();
        let named = ["json_path", "api_name", "param_name"];
        let field = named.iter().find_map(|name| details.get(*name));
        Self(Box::new(Failure {
            class,
            code: code.to_owned(),
            message: match error.http_status() {
                Some(status) => format!("Zoho answers HTTP {status}: {}", error.message()),
                None => error.message().to_owned(),
            },
            remedy: remedy_of(&error).to_owned(),
            field: field.and_then(Value::as_str).map(str::to_owned),
            value: None,
            zoho_status: error.http_status(),
            zoho_details: details.clone(),
            retry_after: error.retry_after(),
            lost_consent: error.needs_consent().then(|| error.clone()),
        }))
    }
}

/// For a refusal of the connection's own ledger.
const OUT_OF_CREDITS: &str = "Wait until enough has come back (Retry-After), or change credit_limit or credits_kept_for_deliveries of the connection.";

fn remedy_of(error: &zoho::Error) -> &'static str {
    match (error.kind(), error.code()) {
        (zoho::ErrorKind::OutOfCredits, None) => OUT_OF_CREDITS,
        _ => error.troubleshooting(),
    }
}

impl From<crate::store::StoreError> for ActionError {
    fn from(error: crate::store::StoreError) -> Self {
        tracing::error!(%error, "the store did not serve an action");
        Self::new(
            ErrorClass::Store,
            "store_unavailable",
            "the gateway's store cannot be used right now",
            "Send the same again in a second.",
        )
    }
}

/// The first characters of a value from outside.
pub(crate) fn shown(value: &Value) -> String {
    const CHARS_MAX: usize = 120;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
