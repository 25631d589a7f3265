//! The photo of a record.

use reqwest::Method;

use super::{Accepted, Crm, Download, RecordId, Upload, items, path};
use crate::Error;
use crate::call::Call;
use crate::files::{Multipart, Part};
use crate::policy::{Idempotency, price};

/// Zoho takes no longer photo.
const BYTES_MAX: u64 = 10 << 20;

impl Crm {
    /// Opens the photo of a lead, contact, account, product, vendor or custom record; `None` if there is none
    /// (`crm/developer/docs/api/v8/download-image.html`).
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn photo(&self, module: &str, id: &RecordId) -> Result<Option<Download>, Error> {
        const OPERATION: &str = "load photo";
        let path = path(OPERATION, &[module, id.as_str(), "photo"])?;
        self.download(Call::read(path, price::light(OPERATION)))
            .await
    }

    /// Sets the photo of a record, and replaces the one before (`crm/developer/docs/api/v8/upload-image.html`): png,
    /// jpeg, gif or bmp of at most 10 MB and 10 megapixels.
    ///
    /// Setting it again changes nothing, so that a photo in memory is sent again after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a file that is known to be too long; otherwise see
    /// [`ErrorKind`](crate::ErrorKind).
    pub async fn set_photo(
        &self,
        module: &str,
        id: &RecordId,
        photo: Upload,
    ) -> Result<Accepted, Error> {
        const OPERATION: &str = "set photo";
        let photo = photo.checked(OPERATION, BYTES_MAX)?;
        let call = Call::write(
            Method::POST,
            path(OPERATION, &[module, id.as_str(), "photo"])?,
            price::light(OPERATION),
            None,
            Idempotency::Idempotent,
        )
        .flow(Multipart::of(Part::file("file", photo)).into_flow());
        self.client
            .call(&call, |reply| items::single(&reply, ""))
            .await
    }

    /// Deletes the photo of a record (`crm/developer/docs/api/v8/delete-image.html`). It is not repeated after a lost
    /// answer, since a second answer would hide what the first one did.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn delete_photo(&self, module: &str, id: &RecordId) -> Result<Accepted, Error> {
        const OPERATION: &str = "delete photo";
        let call = Call::write(
            Method::DELETE,
            path(OPERATION, &[module, id.as_str(), "photo"])?,
            price::light(OPERATION),
            None,
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| items::single(&reply, ""))
            .await
    }
}
