//! Attachments and printed documents, streamed both ways: no file is ever whole in memory.

use std::fmt;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};

use super::path::fill;
use super::record::FromRecord;
use super::registry::{Method, Operation};
use super::{Acted, Records, Verb, cost};
use crate::Error;
use crate::call::Call;
use crate::policy::Idempotency;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Pieces = BoxStream<'static, Result<Bytes, BoxError>>;

/// A file to be sent.
pub struct Upload {
    name: String,
    content_type: String,
    length_bytes: u64,
    content: Pieces,
}

impl Upload {
    /// A file that comes in pieces, with its length, which must be right: the call fails otherwise.
    pub fn from_stream<E>(
        name: impl Into<String>,
        length_bytes: u64,
        content: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Upload
    where
        E: Into<BoxError> + 'static,
    {
        Upload {
            name: name.into(),
            content_type: "application/octet-stream".to_owned(),
            length_bytes,
            content: content.map_err(Into::into).boxed(),
        }
    }

    /// A file that is in memory already.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, content: Bytes) -> Upload {
        let length_bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
        Upload {
            name: name.into(),
            content_type: "application/octet-stream".to_owned(),
            length_bytes,
            content: stream::once(async move { Ok(content) }).boxed(),
        }
    }

    /// The file's type, such as `application/pdf`; the default is `application/octet-stream`.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Upload {
        self.content_type = content_type.into();
        self
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("length_bytes", &self.length_bytes)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

/// A file that comes in.
pub struct Download {
    /// The name that Zoho gives it, if it does.
    pub file_name: Option<String>,
    /// Its type, such as `application/pdf`.
    pub content_type: Option<String>,
    /// Its length, if Zoho tells it.
    pub length_bytes: Option<u64>,
    content: crate::transport::Incoming,
}

impl Download {
    /// The content, piece by piece.
    ///
    /// # Errors
    /// [`ErrorKind::BrokenAnswer`](crate::ErrorKind::BrokenAnswer) if the connection breaks, [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if no piece comes for as long as a
    /// call may take.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        stream::try_unfold(self.content, |mut content| async move {
            let piece = content.next().await?;
            Ok(piece.map(|piece| (piece, content)))
        })
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type)
            .field("length_bytes", &self.length_bytes)
            .finish_non_exhaustive()
    }
}

/// Characters that would end or split the name in a header.
fn header_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_control() || matches!(c, '"' | '\\') {
            '_'
        } else {
            c
        }
    };
    name.chars().map(plain).take(255).collect()
}

impl<T: FromRecord> Records<T> {
    /// Attaches a file to a record (bills, contacts, credit notes, delivery challans, expenses, invoices, journals,
    /// purchase orders, sales orders, tasks …). Zoho takes gif, png, jpeg, bmp and pdf; 10 MB are published as the limit
    /// of one record type, others are unknown.
    ///
    /// It is sent once: a stream cannot be sent again. [`Error::is_outcome_unknown`] tells of a lost answer.
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
        let boundary = format!("leadway-{:016x}", crate::policy::chance().to_bits());
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            header_name(&file.name),
            header_name(&file.content_type),
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let frame = u64::try_from(head.len() + tail.len()).unwrap_or(u64::MAX);
        let length = file.length_bytes.saturating_add(frame);
        let content = body_of(head, file.content, tail);
        let mut call = call;
        call.headers = vec![
            (
                "content-type",
                format!("multipart/form-data; boundary={boundary}"),
            ),
            ("content-length", length.to_string()),
        ];
        let envelope = self.books.upload(call, content).await;
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
            Ok(content) => {
                let text = |name| Some(content.headers.get(name)?.to_str().ok()?.to_owned());
                let disposition = text(CONTENT_DISPOSITION).unwrap_or_default();
                Ok(Some(Download {
                    file_name: file_name_in(&disposition),
                    content_type: text(CONTENT_TYPE),
                    length_bytes: text(CONTENT_LENGTH).and_then(|text| text.parse().ok()),
                    content,
                }))
            }
            Err(error) if super::is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn file_action(&self, name: &str, method: Method) -> Result<&'static Operation, Error> {
        self.record_type()?.action(name, Some(method), true)
    }
}

/// Head, content and tail as one body.
fn body_of(head: String, content: Pieces, tail: String) -> reqwest::Body {
    let piece = |text: String| stream::once(async move { Ok::<Bytes, BoxError>(text.into()) });
    reqwest::Body::wrap_stream(piece(head).chain(content).chain(piece(tail)))
}

/// The `filename` of a `Content-Disposition`, without any path.
fn file_name_in(disposition: &str) -> Option<String> {
    let (_, rest) = disposition.split_once("filename=")?;
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split(';').next()?.trim(),
    };
    let name = name.rsplit(['/', '\\']).next()?;
    (!name.is_empty() && name != "." && name != "..").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_read_and_cannot_lead_elsewhere() {
        for (header, expected) in [
            (
                "attachment; filename=\"INV-000001.pdf\"",
                Some("INV-000001.pdf"),
            ),
            ("attachment; filename=a.pdf; size=3", Some("a.pdf")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"..\"", None),
            ("attachment;", None),
        ] {
            assert_eq!(file_name_in(header).as_deref(), expected, "{header}");
        }
        assert_eq!(header_name("a\"\r\nb"), "a___b");
    }
}
