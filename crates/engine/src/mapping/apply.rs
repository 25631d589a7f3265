//! Makes a record of an event. This is the hot path: one pass over the payload, one over the fields.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::capture::Slots;
use super::compile::{CompiledField, CompiledMapping};
use super::datum::{Datum, value_of};
use super::record::shorten;
use super::transform::{self, Misfit};
use crate::model::config::Transform;
use crate::model::problem::{Problem, Stage};

/// A record as it goes to Zoho.
#[derive(Debug, Clone)]
pub struct MappedRecord {
    /// A JSON object from API names to values, in the mapping's order, without empty fields.
    pub json: Box<RawValue>,
}

impl CompiledMapping {
    /// Makes a record of an event's payload.
    ///
    /// For each field, the first path with a value wins; `null`, blank text, `[]` and `{}` are no values, also
    /// when a transform makes them. Without any, the default is used, and without one the field is left out.
    ///
    /// # Errors
    ///
    /// The first problem: a required field without a value (`MANDATORY_NOT_FOUND`), or a value that a transform
    /// cannot change (`INVALID_DATA`). [`CompiledMapping::apply_partly`] gives the rest of the record even then.
    pub fn apply(&self, payload: &RawValue) -> Result<MappedRecord, Problem> {
        let slots = self.paths.capture(payload);
        let mut entries = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            match field.resolve(&slots) {
                Ok(Some(found)) => entries.push((field.name.as_str(), found.datum)),
                Ok(None) if field.is_required => return Err(field.missing()),
                Ok(None) => {}
                Err(failure) => return Err(field.unmapped(&failure)),
            }
        }
        Ok(write(&entries))
    }

    /// Makes a record of what can be mapped, leaving out the fields that [`CompiledMapping::apply`] refuses:
    /// what a person mends when the mapping has refused an event.
    #[must_use]
    pub fn apply_partly(&self, payload: &RawValue) -> MappedRecord {
        let slots = self.paths.capture(payload);
        let entries: Vec<_> = self
            .fields
            .iter()
            .filter_map(|field| Some((field.name.as_str(), field.resolve(&slots).ok()??.datum)))
            .collect();
        write(&entries)
    }
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The number of the source.
    Source(usize),
    Constant,
    Default,
}

/// A field's value.
#[derive(Debug)]
pub(super) struct Found<'p> {
    pub(super) origin: Origin,
    /// As it was before transforms.
    pub(super) input: &'p RawValue,
    pub(super) datum: Datum<'p>,
}

/// A value that could not be brought into its field.
#[derive(Debug)]
pub(super) struct Failure<'p> {
    /// The number of the source.
    pub(super) source: usize,
    pub(super) input: &'p RawValue,
    /// The transform that could not; none if the value itself is unreadable.
    pub(super) transform: Option<Transform>,
    pub(super) misfit: Misfit,
}

impl CompiledField {
    /// Finds the field's value among what was captured.
    pub(super) fn resolve<'p>(
        &'p self,
        slots: &Slots<'p>,
    ) -> Result<Option<Found<'p>>, Failure<'p>> {
        if let Some(constant) = &self.constant {
            return Ok(Some(Found {
                origin: Origin::Constant,
                input: constant,
                datum: Datum::Json(constant),
            }));
        }
        for (number, (_, slot)) in self.sources.iter().enumerate() {
            let Some(input) = slots[*slot] else { continue };
            if let Some(datum) = self.resolve_source(number, input)? {
                return Ok(Some(Found {
                    origin: Origin::Source(number),
                    input,
                    datum,
                }));
            }
        }
        Ok(self.default.as_deref().map(|default| Found {
            origin: Origin::Default,
            input: default,
            datum: Datum::Json(default),
        }))
    }

    /// Takes the value at one path through its transforms.
    pub(super) fn resolve_source<'p>(
        &self,
        number: usize,
        input: &'p RawValue,
    ) -> Result<Option<Datum<'p>>, Failure<'p>> {
        let unreadable =
            "has a number beyond all range, broken text, or lists within lists without end";
        let mut datum = Datum::read(input).map_err(|_| Failure {
            source: number,
            input,
            transform: None,
            misfit: unreadable,
        })?;
        for &transform in self.sources[number]
            .0
            .transforms
            .iter()
            .chain(&self.transforms)
        {
            let Some(before) = datum else { return Ok(None) };
            datum = transform::transform(transform, before).map_err(|misfit| Failure {
                source: number,
                input,
                transform: Some(transform),
                misfit,
            })?;
        }
        Ok(datum)
    }

    /// The problem of a required field without a value.
    pub(super) fn missing(&self) -> Problem {
        let name = &self.name;
        let paths: Vec<&str> = self
            .sources
            .iter()
            .map(|(source, _)| source.path.as_str())
            .collect();
        let (first, where_looked) = match paths.as_slice() {
            [] => (None, "the mapping names no path for it".to_owned()),
            [path] => (Some(*path), format!("the event has nothing at {path}")),
            [first, .., last] => (
                Some(*first),
                format!(
                    "the event has nothing at any of {} paths from {first} to {last}",
                    paths.len()
                ),
            ),
        };
        let sender = first.map_or(String::new(), |path| {
            format!("let the website send {path}, or ")
        });
        Problem {
            stage: Stage::Mapping,
            code: "MANDATORY_NOT_FOUND".to_owned(),
            field: Some(name.clone()),
            value: None,
            message: format!("The mapping requires {name}, but {where_looked}."),
            remedy: format!(
                "Set {name} here and replay; to prevent it, {sender}give {name} another path or a default in the mapping."
            ),
        }
    }

    /// The problem of a value that could not be brought into the field.
    pub(super) fn unmapped(&self, failure: &Failure<'_>) -> Problem {
        let name = &self.name;
        let path = &self.sources[failure.source].0.path;
        let value = shorten(value_of(failure.input));
        let work = failure.transform.map_or(String::new(), |transform| {
            format!(
                ", so the transform {} could not work",
                transform::name_of(transform)
            )
        });
        Problem {
            stage: Stage::Mapping,
            code: "INVALID_DATA".to_owned(),
            field: Some(name.clone()),
            message: format!(
                "The value at {path} for {name} ({value}) {}{work}.",
                failure.misfit
            ),
            value: Some(value),
            remedy: format!(
                "Set {name} to a right value here and replay, or leave it out; to prevent it, correct what the website sends as {path}."
            ),
        }
    }
}

/// Writes the record. It goes straight into the text of a [`RawValue`], which therefore need not be checked again.
fn write(entries: &[(&str, Datum<'_>)]) -> MappedRecord {
    #[expect(
        clippy::expect_used,
        reason = "all keys are text and no datum refuses to be written"
    )]
    let json =
        to_raw_value(&Entries(entries)).expect("text, numbers and JSON values can be written");
    MappedRecord { json }
}

struct Entries<'a>(&'a [(&'a str, Datum<'a>)]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, datum) in self.0 {
            map.serialize_entry(name, datum)?;
        }
        map.end()
    }
}
