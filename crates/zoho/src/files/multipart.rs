//! Bodies of several parts, put together while they are sent.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};

use super::names::{header_name, header_value};
use super::{Content, Pieces, Upload, once};
use crate::call::Flow;

/// One part of a form.
pub(crate) struct Part {
    name: String,
    file: Option<(String, String)>,
    content: Content,
}

impl Part {
    pub(crate) fn file(name: impl Into<String>, file: Upload) -> Part {
        Part {
            name: name.into(),
            file: Some((file.name, file.content_type)),
            content: file.content,
        }
    }

    pub(crate) fn text(name: impl Into<String>, value: impl Into<String>) -> Part {
        Part {
            name: name.into(),
            file: None,
            content: Content::Bytes(value.into().into()),
        }
    }

    /// What stands before the content.
    fn head(&self, boundary: &str) -> Bytes {
        let name = header_name(&self.name);
        let more = match &self.file {
            None => String::new(),
            Some((file_name, content_type)) => format!(
                "; filename=\"{}\"\r\nContent-Type: {}",
                header_name(file_name),
                header_value(content_type)
            ),
        };
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n")
            .into()
    }
}

/// A form of fields and files.
#[derive(Default)]
pub(crate) struct Multipart {
    parts: Vec<Part>,
}

impl Multipart {
    pub(crate) fn of(part: Part) -> Multipart {
        Multipart { parts: vec![part] }
    }

    pub(crate) fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// The form as a body, with its length if all lengths are known.
    pub(crate) fn into_flow(self) -> Flow {
        let boundary = format!("leadway-{:016x}", crate::policy::chance().to_bits());
        let tail = Bytes::from(format!("--{boundary}--\r\n"));
        let parts: Vec<(Bytes, Content)> = self
            .parts
            .into_iter()
            .map(|part| (part.head(&boundary), part.content))
            .collect();
        let length_bytes = parts.iter().try_fold(size(&tail), |sum, (head, content)| {
            let part = content.length_bytes()?.checked_add(size(head) + 2)?;
            sum.checked_add(part)
        });
        Flow {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            length_bytes,
            is_repeatable: parts.iter().all(|(_, content)| content.is_repeatable()),
            make: Box::new(move || {
                let mut pieces: Vec<Pieces> = Vec::with_capacity(parts.len() * 3 + 1);
                for (head, content) in &parts {
                    pieces.push(once(head.clone()));
                    pieces.push(content.pieces()?);
                    pieces.push(once(Bytes::from_static(b"\r\n")));
                }
                pieces.push(once(tail.clone()));
                Some(stream::iter(pieces).flatten().boxed())
            }),
        }
    }
}

fn size(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
