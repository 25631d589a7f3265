//! Identifiers as types. Their text form carries a prefix, so that a log line or a URL says what it names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An identifier that is not of the form its kind has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not {kind} id; one looks like {example}")]
pub struct InvalidId {
    kind: &'static str,
    example: &'static str,
    value: String,
}

impl InvalidId {
    fn new(kind: &'static str, example: &'static str, value: &str) -> Self {
        let value = value.chars().take(80).collect();
        Self {
            kind,
            example,
            value,
        }
    }
}

/// Names one accepted event: `evt_` and 26 characters of base32. Ids sort by the time of acceptance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

/// Crockford's base32, in lower case: no i, l, o, u, which people mistake for other characters.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const EVENT_EXAMPLE: &str = "evt_01kb0w6v3ve2s8j4x9n7q5m2tc";

impl EventId {
    /// Wraps a time-ordered UUID (version 7).
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The sixteen bytes under which the event is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Reads back what [`EventId::as_bytes`] gave.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.as_u128();
        let mut text = *b"evt_00000000000000000000000000";
        for (place, byte) in text[4..].iter_mut().rev().enumerate() {
            let digit = (value >> (5 * place)) & 31;
            *byte = ALPHABET[usize::try_from(digit).unwrap_or(0)];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or(""))
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for EventId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId::new("an event", EVENT_EXAMPLE, text);
        let digits = text.strip_prefix("evt_").ok_or_else(invalid)?;
        // 26 digits hold 130 bits; the first may only use three of its five.
        if digits.len() != 26 || digits.as_bytes()[0] > b'7' {
            return Err(invalid());
        }
        let mut value: u128 = 0;
        for byte in digits.bytes() {
            let digit = ALPHABET
                .iter()
                .position(|letter| *letter == byte)
                .ok_or_else(invalid)?;
            value = (value << 5) | digit as u128;
        }
        Ok(Self(Uuid::from_u128(value)))
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

macro_rules! numbered_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal, $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix($prefix)
                    .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .map(Self)
                    .ok_or_else(|| InvalidId::new($kind, $example, text))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

numbered_id!(
    /// Names one delivery, `dlv_` and its number; numbers grow in the order in which deliveries were planned.
    DeliveryId, "dlv_", "a delivery", "dlv_4711"
);
numbered_id!(
    /// Names one batch, that is one call to Zoho, `bat_` and its number.
    BatchId, "bat_", "a batch", "bat_4711"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_event_id_survives_its_text_form(value: u128) {
            let id = EventId::from_uuid(Uuid::from_u128(value));
            prop_assert_eq!(id.to_string().parse::<EventId>(), Ok(id));
        }

        #[test]
        fn odd_text_is_refused_without_a_panic(text in "\\PC{0,40}") {
            if let Ok(id) = text.parse::<EventId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn event_ids_sort_like_their_text() {
        let early = EventId::from_uuid(Uuid::from_u128(7));
        let late = EventId::from_uuid(Uuid::from_u128(u128::MAX));
        assert!(early < late);
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn a_wrong_id_says_what_one_looks_like() {
        let error = "evt_1".parse::<EventId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"evt_1\" is not an event id; one looks like evt_01kb0w6v3ve2s8j4x9n7q5m2tc"
        );
        let error = "dlv_+4".parse::<DeliveryId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"dlv_+4\" is not a delivery id; one looks like dlv_4711"
        );
    }
}
