//! One part of an import: as many rows as Zoho takes at once, zipped.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::StringRecord;
use zip::write::SimpleFileOptions;

use super::columns::Columns;
use super::source::Source;
use crate::action::files::disk;
use crate::action::{ActionError, FileInput};

/// Zoho takes no more rows in a file.
pub(super) const ROWS_MAX: u64 = 25_000;
/// A part ends here: Zoho takes 25 MB, and a last row and what is not compressed yet come on top.
const ZIP_BYTES_LIMIT: u64 = 23 << 20;
/// The file's name in the zip.
pub(super) const NAME: &str = "rows.csv";

/// Writes the next part; gives the file and how many rows are in it, 0 at the end. For threads that may block.
pub(super) fn write(
    source: &mut Source,
    columns: &Columns,
    folder: &Path,
) -> Result<(FileInput, u64), ActionError> {
    FileInput::written(folder, "rows.zip", |file| {
        let bytes = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            file,
            bytes: bytes.clone(),
        };
        let mut zip = zip::ZipWriter::new(counted);
        zip.start_file(NAME, SimpleFileOptions::default())
            .map_err(|error| disk(io::Error::other(error)))?;
        let mut csv = csv::Writer::from_writer(zip);
        let taken = |error: csv::Error| disk(io::Error::other(error));
        csv.write_record(&columns.fields).map_err(taken)?;
        let (mut record, mut rows) = (StringRecord::new(), 0);
        while rows < ROWS_MAX && bytes.load(Ordering::Relaxed) < ZIP_BYTES_LIMIT {
            if !source.next(&mut record)? {
                break;
            }
            rows += 1;
            let cells = columns.places.iter();
            csv.write_record(cells.map(|place| record.get(*place).unwrap_or_default()))
                .map_err(taken)?;
        }
        let zip = csv.into_inner().map_err(|error| disk(error.into_error()))?;
        zip.finish()
            .map_err(|error| disk(io::Error::other(error)))?
            .flush()
            .map_err(disk)?;
        Ok(rows)
    })
}

/// A file that tells how much is in it while it is written.
struct Counted {
    file: File,
    bytes: Arc<AtomicU64>,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
