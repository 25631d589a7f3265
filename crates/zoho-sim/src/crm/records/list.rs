//! `GET /{module}`: pages of records, by `page` up to 2,000 records and by `page_token` up to 100,000.

use std::collections::HashSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::page_token::{self, PageToken};
use super::{FIELDS_MAX, PAGED_RECORDS_MAX, is_converted, print_list};
use crate::catalog::{self, Refusal};
use crate::crm::query::Criteria;
use crate::crm::{Context, param, print};
use crate::http::{Answer, Call};
use crate::rows::Columns;
use crate::world::settings::View;
use crate::world::{Record, SortKey, Table, World, parse_id};

/// Records that can be reached by page tokens.
const TOKEN_RECORDS_MAX: usize = 100_000;
/// Ids that one call may name.
const IDS_MAX: usize = 100;

/// Records that are sorted for a call instead of walked in a kept order.
const FEW_MAX: usize = 20_000;
/// Orders that are kept.
const SORTABLE: [&str; 3] = ["id", "Created_Time", "Modified_Time"];

/// What a list call asks for.
#[derive(Debug)]
struct Listing {
    columns: Columns,
    page: usize,
    per_page: usize,
    token: Option<PageToken>,
    sort_by: String,
    is_descending: bool,
    filter: Filter,
    /// Of all parameters but the page token: a token is bound to them.
    fingerprint: u64,
}

#[derive(Debug)]
struct Filter {
    ids: Option<HashSet<u64>>,
    modified_after: Option<i64>,
    converted: Option<bool>,
    /// Of the custom view.
    criteria: Option<Criteria>,
}

impl Filter {
    fn keeps(&self, world: &World, table: &Table, record: &Record) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&record.id))
            && self
                .modified_after
                .is_none_or(|after| record.modified_at > after)
            && self
                .converted
                .is_none_or(|wanted| is_converted(table, record) == wanted)
            && self
                .criteria
                .as_ref()
                .is_none_or(|criteria| criteria.hold(world, record))
    }
}

pub(crate) fn answer(context: &Context<'_>) -> Result<Answer, Refusal> {
    let now = context.now();
    let world = context.shared.world();
    let table = &world.tables[context.table];
    let listing = read(&world, table, context, now)?;
    let (records, has_more) = page_of(&world, table, &listing);
    if records.is_empty() {
        let is_unmodified = listing.filter.modified_after.is_some();
        return Ok(Answer::empty(if is_unmodified {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::NO_CONTENT
        }));
    }
    let info = info(&world, table, &listing, &records, has_more, now);
    let mut out = vec![b'{'];
    print_list(
        &mut out,
        &world,
        table,
        records.into_iter(),
        &listing.columns,
    );
    out.extend_from_slice(b",\"info\":");
    out.extend_from_slice(info.to_string().as_bytes());
    out.push(b'}');
    Ok(Answer::json_bytes(StatusCode::OK, out))
}

fn read(world: &World, table: &Table, context: &Context<'_>, now: i64) -> Result<Listing, Refusal> {
    let call = context.call;
    let query = &call.query;
    let is_second = context.version.is_second();
    let columns = match query.list("fields") {
        Some(names) if !names.is_empty() => named_columns(table, &names)?,
        _ if is_second => Columns::fields(),
        _ => return Err(catalog::required_param_missing("fields")),
    };
    if query.get("page").is_some() && query.get("page_token").is_some() {
        return Err(catalog::ambiguous_params("page", "page_token"));
    }
    let view = view(world, context)?;
    if view.is_some() && query.get("sort_by").is_some() {
        return Err(catalog::ambiguous_params("cvid", "sort_by"));
    }
    let param::Page {
        number: page,
        per_page,
    } = param::Page::read(query)?;
    if !is_second && page * per_page > PAGED_RECORDS_MAX {
        return Err(catalog::discrete_pagination_limit());
    }
    let fingerprint = page_token::fingerprint(call, context.caller.user);
    let token = query
        .get("page_token")
        .map(|text| PageToken::read(text, fingerprint, now))
        .transpose()?;
    let page = token.as_ref().map_or(page, |token| token.page);
    if token.is_some() && page * per_page > TOKEN_RECORDS_MAX {
        return Err(catalog::pagination_limit());
    }
    Ok(Listing {
        columns: columns.in_list().in_words_of_older(is_second),
        page,
        per_page,
        token,
        sort_by: match view.and_then(|view| view.sort_by.clone()) {
            Some(field) => field,
            None => sort_field(table, call, is_second)?,
        },
        is_descending: match view.filter(|view| view.sort_by.is_some()) {
            Some(view) => view.is_descending,
            None => param::word(query, "sort_order", &["asc", "desc"], "desc")? == "desc",
        },
        filter: filter(world, context, table, view)?,
        fingerprint,
    })
}

fn sort_field(table: &Table, call: &Call, is_second: bool) -> Result<String, Refusal> {
    match call.query.get("sort_by") {
        Some(name) if is_second && table.module.position(name).is_some() => Ok(name.to_owned()),
        _ => param::word(&call.query, "sort_by", &SORTABLE, "id").map(str::to_owned),
    }
}

/// The custom view of the call.
pub(super) fn view<'w>(
    world: &'w World,
    context: &Context<'_>,
) -> Result<Option<&'w View>, Refusal> {
    let Some(id) = context.call.query.get("cvid") else {
        return Ok(None);
    };
    let view = parse_id(id).and_then(|id| world.view(id, context.table, context.caller.user));
    view.map(Some).ok_or_else(|| catalog::invalid_param("cvid"))
}

/// What a view lets through; none when it shows everything, or its criteria name a field that is no more.
pub(in crate::crm) fn criteria_of(
    world: &World,
    context: &Context<'_>,
    view: Option<&View>,
) -> Option<Criteria> {
    let criteria = view?.criteria.as_ref()?;
    let criteria = world.criteria_for(criteria, context.caller.user, context.now());
    Criteria::parse(world, context.table, &criteria).ok()
}

fn filter(
    world: &World,
    context: &Context<'_>,
    table: &Table,
    view: Option<&View>,
) -> Result<Filter, Refusal> {
    let call = context.call;
    let ids: Option<HashSet<u64>> = param::ids(&call.query, IDS_MAX)?;
    let is_approved = param::word(&call.query, "approved", &["true", "false", "both"], "both")?;
    // Every record is approved, and none is in a territory.
    let is_empty = is_approved == "false" || of_territory(world, context, table)?;
    let ids = if is_empty { Some(HashSet::new()) } else { ids };
    let converted = param::word(
        &call.query,
        "converted",
        &["true", "false", "both"],
        "false",
    )?;
    let converted = match converted {
        "both" => None,
        // A view says itself whether it shows converted records.
        _ if view.is_some() && call.query.get("converted").is_none() => None,
        word => (table.module.position("Converted__s").is_some()).then_some(word == "true"),
    };
    Ok(Filter {
        ids,
        modified_after: param::time_header(call, "if-modified-since")?,
        converted,
        criteria: criteria_of(world, context, view),
    })
}

/// Whether the call asks for the records of a territory, in a module that has such.
fn of_territory(world: &World, context: &Context<'_>, table: &Table) -> Result<bool, Refusal> {
    let query = &context.call.query;
    param::word(query, "include_child", &["true", "false"], "false")?;
    let Some(given) = query.get("territory_id") else {
        return Ok(false);
    };
    let mut known = world.settings.territories.iter();
    let is_known = parse_id(given).is_some_and(|id| known.any(|territory| territory.id == id));
    if !is_known {
        return Err(catalog::invalid_param("territory_id"));
    }
    // unknown: what Zoho answers in other modules; here the parameter is ignored there.
    Ok(["Deals", "Contacts", "Accounts"].contains(&table.module.api_name.as_str()))
}

/// The columns named by `fields`, of which there may be 50.
pub(super) fn named_columns(table: &Table, names: &[&str]) -> Result<Columns, Refusal> {
    if names.len() > FIELDS_MAX {
        return Err(catalog::param_limit_exceeded("fields", FIELDS_MAX));
    }
    Ok(Columns::named(table, names))
}

/// The records of the page, and whether any follow.
fn page_of<'a>(
    world: &'a World,
    table: &'a Table,
    listing: &'a Listing,
) -> (Vec<&'a Record>, bool) {
    let after = listing.token.as_ref().map(|token| token.after);
    // The token of another order than these cannot say where to go on.
    let is_walkable = SORTABLE.contains(&listing.sort_by.as_str());
    let skipped = if listing.token.is_some() && is_walkable {
        0
    } else {
        (listing.page - 1) * listing.per_page
    };
    let mut records: Vec<&Record> = kept(world, table, listing, listing.is_descending, after)
        .skip(skipped)
        .take(listing.per_page + 1)
        .collect();
    let has_more = records.len() > listing.per_page;
    records.truncate(listing.per_page);
    (records, has_more)
}

/// The records that the listing's filter keeps, in order, beginning after `after`. Where the filter names few records, only
/// those are looked at.
fn kept<'a>(
    world: &'a World,
    table: &'a Table,
    listing: &'a Listing,
    is_descending: bool,
    after: Option<SortKey>,
) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    let few = match (&listing.filter.ids, listing.filter.modified_after) {
        _ if !SORTABLE.contains(&listing.sort_by.as_str()) => None,
        (Some(ids), _) => Some(ids.iter().filter_map(|id| table.rows.get(id)).collect()),
        (None, Some(time)) => modified_lately(table, time),
        (None, None) => None,
    };
    let is_by_time = listing.sort_by == "Modified_Time";
    let records = match (few, listing.filter.modified_after) {
        (Some(few), _) => sorted(few, is_by_time, is_descending, after),
        (None, Some(time)) if is_by_time && is_descending => Box::new(
            table
                .by_modified(true, after)
                .take_while(move |record| record.modified_at > time),
        ),
        (None, Some(time)) if is_by_time => {
            table.by_modified(false, after.max(Some((time, u64::MAX))))
        }
        (None, _) => walk(table, &listing.sort_by, is_descending, after),
    };
    Box::new(records.filter(|record| listing.filter.keeps(world, table, record)))
}

/// The records changed after a time, unless they are many.
fn modified_lately(table: &Table, time: i64) -> Option<Vec<&Record>> {
    let later = table.by_modified(false, Some((time, u64::MAX)));
    let records: Vec<&Record> = later.take(FEW_MAX + 1).collect();
    (records.len() <= FEW_MAX).then_some(records)
}

fn sorted<'a>(
    mut records: Vec<&'a Record>,
    is_by_time: bool,
    is_descending: bool,
    after: Option<SortKey>,
) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    let key = move |record: &Record| {
        let time = if is_by_time { record.modified_at } else { 0 };
        (time, record.id)
    };
    // A place in another order than by time counts by its id alone.
    let after = after.map(|(time, id)| (if is_by_time { time } else { 0 }, id));
    records.sort_unstable_by_key(|record| key(record));
    let is_behind = move |record: &&Record| match after {
        None => true,
        Some(after) if is_descending => key(record) < after,
        Some(after) => key(record) > after,
    };
    let records = records.into_iter().filter(is_behind);
    if is_descending {
        return Box::new(records.rev());
    }
    Box::new(records)
}

/// Records are created in the order of their ids, so the time of creation sorts as the id does.
fn walk<'a>(
    table: &'a Table,
    sort_by: &str,
    is_descending: bool,
    after: Option<SortKey>,
) -> Box<dyn Iterator<Item = &'a Record> + 'a> {
    match sort_by {
        "id" | "Created_Time" => table.by_id(is_descending, after.map(|(_, id)| id)),
        "Modified_Time" => table.by_modified(is_descending, after),
        other => Box::new(
            super::search::sorted(table, table.rows.values().collect(), other, is_descending)
                .into_iter(),
        ),
    }
}

fn sort_key(sort_by: &str, record: &Record) -> SortKey {
    (
        if sort_by == "Modified_Time" {
            record.modified_at
        } else {
            0
        },
        record.id,
    )
}

fn info(
    world: &World,
    table: &Table,
    listing: &Listing,
    records: &[&Record],
    has_more: bool,
    now: i64,
) -> Value {
    let token =
        |page: usize, after: SortKey| PageToken { page, after }.print(listing.fingerprint, now);
    let next = records
        .last()
        .filter(|_| has_more)
        .map(|last| token(listing.page + 1, sort_key(&listing.sort_by, last)));
    let previous = records
        .first()
        .filter(|_| listing.page > 1)
        .and_then(|first| {
            before_previous_page(world, table, listing, sort_key(&listing.sort_by, first))
                .map(|after| token(listing.page - 1, after))
        });
    let expiry = (next.is_some() || previous.is_some())
        .then(|| print::time(world, now + page_token::LIFE_SECONDS));
    json!({
        "call": false,
        "per_page": listing.per_page,
        "next_page_token": next,
        "count": records.len(),
        "sort_by": listing.sort_by,
        "page": listing.page,
        "previous_page_token": previous,
        "page_token_expiry": expiry,
        "sort_order": if listing.is_descending { "desc" } else { "asc" },
        "email": false,
        "more_records": has_more,
    })
}

/// Where the previous page begins: the record before its first one, or the very beginning.
fn before_previous_page(
    world: &World,
    table: &Table,
    listing: &Listing,
    first: SortKey,
) -> Option<SortKey> {
    let is_forward_end = if listing.is_descending {
        (i64::MAX, u64::MAX)
    } else {
        (i64::MIN, 0)
    };
    let mut backwards = kept(world, table, listing, !listing.is_descending, Some(first));
    let record = backwards.nth(listing.per_page);
    Some(record.map_or(is_forward_end, |record| sort_key(&listing.sort_by, record)))
}
