//! From a record to the value that a path names: over lookups to other records, or to the user of an owner field.

use super::leaf::compared_type;
use super::{Leaf, Text, Value, Wanted};
use crate::schema::{DataType, Field, Module};
use crate::world::{Record, Table, User, World, parse_id};

/// A path whose names are all known.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) hops: Vec<Hop>,
    pub(crate) end: End,
    pub(crate) data_type: DataType,
}

/// One lookup on the way, and the table that it leads to.
#[derive(Debug, Clone)]
pub(crate) struct Hop {
    pub(crate) leaf: Leaf,
    pub(crate) position: u16,
    pub(crate) table: usize,
}

/// What stands at the end.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Field {
        table: usize,
        position: u16,
        leaf: Leaf,
    },
    User {
        by: Leaf,
        fact: UserFact,
    },
}

/// What paths through owner fields may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UserFact {
    Id,
    FirstName,
    LastName,
    FullName,
    Email,
    Status,
    ProfileId,
    ProfileName,
    RoleId,
    RoleName,
}

impl UserFact {
    fn named(names: &[&str]) -> Option<Self> {
        Some(match names {
            ["id"] => Self::Id,
            ["first_name"] => Self::FirstName,
            ["last_name"] => Self::LastName,
            ["full_name" | "name"] => Self::FullName,
            ["email"] => Self::Email,
            ["status"] => Self::Status,
            ["profile" | "role", rest @ ..] => {
                let is_profile = names.first() == Some(&"profile");
                match (is_profile, rest) {
                    (true, [] | ["id"]) => Self::ProfileId,
                    (true, ["name"]) => Self::ProfileName,
                    (false, [] | ["id"]) => Self::RoleId,
                    (false, ["name"]) => Self::RoleName,
                    _ => return None,
                }
            }
            _ => return None,
        })
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Id | Self::ProfileId | Self::RoleId => DataType::Lookup,
            _ => DataType::Text,
        }
    }

    fn value<'a>(self, world: &'a World, user: &'a User) -> Value<'a> {
        let of = &world.settings;
        let text = |text| Value::Text(Text::of(text));
        match self {
            Self::Id => Value::Id(user.id),
            Self::FirstName => text(&user.first_name),
            Self::LastName => text(&user.last_name),
            Self::FullName => Value::Text(Text::name(&user.first_name, &user.last_name)),
            Self::Email => text(&user.email),
            Self::Status => text(if user.is_active { "active" } else { "inactive" }),
            Self::ProfileId => Value::Id(user.profile),
            Self::ProfileName => of
                .profile(user.profile)
                .map_or(Value::Nothing, |profile| text(&profile.name)),
            Self::RoleId => Value::Id(user.role),
            Self::RoleName => of
                .role(user.role)
                .map_or(Value::Nothing, |role| text(&role.name)),
        }
    }
}

impl Reach {
    /// The way from a record of `table` by these names; a name may say which module it leads to. `None` when one of them is
    /// not known, or nothing follows a field that leads nowhere.
    pub(crate) fn find(
        world: &World,
        table: usize,
        names: &[(&str, Option<&str>)],
    ) -> Option<Self> {
        let mut table = table;
        let mut hops = Vec::new();
        let (mut at, mut rest) = names.split_first()?;
        loop {
            let module = &world.tables.get(table)?.module;
            let position = module.position(at.0)?;
            let field = module.field_at(position);
            let leaf = Leaf::of(module, position);
            if rest.is_empty() && at.1.is_none() {
                return Some(Self::to_field(hops, table, module, position));
            }
            if field.data_type.is_user() {
                let names: Vec<&str> = rest.iter().map(|(name, _)| *name).collect();
                let fact = UserFact::named(&names)?;
                return Some(Self {
                    hops,
                    end: End::User { by: leaf, fact },
                    data_type: fact.data_type(),
                });
            }
            table = world.table_position(target(field, at.1)?)?;
            hops.push(Hop {
                leaf,
                position,
                table,
            });
            (at, rest) = rest.split_first()?;
        }
    }

    /// A field of the record itself.
    pub(crate) fn of_field(world: &World, table: usize, api_name: &str) -> Option<Self> {
        Self::find(world, table, &[(api_name, None)])
    }

    fn to_field(hops: Vec<Hop>, table: usize, module: &Module, position: u16) -> Self {
        Self {
            hops,
            end: End::Field {
                table,
                position,
                leaf: Leaf::of(module, position),
            },
            data_type: compared_type(module.field_at(position)),
        }
    }

    /// Reads a value to compare with; `None` when the text is none for such a field.
    pub(crate) fn read(&self, text: &str) -> Option<Wanted> {
        match self.leaf() {
            Some(Leaf::Id) => parse_id(text).map(Wanted::Id),
            _ => Wanted::read(self.data_type, text),
        }
    }

    /// How the value is got from the record at the end; none for facts of users.
    pub(crate) fn leaf(&self) -> Option<Leaf> {
        match &self.end {
            End::Field { leaf, .. } => Some(*leaf),
            End::User { .. } => None,
        }
    }

    /// Place of the field at the end in its module; none for facts of users.
    pub(crate) fn position(&self) -> Option<u16> {
        match &self.end {
            End::Field { position, .. } => Some(*position),
            End::User { .. } => None,
        }
    }

    /// The field at the end, with its module; none for facts of users.
    pub(crate) fn field<'w>(&self, world: &'w World) -> Option<(&'w Table, &'w Field)> {
        match &self.end {
            End::Field {
                table, position, ..
            } => {
                let table = &world.tables[*table];
                Some((table, table.module.field_at(*position)))
            }
            End::User { .. } => None,
        }
    }

    /// The record that has the field at the end.
    pub(crate) fn record<'a>(
        &self,
        world: &'a World,
        table: &'a Table,
        record: &'a Record,
    ) -> Option<(&'a Table, &'a Record)> {
        let (mut table, mut record) = (table, record);
        for hop in &self.hops {
            let Value::Id(id) = hop.leaf.value(world, table, record) else {
                return None;
            };
            table = world.tables.get(hop.table)?;
            record = table.rows.get(&id)?;
        }
        Some((table, record))
    }

    pub(crate) fn value<'a>(
        &self,
        world: &'a World,
        table: &'a Table,
        record: &'a Record,
    ) -> Value<'a> {
        let Some((table, record)) = self.record(world, table, record) else {
            return Value::Nothing;
        };
        match &self.end {
            End::Field { leaf, .. } => leaf.value(world, table, record),
            End::User { by, fact } => match by.value(world, table, record) {
                Value::Id(id) => world
                    .user(id)
                    .map_or(Value::Nothing, |user| fact.value(world, user)),
                _ => Value::Nothing,
            },
        }
    }
}

/// The module that a lookup leads to; lookups to several modules need to be told which.
fn target<'a>(field: &'a Field, chosen: Option<&'a str>) -> Option<&'a str> {
    match (field.data_type, chosen) {
        (DataType::MultiModuleLookup, chosen) => chosen,
        (DataType::Lookup, None) => field.lookup.as_ref().map(|lookup| lookup.module.as_str()),
        (DataType::Lookup, Some(chosen)) => {
            let module = &field.lookup.as_ref()?.module;
            (module == chosen).then_some(module.as_str())
        }
        _ => None,
    }
}
