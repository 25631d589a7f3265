//! What kind of text a file is: byte order mark, encoding, delimiter.

/// Byte order mark of UTF-8, which Excel writes.
const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many bytes at the beginning are no text.
///
/// # Errors
/// When the file is UTF-16, with what to do.
pub(super) fn mark_bytes(start: &[u8]) -> Result<usize, &'static str> {
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16; save it as \"CSV UTF-8\"");
    }
    if start.starts_with(b"PK\x03\x04") {
        return Err("it is a spreadsheet, not CSV; save it as \"CSV UTF-8\"");
    }
    Ok(if start.starts_with(UTF_8_MARK) {
        UTF_8_MARK.len()
    } else {
        0
    })
}

/// The delimiter that the heading line has most often outside of quotes; a comma when it has none.
pub(super) fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [0_usize; CANDIDATES.len()];
    let mut is_quoted = false;
    for byte in start {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => break,
            byte if !is_quoted => {
                if let Some(place) = CANDIDATES.iter().position(|candidate| candidate == byte) {
                    counts[place] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    counts
        .iter()
        .position(|count| *count == most)
        .map_or(b',', |place| CANDIDATES[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_line_tells_the_delimiter() {
        assert_eq!(delimiter(b"a,b,c\n1;2;3;4;5"), b',');
        assert_eq!(delimiter(b"\"name, first\";email\n"), b';');
        assert_eq!(delimiter(b"a\tb\n"), b'\t');
        assert_eq!(delimiter(b"email\n"), b',');
    }

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(mark_bytes(b"\xef\xbb\xbfa"), Ok(3));
        assert_eq!(mark_bytes(b"a"), Ok(0));
        assert!(mark_bytes(b"\xff\xfea\0").unwrap_err().contains("UTF-16"));
    }
}
