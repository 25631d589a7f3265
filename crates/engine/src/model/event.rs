//! Events: immutable facts received from a source.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::id::EventId;

/// The call that carried the event, as in Segment's specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Who somebody is: traits of a user.
    Identify,
    /// What somebody did: a named action with properties.
    Track,
    /// A page view on a website.
    Page,
    /// A screen view in an app.
    Screen,
    /// The company or group that a user belongs to.
    Group,
    /// Two identities are one.
    Alias,
}

impl EventKind {
    /// All kinds, in the order of their stored numbers.
    pub const ALL: [Self; 6] = [
        Self::Identify,
        Self::Track,
        Self::Page,
        Self::Screen,
        Self::Group,
        Self::Alias,
    ];

    /// The word in paths, in `type` and in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Track => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }

    /// Reads [`EventKind::as_str`] back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An event that passed validation, on its way to the intake log.
#[derive(Debug, Clone)]
pub struct IncomingEvent {
    /// Name of the source whose write key it carried.
    pub source: String,
    /// The kind of call.
    pub kind: EventKind,
    /// The name of a track event or of a page.
    pub name: Option<String>,
    /// The sender's own id for it; repeats are recognised by it.
    pub message_id: String,
    /// Who it is about, for lists: an e-mail address, a user id or an anonymous id.
    pub subject: Option<String>,
    /// When it happened, corrected by the sender's clock where `sentAt` allows.
    pub occurred_at: Timestamp,
    /// The body as it came: one JSON object.
    pub payload: Box<RawValue>,
    /// What the edge saw of the sender.
    pub arrival: Arrival,
}

/// What the HTTP edge knows of a request beside its body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The door it came through: `http`, `form`, `pixel` or `import`.
    pub door: String,
    /// The sender's address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ip: Option<String>,
    /// The sender's `User-Agent`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub user_agent: Option<String>,
    /// The `Origin` of a browser's request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<String>,
    /// When the sender says it sent it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sent_at: Option<String>,
    /// The only route that it is for, when the sender named one (an import does).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub route: Option<String>,
}

/// How far an event has come. Where several deliveries differ, the worst one speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// On disk, not yet planned.
    Accepted,
    /// No route wanted it.
    NotRouted,
    /// An event with the same `messageId` was accepted before.
    Duplicate,
    /// Waiting for its turn, or on its way right now.
    Pending,
    /// A try failed; another is scheduled.
    Retrying,
    /// Everything it led to is in Zoho.
    Delivered,
    /// A delivery needs a person: it is a dead letter.
    Dead,
}

impl EventStatus {
    /// All statuses.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::NotRouted,
        Self::Duplicate,
        Self::Pending,
        Self::Retrying,
        Self::Delivered,
        Self::Dead,
    ];

    /// The word in JSON, queries and the console.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotRouted => "not_routed",
            Self::Duplicate => "duplicate",
            Self::Pending => "pending",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// Reads [`EventStatus::as_str`] back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// One line of a list of events.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventSummary {
    /// The id that the sender was given.
    pub id: EventId,
    /// When it was accepted.
    pub received_at: Timestamp,
    /// The source that sent it.
    pub source: String,
    /// The kind of call.
    pub kind: EventKind,
    /// The name of a track event or of a page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The sender's own id for it.
    pub message_id: String,
    /// Who it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject: Option<String>,
    /// How far it has come.
    pub status: EventStatus,
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// Only events of this status.
    pub status: Option<EventStatus>,
    /// Only events of this source.
    pub source: Option<String>,
    /// Only events whose subject or `messageId` begins so, or whose name is this.
    pub text: Option<String>,
    /// Where to continue ([`super::page::Page::next_cursor`]).
    pub cursor: Option<String>,
    /// How many at most; bounded by [`super::page::PAGE_ITEMS_MAX`].
    pub items_max: usize,
}
