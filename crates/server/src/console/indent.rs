//! JSON laid out for people, letter by letter: numbers keep every digit that came, members their order.

/// A text of JSON, indented by two spaces. Beyond `bytes_max` it ends, and the second part is true.
///
/// The text is taken to be JSON; of anything else it makes something readable.
pub(crate) fn indent(json: &str, bytes_max: usize) -> (String, bool) {
    let mut out = String::with_capacity((json.len() + json.len() / 4).min(bytes_max));
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        if out.len() > bytes_max {
            return (out, true);
        }
        if is_text {
            out.push(letter);
            is_text = is_escaped || letter != '"';
            is_escaped = !is_escaped && letter == '\\';
            continue;
        }
        match letter {
            ' ' | '\n' | '\r' | '\t' => {}
            '"' => {
                is_text = true;
                out.push(letter);
            }
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            letter => out.push(letter),
        }
    }
    (out, false)
}

/// Deeper than this is not indented further, so that what is deep does not become long.
const DEPTH_MAX: usize = 40;

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth.min(DEPTH_MAX) {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_laid_out_as_serde_does_and_keeps_digits() {
        let json = r#"{"a": [1, {"b\"}": "x\\"}, [], {}], "c":{ }, "d": null}"#;
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let wanted = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(indent(json, 1_000), (wanted, false));
        let digits = r#"{"total":10.10000000000000000001}"#;
        assert!(indent(digits, 100).0.contains("10.10000000000000000001"));
    }

    #[test]
    fn it_ends_at_its_bound() {
        let long = format!("[{}]", vec!["\"ä\""; 1_000].join(","));
        let (text, is_cut) = indent(&long, 100);
        assert!(is_cut && text.len() < 110, "{}", text.len());
    }
}
