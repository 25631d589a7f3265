//! Bulk read: up to 200,000 records as one zipped CSV.

use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::bulk::{self, BulkCallback};
use super::{Crm, Download, RecordId, items, lenient};
use crate::Error;
use crate::call::Call;
use crate::client::Client;
use crate::policy::{Idempotency, price};

/// Most records of one bulk read.
pub const BULK_READ_RECORDS_MAX: u32 = 200_000;

impl Crm {
    /// Starts to describe a bulk read of a module (`crm/developer/docs/api/v8/bulk-read/create-job.html`). It costs 50
    /// credits. Scopes: `ZohoCRM.bulk.READ` and the module's.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn f(crm: zoho::crm::Crm) -> Result<(), zoho::Error> {
    /// let id = crm.bulk_read("Leads").fields(["Last_Name", "Email"]).send().await?;
    /// let job = crm.wait_for_bulk_read(&id, Duration::from_secs(600)).await?;
    /// if job.is_some_and(|job| job.is_completed()) {
    ///     let zip = crm.bulk_read_result(&id).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn bulk_read(&self, module: &str) -> BulkRead {
        BulkRead {
            client: self.client.clone(),
            query: Map::from_iter([("module".to_owned(), json!({"api_name": module}))]),
            file_type: None,
            callback: None,
        }
    }

    /// Continues a bulk read beyond its 200,000 records by the [`next_page_token`](BulkReadResult::next_page_token) of
    /// the job before, which lives for 24 hours.
    pub fn bulk_read_on(&self, page_token: &str) -> BulkRead {
        BulkRead {
            client: self.client.clone(),
            query: Map::from_iter([("page_token".to_owned(), json!(page_token))]),
            file_type: None,
            callback: None,
        }
    }

    /// How a bulk read stands; `None` if Zoho does not know the job
    /// (`crm/developer/docs/api/v8/bulk-read/job-details.html`).
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn bulk_read_job(&self, id: &RecordId) -> Result<Option<BulkReadJob>, Error> {
        const OPERATION: &str = "get bulk read";
        #[derive(Deserialize)]
        struct Wire {
            data: Vec<BulkReadJob>,
        }
        let call = Call::read(path(id), price::light(OPERATION));
        match self.client.call(&call, |reply| reply.json::<Wire>()).await {
            Ok(wire) => Ok(wire.and_then(|wire| wire.data.into_iter().next())),
            Err(error) if bulk::is_unknown_job(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks at a bulk read until it is done or `patience` is over, after 2, 4, 8 … 60 seconds, a credit each. Gives the
    /// job as it stands then.
    ///
    /// # Errors
    /// As [`Crm::bulk_read_job`].
    pub async fn wait_for_bulk_read(
        &self,
        id: &RecordId,
        patience: Duration,
    ) -> Result<Option<BulkReadJob>, Error> {
        bulk::wait(patience, || self.bulk_read_job(id), BulkReadJob::is_settled).await
    }

    /// Opens the result of a completed bulk read, a zip with one CSV (or ICS) in it; `None` if Zoho does not know the
    /// job (`crm/developer/docs/api/v8/bulk-read/download-result.html`). Zoho allows 10 downloads a minute.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn bulk_read_result(&self, id: &RecordId) -> Result<Option<Download>, Error> {
        let path = format!("{}/result", path(id));
        self.download(Call::read(path, price::light("load bulk read")))
            .await
    }
}

fn path(id: &RecordId) -> String {
    format!("/crm/bulk/v8/read/{id}")
}

/// A bulk read in the making.
#[must_use = "nothing is sent before `send`"]
pub struct BulkRead {
    client: Client,
    query: Map<String, Value>,
    file_type: Option<&'static str>,
    callback: Option<BulkCallback>,
}

impl BulkRead {
    /// The columns, by `api_name`, also through lookups as `Account_Name.Phone`; without them all. `id` is always there.
    pub fn fields(self, fields: impl IntoIterator<Item = impl Into<String>>) -> BulkRead {
        let fields: Vec<String> = fields.into_iter().map(Into::into).collect();
        self.part("fields", json!(fields))
    }

    /// Only records that meet this.
    pub fn criteria(self, criteria: BulkCriteria) -> BulkRead {
        self.part("criteria", criteria.0)
    }

    /// Only the records of this custom view.
    pub fn custom_view(self, view: &RecordId) -> BulkRead {
        self.part("cvid", json!(view))
    }

    /// The page of 200,000 records, from 1.
    pub fn page(self, page: u32) -> BulkRead {
        self.part("page", json!(page))
    }

    /// For Events: a calendar file of up to 20,000 instead of a CSV.
    pub fn as_ics(mut self) -> BulkRead {
        self.file_type = Some("ics");
        self
    }

    /// Where Zoho shall post the job when it is done.
    pub fn callback(mut self, callback: BulkCallback) -> BulkRead {
        self.callback = Some(callback);
        self
    }

    /// Creates the job and gives its id. It is not repeated after a lost answer, since that would start another one.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) with Zoho's code, such as `MODULE_NOT_SUPPORTED` or `FIELD_NOT_AVAILABLE`; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<RecordId, Error> {
        const OPERATION: &str = "create bulk read";
        let mut body = json!({"query": self.query});
        if let Some(file_type) = self.file_type {
            body["file_type"] = json!(file_type);
        }
        if let Some(callback) = &self.callback {
            body["callback"] = json!(callback);
        }
        let call = Call::write(
            Method::POST,
            "/crm/bulk/v8/read".to_owned(),
            price::bulk_read(OPERATION),
            Some(body.to_string().into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| {
                let accepted = items::single(&reply, "data")?;
                items::id_of(&reply, &accepted)
            })
            .await
    }

    fn part(mut self, name: &str, value: Value) -> BulkRead {
        self.query.insert(name.to_owned(), value);
        self
    }
}

/// Shows no criteria: they may hold personal data.
impl std::fmt::Debug for BulkRead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkRead")
            .field("module", &self.query.get("module"))
            .finish_non_exhaustive()
    }
}

/// Conditions of a bulk read: up to 25, with up to 200 values each. Bulk reads have words of their own for comparing.
///
/// ```
/// use zoho::crm::BulkCriteria;
///
/// let recent = BulkCriteria::field("Modified_Time", "greater_than", "2026-01-01T00:00:00+00:00");
/// let blakes = recent.and(BulkCriteria::field("Last_Name", "in", ["Blake", "Black"]));
/// ```
#[derive(Clone, PartialEq)]
pub struct BulkCriteria(Value);

impl BulkCriteria {
    /// A field (or a path through lookups), a comparator such as `equal`, `not_equal`, `in`, `contains`, `starts_with`,
    /// `between`, `less_than` or `greater_equal`, and the value or values. `${EMPTY}` is no value.
    #[must_use]
    pub fn field(field: &str, comparator: &str, value: impl Into<Value>) -> BulkCriteria {
        BulkCriteria(json!({
            "field": {"api_name": field},
            "comparator": comparator,
            "value": value.into(),
        }))
    }

    /// Criteria that are written out already, in Zoho's form.
    #[must_use]
    pub fn written(criteria: Value) -> BulkCriteria {
        BulkCriteria(criteria)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: BulkCriteria) -> BulkCriteria {
        self.group("and", other)
    }

    /// One of both, or both.
    #[must_use]
    pub fn or(self, other: BulkCriteria) -> BulkCriteria {
        self.group("or", other)
    }

    fn group(mut self, operator: &str, other: BulkCriteria) -> BulkCriteria {
        if self.0["group_operator"] == operator
            && let Some(group) = self.0["group"].as_array_mut()
        {
            group.push(other.0);
            return self;
        }
        BulkCriteria(json!({"group": [self.0, other.0], "group_operator": operator}))
    }
}

/// Shows no values: they may be personal data.
impl std::fmt::Debug for BulkCriteria {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkCriteria").finish_non_exhaustive()
    }
}

/// A bulk read as Zoho tells of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkReadJob {
    /// The job's id.
    pub id: RecordId,
    /// `ADDED`, `QUEUED`, `IN PROGRESS`, `COMPLETED` or `FAILURE`.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub state: String,
    /// What came of it; only sure to be there when it is completed.
    #[serde(default)]
    pub result: Option<BulkReadResult>,
    /// When it was created, as Zoho sent it.
    #[serde(rename = "created_time", default, deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// `csv` or `ics`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub file_type: Option<String>,
}

/// What came of a bulk read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BulkReadResult {
    /// The page, from 1.
    #[serde(deserialize_with = "lenient::or_default")]
    pub page: u32,
    /// Records in the file.
    #[serde(deserialize_with = "lenient::or_default")]
    pub count: u32,
    /// True if records follow.
    #[serde(deserialize_with = "lenient::or_default")]
    pub more_records: bool,
    /// Continues with [`Crm::bulk_read_on`].
    pub next_page_token: Option<String>,
    /// Why the job failed, as Zoho sent it.
    pub error_message: Option<Value>,
}

impl BulkReadJob {
    /// True if its state will not change any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.state.as_str(), "COMPLETED" | "FAILURE")
    }

    /// True if its result can be loaded.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.state == "COMPLETED"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_of_one_operator_are_one_group() {
        let field = |name: &str| BulkCriteria::field(name, "equal", "x");
        let BulkCriteria(all) = field("A").and(field("B")).and(field("C")).or(field("D"));
        assert_eq!(all["group_operator"], "or");
        assert_eq!(all["group"][0]["group_operator"], "and");
        assert_eq!(all["group"][0]["group"].as_array().map(Vec::len), Some(3));
        assert_eq!(all["group"][1]["field"]["api_name"], "D");
    }
}
