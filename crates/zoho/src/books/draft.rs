//! What is sent: members as JSON text, put together by setters.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::crm::RecordId;
use crate::{Error, ErrorKind};

/// A value that can be sent as a member.
pub(crate) trait WriteMember {
    fn write(&self) -> String;
}

impl WriteMember for String {
    fn write(&self) -> String {
        serde_json::Value::from(self.as_str()).to_string()
    }
}

impl WriteMember for bool {
    fn write(&self) -> String {
        self.to_string()
    }
}

impl WriteMember for u32 {
    fn write(&self) -> String {
        self.to_string()
    }
}

impl WriteMember for Decimal {
    /// The digits as they are, a JSON number.
    fn write(&self) -> String {
        self.to_string()
    }
}

impl WriteMember for Date {
    fn write(&self) -> String {
        format!("\"{self}\"")
    }
}

impl WriteMember for RecordId {
    fn write(&self) -> String {
        format!("\"{self}\"")
    }
}

impl<T: WriteMember> WriteMember for Vec<T> {
    fn write(&self) -> String {
        let items: Vec<String> = self.iter().map(WriteMember::write).collect();
        format!("[{}]", items.join(","))
    }
}

/// The members of a draft, in the order in which they were set.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Draft(Vec<(String, String)>);

impl Draft {
    pub(crate) fn set(&mut self, name: &str, json: String) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = json,
            None => self.0.push((name.to_owned(), json)),
        }
    }

    pub(crate) fn set_any(&mut self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        let json = to_raw_value(value).map_err(|source| {
            let message = format!("the member {name} cannot be put into JSON");
            Error::new(ErrorKind::Input, "write record", message).caused_by(source)
        })?;
        self.set(name, json.get().to_owned());
        Ok(())
    }
}

impl WriteMember for Draft {
    fn write(&self) -> String {
        let members = self.0.iter();
        let members: Vec<String> = members
            .map(|(name, json)| format!("{}:{json}", serde_json::Value::from(name.as_str())))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

impl Serialize for Draft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = RawValue::from_string(self.write()).map_err(serde::ser::Error::custom)?;
        json.serialize(serializer)
    }
}

/// Shows names only: the values may be personal.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

/// Makes a draft: a struct whose setters put members into JSON.
macro_rules! drafts {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$doc:meta])* $field:ident: $type:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name($crate::books::draft::Draft);

        impl $name {
            /// Nothing yet.
            #[must_use]
            pub fn new() -> $name {
                $name::default()
            }

            $(
                $(#[$doc])*
                #[must_use]
                pub fn $field(mut self, value: impl Into<$type>) -> $name {
                    let value: $type = value.into();
                    let json = $crate::books::draft::WriteMember::write(&value);
                    self.0.set(stringify!($field), json);
                    self
                }
            )*

            /// Any other member, such as those of single editions or `custom_fields`.
            ///
            /// # Errors
            /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a value that cannot be put into JSON.
            pub fn member(
                mut self,
                name: &str,
                value: &impl serde::Serialize,
            ) -> Result<$name, $crate::Error> {
                self.0.set_any(name, value)?;
                Ok(self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl $crate::books::draft::WriteMember for $name {
            fn write(&self) -> String {
                self.0.write()
            }
        }
    )* };
}

pub(crate) use drafts;
