//! Creates, updates and deletes records of any type: check, apply the rules of the type, store.

use super::check;
use super::custom_fields;
use super::datum::Datum;
use super::document::Document;
use super::print;
use super::problem::Problem;
use super::registry::RecordType;
use super::rules::{self, Scene, Who};
use super::state::{Organisation, Row};
use crate::http::Query;

/// Records of one type in one organisation, so that memory stays bounded.
const ROWS_MAX: usize = 1_000_000;

/// By whom, when, and how a write was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hand<'a> {
    pub(crate) who: &'a Who,
    pub(crate) now: i64,
    pub(crate) query: &'a Query,
}

/// Creates a record and gives its id.
pub(crate) fn create(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    parent: Option<u64>,
    mut body: Document,
    hand: Hand<'_>,
) -> Result<u64, Problem> {
    if organisation.count(&kind.name) >= ROWS_MAX {
        return Err(Problem::wrong_state("The organization is full."));
    }
    let rules = rules::of(&kind.name);
    let id = organisation.next_id();
    let mut scene = Scene {
        organisation,
        kind,
        id,
        parent,
        now: hand.now,
        query: hand.query,
        who: hand.who,
    };
    if rules.instead_of_create(&mut scene, &body)? {
        return Ok(id);
    }
    rules.prepare(&mut scene, &mut body)?;
    let custom = body.remove("custom_fields");
    let body = check::members(kind, body)?;
    let mut record = kind.defaults.clone();
    record.merge(body);
    check::mandatory(kind, &record)?;
    let takes_fields =
        kind.record.has("custom_fields") || kind.create.contains_key("custom_fields");
    if takes_fields || custom.is_some() {
        custom_fields::store(scene.organisation, &kind.name, id, custom, &mut record)?;
    }
    let parent_kind = kind.parent.as_deref();
    if let Some((parent, parent_kind)) = parent.zip(parent_kind)
        && let Some(name) = super::registry::type_named(parent_kind).and_then(print::id_member)
    {
        record.set(name, parent.to_string());
    }
    let created_by = [
        ("created_by_id", hand.who.id.to_string()),
        ("created_by_name", hand.who.name.clone()),
    ];
    for (name, words) in created_by {
        if kind.record.has(name) {
            record.set(name, words);
        }
    }
    if (kind.record.has("status") || kind.row.has("status")) && kind.status.is_empty() {
        record.set_missing("status", "active");
    }
    rules.on_create(&mut scene, &mut record)?;
    let parent = scene.parent;
    let row = Row {
        id,
        parent,
        created_at: hand.now,
        modified_at: hand.now,
        document: record,
    };
    organisation.put(&kind.name, row);
    Ok(id)
}

/// Changes a record: members that are not sent stay as they are, lists that are sent replace those that were there.
pub(crate) fn update(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    id: u64,
    mut body: Document,
    hand: Hand<'_>,
) -> Result<(), Problem> {
    let rules = rules::of(&kind.name);
    let row = organisation.row(&kind.name, id).cloned();
    let row = row.ok_or_else(|| Problem::missing(&kind.thing))?;
    let mut scene = Scene {
        organisation,
        kind,
        id,
        parent: row.parent,
        now: hand.now,
        query: hand.query,
        who: hand.who,
    };
    rules.prepare(&mut scene, &mut body)?;
    let custom = body.remove("custom_fields");
    let body = check::members(kind, body)?;
    for name in &kind.required {
        let is_emptied = body.get(name).is_some_and(Datum::is_empty);
        if is_emptied
            && row
                .document
                .get(name)
                .is_some_and(|known| !known.is_empty())
        {
            return Err(Problem::refused_value(name));
        }
    }
    let mut record = row.document.clone();
    record.merge(body);
    if custom.is_some() {
        custom_fields::store(scene.organisation, &kind.name, id, custom, &mut record)?;
    }
    rules.on_update(&mut scene, &row.document, &mut record)?;
    organisation.put(
        &kind.name,
        Row {
            modified_at: hand.now,
            document: record,
            ..row
        },
    );
    Ok(())
}

/// Takes a record out, with what belongs to it.
pub(crate) fn delete(
    organisation: &mut Organisation,
    kind: &'static RecordType,
    id: u64,
    hand: Hand<'_>,
) -> Result<(), Problem> {
    let row = organisation.row(&kind.name, id).cloned();
    let row = row.ok_or_else(|| Problem::missing(&kind.thing))?;
    let mut scene = Scene {
        organisation,
        kind,
        id,
        parent: row.parent,
        now: hand.now,
        query: hand.query,
        who: hand.who,
    };
    rules::of(&kind.name).on_delete(&mut scene, &row.document)?;
    organisation.take(&kind.name, id);
    Ok(())
}
