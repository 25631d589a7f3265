//! Bulk write: up to 25,000 rows from a zipped CSV.

use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::bulk::{self, BulkCallback};
use super::{Crm, Download, RecordId, Upload, items};
use crate::call::{Call, Server};
use crate::client::Client;
use crate::files::{Multipart, Part};
use crate::policy::{Idempotency, price};
use crate::raw::check_raw_path;
use crate::{Error, ErrorKind};

mod job;

pub use job::{BulkWriteFile, BulkWriteJob, BulkWriteResource, BulkWriteResult};

/// Zoho takes no longer zip.
const ZIP_BYTES_MAX: u64 = 25 << 20;

/// What a bulk write does with its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BulkOperation {
    /// Makes records. With a [`BulkResource::find_by`] those that are there already are skipped.
    Insert,
    /// Changes records.
    Update,
    /// Changes those that are there already, and makes the others.
    Upsert,
}

impl Crm {
    /// Hands a zip with CSV files (UTF-8, at most 25 MB and 200 columns) to Zoho, and gives its file id
    /// (`crm/developer/docs/api/v8/bulk-write/upload-file.html`). `zgid` is the organisation's id, as
    /// [`Crm::org`] tells it. The file goes to Zoho's upload server, as does the access token; see
    /// [`ClientBuilder::upload_url`](crate::ClientBuilder::upload_url). Scope: `ZohoFiles.files.ALL`.
    ///
    /// A file without a job does nothing, so that one in memory is sent again after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a file that is known to be too long, or if the upload server is not known; otherwise see
    /// [`ErrorKind`].
    pub async fn upload_bulk_file(&self, zgid: &str, zip: Upload) -> Result<RecordId, Error> {
        const OPERATION: &str = "upload bulk file";
        let zip = zip.checked(OPERATION, ZIP_BYTES_MAX)?;
        let mut call = Call::write(
            Method::POST,
            "/crm/v8/upload".to_owned(),
            price::light(OPERATION),
            None,
            Idempotency::Idempotent,
        )
        .header_if("feature", Some("bulk-write".to_owned()))
        .header_if("x-crm-org", Some(zgid.to_owned()))
        .flow(Multipart::of(Part::file("file", zip)).into_flow());
        call.server = Server::Upload;
        self.client
            .call(&call, |reply| {
                let accepted = items::single(&reply, "")?;
                let id = accepted.detail("file_id");
                let id = id.and_then(|id| RecordId::new(id).ok());
                id.ok_or_else(|| reply.broken("the answer names no file_id"))
            })
            .await
    }

    /// Starts to describe a bulk write (`crm/developer/docs/api/v8/bulk-write/create-job.html`). It costs 500 credits.
    /// Scopes: `ZohoCRM.bulk.CREATE` and the module's.
    ///
    /// ```no_run
    /// use zoho::crm::{BulkOperation, BulkResource};
    ///
    /// # async fn f(crm: zoho::crm::Crm, zip: zoho::Upload) -> Result<(), zoho::Error> {
    /// let zgid = crm.org().await?.zgid.unwrap_or_default();
    /// let file = crm.upload_bulk_file(&zgid, zip).await?;
    /// let leads = BulkResource::new("Leads", &file).find_by("Email");
    /// let job = crm.bulk_write(BulkOperation::Upsert).resource(leads).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn bulk_write(&self, operation: BulkOperation) -> BulkWrite {
        BulkWrite {
            client: self.client.clone(),
            operation,
            resources: Vec::new(),
            ignore_empty: None,
            callback: None,
        }
    }

    /// How a bulk write stands; `None` if Zoho does not know the job
    /// (`crm/developer/docs/api/v8/bulk-write/job-details.html`).
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn bulk_write_job(&self, id: &RecordId) -> Result<Option<BulkWriteJob>, Error> {
        const OPERATION: &str = "get bulk write";
        let path = format!("/crm/bulk/v8/write/{id}");
        let call = Call::read(path, price::light(OPERATION));
        match self.client.call(&call, |reply| reply.json()).await {
            Err(error) if bulk::is_unknown_job(&error) => Ok(None),
            answer => answer,
        }
    }

    /// Looks at a bulk write until it is done or `patience` is over, after 2, 4, 8 … 60 seconds, a credit each. Gives
    /// the job as it stands then.
    ///
    /// # Errors
    /// As [`Crm::bulk_write_job`].
    pub async fn wait_for_bulk_write(
        &self,
        id: &RecordId,
        patience: Duration,
    ) -> Result<Option<BulkWriteJob>, Error> {
        bulk::wait(
            patience,
            || self.bulk_write_job(id),
            BulkWriteJob::is_settled,
        )
        .await
    }

    /// Opens the result of a bulk write, a zip with a CSV for each module that tells each row's `STATUS`, `RECORD_ID`
    /// and `ERRORS`; `None` if there is none yet (`crm/developer/docs/api/v8/bulk-write/download-result.html`).
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the job names another place than a path of the upload server; otherwise see
    /// [`ErrorKind`].
    pub async fn bulk_write_result(&self, job: &BulkWriteJob) -> Result<Option<Download>, Error> {
        const OPERATION: &str = "load bulk write";
        let Some(result) = &job.result else {
            return Ok(None);
        };
        let path = &result.download_url;
        check_raw_path(path, "/", "/v8/crm/…").map_err(|source| {
            let message = "the job's result is at no plain path";
            Error::new(ErrorKind::Decode, OPERATION, message).caused_by(source)
        })?;
        let mut call = Call::read(path.clone(), price::light(OPERATION));
        call.server = Server::Upload;
        self.download(call).await
    }
}

/// A bulk write in the making.
#[derive(Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct BulkWrite {
    client: Client,
    operation: BulkOperation,
    resources: Vec<BulkResource>,
    ignore_empty: Option<bool>,
    callback: Option<BulkCallback>,
}

impl BulkWrite {
    /// Adds a file of rows. The first is the module's; further ones are of its sub-forms or linked modules.
    pub fn resource(mut self, resource: BulkResource) -> BulkWrite {
        self.resources.push(resource);
        self
    }

    /// Whether empty cells leave fields as they are; without it they empty them.
    pub fn ignore_empty(mut self, ignore_empty: bool) -> BulkWrite {
        self.ignore_empty = Some(ignore_empty);
        self
    }

    /// Where Zoho shall post the job when it is done.
    pub fn callback(mut self, callback: BulkCallback) -> BulkWrite {
        self.callback = Some(callback);
        self
    }

    /// Creates the job and gives its id. It is not repeated after a lost answer, since that would write everything twice.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] without a resource; [`ErrorKind::Refused`] with Zoho's code, such as `INVALID_FIELD` or
    /// `COLUMN_INDEX_NOT_FOUND`; otherwise see [`ErrorKind`].
    pub async fn send(self) -> Result<RecordId, Error> {
        const OPERATION: &str = "create bulk write";
        if self.resources.is_empty() {
            let message = "no resource was given; name the module and its file";
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        let mut body = json!({
            "character_encoding": "UTF-8",
            "operation": self.operation,
            "resource": self.resources,
        });
        if let Some(ignore_empty) = self.ignore_empty {
            body["ignore_empty"] = json!(ignore_empty);
        }
        if let Some(callback) = &self.callback {
            body["callback"] = json!(callback);
        }
        let call = Call::write(
            Method::POST,
            "/crm/bulk/v8/write".to_owned(),
            price::bulk_write(OPERATION),
            Some(body.to_string().into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| {
                let accepted = items::single(&reply, "")?;
                items::id_of(&reply, &accepted)
            })
            .await
    }
}

/// The rows of one module in a bulk write.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BulkResource {
    #[serde(rename = "type")]
    kind: &'static str,
    module: Value,
    file_id: RecordId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    file_names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    find_by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    field_mappings: Vec<BulkFieldMapping>,
}

impl BulkResource {
    /// Rows of a module in an uploaded file. Without mappings the header of the CSV names the fields by `api_name`.
    #[must_use]
    pub fn new(module: &str, file_id: &RecordId) -> BulkResource {
        BulkResource {
            kind: "data",
            module: json!({"api_name": module}),
            file_id: file_id.clone(),
            file_names: Vec::new(),
            find_by: None,
            field_mappings: Vec::new(),
        }
    }

    /// The CSV in the zip; needed if there are several.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> BulkResource {
        self.file_names.push(name.into());
        self
    }

    /// The field by which records are found: `id` or a unique one. Mandatory for updates and upserts.
    #[must_use]
    pub fn find_by(mut self, field: impl Into<String>) -> BulkResource {
        self.find_by = Some(field.into());
        self
    }

    /// Adds a mapping; with one, columns without a mapping do not count.
    #[must_use]
    pub fn mapping(mut self, mapping: BulkFieldMapping) -> BulkResource {
        self.field_mappings.push(mapping);
        self
    }
}

/// Which column goes into which field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BulkFieldMapping {
    api_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    find_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_column_index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_value: Option<Value>,
}

impl BulkFieldMapping {
    /// A column, counted from 0, for a field.
    #[must_use]
    pub fn column(field: impl Into<String>, index: u32) -> BulkFieldMapping {
        BulkFieldMapping {
            index: Some(index),
            ..BulkFieldMapping::constant_of(field.into())
        }
    }

    /// The same value for all rows of a field.
    #[must_use]
    pub fn constant(field: impl Into<String>, value: impl Into<Value>) -> BulkFieldMapping {
        BulkFieldMapping::constant_of(field.into()).default_value(value)
    }

    fn constant_of(api_name: String) -> BulkFieldMapping {
        BulkFieldMapping {
            api_name,
            index: None,
            find_by: None,
            format: None,
            parent_column_index: None,
            default_value: None,
        }
    }

    /// For lookups: the field of the other module that the column names a record by.
    #[must_use]
    pub fn find_by(mut self, field: impl Into<String>) -> BulkFieldMapping {
        self.find_by = Some(field.into());
        self
    }

    /// For dates: how the column writes them, such as `dd/MM/yyyy`; the default is `MM/dd/yyyy`, for date and time
    /// `MM/dd/yyyy HH:mm:ss`.
    #[must_use]
    pub fn format(mut self, format: impl Into<String>) -> BulkFieldMapping {
        self.format = Some(format.into());
        self
    }

    /// For `Parent_Id` of sub-forms: the column of the parent's file that this one points to.
    #[must_use]
    pub fn parent_column_index(mut self, index: u32) -> BulkFieldMapping {
        self.parent_column_index = Some(index);
        self
    }

    /// What stands for an empty cell.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<Value>) -> BulkFieldMapping {
        self.default_value = Some(json!({"value": value.into()}));
        self
    }
}
