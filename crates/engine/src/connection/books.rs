//! Zoho Books has a day's quota of calls for each organisation, where the CRM has credits.

use jiff::Timestamp;
use serde_json::Value;
use zoho::books::OrganizationId;
use zoho::policy::DayQuota;

use super::Connection;
use super::scopes::is_covered;
use crate::model::config::Feature;
use crate::model::status::{BooksMeters, Finding, Level};

const SCOPE: &str = "ZohoBooks.settings.READ";

impl Connection {
    /// What is known of the organisations that were called, without a call.
    pub(crate) fn books_meters(&self, now: Timestamp) -> Vec<BooksMeters> {
        let paces = self.client.books_paces().into_iter();
        let meters = paces.map(|(organization_id, pace)| BooksMeters {
            organization_id,
            calls_in_minute: u64::try_from(pace.calls_in_minute).unwrap_or(u64::MAX),
            calls_per_day: pace.day.map(|day| day.calls_max),
            calls_left_today: pace.day.map(|day| day.calls_remaining),
            day_ends_at: pace
                .day
                .and_then(|day| now.checked_add(day.resets_after).ok()),
        });
        meters.collect()
    }
}

/// The organisations of a connection that is used for Books, and how many calls the default one has left today. It takes
/// two calls.
pub(super) async fn examine(connection: &Connection, granted: &[String]) -> Vec<Finding> {
    let is_wanted = connection.config.features.contains(&Feature::Books);
    if !is_wanted || !(granted.is_empty() || is_covered(SCOPE, granted)) {
        return Vec::new();
    }
    let organizations = match connection.client.books_organizations().await {
        Ok(organizations) => organizations,
        Err(error) => return vec![failed(&error)],
    };
    let organizations: Vec<Value> = organizations
        .iter()
        .map(|record| record.to_value())
        .collect();
    let is_default = |organization: &&Value| organization["is_default_org"] == true;
    let chosen = organizations
        .iter()
        .find(is_default)
        .or(organizations.first());
    let Some(chosen) = chosen else {
        return vec![finding(
            Level::Failed,
            "the user who granted the connection belongs to no organisation in Zoho Books"
                .to_owned(),
            Some("Let the user join an organisation in Zoho Books, or connect as another user."),
        )];
    };
    let text = |member: &str| chosen[member].as_str().unwrap_or("unknown");
    let Ok(id) = text("organization_id").parse::<OrganizationId>() else {
        return Vec::new();
    };
    let books = connection.client.books(id.clone());
    // Only answers of the organisation's own tell what is left.
    if let Err(error) = books.records("organization").get(id.as_str()).await {
        return vec![failed(&error)];
    }
    let mut name = format!("{} ({id}), plan {}", text("name"), text("plan_name"));
    if organizations.len() > 1 {
        name = format!(
            "{name}, the default of {} organisations",
            organizations.len()
        );
    }
    vec![left(&name, books.pace().day)]
}

fn left(name: &str, day: Option<DayQuota>) -> Finding {
    let Some(day) = day else {
        return finding(
            Level::Ok,
            format!("{name}; Zoho did not say how many calls are left today"),
            None,
        );
    };
    let message = format!(
        "{name}; {} of {} calls are left today",
        day.calls_remaining, day.calls_max
    );
    match day.calls_remaining < day.calls_max / 10 {
        true => finding(
            Level::Warning,
            message,
            Some(
                "Slow other integrations down, or take a higher plan of Zoho Books; calls are refused when none are left, until the day ends.",
            ),
        ),
        false => finding(Level::Ok, message, None),
    }
}

fn failed(error: &zoho::Error) -> Finding {
    finding(
        Level::Failed,
        error.to_string(),
        Some(error.troubleshooting()),
    )
}

fn finding(level: Level, message: String, remedy: Option<&str>) -> Finding {
    Finding {
        check: "books".to_owned(),
        level,
        message,
        remedy: remedy.map(str::to_owned),
    }
}
