//! Refuses events that are nested more deeply than the readers behind intake can follow.

use leadway_engine::intake::validate::Rejection;

/// Objects and arrays inside each other. serde_json reads 128; batches and records wrap an event a few times more.
const DEPTH_MAX: usize = 100;

/// Refuses text with more than [`DEPTH_MAX`] objects and arrays inside each other. `json` is known to be valid.
pub(crate) fn check(json: &str) -> Result<(), Rejection> {
    // Counting brackets anywhere is much faster than following them, and settles almost every event.
    let openings = json
        .bytes()
        .filter(|byte| matches!(byte, b'{' | b'['))
        .count();
    if openings <= DEPTH_MAX || depth(json) <= DEPTH_MAX {
        return Ok(());
    }
    Err(Rejection {
        code: "nested_too_deep",
        field: Some("event"),
        value: None,
        message: format!(
            "the event has more than {DEPTH_MAX} objects and arrays inside each other"
        ),
        remedy: "send a flatter event",
        message_id: None,
    })
}

fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => skip_text(&mut bytes),
            _ => {}
        }
    }
    deepest
}

/// Reads to the closing quote; a backslash takes the byte behind it along.
fn skip_text(bytes: &mut impl Iterator<Item = u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_levels_pass_and_one_more_does_not() {
        assert!(check(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_ok());
        let refused = check(&format!("{}{}", "[".repeat(101), "]".repeat(101))).unwrap_err();
        assert_eq!(refused.code, "nested_too_deep");
    }

    #[test]
    fn brackets_in_text_and_beside_each_other_do_not_count() {
        assert!(check(&format!("{{\"a\\\\\\\"\":\"{}\"}}", "{\\\"[".repeat(300))).is_ok());
        assert!(check(&format!("[{}[]]", "[],".repeat(300))).is_ok());
    }
}
