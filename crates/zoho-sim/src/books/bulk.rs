//! One action on several records, which the query names by their ids: all of them, or none when one cannot be acted on.
//!
//! unknown: whether Books acts on some of them then.

use axum::http::Method;

use super::actions;
use super::answers::success;
use super::datum::Datum;
use super::document::Document;
use super::perform::{Scope, item, written};
use super::problem::Problem;
use super::registry::{self, RecordType, Role};
use super::state::Organisation;
use super::trade;
use super::write;
use crate::http::Answer;
use crate::rows::Action;

/// Acts on records by the action that one of them has: `/invoices/status/sent` as `/invoices/{invoice_id}/status/sent`. `None`
/// where single records have no such action.
pub(super) fn act(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
    ids: &[u64],
) -> Option<Result<Answer, Problem>> {
    let operation = scope.found.operation;
    let mut parts = operation.path.split('/').skip(1);
    let collection = parts.next()?;
    let action: Vec<&str> = parts.collect();
    // Mails to many go to the addresses of their contacts, which the single action asks for.
    if operation.method != "POST" || matches!(action[..], ["email" | "paymentreminder"]) {
        return None;
    }
    let single = |id: u64| {
        let mut path = vec![collection.to_owned(), id.to_string()];
        path.extend(action.iter().map(|part| (*part).to_owned()));
        let found = registry::find(&Method::POST, &path).ok()?;
        (found.operation.role == Role::Action).then_some(found)
    };
    single(0)?;
    let before = organisation.clone();
    let text = operation.text.as_deref().unwrap_or("success");
    let mut answer = success(operation.status, text, Document::default());
    for id in ids {
        let found = single(*id)?;
        let one = Scope {
            found: &found,
            call: scope.call,
            body: scope.body,
            hand: scope.hand,
        };
        if let Err(problem) = actions::act(organisation, Some(kind), &one) {
            *organisation = before;
            return Some(Err(problem));
        }
        answer = written(answer, kind, *id, Action::Update);
    }
    Some(Ok(answer))
}

/// Makes invoices of quotes or of sales orders, as `/invoices/fromestimates` and `/invoices/fromsalesorder` say.
pub(super) fn convert(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
    from: &'static RecordType,
    ids: &[u64],
) -> Result<Answer, Problem> {
    let operation = scope.found.operation;
    let before = organisation.clone();
    let made = convert_all(organisation, kind, scope, from, ids);
    let made = match made {
        Ok(made) => made,
        Err(problem) => {
            *organisation = before;
            return Err(problem);
        }
    };
    let text = operation.text.as_deref().unwrap_or("success");
    let members = match made.first() {
        Some(id) if !operation.answer.is_empty() => item(organisation, kind, *id),
        _ => Document::default(),
    };
    let mut answer = success(operation.status, text, members);
    for id in made {
        answer = written(answer, kind, id, Action::Insert);
    }
    Ok(answer)
}

fn convert_all(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    scope: &Scope<'_>,
    from: &'static RecordType,
    ids: &[u64],
) -> Result<Vec<u64>, Problem> {
    let mut made = Vec::new();
    for id in ids {
        let row = organisation.row(&from.name, *id);
        let row = row.ok_or_else(|| Problem::missing(&from.thing))?;
        // unknown: codes and texts of the refusals.
        let status = row.document.text("status");
        let may = match from.name.as_str() {
            "estimate" => !matches!(status, "invoiced" | "declined"),
            _ => matches!(status, "open" | "partially_invoiced" | "overdue"),
        };
        if !may {
            let refused = format!("A record that is {status} cannot be invoiced.");
            return Err(Problem::wrong_state(refused));
        }
        let body = trade::body_from(&from.name, row, kind);
        made.push(write::create(organisation, kind, None, body, scope.hand)?);
    }
    Ok(made)
}

/// The bill that purchase orders would make.
pub(super) fn bill_of(
    organisation: &Organisation,
    kind: &'static RecordType,
    ids: &[u64],
) -> Result<Document, Problem> {
    let mut bill = Document::default();
    let mut lines: Vec<Datum> = Vec::new();
    for id in ids {
        let row = organisation.row("purchase_order", *id);
        let row = row.ok_or_else(|| Problem::missing("Purchase Order"))?;
        let mut body = trade::body_from("purchase_order", row, kind);
        if let Some(Datum::List(mut more)) = body.remove("line_items") {
            // Not among the published members of these lines.
            for line in more.iter_mut().filter_map(Datum::as_object_mut) {
                for name in [
                    "item_type",
                    "discount",
                    "discount_amount",
                    "line_item_taxes",
                ] {
                    line.remove(name);
                }
            }
            lines.extend(more);
        }
        body.merge(bill);
        bill = body;
    }
    let ids: Vec<Datum> = ids.iter().map(|id| Datum::text(id.to_string())).collect();
    bill.set("line_items", lines);
    let mut members = Document::default();
    members.set("purchaseorder_ids", ids);
    members.set("bill", bill);
    Ok(members)
}
