//! `GET /settings/recycle_bin`, `/{id}` and `/actions/count`.

use axum::http::StatusCode;
use serde_json::json;

use super::{Binned, FIELDS, all, find, fits, row};
use crate::catalog::Refusal;
use crate::crm::filters::Filter;
use crate::crm::{Context, param};
use crate::http::Answer;
use crate::world::parse_id;

pub(super) fn many(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let query = &context.call.query;
    let page = param::Page::read(query)?;
    let sortable = ["display_name", "deleted_time", "deleted_by"];
    let sort_by = param::word(query, "sort_by", &sortable, "deleted_time")?;
    let is_descending = param::word(query, "sort_order", &["asc", "desc"], "desc")? == "desc";
    let filter = query
        .get("filters")
        .map(|text| Filter::read(text, &FIELDS))
        .transpose()?;
    let ids = query.list("ids");
    let is_wanted = |binned: &Binned<'_>| {
        ids.as_ref()
            .is_none_or(|ids| ids.iter().any(|id| parse_id(id) == Some(binned.id)))
            && filter
                .as_ref()
                .is_none_or(|filter| fits(&world, filter, binned))
    };
    let mut found: Vec<Binned<'_>> = all(&world, context.now()).filter(is_wanted).collect();
    found.sort_by(|left, right| {
        let order = match sort_by {
            "display_name" => left.deleted.name.cmp(&right.deleted.name),
            "deleted_by" => left.deleted.deleted_by.cmp(&right.deleted.deleted_by),
            _ => left.deleted.deleted_at.cmp(&right.deleted.deleted_at),
        };
        order.then(left.id.cmp(&right.id))
    });
    if is_descending {
        found.reverse();
    }
    Ok(page.answer("recycle_bin", &found, |binned| row(&world, binned)))
}

pub(super) fn one(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let id = context.id("id", 2)?;
    let Some(binned) = find(&world, id, context.now()) else {
        return Ok(Answer::empty(StatusCode::NO_CONTENT));
    };
    let info = json!({"per_page": 1, "count": 1, "page": 1, "more_records": false});
    let body = json!({"recycle_bin": [row(&world, &binned)], "info": info});
    Ok(Answer::json(StatusCode::OK, &body))
}

pub(super) fn count(context: &Context<'_>) -> Result<Answer, Refusal> {
    let world = context.shared.world();
    let filter = context.call.query.get("filters");
    let filter = filter.map(|text| Filter::read(text, &FIELDS)).transpose()?;
    let is_wanted = |binned: &Binned<'_>| {
        filter
            .as_ref()
            .is_none_or(|filter| fits(&world, filter, binned))
    };
    let count = all(&world, context.now()).filter(is_wanted).count();
    Ok(Answer::json(StatusCode::OK, &json!({"count": count})))
}
