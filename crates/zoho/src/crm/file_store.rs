//! Zoho's file store: files for file and image upload fields.

use reqwest::Method;

use super::{Crm, Download, ItemOutcome, RecordId, Upload, items, path};
use crate::call::Call;
use crate::files::{Multipart, Part};
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

/// Most files of one upload to the file store.
pub const FILES_PER_UPLOAD_MAX: usize = 10;

const BYTES_MAX: u64 = 20 << 20;

impl Crm {
    /// Hands 1 to 10 files of at most 20 MB each to the file store, one outcome per file, whose `id` goes into a record
    /// as `File_Id__s` (`crm/developer/docs/api/v8/upload-files-to-zfs.html`). Scope: `ZohoCRM.Files.CREATE`.
    ///
    /// A file that no record names does nothing, so that files in memory are sent again after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no file, more than 10, or one that is known to be too long; otherwise see [`ErrorKind`].
    pub async fn upload_files(
        &self,
        files: impl IntoIterator<Item = Upload>,
    ) -> Result<Vec<ItemOutcome>, Error> {
        const OPERATION: &str = "upload files";
        let mut form = Multipart::default();
        let mut count = 0usize;
        for file in files {
            count += 1;
            form.push(Part::file("file", file.checked(OPERATION, BYTES_MAX)?));
        }
        if !(1..=FILES_PER_UPLOAD_MAX).contains(&count) {
            let message = format!("{count} files were given; use 1 to {FILES_PER_UPLOAD_MAX}");
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        let call = Call::write(
            Method::POST,
            path(OPERATION, &["files"])?,
            price::light(OPERATION),
            None,
            Idempotency::Idempotent,
        )
        .flow(form.into_flow());
        self.client
            .call(&call, |reply| items::read(&reply, "data"))
            .await
    }

    /// Opens a file of the file store by its id, a long text; `None` if there is none
    /// (`crm/developer/docs/api/v8/get-files.html`). Scope: `ZohoCRM.Files.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn file(&self, id: &str) -> Result<Option<Download>, Error> {
        const OPERATION: &str = "load file";
        let path = path(OPERATION, &["files"])?;
        let call = Call::read(path, price::light(OPERATION)).query("id", id);
        self.download(call).await
    }

    /// Opens a file that a file or image upload field of a record holds, by the `id` of the field's row
    /// (`crm/developer/docs/api/v8/download_field_attachments.html`); `None` if there is none.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn field_file(
        &self,
        module: &str,
        id: &RecordId,
        row: &RecordId,
    ) -> Result<Option<Download>, Error> {
        const OPERATION: &str = "load field file";
        let parts = [module, id.as_str(), "actions", "download_fields_attachment"];
        let call = Call::read(path(OPERATION, &parts)?, price::light(OPERATION))
            .query("fields_attachment_id", row.as_str());
        self.download(call).await
    }
}
