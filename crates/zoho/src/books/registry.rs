//! What is known of each record type before a call is spent: paths, keys, verbs, filters, members.
//!
//! [`RecordType::find`] looks a record type up by its name; everything else hangs from there.

use crate::{Error, ErrorKind};

mod check;
mod nearest;
#[rustfmt::skip]
mod table;

pub(crate) use nearest::did_you_mean;

/// The methods that Books knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::upper_case_acronyms,
    reason = "they are written so in the table and on the wire"
)]
pub(crate) enum Method {
    GET,
    POST,
    PUT,
    DELETE,
}

/// A verb of a record type, or one of its actions, as a path.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// Where the sources disagree: the other spelling, tried when the first does not exist.
    pub(crate) other_path: Option<&'static str>,
    pub(crate) scope: &'static str,
    pub(crate) required_query: &'static [&'static str],
}

/// Anything beyond the five verbs, such as `status/sent`.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: &'static str,
    pub(crate) is_on_record: bool,
    pub(crate) operation: Operation,
}

/// What the list of a record type takes, and what its rows tell.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) is_paged: bool,
    pub(crate) params: &'static [&'static str],
    pub(crate) filter_by: &'static [&'static str],
    pub(crate) sort_columns: &'static [&'static str],
    pub(crate) defaults: &'static [(&'static str, &'static str)],
    pub(crate) per_page_max: u32,
    pub(crate) rows_have_created_time: bool,
    pub(crate) rows_have_modified_time: bool,
}

/// A member of a record's JSON object.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// `length_max` is 0 where no limit is published.
    Text {
        length_max: u16,
    },
    Number,
    Integer,
    Boolean,
    Object(&'static [Field]),
    Objects(&'static [Field]),
    Values,
    Any,
}

/// One of the record types of Books, such as `invoice` or `contact_person`.
///
/// ```
/// use zoho::books::RecordType;
///
/// let person = RecordType::find("contact_person")?;
/// assert_eq!(person.parent().map(|parent| parent.name()), Some("contact"));
/// assert!(person.fields().any(|field| field == "first_name"));
///
/// let error = RecordType::find("invoise").unwrap_err();
/// assert!(error.message().contains("did you mean \"invoice\"?"));
/// # Ok::<(), zoho::Error>(())
/// ```
#[derive(Debug)]
pub struct RecordType {
    name: &'static str,
    parent: Option<&'static str>,
    pub(crate) list_key: Option<&'static str>,
    pub(crate) item_key: Option<&'static str>,
    id_field: Option<&'static str>,
    list: Option<Operation>,
    create: Option<Operation>,
    get: Option<Operation>,
    update: Option<Operation>,
    delete: Option<Operation>,
    pub(crate) listing: Option<Listing>,
    actions: &'static [Action],
    fields: &'static [Field],
}

/// What can be done with the records of each type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Reads many records.
    List,
    /// Makes a record.
    Create,
    /// Reads one record.
    Get,
    /// Changes a record.
    Update,
    /// Removes a record.
    Delete,
}

impl Verb {
    /// All five.
    pub const ALL: [Verb; 5] = [
        Verb::List,
        Verb::Create,
        Verb::Get,
        Verb::Update,
        Verb::Delete,
    ];

    pub(crate) fn operation(self) -> &'static str {
        match self {
            Verb::List => "list records",
            Verb::Create => "create record",
            Verb::Get => "get record",
            Verb::Update => "update record",
            Verb::Delete => "delete record",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Verb::List => "list",
            Verb::Create => "create",
            Verb::Get => "get",
            Verb::Update => "update",
            Verb::Delete => "delete",
        }
    }
}

impl RecordType {
    /// All record types, by name.
    pub fn all() -> impl Iterator<Item = &'static RecordType> {
        table::RECORD_TYPES.iter()
    }

    /// The record type of this name.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] names the text and the record type that comes nearest.
    pub fn find(name: &str) -> Result<&'static RecordType, Error> {
        let at = table::RECORD_TYPES.binary_search_by(|known| known.name.cmp(name));
        at.ok()
            .and_then(|at| table::RECORD_TYPES.get(at))
            .ok_or_else(|| unknown(name))
    }

    /// The name, such as `sales_order`: singular, lower case, words joined by `_`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The record type that records of this one belong to, if they cannot be reached without it.
    #[must_use]
    pub fn parent(&self) -> Option<&'static RecordType> {
        RecordType::find(self.parent?).ok()
    }

    /// The member that holds a record's id; `None` for `transaction_lock`, whose answers are not published.
    #[must_use]
    pub fn id_field(&self) -> Option<&'static str> {
        self.id_field
    }

    /// True if Zoho publishes the verb for this record type.
    #[must_use]
    pub fn has(&self, verb: Verb) -> bool {
        self.verb(verb).is_some()
    }

    /// The scope that a verb needs, such as `ZohoBooks.contacts.READ`.
    #[must_use]
    pub fn scope(&self, verb: Verb) -> Option<&'static str> {
        self.verb(verb).map(|operation| operation.scope)
    }

    /// The names of all actions, such as `status/sent` or `email`. A name can stand for several methods.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> {
        let actions = self.actions;
        let named = actions.iter().filter(|action| !action.name.is_empty());
        named.map(|action| action.name)
    }

    /// The query parameters that the list takes, beside `page` and `per_page`. Names of custom fields (`cf_…`) are
    /// taken as well.
    pub fn filters(&self) -> impl Iterator<Item = &'static str> {
        let params = self.listing.as_ref().map_or(&[][..], |list| list.params);
        params.iter().copied()
    }

    /// The columns that the list can be sorted by; empty where Zoho publishes none.
    pub fn sort_columns(&self) -> impl Iterator<Item = &'static str> {
        let columns = self
            .listing
            .as_ref()
            .map_or(&[][..], |list| list.sort_columns);
        columns.iter().copied()
    }

    /// The members that a record of this type is known to have, at the top level.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        let fields = self.fields;
        fields.iter().map(|field| field.name)
    }

    pub(crate) fn verb(&self, verb: Verb) -> Option<&Operation> {
        match verb {
            Verb::List => self.list.as_ref(),
            Verb::Create => self.create.as_ref(),
            Verb::Get => self.get.as_ref(),
            Verb::Update => self.update.as_ref(),
            Verb::Delete => self.delete.as_ref(),
        }
    }

    /// The verb's operation, or an error that says what the record type can do.
    pub(crate) fn operation(&self, verb: Verb) -> Result<&Operation, Error> {
        self.verb(verb).ok_or_else(|| {
            let known: Vec<&str> = Verb::ALL
                .into_iter()
                .filter(|verb| self.has(*verb))
                .map(Verb::as_str)
                .collect();
            let message = format!(
                "Zoho Books has no {} for the record type {}, only: {}",
                verb.as_str(),
                self.name,
                known.join(", ")
            );
            Error::new(ErrorKind::Input, verb.operation(), message)
        })
    }

    /// The action of this name: on one record rather than on all if `has_id`, by POST rather than by another method.
    /// What hangs below a record is found too, such as `credits` of an invoice.
    pub(crate) fn action(
        &self,
        name: &str,
        method: Option<Method>,
        has_id: bool,
    ) -> Result<&'static Operation, Error> {
        let wanted = name.trim_matches('/');
        let own = self.actions.iter().map(|action| {
            let Action {
                name,
                is_on_record,
                operation,
            } = action;
            (*name, *is_on_record, operation)
        });
        let fits = |(name, _, operation): &(&str, bool, &Operation)| {
            (*name == wanted || operation.id == wanted)
                && method.is_none_or(|method| operation.method == method)
        };
        let rank = |(_, is_on_record, operation): &(&str, bool, &Operation)| {
            let by_method = [Method::POST, Method::PUT, Method::GET, Method::DELETE]
                .iter()
                .position(|method| *method == operation.method);
            (*is_on_record != has_id, by_method)
        };
        own.chain(self.below())
            .filter(fits)
            .min_by_key(rank)
            .map(|(_, _, operation)| operation)
            .ok_or_else(|| {
                let known = self.actions().chain(self.below().map(|(name, _, _)| name));
                let hint = did_you_mean(wanted, known);
                let with = method
                    .map(|method| format!(" by {method:?}"))
                    .unwrap_or_default();
                let message = format!(
                    "the record type {} has no action {wanted:?}{with}{hint}",
                    self.name
                );
                Error::new(ErrorKind::Input, "act on record", message)
            })
    }

    /// The verbs of the record types below this one that need nothing but its id.
    fn below(&self) -> impl Iterator<Item = (&'static str, bool, &'static Operation)> {
        let name = self.name;
        RecordType::all()
            .filter(move |child| child.parent == Some(name))
            .flat_map(|child| Verb::ALL.into_iter().filter_map(|verb| child.verb(verb)))
            .filter(|operation| operation.path.matches('{').count() == 1)
            .filter_map(|operation| {
                let (_, words) = operation.path.split_once("}/")?;
                Some((words, true, operation))
            })
    }

    /// The call that updates or makes a record by the value of a unique field, if Zoho offers it.
    pub(crate) fn upsert(&self) -> Option<&Operation> {
        let collection = self.verb(Verb::Create)?.path;
        let mut actions = self.actions.iter().map(|action| &action.operation);
        actions.find(|operation| operation.method == Method::PUT && operation.path == collection)
    }
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(80).collect();
    let hint = did_you_mean(name, RecordType::all().map(RecordType::name));
    let message = format!("Zoho Books has no record type {shown:?}{hint}");
    Error::new(ErrorKind::Input, "find record type", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_whole() {
        let names: Vec<&str> = RecordType::all().map(RecordType::name).collect();
        assert_eq!(names.len(), 83);
        assert!(names.is_sorted());
        for record_type in RecordType::all() {
            assert!(RecordType::find(record_type.name).is_ok());
            assert_eq!(record_type.parent.is_some(), record_type.parent().is_some());
            let fields: Vec<&str> = record_type.fields().collect();
            assert!(fields.is_sorted(), "{}", record_type.name);
            assert_eq!(
                record_type.list.is_some(),
                record_type.listing.is_some(),
                "{}",
                record_type.name
            );
        }
    }

    #[test]
    fn a_plural_and_a_typing_error_lead_to_the_name() {
        for (wrong, right) in [
            ("invoices", "invoice"),
            ("salesorder", "sales_order"),
            ("Contact", "contact"),
            ("credit_nite", "credit_note"),
        ] {
            let error = RecordType::find(wrong).unwrap_err();
            assert!(error.message().contains(right), "{error}");
            assert!(error.message().contains(wrong), "{error}");
        }
        let error = RecordType::find("zebra_crossing").unwrap_err();
        assert!(!error.message().contains("did you mean"), "{error}");
    }

    #[test]
    fn actions_are_found_by_their_words_and_by_zoho_s_name() {
        let invoice = RecordType::find("invoice").unwrap();
        for (name, has_id, path) in [
            ("status/sent", true, "/invoices/{invoice_id}/status/sent"),
            ("status/sent", false, "/invoices/status/sent"),
            (
                "mark_invoice_sent",
                true,
                "/invoices/{invoice_id}/status/sent",
            ),
            ("customfields", true, "/invoice/{invoice_id}/customfields"),
            ("credits", true, "/invoices/{invoice_id}/credits"),
            ("comments", true, "/invoices/{invoice_id}/comments"),
            (
                "documents",
                true,
                "/invoices/{invoice_id}/documents/{document_id}",
            ),
        ] {
            let action = invoice.action(name, None, has_id).unwrap();
            assert_eq!(action.path, path);
        }
        let mail = invoice.action("email", Some(Method::GET), true).unwrap();
        assert_eq!(mail.id, "get_invoice_email");
        let error = invoice.action("status/send", None, true).unwrap_err();
        assert!(error.message().contains("\"status/sent\""), "{error}");
        let error = invoice.action("convert", None, true).unwrap_err();
        assert!(error.message().contains("invoice has no action"), "{error}");
    }

    #[test]
    fn upserts_exist_where_zoho_publishes_them() {
        let has = |name| RecordType::find(name).unwrap().upsert().is_some();
        assert!(has("contact") && has("invoice") && has("expense"));
        assert!(!has("tax") && !has("invoice_comment"));
    }
}
