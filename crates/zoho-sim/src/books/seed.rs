//! What Books holds when a world starts: organisations as they are when somebody has just made them, with the records of the seed.

use serde::Deserialize;

use super::custom_fields::CustomField;
use super::datum::Datum;
use super::document::Document;
use super::registry::{self, REGISTRY};
use super::rules::Who;
use super::state::{Books, Organisation, Row};
use super::write::{self, Hand};
use crate::http::Query;
use crate::world::{User, parse_id};

/// Calls in a day of the plans (Premium, Elite and Ultimate have the most).
const CALLS_PER_DAY: u64 = 10_000;

/// The part of a seed that is about Books.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BooksSeed {
    #[serde(default)]
    pub(crate) organisations: Vec<OrganisationSeed>,
}

/// An organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganisationSeed {
    pub(crate) organization_id: String,
    pub(crate) name: String,
    #[serde(default = "dollar")]
    pub(crate) currency_code: String,
    #[serde(default = "utc")]
    pub(crate) time_zone: String,
    #[serde(default)]
    pub(crate) utc_offset_minutes: i32,
    /// First digits of the ids of its records.
    pub(crate) id_prefix: u32,
    #[serde(default = "calls")]
    pub(crate) calls_per_day: u64,
    #[serde(default)]
    pub(crate) custom_fields: Vec<CustomFieldSeed>,
    /// Records in their order; they go through the same checks as a create.
    #[serde(default)]
    pub(crate) records: Vec<RecordSeed>,
}

/// A custom field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomFieldSeed {
    pub(crate) record_type: String,
    pub(crate) api_name: String,
    pub(crate) label: String,
    #[serde(default = "string")]
    pub(crate) data_type: String,
    #[serde(default)]
    pub(crate) is_unique: bool,
}

/// A record. A text `$name` in it is the id of the record that was given this name by `as`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordSeed {
    pub(crate) record_type: String,
    #[serde(default, rename = "as")]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) parent: Option<String>,
    pub(crate) record: Document,
}

fn dollar() -> String {
    "USD".to_owned()
}

fn utc() -> String {
    "Etc/UTC".to_owned()
}

fn calls() -> u64 {
    CALLS_PER_DAY
}

fn string() -> String {
    "string".to_owned()
}

impl Books {
    /// The organisations of a seed, or what is wrong with it.
    pub(crate) fn of(seed: &BooksSeed, users: &[User], now: i64) -> Result<Self, String> {
        let mut books = Self::default();
        for seed in &seed.organisations {
            let id = parse_id(&seed.organization_id)
                .filter(|id| *id > 0)
                .ok_or_else(|| {
                    format!("organization_id `{}` is no number", seed.organization_id)
                })?;
            let organisation = organisation(id, seed, users, now, books.organisations.is_empty())?;
            if books.organisations.insert(id, organisation).is_some() {
                return Err(format!("organization_id {id} is there twice"));
            }
        }
        Ok(books)
    }
}

fn organisation(
    id: u64,
    seed: &OrganisationSeed,
    users: &[User],
    now: i64,
    is_default: bool,
) -> Result<Organisation, String> {
    if !(-840..=840).contains(&seed.utc_offset_minutes) {
        return Err(format!("utc_offset_minutes is {}", seed.utc_offset_minutes));
    }
    let mut made = Organisation::new(
        id,
        u64::from(seed.id_prefix.min(9_999_999)),
        seed.utc_offset_minutes,
        seed.calls_per_day,
    );
    made.is_default = is_default;
    made.document.set("name", seed.name.as_str());
    made.document.set("time_zone", seed.time_zone.as_str());
    made.document
        .set("currency_code", seed.currency_code.as_str());
    fresh(&mut made, users, now);
    for field in &seed.custom_fields {
        let id = made.next_id();
        made.custom_fields.push(CustomField {
            id,
            kind: field.record_type.clone(),
            api_name: field.api_name.clone(),
            label: field.label.clone(),
            data_type: field.data_type.clone(),
            is_unique: field.is_unique,
        });
    }
    let who = users.first().map(who_of).unwrap_or_default();
    let query = Query::default();
    let hand = Hand {
        who: &who,
        now,
        query: &query,
    };
    let mut names: Vec<(String, u64)> = Vec::new();
    for record in &seed.records {
        let kind = registry::type_named(&record.record_type)
            .ok_or_else(|| format!("there is no record type `{}`", record.record_type))?;
        let body = named(&Datum::Object(record.record.clone()), &names);
        let body = body.as_object().cloned().unwrap_or_default();
        let parent = record.parent.as_ref().and_then(|name| id_of(&names, name));
        let id = write::create(&mut made, kind, parent, body, hand).map_err(|problem| {
            format!("a {} is refused: {}", record.record_type, problem.message)
        })?;
        if let Some(name) = &record.name {
            names.push((name.clone(), id));
        }
    }
    Ok(made)
}

pub(super) fn who_of(user: &User) -> Who {
    Who {
        id: user.id,
        name: format!("{} {}", user.first_name, user.last_name)
            .trim()
            .to_owned(),
        email: user.email.clone(),
    }
}

/// What every new organisation has: accounts, currencies, its users.
pub(super) fn fresh(organisation: &mut Organisation, users: &[User], now: i64) {
    let put = |organisation: &mut Organisation, kind: &str, id: u64, document: Document| {
        let row = Row {
            id,
            parent: None,
            created_at: now,
            modified_at: now,
            document,
        };
        organisation.put(kind, row);
    };
    let counter = |document: &mut Document| {
        let counter = document
            .remove("counter")
            .and_then(|datum| datum.as_decimal());
        counter
            .and_then(|counter| u64::try_from(counter).ok())
            .unwrap_or_default()
    };
    let code = organisation.document.text("currency_code").to_owned();
    for currency in &REGISTRY.start.currencies {
        let mut document = currency.clone();
        let mut count = counter(&mut document);
        // The base currency has the same counter everywhere.
        let is_base = document.text("currency_code") == code;
        if is_base {
            count = 97;
        } else if count == 97 {
            count = 93_100;
        }
        let id = organisation.id_of(count);
        document.set("is_base_currency", is_base);
        let name = document.text("currency_name_formatted").to_owned();
        document.set_missing("currency_name", name);
        document.set_missing("exchange_rate", if is_base { 1 } else { 0 });
        document.set_missing("effective_date", "");
        document.set_missing("auto_exchange_rate_enabled", false);
        if is_base {
            for name in ["currency_symbol", "price_precision", "currency_format"] {
                let datum = document.get(name).cloned().unwrap_or_default();
                organisation.document.set(name, datum);
            }
            organisation.document.set("currency_id", id.to_string());
        }
        put(organisation, "currency", id, document);
    }
    let receivable = REGISTRY.start.accounts.iter();
    for account in receivable {
        let mut document = account.clone();
        let id = organisation.id_of(counter(&mut document));
        document.set_missing("is_active", true);
        document.set_missing("account_code", "");
        put(organisation, "chart_of_account", id, document);
    }
    for user in users {
        let id = organisation.next_id();
        let who = who_of(user);
        let mut document = Document::default();
        document.set("name", who.name);
        document.set("email", who.email);
        document.set("status", if user.is_active { "active" } else { "inactive" });
        document.set(
            "user_role",
            if id == organisation.id_of(100_001) {
                "admin"
            } else {
                "staff"
            },
        );
        document.set("role_id", organisation.id_of(653).to_string());
        document.set("photo_url", "");
        put(organisation, "user", id, document);
    }
    let created = organisation.today(now);
    organisation.document.set("account_created_date", created);
}

fn id_of(names: &[(String, u64)], name: &str) -> Option<u64> {
    let name = name.strip_prefix('$').unwrap_or(name);
    let found = names.iter().find(|(known, _)| known == name);
    found.map(|(_, id)| *id)
}

/// A value with the names of records replaced by their ids.
fn named(datum: &Datum, names: &[(String, u64)]) -> Datum {
    match datum {
        Datum::Text(text) if text.starts_with('$') => {
            id_of(names, text).map_or_else(|| datum.clone(), |id| Datum::Text(id.to_string()))
        }
        Datum::List(parts) => Datum::List(parts.iter().map(|part| named(part, names)).collect()),
        Datum::Object(document) => Datum::Object(
            document
                .iter()
                .map(|(name, datum)| (name.to_owned(), named(datum, names)))
                .collect(),
        ),
        other => other.clone(),
    }
}
