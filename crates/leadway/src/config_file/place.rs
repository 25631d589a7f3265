//! Where in a file something is wrong: line and column instead of a byte.

use std::fmt;
use std::ops::Range;

/// One mistake with its place. It never carries the text of the file, where secrets may stand.
#[derive(Debug)]
pub(crate) struct Mistake {
    line: usize,
    column: usize,
    message: String,
}

impl Mistake {
    pub(crate) fn new(text: &str, span: &Range<usize>, message: impl Into<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }

    /// Without the excerpt that the TOML library would show.
    pub(crate) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        Self::new(text, &span, error.message().trim_end().replace('\n', "; "))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let text = "a = 1\nä = ?";
        let at = text.find('?').unwrap();
        assert_eq!(
            Mistake::new(text, &(at..at + 1), "odd").to_string(),
            "2:5: odd"
        );
        assert_eq!(Mistake::new(text, &(0..1), "odd").to_string(), "1:1: odd");
        assert_eq!(
            Mistake::new("", &(7..8), "beyond").to_string(),
            "1:1: beyond"
        );
    }
}
