//! The configuration: what `leadway apply` reads, `leadway export` writes, and the console and the API show.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::delivery::Operation;
use super::event::EventKind;

/// The whole configuration. Names are unique within their kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Authorised links to Zoho organisations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<ConnectionConfig>,
    /// Websites and applications that send events.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceConfig>,
    /// HTML forms that post here without any script.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<FormConfig>,
    /// Rules that make a record of an event.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mappings: Vec<MappingConfig>,
    /// Which events go where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<RouteConfig>,
}

/// A link to one Zoho organisation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionConfig {
    /// What routes call it.
    pub name: String,
    /// What people call it; may be changed at any time, since nothing refers to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Whose connection it is: a customer's id in the product that uses this gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Zoho's data center: `us`, `eu`, `in`, `au`, `jp`, `cn`, `ca`, `sa`, `uk` or `ae`.
    pub data_center: String,
    /// Which kind of organisation it is.
    #[serde(default, skip_serializing_if = "Environment::is_production")]
    pub environment: Environment,
    /// Scopes to ask for when somebody connects it; empty: the least that the features switched on need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// What is done with it beyond its routes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<Feature>,
    /// The client id from Zoho's API console.
    pub client_id: String,
    /// The client secret. Never exported; leaving it out keeps the stored one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// The refresh token. Never exported; leaving it out keeps the stored one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// Another accounts server than the data center's, such as the simulator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts_url: Option<String>,
    /// Another API host than the one that Zoho names with the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_domain: Option<String>,
    /// Credits that it may spend in 24 hours, by deliveries and actions together; at least 1,000. Without it, what Zoho allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<u64>,
    /// Credits that actions leave over for deliveries: of `credit_limit`, and of what Zoho says is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits_kept_for_deliveries: Option<u64>,
}

impl ConnectionConfig {
    /// What it may spend.
    #[must_use]
    pub(crate) fn credit_bounds(&self) -> CreditBounds {
        CreditBounds {
            limit: self.credit_limit,
            kept_for_deliveries: self.credits_kept_for_deliveries,
        }
    }
}

/// What a connection may spend in 24 hours, in credits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CreditBounds {
    pub(crate) limit: Option<u64>,
    pub(crate) kept_for_deliveries: Option<u64>,
}

/// The kind of a Zoho organisation; each kind has an API host of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// The one that people work in.
    #[default]
    Production,
    /// A copy to try things in.
    Sandbox,
    /// A developer's own.
    Developer,
}

impl Environment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Production, Self::Sandbox, Self::Developer];

    /// Its word in files and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
            Self::Developer => "developer",
        }
    }

    /// Whether it is the default.
    #[must_use]
    pub fn is_production(&self) -> bool {
        *self == Self::Production
    }
}

/// Something that a connection is used for beyond its routes. The scopes to ask for follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Creating, reading, changing and deleting records of all modules by actions.
    Records,
    /// Searching and counting records.
    Search,
    /// COQL queries.
    Queries,
    /// Listing modules, fields, layouts, related lists, views, roles, profiles and other setup.
    Metadata,
    /// Bulk reads and bulk writes.
    Bulk,
    /// Files and attachments.
    Files,
    /// Hearing of changes in Zoho.
    Notifications,
    /// Sending and reading mails.
    Mail,
    /// Sharing records with other users.
    Sharing,
    /// Zoho Books.
    Books,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Records,
        Self::Search,
        Self::Queries,
        Self::Metadata,
        Self::Bulk,
        Self::Files,
        Self::Notifications,
        Self::Mail,
        Self::Sharing,
        Self::Books,
    ];

    /// Its word in files and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Search => "search",
            Self::Queries => "queries",
            Self::Metadata => "metadata",
            Self::Bulk => "bulk",
            Self::Files => "files",
            Self::Notifications => "notifications",
            Self::Mail => "mail",
            Self::Sharing => "sharing",
            Self::Books => "books",
        }
    }
}

/// A secret in a configuration that came in. Printing it shows nothing; it is not serialised.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the vault and for Zoho only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom(
            "a secret is never written out; take it off the configuration first",
        ))
    }
}

/// A website or application that sends events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// What routes and lists call it.
    pub name: String,
    /// The key that its events carry. It names the source and is no secret: browsers show it.
    pub write_key: String,
    /// Origins from which browsers may send (`https://www.example.com`); empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
    /// What happens to an event without `messageId`.
    #[serde(default)]
    pub missing_message_id: MissingMessageId,
}

/// What happens to an event without `messageId`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingMessageId {
    /// It is refused, since a repeat of it could not be recognised.
    #[default]
    Refuse,
    /// It gets one of ours, as Segment does; a repeat counts as another event.
    Generate,
}

/// An HTML form that posts to `/v1/forms/{name}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormConfig {
    /// The last part of its address.
    pub name: String,
    /// The source that its events count to.
    pub source: String,
    /// The name of the track event that a submission becomes.
    #[serde(default = "default_form_event")]
    pub event: String,
    /// Where the visitor goes afterwards; without it, a plain "thank you" page is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Name of a field that people don't see: a submission that fills it is from a robot, and is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub honeypot: Option<String>,
}

fn default_form_event() -> String {
    "Lead Generated".to_owned()
}

/// A rule that makes a record of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingConfig {
    /// What routes call it. `lead-capture` is built in and may be replaced.
    pub name: String,
    /// One entry for each field of the record.
    pub fields: Vec<FieldMapping>,
}

/// How one field of the record gets its value. A field without a value is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldMapping {
    /// The field's API name.
    pub field: String,
    /// Paths in the event, `traits.email`; the first that has a value wins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// A constant, instead of `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Used when no path has a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What is done to the value, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transform: Vec<Transform>,
    /// Whether the event is refused when the field would stay empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// What can be done to a value on its way into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Takes white space off both ends.
    Trim,
    /// `Ada@Example.COM` → `ada@example.com`
    Lowercase,
    /// `de` → `DE`
    Uppercase,
    /// `Ada Maria Ray` → `Ada Maria`: all words but the last; nothing from a single word.
    FirstName,
    /// `Ada Maria Ray` → `Ray`: the last word.
    LastName,
    /// `"42"` → `42`; also `"1,234.50"` → `1234.5`.
    Number,
    /// `"yes"`, `"true"`, `"on"`, `1` → `true`; `"no"`, `"false"`, `"off"`, `0` → `false`.
    Boolean,
    /// A date or date and time → `2026-01-31`.
    Date,
    /// A date and time → `2026-01-31T09:00:00+00:00`.
    Datetime,
    /// `"a, b;c"` → `["a","b","c"]`, for multi-select picklists.
    List,
    /// A list or number as text: `["a","b"]` → `a, b`.
    Text,
}

/// Which events go where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteConfig {
    /// What lists and `--route` call it.
    pub name: String,
    /// Sources that it listens to; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Events that it wants: `identify`, `track:Lead Generated`, `page` …
    pub events: Vec<EventMatch>,
    /// The mapping that makes the record.
    pub mapping: String,
    /// The connection that it goes to.
    pub connection: String,
    /// The module's API name.
    pub module: String,
    /// What is done there.
    #[serde(default)]
    pub operation: Operation,
    /// Fields by which an upsert finds a record that is there; empty: Zoho's own (Email for leads).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate_check_fields: Vec<String>,
    /// Zoho automation that may run: `workflow`, `approval`, `blueprint` …; absent: all, empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Vec<String>>,
    /// Id of an assignment rule that chooses the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lar_id: Option<String>,
    /// Consent that the event must not deny: `marketing`, `analytics`, `functional`, `advertising`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consent: Vec<String>,
}

/// One kind of event that a route wants: `identify` or `track:Lead Generated`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventMatch {
    /// The kind of call.
    pub kind: EventKind,
    /// The name it must have; absent: any.
    pub name: Option<String>,
}

impl std::fmt::Display for EventMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.as_str())?;
        match &self.name {
            Some(name) => write!(f, ":{name}"),
            None => Ok(()),
        }
    }
}

impl std::str::FromStr for EventMatch {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, name) = match text.split_once(':') {
            Some((word, name)) => (
                word,
                Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
            ),
            None => (text, None),
        };
        let kind = EventKind::from_word(word.trim()).ok_or_else(|| {
            format!(
                "{text:?} is no kind of event: write identify, track, page, screen, group or alias, with a name behind a colon where wanted (track:Lead Generated)"
            )
        })?;
        Ok(Self { kind, name })
    }
}

impl Serialize for EventMatch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventMatch {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
