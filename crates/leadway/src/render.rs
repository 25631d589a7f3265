//! What people see: tables on a terminal, tab-separated lines in a pipe, JSON on request.
//!
//! Texts from outside go through [`clean`] first, since an event may carry control sequences for the terminal.

pub(crate) mod json;
pub(crate) mod life;
pub(crate) mod table;
pub(crate) mod view;

use std::io::{self, IsTerminal, Write};

use jiff::Timestamp;
use leadway_engine::model::status::ConfigProblem;
use serde_json::Value;

pub(crate) use table::Table;

/// Whether standard output is a terminal, so that a table may be drawn.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes JSON to standard output, indented.
pub(crate) fn print_json(value: &Value) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(print(&text)?)
}

/// Replaces control characters, so that text from outside cannot steer the terminal or break a table.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\r' | '\t' => ' ',
            letter if letter.is_control() || is_direction(letter) => '\u{fffd}',
            letter => letter,
        })
        .collect()
}

/// Unicode's characters that turn the direction of text around, with which a value could be made to look like another.
fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A value of a record or an event in one line.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => clean(text),
        other => clean(&other.to_string()),
    }
}

/// Indented JSON. The serialiser escapes most control characters; the rest is replaced line by line.
pub(crate) fn json_lines(value: &Value, indent: &str) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
    text.lines()
        .map(|line| format!("{indent}{}\n", clean(line)))
        .collect()
}

/// An instant in UTC, to the second.
pub(crate) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Problems of a configuration, one line each.
pub(crate) fn problem_lines(problems: &[ConfigProblem]) -> String {
    let lines = problems
        .iter()
        .map(|problem| format!("  {}: {}", clean(&problem.path), clean(&problem.message)));
    lines.collect::<Vec<_>>().join("\n")
}

/// What is wrong and what to do, as one line.
pub(crate) fn with_remedy(message: &str, remedy: &str) -> String {
    match message.trim_end() {
        message if remedy.is_empty() => message.to_owned(),
        message if message.ends_with(['.', '!', '?']) => format!("{message} {remedy}"),
        message if remedy.starts_with(char::is_uppercase) => format!("{message}. {remedy}"),
        message => format!("{message}; {remedy}"),
    }
}

/// `1 event`, `2 events`
pub(crate) fn counted(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_do_not_reach_the_terminal() {
        assert_eq!(
            clean("a\u{1b}[31mred\nnext\u{202e}"),
            "a\u{fffd}[31mred next\u{fffd}"
        );
        assert_eq!(
            json_lines(&serde_json::json!({"a": "\u{9b}x"}), "")
                .matches('\u{9b}')
                .count(),
            0
        );
    }

    #[test]
    fn instants_are_in_utc_to_the_second() {
        assert_eq!(
            instant("2026-11-23T01:02:03.9+01:00".parse().unwrap()),
            "2026-11-23 00:02:03Z"
        );
    }
}
