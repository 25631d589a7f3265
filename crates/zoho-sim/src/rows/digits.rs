//! Writes numbers and texts without going through the formatting machinery: they are most of every answer.

/// Appends a number in digits.
pub(crate) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

/// Appends a number that may be negative.
pub(crate) fn push_integer(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    push_number(out, number.unsigned_abs());
}

/// Appends a text in quotes, with what JSON wants escaped.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    push_bytes(out, text.as_bytes());
}

/// The same with the bytes of a text.
pub(super) fn push_bytes(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    loop {
        let plain = plain_length(rest);
        out.extend_from_slice(&rest[..plain]);
        let Some(byte) = rest.get(plain) else { break };
        push_escaped(out, *byte);
        rest = &rest[plain + 1..];
    }
    out.push(b'"');
}

/// How many bytes of the beginning need no escape. Eight bytes are looked at in one step, as most texts need none at all.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of a byte is set when the byte is below `limit`, or equal to `sign` by way of the difference.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGH;
    let has = |word: u64, sign: u8| below(word ^ (ONES * u64::from(sign)), 1);
    let (words, _) = bytes.as_chunks::<8>();
    let is_plain = |word: &&[u8; 8]| {
        let word = u64::from_le_bytes(**word);
        below(word, 0x20) | has(word, b'"') | has(word, b'\\') == 0
    };
    let start = 8 * words.iter().take_while(is_plain).count();
    let mut rest = bytes[start..].iter();
    let found = rest.position(|byte| *byte < 0x20 || *byte == b'"' || *byte == b'\\');
    found.map_or(bytes.len(), |found| start + found)
}

fn push_escaped(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b"\\\"",
        b'\\' => b"\\\\",
        b'\n' => b"\\n",
        b'\r' => b"\\r",
        b'\t' => b"\\t",
        0x08 => b"\\b",
        0x0c => b"\\f",
        _ => {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(short);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_are_written_as_by_serde() {
        for text in [
            "",
            "plain",
            "a \"quoted\" \\ text",
            "line\nend\t\r",
            "\u{0}\u{1f}\u{8}\u{c}",
            "Zürich ☎",
            "eight bytes and \"more\" of them",
            "seven b\\ at the end of a word \u{1}",
            "ÿÿÿÿ\u{1f}ÿÿÿ \u{80}\u{9f}",
        ] {
            let mut out = Vec::new();
            push_text(&mut out, text);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                serde_json::to_string(text).unwrap()
            );
        }
        for number in [0, 7, -7, i64::MAX, i64::MIN, 1_000_000] {
            let mut out = Vec::new();
            push_integer(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), number.to_string());
        }
    }
}
