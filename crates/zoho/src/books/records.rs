//! The records of one type: the door to lists, single records, changes and actions.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

use super::path::{fill, places};
use super::record::{FromRecord, Record};
use super::registry::Operation;
use super::{Action, Books, Create, List, RecordType, Update, Verb, cost, is_missing};
use crate::call::Call;
use crate::policy::Idempotency;
use crate::{Error, ErrorKind};

/// The records of one type in an organisation, read as `T`.
///
/// ```no_run
/// # async fn f(books: zoho::books::Books) -> Result<(), zoho::Error> {
/// let persons = books.records("contact_person").under("contact", "460000000017138");
/// for person in persons.list().send().await?.records {
///     println!("{:?}", person.text("email")?);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Records<T = Record> {
    pub(super) books: Books,
    record_type: Result<&'static RecordType, Error>,
    parent: Option<(String, String)>,
    reads: PhantomData<fn() -> T>,
}

impl<T> Clone for Records<T> {
    fn clone(&self) -> Records<T> {
        Records {
            books: self.books.clone(),
            record_type: self.record_type.clone(),
            parent: self.parent.clone(),
            reads: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Records<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field(
                "record_type",
                &self.record_type.as_ref().map(|known| known.name()),
            )
            .field("parent", &self.parent)
            .finish_non_exhaustive()
    }
}

impl<T: FromRecord> Records<T> {
    pub(super) fn new(books: Books, record_type: &str) -> Records<T> {
        Records {
            books,
            record_type: RecordType::find(record_type),
            parent: None,
            reads: PhantomData,
        }
    }

    /// Names the parent record, for record types that hang below another: its type and its id.
    #[must_use]
    pub fn under(mut self, parent_type: &str, parent_id: impl AsRef<str>) -> Records<T> {
        self.parent = Some((parent_type.to_owned(), parent_id.as_ref().to_owned()));
        self
    }

    /// The record type.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for an unknown name, a parent that the record type does not have, or a missing one.
    pub fn record_type(&self) -> Result<&'static RecordType, Error> {
        let record_type = self.record_type.clone()?;
        let refuse =
            |message: String| Err(Error::new(ErrorKind::Input, "find record type", message));
        match (record_type.parent(), &self.parent) {
            (None, Some((given, _))) => refuse(format!(
                "the record type {} has no parent, and {given:?} was given",
                record_type.name()
            )),
            (Some(parent), Some((given, _))) if parent.name() != given => refuse(format!(
                "the parent of a {} is a {}, and {given:?} was given",
                record_type.name(),
                parent.name()
            )),
            _ => Ok(record_type),
        }
    }

    /// Reads many records.
    pub fn list(&self) -> List<T> {
        List::new(self.clone())
    }

    /// The record with this id, or `None` if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a record type without single records or an id that is none; otherwise see [`ErrorKind`].
    pub async fn get(&self, id: impl AsRef<str>) -> Result<Option<T>, Error> {
        match self.get_record(id.as_ref()).await? {
            Some(record) => T::from_record(record).map(Some),
            None => Ok(None),
        }
    }

    async fn get_record(&self, id: &str) -> Result<Option<Record>, Error> {
        let record_type = self.record_type()?;
        let operation = record_type.operation(Verb::Get)?;
        let make = |path: &str| {
            let path = self.path(operation, path, Some(id))?;
            Ok(Call::read(path, cost(operation.id)))
        };
        match self.books.call_either(operation, make).await {
            Ok(envelope) => {
                let keys = [record_type.item_key, record_type.list_key];
                envelope
                    .record(&keys, record_type.id_field())
                    .ok_or_else(|| {
                        let message = "the answer holds no record";
                        Error::new(ErrorKind::Decode, operation.id, message)
                    })
                    .map(Some)
            }
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a record of these members. Nothing is sent before [`Create::send`].
    pub fn create(&self, members: &impl Serialize) -> Create<T> {
        Create::new(self.clone(), members)
    }

    /// Changes the members that are given and keeps the others; a list that is given replaces the stored one.
    ///
    /// Nothing is sent before [`Update::send`].
    pub fn update(&self, id: impl AsRef<str>, members: &impl Serialize) -> Update<T> {
        Update::by_id(self.clone(), id.as_ref(), members)
    }

    /// Changes the record whose unique custom field has this value, or makes it
    /// ([`Update::only_existing`] leaves the latter out). It finds its record again, so that it is repeated safely.
    ///
    /// Nothing is sent before [`Update::send`].
    pub fn upsert(&self, field: &str, value: &str, members: &impl Serialize) -> Update<T> {
        Update::by_unique_field(self.clone(), field, value, members)
    }

    /// Removes a record. Zoho refuses where other records name it.
    ///
    /// It is not repeated after a lost answer: a second one would say that there is no such record.
    ///
    /// # Errors
    /// [`Error::is_not_found`] if there is no such record; otherwise see [`ErrorKind`].
    pub async fn delete(&self, id: impl AsRef<str>) -> Result<(), Error> {
        let id = id.as_ref();
        let operation = self.record_type()?.operation(Verb::Delete)?;
        let make = |path: &str| {
            let path = self.path(operation, path, Some(id))?;
            let call = Call::write(
                reqwest::Method::DELETE,
                path,
                cost(operation.id),
                None,
                Idempotency::NotIdempotent,
            );
            // The one record type whose id travels in the query.
            Ok(match operation.required_query {
                [name] if places(operation) == 0 => call.query(name, id),
                _ => call,
            })
        };
        self.books.call_either(operation, make).await.map(drop)
    }

    /// Anything beyond these, by its words in Zoho's paths, such as `status/sent`, `email` or `credits`.
    ///
    /// Nothing is sent before [`Action::send`].
    pub fn action(&self, name: &str) -> Action<T> {
        Action::new(self.clone(), name)
    }

    /// The same records, read as another type.
    pub(super) fn clone_of<U>(other: &Records<U>) -> Records<T> {
        Records {
            books: other.books.clone(),
            record_type: other.record_type.clone(),
            parent: other.parent.clone(),
            reads: PhantomData,
        }
    }

    pub(super) fn parent_id(&self) -> Option<&str> {
        self.parent.as_ref().map(|(_, id)| id.as_str())
    }

    /// Fills a path of one of the verbs: the parent's id first, the record's own last.
    pub(super) fn path(
        &self,
        operation: &Operation,
        path: &str,
        id: Option<&str>,
    ) -> Result<String, Error> {
        let needs_own = usize::from(id.is_some());
        let needs_parent = path.matches('{').count() > needs_own;
        if needs_parent && self.parent.is_none() {
            let record_type = self.record_type()?;
            let parent = record_type.parent().map_or("parent", RecordType::name);
            let message = format!(
                "records of type {} belong to a {parent}; name it with under({parent:?}, id)",
                record_type.name()
            );
            return Err(Error::new(ErrorKind::Input, operation.id, message));
        }
        let ids: Vec<&str> = match needs_parent {
            true => self.parent_id().into_iter().chain(id).collect(),
            false => id.into_iter().collect(),
        };
        fill(operation.id, path, &ids, &[])
    }
}
