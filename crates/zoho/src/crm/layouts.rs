//! The layouts of a module: its sections, and which fields each layout makes mandatory.

use serde::{Deserialize, Serialize};

use super::{Crm, Field, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "list layouts";

/// One layout. Its rules hold for records that name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Layout {
    /// Zoho's id, which a record names as `"Layout": {"id": …}`.
    pub id: String,
    /// What people call it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Its stable name, such as `Standard__s`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub api_name: Option<String>,
    /// `active` where Zoho says so.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// True if users can choose it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub visible: bool,
    /// Its sections, in Zoho's order.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub sections: Vec<LayoutSection>,
}

/// A group of fields in a layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayoutSection {
    /// Its stable name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub api_name: Option<String>,
    /// What people see above it.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub display_label: String,
    /// Its fields, in Zoho's order.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub fields: Vec<LayoutField>,
}

/// A field in a layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayoutField {
    /// The field, with this layout's picklist values.
    #[serde(flatten)]
    pub field: Field,
    /// True if the layout makes it mandatory.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub required: bool,
}

impl Crm {
    /// The layouts of a module (`crm/developer/docs/api/v8/layouts-meta.html`). Scope: `ZohoCRM.settings.layouts.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn layouts(&self, module: &str) -> Result<Vec<Layout>, Error> {
        #[derive(Deserialize)]
        struct Wire {
            layouts: Vec<Layout>,
        }
        let call = Call::read(
            path(OPERATION, &["settings", "layouts"])?,
            price::light(OPERATION),
        )
        .query("module", module);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map(|wire| wire.layouts).unwrap_or_default())
    }
}
