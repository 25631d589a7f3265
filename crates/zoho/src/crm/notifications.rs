//! Notifications: channels by which Zoho tells of changes.

use futures_util::stream::Stream;
use jiff::Timestamp;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::list::check_per_page;
use super::{Crm, ItemOutcome, Page, PageInfo, header_time, items, lenient, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind, paginate};

/// Most channels in one call.
pub const CHANNELS_PER_CALL_MAX: usize = 50;

/// A channel to be enabled or changed.
///
/// ```
/// use zoho::crm::ChannelDraft;
///
/// let channel = ChannelDraft::new(1000000068001)
///     .events(["Leads.all", "Deals.edit"])
///     .notify_url("https://gateway.example/zoho")
///     .token("echoed in each notification");
/// ```
#[derive(Clone)]
pub struct ChannelDraft(Map<String, Value>);

impl ChannelDraft {
    /// A channel by a number of one's own.
    #[must_use]
    pub fn new(channel_id: u64) -> ChannelDraft {
        ChannelDraft(Map::from_iter([(
            "channel_id".to_owned(),
            json!(channel_id.to_string()),
        )]))
    }

    /// What is told: `{module}.create`, `.edit`, `.delete` or `.all`, at most 50.
    #[must_use]
    pub fn events(self, events: impl IntoIterator<Item = impl Into<String>>) -> ChannelDraft {
        let events: Vec<String> = events.into_iter().map(Into::into).collect();
        self.part("events", json!(events))
    }

    /// The https address that Zoho posts to; its parameters come back in the notification.
    #[must_use]
    pub fn notify_url(self, url: impl Into<String>) -> ChannelDraft {
        self.part("notify_url", json!(url.into()))
    }

    /// A text of at most 50 characters that each notification repeats: the only sign that it is Zoho's.
    #[must_use]
    pub fn token(self, token: impl Into<String>) -> ChannelDraft {
        self.part("token", json!(token.into()))
    }

    /// When the channel ends, at most a week from now. Without it, or later than that, Zoho takes one hour.
    #[must_use]
    pub fn expires_at(self, instant: Timestamp) -> ChannelDraft {
        self.part("channel_expiry", json!(header_time(instant)))
    }

    /// Whether notifications hold the new values of the changed fields; the default is no.
    #[must_use]
    pub fn return_affected_field_values(self, is_on: bool) -> ChannelDraft {
        self.part("return_affected_field_values", json!(is_on))
    }

    /// Whether changes that follow from others are told too.
    #[must_use]
    pub fn notify_on_related_action(self, is_on: bool) -> ChannelDraft {
        self.part("notify_on_related_action", json!(is_on))
    }

    /// Only changes of one of these fields of a module, at most 10. May be called for several modules.
    #[must_use]
    pub fn only_fields(
        mut self,
        module: &str,
        fields: impl IntoIterator<Item = impl Into<String>>,
    ) -> ChannelDraft {
        let mut fields: Vec<Value> = fields
            .into_iter()
            .map(|field| json!({"field": {"api_name": field.into()}}))
            .collect();
        let selection = match fields.len() {
            1 => fields.remove(0),
            _ => grouped(fields),
        };
        let condition = json!({
            "type": "field_selection",
            "module": {"api_name": module},
            "field_selection": selection,
        });
        match self.0.get_mut("notification_condition") {
            Some(Value::Array(conditions)) => conditions.push(condition),
            _ => {
                self.0
                    .insert("notification_condition".to_owned(), json!([condition]));
            }
        }
        self
    }

    /// Which changes are told, in Zoho's own form of `notification_condition`: a list of conditions on fields, joined by
    /// `and` and `or`. It takes the place of what [`ChannelDraft::only_fields`] has said.
    #[must_use]
    pub fn conditions(self, conditions: Value) -> ChannelDraft {
        self.part("notification_condition", conditions)
    }

    fn part(mut self, name: &str, value: Value) -> ChannelDraft {
        self.0.insert(name.to_owned(), value);
        self
    }
}

/// Zoho takes two members a group, so that the rest goes into groups of groups.
fn grouped(mut fields: Vec<Value>) -> Value {
    let Some(last) = fields.pop() else {
        return json!({"group_operator": "or", "group": []});
    };
    fields.into_iter().rev().fold(
        last,
        |group, field| json!({"group_operator": "or", "group": [field, group]}),
    )
}

/// Shows neither token nor address.
impl std::fmt::Debug for ChannelDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelDraft")
            .field("channel_id", &self.0.get("channel_id"))
            .field("events", &self.0.get("events"))
            .finish_non_exhaustive()
    }
}

/// A channel as far as it is about one module.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Channel {
    /// The number that it was given.
    #[serde(default, deserialize_with = "lenient::text")]
    pub channel_id: Option<String>,
    /// What is told, such as `Leads.all`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub events: Vec<String>,
    /// The module, by `api_name`.
    #[serde(rename = "resource_name", default, deserialize_with = "lenient::text")]
    pub module: Option<String>,
    /// Where Zoho posts to.
    #[serde(default, deserialize_with = "lenient::text")]
    pub notify_url: Option<String>,
    /// When it ends, as Zoho sent it.
    #[serde(rename = "channel_expiry", default, deserialize_with = "lenient::text")]
    pub expires_at: Option<String>,
    /// The text that each notification repeats.
    #[serde(default, deserialize_with = "lenient::text")]
    pub token: Option<String>,
    /// Whether notifications hold new values.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub return_affected_field_values: bool,
    /// Whether changes that follow from others are told.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub notify_on_related_action: bool,
    /// Which fields it is about, as Zoho sent it.
    #[serde(default)]
    pub notification_condition: Option<Value>,
}

/// Shows neither token nor address.
impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel")
            .field("channel_id", &self.channel_id)
            .field("events", &self.events)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Crm {
    /// Enables 1 to 50 channels, one outcome each (`crm/developer/docs/api/v8/notifications/enable.html`). Channels belong
    /// to the user of the connection. Scope: `ZohoCRM.notifications.CREATE`.
    ///
    /// unknown: what Zoho does with a channel that is there already, so that it is not repeated after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no channel or more than 50; otherwise see [`ErrorKind`].
    pub async fn enable_notifications(
        &self,
        channels: &[ChannelDraft],
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "enable notifications";
        let repeat = Idempotency::NotIdempotent;
        self.watch(OPERATION, Method::POST, channels, repeat).await
    }

    /// Gives channels new settings; what is not said falls back to its default
    /// (`crm/developer/docs/api/v8/notifications/update-details.html`). An expired channel is `NOT_SUBSCRIBED`: enable it
    /// again. Scope: `ZohoCRM.notifications.UPDATE`.
    ///
    /// # Errors
    /// As [`Crm::enable_notifications`].
    pub async fn replace_notifications(
        &self,
        channels: &[ChannelDraft],
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "replace notifications";
        let repeat = Idempotency::Idempotent;
        self.watch(OPERATION, Method::PUT, channels, repeat).await
    }

    /// Changes some settings of channels, such as their end, and leaves the others
    /// (`crm/developer/docs/api/v8/notifications/update-info.html`). Scope: `ZohoCRM.notifications.UPDATE`.
    ///
    /// # Errors
    /// As [`Crm::enable_notifications`].
    pub async fn update_notifications(
        &self,
        channels: &[ChannelDraft],
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "update notifications";
        let repeat = Idempotency::Idempotent;
        self.watch(OPERATION, Method::PATCH, channels, repeat).await
    }

    /// Takes the events of these drafts off their channels, one outcome each
    /// (`crm/developer/docs/api/v8/notifications/specific-disable.html`). It is not repeated after a lost answer. Scope:
    /// `ZohoCRM.notifications.DELETE`.
    ///
    /// # Errors
    /// As [`Crm::enable_notifications`].
    pub async fn disable_events(
        &self,
        channels: &[ChannelDraft],
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "disable events";
        let drafts: Vec<ChannelDraft> = channels
            .iter()
            .map(|draft| draft.clone().part("_delete_events", json!(true)))
            .collect();
        let repeat = Idempotency::NotIdempotent;
        self.watch(OPERATION, Method::PATCH, &drafts, repeat).await
    }

    /// Ends channels, one outcome for each of their modules
    /// (`crm/developer/docs/api/v8/notifications/disable.html`). It is not repeated after a lost answer. Scope:
    /// `ZohoCRM.notifications.DELETE`.
    ///
    /// # Errors
    /// As [`Crm::enable_notifications`].
    pub async fn disable_notifications(
        &self,
        channel_ids: &[u64],
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "disable notifications";
        check_count(OPERATION, channel_ids.len())?;
        let ids: Vec<String> = channel_ids.iter().map(u64::to_string).collect();
        let call = Call::write(
            Method::DELETE,
            path(OPERATION, &["actions", "watch"])?,
            price::light(OPERATION),
            None,
            Idempotency::NotIdempotent,
        )
        .query("channel_ids", ids.join(","));
        self.client
            .call(&call, |reply| items::read(&reply, "watch"))
            .await
    }

    /// Lists the channels of the connection's user, a row for each of their modules
    /// (`crm/developer/docs/api/v8/notifications/get-details.html`). Scope: `ZohoCRM.notifications.READ`.
    pub fn notifications(&self) -> Notifications {
        Notifications {
            client: self.client.clone(),
            channel_id: None,
            module: None,
            per_page: None,
            page: 1,
        }
    }

    async fn watch(
        &self,
        operation: &'static str,
        method: Method,
        channels: &[ChannelDraft],
        repeat: Idempotency,
    ) -> Result<Vec<ItemOutcome>, Error> {
        check_count(operation, channels.len())?;
        let channels: Vec<&Map<String, Value>> = channels.iter().map(|draft| &draft.0).collect();
        let body = json!({"watch": channels}).to_string();
        let path = path(operation, &["actions", "watch"])?;
        let cost = price::light(operation);
        let call = Call::write(method, path, cost, Some(body.into()), repeat);
        self.client
            .call(&call, |reply| items::read(&reply, "watch"))
            .await
    }
}

fn check_count(operation: &'static str, count: usize) -> Result<(), Error> {
    match count {
        1..=CHANNELS_PER_CALL_MAX => Ok(()),
        _ => {
            let message = format!("{count} channels were given; use 1 to {CHANNELS_PER_CALL_MAX}");
            Err(Error::new(ErrorKind::Input, operation, message))
        }
    }
}

/// A listing of channels in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct Notifications {
    client: Client,
    channel_id: Option<u64>,
    module: Option<String>,
    per_page: Option<u32>,
    page: u32,
}

impl Notifications {
    /// Only this channel.
    pub fn channel(mut self, channel_id: u64) -> Notifications {
        self.channel_id = Some(channel_id);
        self
    }

    /// Only channels about this module.
    pub fn module(mut self, module: impl Into<String>) -> Notifications {
        self.module = Some(module.into());
        self
    }

    /// Rows per page, 1 to 200.
    pub fn per_page(mut self, per_page: u32) -> Notifications {
        self.per_page = Some(per_page);
        self
    }

    /// Starts at this page, from 1.
    pub fn page(mut self, page: u32) -> Notifications {
        self.page = page;
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a page size beyond 200; otherwise see [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<Channel>, Error> {
        const OPERATION: &str = "list notifications";
        #[derive(Deserialize)]
        struct Wire {
            watch: Vec<Channel>,
            #[serde(default, deserialize_with = "lenient::or_default")]
            info: PageInfo,
        }
        check_per_page(OPERATION, self.per_page)?;
        let path = path(OPERATION, &["actions", "watch"])?;
        let call = Call::read(path, price::light(OPERATION))
            .query_if("channel_id", self.channel_id.map(|id| id.to_string()))
            .query_if("module", self.module.clone())
            .query_if("per_page", self.per_page.map(|n| n.to_string()))
            .query_if("page", (self.page > 1).then(|| self.page.to_string()));
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map_or_else(Page::empty, |wire| Page {
            records: wire.watch,
            info: wire.info,
        }))
    }

    /// Gives row after row, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<Channel, Error>> + Send {
        let pages = paginate::pages(self, |list| async move {
            let page = list.send().await?;
            let has_next = page.info.more_records && !page.records.is_empty();
            let next = has_next.then(|| Notifications {
                page: list.page.saturating_add(1),
                ..list
            });
            Ok((page, next))
        });
        paginate::items(pages, |page| page.records)
    }
}
