//! JSON that is shown as it came: indented, but with every digit of its numbers, which no number of this program holds.

/// The text of a number, if something here would print it otherwise.
fn differs(number: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(number)
        .map_or(true, |known| known.to_string() != number)
}

/// Sound JSON, indented by two; numbers and texts stay as they are.
pub(crate) fn pretty(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut pieces = Pieces(json).peekable();
    let break_line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    };
    while let Some(piece) = pieces.next() {
        match piece {
            "{" | "[" => {
                text.push_str(piece);
                if matches!(pieces.peek(), Some(&("}" | "]"))) {
                    text.push_str(pieces.next().unwrap_or_default());
                } else {
                    depth += 1;
                    break_line(&mut text, depth);
                }
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                break_line(&mut text, depth);
                text.push_str(piece);
            }
            "," => {
                text.push(',');
                break_line(&mut text, depth);
            }
            ":" => text.push_str(": "),
            piece => text.push_str(piece),
        }
    }
    text
}

/// The same JSON, where numbers that would lose digits are texts: for tables, which print both alike.
pub(crate) fn with_exact_numbers(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for piece in Pieces(json) {
        let is_number = piece.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        match is_number && differs(piece) {
            true => text.extend(["\"", piece, "\""]),
            false => text.push_str(piece),
        }
    }
    text
}

/// Signs, texts with their quotation marks, numbers and words, one after the other.
struct Pieces<'a>(&'a str);

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0.trim_ascii_start();
        let end = match rest.bytes().next()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => end_of_text(rest),
            _ => rest
                .find(|sign: char| "{}[],:\"".contains(sign) || sign.is_ascii_whitespace())
                .unwrap_or(rest.len()),
        };
        let (piece, after) = rest.split_at(end);
        self.0 = after;
        Some(piece)
    }
}

fn end_of_text(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn digits_stay_as_they_came() {
        let came = r#"{"total":123456789012345678.90,"id":4876876000000123457,"rate":1.50,"big":1e400,"list":[],"none":{},"text":"a\"1.50,{"}"#;
        insta::assert_snapshot!(pretty(came), @r#"
        {
          "total": 123456789012345678.90,
          "id": 4876876000000123457,
          "rate": 1.50,
          "big": 1e400,
          "list": [],
          "none": {},
          "text": "a\"1.50,{"
        }
        "#);
        let exact: Value = serde_json::from_str(&with_exact_numbers(came)).unwrap();
        assert_eq!(exact["total"], "123456789012345678.90");
        assert_eq!(exact["id"], json!(4_876_876_000_000_123_457_i64));
        assert_eq!(
            (&exact["rate"], &exact["big"]),
            (&json!("1.50"), &json!("1e400"))
        );
        assert_eq!(exact["text"], "a\"1.50,{");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..4)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_the_serialiser_shows(value in any_json()) {
            prop_assert_eq!(pretty(&value.to_string()), serde_json::to_string_pretty(&value).unwrap());
            let exact: Value = serde_json::from_str(&with_exact_numbers(&value.to_string())).unwrap();
            prop_assert_eq!(exact, value);
        }
    }
}
