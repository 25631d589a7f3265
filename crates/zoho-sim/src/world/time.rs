//! Times and dates as Zoho writes them: `2026-01-31T09:00:00+01:00`, `2026-01-31`.

use jiff::Timestamp;
use jiff::civil::Date;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The first second that is taken: the second day of year 1, so that it has a year in every zone. The last one is jiff's, in 9999.
const EARLIEST: i64 = -62_135_510_400;

/// Appends a time with the organisation's offset and no fraction. Written by hand, as each record has several times.
pub(crate) fn write_time(out: &mut Vec<u8>, seconds: i64, offset_minutes: i32) {
    let local = seconds.saturating_add(i64::from(offset_minutes) * 60);
    let (year, month, day) = civil(local.div_euclid(DAY_SECONDS));
    let second = local.rem_euclid(DAY_SECONDS);
    push_digits(out, year / 100);
    push_digits(out, year % 100);
    out.push(b'-');
    push_digits(out, month);
    out.push(b'-');
    push_digits(out, day);
    out.push(b'T');
    push_digits(out, second / 3_600);
    out.push(b':');
    push_digits(out, second / 60 % 60);
    out.push(b':');
    push_digits(out, second % 60);
    out.push(if offset_minutes < 0 { b'-' } else { b'+' });
    let minutes = i64::from(offset_minutes.unsigned_abs());
    push_digits(out, minutes / 60);
    out.push(b':');
    push_digits(out, minutes % 60);
}

/// Year, month and day of a day counted from 1970, in the years 0 to 9999; what lies outside is 1970.
fn civil(day: i64) -> (i64, i64, i64) {
    const FIRST: i64 = -719_528;
    const LAST: i64 = 2_932_896;
    let day = if (FIRST..=LAST).contains(&day) {
        day
    } else {
        0
    };
    // Years begin in March, so that the leap day comes last: 146,097 days in 400 years.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Two digits of a number below 100.
fn push_digits(out: &mut Vec<u8>, number: i64) {
    let number = u8::try_from(number.rem_euclid(100)).unwrap_or(0);
    out.push(b'0' + number / 10);
    out.push(b'0' + number % 10);
}

/// Reads `yyyy-MM-ddTHH:mm:ss±HH:mm` (or `Z`) into seconds since 1970. A blank for the plus sign, as query strings leave it,
/// is understood.
///
/// unknown: whether Zoho takes `Z` and fractions; `Z` is taken here and fractions are refused. Neither is known which years it
/// takes; here those from 1 to 9999.
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
    let seconds = text.parse::<Timestamp>().ok().map(Timestamp::as_second)?;
    (seconds >= EARLIEST).then_some(seconds)
}

/// The date of a text `yyyy-MM-dd`, in the years 1 to 9999.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    if !is_form {
        return None;
    }
    text.parse().ok().filter(|date: &Date| date.year() > 0)
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
    fn every_day_is_written_as_the_calendar_has_it() {
        for day in (-719_528..2_932_896).step_by(17) {
            let written = written(day * DAY_SECONDS, 0);
            let expected = jiff::Timestamp::from_second(day * DAY_SECONDS).unwrap();
            assert_eq!(written[..19], expected.to_string()[..19]);
        }
        assert_eq!(written(i64::MAX, 840).len(), 25);
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
        assert!(parse_date("2026-02-28").is_some() && parse_date("0001-01-01").is_some());
        assert!(parse_date("2026-02-30").is_none() && parse_date("28.02.2026").is_none());
        assert!(parse_date("0000-01-01").is_none() && parse_date("10000-01-01").is_none());
    }

    #[test]
    fn years_have_four_digits_in_every_zone() {
        for (text, is_taken) in [
            ("0000-06-01T00:00:00+00:00", false),
            ("0001-01-01T00:00:00+14:00", false),
            ("0001-01-02T00:00:00+00:00", true),
            ("9999-12-30T21:59:59+00:00", true),
            ("9999-12-31T23:59:59-12:00", false),
        ] {
            let seconds = parse_time(text);
            assert_eq!(seconds.is_some(), is_taken, "{text}");
            for offset in [-720, 0, 840] {
                let year = seconds.map(|seconds| written(seconds, offset)[..4].to_owned());
                assert!(
                    year.is_none_or(|year| year == "0001" || year == "9999" || year == text[..4])
                );
            }
        }
    }
}
