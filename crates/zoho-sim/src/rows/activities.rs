//! What tasks, meetings and calls add to the general rules.

use jiff::civil::Date;

use super::recurrence::Rule;
use super::{Author, Checked};
use crate::catalog::{self, Place, Refusal};
use crate::clock::LATEST_SECONDS;
use crate::schema::Module;
use crate::world::{Cell, Record, World, parse_date};

/// Checks an activity and completes what follows from it. Other modules pass untouched.
pub(super) fn complete(
    world: &World,
    table: usize,
    existing: Option<&Record>,
    checked: &mut Checked,
    number: usize,
    author: Author,
) -> Result<(), Refusal> {
    let activity = Activity {
        module: &world.tables[table].module,
        existing,
        number,
        now: author.now,
    };
    match activity.module.api_name.as_str() {
        "Tasks" => activity.complete_task(checked),
        "Events" => return activity.check_event(checked),
        "Calls" => return activity.complete_call(checked),
        _ => {}
    }
    Ok(())
}

struct Activity<'a> {
    module: &'a Module,
    existing: Option<&'a Record>,
    number: usize,
    now: i64,
}

impl Activity<'_> {
    fn place<'f>(&self, field: &'f str) -> Place<'f> {
        Place {
            row: self.number,
            field,
        }
    }

    /// A value as it will be after the write.
    fn resulting<'r>(&'r self, checked: &'r Checked, name: &str) -> Option<&'r Cell> {
        let position = self.module.position(name)?;
        match checked.given(position) {
            Some(given) => given,
            None => self.existing.and_then(|record| record.cell(position)),
        }
    }

    fn text<'r>(&'r self, checked: &'r Checked, name: &str) -> Option<&'r str> {
        match self.resulting(checked, name) {
            Some(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn time(&self, checked: &Checked, name: &str) -> Option<i64> {
        match self.resulting(checked, name) {
            Some(Cell::Time(seconds)) => Some(*seconds),
            _ => None,
        }
    }

    fn set(&self, checked: &mut Checked, name: &str, cell: Option<Cell>) {
        if let Some(position) = self.module.position(name) {
            checked.set(position, cell);
        }
    }

    /// A task is closed when it is completed, and open again when it is not.
    fn complete_task(&self, checked: &mut Checked) {
        let status_at = self.module.position("Status");
        if status_at.is_none_or(|position| checked.given(position).is_none()) {
            return;
        }
        let is_completed = self.text(checked, "Status") == Some("Completed");
        let closed = self.time(checked, "Closed_Time");
        let closed = is_completed.then(|| Cell::Time(closed.unwrap_or(self.now)));
        self.set(checked, "Closed_Time", closed);
    }

    /// unknown: the words in which Zoho refuses a meeting that ends before it begins.
    fn check_event(&self, checked: &Checked) -> Result<(), Refusal> {
        let start = self.time(checked, "Start_DateTime");
        let end = self.time(checked, "End_DateTime");
        if start.zip(end).is_some_and(|(start, end)| end < start) {
            return Err(catalog::invalid_value(self.place("End_DateTime")));
        }
        Ok(())
    }

    /// A call that took place has a duration that is not zero; a scheduled one lies ahead.
    ///
    /// unknown: on which field Zoho says that the duration depends, and the words for a scheduled call of the past.
    fn complete_call(&self, checked: &mut Checked) -> Result<(), Refusal> {
        let names = [
            "Call_Type",
            "Call_Start_Time",
            "Call_Duration",
            "Outgoing_Call_Status",
        ];
        let is_given = names.iter().any(|name| {
            let position = self.module.position(name);
            position.is_some_and(|position| checked.given(position).is_some())
        });
        if !is_given && self.existing.is_some() {
            return Ok(());
        }
        let kind = self.text(checked, "Call_Type");
        let is_scheduled = self.text(checked, "Outgoing_Call_Status") == Some("Scheduled")
            && kind == Some("Outbound");
        if is_scheduled {
            let start = self.time(checked, "Call_Start_Time");
            let is_new = self.existing.is_none();
            if is_new && start.is_some_and(|start| start <= self.now) {
                return Err(catalog::invalid_value(self.place("Call_Start_Time")));
            }
            return Ok(());
        }
        let duration = self.text(checked, "Call_Duration").map(seconds_of);
        match duration {
            None if kind == Some("Missed") => Ok(()),
            None => Err(catalog::rows::dependent_field_missing(
                self.place("Call_Duration"),
                "Call_Type",
            )),
            Some(None) => Err(catalog::invalid_value(self.place("Call_Duration"))),
            Some(Some(0)) if kind != Some("Missed") => Err(catalog::rows::dependent_mismatch(
                self.place("Call_Duration"),
                "Call_Type",
                "Call Duration can not be zero.",
            )),
            Some(Some(seconds)) => {
                let seconds = Some(Cell::Integer(seconds));
                self.set(checked, "Call_Duration_in_seconds", seconds);
                Ok(())
            }
        }
    }
}

/// `mm:ss`, or hours before them.
fn seconds_of(text: &str) -> Option<i64> {
    let parts: Option<Vec<i64>> = text
        .split(':')
        .map(|part| {
            let is_number =
                (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_number)
        })
        .collect();
    match parts?.as_slice() {
        [minutes, seconds] => Some(minutes * 60 + seconds),
        [hours, minutes, seconds] => Some(hours * 3_600 + minutes * 60 + seconds),
        _ => None,
    }
}

/// The rows that a repeating activity makes: the same values on other days. One for everything else. Days are left out on which
/// it would end after the year 9999.
pub(super) fn occurrences(world: &World, table: usize, checked: Checked) -> Vec<Checked> {
    let module = &world.tables[table].module;
    let Some((first, days)) = days(world, module, &checked) else {
        return vec![checked];
    };
    let on_day = |day: Date| {
        let shift = i64::from((day - first).get_days()) * 24 * 60 * 60;
        let mut occurrence = checked.clone();
        for (_, cell) in &mut occurrence.cells {
            if let Some(Cell::Time(seconds)) = cell {
                *seconds = seconds
                    .checked_add(shift)
                    .filter(|at| *at <= LATEST_SECONDS)?;
            }
        }
        if let Some(position) = module.position("Due_Date") {
            occurrence.set(position, Some(Cell::Text(day.to_string().into())));
        }
        Some(occurrence)
    };
    let all: Vec<Checked> = days.into_iter().filter_map(on_day).collect();
    if all.is_empty() { vec![checked] } else { all }
}

/// The day of the activity as given, and all its days; `None` when it does not repeat.
fn days(world: &World, module: &Module, checked: &Checked) -> Option<(Date, Vec<Date>)> {
    let given = |name: &str| checked.given(module.position(name)?).flatten();
    let Some(Cell::Json(value)) = given("Recurring_Activity") else {
        return None;
    };
    let rule = Rule::parse(value["RRULE"].as_str()?)?;
    let first = match (given("Start_DateTime"), given("Due_Date")) {
        (Some(Cell::Time(seconds)), _) => {
            let offset = i64::from(world.organisation.utc_offset_minutes) * 60;
            let at = jiff::Timestamp::from_second(seconds.saturating_add(offset)).ok()?;
            jiff::tz::Offset::UTC.to_datetime(at).date()
        }
        (_, Some(Cell::Text(date))) => parse_date(date)?,
        _ => rule.start()?,
    };
    let days = rule.days(first);
    (!days.is_empty()).then_some((first, days))
}
