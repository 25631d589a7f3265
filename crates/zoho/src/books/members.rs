//! The members of a JSON object, read one by one without a detour over floating point numbers.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::decimal;
use crate::crm::RecordId;
use crate::{Error, ErrorKind};

/// An object's members, still as JSON text.
#[derive(Debug)]
pub(crate) struct Members<'a>(HashMap<Cow<'a, str>, &'a RawValue>);

/// A value that a member can hold. Zoho writes `""` for what is absent, whatever the type.
pub(crate) trait ReadMember: Sized {
    /// # Errors
    /// What was expected, in words.
    fn read(json: Option<&RawValue>) -> Result<Self, &'static str>;
}

impl<'a> Members<'a> {
    pub(crate) fn of(json: &'a RawValue) -> Option<Members<'a>> {
        Members::parse(json.get().as_bytes())
    }

    pub(crate) fn parse(json: &'a [u8]) -> Option<Members<'a>> {
        serde_json::from_slice(json).ok().map(Members)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, json)| (name.as_ref(), *json))
    }

    pub(crate) fn read<T: ReadMember>(&self, name: &'static str) -> Result<T, Error> {
        let json = self.get(name);
        T::read(json).map_err(|expected| unexpected(name, expected, json))
    }
}

pub(crate) fn unexpected(name: &str, expected: &str, json: Option<&RawValue>) -> Error {
    let found = match json.and_then(|json| json.get().bytes().next()) {
        None => "nothing",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "another text",
        Some(b'n') => "null",
        Some(b't' | b'f') => "true or false",
        Some(_) => "a number",
    };
    Error::new(
        ErrorKind::Decode,
        "read record",
        format!("the member {name} should be {expected}, it is {found}"),
    )
}

/// A scalar as text: strings without their quotes, numbers and booleans as they are written. `None` for null and
/// nothing, an error for objects and lists.
fn scalar(json: Option<&RawValue>) -> Result<Option<Cow<'_, str>>, ()> {
    let Some(text) = json.map(RawValue::get) else {
        return Ok(None);
    };
    match text.bytes().next() {
        Some(b'"') => {
            // The borrowed form fails for texts with escapes only.
            if let Ok(text) = serde_json::from_str::<&str>(text) {
                return Ok(Some(Cow::Borrowed(text)));
            }
            serde_json::from_str(text)
                .map(|text: String| Some(Cow::Owned(text)))
                .map_err(|_| ())
        }
        Some(b'{' | b'[') | None => Err(()),
        Some(b'n') => Ok(None),
        Some(_) => Ok(Some(Cow::Borrowed(text))),
    }
}

/// Reads a scalar by `parse`, with `""` for "absent".
fn parsed<T>(
    json: Option<&RawValue>,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, &'static str> {
    match scalar(json) {
        Ok(None) => Ok(None),
        Ok(Some(text)) if text.trim().is_empty() => Ok(None),
        Ok(Some(text)) => parse(&text).map(Some).ok_or(expected),
        // Empty objects and lists stand for "absent" here and there.
        Err(()) => match json.map(RawValue::get) {
            Some("{}" | "[]") => Ok(None),
            _ => Err(expected),
        },
    }
}

impl ReadMember for String {
    fn read(json: Option<&RawValue>) -> Result<String, &'static str> {
        parsed(json, "a text", |text| Some(text.to_owned())).map(Option::unwrap_or_default)
    }
}

impl ReadMember for bool {
    fn read(json: Option<&RawValue>) -> Result<bool, &'static str> {
        parsed(json, "true or false", |text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
        .map(Option::unwrap_or_default)
    }
}

impl ReadMember for RecordId {
    fn read(json: Option<&RawValue>) -> Result<RecordId, &'static str> {
        Option::<RecordId>::read(json)?.ok_or("an id")
    }
}

impl ReadMember for Option<RecordId> {
    fn read(json: Option<&RawValue>) -> Result<Option<RecordId>, &'static str> {
        parsed(json, "an id", |text| RecordId::new(text).ok())
    }
}

impl ReadMember for Option<String> {
    fn read(json: Option<&RawValue>) -> Result<Option<String>, &'static str> {
        parsed(json, "a text", |text| Some(text.to_owned()))
    }
}

impl ReadMember for Option<Decimal> {
    fn read(json: Option<&RawValue>) -> Result<Option<Decimal>, &'static str> {
        parsed(json, "a number of at most 28 digits", decimal::parse)
    }
}

impl ReadMember for Option<u32> {
    fn read(json: Option<&RawValue>) -> Result<Option<u32>, &'static str> {
        parsed(json, "a whole number", |text| text.parse().ok())
    }
}

impl ReadMember for Option<Date> {
    fn read(json: Option<&RawValue>) -> Result<Option<Date>, &'static str> {
        parsed(json, "a date (yyyy-MM-dd)", |text| text.parse().ok())
    }
}

impl ReadMember for Option<Timestamp> {
    fn read(json: Option<&RawValue>) -> Result<Option<Timestamp>, &'static str> {
        parsed(json, "a time (yyyy-MM-ddTHH:mm:ss+HHmm)", parse_time)
    }
}

/// Books writes offsets without a colon; RFC 3339 is taken as well.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let zoho = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%z", text);
    zoho.and_then(|parts| parts.to_timestamp())
        .or_else(|_| text.parse())
        .ok()
}

/// An instant in the one form that Books takes as a filter: whole seconds, offset without a colon.
pub(crate) fn filter_time(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(json: &str) -> Members<'_> {
        Members::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn absent_in_all_of_zoho_s_ways() {
        for json in [r#"{}"#, r#"{"x":""}"#, r#"{"x":null}"#, r#"{"x":{}}"#] {
            let members = members(json);
            assert_eq!(members.read::<Option<Decimal>>("x").unwrap(), None);
            assert_eq!(members.read::<Option<Date>>("x").unwrap(), None);
            assert_eq!(members.read::<Option<RecordId>>("x").unwrap(), None);
            assert_eq!(members.read::<String>("x").unwrap(), "");
            assert!(!members.read::<bool>("x").unwrap());
        }
    }

    #[test]
    fn values_in_all_of_zoho_s_ways() {
        let members = members(
            r#"{"n":9007199254740993.07,"s":"12.50","id":460000000017138,"q":"a\"b","t":"2026-05-04T09:30:00-0400","b":"true"}"#,
        );
        let decimal = |name| {
            members
                .read::<Option<Decimal>>(name)
                .unwrap()
                .unwrap()
                .to_string()
        };
        assert_eq!(decimal("n"), "9007199254740993.07");
        assert_eq!(decimal("s"), "12.50");
        assert_eq!(
            members.read::<RecordId>("id").unwrap().as_str(),
            "460000000017138"
        );
        assert_eq!(members.read::<String>("q").unwrap(), "a\"b");
        let time = members.read::<Option<Timestamp>>("t").unwrap().unwrap();
        assert_eq!(filter_time(time), "2026-05-04T13:30:00+0000");
        assert!(members.read::<bool>("b").unwrap());
    }

    #[test]
    fn another_type_is_named() {
        let members = members(r#"{"total":{"a":1},"date":"soon"}"#);
        let error = members.read::<Option<Decimal>>("total").unwrap_err();
        assert!(
            error.message().contains("total should be a number")
                && error.message().contains("an object"),
            "{error}"
        );
        assert!(members.read::<Option<Date>>("date").is_err());
    }
}
