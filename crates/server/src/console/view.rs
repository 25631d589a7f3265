//! Small helpers that templates call.

use std::fmt::Display;

use leadway_engine::Engine;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::indent::indent;

/// What stands around every page: which entry of the menu is marked, and the token for its forms.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) active: &'static str,
    pub(crate) csrf: String,
    pub(crate) demo_url: Option<&'static str>,
}

/// `not_routed` → `not routed`
pub(crate) fn label(word: impl AsRef<str>) -> String {
    word.as_ref().replace('_', " ")
}

/// What is wrong and what to do, as two sentences.
pub(crate) fn sentences(message: &str, remedy: &str) -> String {
    match message.trim_end() {
        message if message.ends_with(['.', '!', '?']) => format!("{message} {remedy}"),
        message => format!("{message}. {remedy}"),
    }
}

/// A text of the catalog without the marks around names in it.
pub(crate) fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// JSON as people read it.
pub(crate) fn pretty(raw: &RawValue) -> String {
    indent(raw.get(), usize::MAX).0
}

/// The same for a value.
pub(crate) fn pretty_value(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// One value in a table: text as it is, everything else as JSON.
pub(crate) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `12345` → `12 345`, with narrow no-break spaces.
pub(crate) fn number(value: impl Display) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1 lead` or `2 leads`.
pub(crate) fn plural(count: impl Display, word: &str) -> String {
    let count = count.to_string();
    let ending = if count == "1" { "" } else { "s" };
    format!("{} {word}{ending}", number(count))
}

/// Names of all sources, for the filter.
pub(crate) fn source_names(engine: &Engine) -> Vec<String> {
    engine
        .config()
        .sources
        .into_iter()
        .map(|source| source.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(7), "7");
        assert_eq!(number(1_234), "1\u{202f}234");
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(plural(1, "event"), "1 event");
        assert_eq!(plural(2_000, "event"), "2\u{202f}000 events");
    }
}
