//! Records by an id of the organisation's own systems, kept in an external field.

use reqwest::Method;
use serde::Deserialize;

use super::{Crm, RECORDS_PER_CALL_MAX, Record, Written, path, written};
use crate::call::Call;
use crate::policy::{Idempotency, price};
use crate::{Error, ErrorKind};

/// A field that Zoho knows as an external one, and by which records can be named instead of by their ids
/// (Zoho's header `X-EXTERNAL`; OpenAPI file `v8.0/related_records.json`).
///
/// ```
/// use zoho::crm::ExternalField;
///
/// let field = ExternalField::new("Contacts", "External_Contact_ID")?;
/// assert_eq!(field.to_string(), "Contacts.External_Contact_ID");
/// # Ok::<(), zoho::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalField {
    module: String,
    field: String,
}

impl ExternalField {
    /// The field of this module.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] unless both are `api_name`s.
    pub fn new(
        module: impl Into<String>,
        field: impl Into<String>,
    ) -> Result<ExternalField, Error> {
        let (module, field) = (module.into(), field.into());
        path("external field", &[&module, &field])?;
        Ok(ExternalField { module, field })
    }

    pub(super) fn module(&self) -> &str {
        &self.module
    }
}

impl std::fmt::Display for ExternalField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.module, self.field)
    }
}

impl Crm {
    /// The record with this value in an external field, or `None`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a value that no path can carry; otherwise see [`ErrorKind`].
    pub async fn get_by_external(
        &self,
        field: &ExternalField,
        value: &str,
    ) -> Result<Option<Record>, Error> {
        const OPERATION: &str = "get record by external field";
        #[derive(Deserialize)]
        struct Wire {
            data: Vec<Record>,
        }
        let module = path(OPERATION, &[field.module()])?;
        let path = format!("{module}/{}", segment(OPERATION, value)?);
        let call = Call::read(path, price::light(OPERATION))
            .header_if("x-external", Some(field.to_string()));
        let wire = self
            .client
            .call(&call, |reply| reply.json::<Wire>())
            .await?;
        Ok(wire.and_then(|wire| wire.data.into_iter().next()))
    }

    /// Deletes the 1 to 100 records with these values in an external field, one row each.
    ///
    /// It is not repeated after a lost answer; see [`Crm::delete`].
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for no value, more than 100, or one with a comma in it; otherwise see [`ErrorKind`].
    pub async fn delete_by_external(
        &self,
        field: &ExternalField,
        values: &[&str],
    ) -> Result<Written, Error> {
        const OPERATION: &str = "delete records by external field";
        let refuse = |message: String| Err(Error::new(ErrorKind::Input, OPERATION, message));
        if !(1..=RECORDS_PER_CALL_MAX).contains(&values.len()) {
            return refuse(format!(
                "{} values were given; use 1 to {RECORDS_PER_CALL_MAX}",
                values.len()
            ));
        }
        if values
            .iter()
            .any(|value| value.is_empty() || value.contains(','))
        {
            return refuse("a value is empty or has a comma, which separates values".to_owned());
        }
        let call = Call::write(
            Method::DELETE,
            path(OPERATION, &[field.module()])?,
            price::light(OPERATION),
            None,
            Idempotency::NotIdempotent,
        )
        .query("ids", values.join(","))
        .header_if("x-external", Some(field.to_string()));
        self.client
            .call(&call, |reply| written::read(&reply, values.len()))
            .await
    }
}

/// A value as one part of a path, in which nothing of it can be taken for anything else.
fn segment(operation: &'static str, value: &str) -> Result<String, Error> {
    let is_way = value.is_empty() || value == "." || value == "..";
    if is_way || value.len() > 255 || value.chars().any(char::is_control) {
        let message = "the value is empty, too long, or no plain text";
        return Err(Error::new(ErrorKind::Input, operation, message));
    }
    let mut segment = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => {
                segment.push(char::from(byte));
            }
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_part_of_the_path() {
        let segment = |value| segment("x", value).ok();
        assert_eq!(
            segment("a/../b c?d#e%2f").as_deref(),
            Some("a%2F..%2Fb%20c%3Fd%23e%252f")
        );
        assert_eq!(segment("gr\u{fc}n").as_deref(), Some("gr%C3%BCn"));
        for value in ["", ".", "..", "a\nb"] {
            assert_eq!(segment(value), None, "{value:?}");
        }
    }

    #[test]
    fn a_field_is_two_names() {
        assert!(ExternalField::new("Contacts", "Key\r\nHost: x").is_err());
        assert!(ExternalField::new("", "Key").is_err());
    }
}
