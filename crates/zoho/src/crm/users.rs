//! The users of the organisation, among them the one who granted the connection.

use futures_util::stream::Stream;
use serde::{Deserialize, Serialize};

use super::list::check_per_page;
use super::{Crm, Page, PageInfo, RecordId, header_time, lenient, path};
use crate::call::Call;
use crate::client::Client;
use crate::policy::price;
use crate::{Error, ErrorKind, paginate};

const OPERATION: &str = "get current user";

/// A user of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Zoho's id of the user in the CRM.
    pub id: String,
    /// Zoho's id of the user across its products.
    #[serde(default, deserialize_with = "lenient::text")]
    pub zuid: Option<String>,
    /// First and last name.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub full_name: String,
    /// The address that the user signs in with.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub email: String,
    /// `active`, `inactive` or `deleted`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// The user's profile, by name; it decides what the connection may do.
    #[serde(default, deserialize_with = "name_of")]
    pub profile: Option<String>,
    /// The user's role, by name.
    #[serde(default, deserialize_with = "name_of")]
    pub role: Option<String>,
    /// The time zone in which Zoho answers.
    #[serde(default, deserialize_with = "lenient::text")]
    pub time_zone: Option<String>,
    /// The locale, such as `en_US`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub locale: Option<String>,
}

/// Zoho sends `{"name", "id"}`; a stored user holds the name alone.
fn name_of<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        Name(String),
        Object { name: Option<String> },
    }
    Ok(match Option::<Named>::deserialize(deserializer)? {
        Some(Named::Name(name)) => Some(name),
        Some(Named::Object { name }) => name,
        None => None,
    })
}

impl Crm {
    /// The user who granted the connection (`crm/developer/docs/api/v8/get-users.html`). Scope: `ZohoCRM.users.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn current_user(&self) -> Result<User, Error> {
        let call = Call::read(path(OPERATION, &["users"])?, price::light(OPERATION))
            .query("type", "CurrentUser");
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        let user = wire.and_then(|wire| wire.users.into_iter().next());
        user.ok_or_else(|| Error::new(ErrorKind::Decode, OPERATION, "the answer names no user"))
    }

    /// One user, or `None` (`crm/developer/docs/api/v8/get-users.html`). Scope: `ZohoCRM.users.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn user(&self, id: &RecordId) -> Result<Option<User>, Error> {
        const OPERATION: &str = "get user";
        let call = Call::read(
            path(OPERATION, &["users", id.as_str()])?,
            price::light(OPERATION),
        );
        match self.client.call(&call, |reply| reply.json::<Wire>()).await {
            Ok(wire) => Ok(wire.and_then(|wire| wire.users.into_iter().next())),
            // unknown: whether an unknown id answers 204 or this refusal.
            Err(error) if error.code() == Some("INVALID_DATA") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lists the users of the organisation (`crm/developer/docs/api/v8/get-users.html`). Scope: `ZohoCRM.users.READ`.
    pub fn users(&self) -> Users {
        Users {
            client: self.client.clone(),
            kind: None,
            ids: Vec::new(),
            per_page: None,
            page: 1,
            modified_since: None,
        }
    }
}

#[derive(Deserialize)]
struct Wire {
    users: Vec<User>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    info: PageInfo,
}

/// Which users a listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserKind {
    /// All users.
    All,
    /// Those who can work.
    Active,
    /// Those who were switched off.
    Deactive,
    /// Those who confirmed their invitation.
    Confirmed,
    /// Those who did not.
    NotConfirmed,
    /// Those who were deleted.
    Deleted,
    /// Active ones who confirmed.
    ActiveConfirmed,
    /// Administrators.
    Admin,
    /// Active administrators who confirmed.
    ActiveConfirmedAdmins,
}

impl UserKind {
    fn as_str(self) -> &'static str {
        match self {
            UserKind::All => "AllUsers",
            UserKind::Active => "ActiveUsers",
            UserKind::Deactive => "DeactiveUsers",
            UserKind::Confirmed => "ConfirmedUsers",
            UserKind::NotConfirmed => "NotConfirmedUsers",
            UserKind::Deleted => "DeletedUsers",
            UserKind::ActiveConfirmed => "ActiveConfirmedUsers",
            UserKind::Admin => "AdminUsers",
            UserKind::ActiveConfirmedAdmins => "ActiveConfirmedAdmins",
        }
    }
}

/// A listing of users in the making.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct Users {
    client: Client,
    kind: Option<UserKind>,
    ids: Vec<RecordId>,
    per_page: Option<u32>,
    page: u32,
    modified_since: Option<jiff::Timestamp>,
}

impl Users {
    /// Which users; without it Zoho shows all.
    pub fn kind(mut self, kind: UserKind) -> Users {
        self.kind = Some(kind);
        self
    }

    /// Only these users, at most 100.
    pub fn ids(mut self, ids: impl IntoIterator<Item = RecordId>) -> Users {
        self.ids = ids.into_iter().collect();
        self
    }

    /// Users per page, 1 to 200; the default is 200.
    pub fn per_page(mut self, per_page: u32) -> Users {
        self.per_page = Some(per_page);
        self
    }

    /// Starts at this page, from 1.
    pub fn page(mut self, page: u32) -> Users {
        self.page = page;
        self
    }

    /// Only users modified after this instant. Zoho knows seconds.
    pub fn modified_since(mut self, instant: jiff::Timestamp) -> Users {
        self.modified_since = Some(instant);
        self
    }

    /// Loads one page.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a page size beyond 200; otherwise see [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<User>, Error> {
        const OPERATION: &str = "list users";
        check_per_page(OPERATION, self.per_page)?;
        let ids: Vec<&str> = self.ids.iter().map(RecordId::as_str).collect();
        let call = Call::read(path(OPERATION, &["users"])?, price::light(OPERATION))
            .query_if("type", self.kind.map(UserKind::as_str))
            .query_if("ids", (!ids.is_empty()).then(|| ids.join(",")))
            .query_if("per_page", self.per_page.map(|n| n.to_string()))
            .query_if("page", (self.page > 1).then(|| self.page.to_string()))
            .header_if("if-modified-since", self.modified_since.map(header_time));
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map_or_else(Page::empty, |wire| Page {
            records: wire.users,
            info: wire.info,
        }))
    }

    /// Gives user after user, and loads pages as they are needed.
    pub fn stream(self) -> impl Stream<Item = Result<User, Error>> + Send {
        let pages = paginate::pages(self, |list| async move {
            let page = list.send().await?;
            let has_next = page.info.more_records && !page.records.is_empty();
            let next = has_next.then(|| Users {
                page: list.page.saturating_add(1),
                ..list
            });
            Ok((page, next))
        });
        paginate::items(pages, |page| page.records)
    }
}
