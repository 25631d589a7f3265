//! The `filters` parameter: conditions as JSON, alone or joined by `AND` and `OR`.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::rows::id_in;
use crate::world::parse_time;

/// Conditions of one call.
const CONDITIONS_MAX: usize = 25;

/// A condition or several.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    One {
        field: String,
        comparator: String,
        value: Value,
    },
}

/// What a filter compares with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fact<'a> {
    Text(&'a str),
    Time(i64),
    /// A record, module or user by id and name.
    Reference(u64, &'a str),
}

impl Filter {
    /// Reads the parameter; only the named fields may be compared.
    pub(super) fn read(text: &str, fields: &[&str]) -> Result<Self, Refusal> {
        let given: Value = serde_json::from_str(text).map_err(|_| {
            catalog::invalid_param("filters").with_detail("expected_data_type", json!("jsonobject"))
        })?;
        let mut count = 0;
        let filter = Self::of(&given, fields, &mut count)?;
        if count > CONDITIONS_MAX {
            return Err(catalog::actions::too_many_conditions(CONDITIONS_MAX));
        }
        Ok(filter)
    }

    fn of(given: &Value, fields: &[&str], count: &mut usize) -> Result<Self, Refusal> {
        let invalid = |name: &str| {
            catalog::invalid_param("filters")
                .with_detail("api_name", json!(name))
                .with_detail("json_path", json!(format!("$.{name}")))
        };
        if let Some(group) = given.get("group").and_then(Value::as_array) {
            // JSON that was read nests no deeper than its reader allows.
            let parts = group.iter().map(|part| Self::of(part, fields, count));
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            let operator = given.get("group_operator").and_then(Value::as_str);
            return match operator.map(str::to_ascii_lowercase).as_deref() {
                Some("and") => Ok(Self::All(parts)),
                Some("or") => Ok(Self::Any(parts)),
                _ => Err(invalid("group_operator")),
            };
        }
        *count += 1;
        let field = given.get("field");
        let field = field.and_then(|field| field.get("api_name").unwrap_or(field).as_str());
        let field = field.filter(|field| fields.contains(field));
        let comparator = given.get("comparator").and_then(Value::as_str);
        let comparator = comparator.filter(|known| COMPARATORS.contains(known));
        Ok(Self::One {
            field: field.ok_or_else(|| invalid("field"))?.to_owned(),
            comparator: comparator.ok_or_else(|| invalid("comparator"))?.to_owned(),
            value: given
                .get("value")
                .cloned()
                .ok_or_else(|| invalid("value"))?,
        })
    }

    /// Whether the facts fit; `None` is a fact that is not there.
    pub(super) fn fits<'a>(&self, fact: &impl Fn(&str) -> Option<Fact<'a>>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.fits(fact)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(fact)),
            Self::One {
                field,
                comparator,
                value,
            } => fact(field).is_some_and(|fact| compare(fact, comparator, value)),
        }
    }
}

const COMPARATORS: [&str; 14] = [
    "equal",
    "not_equal",
    "in",
    "not_in",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "between",
    "not_between",
    "greater_than",
    "greater_equal",
    "less_than",
    "less_equal",
];

fn compare(fact: Fact<'_>, comparator: &str, value: &Value) -> bool {
    let one = |value: &Value| order(fact, value);
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    let is_between = || match list {
        [from, to] => {
            one(from).is_some_and(Ordering::is_ge) && one(to).is_some_and(Ordering::is_le)
        }
        _ => false,
    };
    let text = |matches: fn(&str, &str) -> bool| match (fact, value.as_str()) {
        (Fact::Text(fact) | Fact::Reference(_, fact), Some(value)) => {
            matches(&fact.to_lowercase(), &value.to_lowercase())
        }
        _ => false,
    };
    let is_listed = || {
        let is_equal = |value: &Value| one(value) == Some(Ordering::Equal);
        list.iter().any(is_equal) || is_equal(value)
    };
    match comparator {
        "equal" => one(value) == Some(Ordering::Equal),
        "not_equal" => one(value) != Some(Ordering::Equal),
        "in" => is_listed(),
        "not_in" => !is_listed(),
        "contains" => text(|fact, value| fact.contains(value)),
        "not_contains" => !text(|fact, value| fact.contains(value)),
        "starts_with" => text(|fact, value| fact.starts_with(value)),
        "ends_with" => text(|fact, value| fact.ends_with(value)),
        "between" => is_between(),
        "not_between" => !is_between(),
        "greater_than" => one(value).is_some_and(Ordering::is_gt),
        "greater_equal" => one(value).is_some_and(Ordering::is_ge),
        "less_than" => one(value).is_some_and(Ordering::is_lt),
        "less_equal" => one(value).is_some_and(Ordering::is_le),
        _ => false,
    }
}

/// How the fact stands to a value; `None` where they cannot be compared.
fn order(fact: Fact<'_>, value: &Value) -> Option<Ordering> {
    match fact {
        Fact::Text(fact) => Some(fact.to_lowercase().cmp(&value.as_str()?.to_lowercase())),
        Fact::Time(fact) => Some(fact.cmp(&parse_time(value.as_str()?)?)),
        Fact::Reference(id, name) => {
            let given = value.get("id").unwrap_or(value);
            let named = value.get("api_name").unwrap_or(value).as_str();
            let is_meant = id_in(given) == Some(id) || named == Some(name);
            is_meant.then_some(Ordering::Equal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 3] = ["name", "at", "by"];

    fn fits(text: &str) -> bool {
        let filter = Filter::read(text, &FIELDS).unwrap();
        filter.fits(&|field| match field {
            "name" => Some(Fact::Text("Orchard")),
            "at" => parse_time("2026-01-10T10:00:00+00:00").map(Fact::Time),
            _ => Some(Fact::Reference(7, "Leads")),
        })
    }

    #[test]
    fn conditions_are_joined_and_compared_by_type() {
        assert!(fits(
            r#"{"field":{"api_name":"name"},"comparator":"equal","value":"orchard"}"#
        ));
        assert!(fits(
            r#"{"field":"by","comparator":"in","value":["x",{"id":"7"}]}"#
        ));
        assert!(fits(
            r#"{"field":"by","comparator":"equal","value":{"api_name":"Leads"}}"#
        ));
        let between = r#"{"field":"at","comparator":"between","value":["2026-01-10T09:00:00+00:00","2026-01-10T12:30:00+02:00"]}"#;
        assert!(fits(between));
        let group = |operator: &str| {
            let no = r#"{"field":"name","comparator":"starts_with","value":"x"}"#;
            fits(&format!(
                r#"{{"group_operator":"{operator}","group":[{between},{no}]}}"#
            ))
        };
        assert!(group("OR") && !group("and"));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in [
            "x",
            "5",
            r#"{"field":"other","comparator":"equal","value":1}"#,
            r#"{"field":"name","comparator":"like","value":1}"#,
            r#"{"field":"name","comparator":"equal"}"#,
            r#"{"group":[],"group_operator":"xor"}"#,
        ] {
            assert_eq!(
                Filter::read(text, &FIELDS).unwrap_err().code,
                "INVALID_DATA",
                "{text}"
            );
        }
    }
}
