//! A tag of a module, and what may be one.

use serde::{Deserialize, Serialize};

/// Tags of one module. The page says 100, its sample 200; the number depends on the edition.
pub(crate) const TAGS_OF_MODULE_MAX: usize = 200;

/// Tags that one record may carry.
pub(crate) const TAGS_OF_RECORD_MAX: usize = 10;

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) colour: Option<String>,
    pub(crate) created_by: u64,
    pub(crate) modified_by: u64,
    pub(crate) created_at: i64,
    pub(crate) modified_at: i64,
}

impl Tag {
    pub(crate) fn new(id: u64, name: &TagName, user: u64, now: i64) -> Self {
        Self {
            id,
            name: name.as_str().to_owned(),
            colour: None,
            created_by: user,
            modified_by: user,
            created_at: now,
            modified_at: now,
        }
    }
}

/// A name that a tag may have, whichever way it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TagName(String);

/// Why a text is no name of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadTagName {
    Empty,
    TooLong,
    /// It has an angle bracket, a comma or an emoji.
    Character,
}

/// The module has room for fewer tags than it would get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyTags;

impl TagName {
    /// Letters of a name.
    pub(crate) const LENGTH_MAX: usize = 25;

    pub(crate) fn new(text: &str) -> Result<Self, BadTagName> {
        if text.trim().is_empty() {
            return Err(BadTagName::Empty);
        }
        if text.chars().count() > Self::LENGTH_MAX {
            return Err(BadTagName::TooLong);
        }
        if text.contains(['<', '>', ',']) || text.contains(is_emoji) {
            return Err(BadTagName::Character);
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Letters' case does not count.
    pub(crate) fn is_same(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

/// Emoji stand beyond the first plane of Unicode, or among its symbols.
fn is_emoji(letter: char) -> bool {
    ('\u{1F000}'..='\u{1FAFF}').contains(&letter) || ('\u{2600}'..='\u{27BF}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for good in ["vip", "Very important", &"é".repeat(25), "a;b & c"] {
            assert_eq!(TagName::new(good).unwrap().as_str(), good);
        }
        for empty in ["", " ", "\t"] {
            assert_eq!(TagName::new(empty), Err(BadTagName::Empty), "{empty:?}");
        }
        let long = TagName::new(&"é".repeat(26));
        assert_eq!(long, Err(BadTagName::TooLong));
        for bad in ["a<b", "a>b", "a,b", "fire \u{1F525}", "\u{2600}"] {
            assert_eq!(TagName::new(bad), Err(BadTagName::Character), "{bad}");
        }
    }
}
