//! Times as Books writes them: `2026-05-04T09:30:00-0400`, without colon and without fraction.

use crate::world;

/// A time with the offset of an organisation.
pub(super) fn written(seconds: i64, offset_minutes: i32) -> String {
    let mut out = Vec::new();
    world::write_time(&mut out, seconds, offset_minutes);
    let mut text = String::from_utf8(out).unwrap_or_default();
    if text.len() == 25 {
        text.remove(22);
    }
    text
}

/// Reads exactly that form; everything else is refused, also `Z`, fractions and a colon in the offset.
pub(super) fn parsed(text: &str) -> Option<i64> {
    let (front, offset) = text.split_at_checked(22)?;
    let is_form = offset.len() == 2
        && matches!(text.as_bytes().get(19), Some(b'+' | b'-'))
        && text.get(20..)?.bytes().all(|byte| byte.is_ascii_digit());
    if !is_form {
        return None;
    }
    world::parse_time(&format!("{front}:{offset}"))
}

/// A date as people read it: `04 May 2026`.
pub(super) fn in_words(text: &str) -> String {
    let Some(date) = text.get(..10).and_then(world::parse_date) else {
        return String::new();
    };
    date.strftime("%d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_without_colon_is_read() {
        assert_eq!(written(1_768_035_600, 330), "2026-01-10T14:30:00+0530");
        assert_eq!(parsed("2026-01-10T14:30:00+0530"), Some(1_768_035_600));
        for text in [
            "",
            "2026-01-10",
            "2026-01-10T09:00:00Z",
            "2026-01-10T09:00:00+00:00",
            "2026-01-10T09:00:00.000+0000",
            "2026-01-10T09:00:00 0000",
            "ééééééééééééé",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn dates_are_told_in_words() {
        assert_eq!(in_words("2026-05-04T09:30:00-0400"), "04 May 2026");
        assert_eq!(in_words("nonsense"), "");
    }
}
