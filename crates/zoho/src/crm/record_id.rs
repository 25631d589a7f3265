//! The id of a record.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::Error;

/// Zoho's id of a record: a text of digits (18 or 19 in use), unique in the organisation. Treat it as opaque.
///
/// ```
/// use zoho::crm::RecordId;
///
/// let id: RecordId = "5112233000001234567".parse()?;
/// assert_eq!(id.as_str(), "5112233000001234567");
/// assert!("Leads/5".parse::<RecordId>().is_err());
/// # Ok::<(), zoho::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RecordId(Box<str>);

impl RecordId {
    /// Takes a text of 1 to 32 digits.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for any other text.
    pub fn new(text: impl AsRef<str>) -> Result<RecordId, Error> {
        let text = text.as_ref();
        let is_id =
            (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_id {
            return Err(Error::input(
                "record id",
                text,
                "a record id is a text of digits, as Zoho gave it",
            ));
        }
        Ok(RecordId(text.into()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for RecordId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for RecordId {
    type Err = Error;

    fn from_str(text: &str) -> Result<RecordId, Error> {
        RecordId::new(text)
    }
}

impl<'de> Deserialize<'de> for RecordId {
    /// Takes texts, and the whole numbers that some of Zoho's clients write.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RecordId, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = RecordId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record id, a text of digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RecordId, E> {
                RecordId::new(text).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<RecordId, E> {
                Ok(RecordId(number.to_string().into()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
