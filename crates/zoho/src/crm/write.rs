//! Insert, update and upsert: collects up to 100 records and the options of the call, and sends them.
//!
//! Records that are JSON already are copied into the request body as they are; nothing is parsed or built again.

use std::borrow::Borrow;

use reqwest::Method;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::{
    Crm, ExternalField, RECORDS_PER_CALL_MAX, RecordId, Written, header_time, path, repeatable,
    written,
};
use crate::call::{Call, Repeat};
use crate::client::Client;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

impl Crm {
    /// Makes new records. A repeated insert makes duplicates; prefer [`Crm::upsert`].
    pub fn insert(&self, module: &str) -> Write {
        Write::new(&self.client, Kind::Insert, module)
    }

    /// Changes records; each must hold its `id`. Only the fields sent change, and `null` clears one.
    pub fn update(&self, module: &str) -> Write {
        Write::new(&self.client, Kind::Update, module)
    }

    /// Changes the record that has the same value in a duplicate check field, or makes a new one.
    ///
    /// Zoho offers it for all modules but Tasks, Events, Calls and Notes.
    pub fn upsert(&self, module: &str) -> Write {
        Write::new(&self.client, Kind::Upsert, module)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Insert,
    Update,
    Upsert,
}

/// A write in the making (`crm/developer/docs/api/v8/{insert,update,upsert}-records.html`).
#[must_use = "nothing is sent before `send`"]
pub struct Write {
    client: Client,
    kind: Kind,
    module: String,
    /// The records, comma separated.
    records: String,
    records_count: usize,
    has_non_object: bool,
    duplicate_check_fields: Vec<String>,
    options: Map<String, Value>,
    if_unmodified_since: Option<String>,
    external: Option<String>,
}

impl Write {
    fn new(client: &Client, kind: Kind, module: &str) -> Write {
        Write {
            client: client.clone(),
            kind,
            module: module.to_owned(),
            records: String::new(),
            records_count: 0,
            has_non_object: false,
            duplicate_check_fields: Vec::new(),
            options: Map::new(),
            if_unmodified_since: None,
            external: None,
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if it cannot be put into JSON.
    pub fn record(self, record: &impl Serialize) -> Result<Write, Error> {
        let json = to_raw_value(record).map_err(|source| {
            Error::new(
                ErrorKind::Input,
                self.operation(),
                "a record cannot be put into JSON",
            )
            .caused_by(source)
        })?;
        Ok(self.record_json(&*json))
    }

    /// Adds a record that is JSON already: `&RawValue` or `Box<RawValue>`.
    pub fn record_json(mut self, record: impl Borrow<RawValue>) -> Write {
        let text = record.borrow().get();
        if self.records_count > 0 {
            self.records.push(',');
        }
        self.records.push_str(text);
        self.records_count += 1;
        self.has_non_object |= !text.starts_with('{');
        self
    }

    /// Adds records that are JSON already.
    pub fn records_json(self, records: impl IntoIterator<Item = impl Borrow<RawValue>>) -> Write {
        records.into_iter().fold(self, Write::record_json)
    }

    /// For upserts: the fields by which a record is found, in order. Only system duplicate check fields and unique
    /// fields serve; Zoho tries all other unique fields after them. Records with a value in one of these fields may be
    /// sent again after a lost answer.
    pub fn duplicate_check_fields(
        mut self,
        fields: impl IntoIterator<Item = impl Into<String>>,
    ) -> Write {
        self.duplicate_check_fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Which automations run: of `workflow`, `approval`, `blueprint`, `pathfinder`, `orchestration`. Without this call
    /// all run; with an empty list none does.
    pub fn trigger(self, automations: impl IntoIterator<Item = impl Into<String>>) -> Write {
        let names: Vec<String> = automations.into_iter().map(Into::into).collect();
        self.option("trigger", json!(names))
    }

    /// The assignment rule that names the owner.
    pub fn lar_id(self, rule: &RecordId) -> Write {
        self.option("lar_id", json!(rule))
    }

    /// Features to leave out, such as `cadences`. For upserts it holds for both actions.
    pub fn skip_feature_execution(
        self,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Write {
        let names = names.into_iter().map(Into::into);
        let items: Vec<Value> = match self.kind {
            Kind::Upsert => names
                .flat_map(|name: String| {
                    ["insert", "update"].map(|action| json!({"name": name, "action": action}))
                })
                .collect(),
            Kind::Insert | Kind::Update => names.map(|name| json!({"name": name})).collect(),
        };
        self.option("skip_feature_execution", Value::Array(items))
    }

    /// Features to apply, such as `layout_rules`.
    pub fn apply_feature_execution(
        self,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Write {
        let items: Vec<Value> = names
            .into_iter()
            .map(|name| json!({"name": name.into()}))
            .collect();
        self.option("apply_feature_execution", Value::Array(items))
    }

    /// For updates and upserts: refuse with `ALREADY_MODIFIED` what was changed after this instant. Zoho knows seconds.
    pub fn if_unmodified_since(mut self, instant: jiff::Timestamp) -> Write {
        self.if_unmodified_since = Some(header_time(instant));
        self
    }

    /// Takes the `id` of each record, as the value of this external field instead.
    pub fn external(mut self, field: &ExternalField) -> Write {
        self.external = Some(field.to_string());
        self
    }

    /// Sends the records and gives one row per record.
    ///
    /// # Errors
    /// Refused records are no error here; they are rows of [`Written`]. An error means the whole call:
    /// [`ErrorKind::Input`] for no record, more than 100, or a record that is no JSON object; [`ErrorKind::Refused`]
    /// with Zoho's code, for instance for an unknown module; [`Error::is_outcome_unknown`] for a lost answer.
    pub async fn send(self) -> Result<Written, Error> {
        let sent = self.records_count;
        let client = self.client.clone();
        let call = self.into_call()?;
        client
            .call(&call, |reply| written::read(&reply, sent))
            .await
    }

    fn into_call(self) -> Result<Call, Error> {
        let operation = self.operation();
        let refuse = |message: String| Err(Error::new(ErrorKind::Input, operation, message));
        if self.records_count == 0 || self.records_count > RECORDS_PER_CALL_MAX {
            return refuse(format!(
                "{} records were given; send 1 to {RECORDS_PER_CALL_MAX}",
                self.records_count
            ));
        }
        if self.has_non_object {
            return refuse(
                "a record is no JSON object; each record must be {\"Field\": value, …}".to_owned(),
            );
        }
        if self.kind != Kind::Upsert && !self.duplicate_check_fields.is_empty() {
            return refuse(
                "duplicate_check_fields belong to an upsert; call upsert, or leave them out"
                    .to_owned(),
            );
        }
        let path = match self.kind {
            Kind::Insert | Kind::Update => path(operation, &[&self.module])?,
            Kind::Upsert => path(operation, &[&self.module, "upsert"])?,
        };
        let body = body(&self.records, &self.duplicate_check_fields, &self.options);
        let kind = self.kind;
        let check_fields = self.duplicate_check_fields;
        let method = match kind {
            Kind::Update => Method::PUT,
            Kind::Insert | Kind::Upsert => Method::POST,
        };
        let repeat = Repeat::Write(Box::new(move |body| match kind {
            Kind::Insert => Idempotency::NotIdempotent,
            Kind::Update => repeatable::update(body),
            Kind::Upsert => repeatable::upsert(body, &check_fields),
        }));
        let cost = price::write(operation, self.records_count);
        Ok(Call::new(method, path, cost, Some(body.into()), repeat)
            .header_if("if-unmodified-since", self.if_unmodified_since)
            .header_if("x-external", self.external))
    }

    fn operation(&self) -> &'static str {
        match self.kind {
            Kind::Insert => "insert records",
            Kind::Update => "update records",
            Kind::Upsert => "upsert records",
        }
    }

    fn option(mut self, name: &str, value: Value) -> Write {
        self.options.insert(name.to_owned(), value);
        self
    }
}

/// Puts the body together around the records.
fn body(records: &str, duplicate_check_fields: &[String], options: &Map<String, Value>) -> String {
    let mut body = String::with_capacity(records.len() + 256);
    body.push_str(r#"{"data":["#);
    body.push_str(records);
    body.push(']');
    let check = (!duplicate_check_fields.is_empty()).then(|| json!(duplicate_check_fields));
    let check = check
        .iter()
        .map(|fields| ("duplicate_check_fields", fields));
    for (name, value) in check.chain(options.iter().map(|(name, value)| (name.as_str(), value))) {
        body.push_str(&format!(r#","{name}":{value}"#));
    }
    body.push('}');
    body
}

/// Shows no record: they may hold personal data.
impl std::fmt::Debug for Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Write")
            .field("kind", &self.kind)
            .field("module", &self.module)
            .field("records_count", &self.records_count)
            .finish_non_exhaustive()
    }
}
