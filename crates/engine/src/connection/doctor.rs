//! Examines a connection from end to end, and says what to do where something is wrong.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use zoho::crm::RawAnswer;
use zoho::{ErrorKind, Method};

use crate::clock::Clock;
use crate::model::config::RouteConfig;
use crate::model::status::{Finding, Level};

use super::Connection;
use super::scopes::{Need, lacks, needs};

/// How far the clocks may be apart.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(60);

/// Looks at everything that deliveries need: reach and token, organisation, scopes, clock, credits, modules.
pub async fn examine(
    connection: &Connection,
    routes: &[&RouteConfig],
    clock: &Clock,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    // A real call first: only Zoho knows whether the token that is held still counts.
    let organisation = connection
        .client
        .crm()
        .raw(Method::GET, "/crm/v8/org", &[], None)
        .await;
    let token = match connection.client.token().await {
        Ok(token) => token,
        Err(error) => {
            let check = match error.kind() {
                ErrorKind::Connect => "reach",
                _ => "token",
            };
            findings.push(failed(check, error.to_string(), error.troubleshooting()));
            return findings;
        }
    };
    findings.push(ok(
        "reach",
        format!(
            "the accounts server answers; the API server is {}",
            token.api_domain
        ),
    ));
    findings.push(ok(
        "token",
        format!(
            "an access token is there, for {} more minutes",
            token.expires_in.as_secs() / 60
        ),
    ));
    match organisation {
        Ok(answer) => look_at(&answer, clock, &mut findings),
        Err(error) => findings.push(failed(
            "organisation",
            error.to_string(),
            error.troubleshooting(),
        )),
    }
    scopes(
        &token.scopes,
        &needs(&connection.config, routes),
        &mut findings,
    );
    modules(connection, routes, &mut findings).await;
    findings
}

/// The finding for a connection that cannot even be built.
#[must_use]
pub fn unusable(reason: &str) -> Finding {
    failed(
        "settings",
        format!("the connection cannot be used: {reason}"),
        "Apply the configuration again, with the secret or the right setting.",
    )
}

/// One answer tells the organisation, the clock and, once half of them are spent, the credits that are left.
fn look_at(answer: &RawAnswer, clock: &Clock, findings: &mut Vec<Finding>) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let header = |name: &str| {
        answer
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let date = header("date")
        .and_then(|text| jiff::fmt::rfc2822::parse(text).ok())
        .map(|date| date.timestamp());
    let Some(org) = body.pointer("/org/0") else {
        let code = body
            .pointer("/code")
            .and_then(Value::as_str)
            .unwrap_or("no code");
        let remedy = match code {
            "OAUTH_SCOPE_MISMATCH" => {
                "Authorise the connection again with the scope ZohoCRM.org.READ too; deliveries work without it."
            }
            _ if answer.status >= 500 => {
                "Zoho cannot answer right now; deliveries wait and go on by themselves."
            }
            _ => {
                "Look the code up in Zoho's documentation; if the data center is wrong, connect the organisation's own."
            }
        };
        let level = if code == "OAUTH_SCOPE_MISMATCH" {
            Level::Warning
        } else {
            Level::Failed
        };
        let message = format!(
            "the organisation cannot be read (HTTP {}, {code})",
            answer.status
        );
        findings.push(Finding {
            check: "organisation".to_owned(),
            level,
            message,
            remedy: Some(remedy.to_owned()),
        });
        findings.extend(date.map(|date| clock_finding(date, clock.now())));
        return;
    };
    let text = |pointer: &str| {
        org.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("unknown")
    };
    findings.push(ok(
        "organisation",
        format!(
            "{}, edition {}, {}, time zone {}",
            text("/company_name"),
            text("/license_details/paid_type"),
            text("/type"),
            text("/time_zone")
        ),
    ));
    findings.extend(date.map(|date| clock_finding(date, clock.now())));
    let left = header("x-api-credits-remaining").and_then(|text| text.parse::<u64>().ok());
    findings.push(credits(org, left));
}

fn clock_finding(theirs: Timestamp, ours: Timestamp) -> Finding {
    let apart = ours.duration_since(theirs).abs();
    if apart <= SKEW_MAX {
        return ok(
            "clock",
            format!(
                "this machine's clock and Zoho's are {} s apart",
                apart.as_secs()
            ),
        );
    }
    Finding {
        check: "clock".to_owned(),
        level: Level::Warning,
        message: format!("this machine's clock and Zoho's are {} s apart", apart.as_secs()),
        remedy: Some("Let this machine set its clock by the network (NTP); schedules and times of events depend on it.".to_owned()),
    }
}

/// Zoho tells what is left only once half is spent (`crm/developer/docs/api/v8/api-limits.html`).
fn credits(org: &Value, left: Option<u64>) -> Finding {
    let edition = org
        .pointer("/license_details/paid_type")
        .and_then(Value::as_str)
        .unwrap_or("");
    let users = org
        .pointer("/license_details/users_license_purchased")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let allowance = allowance(edition, users);
    let of = allowance.map_or_else(
        || "an unknown allowance".to_owned(),
        |credits| format!("about {credits} in 24 hours"),
    );
    match left {
        None => ok("credits", format!("less than half is spent of {of}")),
        Some(left) if allowance.is_some_and(|allowance| left < allowance / 10) => Finding {
            check: "credits".to_owned(),
            level: Level::Warning,
            message: format!("{left} credits are left of {of}"),
            remedy: Some("Slow other integrations down, or buy credits in Zoho; deliveries wait while none are left.".to_owned()),
        },
        Some(left) => ok("credits", format!("{left} credits are left of {of}")),
    }
}

/// Credits of an edition, by the table of `crm/developer/docs/api/v8/api-limits.html`, without add-ons.
fn allowance(edition: &str, users: u64) -> Option<u64> {
    let (per_user, most) = match edition.to_ascii_lowercase().as_str() {
        "free" => return Some(5_000),
        "standard" | "starter" => (250, 100_000),
        "professional" => (500, 3_000_000),
        "enterprise" => (1_000, 5_000_000),
        "ultimate" => (2_000, u64::MAX),
        _ => return None,
    };
    Some((50_000 + per_user * users).min(most))
}

fn scopes(granted: &[String], needs: &[Need], findings: &mut Vec<Finding>) {
    if granted.is_empty() {
        findings.push(ok(
            "scopes",
            "Zoho did not say which scopes are granted".to_owned(),
        ));
        return;
    }
    let lacks = lacks(needs, granted);
    if lacks.is_empty() {
        findings.push(ok(
            "scopes",
            format!("all {} that are needed are granted", needs.len()),
        ));
    }
    for lack in lacks {
        let scopes = lack.scopes.join(", ");
        findings.push(Finding {
            check: "scopes".to_owned(),
            level: if lack.is_optional {
                Level::Warning
            } else {
                Level::Failed
            },
            message: format!("{}: {scopes} is not granted; {}", lack.feature, lack.effect),
            remedy: Some(format!(
                "Connect it again (the console's button, or `leadway connection connect`) with {scopes} among its scopes."
            )),
        });
    }
}

async fn modules(connection: &Connection, routes: &[&RouteConfig], findings: &mut Vec<Finding>) {
    let mut modules: Vec<&str> = routes.iter().map(|route| route.module.as_str()).collect();
    modules.sort_unstable();
    modules.dedup();
    for module in modules {
        match connection.fresh_schema(module).await {
            Ok(schema) => findings.push(ok(
                "module",
                format!("{module} has {} fields", schema.fields().len()),
            )),
            Err(error) => findings.push(failed(
                "module",
                format!("{module}: {error}"),
                error.troubleshooting(),
            )),
        }
    }
}

fn ok(check: &str, message: String) -> Finding {
    Finding {
        check: check.to_owned(),
        level: Level::Ok,
        message,
        remedy: None,
    }
}

fn failed(check: &str, message: String, remedy: &str) -> Finding {
    Finding {
        check: check.to_owned(),
        level: Level::Failed,
        message,
        remedy: Some(remedy.to_owned()),
    }
}
