//! Files and links that hang on a record.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{Crm, Download, RecordId, Related, Upload, Written, lenient, path, written};
use crate::Error;
use crate::answer::Reply;
use crate::call::Call;
use crate::client::Want;
use crate::files::{Multipart, Part};
use crate::policy::{Idempotency, price};

/// Zoho takes no longer body.
const BYTES_MAX: u64 = 100 << 20;

const FIELDS: [&str; 11] = [
    "File_Name",
    "Size",
    "Parent_Id",
    "Owner",
    "Created_Time",
    "Modified_Time",
    "$file_id",
    "$type",
    "$link_url",
    "$state",
    "$se_module",
];

/// A file or link that hangs on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attachment {
    /// Its id, by which it is loaded and deleted.
    pub id: RecordId,
    /// The file's name, or the title of a link.
    #[serde(
        rename = "File_Name",
        default,
        deserialize_with = "lenient::or_default"
    )]
    pub file_name: String,
    /// Its length as Zoho sent it, a text of digits; `0` for a link.
    #[serde(rename = "Size", default, deserialize_with = "lenient::text")]
    pub size: Option<String>,
    /// `File` or `Link URL`, as far as Zoho tells.
    #[serde(rename = "$type", default, deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Where a link leads.
    #[serde(rename = "$link_url", default, deserialize_with = "lenient::text")]
    pub link_url: Option<String>,
    /// When it was attached, as Zoho sent it.
    #[serde(rename = "Created_Time", default, deserialize_with = "lenient::text")]
    pub created_at: Option<String>,
    /// When it was changed, as Zoho sent it.
    #[serde(rename = "Modified_Time", default, deserialize_with = "lenient::text")]
    pub modified_at: Option<String>,
}

impl Crm {
    /// Lists the attachments of a record (`crm/developer/docs/api/v8/get-attachments.html`). Scopes: the module's and
    /// `ZohoCRM.modules.attachments.READ`.
    pub fn attachments(&self, module: &str, id: &RecordId) -> Related<Attachment> {
        let operation = "list attachments";
        Related::new(&self.client, operation, module, id, "Attachments", &FIELDS)
    }

    /// Attaches a file to a record (`crm/developer/docs/api/v8/upload-attachment.html`), streamed; the row holds the
    /// attachment's id. Zoho takes 100 MB, and older pages say 20 MB a file. Scopes: the module's and
    /// `ZohoCRM.modules.attachments.CREATE`.
    ///
    /// It is not sent again after a lost answer, since that could attach the file twice, and a stream never is.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a file that is known to be too long; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn attach(
        &self,
        module: &str,
        id: &RecordId,
        file: Upload,
    ) -> Result<Written, Error> {
        const OPERATION: &str = "attach file";
        let file = file.checked(OPERATION, BYTES_MAX)?;
        let call = self
            .attaching(OPERATION, module, id)?
            .flow(Multipart::of(Part::file("file", file)).into_flow());
        self.client
            .call(&call, |reply| written::read(&reply, 1))
            .await
    }

    /// Attaches a link of at most 3,000 characters, under a title of at most 255.
    ///
    /// # Errors
    /// As [`Crm::attach`].
    pub async fn attach_link(
        &self,
        module: &str,
        id: &RecordId,
        url: &str,
        title: Option<&str>,
    ) -> Result<Written, Error> {
        const OPERATION: &str = "attach link";
        let call = self
            .attaching(OPERATION, module, id)?
            .query("attachmentUrl", url)
            .query_if("title", title);
        self.client
            .call(&call, |reply| written::read(&reply, 1))
            .await
    }

    fn attaching(
        &self,
        operation: &'static str,
        module: &str,
        id: &RecordId,
    ) -> Result<Call, Error> {
        let path = path(operation, &[module, id.as_str(), "Attachments"])?;
        let cost = price::light(operation);
        let repeat = Idempotency::NotIdempotent;
        Ok(Call::write(Method::POST, path, cost, None, repeat))
    }

    /// Opens an attached file (`crm/developer/docs/api/v8/download-attachments.html`); `None` if there is none with this
    /// id.
    ///
    /// # Errors
    /// `DOWNLOAD_NOT_ALLOWED` for a link; otherwise see [`ErrorKind`](crate::ErrorKind).
    pub async fn attachment(
        &self,
        module: &str,
        id: &RecordId,
        attachment: &RecordId,
    ) -> Result<Option<Download>, Error> {
        const OPERATION: &str = "load attachment";
        let parts = [module, id.as_str(), "Attachments", attachment.as_str()];
        let path = path(OPERATION, &parts)?;
        self.download(Call::read(path, price::light(OPERATION)))
            .await
    }

    /// Deletes 1 to 100 attachments of a record (`crm/developer/docs/api/v8/delete-attachments.html`), one row per id.
    ///
    /// # Errors
    /// As [`Crm::unlink`].
    pub async fn delete_attachments(
        &self,
        module: &str,
        id: &RecordId,
        attachments: &[RecordId],
    ) -> Result<Written, Error> {
        self.unlink(module, id, "Attachments", attachments).await
    }

    /// Opens a file; `None` for Zoho's empty answer and for ids that it does not know.
    pub(super) async fn download(&self, call: Call) -> Result<Option<Download>, Error> {
        let opened = self
            .client
            .open_file(&call, None, Want::Success, |reply: Reply<'_>| {
                reply.refusal()
            })
            .await;
        match opened {
            Ok(content) if content.status == 204 => Ok(None),
            Ok(content) => Ok(Some(Download::new(content))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn is_missing(error: &Error) -> bool {
    error.http_status() == Some(404)
        && matches!(error.code(), Some("INVALID_DATA" | "RESOURCE_NOT_FOUND"))
}
