//! One record of Books: what it holds, what it leads to, what may be done with it, and the form that changes it.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Form;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::super::{framed, notice, table as html_table};
use super::form;
use super::shown::{headlines, label, members, plural, sums, tables};
use super::{PLACE, missing, rows_of};
use crate::books::{self, Datum, Document, Problem, RecordType, Sight};
use crate::html::escape;
use crate::http::Query;
use crate::state::Shared;

type OfType = (String, String);
type OfRecord = (String, String, String);
/// Fields of a posted form, in its order.
type Posted = Form<Vec<(String, String)>>;

pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path(at): Path<OfRecord>,
) -> (StatusCode, Html<String>) {
    match page(&shared, &at, "", &Document::default()) {
        Some(page) => (StatusCode::OK, page),
        None => missing(&at.0, &at.1, &at.2),
    }
}

/// An empty form, with what the address brings: `?customer_id=…`.
pub(super) async fn show_new(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind)): Path<OfType>,
    uri: Uri,
) -> (StatusCode, Html<String>) {
    let query = Query::parse(uri.query().unwrap_or_default().as_bytes());
    match new_page(&shared, &organisation, &kind, "", &query.0) {
        Some(page) => (StatusCode::OK, page),
        None => missing(&organisation, &kind, "new"),
    }
}

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Path((organisation, kind)): Path<OfType>,
    Form(posted): Posted,
) -> Response {
    let Some(known) = books::type_named(&kind) else {
        return missing(&organisation, &kind, "new").into_response();
    };
    let body = form::body_of(&known.create, None, &posted);
    match books::person_creates(&shared, &organisation, &kind, None, body) {
        Ok(record) => {
            let id = books::id_of(known, &record);
            Redirect::to(&format!("{PLACE}/{organisation}/{kind}/{id}")).into_response()
        }
        Err(problem) => match new_page(&shared, &organisation, &kind, &words(&problem), &posted) {
            Some(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
            None => missing(&organisation, &kind, "new").into_response(),
        },
    }
}

pub(super) async fn update(
    State(shared): State<Arc<Shared>>,
    Path(at): Path<OfRecord>,
    Form(posted): Posted,
) -> Response {
    let (organisation, kind, id) = &at;
    let known = books::type_named(kind);
    let record = books::person_reads(&shared, organisation, kind, id);
    let (Some(known), Ok(record)) = (known, record) else {
        return missing(organisation, kind, id).into_response();
    };
    let body = form::body_of(form::members_of(known), Some(&record), &posted);
    let typed = body.clone();
    match books::person_updates(&shared, organisation, kind, id, body) {
        Ok(_) => see(&at),
        Err(problem) => refused(&shared, &at, &problem, &typed),
    }
}

pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path(at): Path<OfRecord>,
) -> Response {
    let (organisation, kind, id) = &at;
    match books::person_deletes(&shared, organisation, kind, id) {
        Ok(()) => Redirect::to(&format!("{PLACE}/{organisation}/{kind}")).into_response(),
        Err(problem) => refused(&shared, &at, &problem, &Document::default()),
    }
}

/// Takes one of the actions that the page offers.
pub(super) async fn act(
    State(shared): State<Arc<Shared>>,
    Path(at): Path<OfRecord>,
    Form(posted): Posted,
) -> Response {
    let action = posted.iter().find(|(name, _)| name == "action");
    let action = action.map(|(_, action)| action.as_str());
    let nothing = (HeaderMap::new(), Bytes::new());
    take(&shared, &at, action.unwrap_or_default(), nothing).await
}

/// Adds the files of a form.
pub(super) async fn attach(
    State(shared): State<Arc<Shared>>,
    Path(at): Path<OfRecord>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    take(&shared, &at, "attachment", (headers, body)).await
}

async fn take(shared: &Shared, at: &OfRecord, action: &str, given: (HeaderMap, Bytes)) -> Response {
    let (organisation, kind, id) = at;
    match books::person_acts(shared, organisation, kind, id, action, given).await {
        Ok(_) => see(at),
        Err(problem) => refused(shared, at, &problem, &Document::default()),
    }
}

pub(super) async fn comment(
    State(shared): State<Arc<Shared>>,
    Path(at): Path<OfRecord>,
    Form(posted): Posted,
) -> Response {
    let (organisation, kind, id) = &at;
    let mut body = Document::default();
    for (name, text) in &posted {
        body.set(name, text.as_str());
    }
    let kind = format!("{kind}_comment");
    match books::person_creates(&shared, organisation, &kind, Some(id), body) {
        Ok(_) => see(&at),
        Err(problem) => refused(&shared, &at, &problem, &Document::default()),
    }
}

/// A file as the browser saves it; it is never shown as a page.
pub(super) async fn download(
    State(shared): State<Arc<Shared>>,
    Path((organisation, id)): Path<OfType>,
) -> Response {
    let Ok((name, bytes)) = books::person_reads_file(&shared, &organisation, &id) else {
        return missing(&organisation, "file", &id).into_response();
    };
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let name = name.replace('+', "%20");
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, bytes).into_response()
}

fn see((organisation, kind, id): &OfRecord) -> Response {
    Redirect::to(&format!("{PLACE}/{organisation}/{kind}/{id}")).into_response()
}

fn words(problem: &Problem) -> String {
    format!("{} (code {})", problem.message, problem.code)
}

fn refused(shared: &Shared, at: &OfRecord, problem: &Problem, typed: &Document) -> Response {
    match page(shared, at, &words(problem), typed) {
        Some(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        None => missing(&at.0, &at.1, &at.2).into_response(),
    }
}

/// The page of a record; `typed` is what a refused form brought, which stays in its inputs.
fn page(
    shared: &Shared,
    (organisation, kind, id): &OfRecord,
    problem: &str,
    typed: &Document,
) -> Option<Html<String>> {
    let known = books::type_named(kind)?;
    let sight = books::person_sees(shared, organisation, kind, id).ok()?;
    let at = format!("{PLACE}/{}/{}", escape(organisation), escape(kind));
    let mut body = format!(
        "<p><a href=\"{PLACE}\">Books</a> <a href=\"{at}\">{}</a></p><h1>{}</h1>",
        escape(&plural(known)),
        escape(&sight.title)
    );
    if !problem.is_empty() {
        body.push_str(&notice(problem));
    }
    let at = format!("{at}/{}", escape(id));
    print_actions(&mut body, &at, organisation, known, &sight);
    let record = &sight.record;
    // Writing into a text does not fail.
    let _ = write!(
        body,
        "<div id=\"live\">{}{}{}",
        headlines(record),
        tables(organisation, &sight.named, record),
        sums(record),
    );
    print_related(&mut body, organisation, &sight);
    print_comments_and_files(&mut body, organisation, &sight);
    let _ = write!(
        body,
        "<h2>Members</h2>{}</div>",
        members(organisation, &sight.named, record)
    );
    print_adding(&mut body, &at, &sight);
    let fields = form::members_of(known);
    if !fields.is_empty() {
        let mut filled = sight.record.clone();
        filled.merge(typed.clone());
        let _ = write!(
            body,
            "<h2 id=\"edit\">Edit</h2><form method=\"post\" action=\"{at}\">{}<p><button>Save</button></p></form>",
            form::inputs(shared, organisation, known, fields, &filled)
        );
    }
    let _ = write!(
        body,
        "<form method=\"post\" action=\"{at}/delete\" data-confirm=\"Delete this record?\"><button class=\"bad\">Delete</button></form>"
    );
    Some(framed(&sight.title, PLACE, &body))
}

/// Buttons for what may be done, and a link to the form of a payment for what is owed.
fn print_actions(
    body: &mut String,
    at: &str,
    organisation: &str,
    kind: &RecordType,
    sight: &Sight,
) {
    let mut out = String::new();
    for action in &sight.actions {
        let words = action.strip_prefix("status/").unwrap_or(action);
        let _ = write!(
            out,
            "<button class=\"quiet\" name=\"action\" value=\"{}\">{}</button>",
            escape(action),
            escape(&label(&words.replace('/', " ")))
        );
    }
    let payment = match kind.name.as_str() {
        "invoice" => Some(("customer_payment", "customer_id", "invoices", "invoice_id")),
        "bill" => Some(("vendor_payment", "vendor_id", "bills", "bill_id")),
        _ => None,
    };
    if let Some((payment, party, list, id)) = payment {
        let words = |name: &str| sight.record.get(name).map(Datum::words).unwrap_or_default();
        let balance = words("balance");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(party, &words(party))
            .append_pair("amount", &balance)
            .append_pair("payment_mode", "cash")
            .append_pair(&format!("{list}.0.{id}"), &words(id))
            .append_pair(&format!("{list}.0.amount_applied"), &balance)
            .finish();
        let _ = write!(
            out,
            "<a class=\"button\" href=\"{PLACE}/{}/{payment}/new?{}\">Record payment</a>",
            escape(organisation),
            escape(&query)
        );
    }
    if !out.is_empty() {
        let _ = write!(
            body,
            "<form class=\"row\" method=\"post\" action=\"{at}/act\">{out}</form>"
        );
    }
}

fn print_related(body: &mut String, organisation: &str, sight: &Sight) {
    for (kind, records) in &sight.related {
        let _ = write!(
            body,
            "<h2>{}</h2>{}",
            escape(&plural(kind)),
            rows_of(organisation, kind, records, "")
        );
    }
}

fn print_comments_and_files(body: &mut String, organisation: &str, sight: &Sight) {
    if !sight.files.is_empty() {
        let rows: String = sight
            .files
            .iter()
            .map(|file| {
                format!(
                    "<tr><td><a href=\"{PLACE}/{}/files/{}\">{}</a></td><td>{}</td></tr>",
                    escape(organisation),
                    escape(file.text("document_id")),
                    escape(file.text("file_name")),
                    escape(file.text("file_size_formatted"))
                )
            })
            .collect();
        let _ = write!(
            body,
            "<h2>Files</h2>{}",
            html_table(&["Name", "Size"], &rows, "")
        );
    }
    if !sight.comments.is_empty() {
        let rows: String = sight
            .comments
            .iter()
            .map(|comment| {
                format!(
                    "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
                    escape(comment.text("date_with_time")),
                    escape(comment.text("commented_by")),
                    escape(comment.text("description"))
                )
            })
            .collect();
        let _ = write!(
            body,
            "<h2>Comments</h2>{}",
            html_table(&["Time", "By", "Comment"], &rows, "")
        );
    }
}

/// Forms for one more comment and one more file.
fn print_adding(body: &mut String, at: &str, sight: &Sight) {
    if sight.takes_comments {
        let _ = write!(
            body,
            "<form class=\"row\" method=\"post\" action=\"{at}/comments\"><label>Comment <input name=\"description\"></label>\
             <button class=\"quiet\">Add comment</button></form>"
        );
    }
    if sight.takes_files {
        let _ = write!(
            body,
            "<form class=\"row\" method=\"post\" action=\"{at}/files\" enctype=\"multipart/form-data\"><label>File \
             <input type=\"file\" name=\"attachment\"></label><button class=\"quiet\">Attach</button></form>"
        );
    }
}

fn new_page(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    problem: &str,
    given: &[(String, String)],
) -> Option<Html<String>> {
    let known = books::type_named(kind).filter(|kind| kind.parent.is_none())?;
    let today = books::person_today(shared, organisation).ok()?;
    let at = format!("{PLACE}/{}/{}", escape(organisation), escape(kind));
    let thing = escape(&known.thing).to_lowercase();
    let mut body = format!(
        "<p><a href=\"{PLACE}\">Books</a> <a href=\"{at}\">{}</a></p><h1>New {thing}</h1>",
        escape(&plural(known))
    );
    if !problem.is_empty() {
        body.push_str(&notice(problem));
    }
    let mut given = form::body_of(&known.create, None, given);
    for name in ["date", "journal_date", "start_date"] {
        if books::is_mandatory(known, name) {
            given.set_missing(name, today.as_str());
        }
    }
    let _ = write!(
        body,
        "<form method=\"post\" action=\"{at}/new\">{}<p><button>Save</button></p></form>",
        form::inputs(shared, organisation, known, &known.create, &given)
    );
    Some(framed(&known.thing, PLACE, &body))
}

/// Files are larger than forms.
pub(super) fn bounds() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FORM_BYTES_MAX)
}

/// Longest form; Books itself refuses files of more than 10 MB.
const FORM_BYTES_MAX: usize = 16 * 1024 * 1024;
