//! The file of an import, read row by row: CSV, or a JSON object on each line.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom, Write as _};

use csv::StringRecord;
use serde_json::{Map, Value};

use crate::action::files::disk;
use crate::action::{ActionError, FileInput};

/// Zoho takes no more columns.
pub(super) const COLUMNS_MAX: usize = 200;
/// The longest row.
const ROW_BYTES_MAX: usize = 1024 * 1024;
/// What may separate the cells of a CSV file.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
const MARK: &[u8] = b"\xef\xbb\xbf";
/// A row of this cell is put behind a CSV file's last: where it is not read as one, a quote was never closed.
const END: &str = "\u{4}end\u{4}";

/// What a file holds, from having read it once.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    pub(super) format: Format,
    /// The columns' headings, in their order.
    pub(super) columns: Vec<String>,
    /// Rows, without the headings.
    pub(super) rows: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv { separator: u8 },
    Lines,
}

/// Rows of a file, from its first.
pub(super) struct Source {
    reader: Reader,
    row: u64,
}

enum Reader {
    Csv {
        csv: Box<csv::Reader<Bounded>>,
        columns: usize,
    },
    Lines {
        lines: BufReader<File>,
        columns: HashMap<String, usize>,
        line: Vec<u8>,
    },
}

impl Scan {
    /// Reads the file once, from its beginning to its end, and refuses what cannot be imported. For threads that may
    /// block.
    pub(super) fn of(file: &FileInput, format: Option<&str>) -> Result<Self, ActionError> {
        let mut start = Vec::new();
        file.open()?
            .take(64 * 1024)
            .read_to_end(&mut start)
            .map_err(disk)?;
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(wrong("the file is UTF-16", "Save it as UTF-8."));
        }
        let start = start.strip_prefix(MARK).unwrap_or(&start);
        if start.trim_ascii().is_empty() {
            return Err(wrong(
                "the file is empty",
                "Send a CSV file with a line of headings, or a JSON object on each line.",
            ));
        }
        let is_lines = match format {
            Some(format) => format == "ndjson",
            None => start.trim_ascii_start().starts_with(b"{"),
        };
        let mut scan = match is_lines {
            true => Self {
                format: Format::Lines,
                columns: keys(file)?,
                rows: 0,
            },
            false => {
                let separator = separator(start);
                Self {
                    format: Format::Csv { separator },
                    columns: headings(file, separator)?,
                    rows: 0,
                }
            }
        };
        if scan.columns.len() > COLUMNS_MAX {
            return Err(wrong(
                format!("the file has {} columns", scan.columns.len()),
                format!("Zoho takes at most {COLUMNS_MAX}; leave some out."),
            ));
        }
        let mut source = Source::open(file, &scan)?;
        let mut record = StringRecord::new();
        while source.next(&mut record)? {}
        scan.rows = source.row;
        match scan.rows {
            0 => Err(wrong(
                "the file has no rows",
                "Send at least one row below the headings.",
            )),
            _ => Ok(scan),
        }
    }
}

impl Source {
    pub(super) fn open(file: &FileInput, scan: &Scan) -> Result<Self, ActionError> {
        let opened = after_mark(file)?;
        let reader = match scan.format {
            Format::Csv { separator } => {
                let mut reader = csv_reader(opened, separator);
                // The headings.
                let mut record = StringRecord::new();
                reader.read_record(&mut record).map_err(|e| broken(&e, 0))?;
                reader.get_mut().renew();
                Reader::Csv {
                    csv: Box::new(reader),
                    columns: scan.columns.len(),
                }
            }
            Format::Lines => Reader::Lines {
                lines: BufReader::new(opened),
                columns: scan
                    .columns
                    .iter()
                    .enumerate()
                    .map(|(at, name)| (name.clone(), at))
                    .collect(),
                line: Vec::new(),
            },
        };
        Ok(Self { reader, row: 0 })
    }

    /// Reads the next row into `record`, a cell for each column; false at the end.
    pub(super) fn next(&mut self, record: &mut StringRecord) -> Result<bool, ActionError> {
        let row = self.row + 1;
        let is_there = match &mut self.reader {
            Reader::Csv { csv, columns } => {
                let is_there = csv
                    .read_record(record)
                    .map_err(|error| broken(&error, row))?;
                csv.get_mut().renew();
                match (is_there, record.len()) {
                    (true, 1) if &record[0] == END => false,
                    (true, cells) if cells == *columns => true,
                    (true, cells) => return Err(uneven(row, cells, *columns)),
                    (false, _) => return Err(open_quote(row.saturating_sub(1))),
                }
            }
            Reader::Lines {
                lines,
                columns,
                line,
            } => match object(lines, line, row)? {
                Some(object) => {
                    *record = cells(object, columns, row)?;
                    true
                }
                None => false,
            },
        };
        self.row += u64::from(is_there);
        Ok(is_there)
    }
}

fn after_mark(file: &FileInput) -> Result<File, ActionError> {
    let mut opened = file.open()?;
    let mut start = [0; 3];
    let is_marked = opened.read_exact(&mut start).is_ok() && start == MARK;
    let from = if is_marked { MARK.len() as u64 } else { 0 };
    opened.seek(SeekFrom::Start(from)).map_err(disk)?;
    Ok(opened)
}

fn csv_reader(file: File, separator: u8) -> csv::Reader<Bounded> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(separator)
        .flexible(true)
        .from_reader(Bounded {
            file,
            bytes: 0,
            has_ended: false,
        })
}

/// A file of which no row may be too long for memory.
struct Bounded {
    file: File,
    bytes: usize,
    has_ended: bool,
}

impl Bounded {
    /// A row has ended.
    fn renew(&mut self) {
        self.bytes = 0;
    }
}

impl Read for Bounded {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.bytes > ROW_BYTES_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "it is longer than {ROW_BYTES_MAX} bytes; is there a quote that is not closed?"
                ),
            ));
        }
        let bytes = self.file.read(to)?;
        self.bytes += bytes;
        if bytes == 0 && !self.has_ended {
            self.has_ended = true;
            let end = format!("\n{END}\n");
            // The reader's buffer is far larger.
            return (&mut *to).write(end.as_bytes());
        }
        Ok(bytes)
    }
}

fn headings(file: &FileInput, separator: u8) -> Result<Vec<String>, ActionError> {
    let mut record = StringRecord::new();
    let mut reader = csv_reader(after_mark(file)?, separator);
    reader.read_record(&mut record).map_err(|e| broken(&e, 0))?;
    let names: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(wrong(
                format!("column {} has no heading", at + 1),
                "Give each column a heading, or take it out.",
            ));
        }
        if names[..at].contains(name) {
            return Err(wrong(
                format!("the heading {name:?} is there twice"),
                "Give each column a heading of its own.",
            ));
        }
    }
    Ok(names)
}

/// The keys of all lines, in the order in which they come.
fn keys(file: &FileInput) -> Result<Vec<String>, ActionError> {
    let mut lines = BufReader::new(after_mark(file)?);
    let (mut names, mut known) = (Vec::new(), HashMap::new());
    let (mut line, mut row) = (Vec::new(), 1);
    while let Some(object) = object(&mut lines, &mut line, row)? {
        for name in object.into_iter().map(|(name, _)| name) {
            if names.len() <= COLUMNS_MAX && known.insert(name.clone(), ()).is_none() {
                names.push(name);
            }
        }
        row += 1;
    }
    Ok(names)
}

/// The object on the next line that is not blank.
fn object(
    lines: &mut BufReader<File>,
    line: &mut Vec<u8>,
    row: u64,
) -> Result<Option<Map<String, Value>>, ActionError> {
    loop {
        line.clear();
        let bound = ROW_BYTES_MAX as u64 + 1;
        let read = lines.by_ref().take(bound).read_until(b'\n', line);
        if read.map_err(disk)? == 0 {
            return Ok(None);
        }
        if line.len() > ROW_BYTES_MAX {
            return Err(wrong(
                format!("row {row} is longer than {ROW_BYTES_MAX} bytes"),
                "Write each record on a line of its own.",
            ));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        return serde_json::from_slice(line).map(Some).map_err(|error| {
            wrong(
                format!("row {row} is no JSON object: {error}"),
                "Write each record as an object on a line of its own.",
            )
        });
    }
}

fn cells(
    object: Map<String, Value>,
    columns: &HashMap<String, usize>,
    row: u64,
) -> Result<StringRecord, ActionError> {
    let mut cells = vec![String::new(); columns.len()];
    for (name, value) in object {
        let Some(cell) = columns.get(&name).and_then(|at| cells.get_mut(*at)) else {
            continue;
        };
        *cell = cell_of(&value).ok_or_else(|| {
            wrong(
                format!("row {row}: {name} holds what does not fit into a cell"),
                "Write texts, numbers, true or false, lists of texts, or {\"id\": …} for another record.",
            )
        })?;
    }
    Ok(StringRecord::from(cells))
}

/// A value as Zoho reads it from a cell.
fn cell_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            let texts = texts.filter(|texts| !texts.iter().any(|text| text.contains(';')))?;
            Some(texts.join(";"))
        }
        Value::Object(object) => match object.get("id") {
            Some(Value::String(id)) => Some(id.clone()),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        },
    }
}

/// The separator that stands most often in the headings, outside of quotes.
fn separator(start: &[u8]) -> u8 {
    let (mut counts, mut is_quoted) = ([0_usize; SEPARATORS.len()], false);
    for byte in start {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => {}
            byte => {
                if let Some(at) = SEPARATORS.iter().position(|known| known == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let best = (0..SEPARATORS.len()).rev().max_by_key(|at| counts[*at]);
    best.map_or(b',', |at| SEPARATORS[at])
}

fn broken(error: &csv::Error, row: u64) -> ActionError {
    let place = match row {
        0 => "the headings".to_owned(),
        row => format!("row {row}"),
    };
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => wrong(format!("{place} is not UTF-8"), "Save it as UTF-8."),
        csv::ErrorKind::Io(error) => wrong(
            format!("{place} cannot be read: {error}"),
            "Mend the file there.",
        ),
        _ => wrong(
            format!("{place} cannot be read: {error}"),
            "Mend the file there.",
        ),
    }
}

fn uneven(row: u64, cells: usize, columns: usize) -> ActionError {
    wrong(
        format!("row {row} has {cells} cells under {columns} headings"),
        "Mend the row; a cell with a separator, quote or line break must stand in quotes.",
    )
}

fn open_quote(row: u64) -> ActionError {
    wrong(
        format!("row {row} opens a quote that is never closed"),
        "Close it, or write a quote within a cell as two.",
    )
}

fn wrong(message: impl Into<String>, remedy: impl Into<String>) -> ActionError {
    ActionError::input("file", None, message, remedy)
}
