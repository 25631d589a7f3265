//! The body of a write: `{"data": [...], "duplicate_check_fields": [...], "trigger": [...]}`.
//!
//! JSON comes without a Content-Type from several clients, so none is asked for. Problems of the body as a whole stand inside
//! `data`, as the OpenAPI files draw them.

use std::fmt;
use std::marker::PhantomData;

use axum::http::StatusCode;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::catalog::{self, Refusal};
use crate::http::Answer;
use crate::rows::{Author, Element, Features, Row, id_in};
use crate::world::World;

/// Rows of one call.
const ROWS_MAX: usize = 100;

/// The keys of a write that mean something here.
#[derive(Debug)]
pub(crate) struct Body<R = Value> {
    /// Rows as given; each has to be an object.
    pub(crate) rows: Vec<R>,
    pub(crate) duplicate_check_fields: Option<Vec<String>>,
    applied: Features,
    skipped: Features,
    lar_id: Option<u64>,
}

impl<R> Body<R> {
    /// The writer with what the body says about the handling of its rows.
    ///
    /// unknown: the words in which an unknown assignment rule is refused.
    pub(crate) fn author(
        &self,
        world: &World,
        table: usize,
        author: Author,
    ) -> Result<Author, Answer> {
        let module = &world.tables[table].module.api_name;
        let is_known = |id: u64| {
            let mut rules = world.assignment_rules.iter();
            rules.any(|rule| rule.id == id && rule.module == *module)
        };
        if self.lar_id.is_some_and(|id| !is_known(id)) {
            return Err(whole(&catalog::wrong_key("lar_id")));
        }
        Ok(Author {
            lar_id: self.lar_id,
            applied: self.applied,
            skipped: self.skipped,
            ..author
        })
    }
}

/// Workflows and the like that a write may switch off; none of them is simulated, but a wrong name is refused.
const TRIGGERS: [&str; 5] = [
    "workflow",
    "approval",
    "blueprint",
    "pathfinder",
    "orchestration",
];

/// What `apply_feature_execution` may name.
const APPLIED: [&str; 7] = [
    "layout_rules",
    "range_validation",
    "assignment_rules",
    "function_validation_rule",
    "criteria_validation_rule",
    "global_map_dependency",
    "territory_subordinates",
];

/// What `skip_feature_execution` may name.
const SKIPPED: [&str; 3] = ["cadences", "assignment_rules", "connected_workflows"];

/// Reads the body, or gives the refusal of the whole call.
pub(crate) fn parse(bytes: &[u8]) -> Result<Body, Answer> {
    read(bytes).map_err(|refusal| whole(&refusal))
}

/// The same with rows that borrow their names from the body.
pub(crate) fn parse_rows(bytes: &[u8]) -> Result<Body<Element<'_>>, Answer> {
    read(bytes).map_err(|refusal| whole(&refusal))
}

/// A refusal of the whole body as the only item of `data`.
pub(crate) fn whole(refusal: &Refusal) -> Answer {
    Answer::json(
        StatusCode::BAD_REQUEST,
        &json!({"data": [refusal.to_json()]}),
    )
}

fn read<'a, R: Deserialize<'a>>(bytes: &'a [u8]) -> Result<Body<R>, Refusal> {
    let parts: Parts<R> = serde_json::from_slice(bytes).map_err(|_| catalog::malformed_body())?;
    let body = parts.others;
    let rows = match parts.data {
        Data::Nothing => return Err(catalog::missing_data()),
        Data::Rows(rows) => rows,
        Data::Other => return Err(catalog::wrong_key_type("data", "jsonarray")),
    };
    if rows.is_empty() {
        return Err(catalog::empty_data());
    }
    if rows.len() > ROWS_MAX {
        return Err(catalog::too_many_rows(ROWS_MAX));
    }
    let triggers = texts(&body, "trigger")?.unwrap_or_default();
    if !triggers
        .iter()
        .all(|name| TRIGGERS.contains(&name.as_str()))
    {
        return Err(catalog::wrong_key_value("trigger", &TRIGGERS));
    }
    let lar_id = match body.get("lar_id") {
        None | Some(Value::Null) => None,
        Some(given) => Some(id_in(given).ok_or_else(|| catalog::wrong_key("lar_id"))?),
    };
    Ok(Body {
        rows,
        duplicate_check_fields: texts(&body, "duplicate_check_fields")?,
        applied: named_features(&body, "apply_feature_execution", &APPLIED)?,
        skipped: named_features(&body, "skip_feature_execution", &SKIPPED)?,
        lar_id,
    })
}

/// The set of these names; `None` when one of them is not among the known ones.
fn features<'n>(names: impl Iterator<Item = &'n str>, known: &[&str]) -> Option<Features> {
    let mut set = Features::NONE;
    for name in names {
        set = set.with(known.iter().find(|known| **known == name)?)?;
    }
    Some(set)
}

/// The features of a list of `{"name": "..."}`.
fn named_features(
    body: &Map<String, Value>,
    key: &str,
    known: &[&str],
) -> Result<Features, Refusal> {
    let Some(given) = body.get(key).filter(|given| !given.is_null()) else {
        return Ok(Features::NONE);
    };
    let list = given
        .as_array()
        .ok_or_else(|| catalog::wrong_key_type(key, "jsonarray"))?;
    let names = list
        .iter()
        .map(|item| item.get("name").and_then(Value::as_str).unwrap_or_default());
    features(names, known).ok_or_else(|| catalog::wrong_key_value(key, known))
}

fn texts(body: &Map<String, Value>, key: &str) -> Result<Option<Vec<String>>, Refusal> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(values)) => {
            let texts: Option<Vec<String>> = values
                .iter()
                .map(|value| value.as_str().map(str::to_owned))
                .collect();
            texts
                .map(Some)
                .ok_or_else(|| catalog::wrong_key_type(key, "jsonarray"))
        }
        Some(_) => Err(catalog::wrong_key_type(key, "jsonarray")),
    }
}

/// A row as an object.
pub(crate) fn object(row: &Value, number: usize) -> Result<&Map<String, Value>, Refusal> {
    row.as_object()
        .ok_or_else(|| catalog::wrong_row_type(number))
}

/// A row that was read by [`parse_rows`].
pub(crate) fn row(element: Element<'_>, number: usize) -> Result<Row<'_>, Refusal> {
    element.0.ok_or_else(|| catalog::wrong_row_type(number))
}

/// A body as it is read: `data`, and whatever else is in it.
struct Parts<R> {
    data: Data<R>,
    others: Map<String, Value>,
}

/// The value of `data`.
enum Data<R> {
    Nothing,
    Rows(Vec<R>),
    Other,
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Parts<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PartsVisitor(PhantomData))
    }
}

struct PartsVisitor<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for PartsVisitor<R> {
    type Value = Parts<R>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the body of a write")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parts = Parts {
            data: Data::Nothing,
            others: Map::new(),
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == "data" {
                parts.data = map.next_value()?;
            } else {
                parts.others.insert(key, map.next_value()?);
            }
        }
        Ok(parts)
    }
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Data<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor(PhantomData))
    }
}

struct DataVisitor<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for DataVisitor<R> {
    type Value = Data<R>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::with_capacity(ROWS_MAX);
        // Of too many rows one is kept, which has them refused; the others are only read.
        while let Some(row) = list.next_element()? {
            if rows.len() <= ROWS_MAX {
                rows.push(row);
            }
        }
        Ok(Data::Rows(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<String, Value>()?.is_some() {}
        Ok(Data::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Data::Nothing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Data::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Data::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Data::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Data::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Data::Other)
    }
}
