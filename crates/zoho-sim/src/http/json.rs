//! How much a body of JSON takes once it is read.
//!
//! A value of few bytes takes many times as much in memory, so long bodies are looked through before they are read.

/// Bodies up to this length are not looked through.
const SHORT: usize = 256 * 1024;
/// Names, values, lists and objects in one body: more than a hundred orders with two hundred lines have.
const PARTS_MAX: usize = 500_000;

/// Whether the body may be read.
pub(crate) fn is_readable(body: &[u8]) -> bool {
    body.len() <= SHORT || parts(body) <= PARTS_MAX
}

/// Signs outside of texts that begin or part values.
fn parts(body: &[u8]) -> usize {
    let mut parts = 0;
    let mut is_text = false;
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_text = !is_text,
            b'\\' if is_text => {
                bytes.next();
            }
            b',' | b':' | b'[' | b'{' if !is_text => parts += 1,
            _ => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_within_texts_are_no_parts() {
        assert_eq!(parts(br#"{"a":[1,{"b,":"[{\",:"}]}"#), 6);
        assert_eq!(parts(b"\"[[[["), 0);
    }

    #[test]
    fn only_bodies_of_many_values_are_refused() {
        let zeros = |count: usize| format!("[{}0]", "0,".repeat(count));
        assert!(is_readable(zeros(PARTS_MAX - 1).as_bytes()));
        assert!(!is_readable(zeros(PARTS_MAX).as_bytes()));
        let text = format!("\"{}\"", ",".repeat(4 * PARTS_MAX));
        assert!(is_readable(text.as_bytes()));
    }
}
