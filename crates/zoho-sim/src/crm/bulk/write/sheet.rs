//! A CSV file: its header and rows. The separator is found in the header: comma, semicolon, colon or bar.

use csv::{ByteRecord, ReaderBuilder};

/// What may separate cells.
const SEPARATORS: [u8; 4] = [b',', b';', b':', b'|'];

/// A file, read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Reads at most `rows_max` rows and one more, so that too many can be seen. `None` when it is no CSV file.
    pub(super) fn read(bytes: &[u8], encoding: &str, rows_max: usize) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(bytes))
            .from_reader(bytes);
        let mut sheet = Self::default();
        let mut record = ByteRecord::new();
        let mut is_header = true;
        while reader.read_byte_record(&mut record).ok()? {
            let cells: Vec<String> = record.iter().map(|cell| text(cell, encoding)).collect();
            if is_header {
                sheet.header = cells;
                is_header = false;
            } else {
                sheet.rows.push(cells);
                if sheet.rows.len() > rows_max {
                    break;
                }
            }
        }
        (!sheet.header.is_empty()).then_some(sheet)
    }

    /// A cell; empty where the row is too short.
    pub(super) fn cell(&self, row: usize, column: usize) -> &str {
        let row = self.rows.get(row);
        row.and_then(|row| row.get(column))
            .map_or("", |cell| cell.trim())
    }
}

/// The separator that stands most often in the header, outside of quotes.
fn separator(bytes: &[u8]) -> u8 {
    let mut counts = [0usize; SEPARATORS.len()];
    let mut is_quoted = false;
    for byte in bytes {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if is_quoted => {}
            byte => {
                if let Some(place) = SEPARATORS.iter().position(|known| known == byte) {
                    counts[place] += 1;
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let place = counts.iter().position(|count| *count == most);
    place.map_or(b',', |place| SEPARATORS[place])
}

/// unknown: which encodings Zoho takes besides UTF-8; the Latin one is read here, others as UTF-8.
fn text(bytes: &[u8], encoding: &str) -> String {
    if encoding.eq_ignore_ascii_case("ISO-8859-1") {
        return bytes.iter().map(|byte| char::from(*byte)).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet::read(text.as_bytes(), "UTF-8", 10).unwrap()
    }

    #[test]
    fn separators_are_found_in_the_header() {
        for separator in [',', ';', ':', '|'] {
            let text = "Last_Name#Email#\"a,b,c,d\"\nOne#one@x.org#\"q\"\"r\"\nTwo\n"
                .replace('#', &separator.to_string());
            let sheet = sheet(&text);
            assert_eq!(
                sheet.header,
                ["Last_Name", "Email", "a,b,c,d"],
                "{separator}"
            );
            assert_eq!(sheet.rows[0], ["One", "one@x.org", "q\"r"]);
            assert_eq!(
                (sheet.cell(1, 0), sheet.cell(1, 2), sheet.cell(9, 0)),
                ("Two", "", "")
            );
        }
    }

    #[test]
    fn encodings_marks_and_too_many_rows_are_dealt_with() {
        assert_eq!(sheet("\u{feff}id\n1\n").header, ["id"]);
        let latin = Sheet::read(b"id\nM\xfcller\n", "ISO-8859-1", 10).unwrap();
        assert_eq!(latin.cell(0, 0), "Müller");
        assert_eq!(
            Sheet::read(b"id\n1\n2\n3\n4\n", "UTF-8", 2)
                .unwrap()
                .rows
                .len(),
            3
        );
        assert_eq!(Sheet::read(b"", "UTF-8", 2), None);
    }
}
