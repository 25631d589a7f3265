//! A tree of conditions, and whether it holds for a record.

use std::cmp::Ordering;

use super::{Choices, Folded, Reach, Text, Value, Wanted};
use crate::world::{Record, Table, World};

/// Conditions that fit the fields of a module.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Test(Test),
}

/// One condition.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) reach: Reach,
    pub(crate) check: Check,
    /// The condition holds where the check does not.
    pub(crate) is_negated: bool,
}

/// What a value must be.
#[derive(Debug, Clone)]
pub(crate) enum Check {
    Nothing,
    /// One of these.
    OneOf(Choices),
    /// Between two bounds, each of which may be absent; with the bound itself or without.
    Range {
        from: Option<(Wanted, bool)>,
        to: Option<(Wanted, bool)>,
    },
    Like(Pattern),
}

/// A text with places that anything may fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    Starts(Folded),
    Ends(Folded),
    Within(Folded),
    /// All the words, next to each other.
    Words(Vec<Folded>),
    /// Pieces in their order, the first at the start and the last at the end.
    Pieces(Vec<Folded>),
}

impl Filter {
    pub(crate) fn holds(&self, world: &World, table: &Table, record: &Record) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(world, table, record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(world, table, record)),
            Self::Test(test) => test.holds(world, table, record),
        }
    }
}

impl Test {
    /// unknown: whether a record without a value fulfils `!=`, `not in` and `not like` in COQL; it does here, as it does in
    /// custom views.
    fn holds(&self, world: &World, table: &Table, record: &Record) -> bool {
        let value = self.reach.value(world, table, record);
        self.check.holds(&value) != self.is_negated
    }
}

impl Check {
    pub(crate) fn above(wanted: Wanted, is_included: bool) -> Self {
        Self::Range {
            from: Some((wanted, is_included)),
            to: None,
        }
    }

    pub(crate) fn below(wanted: Wanted, is_included: bool) -> Self {
        Self::Range {
            from: None,
            to: Some((wanted, is_included)),
        }
    }

    /// Both bounds are included.
    pub(crate) fn between(from: Wanted, to: Wanted) -> Self {
        Self::Range {
            from: Some((from, true)),
            to: Some((to, true)),
        }
    }

    pub(crate) fn holds(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Nothing => value.is_nothing(),
            Self::OneOf(choices) => choices.have(value),
            Self::Range { from, to } => {
                let is_within = |bound: &Option<(Wanted, bool)>, beyond: Ordering| {
                    bound.as_ref().is_none_or(|(wanted, is_included)| {
                        wanted.order_of(value).is_some_and(|order| {
                            order == beyond || (*is_included && order == Ordering::Equal)
                        })
                    })
                };
                is_within(from, Ordering::Greater) && is_within(to, Ordering::Less)
            }
            Self::Like(pattern) => match value {
                Value::Text(text) => pattern.fits(*text),
                Value::List(values) => values.iter().any(|text| pattern.fits(Text::of(text))),
                _ => false,
            },
        }
    }
}

impl Pattern {
    /// A pattern of `like`, where `%` stands for anything.
    pub(crate) fn like(text: &str) -> Self {
        let inner = text.trim_matches('%');
        if inner.contains('%') {
            return Self::Pieces(text.split('%').map(Folded::of).collect());
        }
        let folded = Folded::of(inner);
        match (text.starts_with('%'), text.ends_with('%')) {
            (true, true) => Self::Within(folded),
            (true, false) => Self::Ends(folded),
            (false, true) => Self::Starts(folded),
            (false, false) => Self::Pieces(vec![folded]),
        }
    }

    /// The text itself.
    pub(crate) fn whole(text: &str) -> Self {
        Self::Pieces(vec![Folded::of(text)])
    }

    /// All words of a text, next to each other.
    pub(crate) fn words(text: &str) -> Self {
        let words: Vec<Folded> = Text::of(text).words().map(Folded::of).collect();
        if words.is_empty() {
            // A value of signs only has no words; then the texts themselves are compared.
            return Self::whole(text);
        }
        Self::Words(words)
    }

    pub(crate) fn fits(&self, text: Text<'_>) -> bool {
        match self {
            Self::Starts(wanted) => wanted.starts(text),
            Self::Ends(wanted) => wanted.ends(text),
            Self::Within(wanted) => wanted.is_within(text),
            Self::Words(wanted) => has_words(text, wanted),
            Self::Pieces(pieces) => match pieces.as_slice() {
                [] => false,
                [whole] => whole.equals(text),
                pieces => has_pieces(text, pieces),
            },
        }
    }
}

fn has_words(text: Text<'_>, wanted: &[Folded]) -> bool {
    let mut rest = text.words();
    loop {
        let mut words = rest.clone();
        let is_here = wanted.iter().all(|wanted| {
            words
                .next()
                .is_some_and(|word| wanted.equals(Text::of(word)))
        });
        if is_here {
            return true;
        }
        if rest.next().is_none() {
            return false;
        }
    }
}

fn has_pieces(text: Text<'_>, pieces: &[Folded]) -> bool {
    let text = text.to_string().to_lowercase();
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return false;
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for piece in &pieces[1..pieces.len() - 1] {
        match rest.find(piece.as_str()) {
            Some(at) => rest = &rest[at + piece.as_str().len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_where_anything_fills_the_gaps() {
        for (pattern, text, fits) in [
            ("tech%", "Technics", true),
            ("tech%", "Hightech", false),
            ("%tech", "HighTECH", true),
            ("%tech%", "a techie", true),
            ("tech", "Tech", true),
            ("tech", "techs", false),
            ("a%b%c", "axxbyyc", true),
            ("a%b%c", "axxbyycd", false),
            ("a%b%b", "ab", false),
            ("%a%b", "xaxb", true),
            ("%", "anything", true),
            ("%%", "", true),
        ] {
            assert_eq!(
                Pattern::like(pattern).fits(Text::of(text)),
                fits,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn words_stand_next_to_each_other() {
        for (wanted, text, fits) in [
            ("abc", "ABC Inc", true),
            ("ADA@example.org", "ada@example.org", true),
            ("abc", "ABCD Inc", false),
            ("abc inc", "Inc of ABC", false),
            ("inc of", "ABC Inc of", true),
            ("!!", "!!", true),
            ("!!", "a", false),
        ] {
            assert_eq!(
                Pattern::words(wanted).fits(Text::of(text)),
                fits,
                "{wanted} {text}"
            );
        }
    }
}
