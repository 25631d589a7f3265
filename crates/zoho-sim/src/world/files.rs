//! Files of the organisation: the file store, attachments of records, photos. Their bytes are held once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::blob::Blob;
use super::{Cell, Record, World};

/// Bytes of all files together. unknown: what Zoho says when an organisation has no room left; here it is too large a file.
const BYTES_MAX: usize = 512 * 1024 * 1024;

/// A file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) blob: Blob,
    /// Uploaded as an image for the content of a mail.
    #[serde(default)]
    pub(crate) is_inline: bool,
}

/// What an attachment is, beside its record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Attached {
    /// With the id by which other answers name the file.
    File {
        file_id: String,
        file: File,
    },
    Link(String),
}

/// All files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Files {
    /// The file store, by encrypted id.
    stored: BTreeMap<String, File>,
    /// Ids of the file store, oldest first.
    #[serde(default)]
    order: VecDeque<String>,
    /// By the id of the attachment's record.
    attached: BTreeMap<u64, Attached>,
    /// By the id of the record that they show.
    photos: BTreeMap<u64, File>,
}

impl Files {
    fn bytes(&self) -> usize {
        let attached = self.attached.values().map(|attached| match attached {
            Attached::File { file, .. } => file.blob.0.len(),
            Attached::Link(url) => url.len(),
        });
        let others = self.stored.values().chain(self.photos.values());
        attached.sum::<usize>() + others.map(|file| file.blob.0.len()).sum::<usize>()
    }

    /// Whether there is room for as many bytes more.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.bytes().saturating_add(bytes) <= BYTES_MAX
    }

    pub(crate) fn stored(&self, id: &str) -> Option<&File> {
        self.stored.get(id)
    }

    pub(crate) fn attached(&self, id: u64) -> Option<&Attached> {
        self.attached.get(&id)
    }

    pub(crate) fn photo(&self, record: u64) -> Option<&File> {
        self.photos.get(&record)
    }

    pub(crate) fn attach(&mut self, id: u64, attached: Attached) {
        self.attached.insert(id, attached);
    }

    pub(crate) fn put_photo(&mut self, record: u64, photo: File) {
        self.photos.insert(record, photo);
    }

    pub(crate) fn take_photo(&mut self, record: u64) -> Option<File> {
        self.photos.remove(&record)
    }
}

impl World {
    /// Puts a file into the store and gives its encrypted id.
    pub(crate) fn store_file(&mut self, file: File) -> String {
        let id = encrypted(self.ids.next());
        self.files.stored.insert(id.clone(), file);
        self.files.order.push_back(id.clone());
        id
    }

    /// Makes room for as many bytes: frees the attachments and photos of records that are not even in the recycle bin any
    /// more, then the oldest stored files that no record and no mail names. unknown: how long Zoho keeps those.
    pub(crate) fn forget_files(&mut self, bytes: usize) {
        let attached: Vec<u64> = self.files.attached.keys().copied().collect();
        let photos: Vec<u64> = self.files.photos.keys().copied().collect();
        for id in attached {
            if !self.is_kept(id) {
                self.files.attached.remove(&id);
            }
        }
        for id in photos {
            if !self.is_kept(id) {
                self.files.photos.remove(&id);
            }
        }
        let named = self.named_files();
        for id in std::mem::take(&mut self.files.order) {
            if named.contains(&id) || self.files.has_room(bytes) {
                self.files.order.push_back(id);
            } else {
                self.files.stored.remove(&id);
            }
        }
    }

    /// Ids of stored files that are in use.
    fn named_files(&self) -> BTreeSet<String> {
        let mut named: BTreeSet<String> = self
            .mails
            .iter()
            .flat_map(|mail| mail.attachments.iter().chain(&mail.inline_images).cloned())
            .collect();
        for table in &self.tables {
            let deleted = table.deleted.values();
            let deleted = deleted.filter_map(|deleted| deleted.record.as_deref());
            for (_, cell) in table.rows.values().chain(deleted).flat_map(Record::cells) {
                if let Cell::Json(value) = cell {
                    let parts = value.as_array().into_iter().flatten();
                    let ids = parts.filter_map(|part| part.get("File_Id__s")?.as_str());
                    named.extend(ids.map(str::to_owned));
                }
            }
        }
        named
    }

    fn is_kept(&self, id: u64) -> bool {
        let table = self.table_of(id).and_then(|table| self.tables.get(table));
        table.is_some_and(|table| {
            let deleted = table.deleted.get(&id);
            table.rows.contains_key(&id) || deleted.is_some_and(|deleted| deleted.record.is_some())
        })
    }
}

/// The id of a file as answers print it: long, and the same in every run.
pub(crate) fn encrypted(id: u64) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(format!("file {id}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl File {
    pub(crate) fn new(name: String, content_type: Option<&str>, bytes: Bytes) -> Self {
        let content_type = content_type.unwrap_or("application/octet-stream");
        Self {
            name,
            content_type: content_type.to_owned(),
            blob: Blob(bytes),
            is_inline: false,
        }
    }

    /// The same file, as an image for the content of a mail.
    pub(crate) fn inline(self) -> Self {
        Self {
            is_inline: true,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Edition;
    use crate::seed::Seed;

    #[test]
    fn stored_files_that_nobody_names_make_room_oldest_first() {
        let mut world = World::build(&Seed::demo(), Edition::default(), 0).unwrap();
        // One allocation, shared by all files.
        let bytes = Bytes::from(vec![0; BYTES_MAX / 4]);
        let ids: Vec<String> = (0..4)
            .map(|_| world.store_file(File::new("a".to_owned(), None, bytes.clone())))
            .collect();
        assert!(!world.files.has_room(1));
        world.forget_files(1);
        let kept: Vec<bool> = ids
            .iter()
            .map(|id| world.files.stored(id).is_some())
            .collect();
        assert_eq!(kept, [false, true, true, true]);
        assert!(world.files.has_room(BYTES_MAX / 4));
    }
}
