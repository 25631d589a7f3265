//! How many records a module has.

use serde::Deserialize;

use super::{Criteria, Crm, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "count records";

impl Crm {
    /// Counts a module's records (`crm/developer/docs/api/v8/module_record_count.html`). Zoho's figure may be up to ten
    /// minutes old.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn count(&self, module: &str) -> Result<u64, Error> {
        self.count_by(module, None).await
    }

    /// Counts the records that meet criteria.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for criteria that Zoho cannot take; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn count_matching(&self, module: &str, criteria: &Criteria) -> Result<u64, Error> {
        self.count_by(module, Some(criteria.checked(OPERATION)?))
            .await
    }

    async fn count_by(&self, module: &str, criteria: Option<&str>) -> Result<u64, Error> {
        #[derive(Deserialize)]
        struct Wire {
            count: u64,
        }
        let call = Call::read(
            path(OPERATION, &[module, "actions", "count"])?,
            price::light(OPERATION),
        )
        .query_if("criteria", criteria);
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.map_or(0, |wire| wire.count))
    }
}
