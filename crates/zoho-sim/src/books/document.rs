//! A Books document: members in the order in which they were first set.

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::datum::Datum;

/// Members of one object.
pub(super) const MEMBERS_MAX: usize = 1_000;

/// Members and their values.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Document(Vec<(String, Datum)>);

impl Document {
    pub(crate) fn get(&self, name: &str) -> Option<&Datum> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, datum)| datum)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Datum> {
        let found = self.0.iter_mut().find(|(known, _)| known == name);
        found.map(|(_, datum)| datum)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a member where it stands, or as the last one.
    pub(crate) fn set(&mut self, name: &str, datum: impl Into<Datum>) {
        let datum = datum.into();
        match self.get_mut(name) {
            Some(place) => *place = datum,
            None => self.0.push((name.to_owned(), datum)),
        }
    }

    /// Sets a member that is missing.
    pub(crate) fn set_missing(&mut self, name: &str, datum: impl Into<Datum>) {
        if !self.has(name) {
            self.0.push((name.to_owned(), datum.into()));
        }
    }

    /// Adds a member that is not there yet.
    pub(crate) fn push(&mut self, name: &str, datum: Datum) {
        self.0.push((name.to_owned(), datum));
    }

    /// Keeps the members that are to stay.
    pub(crate) fn retain(&mut self, mut is_kept: impl FnMut(&str, &mut Datum) -> bool) {
        self.0.retain_mut(|(name, datum)| is_kept(name, datum));
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Datum> {
        let place = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(place).1)
    }

    /// A member's text; empty when it is missing or no text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Datum::as_text).unwrap_or_default()
    }

    /// The objects of a member that is a list of them.
    pub(crate) fn objects(&self, name: &str) -> impl Iterator<Item = &Document> {
        let parts = self.get(name).and_then(Datum::as_list).unwrap_or_default();
        parts.iter().filter_map(Datum::as_object)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Datum)> {
        self.0.iter().map(|(name, datum)| (name.as_str(), datum))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over all members of another document.
    pub(crate) fn merge(&mut self, other: Document) {
        for (name, datum) in other.0 {
            self.set(&name, datum);
        }
    }
}

impl FromIterator<(String, Datum)> for Document {
    fn from_iter<I: IntoIterator<Item = (String, Datum)>>(members: I) -> Self {
        let mut document = Self::default();
        for (name, datum) in members {
            document.set(&name, datum);
        }
        document
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, datum) in &self.0 {
            map.serialize_entry(name, datum)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Datum::deserialize(deserializer)? {
            Datum::Object(document) => Ok(document),
            _ => Err(de::Error::custom("not an object")),
        }
    }
}
