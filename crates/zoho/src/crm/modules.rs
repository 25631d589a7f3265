//! The modules of an organisation.

use serde::{Deserialize, Serialize};

use super::{Crm, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "list modules";

/// One of Zoho's tables, as `settings/modules` describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Module {
    /// Zoho's id of the module.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The name for paths and lookups, such as `Leads`.
    pub api_name: String,
    /// The internal name, which differs for some: `Meetings` for the module `Events`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub module_name: String,
    /// What people call one record.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub singular_label: String,
    /// What people call the module.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub plural_label: String,
    /// True if the API serves the module.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub api_supported: bool,
    /// True if records can be made.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub creatable: bool,
    /// True if records can be changed.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub editable: bool,
    /// True if records can be deleted.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub deletable: bool,
    /// True if records can be read.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub viewable: bool,
    /// `default`, `custom`, `linking`, `subform`, `web` or `field_tracker`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub generated_type: String,
    /// `visible`, `user_hidden`, `system_hidden` or `scheduled_for_deletion`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub status: String,
}

#[derive(Deserialize)]
struct Wire {
    modules: Vec<Module>,
}

impl Crm {
    /// All modules (`crm/developer/docs/api/v8/modules-api.html`). Scope: `ZohoCRM.settings.modules.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn modules(&self) -> Result<Vec<Module>, Error> {
        let call = Call::read(
            path(OPERATION, &["settings", "modules"])?,
            price::light(OPERATION),
        );
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map(|wire| wire.modules).unwrap_or_default())
    }

    /// One module by its `api_name`; `None` if there is none (`crm/developer/docs/api/v8/module-meta.html`).
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn module(&self, name: &str) -> Result<Option<Module>, Error> {
        const OPERATION: &str = "get module";
        let call = Call::read(
            path(OPERATION, &["settings", "modules", name])?,
            price::light(OPERATION),
        );
        match self.client.call(&call, |reply| reply.json::<Wire>()).await {
            Ok(wire) => Ok(wire.and_then(|wire| wire.modules.into_iter().next())),
            Err(error) if error.code() == Some("INVALID_MODULE") => Ok(None),
            Err(error) => Err(error),
        }
    }
}
