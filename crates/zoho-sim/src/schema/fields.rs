//! The fields of a module in their order, found by name.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize, Serializer};

use super::Field;
use crate::world::hash::Quick;

/// A list of fields that knows where each name stands. Saved as the list alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<Field>")]
pub(crate) struct Fields {
    list: Vec<Field>,
    by_name: HashMap<String, u16, Quick>,
    /// Auto numbers and fields with a default value.
    completed: Vec<u16>,
    unique: Vec<u16>,
    mandatory: Vec<u16>,
}

impl Fields {
    /// Adds a field at the end and gives its position.
    pub(crate) fn push(&mut self, field: Field) -> u16 {
        let position = u16::try_from(self.list.len()).unwrap_or(u16::MAX);
        self.by_name.insert(field.api_name.clone(), position);
        if field.auto_number.is_some() || field.default_value.is_some() {
            self.completed.push(position);
        }
        if field.is_unique {
            self.unique.push(position);
        }
        if field.is_mandatory {
            self.mandatory.push(position);
        }
        self.list.push(field);
        position
    }

    /// Takes a field out; those behind it move up by one place.
    pub(crate) fn remove(&mut self, position: u16) -> Option<Field> {
        let place = usize::from(position);
        let field = (place < self.list.len()).then(|| self.list.remove(place));
        *self = Self::from(std::mem::take(&mut self.list));
        field
    }

    /// Looks at the fields anew after they were changed in place.
    pub(crate) fn refresh(&mut self) {
        *self = Self::from(std::mem::take(&mut self.list));
    }

    /// Position of a field by its API name, which is case-sensitive.
    pub(crate) fn position(&self, api_name: &str) -> Option<u16> {
        self.by_name.get(api_name).copied()
    }
}

impl Fields {
    pub(super) fn completed(&self) -> &[u16] {
        &self.completed
    }

    pub(super) fn unique(&self) -> &[u16] {
        &self.unique
    }

    pub(super) fn mandatory(&self) -> &[u16] {
        &self.mandatory
    }
}

impl From<Vec<Field>> for Fields {
    fn from(list: Vec<Field>) -> Self {
        let mut fields = Self::default();
        for field in list {
            fields.push(field);
        }
        fields
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl Deref for Fields {
    type Target = [Field];

    fn deref(&self) -> &[Field] {
        &self.list
    }
}

impl DerefMut for Fields {
    fn deref_mut(&mut self) -> &mut [Field] {
        &mut self.list
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}
