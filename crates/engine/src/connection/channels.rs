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
    let states = channels.iter().map(|channel| state(channel, now));
    states.chain(channels.iter().filter_map(doubtful)).collect()
}

/// A notification goes out from Zoho's own servers, and must be answered with 200 soon
/// (`crm/developer/docs/api/v8/notifications/overview.html`). Whether Zoho reaches an address that looks public, only Zoho
/// knows.
fn doubtful(channel: &Channel) -> Option<Finding> {
    let id = channel.channel_id.as_deref().unwrap_or("without a number");
    let url = channel
        .notify_url
        .as_deref()
        .filter(|url| !url.is_empty())?;
    let why = match url::Url::parse(url) {
        Err(_) => "which is no URL".to_owned(),
        Ok(url) => match url.host() {
            Some(host) if is_private(&host) => {
                format!("on {host}, which the internet does not reach")
            }
            _ if url.scheme() != "https" => {
                "without TLS, which shows it to everybody on the way".to_owned()
            }
            _ => return None,
        },
    };
    Some(finding(
        Level::Warning,
        format!("channel {id} notifies an address {why}"),
        Some(
            "Give it a public HTTPS address with the action crm.update_notification; the address answers 200 within 20 seconds, and its firewall lets Zoho in."
                .to_owned(),
        ),
    ))
}

fn is_private(host: &url::Host<&str>) -> bool {
    match host {
        url::Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let ends = [".localhost", ".local", ".internal", ".test", ".invalid"];
            !name.contains('.') || ends.iter().any(|end| name.ends_with(end))
        }
        url::Host::Ipv4(ip) => {
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()
        }
        url::Host::Ipv6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
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

    #[test]
    fn an_address_that_zoho_may_not_reach_is_told() {
        let of = |url: &str| {
            let channel = json!({"channel_id": "1000", "notify_url": url});
            doubtful(&serde_json::from_value(channel).unwrap()).map(|finding| finding.message)
        };
        for url in [
            "https://hook.example/zoho?k=v",
            "https://[2001:db8::1]/",
            "https://8.8.8.8/",
        ] {
            assert_eq!(of(url), None, "{url}");
        }
        for (url, word) in [
            ("http://hook.example/", "without TLS"),
            ("https://localhost:8080/", "does not reach"),
            ("https://gateway/", "does not reach"),
            ("https://10.1.2.3/", "does not reach"),
            ("https://[fd00::1]/", "does not reach"),
            ("gateway", "no URL"),
        ] {
            assert!(
                of(url).is_some_and(|message| message.contains(word)),
                "{url}"
            );
        }
    }
}
