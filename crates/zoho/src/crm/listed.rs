//! Reads what Zoho lists under a key of its own, such as `{"roles": […]}`.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{Crm, Page, PageInfo};
use crate::answer::Reply;
use crate::call::Call;
use crate::{Error, ErrorKind};

impl Crm {
    /// Everything under `root`; nothing for Zoho's empty answer.
    pub(super) async fn listed<T: DeserializeOwned>(
        &self,
        call: &Call,
        root: &str,
    ) -> Result<Vec<T>, Error> {
        let found = self.client.call(call, |reply| under(&reply, root)).await?;
        Ok(found.map(|(items, _)| items).unwrap_or_default())
    }

    /// A page of what is under `root`.
    pub(super) async fn listed_page<T: DeserializeOwned>(
        &self,
        call: &Call,
        root: &str,
    ) -> Result<Page<T>, Error> {
        let found = self.client.call(call, |reply| under(&reply, root)).await?;
        Ok(found.map_or_else(Page::empty, |(records, info)| Page { records, info }))
    }

    /// The one thing under `root`; `None` if there is none.
    ///
    /// unknown: whether an unknown id answers 204 or a refusal; both are taken.
    pub(super) async fn listed_one<T: DeserializeOwned>(
        &self,
        call: &Call,
        root: &str,
    ) -> Result<Option<T>, Error> {
        match self.listed(call, root).await {
            Ok(all) => Ok(all.into_iter().next()),
            Err(error) if matches!(error.code(), Some("INVALID_DATA" | "NOT_FOUND")) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn under<T: DeserializeOwned>(
    reply: &Reply<'_>,
    root: &str,
) -> Result<Option<(Vec<T>, PageInfo)>, Error> {
    let Some(members) = reply.json::<HashMap<String, Box<RawValue>>>()? else {
        return Ok(None);
    };
    let Some(items) = members.get(root) else {
        return Err(match reply.wire_error() {
            Some(wire) if wire.status == "error" => reply.refused(wire),
            _ => reply.broken(format!("the answer has no {root}")),
        });
    };
    let items = serde_json::from_str(items.get()).map_err(|source| {
        let message = format!("the {root} of the answer have another shape than this operation's");
        reply.error(ErrorKind::Decode, message).caused_by(source)
    })?;
    let info = members.get("info");
    let info = info.and_then(|info| serde_json::from_str(info.get()).ok());
    Ok(Some((items, info.unwrap_or_default())))
}
