//! The shape of a batch, read without reading its events.

use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::body;
use crate::problem::Problem;

/// A batch before its events are read. Members that are no batch's are left unread.
#[derive(Deserialize)]
pub(crate) struct Batch<'a> {
    #[serde(borrow)]
    pub(crate) batch: Option<Items<'a>>,
    #[serde(borrow)]
    pub(crate) context: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) integrations: Option<&'a RawValue>,
    #[serde(borrow, rename = "sentAt")]
    pub(crate) sent_at: Option<&'a RawValue>,
    #[serde(borrow, rename = "writeKey")]
    pub(crate) write_key: Option<&'a RawValue>,
}

/// The value of `batch`: its events, or `None` when it is no array.
pub(crate) struct Items<'a>(pub(crate) Option<Vec<&'a RawValue>>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of events")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(Some(items)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Items(None))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Items(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Items(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Items(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Items(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Items(None))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl<'a> Batch<'a> {
    /// A batch that is nothing but its events.
    pub(crate) fn of_items(items: Vec<&'a RawValue>) -> Self {
        Self {
            batch: Some(Items(Some(items))),
            context: None,
            integrations: None,
            sent_at: None,
            write_key: None,
        }
    }
}

/// Reads a batch; what is wrong with single events is found later.
pub(crate) fn read(text: &str) -> Result<Batch<'_>, Problem> {
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            Problem::bad_request("wrong_type", format!("the body is no batch: {error}"))
                .with_remedy("send {\"batch\": [{\"type\": \"track\", …}, …]}")
        } else {
            body::malformed(&error)
        }
    })
}
