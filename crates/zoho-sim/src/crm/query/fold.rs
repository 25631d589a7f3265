//! Texts compared without regard to case, letter by letter and without a copy of the longer one.

use std::cmp::Ordering;

use super::Text;

/// A wanted text in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folded {
    text: String,
    is_ascii: bool,
}

impl Folded {
    pub(crate) fn of(text: &str) -> Self {
        let text: String = text.chars().flat_map(char::to_lowercase).collect();
        Self {
            is_ascii: text.is_ascii(),
            text,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn equals(&self, text: Text<'_>) -> bool {
        match text.whole() {
            Some(whole) if whole.is_ascii() => whole.eq_ignore_ascii_case(&self.text),
            _ => folded(text).eq(self.text.chars()),
        }
    }

    /// Order of `text` relative to this one.
    pub(crate) fn order_of(&self, text: Text<'_>) -> Ordering {
        folded(text).cmp(self.text.chars())
    }

    pub(crate) fn starts(&self, text: Text<'_>) -> bool {
        is_prefix(self.text.chars(), folded(text))
    }

    pub(crate) fn ends(&self, text: Text<'_>) -> bool {
        let backwards = text
            .parts()
            .into_iter()
            .rev()
            .flat_map(|part| part.chars().rev())
            .flat_map(|letter| letter.to_lowercase().rev());
        is_prefix(self.text.chars().rev(), backwards)
    }

    pub(crate) fn is_within(&self, text: Text<'_>) -> bool {
        if self.text.is_empty() {
            return true;
        }
        match text.whole() {
            Some(whole) if self.is_ascii && whole.is_ascii() => whole
                .as_bytes()
                .windows(self.text.len())
                .any(|window| window.eq_ignore_ascii_case(self.text.as_bytes())),
            _ => {
                let mut rest = folded(text);
                loop {
                    if is_prefix(self.text.chars(), rest.clone()) {
                        return true;
                    }
                    if rest.next().is_none() {
                        return false;
                    }
                }
            }
        }
    }
}

/// Order of two texts when their case does not count.
pub(crate) fn compare(left: Text<'_>, right: Text<'_>) -> Ordering {
    folded(left).cmp(folded(right))
}

fn folded(text: Text<'_>) -> impl Iterator<Item = char> + Clone {
    text.parts()
        .into_iter()
        .flat_map(str::chars)
        .flat_map(char::to_lowercase)
}

fn is_prefix(prefix: impl Iterator<Item = char>, mut of: impl Iterator<Item = char>) -> bool {
    for letter in prefix {
        if of.next() != Some(letter) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_of_two_parts_is_compared_as_one_text() {
        let name = Text::name("Ada", "Ray");
        assert!(Folded::of("ADA RAY").equals(name));
        assert!(Folded::of("ada r").starts(name) && Folded::of("A RAY").ends(name));
        assert!(Folded::of("a r").is_within(name) && !Folded::of("aray").is_within(name));
        assert_eq!(Folded::of("ada").order_of(name), Ordering::Greater);
    }

    proptest! {
        #[test]
        fn folding_agrees_with_lower_case_copies(text in "[a-cA-CäÄßéÉ ]{0,12}", wanted in "[a-cA-CäÄßéÉ ]{0,4}") {
            let (folded, lower) = (Folded::of(&wanted), (text.to_lowercase(), wanted.to_lowercase()));
            let whole = Text::of(&text);
            prop_assert_eq!(folded.equals(whole), lower.0 == lower.1);
            prop_assert_eq!(folded.starts(whole), lower.0.starts_with(&lower.1));
            prop_assert_eq!(folded.ends(whole), lower.0.ends_with(&lower.1));
            prop_assert_eq!(folded.is_within(whole), lower.0.contains(&lower.1));
        }
    }
}
