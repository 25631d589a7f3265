//! Times and dates as Zoho writes them: `2026-01-31T09:00:00+01:00`, `2026-01-31`.

use std::io::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Appends a time with the organisation's offset and no fraction.
pub(crate) fn write_time(out: &mut Vec<u8>, seconds: i64, offset_minutes: i32) {
    let offset = Offset::from_seconds(offset_minutes * 60).unwrap_or(Offset::UTC);
    let at = offset.to_datetime(Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH));
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let minutes = offset_minutes.unsigned_abs();
    // Writing into memory does not fail.
    let _ = write!(
        out,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        minutes / 60,
        minutes % 60
    );
}

/// Reads `yyyy-MM-ddTHH:mm:ss±HH:mm` (or `Z`) into seconds since 1970. A blank for the plus sign, as query strings leave it,
/// is understood.
///
/// unknown: whether Zoho takes `Z` and fractions; `Z` is taken here and fractions are refused.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    let (date_and_time, offset) = text.split_at_checked(19)?;
    let is_offset = match offset.as_bytes() {
        [b'Z'] => true,
        [
            b'+' | b'-' | b' ',
            hour_tens,
            hour,
            b':',
            minute_tens,
            minute,
        ] => [hour_tens, hour, minute_tens, minute]
            .iter()
            .all(|digit| digit.is_ascii_digit()),
        _ => false,
    };
    if !is_offset || date_and_time.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let text = format!("{date_and_time}{}", offset.replace(' ', "+"));
    text.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

/// Whether the text is a date `yyyy-MM-dd` of the calendar.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    if is_form { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(seconds: i64, offset_minutes: i32) -> String {
        let mut out = Vec::new();
        write_time(&mut out, seconds, offset_minutes);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn times_carry_the_offset_of_the_organisation() {
        assert_eq!(written(1_768_035_600, 330), "2026-01-10T14:30:00+05:30");
        assert_eq!(written(1_768_035_600, -480), "2026-01-10T01:00:00-08:00");
    }

    #[test]
    fn what_is_written_can_be_read() {
        for offset in [-480, 0, 60, 330] {
            assert_eq!(
                parse_time(&written(1_768_035_600, offset)),
                Some(1_768_035_600)
            );
        }
        assert_eq!(parse_time("2026-01-10T09:00:00 00:00"), Some(1_768_035_600));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "2026-01-10",
            "2026-01-10 09:00:00+00:00",
            "2026-01-10T09:00:00.123Z",
            "2026-13-10T09:00:00Z",
            "é",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert!(parse_date("2026-02-28").is_some());
        assert!(parse_date("2026-02-30").is_none() && parse_date("28.02.2026").is_none());
    }
}
