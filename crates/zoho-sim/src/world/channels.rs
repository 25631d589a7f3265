//! Who is told of which changes: one subscription for each channel and module.

use serde::{Deserialize, Serialize};

/// Subscriptions of the organisation. unknown: Zoho's own limit of channels.
pub(crate) const SUBSCRIPTIONS_MAX: usize = 5_000;

/// What happened to a record, as event names say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    Create,
    Edit,
    Delete,
    All,
}

impl Event {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Create, Self::Edit, Self::Delete, Self::All]
            .into_iter()
            .find(|event| event.name() == text)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::All => "all",
        }
    }
}

/// Fields whose change is told: a field, or several joined by `and` or `or`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FieldSelection {
    /// By API name.
    Field(String),
    Group {
        is_and: bool,
        parts: Vec<FieldSelection>,
    },
}

impl FieldSelection {
    /// Whether a change of these fields is to be told.
    pub(crate) fn is_met_by(&self, is_changed: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Field(name) => is_changed(name),
            Self::Group { is_and, parts } if *is_and => {
                parts.iter().all(|part| part.is_met_by(is_changed))
            }
            Self::Group { parts, .. } => parts.iter().any(|part| part.is_met_by(is_changed)),
        }
    }

    /// Number of fields named.
    pub(crate) fn fields(&self) -> usize {
        match self {
            Self::Field(_) => 1,
            Self::Group { parts, .. } => parts.iter().map(Self::fields).sum(),
        }
    }
}

/// A channel of one user, as far as it watches one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) channel_id: u64,
    pub(crate) user: u64,
    /// API name of the module, or `users`.
    pub(crate) resource: String,
    pub(crate) events: Vec<Event>,
    pub(crate) expires_at: i64,
    pub(crate) notify_url: String,
    pub(crate) token: Option<String>,
    pub(crate) returns_values: bool,
    pub(crate) is_told_of_related: bool,
    pub(crate) selection: Option<FieldSelection>,
    /// Scheme and host by which the subscriber calls: the beginning of `resource_uri`.
    pub(crate) origin: String,
}

impl Subscription {
    pub(crate) fn is_told_of(&self, event: Event) -> bool {
        self.events.contains(&event) || self.events.contains(&Event::All)
    }
}

/// All subscriptions, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Channels {
    subscriptions: Vec<Subscription>,
}

impl Channels {
    /// Drops what has expired; a channel without subscriptions does not exist.
    pub(crate) fn expire(&mut self, now: i64) {
        self.subscriptions
            .retain(|subscription| subscription.expires_at > now);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.subscriptions.len() >= SUBSCRIPTIONS_MAX
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.iter()
    }

    /// Subscriptions of one channel of a user.
    pub(crate) fn of(&self, user: u64, channel_id: u64) -> impl Iterator<Item = &Subscription> {
        self.subscriptions
            .iter()
            .filter(move |known| known.user == user && known.channel_id == channel_id)
    }

    /// Adds a subscription, in the place of that of the same channel and module.
    pub(crate) fn put(&mut self, subscription: Subscription) {
        let same = self.subscriptions.iter_mut().find(|known| {
            known.user == subscription.user
                && known.channel_id == subscription.channel_id
                && known.resource == subscription.resource
        });
        match same {
            Some(known) => *known = subscription,
            None => self.subscriptions.push(subscription),
        }
    }

    /// Takes out the subscriptions of a channel.
    pub(crate) fn take(&mut self, user: u64, channel_id: u64) -> Vec<Subscription> {
        let (taken, kept) = std::mem::take(&mut self.subscriptions)
            .into_iter()
            .partition(|known| known.user == user && known.channel_id == channel_id);
        self.subscriptions = kept;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_join_fields_by_and_and_or() {
        let field = |name: &str| FieldSelection::Field(name.to_owned());
        let selection = FieldSelection::Group {
            is_and: false,
            parts: vec![
                field("Stage"),
                FieldSelection::Group {
                    is_and: true,
                    parts: vec![field("Amount"), field("Account_Name")],
                },
            ],
        };
        let is_met = |changed: &[&str]| selection.is_met_by(&|name: &str| changed.contains(&name));
        assert!(is_met(&["Stage"]) && is_met(&["Amount", "Account_Name"]));
        assert!(!is_met(&["Amount"]) && !is_met(&[]));
        assert_eq!(selection.fields(), 3);
    }
}
