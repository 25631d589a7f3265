//! Side actions: mark as sent, void, e-mail, apply credits and some 480 more.

use std::fmt;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::path::fill;
use super::record::{FromRecord, Record};
use super::registry::{Method, did_you_mean};
use super::{Records, cost};
use crate::call::Call;
use crate::policy::Idempotency;
use crate::{Error, ErrorKind};

/// An action in the making.
///
/// ```no_run
/// # async fn f(books: zoho::books::Books, invoice: zoho::books::RecordId) -> Result<(), zoho::Error> {
/// books.records("invoice").action("status/void").id(&invoice).send().await?;
/// let mail = serde_json::json!({"to_mail_ids": ["ida@halden.example"], "subject": "Your invoice", "body": "…"});
/// books.records("invoice").action("email").id(&invoice).body(&mail).send().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `send`"]
pub struct Action<T = Record> {
    records: Records<T>,
    name: String,
    method: Option<reqwest::Method>,
    id: Option<String>,
    parts: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Option<Result<Box<RawValue>, Error>>,
}

/// What Zoho answered to an action.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Acted {
    /// Zoho's message, for people; its wording changes.
    pub message: String,
    /// The whole answer.
    pub answer: Record,
}

impl<T: FromRecord> Action<T> {
    pub(super) fn new(records: Records<T>, name: &str) -> Action<T> {
        Action {
            records,
            name: name.to_owned(),
            method: None,
            id: None,
            parts: Vec::new(),
            query: Vec::new(),
            body: None,
        }
    }

    /// The record that it is about. Without it the action is about all records, or those of a query parameter.
    pub fn id(mut self, id: impl AsRef<str>) -> Action<T> {
        self.id = Some(id.as_ref().to_owned());
        self
    }

    /// The method, where an action has several; the default is POST before PUT, GET and DELETE.
    pub fn method(mut self, method: reqwest::Method) -> Action<T> {
        self.method = Some(method);
        self
    }

    /// A further part of the path, such as the `document_id`.
    pub fn part(mut self, name: &str, value: impl AsRef<str>) -> Action<T> {
        self.parts
            .push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// A query parameter.
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Action<T> {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// The body; most actions have none.
    pub fn body(mut self, body: &impl Serialize) -> Action<T> {
        self.body = Some(to_raw_value(body).map_err(|source| {
            let message = "the body cannot be put into JSON";
            Error::new(ErrorKind::Input, "act on record", message).caused_by(source)
        }));
        self
    }

    /// Sends it. Only what reads, or sets the same again (GET and PUT), is repeated after a lost answer.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] names an action that the record type does not have, and the nearest one, or a missing part or
    /// parameter; otherwise see [`ErrorKind`].
    pub async fn send(&self) -> Result<Acted, Error> {
        let record_type = self.records.record_type()?;
        let method = self.known_method()?;
        let operation = record_type.action(&self.name, method, self.id.is_some())?;
        for name in operation.required_query {
            if !self.query.iter().any(|(given, _)| given == name) {
                let message = format!("the action {} needs the parameter {name}", self.name);
                return Err(Error::new(ErrorKind::Input, operation.id, message));
            }
        }
        for (name, _) in &self.parts {
            if !operation.path.contains(&format!("{{{name}}}")) {
                let places = operation.path.split(['{', '}']).skip(1).step_by(2);
                let hint = did_you_mean(name, places);
                let message = format!("the path {} has no part {name:?}{hint}", operation.path);
                return Err(Error::new(ErrorKind::Input, operation.id, message));
            }
        }
        let body = self.body.clone().transpose()?;
        let ids: Vec<&str> = self
            .records
            .parent_id()
            .filter(|_| self.id.is_none() || operation.path.matches('{').count() > 1)
            .into_iter()
            .chain(self.id.as_deref())
            .collect();
        let path = fill(operation.id, operation.path, &ids, &self.parts)?;
        let mut call = match operation.method {
            Method::GET => Call::read(path, cost(operation.id)),
            method => Call::write(
                method.into(),
                path,
                cost(operation.id),
                body.map(|body| String::from(Box::<str>::from(body)).into()),
                match method {
                    Method::PUT => Idempotency::Idempotent,
                    _ => Idempotency::NotIdempotent,
                },
            ),
        };
        call.query = self.query.clone();
        let envelope = self.records.books.call(call).await;
        let envelope = envelope.map_err(|error| super::with_scope(error, operation.scope))?;
        Ok(Acted {
            message: envelope.message(),
            answer: envelope.rest(),
        })
    }

    fn known_method(&self) -> Result<Option<Method>, Error> {
        let Some(method) = &self.method else {
            return Ok(None);
        };
        match method.as_str() {
            "GET" => Ok(Some(Method::GET)),
            "POST" => Ok(Some(Method::POST)),
            "PUT" => Ok(Some(Method::PUT)),
            "DELETE" => Ok(Some(Method::DELETE)),
            other => Err(Error::input(
                "method",
                other,
                "Books knows GET, POST, PUT and DELETE",
            )),
        }
    }
}

impl<T> fmt::Debug for Action<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action")
            .field("records", &self.records)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
