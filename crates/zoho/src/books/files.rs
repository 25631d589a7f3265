//! Attachments and printed documents of Books' records.

use super::path::fill;
use super::record::FromRecord;
use super::registry::{Method, Operation};
use super::{Acted, Records, Verb, cost};
use crate::Error;
use crate::call::Call;
use crate::files::{Download, Multipart, Part, Upload};
use crate::policy::Idempotency;

impl<T: FromRecord> Records<T> {
    /// Attaches a file to a record (bills, contacts, credit notes, delivery challans, expenses, invoices, journals,
    /// purchase orders, sales orders, tasks …). Zoho takes gif, png, jpeg, bmp and pdf; 10 MB are published as the limit
    /// of one record type, others are unknown.
    ///
    /// It is not sent again after a lost answer, and a stream never is. [`Error::is_outcome_unknown`] tells of a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a record type without attachments; otherwise see [`ErrorKind`](crate::ErrorKind).
    pub async fn attach(&self, id: impl AsRef<str>, file: Upload) -> Result<Acted, Error> {
        self.upload(id.as_ref(), "attachment", file).await
    }

    /// Replaces the receipt of an expense.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a record type without receipts; otherwise see [`ErrorKind`](crate::ErrorKind).
    pub async fn set_receipt(&self, id: impl AsRef<str>, file: Upload) -> Result<Acted, Error> {
        self.upload(id.as_ref(), "receipt", file).await
    }

    async fn upload(&self, id: &str, part: &'static str, file: Upload) -> Result<Acted, Error> {
        let operation = self.file_action(part, Method::POST)?;
        let path = fill(operation.id, operation.path, &[id], &[])?;
        let call = Call::write(
            reqwest::Method::POST,
            path,
            cost(operation.id),
            None,
            Idempotency::NotIdempotent,
        );
        let call = call.flow(Multipart::of(Part::file(part, file)).into_flow());
        let envelope = self.books.call(call).await;
        let envelope = envelope.map_err(|error| super::with_scope(error, operation.scope))?;
        Ok(Acted {
            message: envelope.message(),
            answer: envelope.rest(),
        })
    }

    /// The first attachment of a record; `None` if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a record type whose attachments cannot be loaded so; otherwise see [`ErrorKind`](crate::ErrorKind).
    pub async fn attachment(&self, id: impl AsRef<str>) -> Result<Option<Download>, Error> {
        self.file(id.as_ref(), "attachment", &[]).await
    }

    /// One of several files of a record, by its `document_id`; `None` if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a record type without documents; otherwise see [`ErrorKind`](crate::ErrorKind).
    pub async fn document(
        &self,
        id: impl AsRef<str>,
        document_id: impl AsRef<str>,
    ) -> Result<Option<Download>, Error> {
        let parts = [("document_id".to_owned(), document_id.as_ref().to_owned())];
        self.file(id.as_ref(), "documents", &parts).await
    }

    /// The receipt of an expense; `None` if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a record type without receipts; otherwise see [`ErrorKind`](crate::ErrorKind).
    pub async fn receipt(&self, id: impl AsRef<str>) -> Result<Option<Download>, Error> {
        self.file(id.as_ref(), "receipt", &[]).await
    }

    /// The record as a PDF; `None` if there is none.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn pdf(&self, id: impl AsRef<str>) -> Result<Option<Download>, Error> {
        let operation = self.record_type()?.operation(Verb::Get)?;
        let path = self.path(operation, operation.path, Some(id.as_ref()))?;
        let call = Call::read(path, cost(operation.id)).query("accept", "pdf");
        self.download(call).await
    }

    async fn file(
        &self,
        id: &str,
        name: &str,
        parts: &[(String, String)],
    ) -> Result<Option<Download>, Error> {
        let operation = self.file_action(name, Method::GET)?;
        let path = fill(operation.id, operation.path, &[id], parts)?;
        self.download(Call::read(path, cost(operation.id))).await
    }

    async fn download(&self, call: Call) -> Result<Option<Download>, Error> {
        match self.books.open(call).await {
            Ok(content) => Ok(Some(Download::new(content))),
            Err(error) if super::is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn file_action(&self, name: &str, method: Method) -> Result<&'static Operation, Error> {
        self.record_type()?.action(name, Some(method), true)
    }
}
