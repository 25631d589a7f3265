//! Repeating tasks and meetings: `FREQ=DAILY;INTERVAL=1;DTSTART=2026-04-06;UNTIL=2026-04-12`.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use crate::world::parse_date;

/// Records that one row may make. unknown: the documentation names no number.
const OCCURRENCES_MAX: usize = 100;
/// Days that are looked at for them.
const DAYS_MAX: i64 = 366 * 100;

/// A rule of repetition.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: i64,
    start: Option<Date>,
    until: Option<Date>,
    count: Option<usize>,
    weekdays: Vec<Weekday>,
    month_day: Option<i8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Rule {
    /// `None` when it is no rule. Parts that are not known are passed over.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let part = |key: &str| {
            let mut parts = text.split(';');
            parts.find_map(|part| part.trim().strip_prefix(key)?.strip_prefix('='))
        };
        let frequency = match part("FREQ")? {
            "DAILY" => Frequency::Daily,
            "WEEKLY" => Frequency::Weekly,
            "MONTHLY" => Frequency::Monthly,
            "YEARLY" => Frequency::Yearly,
            _ => return None,
        };
        let interval = match part("INTERVAL") {
            None => 1,
            Some(text) => text
                .parse()
                .ok()
                .filter(|days| (1..=1_000).contains(days))?,
        };
        let date = |key: &str| match part(key) {
            None => Some(None),
            Some(text) => parse_date(text.get(..10)?).map(Some),
        };
        let count = match part("COUNT") {
            None => None,
            Some(text) => Some(text.parse().ok()?),
        };
        let weekdays: Option<Vec<Weekday>> = match part("BYDAY") {
            None => Some(Vec::new()),
            Some(text) => text.split(',').map(weekday).collect(),
        };
        Some(Self {
            frequency,
            interval,
            start: date("DTSTART")?,
            until: date("UNTIL")?,
            count,
            weekdays: weekdays?,
            month_day: part("BYMONTHDAY").and_then(|text| text.parse().ok()),
        })
    }

    /// The day on which the rule itself says that it begins.
    pub(super) fn start(&self) -> Option<Date> {
        self.start
    }

    /// The days on which it happens; begins with the rule's own start, else with `first`.
    pub(super) fn days(&self, first: Date) -> Vec<Date> {
        let start = self.start.unwrap_or(first);
        let maximum = self.count.unwrap_or(OCCURRENCES_MAX).min(OCCURRENCES_MAX);
        let mut days = Vec::new();
        for offset in 0..DAYS_MAX {
            let Ok(day) = start.checked_add(offset.days()) else {
                break;
            };
            if days.len() >= maximum || self.until.is_some_and(|until| day > until) {
                break;
            }
            if self.happens(start, day, offset) {
                days.push(day);
            }
        }
        days
    }

    fn happens(&self, start: Date, day: Date, offset: i64) -> bool {
        let months =
            i64::from(day.year() - start.year()) * 12 + i64::from(day.month() - start.month());
        match self.frequency {
            Frequency::Daily => offset % self.interval == 0,
            Frequency::Weekly if self.weekdays.is_empty() => offset % (7 * self.interval) == 0,
            Frequency::Weekly => {
                let monday = i64::from(start.weekday().to_monday_zero_offset());
                (offset + monday) / 7 % self.interval == 0 && self.weekdays.contains(&day.weekday())
            }
            Frequency::Monthly => {
                months % self.interval == 0 && day.day() == self.month_day.unwrap_or(start.day())
            }
            Frequency::Yearly => months % (12 * self.interval) == 0 && day.day() == start.day(),
        }
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.trim() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str) -> Vec<String> {
        let first = parse_date("2026-04-06").unwrap();
        let days = Rule::parse(rule).unwrap().days(first);
        days.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rules_repeat_by_day_week_month_and_year() {
        assert_eq!(
            days("FREQ=DAILY;INTERVAL=3;DTSTART=2026-04-06;UNTIL=2026-04-12"),
            ["2026-04-06", "2026-04-09", "2026-04-12"]
        );
        assert_eq!(
            days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=3"),
            ["2026-04-06", "2026-04-09", "2026-04-20"]
        );
        assert_eq!(
            days("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2"),
            ["2026-05-31", "2026-07-31"]
        );
        assert_eq!(days("FREQ=YEARLY;COUNT=2"), ["2026-04-06", "2027-04-06"]);
        assert_eq!(days("FREQ=DAILY").len(), OCCURRENCES_MAX);
        for bad in [
            "",
            "FREQ=NEVER",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;UNTIL=é",
        ] {
            assert!(Rule::parse(bad).is_none(), "{bad}");
        }
    }
}
