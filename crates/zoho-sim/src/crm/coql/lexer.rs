//! Cuts the text of a query into words, quoted texts and signs, each with its place.

use crate::catalog::{self, Refusal};

/// One piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// From 1.
    pub(crate) line: usize,
    /// From 1.
    pub(crate) column: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword, a path, a number, a bare value.
    Word(String),
    /// Between single or double quotes.
    Quoted(String),
    /// One of `( ) , = != <> < <= > >=`.
    Sign(&'static str),
}

impl Token {
    pub(crate) fn text(&self) -> &str {
        match &self.kind {
            Kind::Word(text) | Kind::Quoted(text) => text,
            Kind::Sign(sign) => sign,
        }
    }

    pub(crate) fn is_word(&self, keyword: &str) -> bool {
        matches!(&self.kind, Kind::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

const SIGNS: [&str; 11] = ["!=", "<>", "<=", ">=", "<", ">", "=", "(", ")", ",", ";"];

/// Cuts a query into its pieces.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut lexer = Lexer {
        rest: text,
        line: 1,
        column: 1,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    // One semicolon may end a query.
    if tokens
        .last()
        .is_some_and(|token| token.kind == Kind::Sign(";"))
    {
        tokens.pop();
    }
    Ok(tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl Lexer<'_> {
    fn step(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next()?;
        self.rest = letters.as_str();
        if letter == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(letter)
    }

    fn next(&mut self) -> Result<Option<Token>, Refusal> {
        while self.rest.starts_with(char::is_whitespace) {
            self.step();
        }
        let (line, column) = (self.line, self.column);
        let Some(first) = self.rest.chars().next() else {
            return Ok(None);
        };
        let kind = if first == '\'' || first == '"' {
            Kind::Quoted(self.quoted()?)
        } else if let Some(sign) = SIGNS.iter().find(|sign| self.rest.starts_with(**sign)) {
            for _ in 0..sign.len() {
                self.step();
            }
            Kind::Sign(sign)
        } else {
            Kind::Word(self.word())
        };
        Ok(Some(Token { kind, line, column }))
    }

    /// A text in quotes. The quote itself is written twice, or after a backslash.
    ///
    /// unknown: whether Zoho takes the backslash; its help pages show the doubled quote, other sources the backslash.
    fn quoted(&mut self) -> Result<String, Refusal> {
        let rest = self.rest;
        let quote = self.step();
        let mut text = String::new();
        loop {
            let letter = self.step().ok_or_else(|| catalog::coql::unparsable(rest))?;
            let next = self.rest.chars().next();
            if letter == '\\' && (next == quote || next == Some('\\')) {
                text.extend(self.step());
            } else if Some(letter) == quote {
                if next != quote {
                    return Ok(text);
                }
                text.extend(self.step());
            } else {
                text.push(letter);
            }
        }
    }

    /// Up to a blank, a quote or a sign; an arrow is part of a word.
    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(letter) = self.rest.chars().next() {
            let is_arrow = self.rest.starts_with("->");
            let is_start = word.is_empty();
            if is_arrow {
                word.extend(self.step());
            } else if !is_start
                && (letter.is_whitespace()
                    || matches!(letter, '\'' | '"')
                    || SIGNS.iter().any(|sign| self.rest.starts_with(*sign)))
            {
                break;
            }
            word.extend(self.step());
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(query: &str) -> Vec<String> {
        let tokens = tokens(query).unwrap();
        tokens.iter().map(|token| token.text().to_owned()).collect()
    }

    #[test]
    fn words_texts_and_signs_are_told_apart() {
        assert_eq!(
            texts(
                "select What_Id->Leads.id,!Leads.x FROM a where b>='it''s' and c!=\"d\"\"e\" limit 1,2;"
            ),
            [
                "select",
                "What_Id->Leads.id",
                ",",
                "!Leads.x",
                "FROM",
                "a",
                "where",
                "b",
                ">=",
                "it's",
                "and",
                "c",
                "!=",
                "d\"e",
                "limit",
                "1",
                ",",
                "2"
            ]
        );
        assert_eq!(
            texts(r"a='x\'y\\z\n' b=2026-01-01T00:00:00+05:30"),
            ["a", "=", r"x'y\z\n", "b", "=", "2026-01-01T00:00:00+05:30"]
        );
        let tokens = tokens("a\n  b").unwrap();
        assert_eq!((tokens[1].line, tokens[1].column), (2, 3));
    }

    #[test]
    fn a_text_that_does_not_end_is_refused() {
        for query in ["a = 'b", "a = '", "\"", "'\\'"] {
            assert_eq!(tokens(query).unwrap_err().code, "SYNTAX_ERROR", "{query}");
        }
    }
}
