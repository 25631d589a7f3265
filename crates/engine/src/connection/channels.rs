//! The channels over which Zoho tells of changes: whether any is open, and for how long. A channel lives for a week at most
//! (`crm/developer/docs/api/v8/notifications/enable.html`), so that webhooks which no longer come are mostly one that has ended.

use jiff::{SignedDuration, Timestamp};
use zoho::crm::Channel;

use super::Connection;
use super::scopes::is_covered;
use crate::model::config::Feature;
use crate::model::status::{Finding, Level};

const SCOPE: &str = "ZohoCRM.notifications.READ";

/// A channel that ends sooner needs somebody.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// Rows that are looked at.
const ROWS_MAX: u32 = 200;

/// A finding for each channel of the connection's user; nothing without the scope, since nothing can be seen then.
pub(super) async fn examine(
    connection: &Connection,
    granted: &[String],
    now: Timestamp,
) -> Vec<Finding> {
    if !is_covered(SCOPE, granted) {
        return Vec::new();
    }
    let listed = connection.client.crm().notifications();
    let channels = match listed.per_page(ROWS_MAX).send().await {
        Ok(page) => page.records,
        Err(error) => {
            return vec![finding(
                Level::Warning,
                format!("the channels cannot be listed: {error}"),
                Some(error.troubleshooting().to_owned()),
            )];
        }
    };
    let is_wanted = connection.config.features.contains(&Feature::Notifications);
    if channels.is_empty() && is_wanted {
        return vec![finding(
            Level::Warning,
            "no channel is open, so that Zoho tells of no change".to_owned(),
            Some("Open one with the action crm.enable_notification. A channel ends after a week at the latest.".to_owned()),
        )];
    }
    channels.iter().map(|channel| state(channel, now)).collect()
}

fn state(channel: &Channel, now: Timestamp) -> Finding {
    let id = channel.channel_id.as_deref().unwrap_or("without a number");
    let what = match channel.events.is_empty() {
        true => channel.module.clone().unwrap_or_default(),
        false => channel.events.join(", "),
    };
    let ends = channel.expires_at.as_deref();
    let ends: Option<Timestamp> = ends.and_then(|text| text.parse().ok());
    let Some(ends) = ends else {
        let message = format!("channel {id} ({what}) is open");
        return finding(Level::Ok, message, None);
    };
    let left = ends.duration_since(now);
    let until = ends.strftime("%Y-%m-%d %H:%M UTC");
    if left <= SignedDuration::ZERO {
        let message =
            format!("channel {id} ({what}) ended at {until}, and Zoho tells of no change over it");
        let remedy = "Open it again with the action crm.enable_notification.";
        return finding(Level::Failed, message, Some(remedy.to_owned()));
    }
    let message = format!("channel {id} ({what}) is open until {until}");
    match left < SOON {
        true => finding(
            Level::Warning,
            message,
            Some("Prolong it with the action crm.update_notification and channel_expiry, at most a week ahead.".to_owned()),
        ),
        false => finding(Level::Ok, message, None),
    }
}

fn finding(level: Level, message: String, remedy: Option<String>) -> Finding {
    Finding {
        check: "channels".to_owned(),
        level,
        message,
        remedy,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_channel_is_told_to_end_soon_and_to_have_ended() {
        let now: Timestamp = "2026-01-31T09:00:00Z".parse().unwrap();
        let of = |ends: &str| {
            let channel =
                json!({"channel_id": "1000", "events": ["Leads.all"], "channel_expiry": ends});
            state(&serde_json::from_value(channel).unwrap(), now)
        };
        assert_eq!(of("2026-02-05T09:00:00+05:30").level, Level::Ok);
        let soon = of("2026-01-31T15:30:00+05:30");
        assert_eq!(soon.level, Level::Warning);
        assert_eq!(
            soon.message,
            "channel 1000 (Leads.all) is open until 2026-01-31 10:00 UTC"
        );
        let ended = of("2026-01-30T09:00:00+05:30");
        assert_eq!(ended.level, Level::Failed);
        assert!(ended.remedy.unwrap().contains("crm.enable_notification"));
    }
}
