//! Reports, registers and other reads that belong to no record type.

use super::answers::success;
use super::datum::Datum;
use super::document::Document;
use super::files;
use super::ledger;
use super::perform::Scope;
use super::print;
use super::problem::Problem;
use super::registry::type_named;
use super::state::Organisation;
use crate::http::Answer;
use crate::world::parse_id;

/// The answer of a read that is known here; `None` leaves it to the generic ones.
pub(super) fn answer(
    organisation: &Organisation,
    scope: &Scope<'_>,
) -> Result<Option<Answer>, Problem> {
    let path = scope.found.operation.path.as_str();
    let mut members = Document::default();
    match path {
        "/documents" => {
            let files = organisation.files.values();
            let files = files.map(|file| Datum::Object(files::described(file)));
            members.set("documents", files.collect::<Vec<_>>());
        }
        "/documents/{document_id}" => {
            let id = scope.param(0).and_then(parse_id);
            let file = id.and_then(|id| organisation.files.get(&id));
            let file = file.ok_or_else(|| Problem::missing("Document"))?;
            return Ok(Some(files::download(file)));
        }
        "/categories" => {
            let mut root = Document::default();
            root.set("category_id", "-1");
            root.set("name", "ROOT");
            members.set("categories", vec![Datum::Object(root)]);
        }
        "/itemdetails" => {
            let kind = type_named("item").ok_or_else(Problem::unknown_path)?;
            let ids = scope.call.query.list("item_ids").unwrap_or_default();
            if ids.is_empty() || ids.len() > 100 {
                return Err(Problem::invalid_value("item_ids"));
            }
            let mut items = Vec::new();
            for id in ids {
                let row = organisation.row_of_text("item", id);
                let row = row.ok_or_else(|| Problem::missing(&kind.thing))?;
                items.push(Datum::Object(print::record(organisation, kind, row)));
            }
            members.set("items", items);
        }
        "/transactions/{transaction_id}/journals" => {
            let id = scope.param(0).and_then(parse_id);
            let journal = id.and_then(|id| ledger::journal_of(organisation, id));
            let journal = journal.ok_or_else(|| Problem::missing("Transaction"))?;
            members.set("journal", journal);
        }
        _ if path.starts_with("/reports/") => {
            match ledger::report(organisation, path, &scope.call.query)? {
                Some(report) => members = report,
                None => return Ok(None),
            }
        }
        "/contacts/contactpersons" | "/contacts/contactpersons/{contactperson_id}" => {
            return persons(organisation, scope).map(Some);
        }
        "/creditnotes/refunds" => members.set(
            "creditnote_refunds",
            all(organisation, "credit_note_refund"),
        ),
        "/vendorcredits/refunds" => members.set(
            "vendor_credit_refunds",
            all(organisation, "vendor_credit_refund"),
        ),
        _ => return Ok(None),
    }
    Ok(Some(success(200, "success", members)))
}

/// All records of a type, whatever they belong to.
fn all(organisation: &Organisation, kind: &str) -> Vec<Datum> {
    let Some(kind) = type_named(kind) else {
        return Vec::new();
    };
    let rows = organisation.rows(&kind.name);
    let rows = rows.map(|row| Datum::Object(print::record(organisation, kind, row)));
    rows.collect()
}

fn persons(organisation: &Organisation, scope: &Scope<'_>) -> Result<Answer, Problem> {
    let mut members = Document::default();
    match scope.param(0) {
        None => members.set("contact_persons", all(organisation, "contact_person")),
        Some(id) => {
            let kind = type_named("contact_person").ok_or_else(Problem::unknown_path)?;
            let row = organisation.row_of_text("contact_person", id);
            let row = row.ok_or_else(|| Problem::missing(&kind.thing))?;
            members.set("contact_person", print::record(organisation, kind, row));
        }
    }
    Ok(success(200, "success", members))
}
