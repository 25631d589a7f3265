//! Paths into an event: `traits.email`, `properties.items.0.sku`, `traits."Job Title"`, and the transforms
//! that belong to one path only: `traits.name | last_name`.

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;

use crate::model::config::Transform;

/// How deep a path may go.
pub const PATH_SEGMENTS_MAX: usize = 16;

/// How long a path may be, with its transforms, in characters.
pub const PATH_CHARACTERS_MAX: usize = 512;

/// One entry of `from`: where to look, and what to do with what is found there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// As it stands in the configuration, without its transforms.
    pub(super) path: String,
    /// Keys from the top of the event downwards; a number is also an index into a list.
    pub(super) segments: Vec<String>,
    /// Applied to this path's value only, before the field's own transforms.
    pub(super) transforms: Vec<Transform>,
}

/// Reads one entry of `from`; the error is a sentence for the person who wrote it.
pub(super) fn parse_source(text: &str) -> Result<Source, String> {
    if text.chars().count() > PATH_CHARACTERS_MAX {
        return Err(format!("is longer than {PATH_CHARACTERS_MAX} characters"));
    }
    let mut cursor = text.trim();
    let mut segments = Vec::new();
    loop {
        let (segment, rest) = take_segment(cursor)?;
        segments.push(segment);
        if segments.len() > PATH_SEGMENTS_MAX {
            return Err(format!("goes deeper than {PATH_SEGMENTS_MAX} keys"));
        }
        match rest.strip_prefix('.') {
            Some(rest) => cursor = rest,
            None => {
                cursor = rest;
                break;
            }
        }
    }
    let path = text.trim()[..text.trim().len() - cursor.len()].to_owned();
    Ok(Source {
        path,
        segments,
        transforms: parse_transforms(cursor)?,
    })
}

/// Takes the first key off a path, and gives what follows it.
fn take_segment(text: &str) -> Result<(String, &str), String> {
    if let Some(quoted) = text.strip_prefix('"') {
        return take_quoted(quoted);
    }
    let end = text
        .find(|c: char| c == '.' || c == '|' || c == '"' || c.is_whitespace())
        .unwrap_or(text.len());
    let (segment, rest) = text.split_at(end);
    if segment.is_empty() {
        return Err(
            "has an empty key: write keys with single dots between them, like traits.email"
                .to_owned(),
        );
    }
    if rest.starts_with('"') {
        return Err(format!(
            "has a quotation mark behind {segment:?}: quote a whole key, like traits.\"Job Title\""
        ));
    }
    Ok((segment.to_owned(), rest))
}

/// Takes a quoted key; `\"` and `\\` stand for a quotation mark and a backslash inside it.
fn take_quoted(text: &str) -> Result<(String, &str), String> {
    let mut segment = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let rest = &text[at + 1..];
                if rest.starts_with(['.', '|'])
                    || rest.starts_with(char::is_whitespace)
                    || rest.is_empty()
                {
                    return Ok((segment, rest));
                }
                return Err(format!("needs a dot behind the quoted key {segment:?}"));
            }
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => segment.push(escaped),
                _ => {
                    return Err(
                        "may have a backslash only before a quotation mark or a backslash"
                            .to_owned(),
                    );
                }
            },
            other => segment.push(other),
        }
    }
    Err("has a quotation mark that is never closed".to_owned())
}

/// Reads ` | trim | last_name`.
fn parse_transforms(text: &str) -> Result<Vec<Transform>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let Some(words) = text.strip_prefix('|') else {
        return Err(format!(
            "has {text:?} behind the path: quote keys that have blanks, like traits.\"Job Title\""
        ));
    };
    words
        .split('|')
        .map(|word| {
            let word = word.trim();
            let deserializer: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
                word.into_deserializer();
            Transform::deserialize(deserializer)
                .map_err(|error| format!("names no transform behind `|`: {error}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segments(text: &str) -> Vec<String> {
        parse_source(text).unwrap().segments
    }

    #[test]
    fn reads_keys_indexes_and_quoted_keys() {
        assert_eq!(segments("traits.email"), ["traits", "email"]);
        assert_eq!(
            segments("properties.items.0.sku"),
            ["properties", "items", "0", "sku"]
        );
        assert_eq!(segments(r#"traits."Job Title""#), ["traits", "Job Title"]);
        assert_eq!(
            segments(r#"a."b.c"."say \"x\" \\"."#.trim_end_matches('.')),
            ["a", "b.c", r#"say "x" \"#]
        );
        assert_eq!(segments("  userId "), ["userId"]);
        assert_eq!(segments(r#"traits."""#), ["traits", ""]);
    }

    #[test]
    fn reads_the_transforms_of_one_path() {
        let source = parse_source("traits.name | trim|last_name").unwrap();
        assert_eq!(source.path, "traits.name");
        assert_eq!(source.transforms, [Transform::Trim, Transform::LastName]);
    }

    #[test]
    fn refuses_what_is_no_path() {
        let refused = [
            "", " ", ".", "a.", ".a", "a..b", "a b", "a\"b\"", "\"a", "\"a\"b", "\"\\n\"", "a | ",
            "a | nope",
        ];
        insta::assert_snapshot!(
            refused
                .map(|text| format!("{text:?}: {}", parse_source(text).unwrap_err()))
                .join("\n")
        );
        assert!(parse_source(&"a.".repeat(PATH_SEGMENTS_MAX)).is_err());
        assert!(parse_source(&"a".repeat(PATH_CHARACTERS_MAX + 1)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}") {
            let _ = parse_source(&text);
        }

        #[test]
        fn reads_back_what_was_quoted(keys in proptest::collection::vec(".{0,12}", 1..5)) {
            let text = keys
                .iter()
                .map(|key| format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\"")))
                .collect::<Vec<_>>()
                .join(".");
            prop_assert_eq!(segments(&text), keys);
        }
    }
}
