//! Recurring invoices, bills and expenses: when the next document is due, and the documents that are made when its day comes.
//!
//! The days are counted from the start date, so that a profile of the 31st comes back to it after February. No document is made
//! for a day before the one on which its profile was written or resumed. unknown: whether Books makes invoices as drafts (they
//! are sent here), numbers of recurring bills, and what is paid through where a recurring expense does not say it.

use jiff::civil::Date;
use jiff::{Span, Unit};
use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::registry::{self, RecordType};
use super::super::rules::Who;
use super::super::state::{Organisation, Row};
use super::super::write::{self, Hand};
use super::amounts::{amount, fixed};
use super::links::today;
use super::party;
use crate::books::money;
use crate::http::Query;
use crate::world::parse_date;

/// Documents of one profile, and of all, that are made at once; the others are made when Books is called again.
const OF_ONE_MAX: usize = 1_000;
const OF_ALL_MAX: usize = 5_000;
/// unknown: the longest interval.
const EVERY_MAX: i64 = 1_000;

/// A kind of profile: what it makes, and in which members it keeps its days.
pub(super) struct Kind {
    profile: &'static str,
    made: &'static str,
    next: &'static str,
    last: &'static str,
    /// The member of what was made that names the profile.
    origin: &'static str,
}

static KINDS: [Kind; 3] = [
    Kind {
        profile: "recurring_invoice",
        made: "invoice",
        next: "next_invoice_date",
        last: "last_sent_date",
        origin: "recurring_invoice_id",
    },
    Kind {
        profile: "recurring_bill",
        made: "bill",
        next: "next_bill_date",
        last: "last_created_date",
        origin: "recurring_bill_id",
    },
    Kind {
        profile: "recurring_expense",
        made: "expense",
        next: "next_expense_date",
        last: "last_created_date",
        origin: "recurring_expense_id",
    },
];

fn kind_of(profile: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.profile == profile)
}

/// How often: an interval, and the day from which it is counted.
struct Rhythm {
    start: Date,
    unit: Unit,
    every: i64,
}

impl Rhythm {
    fn of(record: &Document) -> Result<Self, Problem> {
        let invalid = |name: &str| Problem::invalid_value(name);
        let unit = match record.text("recurrence_frequency") {
            "days" => Unit::Day,
            "weeks" => Unit::Week,
            "months" => Unit::Month,
            "years" => Unit::Year,
            _ => return Err(invalid("recurrence_frequency")),
        };
        let every = record.get("repeat_every").filter(|every| !every.is_empty());
        let every = every.map_or(Some(Decimal::ONE), Datum::as_decimal);
        let every = every.and_then(|every| i64::try_from(every).ok());
        let every = every.filter(|every| (1..=EVERY_MAX).contains(every));
        Ok(Self {
            start: parse_date(record.text("start_date")).ok_or_else(|| invalid("start_date"))?,
            unit,
            every: every.ok_or_else(|| invalid("repeat_every"))?,
        })
    }

    /// The day of an occurrence, the start being the first (0).
    fn day(&self, occurrence: i64) -> Option<Date> {
        let count = occurrence.checked_mul(self.every)?;
        let span = match self.unit {
            Unit::Day => Span::new().try_days(count),
            Unit::Week => Span::new().try_weeks(count),
            Unit::Month => Span::new().try_months(count),
            _ => Span::new().try_years(count),
        };
        self.start.checked_add(span.ok()?).ok()
    }

    /// The first day that is not before another one.
    fn first_from(&self, from: Date) -> Option<Date> {
        if from <= self.start {
            return Some(self.start);
        }
        let between = self.start.until((self.unit, from)).ok()?;
        let units = match self.unit {
            Unit::Day => i64::from(between.get_days()),
            Unit::Week => i64::from(between.get_weeks()),
            Unit::Month => i64::from(between.get_months()),
            _ => i64::from(between.get_years()),
        };
        let mut occurrence = (units / self.every - 1).max(0);
        loop {
            let day = self.day(occurrence)?;
            if day >= from {
                return Some(day);
            }
            occurrence += 1;
        }
    }
}

/// Sets the next day of a profile that was written or resumed.
pub(super) fn schedule(
    organisation: &mut Organisation,
    profile: &str,
    now: i64,
    record: &mut Document,
) -> Result<(), Problem> {
    let Some(kind) = kind_of(profile) else {
        return Ok(());
    };
    let today = today(organisation, now);
    if record.text("start_date").is_empty() {
        record.set("start_date", today.to_string());
    }
    let end = record.text("end_date");
    if !end.is_empty() && parse_date(end).is_none() {
        return Err(Problem::invalid_value("end_date"));
    }
    let rhythm = Rhythm::of(record)?;
    // A day on which a document was made already does not come again.
    let made = parse_date(record.text(kind.last)).and_then(|last| last.tomorrow().ok());
    set_next(
        kind,
        &rhythm,
        record,
        made.map_or(today, |made| made.max(today)),
    );
    organisation.recurred_on.clear();
    Ok(())
}

/// The next day from another one on; a profile whose days are over is expired.
fn set_next(kind: &Kind, rhythm: &Rhythm, record: &mut Document, from: Date) {
    let end = parse_date(record.text("end_date"));
    let next = rhythm.first_from(from);
    match next.filter(|next| end.is_none_or(|end| *next <= end)) {
        Some(next) => {
            if record.text("status") == "expired" {
                record.set("status", "active");
            }
            record.set(kind.next, next.to_string());
        }
        None => {
            record.set(kind.next, "");
            record.set("status", "expired");
        }
    }
}

/// Makes every document whose day has come.
pub(in crate::books) fn catch_up(organisation: &mut Organisation, now: i64) {
    let today = today(organisation, now);
    if organisation.recurred_on == today.to_string() {
        return;
    }
    let who = organisation.rows("user").next().map(|row| Who {
        id: row.id,
        name: row.document.text("name").to_owned(),
        email: row.document.text("email").to_owned(),
    });
    let who = who.unwrap_or_default();
    let mut made = 0;
    for kind in &KINDS {
        let Some((profile_kind, made_kind)) =
            registry::type_named(kind.profile).zip(registry::type_named(kind.made))
        else {
            continue;
        };
        let profiles: Vec<u64> = organisation.rows(kind.profile).map(|row| row.id).collect();
        for id in profiles {
            let mut of_one = 0;
            while let Some(day) = due(organisation, kind, id, today) {
                if of_one == OF_ONE_MAX || made == OF_ALL_MAX {
                    return;
                }
                of_one += 1;
                made += 1;
                let hand = Hand {
                    who: &who,
                    now,
                    query: &Query::default(),
                };
                make(organisation, kind, (profile_kind, made_kind), id, day, hand);
            }
        }
    }
    organisation.recurred_on = today.to_string();
}

/// The day of the next document of a profile, when it has come.
fn due(organisation: &Organisation, kind: &Kind, id: u64, today: Date) -> Option<Date> {
    let record = &organisation.row(kind.profile, id)?.document;
    let day = parse_date(record.text(kind.next))?;
    (record.text("status") == "active" && day <= today).then_some(day)
}

/// Makes one document, and moves its profile to the next day. One that is refused, because its customer is gone for example, is
/// left out.
fn make(
    organisation: &mut Organisation,
    kind: &Kind,
    (profile_kind, made_kind): (&'static RecordType, &'static RecordType),
    id: u64,
    day: Date,
    hand: Hand<'_>,
) {
    let Some(row) = organisation.row(kind.profile, id) else {
        return;
    };
    let mut profile = row.document.clone();
    let body = body(organisation, kind, made_kind, row, day);
    if let Ok(made) = write::create(organisation, made_kind, None, body, hand)
        && let Some(row) = organisation.row_mut(kind.made, made)
    {
        row.document.set(kind.origin, id.to_string());
        profile.set(kind.last, day.to_string());
    }
    if let (Ok(rhythm), Ok(after)) = (Rhythm::of(&profile), day.tomorrow()) {
        set_next(kind, &rhythm, &mut profile, after);
    }
    if let Some(row) = organisation.row_mut(&profile_kind.name, id) {
        row.document = profile;
        row.modified_at = hand.now;
    }
}

/// What the profile says, as the body of the document.
fn body(
    organisation: &Organisation,
    kind: &Kind,
    made_kind: &RecordType,
    row: &Row,
    day: Date,
) -> Document {
    let profile = &row.document;
    let mut body = super::convert::body_from(kind.profile, row, made_kind);
    // An amount stands in for the one line of an expense.
    if kind.made == "expense" && profile.objects("line_items").count() < 2 {
        body.remove("line_items");
    }
    body.set("date", day.to_string());
    match kind.made {
        "invoice" => body.set("send", true),
        "bill" => {
            let name = profile.text("recurrence_name");
            body.set("bill_number", format!("{name}-{day}"));
        }
        _ if party::words(&body, "paid_through_account_id").is_empty() => {
            let cash = super::lines::account_named(organisation, "Petty Cash");
            body.set(
                "paid_through_account_id",
                cash.map(|(id, _)| id).unwrap_or_default(),
            );
        }
        _ => {}
    }
    body
}

/// What a profile made, as rows of the list beneath it.
pub(super) struct Made(&'static Kind);

pub(super) static OF_INVOICES: Made = Made(&KINDS[0]);
pub(super) static OF_EXPENSES: Made = Made(&KINDS[2]);

impl super::super::rules::Rules for Made {
    fn rows(&self, organisation: &Organisation, parent: Option<u64>) -> Option<Vec<Row>> {
        let kind = registry::type_named(self.0.made)?;
        let parent = parent?.to_string();
        let rows = organisation.rows(self.0.made);
        let made = rows.filter(|row| row.document.text(self.0.origin) == parent);
        let made = made.map(|row| Row {
            parent: parent.parse().ok(),
            document: super::super::print::known(organisation, kind, row),
            ..row.clone()
        });
        Some(made.collect())
    }
}

/// What of a profile's invoices was paid, and what is owed.
pub(super) fn totals(organisation: &Organisation, profile: u64, record: &mut Document) {
    let id = profile.to_string();
    let precision = party::precision_of(record);
    let (mut paid, mut unpaid) = (Decimal::ZERO, Decimal::ZERO);
    for row in organisation.rows("invoice") {
        let invoice = &row.document;
        if invoice.text("recurring_invoice_id") != id || super::status::is_idle(invoice) {
            continue;
        }
        let balance = amount(invoice, "balance");
        unpaid = money::add(unpaid, balance).unwrap_or(unpaid);
        let settled = money::subtract(amount(invoice, "total"), balance).unwrap_or_default();
        paid = money::add(paid, settled).unwrap_or(paid);
    }
    record.set("paid_invoices_total", fixed(paid, precision));
    record.set("unpaid_invoices_balance", fixed(unpaid, precision));
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn rhythm(unit: Unit, every: i64) -> Rhythm {
        Rhythm {
            start: date(2026, 1, 31),
            unit,
            every,
        }
    }

    #[test]
    fn a_long_time_is_made_up_for_in_parts() {
        let day = 24 * 60 * 60;
        let mut organisation = Organisation::new(1, 46, 0, 1_000);
        organisation.document.set("currency_code", "USD");
        super::super::super::seed::fresh(&mut organisation, &[], 0);
        let account = |name: &str| super::super::lines::account_named(&organisation, name);
        let ((rent, _), (cash, _)) = (
            account("Rent Expense").unwrap(),
            account("Petty Cash").unwrap(),
        );
        let mut body = Document::default();
        for (name, words) in [
            ("account_id", rent.as_str()),
            ("paid_through_account_id", cash.as_str()),
            ("recurrence_name", "Papers"),
            ("recurrence_frequency", "days"),
            ("repeat_every", "1"),
            ("start_date", "1970-01-01"),
            ("amount", "2"),
        ] {
            body.set(name, words);
        }
        let who = Who::default();
        let hand = Hand {
            who: &who,
            now: 0,
            query: &Query::default(),
        };
        let kind = registry::type_named("recurring_expense").unwrap();
        let profile = write::create(&mut organisation, kind, None, body, hand).unwrap();
        catch_up(&mut organisation, 2_499 * day);
        assert_eq!(organisation.count("expense"), OF_ONE_MAX);
        catch_up(&mut organisation, 2_499 * day);
        assert_eq!(organisation.count("expense"), 2 * OF_ONE_MAX);
        for _ in 0..3 {
            catch_up(&mut organisation, 2_499 * day);
        }
        assert_eq!(organisation.count("expense"), 2_500);
        let row = organisation.row("recurring_expense", profile).unwrap();
        assert_eq!(row.document.text("last_created_date"), "1976-11-04");
        assert_eq!(row.document.text("next_expense_date"), "1976-11-05");
    }

    #[test]
    fn months_come_back_to_their_day() {
        let months = rhythm(Unit::Month, 1);
        let days: Vec<_> = (0..4).filter_map(|place| months.day(place)).collect();
        let [january, february, march, april] = [(1, 31), (2, 28), (3, 31), (4, 30)];
        let wanted = [january, february, march, april];
        assert_eq!(days, wanted.map(|(month, day)| date(2026, month, day)));
        assert_eq!(months.first_from(date(2026, 3, 1)), Some(date(2026, 3, 31)));
        assert_eq!(
            months.first_from(date(2026, 2, 28)),
            Some(date(2026, 2, 28))
        );
        assert_eq!(months.first_from(date(2025, 2, 1)), Some(date(2026, 1, 31)));
    }

    #[test]
    fn intervals_are_counted_from_the_start() {
        let weeks = rhythm(Unit::Week, 2);
        assert_eq!(weeks.first_from(date(2026, 2, 1)), Some(date(2026, 2, 14)));
        let days = rhythm(Unit::Day, 10);
        assert_eq!(days.first_from(date(2026, 2, 10)), Some(date(2026, 2, 10)));
        assert_eq!(days.first_from(date(2026, 2, 11)), Some(date(2026, 2, 20)));
        let years = rhythm(Unit::Year, 1_000);
        assert_eq!(years.first_from(date(9999, 1, 1)), None);
    }
}
