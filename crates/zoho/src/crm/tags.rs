//! Tags: of a module, and on its records.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Crm, ItemOutcome, RecordId, Written, items, lenient, path, written};
use crate::call::Call;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

/// Most records in one call that adds or removes tags.
pub const TAGGED_RECORDS_PER_CALL_MAX: usize = 500;

/// A tag of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tag {
    /// Zoho's id of the tag.
    pub id: RecordId,
    /// Its name, at most 25 characters.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Its colour, such as `#F48435`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub color_code: Option<String>,
}

impl Crm {
    /// All tags of a module (OpenAPI file `v8.0/tags.json`). Scope: `ZohoCRM.settings.tags.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn tags(&self, module: &str) -> Result<Vec<Tag>, Error> {
        const OPERATION: &str = "list tags";
        #[derive(Deserialize)]
        struct Wire {
            tags: Vec<Tag>,
        }
        let call = Call::read(
            path(OPERATION, &["settings", "tags"])?,
            price::light(OPERATION),
        )
        .query("module", module);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map(|wire| wire.tags).unwrap_or_default())
    }

    /// Makes tags for a module, one outcome per name (OpenAPI file `v8.0/tags.json`). Zoho allows 100 a
    /// module. A name that is there already is refused, so that it is not repeated after a lost answer: the refusal
    /// would hide what the first call did.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without a name; otherwise see [`ErrorKind`].
    pub async fn create_tags(
        &self,
        module: &str,
        names: &[&str],
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "create tags";
        check_names(OPERATION, names)?;
        let path = path(OPERATION, &["settings", "tags"])?;
        let body = json!({"tags": named(names)}).to_string();
        let call = Call::write(
            Method::POST,
            path,
            price::light(OPERATION),
            Some(body.into()),
            Idempotency::NotIdempotent,
        )
        .query("module", module);
        self.client
            .call(&call, |reply| items::read(&reply, "tags"))
            .await
    }

    /// Puts tags on 1 to 500 records, one row each (`crm/developer/docs/api/v8/add-tags.html`); `overwrite` removes the
    /// tags that they had. A record takes 10. It costs a credit per started 50 records.
    ///
    /// Adding again changes nothing, so that it is repeated after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without a tag, for no record or more than 500; otherwise see [`ErrorKind`].
    pub async fn add_tags(
        &self,
        module: &str,
        ids: &[RecordId],
        names: &[&str],
        overwrite: bool,
    ) -> Result<Written, Error> {
        const OPERATION: &str = "add tags";
        let body = json!({"tags": named(names), "ids": ids, "over_write": overwrite});
        let body = body.to_string();
        self.retag(OPERATION, module, "add_tags", ids, names, body)
            .await
    }

    /// Takes tags off 1 to 500 records, one row each (OpenAPI file `v8.0/tags.json`). It costs a credit
    /// per started 50 records, and is repeated after a lost answer.
    ///
    /// # Errors
    /// As [`Crm::add_tags`].
    pub async fn remove_tags(
        &self,
        module: &str,
        ids: &[RecordId],
        names: &[&str],
    ) -> Result<Written, Error> {
        const OPERATION: &str = "remove tags";
        let body = json!({"tags": named(names), "ids": ids}).to_string();
        self.retag(OPERATION, module, "remove_tags", ids, names, body)
            .await
    }

    async fn retag(
        &self,
        operation: &'static str,
        module: &str,
        action: &str,
        ids: &[RecordId],
        names: &[&str],
        body: String,
    ) -> Result<Written, Error> {
        check_names(operation, names)?;
        if !(1..=TAGGED_RECORDS_PER_CALL_MAX).contains(&ids.len()) {
            let message = format!(
                "{} ids were given; use 1 to {TAGGED_RECORDS_PER_CALL_MAX}",
                ids.len()
            );
            return Err(Error::new(ErrorKind::Input, operation, message));
        }
        let call = Call::write(
            Method::POST,
            path(operation, &[module, "actions", action])?,
            price::tags(operation, ids.len()),
            Some(body.into()),
            Idempotency::Idempotent,
        );
        self.client
            .call(&call, |reply| written::read(&reply, ids.len()))
            .await
    }
}

fn named(names: &[&str]) -> Vec<serde_json::Value> {
    names.iter().map(|name| json!({"name": name})).collect()
}

fn check_names(operation: &'static str, names: &[&str]) -> Result<(), Error> {
    match names.is_empty() {
        true => Err(Error::new(ErrorKind::Input, operation, "no tag was named")),
        false => Ok(()),
    }
}
