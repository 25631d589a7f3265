//! The custom views of a module.

use serde::{Deserialize, Serialize};

use super::{Crm, RecordId, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "list custom views";

/// A custom view, by whose id a [`List`](super::List), a mass update or a bulk read takes its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomView {
    /// Its id.
    pub id: RecordId,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// What people see.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub display_value: String,
    /// Zoho's own name of a view that every organisation has, such as `ALLVIEWS`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub system_name: Option<String>,
    /// True for the view that people see first.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub default: bool,
    /// `public_views`, `created_by_me`, `shared_with_me` or `other_users_views`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub category: Option<String>,
}

impl Crm {
    /// The custom views of a module, the first 200 (`crm/developer/docs/api/v8/custom-view-meta.html`). Scope:
    /// `ZohoCRM.settings.custom_views.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn custom_views(&self, module: &str) -> Result<Vec<CustomView>, Error> {
        let path = path(OPERATION, &["settings", "custom_views"])?;
        let call = Call::read(path, price::light(OPERATION)).query("module", module);
        self.listed(&call, "custom_views").await
    }
}
