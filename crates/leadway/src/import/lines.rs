//! Which line of a file a CSV row begins on. The CSV library tells where it began to read, blank lines included, so
//! lines are counted here, backwards from the row's end.

use std::collections::VecDeque;
use std::io::{self, Read};

/// Passes bytes on and remembers where lines end, as far as rows have not gone past it yet.
pub(super) struct LineCounter<R> {
    inner: R,
    offset: u64,
    line_ends: VecDeque<u64>,
    lines_passed: u64,
}

impl<R: Read> LineCounter<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            offset: 0,
            line_ends: VecDeque::new(),
            lines_passed: 0,
        }
    }

    /// The line, from 1, of a row that ends before byte `end` and has `breaks` line breaks inside its cells. Rows
    /// must be asked about in their order.
    pub(super) fn line_of_row(&mut self, end: u64, breaks: u64) -> u64 {
        // The row's own end of line, when it is at `end - 1`, does not count.
        while self.line_ends.front().is_some_and(|at| *at + 1 < end) {
            self.line_ends.pop_front();
            self.lines_passed += 1;
        }
        (self.lines_passed + 1).saturating_sub(breaks)
    }
}

impl<R: Read> Read for LineCounter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let ends = (self.offset..)
            .zip(&buffer[..count])
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(at, _)| at);
        self.line_ends.extend(ends);
        self.offset += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content: &str) -> Vec<(String, u64)> {
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(LineCounter::new(content.as_bytes()));
        let mut record = csv::StringRecord::new();
        let mut found = Vec::new();
        while rows.read_record(&mut record).unwrap() {
            let end = rows.position().byte();
            let breaks = record.as_slice().matches('\n').count() as u64;
            found.push((
                record[0].to_owned(),
                rows.get_mut().line_of_row(end, breaks),
            ));
        }
        found
    }

    #[test]
    fn blank_lines_line_breaks_in_cells_and_all_line_ends_are_counted() {
        for end in ["\n", "\r\n"] {
            let content = ["a,1", "", "", "b,\"x", "y\"", "c,\"", "\"", "", "d"].join(end);
            let expected = [("a", 1), ("b", 4), ("c", 6), ("d", 9)]
                .map(|(name, line)| (name.to_owned(), line));
            assert_eq!(lines(&content), expected, "{end:?}");
            assert_eq!(lines(&(content + end)), expected, "{end:?}");
        }
    }
}
