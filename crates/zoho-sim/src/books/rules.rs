//! What single record types do beyond the registry. Each has its own file; [`of`] is the list of them.

use super::document::Document;
use super::problem::Problem;
use super::registry::{Operation, RecordType};
use super::state::{Organisation, Row};
use crate::http::Query;

/// Where a record is written: the organisation around it, who writes it, and how it was asked for.
///
/// The record itself is not in its table while it is worked on; it is put there when the hook has agreed.
pub(crate) struct Scene<'a> {
    pub(crate) organisation: &'a mut Organisation,
    pub(crate) kind: &'static RecordType,
    pub(crate) id: u64,
    pub(crate) parent: Option<u64>,
    pub(crate) now: i64,
    pub(crate) query: &'a Query,
    pub(crate) who: &'a Who,
}

/// The user who writes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Who {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: String,
}

/// What a side action did.
#[derive(Debug, Default)]
pub(crate) struct Acted {
    /// Instead of the registry's text.
    pub(crate) message: Option<String>,
    /// Members of the answer besides `code` and `message`.
    pub(crate) members: Document,
    /// Whether the record is stored and its time moved.
    pub(crate) is_changed: bool,
}

/// Hooks of a record type. Whatever is not overridden does nothing.
pub(crate) trait Rules: Sync {
    /// Before the body is checked: members that have other names, defaults for mandatory ones.
    fn prepare(&self, _scene: &mut Scene<'_>, _body: &mut Document) -> Result<(), Problem> {
        Ok(())
    }

    /// Does what a call that looks like a create really does, such as applying credits. True when no record is to be stored.
    fn instead_of_create(&self, _scene: &mut Scene<'_>, _body: &Document) -> Result<bool, Problem> {
        Ok(false)
    }

    /// The record holds defaults and the checked body.
    fn on_create(&self, _scene: &mut Scene<'_>, _record: &mut Document) -> Result<(), Problem> {
        Ok(())
    }

    /// The record holds what it held before, with the members of the checked body in their places.
    fn on_update(
        &self,
        _scene: &mut Scene<'_>,
        _before: &Document,
        _record: &mut Document,
    ) -> Result<(), Problem> {
        Ok(())
    }

    /// Before a record is taken out.
    fn on_delete(&self, _scene: &mut Scene<'_>, _record: &Document) -> Result<(), Problem> {
        Ok(())
    }

    /// A side action on one record. `None` leaves it to the generic ones.
    fn on_action(
        &self,
        _scene: &mut Scene<'_>,
        _operation: &Operation,
        _body: &Document,
        _record: &mut Document,
    ) -> Result<Option<Acted>, Problem> {
        Ok(None)
    }

    /// Rows of a list that are not stored but follow from other records; they stand in place of the stored ones.
    fn rows(&self, _organisation: &Organisation, _parent: Option<u64>) -> Option<Vec<Row>> {
        None
    }

    /// Members that are computed when a record is read, for lists too.
    fn derive(&self, _organisation: &Organisation, _row: &Row, _record: &mut Document) {}

    /// Members of a single record only, such as lists of what belongs to it.
    fn detail(&self, _organisation: &Organisation, _row: &Row, _record: &mut Document) {}

    /// Members of a list row that are named otherwise than in the record.
    fn row(&self, _organisation: &Organisation, _record: &Document, _row: &mut Document) {}

    /// Whether a record is in a view (`filter_by`, `status`) of which the generic reading is not enough.
    fn is_in_view(
        &self,
        _organisation: &Organisation,
        _record: &Document,
        _view: &str,
    ) -> Option<bool> {
        None
    }
}

/// A record type without rules of its own.
struct Plain;

impl Rules for Plain {}

/// The rules of a record type.
pub(crate) fn of(kind: &str) -> &'static dyn Rules {
    match kind {
        "contact" => &super::contacts::Contacts,
        "contact_person" => &super::contacts::Persons,
        "contact_address" => &super::contacts::Addresses,
        "item" => &super::items::Items,
        "tax" => &super::settings::Taxes,
        "tax_group" => &super::settings::TaxGroups,
        "currency" => &super::settings::Currencies,
        "user" => &super::settings::Users,
        "custom_module" => &super::settings::CustomModules,
        "chart_of_account" => &super::accounts::Accounts,
        "bank_account" => &super::accounts::BankAccounts,
        "journal" => &super::accounts::Journals,
        "account_transaction" => &super::banking::AccountTransactions,
        "bank_statement" => &super::banking::Statements,
        "bank_transaction" => &super::banking::BankTransactions,
        "project" => &super::projects::Projects,
        "project_task" => &super::projects::Tasks,
        "time_entry" => &super::projects::TimeEntries,
        _ if kind.ends_with("_comment") => &super::comments::Comments,
        _ => super::trade::rules_of(kind).unwrap_or(&Plain),
    }
}
