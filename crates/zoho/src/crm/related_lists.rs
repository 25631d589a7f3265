//! Which lists of related records a module has.

use serde::{Deserialize, Serialize};

use super::{Crm, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "list related lists";

/// A list of records that hang on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RelatedList {
    /// Zoho's id of the list.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The name for [`Crm::related`], such as `Notes`.
    pub api_name: String,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub display_label: String,
    /// The module of its records, by `api_name`; `None` where Zoho names none.
    #[serde(default, deserialize_with = "lenient::api_name")]
    pub module: Option<String>,
    /// `default`, `multiselectlookup`, `grouped` or `custom_lookup`.
    #[serde(rename = "type", default, deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// `visible`, `user_hidden` or `scheduled_for_deletion`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
}

impl Crm {
    /// The related lists of a module (`crm/developer/docs/api/v8/related-list-meta.html`). Scope:
    /// `ZohoCRM.settings.related_lists.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn related_lists(&self, module: &str) -> Result<Vec<RelatedList>, Error> {
        #[derive(Deserialize)]
        struct Wire {
            related_lists: Vec<RelatedList>,
        }
        let path = path(OPERATION, &["settings", "related_lists"])?;
        let call = Call::read(path, price::light(OPERATION)).query("module", module);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map(|wire| wire.related_lists).unwrap_or_default())
    }
}
