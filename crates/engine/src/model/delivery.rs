//! Deliveries: one event for one destination, with the state of the way there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::id::{DeliveryId, EventId};
use super::problem::Problem;

/// What is done with the record in Zoho.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Insert, or update the record that the duplicate-check fields find.
    #[default]
    Upsert,
    /// Always a new record.
    Insert,
}

impl Operation {
    /// The word in configuration, tables and the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Insert => "insert",
        }
    }
}

/// The states of a delivery; `pipeline.rs` has the table of who moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Planned; waits for its first try.
    Pending,
    /// Claimed by a worker; a try is on its way.
    Leased,
    /// A try failed; the next is due at `due_at`.
    Retrying,
    /// In Zoho.
    Delivered,
    /// Given up, with a [`Problem`] that says why.
    Dead,
}

impl DeliveryState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Leased,
        Self::Retrying,
        Self::Delivered,
        Self::Dead,
    ];

    /// The word in tables, JSON and the console.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Leased => "leased",
            Self::Retrying => "retrying",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// Reads [`DeliveryState::as_str`] back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What an upsert did with the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Zoho made a new record.
    Insert,
    /// Zoho changed a record that was there.
    Update,
    /// An earlier try had got through: the record was found by look-up and nothing was sent again.
    Found,
}

impl Action {
    /// The word in tables and the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Found => "found",
        }
    }

    /// Reads [`Action::as_str`] back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Insert, Self::Update, Self::Found]
            .into_iter()
            .find(|action| action.as_str() == word)
    }
}

/// One event for one destination.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The event that it carries.
    pub event_id: EventId,
    /// The route that planned it.
    pub route: String,
    /// The connection that it goes to.
    pub connection: String,
    /// The module's API name.
    pub module: String,
    /// What is done there.
    pub operation: Operation,
    /// How far it has come.
    pub state: DeliveryState,
    /// The record as it goes to Zoho: field API names and values.
    pub record: Box<RawValue>,
    /// Tries so far.
    pub attempts: u32,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When the next try is due, while it waits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_at: Option<Timestamp>,
    /// When it was delivered or given up.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settled_at: Option<Timestamp>,
    /// The record's id in Zoho, once delivered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record_id: Option<String>,
    /// What Zoho did, once delivered.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<Action>,
    /// Why it is dead, or why the last try failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Problem>,
    /// The delivery that this one repeats, when a person asked for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replay_of: Option<DeliveryId>,
    /// The delivery that repeats this one, once a person asked for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replayed_as: Option<DeliveryId>,
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Only deliveries in this state.
    pub state: Option<DeliveryState>,
    /// Only deliveries of this route.
    pub route: Option<String>,
    /// Only deliveries whose problem has this code.
    pub code: Option<String>,
    /// Leave out dead letters that have been replayed already.
    pub without_replayed: bool,
    /// Where to continue ([`super::page::Page::next_cursor`]).
    pub cursor: Option<String>,
    /// How many at most; bounded by [`super::page::PAGE_ITEMS_MAX`].
    pub items_max: usize,
}
