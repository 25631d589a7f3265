//! What people do in Books' own pages, which cost no calls and meet no limits: the control API and the page at `/__sim/` end
//! here. Writes take the same way as those of clients, by the same checks.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};

use super::body;
use super::datum::Datum;
use super::document::Document;
use super::files;
use super::perform::{Scope, act_in, named};
use super::print;
use super::problem::Problem;
use super::registry::{self, Operation, REGISTRY, RecordType, Role};
use super::settings;
use super::state::{Books, Organisation, Row};
use super::write::{self, Hand};
use crate::http::{Answer, Call, Query};
use crate::state::Shared;
use crate::world::parse_id;

/// Records that are looked through for those that name another one: the world is locked meanwhile.
const SCANNED_MAX: usize = 5_000;
/// Records shown of each type that name another one.
const RELATED_MAX: usize = 20;
/// Records that an input offers.
const OFFERED_MAX: usize = 100;
/// Letters of a title.
const TITLE_LETTERS_MAX: usize = 80;

/// A record with what hangs on it, as a page shows it.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    pub(crate) title: String,
    pub(crate) record: Document,
    /// Records whose ids stand in the record: type and title by id.
    pub(crate) named: BTreeMap<String, (&'static str, String)>,
    /// Records that belong to it or name it.
    pub(crate) related: Vec<(&'static RecordType, Vec<Document>)>,
    pub(crate) comments: Vec<Document>,
    pub(crate) files: Vec<Document>,
    /// What may be done with it, as the ends of paths: `status/sent`.
    pub(crate) actions: Vec<&'static str>,
    pub(crate) takes_files: bool,
    pub(crate) takes_comments: bool,
}

/// The organisation and record type that a person names, and whose hand it is.
fn by_hand<T>(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    act: impl FnOnce(&mut Organisation, &'static RecordType, Hand<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let kind = registry::type_named(kind);
    let kind = kind.ok_or_else(|| Problem::missing("Record type"))?;
    let now = shared.clock.now();
    let mut world = shared.world();
    let who = settings::first_user(&world);
    let id = parse_id(organisation).unwrap_or_default();
    let organisation = world.books.organisations.get_mut(&id);
    let organisation = organisation.ok_or_else(|| Problem::missing("Organization"))?;
    organisation.settle(now);
    let query = Query::default();
    let hand = Hand {
        who: &who,
        now,
        query: &query,
    };
    organisation.whole(|organisation| act(organisation, kind, hand))
}

fn printed(organisation: &Organisation, kind: &RecordType, id: u64) -> Result<Document, Problem> {
    let row = organisation.row(&kind.name, id);
    let row = row.ok_or_else(|| Problem::missing(&kind.thing))?;
    Ok(print::record(organisation, kind, row))
}

/// Which records are wanted.
#[derive(Debug, Default)]
pub(crate) struct Asked<'a> {
    /// Text in any member, or `member=text` in one.
    pub(crate) filter: &'a str,
    /// Only records before this id.
    pub(crate) before: Option<u64>,
    pub(crate) limit: usize,
}

/// Records of a type, and whether there are more.
#[derive(Debug)]
pub(crate) struct Listed {
    /// All records of the type.
    pub(crate) count: usize,
    pub(crate) records: Vec<Document>,
    /// The id before which the next ones are.
    pub(crate) next: Option<u64>,
}

/// Records of a type, the latest first. A filter looks through so many records at a time.
pub(crate) fn person_lists(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    asked: &Asked<'_>,
) -> Result<Listed, Problem> {
    by_hand(shared, organisation, kind, |organisation, kind, _| {
        let (member, wanted) = match asked.filter.split_once('=') {
            Some((member, text)) if is_member(kind, member.trim()) => (Some(member.trim()), text),
            _ => (None, asked.filter),
        };
        let wanted = wanted.trim().to_lowercase();
        let mut listed = Listed {
            count: organisation.count(&kind.name),
            records: Vec::new(),
            next: None,
        };
        let mut last = None;
        let rows = organisation.rows(&kind.name).rev();
        let rows = rows.filter(|row| asked.before.is_none_or(|before| row.id < before));
        for (looked, row) in rows.enumerate() {
            if listed.records.len() == asked.limit || (looked == SCANNED_MAX && !wanted.is_empty())
            {
                listed.next = last;
                break;
            }
            last = Some(row.id);
            let record = print::record(organisation, kind, row);
            let fits = match member {
                _ if wanted.is_empty() => true,
                Some(member) => record.get(member).is_some_and(|of| has_text(of, &wanted)),
                None => record.iter().any(|(_, of)| has_text(of, &wanted)),
            };
            if fits {
                listed.records.push(record);
            }
        }
        Ok(listed)
    })
}

fn is_member(kind: &RecordType, name: &str) -> bool {
    kind.record.has(name)
        || kind.row.has(name)
        || kind.create.contains_key(name)
        || name == "custom_field_hash"
        || name.starts_with("cf_")
}

/// Whether a value holds a text, given in lower case.
fn has_text(datum: &Datum, wanted: &str) -> bool {
    match datum {
        Datum::Object(document) => document.iter().any(|(_, datum)| has_text(datum, wanted)),
        Datum::List(parts) => parts.iter().any(|datum| has_text(datum, wanted)),
        datum => datum.words().to_lowercase().contains(wanted),
    }
}

/// One record.
pub(crate) fn person_reads(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    id: &str,
) -> Result<Document, Problem> {
    by_hand(shared, organisation, kind, |organisation, kind, _| {
        printed(organisation, kind, parse_id(id).unwrap_or_default())
    })
}

/// Adds a record; `parent` is the id of the record to which a nested one belongs.
pub(crate) fn person_creates(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    parent: Option<&str>,
    body: Document,
) -> Result<Document, Problem> {
    by_hand(shared, organisation, kind, |organisation, kind, hand| {
        let known = kind.parent.as_deref().and_then(registry::type_named);
        let parent = match known {
            Some(known) => {
                let found = named(organisation, known, parent.unwrap_or_default());
                Some(found.ok_or_else(|| Problem::missing(&known.thing))?)
            }
            None => None,
        };
        let id = write::create(organisation, kind, parent, body, hand)?;
        printed(organisation, kind, id)
    })
}

/// Changes a record.
pub(crate) fn person_updates(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    id: &str,
    body: Document,
) -> Result<Document, Problem> {
    by_hand(shared, organisation, kind, |organisation, kind, hand| {
        let id = parse_id(id).unwrap_or_default();
        write::update(organisation, kind, id, body, hand)?;
        printed(organisation, kind, id)
    })
}

/// Takes a record out.
pub(crate) fn person_deletes(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    id: &str,
) -> Result<(), Problem> {
    by_hand(shared, organisation, kind, |organisation, kind, hand| {
        let id = parse_id(id).unwrap_or_default();
        write::delete(organisation, kind, id, hand)
    })
}

/// Organisations with the numbers of their records.
pub(crate) fn person_surveys(shared: &Shared) -> Vec<Document> {
    let world = shared.world();
    let organisations = world.books.organisations.values();
    let surveyed = organisations.map(|organisation| {
        let mut counts = Document::default();
        for kind in &REGISTRY.types {
            let count = organisation.count(&kind.name);
            if count > 0 {
                counts.set(&kind.name, i64::try_from(count).unwrap_or(i64::MAX));
            }
        }
        let mut survey = Document::default();
        survey.set("organization_id", organisation.id.to_string());
        survey.set("name", organisation.document.text("name"));
        survey.set("records", counts);
        survey
    });
    surveyed.collect()
}

/// The mails that were sent from records, the latest first.
pub(crate) fn person_reads_mails(
    shared: &Shared,
    organisation: &str,
    limit: usize,
) -> Result<Vec<Datum>, Problem> {
    by_hand(shared, organisation, "contact", |organisation, _, _| {
        let mails = organisation.mails.iter().rev().take(limit).map(|mail| {
            let mut shown = Document::default();
            shown.set("time", organisation.time(mail.at));
            shown.set("record_type", mail.kind.as_str());
            shown.set("id", mail.record.to_string());
            shown.set("action", mail.action.as_str());
            shown.set("body", mail.body.clone());
            Datum::Object(shown)
        });
        Ok(mails.collect())
    })
}

/// A record with what hangs on it.
pub(crate) fn person_sees(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    id: &str,
) -> Result<Sight, Problem> {
    by_hand(shared, organisation, kind, |organisation, kind, _| {
        let id = parse_id(id).unwrap_or_default();
        let record = printed(organisation, kind, id)?;
        let mut sight = Sight {
            title: title(kind, &record),
            named: BTreeMap::new(),
            related: related(organisation, kind, id),
            actions: actions(kind).collect(),
            takes_files: operation(kind, "attachment").is_some(),
            ..Sight::default()
        };
        names(organisation, id, &record, &mut sight.named);
        if let Some(comments) = comments_of(kind) {
            sight.takes_comments = true;
            let rows = organisation.children(&comments.name, id);
            let shown = rows.map(|row| print::record(organisation, comments, row));
            sight.comments = shown.collect();
        }
        let files = files::of(organisation, &kind.name, id);
        sight.files = files.map(files::described).collect();
        sight.record = record;
        Ok(sight)
    })
}

/// The type of comments on records of a type, where they have comments of their own.
fn comments_of(kind: &RecordType) -> Option<&'static RecordType> {
    registry::type_named(&format!("{}_comment", kind.name))
}

/// What a record is called: its number or its name, else its id.
pub(crate) fn title(kind: &RecordType, record: &Document) -> String {
    let joined = kind.name.replace('_', "");
    let own = [
        format!("{}_number", kind.name),
        format!("{joined}_number"),
        format!("{}_name", kind.name),
        format!("{joined}_name"),
    ];
    let usual = [
        "recurrence_name",
        "account_name",
        "invoice_number",
        "payment_number",
        "entry_number",
        "receipt_number",
        "name",
        "first_name",
        "currency_code",
        "email",
        "description",
        "reference_number",
    ];
    let mut known = own.iter().map(String::as_str).chain(usual);
    let found = known.find_map(|name| {
        let words = record.get(name).map(Datum::words).unwrap_or_default();
        (!words.trim().is_empty()).then(|| words.chars().take(TITLE_LETTERS_MAX).collect())
    });
    found.unwrap_or_else(|| id_of(kind, record))
}

/// The id of a record that was printed.
pub(crate) fn id_of(kind: &RecordType, record: &Document) -> String {
    let id = print::id_member(kind).and_then(|name| record.get(name));
    id.map(Datum::words).unwrap_or_default()
}

fn found(organisation: &Organisation, id: u64) -> Option<(&'static RecordType, &Row)> {
    let mut types = REGISTRY.types.iter();
    types.find_map(|kind| Some((kind, organisation.row(&kind.name, id)?)))
}

/// Notes the records whose ids stand in a document, but for the one itself.
fn names(
    organisation: &Organisation,
    own: u64,
    document: &Document,
    named: &mut BTreeMap<String, (&'static str, String)>,
) {
    for (name, datum) in document.iter() {
        match datum {
            Datum::Object(inner) => names(organisation, own, inner, named),
            Datum::List(parts) => {
                for part in parts {
                    match part {
                        Datum::Object(inner) => names(organisation, own, inner, named),
                        part if name.ends_with("_ids") => note(organisation, own, part, named),
                        _ => {}
                    }
                }
            }
            datum if name.ends_with("_id") => note(organisation, own, datum, named),
            _ => {}
        }
    }
}

fn note(
    organisation: &Organisation,
    own: u64,
    datum: &Datum,
    named: &mut BTreeMap<String, (&'static str, String)>,
) {
    let words = datum.words();
    let id = parse_id(&words).filter(|id| *id != own);
    if let Some((kind, row)) = id.and_then(|id| found(organisation, id)) {
        let mut title = title(kind, &row.document);
        if title.is_empty() {
            title = words.clone();
        }
        named.insert(words, (&kind.name, title));
    }
}

/// Records that belong to one, and the latest of those that name it.
fn related(
    organisation: &Organisation,
    kind: &RecordType,
    id: u64,
) -> Vec<(&'static RecordType, Vec<Document>)> {
    let text = id.to_string();
    let others = REGISTRY
        .types
        .iter()
        .filter(|other| !other.name.ends_with("_comment") && organisation.count(&other.name) > 0);
    let related = others.map(|other| {
        let is_child = other.parent.as_deref() == Some(kind.name.as_str());
        let rows: Vec<&Row> = if is_child {
            organisation
                .children(&other.name, id)
                .take(RELATED_MAX)
                .collect()
        } else {
            let rows = organisation.rows(&other.name).rev().take(SCANNED_MAX);
            let rows = rows.filter(|row| row.id != id && mentions(&row.document, &text));
            rows.take(RELATED_MAX).collect()
        };
        let shown = rows
            .iter()
            .map(|row| print::known(organisation, other, row));
        (other, shown.collect::<Vec<_>>())
    });
    related.filter(|(_, records)| !records.is_empty()).collect()
}

/// Whether a document names an id.
fn mentions(document: &Document, id: &str) -> bool {
    document.iter().any(|(name, datum)| match datum {
        Datum::Text(text) => text == id && name.ends_with("_id"),
        Datum::Object(inner) => mentions(inner, id),
        Datum::List(parts) => parts.iter().any(|part| match part {
            Datum::Object(inner) => mentions(inner, id),
            Datum::Text(text) => text == id,
            _ => false,
        }),
        _ => false,
    })
}

/// The path of one record of a type.
fn path_of(kind: &RecordType) -> Option<&'static str> {
    let mut operations = REGISTRY.operations.iter();
    let of = operations.find(|operation| {
        operation.role == Role::Get
            && operation
                .kind
                .and_then(|kind| REGISTRY.types.get(kind))
                .is_some_and(|known| known.name == kind.name)
    });
    of.map(|operation| operation.path.as_str())
}

/// What may be done with a record without saying more.
fn actions(kind: &RecordType) -> impl Iterator<Item = &'static str> + use<> {
    const ENDS: [&str; 14] = [
        "active",
        "inactive",
        "submit",
        "approve",
        "reject",
        "writeoff",
        "writeoff/cancel",
        "paymentreminder/enable",
        "paymentreminder/disable",
        "track1099",
        "untrack1099",
        "primary",
        "timer/start",
        "timer/stop",
    ];
    // Of the Indian and Mexican editions.
    const OTHERS: [&str; 2] = ["status/readytopush", "status/cancel"];
    let path = path_of(kind);
    let posts = REGISTRY.operations.iter();
    let posts = posts.filter(|operation| operation.method == "POST");
    posts.filter_map(move |operation: &'static Operation| {
        let end = operation.path.strip_prefix(path?)?.strip_prefix('/')?;
        let is_state = end.starts_with("status/") && !end.contains('{') && !OTHERS.contains(&end);
        (is_state || ENDS.contains(&end)).then_some(end)
    })
}

/// The operation of an action on a record.
fn operation(kind: &RecordType, action: &str) -> Option<registry::Found> {
    let path = format!("{}/{action}", path_of(kind)?);
    let parts: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
    registry::find(&Method::POST, &parts).ok()
}

/// Acts on a record as `POST …/{action}` of Books does.
pub(crate) async fn person_acts(
    shared: &Shared,
    organisation: &str,
    kind: &str,
    id: &str,
    action: &str,
    (headers, body): (HeaderMap, Bytes),
) -> Result<Answer, Problem> {
    let unknown = || Problem::unknown_path();
    let known = registry::type_named(kind).ok_or_else(unknown)?;
    let template = path_of(known).ok_or_else(unknown)?;
    let call = Call {
        method: Method::POST,
        path: String::new(),
        query: Query::default(),
        headers,
        body,
        origin: String::new(),
    };
    let body = body::read(&call).await?;
    by_hand(shared, organisation, kind, |organisation, kind, hand| {
        let row = organisation.row(&kind.name, parse_id(id).unwrap_or_default());
        let row = row.ok_or_else(|| Problem::missing(&kind.thing))?;
        // Paths of nested records name what they belong to, where they name it.
        let parent = row.parent.filter(|_| template.matches('{').count() > 1);
        let mut ids = [parent, Some(row.id)].into_iter().flatten();
        let mut parts: Vec<String> = Vec::new();
        for part in template.split('/').skip(1) {
            parts.push(match part.starts_with('{') {
                true => ids.next().unwrap_or_default().to_string(),
                false => part.to_owned(),
            });
        }
        parts.extend(action.split('/').map(str::to_owned));
        let found = registry::find(&Method::POST, &parts).map_err(|_| unknown())?;
        let scope = Scope {
            found: &found,
            call: &call,
            body: &body,
            hand,
        };
        act_in(organisation, &scope)
    })
}

/// A file that hangs on a record: its name and what is in it.
pub(crate) fn person_reads_file(
    shared: &Shared,
    organisation: &str,
    id: &str,
) -> Result<(String, Bytes), Problem> {
    by_hand(shared, organisation, "contact", |organisation, _, _| {
        let file = parse_id(id).and_then(|id| organisation.files.get(&id));
        let file = file.ok_or_else(|| Problem::missing("Document"))?;
        Ok((file.name.clone(), file.bytes.0.clone()))
    })
}

/// What an input for the id of a record of a type offers: ids and titles, the latest first.
pub(crate) fn offers(shared: &Shared, organisation: &str, kind: &str) -> Vec<(String, String)> {
    let offered = by_hand(shared, organisation, kind, |organisation, kind, _| {
        let rows = organisation.rows(&kind.name).rev().take(OFFERED_MAX);
        let offered = rows.map(|row| (row.id.to_string(), title(kind, &row.document)));
        Ok(offered.collect())
    });
    offered.unwrap_or_default()
}

/// Today's date in an organisation.
pub(crate) fn person_today(shared: &Shared, organisation: &str) -> Result<String, Problem> {
    by_hand(shared, organisation, "contact", |organisation, _, hand| {
        Ok(organisation.today(hand.now))
    })
}

/// A number that is another one after anything was written.
pub(crate) fn revision(books: &Books) -> u64 {
    let organisations = books.organisations.values();
    organisations.fold(0, |sum, organisation| {
        sum.wrapping_add(organisation.revision)
    })
}
