//! Examines a connection from end to end, and says what to do where something is wrong.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use zoho::crm::RawAnswer;
use zoho::{ErrorKind, Method};

use crate::clock::Clock;
use crate::mapping::nearest;
use crate::model::config::{ConnectionConfig, MappingConfig, RouteConfig};
use crate::model::status::{CreditMeters, Finding, Level, TokenMeters};

use super::Connection;
use super::books;
use super::channels;
use super::diagnose;
use super::rights;
use super::scopes::{lacks, needs, to_ask_for};

/// How far the clocks may be apart.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(60);

/// Looks at everything that deliveries need: reach and token, organisation, scopes, clock, credits, modules.
pub async fn examine(
    connection: &Connection,
    routes: &[(RouteConfig, MappingConfig)],
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
        Ok(answer) => look_at(&answer, connection, clock, &mut findings),
        Err(error) => findings.push(failed(
            "organisation",
            error.to_string(),
            error.troubleshooting(),
        )),
    }
    findings.extend(user(connection).await);
    let plain: Vec<&RouteConfig> = routes.iter().map(|(route, _)| route).collect();
    scopes(&token.scopes, &connection.config, &plain, &mut findings);
    findings.extend(rights::examine(connection, &token.scopes, &plain).await);
    findings.extend(books::examine(connection, &token.scopes).await);
    findings.extend(channels::examine(connection, &token.scopes, clock.now()).await);
    modules(connection, &plain, &mut findings).await;
    for (route, mapping) in routes {
        // What cannot be fetched was told just now.
        if let Some(schema) = connection.schema_if_at_hand(&route.module).await {
            findings.extend(diagnose::route(route, mapping, &schema));
        }
    }
    findings
}

/// The finding for a connection that cannot even be built.
#[must_use]
pub fn unusable(reason: &str) -> Finding {
    failed(
        "settings",
        format!("the connection cannot be used: {reason}"),
        "Connect Zoho in the console or by `leadway connection connect`, or correct the setting that is named.",
    )
}

/// One answer tells the organisation, the clock and, once half of them are spent, the credits that are left.
fn look_at(
    answer: &RawAnswer,
    connection: &Connection,
    clock: &Clock,
    findings: &mut Vec<Finding>,
) {
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
            _ if answer.status == 404 => {
                "The API host knows no CRM: api_domain is not of the data center that the refresh token was made in. Leave api_domain out, so that Zoho names the host, or correct the data center."
            }
            "INVALID_TOKEN" => {
                "Zoho turns down even a fresh access token: it is of another data center or environment than the API host, or its refresh token was revoked a moment ago. Correct data_center, environment or api_domain, see in Zoho's API console that the client's id and secret are those of the connection, and connect it again for a new refresh token."
            }
            "NO_PERMISSION" | "INACTIVE_USER" => {
                "Give the user who connected it a profile that may see the organisation's details, or connect as another user."
            }
            _ if answer.status == 429 => {
                "Too many calls are on their way, or no credits are left in 24 hours: slow other integrations down, or buy credits in Zoho; deliveries wait and go on by themselves."
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
    findings.extend(environment(
        text("/type"),
        connection.config.environment.as_str(),
    ));
    findings.extend(date.map(|date| clock_finding(date, clock.now())));
    let left = header("x-api-credits-remaining").and_then(|text| text.parse::<u64>().ok());
    findings.push(credits(org, left));
    findings.extend(limit(
        &connection.ledger.meters(),
        connection.ledger.spent(),
    ));
}

/// Records of a test should not get into production, nor the other way round.
fn environment(is: &str, should_be: &str) -> Option<Finding> {
    let is_told = ["production", "sandbox", "developer"].contains(&is);
    (is_told && is != should_be).then(|| Finding {
        check: "environment".to_owned(),
        level: Level::Warning,
        message: format!(
            "the connection is for {should_be}, but the organisation is of the type {is}"
        ),
        remedy: Some(format!(
            "Set environment = \"{is}\" if that is meant, or connect again and choose the {should_be} organisation on Zoho's page."
        )),
    })
}

/// As whom calls are made; without the scope for it, the scopes tell.
async fn user(connection: &Connection) -> Option<Finding> {
    match connection.client.crm().current_user().await {
        Ok(user) => {
            let status = user.status.as_deref().unwrap_or("active");
            let message = format!(
                "calls act as {} ({}), profile {}, {status}",
                user.full_name,
                user.email,
                user.profile.as_deref().unwrap_or("unknown"),
            );
            if status.eq_ignore_ascii_case("active") {
                return Some(ok("user", message));
            }
            Some(Finding {
                check: "user".to_owned(),
                level: Level::Warning,
                message,
                remedy: Some("Connect again as a user who is active.".to_owned()),
            })
        }
        Err(error) if error.kind() == ErrorKind::Scope => None,
        Err(error) => Some(failed("user", error.to_string(), error.troubleshooting())),
    }
}

/// How near Zoho's limits on tokens a connection is.
#[must_use]
pub fn tokens(meters: &TokenMeters) -> Finding {
    let message = format!(
        "{} of {} token calls in 10 minutes; {} of {} refresh tokens per user",
        meters.token_calls_10m,
        meters.token_calls_10m_max,
        meters.refresh_tokens,
        meters.refresh_tokens_max
    );
    let remedy = if meters.token_calls_10m + 2 >= meters.token_calls_10m_max {
        "Zoho makes no more access tokens than that; let no other program use the same refresh token, and wait ten minutes."
    } else if meters.refresh_tokens + 2 >= meters.refresh_tokens_max {
        "The next ones end the oldest; revoke those that nobody uses in Zoho: My Account, Connected apps."
    } else {
        return ok("tokens", message);
    };
    Finding {
        check: "tokens".to_owned(),
        level: Level::Warning,
        message,
        remedy: Some(remedy.to_owned()),
    }
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

/// What is left of the connection's own limit.
fn limit(meters: &CreditMeters, spent: u64) -> Option<Finding> {
    let (limit, left) = (meters.limit?, meters.left?);
    let kept = meters.kept_for_deliveries.unwrap_or_default();
    let message = format!(
        "{spent} credits are spent of the connection's limit of {limit} in 24 hours; {kept} are kept for deliveries"
    );
    let effect = if left == 0 {
        "Deliveries and actions wait until credits come back"
    } else if left <= kept {
        "Actions are refused until credits come back; deliveries go on"
    } else if left < limit / 10 {
        "Soon actions are refused, and deliveries wait"
    } else {
        return Some(ok("credit_limit", message));
    };
    Some(Finding {
        check: "credit_limit".to_owned(),
        level: Level::Warning,
        message,
        remedy: Some(format!(
            "{effect}, each a day after it was spent; raise the connection's credit_limit if Zoho allows for more."
        )),
    })
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

fn scopes(
    granted: &[String],
    config: &ConnectionConfig,
    routes: &[&RouteConfig],
    findings: &mut Vec<Finding>,
) {
    if granted.is_empty() {
        findings.push(ok(
            "scopes",
            "Zoho did not say which scopes are granted".to_owned(),
        ));
        return;
    }
    let needs = needs(config, routes);
    let lacks = lacks(&needs, granted, &to_ask_for(config, routes));
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
            remedy: Some(match lack.is_asked_for {
                true => "Connect it again (the console's Connect Zoho, or `leadway connection connect`), which asks for it.".to_owned(),
                false => format!(
                    "Add {scopes} to the list of scopes in its settings, or empty the list to ask for what is needed, and connect it again."
                ),
            }),
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
            Err(error) => {
                let remedy = match meant(connection, module).await {
                    Some(name) => format!("Write {name}; module names count with their case."),
                    None => error.troubleshooting().to_owned(),
                };
                findings.push(failed("module", format!("{module}: {error}"), &remedy));
            }
        }
    }
}

/// The module that somebody probably meant, if Zoho lists its modules to us and has none of this name.
async fn meant(connection: &Connection, module: &str) -> Option<String> {
    let modules = connection.client.crm().modules().await.ok()?;
    if modules.iter().any(|known| known.api_name == module) {
        return None;
    }
    let names = modules
        .iter()
        .map(|known| (known.api_name.as_str(), known.plural_label.as_str()));
    nearest(module, names).map(str::to_owned)
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
