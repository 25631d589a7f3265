//! `GET /{module}/{id}/{related_list}`: pages of the records below a record, and of those below a deleted one.

use std::collections::HashSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::entries;
use super::{list_name, parent};
use crate::actions::related::{Entry, entries as records};
use crate::catalog::{self, Refusal};
use crate::crm::records::page_token::{self, PageToken};
use crate::crm::{Context, param, print};
use crate::http::Answer;
use crate::world::{Record, SortKey, World};

/// Fields that one call may name.
const FIELDS_MAX: usize = 50;
/// Records that can be reached by `page` alone.
const PAGED_RECORDS_MAX: usize = 2_000;
/// Ids that one call may name.
const IDS_MAX: usize = 100;

pub(super) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let parent = parent(context, &world)?;
    list(context, &world, parent)
}

pub(super) fn below_deleted(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = context
        .id("id", 2)
        .map_err(|_| catalog::actions::invalid_related_id(2))?;
    let is_in_bin = world.tables[context.table]
        .deleted
        .get(&id)
        .is_some_and(|deleted| deleted.record.is_some());
    if !is_in_bin {
        return Err(catalog::actions::invalid_related_id(2));
    }
    list(context, &world, id)
}

/// The page that a call asks for.
#[derive(Debug)]
struct Paging {
    page: usize,
    per_page: usize,
    token: Option<PageToken>,
    is_descending: bool,
    by_modified: bool,
    fingerprint: u64,
    now: i64,
}

fn list(context: &Context<'_>, world: &World, parent: u64) -> Result<Answer, Refusal> {
    let kind = entries::kind(world, context.table, list_name(context))?;
    let query = &context.call.query;
    let is_second = context.version.is_second();
    let names = match query.list("fields") {
        Some(names) if names.len() > FIELDS_MAX => {
            return Err(catalog::param_limit_exceeded("fields", FIELDS_MAX));
        }
        Some(names) if !names.is_empty() => Some(names),
        _ if is_second => None,
        _ => return Err(catalog::required_param_missing("fields")),
    };
    let paging = Paging::read(context)?;
    let modified_after = param::time_header(context.call, "if-modified-since")?;
    let ids = param::ids::<HashSet<u64>>(&context.call.query, IDS_MAX)?;
    let mut found = records(world, kind, parent);
    let is_wanted = |entry: &Entry<'_>| {
        modified_after.is_none_or(|after| entry.record.modified_at > after)
            && ids
                .as_ref()
                .is_none_or(|ids| ids.contains(&entry.record.id))
    };
    found.retain(is_wanted);
    let (shown, info) = paging.page_of(world, found);
    if shown.is_empty() {
        return Ok(Answer::empty(if modified_after.is_some() {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::NO_CONTENT
        }));
    }
    let mut out = vec![b'{'];
    entries::print(&mut out, world, &shown, names.as_deref(), true);
    out.extend_from_slice(b",\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(StatusCode::OK, out))
}

impl Paging {
    fn read(context: &Context<'_>) -> Result<Self, Refusal> {
        let query = &context.call.query;
        let now = context.now();
        if query.get("page").is_some() && query.get("page_token").is_some() {
            return Err(catalog::ambiguous_params("page", "page_token"));
        }
        let param::Page {
            number: page,
            per_page,
        } = param::Page::read(query)?;
        if !context.version.is_second() && page * per_page > PAGED_RECORDS_MAX {
            return Err(catalog::discrete_pagination_limit());
        }
        let fingerprint = page_token::fingerprint(context.call, context.caller.user);
        let token = query
            .get("page_token")
            .map(|text| PageToken::read(text, fingerprint, now))
            .transpose()?;
        let sortable = ["id", "Created_Time", "Modified_Time"];
        let sort_by = param::word(query, "sort_by", &sortable, "id")?;
        Ok(Self {
            page: token.as_ref().map_or(page, |token| token.page),
            per_page,
            token,
            is_descending: param::word(query, "sort_order", &["asc", "desc"], "desc")? == "desc",
            by_modified: sort_by == "Modified_Time",
            fingerprint,
            now,
        })
    }

    fn key(&self, record: &Record) -> SortKey {
        let value = if self.by_modified {
            record.modified_at
        } else {
            0
        };
        (value, record.id)
    }

    /// The records of the page, and what `info` says about it.
    fn page_of<'w>(&self, world: &World, mut found: Vec<Entry<'w>>) -> (Vec<Entry<'w>>, Value) {
        found.sort_by_key(|entry| self.key(entry.record));
        if self.is_descending {
            found.reverse();
        }
        let is_before = |entry: &Entry<'_>, after: SortKey| {
            let key = self.key(entry.record);
            if self.is_descending {
                key >= after
            } else {
                key <= after
            }
        };
        let start = match &self.token {
            Some(token) => found.partition_point(|entry| is_before(entry, token.after)),
            None => (self.page - 1)
                .saturating_mul(self.per_page)
                .min(found.len()),
        };
        let end = start.saturating_add(self.per_page).min(found.len());
        let has_more = end < found.len();
        let token = |page: usize, after: SortKey| {
            PageToken { page, after }.print(self.fingerprint, self.now)
        };
        let next = (has_more && end > start)
            .then(|| token(self.page + 1, self.key(found[end - 1].record)));
        let previous = (self.page > 1 && start > 0).then(|| {
            let before = start.saturating_sub(self.per_page);
            let after = match before.checked_sub(1) {
                Some(place) => self.key(found[place].record),
                None if self.is_descending => (i64::MAX, u64::MAX),
                None => (i64::MIN, 0),
            };
            token(self.page - 1, after)
        });
        let expiry = (next.is_some() || previous.is_some())
            .then(|| print::time(world, self.now + page_token::LIFE_SECONDS));
        let info = json!({
            "per_page": self.per_page,
            "next_page_token": next,
            "count": end - start,
            "page": self.page,
            "previous_page_token": previous,
            "page_token_expiry": expiry,
            "more_records": has_more,
        });
        (found[start..end].to_vec(), info)
    }
}
