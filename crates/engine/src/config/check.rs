//! Whether a configuration can work: names, references, shapes. All problems are found at once.

use std::collections::HashSet;

use crate::connection::{address, data_center};
use crate::mapping::{CompiledMapping, LEAD_CAPTURE};
use crate::model::config::{Config, ConnectionConfig, MappingConfig, RouteConfig};
use crate::model::status::ConfigProblem;

/// The consent categories that there are, as Datafly Signal and Segment name them.
const CONSENT: [&str; 4] = ["marketing", "analytics", "functional", "advertising"];
/// Zoho automation that a write may trigger (`crm/developer/docs/api/v8/insert-records.html`).
const TRIGGERS: [&str; 5] = [
    "workflow",
    "approval",
    "blueprint",
    "pathfinder",
    "orchestration",
];
const NAME_CHARS_MAX: usize = 100;
/// A bulk write costs 500 credits, and a batch of deliveries up to 10.
const CREDIT_LIMIT_MIN: u64 = 1_000;

/// Whether something can be called so.
#[must_use]
pub(crate) fn is_name(text: &str) -> bool {
    let is_plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    !text.is_empty() && text.len() <= NAME_CHARS_MAX && text.chars().all(is_plain)
}

/// Looks a configuration through. Empty: it can work.
#[must_use]
pub(crate) fn check(config: &Config) -> Vec<ConfigProblem> {
    let mut problems = Problems::default();
    problems.names(
        "connections",
        config.connections.iter().map(|item| item.name.as_str()),
    );
    problems.names(
        "sources",
        config.sources.iter().map(|item| item.name.as_str()),
    );
    problems.names("forms", config.forms.iter().map(|item| item.name.as_str()));
    problems.names(
        "mappings",
        config.mappings.iter().map(|item| item.name.as_str()),
    );
    problems.names(
        "routes",
        config.routes.iter().map(|item| item.name.as_str()),
    );
    for (at, connection) in config.connections.iter().enumerate() {
        problems.connection(at, connection);
    }
    problems.sources(config);
    problems.forms(config);
    for (at, mapping) in config.mappings.iter().enumerate() {
        problems.mapping(at, mapping);
    }
    for (at, route) in config.routes.iter().enumerate() {
        problems.route(at, route, config);
    }
    problems.0
}

#[derive(Default)]
struct Problems(Vec<ConfigProblem>);

impl Problems {
    fn add(&mut self, path: String, message: impl Into<String>) {
        self.0.push(ConfigProblem {
            path,
            message: message.into(),
        });
    }

    fn names<'a>(&mut self, list: &str, names: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        for (at, name) in names.enumerate() {
            if !is_name(name) {
                self.add(
                    format!("{list}[{at}].name"),
                    format!("{name:?} is no name; use 1 to {NAME_CHARS_MAX} letters, digits, dots, hyphens and underscores"),
                );
            } else if !seen.insert(name) {
                self.add(
                    format!("{list}[{at}].name"),
                    format!("{name:?} stands there twice; names are unique"),
                );
            }
        }
    }

    fn connection(&mut self, at: usize, connection: &ConnectionConfig) {
        if let Err(error) = data_center(connection) {
            self.add(format!("connections[{at}].data_center"), error.to_string());
        }
        if connection.client_id.trim().is_empty() {
            self.add(
                format!("connections[{at}].client_id"),
                "is empty; copy it from Zoho's API console",
            );
        }
        for (key, url) in [
            ("accounts_url", &connection.accounts_url),
            ("api_domain", &connection.api_domain),
        ] {
            if let Some(Err(error)) = url.as_ref().map(|url| address(key, url)) {
                self.add(format!("connections[{at}].{key}"), error.to_string());
            }
        }
        if let Some(limit) = connection
            .credit_limit
            .filter(|limit| *limit < CREDIT_LIMIT_MIN)
        {
            self.add(
                format!("connections[{at}].credit_limit"),
                format!("{limit} is too little to work with; write at least {CREDIT_LIMIT_MIN}, or leave it out for what Zoho allows"),
            );
        }
        if let (Some(limit), Some(kept)) = (
            connection.credit_limit,
            connection.credits_kept_for_deliveries,
        ) && kept > limit
        {
            self.add(
                format!("connections[{at}].credits_kept_for_deliveries"),
                format!("{kept} is more than the credit_limit of {limit}; write at most as much"),
            );
        }
        for (key, secret) in [
            ("client_secret", &connection.client_secret),
            ("refresh_token", &connection.refresh_token),
        ] {
            if secret
                .as_ref()
                .is_some_and(|secret| secret.expose().trim().is_empty())
            {
                self.add(
                    format!("connections[{at}].{key}"),
                    "is empty; leave it out to keep the stored one",
                );
            }
        }
    }

    fn sources(&mut self, config: &Config) {
        let mut keys = HashSet::new();
        for (at, source) in config.sources.iter().enumerate() {
            let key = source.write_key.as_str();
            let is_plain = |letter: char| letter.is_ascii_graphic() && letter != ':';
            if key.len() < 8 || key.len() > 200 || !key.chars().all(is_plain) {
                self.add(
                    format!("sources[{at}].write_key"),
                    "is no write key; use 8 to 200 visible ASCII characters without a colon",
                );
            } else if !keys.insert(key) {
                self.add(
                    format!("sources[{at}].write_key"),
                    "is another source's too; each source has its own",
                );
            }
            for (place, origin) in source.allowed_origins.iter().enumerate() {
                let is_origin = url::Url::parse(origin)
                    .is_ok_and(|url| url.origin().ascii_serialization() == *origin);
                if !is_origin {
                    self.add(
                        format!("sources[{at}].allowed_origins[{place}]"),
                        format!("{origin:?} is no origin; write scheme and host without a path: https://www.example.com"),
                    );
                }
            }
        }
    }

    fn forms(&mut self, config: &Config) {
        for (at, form) in config.forms.iter().enumerate() {
            if !config
                .sources
                .iter()
                .any(|source| source.name == form.source)
            {
                self.add(
                    format!("forms[{at}].source"),
                    missing(
                        "source",
                        &form.source,
                        config.sources.iter().map(|s| &s.name),
                    ),
                );
            }
            if form.event.trim().is_empty() || form.event.chars().count() > 255 {
                self.add(
                    format!("forms[{at}].event"),
                    "is no event name; use 1 to 255 characters",
                );
            }
            let is_local = |url: &str| {
                url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\")
            };
            let is_address = |url: &str| {
                url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
            };
            if let Some(url) = form
                .redirect_url
                .as_ref()
                .filter(|url| !is_local(url) && !is_address(url))
            {
                self.add(
                    format!("forms[{at}].redirect_url"),
                    format!("{url:?} is no address; write https://www.example.com/thanks or a path that begins with /"),
                );
            }
        }
    }

    fn mapping(&mut self, at: usize, mapping: &MappingConfig) {
        if let Err(problems) = CompiledMapping::compile(mapping) {
            for problem in problems {
                self.add(format!("mappings[{at}].{}", problem.path), problem.message);
            }
        }
    }

    fn route(&mut self, at: usize, route: &RouteConfig, config: &Config) {
        let path = |key: &str| format!("routes[{at}].{key}");
        for (place, source) in route.sources.iter().enumerate() {
            if !config.sources.iter().any(|known| known.name == *source) {
                self.add(
                    path(&format!("sources[{place}]")),
                    missing("source", source, config.sources.iter().map(|s| &s.name)),
                );
            }
        }
        if route.events.is_empty() {
            self.add(path("events"), "is empty, so the route would never match; write [\"identify\", \"track:Lead Generated\"]");
        }
        let is_known = config
            .mappings
            .iter()
            .any(|known| known.name == route.mapping)
            || route.mapping == LEAD_CAPTURE;
        if !is_known {
            let names = config.mappings.iter().map(|mapping| &mapping.name);
            self.add(
                path("mapping"),
                missing("mapping", &route.mapping, names) + "; lead-capture is built in",
            );
        }
        if !config
            .connections
            .iter()
            .any(|known| known.name == route.connection)
        {
            let names = config.connections.iter().map(|connection| &connection.name);
            self.add(
                path("connection"),
                missing("connection", &route.connection, names),
            );
        }
        if !is_api_name(&route.module) {
            self.add(
                path("module"),
                format!("{:?} is no module's API name, such as Leads", route.module),
            );
        }
        for (place, field) in route.duplicate_check_fields.iter().enumerate() {
            if !is_api_name(field) {
                let message = format!("{field:?} is no field's API name, such as Email");
                self.add(path(&format!("duplicate_check_fields[{place}]")), message);
            }
        }
        for (key, values, known) in [
            ("consent", route.consent.as_slice(), CONSENT.as_slice()),
            (
                "trigger",
                route.trigger.as_deref().unwrap_or_default(),
                TRIGGERS.as_slice(),
            ),
        ] {
            for (place, value) in values
                .iter()
                .enumerate()
                .filter(|(_, value)| !known.contains(&value.as_str()))
            {
                self.add(
                    path(&format!("{key}[{place}]")),
                    format!("{value:?} is not known; there are {}", known.join(", ")),
                );
            }
        }
        if let Some(id) = route
            .lar_id
            .as_ref()
            .filter(|id| zoho::crm::RecordId::new(id).is_err())
        {
            self.add(
                path("lar_id"),
                format!("{id:?} is no id of Zoho's; those are 15 to 19 digits"),
            );
        }
    }
}

fn is_api_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn missing<'a>(kind: &str, name: &str, names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    match names.as_slice() {
        [] => format!("there is no {kind} {name:?}, nor any other"),
        names => format!(
            "there is no {kind} {name:?}; there are: {}",
            names.join(", ")
        ),
    }
}
