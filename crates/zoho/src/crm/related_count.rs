//! How many records hang on a record.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Crm, RecordId, lenient, path};
use crate::Error;
use crate::call::Call;
use crate::policy::price;

const OPERATION: &str = "count related records";
const ROOT: &str = "get_related_records_count";

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "get_related_records_count", default)]
    counts: Vec<Vec<Count>>,
}

#[derive(Deserialize)]
struct Count {
    #[serde(default)]
    count: Option<u64>,
    #[serde(default, deserialize_with = "lenient::api_name")]
    related_list: Option<String>,
}

impl Crm {
    /// How many records a record has in each of up to 20 related lists, by the list's `api_name`
    /// (`crm/developer/docs/api/v8/get-related-records-count.html`). Scope: `ZohoCRM.modules.{module}.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn count_related(
        &self,
        module: &str,
        id: &RecordId,
        lists: &[&str],
    ) -> Result<Vec<(String, u64)>, Error> {
        let wanted: Vec<Value> = lists
            .iter()
            .map(|list| json!({"related_list": {"api_name": list}}))
            .collect();
        let path = path(OPERATION, &[module, id.as_str(), "actions", ROOT])?;
        let body = json!({ ROOT: wanted }).to_string();
        let call = Call::read_by_post(path, price::light(OPERATION), body.into());
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        let counts = wire.map(|wire| wire.counts).unwrap_or_default();
        let counts = counts.into_iter().flatten();
        Ok(counts
            .filter_map(|one| Some((one.related_list?, one.count?)))
            .collect())
    }
}
