//! What Zoho does to many records later, in a job of its own.

use serde::{Deserialize, Serialize};

use super::{Crm, RecordId, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

/// Records that one call names.
pub(super) const RECORDS_MAX: usize = 500;

/// Which records are meant.
#[derive(Clone)]
pub(super) enum Target {
    Ids(Vec<RecordId>),
    CustomView(RecordId),
}

/// A job on many records as Zoho tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MassJob {
    /// `SCHEDULED`, `RUNNING`, `COMPLETED` or `FAILED`.
    #[serde(
        rename(deserialize = "Status"),
        default,
        deserialize_with = "lenient::or_default"
    )]
    pub status: String,
    /// Records that it is about.
    #[serde(
        rename(deserialize = "Total_Count"),
        default,
        deserialize_with = "lenient::number"
    )]
    pub total_count: Option<u32>,
    /// Records that were changed or deleted.
    #[serde(
        rename(deserialize = "Updated_Count"),
        alias = "Deleted_Count",
        default,
        deserialize_with = "lenient::number"
    )]
    pub done_count: Option<u32>,
    /// Records that were left as they are.
    #[serde(
        rename(deserialize = "Not_Updated_Count"),
        default,
        deserialize_with = "lenient::number"
    )]
    pub left_count: Option<u32>,
    /// Records for which it failed.
    #[serde(
        rename(deserialize = "Failed_Count"),
        default,
        deserialize_with = "lenient::number"
    )]
    pub failed_count: Option<u32>,
}

impl MassJob {
    /// True if its status will not change any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(
            self.status.to_ascii_uppercase().as_str(),
            "COMPLETED" | "FAILED"
        )
    }
}

impl Crm {
    /// How a job of an action stands; `None` if Zoho does not know it.
    pub(super) async fn mass_job(
        &self,
        operation: &'static str,
        module: &str,
        action: &str,
        job_id: &str,
    ) -> Result<Option<MassJob>, Error> {
        let path = path(operation, &[module, "actions", action])?;
        let call = Call::read(path, price::light(operation)).query("job_id", job_id);
        self.listed_one(&call, "data").await
    }
}
