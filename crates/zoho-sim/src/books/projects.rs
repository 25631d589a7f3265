//! Projects, their tasks, and time entries.

use super::contacts;
use super::datum::Datum;
use super::document::Document;
use super::index::By;
use super::problem::Problem;
use super::registry::Operation;
use super::rules::{Acted, Rules, Scene};
use super::state::{Organisation, Row};

pub(super) struct Projects;
pub(super) struct Tasks;
pub(super) struct TimeEntries;

impl Rules for Projects {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        record.set("status", "active");
        settle(scene.organisation, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        settle(scene.organisation, record)
    }

    fn derive(&self, organisation: &Organisation, row: &Row, record: &mut Document) {
        let id = row.id.to_string();
        let of_project = organisation.keyed("time_entry", By::Party, &id);
        let minutes: i64 = of_project.map(|entry| minutes_of(&entry.document)).sum();
        record.set("total_hours", hours(minutes));
    }
}

fn settle(organisation: &Organisation, record: &mut Document) -> Result<(), Problem> {
    let customer = contacts::named(organisation, record.text("customer_id"))?;
    let (name, code) = (
        customer.document.text("contact_name").to_owned(),
        customer.document.text("currency_code").to_owned(),
    );
    record.set("customer_name", name);
    record.set("currency_code", code);
    Ok(())
}

impl Rules for Tasks {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        let project = scene
            .parent
            .and_then(|id| scene.organisation.row("project", id));
        let name = project.map(|project| project.document.text("project_name").to_owned());
        record.set("project_name", name.unwrap_or_default());
        record.set_missing("is_billable", true);
        Ok(())
    }
}

impl Rules for TimeEntries {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        named(scene, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        named(scene, record)
    }

    fn on_action(
        &self,
        scene: &mut Scene<'_>,
        operation: &Operation,
        _body: &Document,
        record: &mut Document,
    ) -> Result<Option<Acted>, Problem> {
        let started = record.get("timer_started_at").and_then(Datum::as_decimal);
        let started = started.and_then(|at| i64::try_from(at).ok());
        if operation.path.ends_with("/timer/start") {
            record.set("timer_started_at", scene.now);
        } else if operation.path.ends_with("/timer/stop") {
            let Some(started) = started else {
                return Err(Problem::wrong_state("The timer is not running."));
            };
            record.remove("timer_started_at");
            let minutes = minutes_of(record).saturating_add((scene.now - started) / 60);
            record.set("log_time", hours(minutes));
        } else {
            return Ok(None);
        }
        Ok(Some(Acted {
            is_changed: true,
            ..Acted::default()
        }))
    }

    fn derive(&self, _organisation: &Organisation, _row: &Row, record: &mut Document) {
        let is_running = record.remove("timer_started_at").is_some();
        record.set("is_current_user", true);
        if is_running {
            record.set("timer_started_at", "running");
        }
    }
}

fn named(scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
    let project = scene
        .organisation
        .row_of_text("project", record.text("project_id"));
    let project = project.ok_or_else(|| Problem::missing("Project"))?;
    let (id, name, customer) = (
        project.id,
        project.document.text("project_name").to_owned(),
        project.document.text("customer_name").to_owned(),
    );
    let task = scene
        .organisation
        .row_of_text("project_task", record.text("task_id"));
    let task = task.filter(|task| task.parent == Some(id));
    let task = task.ok_or_else(|| Problem::missing("Task"))?;
    let task = task.document.text("task_name").to_owned();
    record.set("project_name", name);
    record.set("customer_name", customer);
    record.set("task_name", task);
    let user = record.text("user_id").to_owned();
    let user = scene.organisation.row_of_text("user", &user);
    let user = user.ok_or_else(|| Problem::missing("User"))?;
    record.set("user_name", user.document.text("name").to_owned());
    let (begin, end) = (
        record.text("begin_time").to_owned(),
        record.text("end_time").to_owned(),
    );
    if record.text("log_time").is_empty() && !begin.is_empty() && !end.is_empty() {
        let minutes = clock(&end)
            .zip(clock(&begin))
            .map(|(end, begin)| end - begin);
        let minutes = minutes.filter(|minutes| *minutes >= 0);
        let minutes = minutes.ok_or_else(|| Problem::invalid_value("end_time"))?;
        record.set("log_time", hours(minutes));
    }
    let log_time = record.text("log_time");
    if !log_time.is_empty() && clock(log_time).is_none() {
        return Err(Problem::invalid_value("log_time"));
    }
    Ok(())
}

/// Minutes of `HH:mm`.
fn clock(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |text: &str| {
        let is_number =
            (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| is_number)
    };
    let minutes = digits(minutes).filter(|minutes| *minutes < 60)?;
    Some(digits(hours)? * 60 + minutes)
}

fn minutes_of(record: &Document) -> i64 {
    clock(record.text("log_time")).unwrap_or_default()
}

fn hours(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
