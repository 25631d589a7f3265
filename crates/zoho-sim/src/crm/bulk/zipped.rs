//! Zip files, in memory.

use std::io::{Cursor, Read as _, Write as _};

use bytes::Bytes;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Bytes that the files of an archive may have together once they are unpacked.
const UNPACKED_MAX: u64 = 256 * 1024 * 1024;

/// Files of one archive that are looked at.
const FILES_MAX: usize = 100;

/// Packs files. Time stamps are left out, so that the same files give the same bytes.
pub(super) fn pack(files: &[(String, Vec<u8>)]) -> Result<Bytes, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .last_modified_time(zip::DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner().into())
}

/// Unpacks an archive: names and contents of its files. `None` when it is no archive, or too much is in it.
pub(super) fn unpack(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if archive.len() > FILES_MAX {
        return None;
    }
    let mut left = UNPACKED_MAX;
    let mut files = Vec::with_capacity(archive.len());
    for number in 0..archive.len() {
        let file = archive.by_index(number).ok()?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().ok()?.into_owned();
        let mut content = Vec::new();
        file.take(left + 1).read_to_end(&mut content).ok()?;
        left = left.checked_sub(u64::try_from(content.len()).ok()?)?;
        files.push((name, content));
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_can_be_unpacked_and_other_bytes_cannot() {
        let files = vec![("a.csv".to_owned(), b"id\n1\n".to_vec())];
        let packed = pack(&files).unwrap();
        assert_eq!(packed, pack(&files).unwrap());
        assert_eq!(unpack(&packed), Some(files));
        assert_eq!(unpack(b"no zip"), None);
        assert_eq!(unpack(&packed[..packed.len() - 30]), None);
    }
}
