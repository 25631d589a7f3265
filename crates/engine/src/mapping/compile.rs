//! Reads a mapping's configuration once, so that applying it costs no look-ups.

use std::collections::HashSet;
use std::fmt;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::capture::PathTree;
use super::datum::is_empty;
use super::path::{Source, parse_source};
use super::transform::name_of;
use crate::model::config::{FieldMapping, MappingConfig, Transform};
use crate::model::status::ConfigProblem;

/// How many fields a mapping may fill.
pub const MAPPED_FIELDS_MAX: usize = 500;

/// How many paths one field may name.
pub const PATHS_PER_FIELD_MAX: usize = 100;

/// A mapping that is ready to be applied. Cheap to share; it has no state.
#[derive(Debug, Clone)]
pub struct CompiledMapping {
    pub(super) fields: Vec<CompiledField>,
    pub(super) paths: PathTree,
}

/// One field of the record.
#[derive(Debug, Clone)]
pub(super) struct CompiledField {
    pub(super) name: String,
    /// Where the value may come from, best first, each with the slot of its path.
    pub(super) sources: Vec<(Source, usize)>,
    pub(super) constant: Option<Box<RawValue>>,
    pub(super) default: Option<Box<RawValue>>,
    /// Applied to each path's value, behind the path's own.
    pub(super) transforms: Vec<Transform>,
    pub(super) is_required: bool,
}

impl CompiledMapping {
    /// Reads a mapping's configuration.
    ///
    /// Field names have the shape of Zoho's API names and come once each; a field has paths (`from`), or a
    /// constant (`value`), or a default alone. A path has dots between its keys; a key with dots or blanks is
    /// quoted (`traits."Job Title"`), a number is also an index into a list (`properties.items.0.sku`), and
    /// transforms for this path alone stand behind it (`traits.name | last_name`).
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place below the mapping.
    ///
    /// ```
    /// use leadway_engine::mapping::CompiledMapping;
    /// use leadway_engine::model::config::MappingConfig;
    /// use serde_json::value::RawValue;
    ///
    /// let config: MappingConfig = toml::from_str(
    ///     r#"
    ///     name = "newsletter"
    ///     [[fields]]
    ///     field = "Last_Name"
    ///     from = ["traits.lastName", "traits.name | last_name"]
    ///     [[fields]]
    ///     field = "Lead_Source"
    ///     value = "Newsletter"
    ///     "#,
    /// )?;
    /// let mapping = CompiledMapping::compile(&config).map_err(|problems| problems[0].to_string())?;
    /// let payload = RawValue::from_string(r#"{"traits": {"name": "Ada Ray"}}"#.to_owned())?;
    /// let record = mapping.apply(&payload).map_err(|problem| problem.message)?;
    /// assert_eq!(record.json.get(), r#"{"Last_Name":"Ray","Lead_Source":"Newsletter"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile(config: &MappingConfig) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        if config.fields.is_empty() || config.fields.len() > MAPPED_FIELDS_MAX {
            problems.push(ConfigProblem {
                path: "fields".to_owned(),
                message: format!(
                    "a mapping fills 1 to {MAPPED_FIELDS_MAX} fields; this one has {}",
                    config.fields.len()
                ),
            });
        }
        let mut names = HashSet::new();
        let mut fields = Vec::with_capacity(config.fields.len());
        for (number, field) in config.fields.iter().enumerate() {
            let mut report = |part: &str, message: String| {
                problems.push(ConfigProblem {
                    path: format!("fields[{number}].{part}"),
                    message,
                });
            };
            check_shape(field, &mut report);
            if !names.insert(field.field.as_str()) {
                report(
                    "field",
                    format!(
                        "{:?} is mapped twice; put all its paths into one `from`",
                        field.field
                    ),
                );
            }
            fields.push(compile_field(field, &mut report));
        }
        if problems.is_empty() {
            Ok(Self::assemble(fields))
        } else {
            Err(problems)
        }
    }

    fn assemble(mut fields: Vec<CompiledField>) -> Self {
        let wanted: Vec<Vec<String>> = fields
            .iter()
            .flat_map(|field| {
                field
                    .sources
                    .iter()
                    .map(|(source, _)| source.segments.clone())
            })
            .collect();
        let (paths, slots) = PathTree::new(&wanted.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let sources = fields.iter_mut().flat_map(|field| &mut field.sources);
        for ((_, slot), found) in sources.zip(slots) {
            *slot = found;
        }
        Self { fields, paths }
    }
}

fn check_shape(field: &FieldMapping, report: &mut impl FnMut(&str, String)) {
    if !is_api_name(&field.field) {
        report(
            "field",
            format!(
                "{:?} is no API name: those have letters, digits and underscores, begin with a letter, and stand in Zoho's setup under APIs and SDKs",
                field.field
            ),
        );
    }
    match (field.from.is_empty(), &field.value, &field.default) {
        (false, Some(_), _) => report(
            "value",
            "stands beside `from`; a field has paths or a constant".to_owned(),
        ),
        (true, Some(_), Some(_)) => {
            report(
                "default",
                "stands beside `value`, which is always there; take one away".to_owned(),
            );
        }
        (true, None, None) => report(
            "from",
            "is missing, and so are `value` and `default`; give one".to_owned(),
        ),
        _ => {}
    }
    for (part, constant) in [("value", &field.value), ("default", &field.default)] {
        if constant.as_ref().is_some_and(is_empty) {
            report(
                part,
                "is empty; leave it out, since empty fields are not sent".to_owned(),
            );
        }
    }
    if field.from.is_empty() && !field.transform.is_empty() {
        report(
            "transform",
            "has nothing to work on: constants and defaults are sent as they stand".to_owned(),
        );
    }
    if field.from.len() > PATHS_PER_FIELD_MAX {
        report(
            "from",
            format!(
                "has {} paths; the limit is {PATHS_PER_FIELD_MAX}",
                field.from.len()
            ),
        );
    }
}

fn compile_field(field: &FieldMapping, report: &mut impl FnMut(&str, String)) -> CompiledField {
    let mut sources: Vec<(Source, usize)> = Vec::new();
    for (number, text) in field.from.iter().enumerate() {
        let part = format!("from[{number}]");
        match parse_source(text) {
            Err(message) => report(&part, format!("{text:?} {message}")),
            Ok(source) => {
                if !source.transforms.is_empty() {
                    check_transforms(
                        &part,
                        source.transforms.iter().chain(field.transform.first()),
                        report,
                    );
                }
                if sources.iter().any(|(other, _)| *other == source) {
                    report(&part, format!("{text:?} stands there twice"));
                }
                sources.push((source, 0));
            }
        }
    }
    check_transforms("transform", field.transform.iter(), report);
    let constant = |part: &str, value: &Option<Value>, report: &mut dyn FnMut(&str, String)| {
        let value = value.as_ref()?;
        to_raw_value(value)
            .map_err(|error| report(part, format!("cannot be written as JSON: {error}")))
            .ok()
    };
    CompiledField {
        name: field.field.clone(),
        sources,
        constant: constant("value", &field.value, report),
        default: constant("default", &field.default, report),
        transforms: field.transform.clone(),
        is_required: field.required,
    }
}

/// Nothing but `text` may follow what is no plain text any more.
fn check_transforms<'t>(
    part: &str,
    transforms: impl Iterator<Item = &'t Transform>,
    report: &mut impl FnMut(&str, String),
) {
    let mut last: Option<Transform> = None;
    for &transform in transforms {
        if let Some(last) = last.filter(|&last| is_final(last) && transform != Transform::Text) {
            let (name, last) = (name_of(transform), name_of(last));
            report(
                part,
                format!(
                    "has {name} behind {last}, where it has no effect or cannot work; put it before"
                ),
            );
        }
        last = Some(transform);
    }
}

/// Whether the transform's result is something that text transforms have no business with.
fn is_final(transform: Transform) -> bool {
    matches!(
        transform,
        Transform::Number
            | Transform::Boolean
            | Transform::Date
            | Transform::Datetime
            | Transform::List
    )
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Whether a name has the shape of a field's API name: `Last_Name`, `Converted__s`, `$append_values`.
pub(super) fn is_api_name(name: &str) -> bool {
    let bare = name.strip_prefix('$').unwrap_or(name);
    bare.len() <= 255
        && bare.starts_with(|c: char| c.is_ascii_alphabetic())
        && bare
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(toml: &str) -> String {
        let config: MappingConfig = toml::from_str(&format!("name = \"test\"\n{toml}")).unwrap();
        match CompiledMapping::compile(&config) {
            Ok(_) => String::new(),
            Err(problems) => problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
        }
    }

    #[test]
    fn takes_what_makes_sense() {
        let sensible = r#"
            [[fields]]
            field = "Last_Name"
            from = ["traits.lastName", "traits.name | trim | last_name"]
            transform = ["text", "trim"]
            required = true
            [[fields]]
            field = "Lead_Source"
            value = "Website"
            [[fields]]
            field = "Layout"
            value = { id = "5110000000001" }
            [[fields]]
            field = "Score__c"
            from = ['properties."Lead Score"']
            default = 0
            transform = ["trim", "number", "text"]
            [[fields]]
            field = "$approved"
            default = false
        "#;
        assert_eq!(problems(sensible), "");
    }

    #[test]
    fn names_every_problem_with_its_place() {
        let wrong = r#"
            [[fields]]
            field = "Last Name"
            from = ["traits..lastName", "traits.a", "traits.a"]
            [[fields]]
            field = "Email"
            from = ["traits.email"]
            value = "a@example.com"
            [[fields]]
            field = "Email"
            [[fields]]
            field = "Phone"
            value = "1"
            default = "2"
            transform = ["trim"]
            [[fields]]
            field = "City"
            default = " "
            [[fields]]
            field = "Score"
            from = ["properties.score | number | trim", "properties.points | date"]
            transform = ["number", "lowercase"]
        "#;
        insta::assert_snapshot!(problems(wrong));
        assert!(problems("fields = []").contains("1 to 500"));
    }

    #[test]
    fn has_limits() {
        let field = |name: String, paths: usize| FieldMapping {
            field: name,
            from: (0..paths)
                .map(|number| format!("traits.p{number}"))
                .collect(),
            value: None,
            default: None,
            transform: Vec::new(),
            required: false,
        };
        let compile = |fields| {
            CompiledMapping::compile(&MappingConfig {
                name: "test".to_owned(),
                fields,
            })
        };
        assert!(compile(vec![field("A".to_owned(), PATHS_PER_FIELD_MAX)]).is_ok());
        let problems = compile(vec![field("A".to_owned(), PATHS_PER_FIELD_MAX + 1)]).unwrap_err();
        assert_eq!(problems[0].path, "fields[0].from");
        let many = (0..=MAPPED_FIELDS_MAX)
            .map(|number| field(format!("F{number}"), 1))
            .collect();
        assert_eq!(compile(many).unwrap_err()[0].path, "fields");
    }
}
