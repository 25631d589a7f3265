//! Files among the inputs. They lie on disk while an action uses them, so that no size needs memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _};
use serde_json::{Map, Value};
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use zoho::Bytes;

use super::kind::{Input, Kind};
use super::{ActionError, ErrorClass};

/// The largest file that is taken.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
const PIECE_BYTES: usize = 64 * 1024;

/// A file that came with an action. It is gone from the disk when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct FileInput {
    /// Its name.
    pub name: String,
    /// Its type, as the sender said.
    pub content_type: Option<String>,
    /// Its length.
    pub length_bytes: u64,
    content: Arc<Spooled>,
}

/// Files with the name of their input, in the order in which they came.
pub type Files = Vec<(String, FileInput)>;

#[derive(Debug)]
struct Spooled(PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(%error, "a file that an action used could not be removed");
        }
    }
}

impl FileInput {
    /// Writes a file's pieces to `folder` as they come.
    ///
    /// # Errors
    /// [`ErrorClass::Input`] when the sender breaks off or sends more than 2 GiB, [`ErrorClass::Store`] when the disk
    /// does not take it.
    pub async fn spool<E: std::fmt::Display>(
        folder: &Path,
        name: impl Into<String>,
        content_type: Option<String>,
        mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Self, ActionError> {
        let name = name.into();
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
        let path = folder.join(format!("{}.part", uuid::Uuid::new_v4()));
        let mut file = tokio::fs::File::create_new(&path).await.map_err(disk)?;
        let content = Arc::new(Spooled(path));
        let mut length_bytes = 0_u64;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| {
                ActionError::input(
                    "file",
                    None,
                    format!("the file {name:?} broke off: {error}"),
                    "Send it again.",
                )
            })?;
            length_bytes += piece.len() as u64;
            if length_bytes > FILE_BYTES_MAX {
                return Err(ActionError::input(
                    "file",
                    None,
                    format!("the file {name:?} has more than {FILE_BYTES_MAX} bytes"),
                    "Send a smaller one; Zoho takes at most 1 GB of any file.",
                ));
            }
            file.write_all(&piece).await.map_err(disk)?;
        }
        file.flush().await.map_err(disk)?;
        Ok(Self {
            name,
            content_type,
            length_bytes,
            content,
        })
    }

    /// A file that is written here, by a function that may block. For threads that may.
    ///
    /// # Errors
    /// [`ErrorClass::Store`] when the disk does not take it.
    pub(crate) fn written<T>(
        folder: &Path,
        name: impl Into<String>,
        write: impl FnOnce(std::fs::File) -> Result<T, ActionError>,
    ) -> Result<(Self, T), ActionError> {
        std::fs::create_dir_all(folder).map_err(disk)?;
        let path = folder.join(format!("{}.part", uuid::Uuid::new_v4()));
        let file = std::fs::File::create_new(&path).map_err(disk)?;
        let content = Arc::new(Spooled(path));
        let made = write(file)?;
        let length_bytes = std::fs::metadata(&content.0).map_err(disk)?.len();
        let file = Self {
            name: name.into(),
            content_type: None,
            length_bytes,
            content,
        };
        Ok((file, made))
    }

    /// The file itself, for threads that may block.
    ///
    /// # Errors
    /// [`ErrorClass::Store`] when the disk does not give it.
    pub(crate) fn open(&self) -> Result<std::fs::File, ActionError> {
        std::fs::File::open(&self.content.0).map_err(disk)
    }

    /// Its pieces, from the beginning, as often as wanted.
    pub(crate) fn pieces(
        &self,
    ) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + use<> {
        let content = self.content.clone();
        futures_util::stream::try_unfold(None, move |file| {
            let content = content.clone();
            async move {
                let mut file = match file {
                    Some(file) => file,
                    None => tokio::fs::File::open(&content.0).await?,
                };
                let mut piece = Vec::with_capacity(PIECE_BYTES);
                let read = (&mut file)
                    .take(PIECE_BYTES as u64)
                    .read_to_end(&mut piece)
                    .await?;
                Ok((read > 0).then(|| (Bytes::from(piece), Some(file))))
            }
        })
    }

    /// A digest of name and content.
    pub(crate) async fn digest(&self) -> Result<Vec<u8>, ActionError> {
        let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        context.update(self.name.as_bytes());
        let mut pieces = std::pin::pin!(self.pieces());
        while let Some(piece) = pieces.next().await {
            context.update(&piece.map_err(disk)?);
        }
        Ok(context.finish().as_ref().to_vec())
    }
}

/// Name, type and content of a file that came among the inputs.
type Inline = (String, Option<String>, Bytes);

/// Takes the files of an input out of the other inputs: a text, or `{"base64": …, "name": …, "content_type": …}`; for
/// several, an object of these, or of lists of these, by name.
pub(crate) fn inline(
    input: &Input,
    given: &mut Map<String, Value>,
) -> Result<Vec<(String, Inline)>, ActionError> {
    let Some(value) = given.remove(input.name).filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    match (input.kind, value) {
        (Kind::Files, Value::Object(files)) => {
            let mut found = Vec::new();
            for (name, value) in files {
                let values = match value {
                    Value::Array(values) => values,
                    value => vec![value],
                };
                for value in values {
                    let file = content(input, &name, value)?;
                    found.push((format!("{}.{name}", input.name), file));
                }
            }
            Ok(found)
        }
        (_, value) => Ok(vec![(
            input.name.to_owned(),
            content(input, input.name, value)?,
        )]),
    }
}

fn content(input: &Input, name: &str, value: Value) -> Result<Inline, ActionError> {
    use base64::Engine as _;
    let wrong = |remedy: &str| {
        ActionError::input(
            input.name,
            None,
            format!("{} holds no file", input.name),
            remedy,
        )
    };
    match value {
        Value::String(text) => Ok((
            name.to_owned(),
            Some("text/plain; charset=utf-8".to_owned()),
            text.into(),
        )),
        Value::Object(file) => {
            let text = |name: &str| file.get(name).and_then(Value::as_str);
            let encoded = text("base64")
                .ok_or_else(|| wrong(r#"Write {"base64": "…"}, or the content as text."#))?;
            let content = base64::engine::general_purpose::STANDARD
                .decode(encoded.trim())
                .map_err(|_| wrong("Encode it as base64 with the standard letters and padding."))?;
            Ok((
                text("name").unwrap_or(name).to_owned(),
                text("content_type").map(str::to_owned),
                content.into(),
            ))
        }
        _ => Err(wrong(
            r#"Write {"base64": "…"}, or the content as text; or send it as a part of multipart/form-data."#,
        )),
    }
}

pub(super) fn disk(error: std::io::Error) -> ActionError {
    tracing::error!(%error, "a file of an action could not be kept");
    ActionError::new(
        ErrorClass::Store,
        "store_unavailable",
        "the gateway's disk does not take the file",
        "Make room on the disk of the gateway, and send it again.",
    )
}
