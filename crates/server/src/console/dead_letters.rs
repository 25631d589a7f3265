//! Dead letters: why each was given up, and a form that mends its record and replays it.

use axum::extract::State;
use axum::response::Response;
use leadway_engine::model::delivery::Delivery;
use leadway_engine::model::id::DeliveryId;
use leadway_engine::{Engine, Mend};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

use super::refusal::Refusal;
use super::view::{self, Frame};
use super::visitor::{Posted, Visitor};
use crate::answer;
use crate::api::v1::dead_letters::unreplayed;
use crate::extract::{Named, Parameters};
use crate::problem::Problem;

/// What the name of an input begins with when it holds a field of the record.
const FIELD_PREFIX: &str = "field.";
/// Dead letters of one page; each carries a form, so there are fewer than elsewhere.
const LETTERS_MAX: usize = 25;

/// The page's query.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    code: String,
    #[serde(default)]
    cursor: String,
    /// How many were just replayed, for the line that says so.
    replayed: Option<u64>,
}

/// One dead letter with its form.
pub(super) struct Letter {
    pub(super) delivery: Delivery,
    /// The field to blame, first in the form.
    blamed: Option<Input>,
    others: Vec<Input>,
}

/// One field of the form.
struct Input {
    name: String,
    value: String,
}

impl Letter {
    pub(super) fn new(delivery: Delivery) -> Self {
        let mut record: Map<String, Value> =
            serde_json::from_str(delivery.record.get()).unwrap_or_default();
        let blamed = delivery
            .problem
            .as_ref()
            .and_then(|problem| problem.field.clone())
            .map(|name| {
                let value = record
                    .remove(&name)
                    .as_ref()
                    .map(view::inline)
                    .unwrap_or_default();
                Input { name, value }
            });
        let others = record
            .iter()
            .map(|(name, value)| Input {
                name: name.clone(),
                value: view::inline(value),
            })
            .collect();
        Self {
            delivery,
            blamed,
            others,
        }
    }
}

#[derive(askama::Template)]
#[template(path = "dead_letters.html")]
pub(super) struct DeadLettersPage {
    pub(super) frame: Frame,
    pub(super) letters: Vec<Letter>,
    /// Each code on the page, for replaying all that have it.
    pub(super) codes: Vec<String>,
    pub(super) code: String,
    pub(super) replayed: Option<u64>,
    pub(super) is_first_page: bool,
    pub(super) older_url: Option<String>,
}

/// Lists dead letters that nobody has replayed.
pub(crate) async fn list_dead_letters(
    State(engine): State<Engine>,
    visitor: Visitor,
    Parameters(filters): Parameters<Filters>,
) -> Result<Response, Refusal> {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut query = unreplayed(None, filled(&filters.code));
    query.cursor = filled(&filters.cursor);
    query.items_max = LETTERS_MAX;
    let page = engine.deliveries(&query).await?;
    let mut codes: Vec<String> = page
        .items
        .iter()
        .filter_map(|delivery| Some(delivery.problem.as_ref()?.code.clone()))
        .collect();
    codes.sort();
    codes.dedup();
    let page = DeadLettersPage {
        frame: visitor.frame("dead_letters"),
        codes,
        older_url: page
            .next_cursor
            .as_deref()
            .map(|cursor| url(&filters.code, cursor)),
        letters: page.items.into_iter().map(Letter::new).collect(),
        is_first_page: filters.cursor.is_empty(),
        code: filters.code,
        replayed: filters.replayed,
    };
    Ok(answer::page(&page)?)
}

/// Replays all dead letters, or all of one code.
pub(crate) async fn replay_dead_letters(
    State(engine): State<Engine>,
    Posted(fields): Posted,
) -> Result<Response, Refusal> {
    let code = fields.get("code").map(str::to_owned);
    let replayed = engine.replay_dead_letters(&unreplayed(None, code)).await?;
    Ok(answer::see_other(&format!(
        "/dead-letters?replayed={replayed}"
    )))
}

/// Replays one dead letter with the changes that its form makes.
pub(crate) async fn mend_dead_letter(
    State(engine): State<Engine>,
    id: Result<Named<DeliveryId>, Problem>,
    Posted(fields): Posted,
) -> Result<Response, Refusal> {
    let Named(id) = id?;
    let life = engine
        .delivery(id)
        .await?
        .ok_or_else(|| Problem::no_such("delivery", &id.to_string()))?;
    let record = serde_json::from_str(life.delivery.record.get()).unwrap_or_default();
    engine
        .replay_delivery(id, &changes(&record, &fields.0))
        .await?;
    Ok(answer::see_other(&format!(
        "/events/{}",
        life.delivery.event_id
    )))
}

/// What the form changes: a field with another text is set, one that was emptied is left out.
fn changes(record: &Map<String, Value>, fields: &[(String, String)]) -> Mend {
    let mut mend = Mend::default();
    for (name, text) in fields {
        let Some(name) = name.strip_prefix(FIELD_PREFIX) else {
            continue;
        };
        let (before, text) = (record.get(name), text.trim());
        match before {
            Some(before) if view::inline(before).trim() == text => {}
            Some(_) if text.is_empty() => mend.unset.push(name.to_owned()),
            None if text.is_empty() => {}
            // What was text stays text, even when it now looks like a number.
            None | Some(Value::String(_)) => {
                mend.set
                    .insert(name.to_owned(), Value::String(text.to_owned()));
            }
            Some(_) => {
                let value =
                    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
                mend.set.insert(name.to_owned(), value);
            }
        }
    }
    mend
}

fn url(code: &str, cursor: &str) -> String {
    let mut query = Serializer::new(String::new());
    if !code.is_empty() {
        query.append_pair("code", code);
    }
    query.append_pair("cursor", cursor);
    format!("/dead-letters?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_changed_is_mended() {
        let record = json!({"Last_Name": "Ray", "Phone": "1", "Annual_Revenue": 5, "Tags": ["a"], "City": "Bonn"});
        let form = [
            ("csrf", "x"),
            ("field.Last_Name", "Ray "),
            ("field.Phone", "0228"),
            ("field.Annual_Revenue", "7.5"),
            ("field.Tags", "[\"a\"]"),
            ("field.City", ""),
            ("field.Email", "ada@example.com"),
            ("field.Street", " "),
        ];
        let form: Vec<_> = form
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let mend = changes(record.as_object().unwrap(), &form);
        assert_eq!(
            Value::Object(mend.set),
            json!({"Phone": "0228", "Annual_Revenue": 7.5, "Email": "ada@example.com"})
        );
        assert_eq!(mend.unset, ["City"]);
    }
}
