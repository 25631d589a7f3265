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
    #[expect(
        clippy::result_large_err,
        reason = "a refusal is rare, and goes on as it is"
    )]
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
        Problem {
            stage: Stage::Mapping,
            code: "INVALID_DATA".to_owned(),
            field: Some(name.clone()),
            message: format!(
                "{name} could not be filled from {path}: {value} {}.",
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;
    use crate::model::config::{FieldMapping, MappingConfig};

    fn mapping(toml: &str) -> CompiledMapping {
        let config: MappingConfig = toml::from_str(&format!("name = \"test\"\n{toml}")).unwrap();
        CompiledMapping::compile(&config).unwrap()
    }

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    const FIELDS: &str = r#"
        [[fields]]
        field = "Last_Name"
        from = ["traits.lastName", "traits.name | last_name"]
        [[fields]]
        field = "Employees"
        from = ["traits.employees"]
        transform = ["number"]
        default = 1
        [[fields]]
        field = "Lead_Source"
        value = "Website"
        [[fields]]
        field = "Interests"
        from = ["properties.interests"]
        [[fields]]
        field = "Email"
        from = ["traits.email"]
        required = true
    "#;

    #[test]
    fn the_first_path_with_a_value_wins() {
        let payload = raw(
            r#"{"traits":{"lastName":" ","name":"Ada Ray","employees":"1,200","email":"a@example.com"},"properties":{"interests":["a","b"]}}"#,
        );
        let record = mapping(FIELDS).apply(&payload).unwrap();
        assert_eq!(
            record.json.get(),
            r#"{"Last_Name":"Ray","Employees":1200,"Lead_Source":"Website","Interests":["a","b"],"Email":"a@example.com"}"#
        );
    }

    #[test]
    fn empty_fields_are_left_out_and_defaults_fill_in() {
        let payload = raw(
            r#"{"traits":{"lastName":null,"name":"","email":"a@example.com"},"properties":{"interests":[]}}"#,
        );
        let record = mapping(FIELDS).apply(&payload).unwrap();
        assert_eq!(
            record.json.get(),
            r#"{"Employees":1,"Lead_Source":"Website","Email":"a@example.com"}"#
        );
    }

    #[test]
    fn text_is_escaped_again() {
        let payload = raw(
            r#"{"traits":{"lastName":"O\"Ne\\il\n\ud83d\ude00\u0000\ud800","email":"a@example.com"}}"#,
        );
        let record = mapping(FIELDS).apply(&payload).unwrap();
        let record: Value = serde_json::from_str(record.json.get()).unwrap();
        assert_eq!(
            record["Last_Name"],
            "O\"Ne\\il\n\u{1f600}\0\u{fffd}\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn numbers_keep_their_digits() {
        let mapping = mapping("[[fields]]\nfield = \"N\"\nfrom = [\"n\"]");
        for number in [
            "1.50",
            "9007199254740993",
            "123456789012345678901234567890",
            "-0",
            "1E5",
        ] {
            let record = mapping
                .apply(&raw(&format!(r#"{{"n":{number}}}"#)))
                .unwrap();
            assert_eq!(record.json.get(), format!(r#"{{"N":{number}}}"#));
        }
        let list = r#"[1.50, {"a": 9007199254740993}]"#;
        assert_eq!(
            mapping
                .apply(&raw(&format!(r#"{{"n":{list}}}"#)))
                .unwrap()
                .json
                .get(),
            format!(r#"{{"N":{list}}}"#)
        );
        let problem = mapping.apply(&raw(r#"{"n":1e999}"#)).unwrap_err();
        assert_eq!(problem.code, "INVALID_DATA");
    }

    #[test]
    fn refusals_say_what_to_do() {
        let mapping = mapping(FIELDS);
        let required = raw(r#"{"traits":{"lastName":"Ray"}}"#);
        let untransformable = raw(r#"{"traits":{"lastName":"Ray","employees":"abc"}}"#);
        insta::assert_json_snapshot!(
            [&required, &untransformable].map(|payload| mapping.apply(payload).unwrap_err())
        );
        assert_eq!(
            mapping.apply_partly(&untransformable).json.get(),
            r#"{"Last_Name":"Ray","Lead_Source":"Website"}"#
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            Just(Value::from("Ada Ray")),
            Just(Value::from("2026-01-31T09:00:00Z")),
            Just(Value::from("1,234")),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec(("[ab0]", inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn any_field() -> impl Strategy<Value = FieldMapping> {
        let transforms = || {
            proptest::sample::subsequence(
                vec![
                    Transform::Trim,
                    Transform::Lowercase,
                    Transform::Uppercase,
                    Transform::FirstName,
                    Transform::LastName,
                ],
                0..3,
            )
        };
        let last = proptest::option::of(proptest::sample::select(vec![
            Transform::Number,
            Transform::Boolean,
            Transform::Date,
            Transform::Datetime,
            Transform::List,
            Transform::Text,
        ]));
        let from =
            proptest::collection::hash_set("[ab0](\\.[ab0]){0,2}( \\| (trim|last_name))?", 1..4);
        (
            from,
            transforms(),
            last,
            proptest::option::of(Just(Value::from("default"))),
            any::<bool>(),
        )
            .prop_map(|(from, transform, last, default, required)| FieldMapping {
                field: String::new(),
                from: from.into_iter().collect(),
                value: None,
                default,
                transform: transform.into_iter().chain(last).collect(),
                required,
            })
    }

    fn any_mapping() -> impl Strategy<Value = CompiledMapping> {
        proptest::collection::vec(any_field(), 1..6).prop_map(|mut fields| {
            for (number, field) in fields.iter_mut().enumerate() {
                field.field = format!("Field_{number}");
            }
            CompiledMapping::compile(&MappingConfig {
                name: "test".to_owned(),
                fields,
            })
            .unwrap()
        })
    }

    proptest! {
        #[test]
        fn explaining_and_applying_agree(mapping in any_mapping(), payload in any_json()) {
            let payload = raw(&payload.to_string());
            let explanation = mapping.explain(&payload);
            let explained: Map<String, Value> = explanation
                .steps
                .iter()
                .filter_map(|step| Some((step.field.clone(), step.output.clone()?)))
                .collect();
            let partly: Value = serde_json::from_str(mapping.apply_partly(&payload).json.get()).unwrap();
            prop_assert_eq!(&partly, &Value::Object(explained));
            match mapping.apply(&payload) {
                Ok(record) => {
                    prop_assert_eq!(explanation.problem, None);
                    let record: Value = serde_json::from_str(record.json.get()).unwrap();
                    prop_assert_eq!(record, partly);
                }
                Err(problem) => prop_assert_eq!(explanation.problem, Some(problem)),
            }
        }

        #[test]
        fn a_record_has_fields_of_the_mapping_once_and_in_order(mapping in any_mapping(), payload in any_json()) {
            let record = mapping.apply_partly(&raw(&payload.to_string()));
            let record: Map<String, Value> = serde_json::from_str(record.json.get()).unwrap();
            let names: Vec<&String> = record.keys().collect();
            prop_assert!(names.is_sorted());
            prop_assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
            for (name, value) in &record {
                prop_assert!(mapping.fields.iter().any(|field| field.name == *name));
                prop_assert!(!super::super::datum::is_empty(value));
            }
        }
    }
}
