//! Creates and updates, and the question what became of a create whose answer was lost.

use std::fmt;

use bytes::Bytes;
use futures_util::TryStreamExt;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::answer::Envelope;
use super::members::{Members, ReadMember};
use super::record::{FromRecord, Record};
use super::registry::Operation;
use super::{RecordType, Records, Verb, cost};
use crate::call::Call;
use crate::policy::Idempotency;
use crate::{Error, ErrorKind};

/// How far [`Create::settle`] reads a list that it cannot filter.
const ROWS_SEARCHED_MAX: usize = 10_000;

/// A create in the making.
#[must_use = "nothing is sent before `send`"]
pub struct Create<T = Record> {
    records: Records<T>,
    write: Write,
}

/// An update or upsert in the making.
#[must_use = "nothing is sent before `send`"]
pub struct Update<T = Record> {
    records: Records<T>,
    target: Target,
    write: Write,
}

enum Target {
    Id(String),
    UniqueField {
        field: String,
        value: String,
        makes_new: bool,
    },
}

/// What creates and updates share.
struct Write {
    body: Result<Box<RawValue>, Error>,
    query: Vec<(String, String)>,
    is_checked: bool,
}

/// What [`Create::settle`] found.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// No record has the value: the create was not acted on, or not yet. It can be sent again.
    Absent,
    /// One record has it.
    Found(Record),
    /// Several have it, so that the value does not tell which one is meant.
    Several(Vec<Record>),
}

impl Write {
    fn new(members: &impl Serialize) -> Write {
        let body = to_raw_value(members).map_err(|source| {
            let message = "the members cannot be put into JSON";
            Error::new(ErrorKind::Input, "write record", message).caused_by(source)
        });
        Write {
            body,
            query: Vec::new(),
            is_checked: true,
        }
    }

    fn checked(&self, operation: &'static str, record_type: &RecordType) -> Result<Bytes, Error> {
        let body = self.body.clone()?;
        if self.is_checked {
            let value: Value = serde_json::from_str(body.get()).unwrap_or_default();
            record_type.check(operation, &value)?;
        }
        Ok(Bytes::from(String::from(Box::<str>::from(body))))
    }
}

fn read<T: FromRecord>(
    envelope: &Envelope,
    record_type: &RecordType,
    operation: &'static str,
) -> Result<T, Error> {
    let keys = [record_type.item_key, record_type.list_key];
    let record = envelope.record(&keys, record_type.id_field());
    // Some answers hold nothing but the message, or parts of the record.
    T::from_record(record.unwrap_or_else(|| envelope.rest())).map_err(|error| {
        let message = format!(
            "the call succeeded, but its answer cannot be read: {}",
            error.message()
        );
        Error::new(ErrorKind::Decode, operation, message).outcome_unknown(true)
    })
}

impl<T: FromRecord> Create<T> {
    pub(super) fn new(records: Records<T>, members: &impl Serialize) -> Create<T> {
        Create {
            records,
            write: Write::new(members),
        }
    }

    /// A query parameter, such as `send` or `ignore_auto_number_generation`.
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Create<T> {
        self.write.query.push((name.to_owned(), value.into()));
        self
    }

    /// Sends the members without a check of their names and types.
    pub fn unchecked(mut self) -> Create<T> {
        self.write.is_checked = false;
        self
    }

    /// Sends the record and gives it as Zoho made it.
    ///
    /// It is never sent twice unless Zoho certainly did not act on it (no connection, too many calls).
    ///
    /// # Errors
    /// [`ErrorKind::Input`] names a member that the record type does not have, or a value of another type;
    /// [`Error::is_duplicate`] for a name or number that is taken; [`Error::is_outcome_unknown`] for a lost answer, with
    /// words on what to look for; see [`Create::settle`].
    pub async fn send(&self) -> Result<T, Error> {
        let record_type = self.records.record_type()?;
        let operation = record_type.operation(Verb::Create)?;
        let body = self.with_parent(record_type, operation)?;
        let make = |path: &str| {
            let mut call = Call::write(
                operation.method.into(),
                self.records.path(operation, path, None)?,
                cost(operation.id),
                Some(body.clone()),
                Idempotency::NotIdempotent,
            );
            call.query = self.write.query.clone();
            Ok(call)
        };
        match self.records.books.call_either(operation, make).await {
            Ok(envelope) => read(&envelope, record_type, operation.id),
            Err(error) if error.is_outcome_unknown() => Err(self.unsettled(record_type, error)),
            Err(error) => Err(error),
        }
    }

    /// Looks whether the record is there after all, when [`Create::send`] ended with [`Error::is_outcome_unknown`].
    ///
    /// It goes by the first of the record's own names that was sent: `reference_number`, its number, its name, its
    /// e-mail address. Give each create a reference of its own, so that one record answers. Wait a little first: a call
    /// that timed out here may still be at work there.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if no such member was sent, or the record type has no list; otherwise see [`ErrorKind`].
    pub async fn settle(&self) -> Result<Settled, Error> {
        let record_type = self.records.record_type()?;
        let Some((field, value)) = self.own_name(record_type) else {
            let message = format!(
                "nothing that was sent tells this {} from others; send a reference_number or a name",
                record_type.name()
            );
            return Err(Error::new(ErrorKind::Input, "settle create", message));
        };
        let list = Records::<Record>::clone_of(&self.records).list();
        let list = match record_type.filters().any(|filter| filter == field) {
            true => list.filter(field, value.as_str()),
            false => list,
        };
        let mut rows = std::pin::pin!(list.stream());
        let mut found = Vec::new();
        let mut searched = 0;
        while let Some(row) = rows.try_next().await? {
            searched += 1;
            if searched > ROWS_SEARCHED_MAX {
                let message = format!(
                    "the list of {} cannot be filtered by {field} and has more than {ROWS_SEARCHED_MAX} records",
                    record_type.name()
                );
                return Err(Error::new(ErrorKind::Input, "settle create", message));
            }
            // Zoho may ignore the filter, so that each row is compared.
            if row.text(field)?.as_deref() == Some(value.as_str()) {
                found.push(row);
            }
        }
        Ok(match found.len() {
            0 => Settled::Absent,
            1 => found.pop().map_or(Settled::Absent, Settled::Found),
            _ => Settled::Several(found),
        })
    }

    /// The member that tells the record from others, and its value.
    fn own_name(&self, record_type: &RecordType) -> Option<(&'static str, String)> {
        let body = self.write.body.as_ref().ok()?;
        let members = Members::of(body)?;
        let is_own = |field: &&'static str| {
            matches!(
                *field,
                "reference_number" | "name" | "email" | "currency_code" | "sku"
            ) || field.ends_with("_number")
                || field.ends_with("_name")
        };
        let is_foreign = |field: &str| {
            let words = [
                "customer_",
                "vendor_",
                "currency_name",
                "company_",
                "first_",
                "last_",
                "account_number",
            ];
            words.iter().any(|word| field.starts_with(word))
                && !field.starts_with("vendor_credit_number")
        };
        let rank = |field: &&'static str| match *field {
            "reference_number" => 0,
            field if field.ends_with("_number") => 1,
            field if field.ends_with("name") => 2,
            _ => 3,
        };
        let mut own: Vec<&'static str> = record_type.fields().filter(is_own).collect();
        own.retain(|field| !is_foreign(field));
        own.sort_by_key(rank);
        own.into_iter().find_map(|field| {
            let value = Option::<String>::read(members.get(field)).ok().flatten()?;
            Some((field, value))
        })
    }

    fn unsettled(&self, record_type: &RecordType, error: Error) -> Error {
        let words = match self.own_name(record_type) {
            Some((field, value)) => {
                let value: String = value.chars().take(80).collect();
                format!(
                    "look for the {} whose {field} is {value:?}",
                    record_type.name()
                )
            }
            None => format!(
                "look through the list of {}; nothing that was sent tells it from others",
                record_type.name()
            ),
        };
        let message = format!(
            "{}; it may have been made all the same: {words}",
            error.message()
        );
        error.message_is(message)
    }

    /// Adds the parent's id to the body where the path has no place for it.
    fn with_parent(&self, record_type: &RecordType, operation: &Operation) -> Result<Bytes, Error> {
        let body = self.write.checked(operation.id, record_type)?;
        let parent_field = record_type.parent().and_then(RecordType::id_field);
        let (Some(field), Some(id)) = (parent_field, self.records.parent_id()) else {
            return Ok(body);
        };
        let has_it = Members::parse(&body).is_some_and(|members| members.get(field).is_some());
        if operation.path.contains('{') || has_it {
            return Ok(body);
        }
        let text = String::from_utf8_lossy(&body);
        let rest = text.trim_start().strip_prefix('{').unwrap_or("}");
        let comma = if rest.trim_start().starts_with('}') {
            ""
        } else {
            ","
        };
        Ok(format!("{{{}:{}{comma}{rest}", Value::from(field), Value::from(id)).into())
    }
}

impl<T: FromRecord> Update<T> {
    pub(super) fn by_id(records: Records<T>, id: &str, members: &impl Serialize) -> Update<T> {
        Update {
            records,
            target: Target::Id(id.to_owned()),
            write: Write::new(members),
        }
    }

    pub(super) fn by_unique_field(
        records: Records<T>,
        field: &str,
        value: &str,
        members: &impl Serialize,
    ) -> Update<T> {
        Update {
            records,
            target: Target::UniqueField {
                field: field.to_owned(),
                value: value.to_owned(),
                makes_new: true,
            },
            write: Write::new(members),
        }
    }

    /// For upserts: refuse where no record has the value, instead of making one.
    pub fn only_existing(mut self) -> Update<T> {
        if let Target::UniqueField { makes_new, .. } = &mut self.target {
            *makes_new = false;
        }
        self
    }

    /// A query parameter.
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Update<T> {
        self.write.query.push((name.to_owned(), value.into()));
        self
    }

    /// Sends the members without a check of their names and types.
    pub fn unchecked(mut self) -> Update<T> {
        self.write.is_checked = false;
        self
    }

    /// Sends the change and gives the record as it is now. A lost answer is repeated: a second change changes nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] names a member that the record type does not have, or a value of another type;
    /// [`Error::is_not_found`] if there is no such record; otherwise see [`ErrorKind`].
    pub async fn send(&self) -> Result<T, Error> {
        let record_type = self.records.record_type()?;
        let operation = match &self.target {
            Target::Id(_) => record_type.operation(Verb::Update)?,
            Target::UniqueField { .. } => record_type.upsert().ok_or_else(|| {
                let message = format!(
                    "Zoho Books offers no upsert by a unique field for the record type {}",
                    record_type.name()
                );
                Error::new(ErrorKind::Input, "upsert record", message)
            })?,
        };
        let body = self.write.checked(operation.id, record_type)?;
        let make = |path: &str| {
            let id = match &self.target {
                // Two record types are one of a kind, and have no id in their path.
                Target::Id(id) if operation.path.contains('{') => Some(id.as_str()),
                _ => None,
            };
            let mut call = Call::write(
                operation.method.into(),
                self.records.path(operation, path, id)?,
                cost(operation.id),
                Some(body.clone()),
                Idempotency::Idempotent,
            );
            call.query = self.write.query.clone();
            if let Target::UniqueField {
                field,
                value,
                makes_new,
            } = &self.target
            {
                call = call
                    .header_if("x-unique-identifier-key", Some(field.clone()))
                    .header_if("x-unique-identifier-value", Some(value.clone()))
                    .header_if("x-upsert", Some(makes_new.to_string()));
            }
            Ok(call)
        };
        let envelope = self.records.books.call_either(operation, make).await?;
        read(&envelope, record_type, operation.id)
    }
}

impl<T> fmt::Debug for Create<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Create")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Update<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}
