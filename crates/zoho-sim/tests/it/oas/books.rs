//! Checks Books answers against Zoho's published OpenAPI files of Books and the types of recorded answers (`tests/oas/books`).
//!
//! What was recorded counts more than what is published; [`books_slips`](super::books_slips) lists where the published files are
//! wrong. These are read so throughout:
//!
//! - a member that is neither published nor recorded is a misfit, at any depth; so is an answer that lacks a recorded member;
//! - what is absent is an empty text, also where a number, a boolean, an object or a list is said to stand;
//! - a number is written with the decimals of its currency, also where an integer is said to stand; ids are texts of digits, also
//!   where a number is published;
//! - a created, a changed and a read record look the same; what a body may carry, an answer may; a record that was not recorded may
//!   hold what its row holds, as the published records lack a lot (a recurring invoice has no total);
//! - the type of a published sample is as good as the type that is published beside it;
//! - errors are published nowhere: code and message, and nothing else.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::books_slips::{CUSTOM_FIELD, MEMBERS, STATUSES, UNPUBLISHED};

const ROOT: &str = "/books/v3";

static PUBLISHED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../oas/books/published.json")).unwrap());
static RECORDED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../oas/books/recorded.json")).unwrap());
static REGISTRY: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/books/registry.json")).unwrap()
});

/// What a path is published as, and the operations on it.
struct Described {
    template: &'static str,
    answers: &'static Value,
}

/// Fails when the answer does not fit.
pub(crate) fn check(method: &Method, path: &str, status: u16, text: &str) {
    let problems = problems(method, path, status, text);
    assert!(
        problems.is_empty(),
        "{method} {path} {status} does not fit:\n{}\n{}",
        problems.join("\n"),
        text.chars().take(4_000).collect::<String>()
    );
}

/// What of an answer does not fit.
pub(crate) fn problems(method: &Method, path: &str, status: u16, text: &str) -> Vec<String> {
    let path = path.split('?').next().unwrap();
    let Some(path) = path.strip_prefix(ROOT) else {
        return Vec::new();
    };
    let described = describing(path);
    let answers = described
        .as_ref()
        .map(|found| &found.answers[method.as_str()]);
    let answer: Value = match serde_json::from_str(text) {
        Ok(answer) => answer,
        Err(_) if (200..300).contains(&status) => {
            let gives_files = answers.is_some_and(|answers| answers["file"] == true);
            let is_file = gives_files
                || path.contains("attachment")
                || path.contains("receipt")
                || path.contains("documents")
                || text.starts_with("%PDF");
            return if is_file {
                Vec::new()
            } else {
                vec![format!("no JSON: {text:?}")]
            };
        }
        Err(_) if status >= 500 && text.starts_with("<html>") => return Vec::new(), // in front of Books
        Err(error) => return vec![format!("no JSON: {error}")],
    };
    let Some(members) = answer.as_object() else {
        return vec!["no object".to_owned()];
    };
    let mut problems = envelope(members, status);
    if !(200..300).contains(&status) {
        return problems;
    }
    if UNPUBLISHED.iter().any(|known| is_like(known, path)) {
        return problems;
    }
    let Some(found) = described.filter(|found| found.answers[method.as_str()].is_object()) else {
        problems.push("no published operation".to_owned());
        return problems;
    };
    problems.extend(of_operation(method, &found, status, members));
    problems
}

fn envelope(members: &Map<String, Value>, status: u16) -> Vec<String> {
    let mut problems = Vec::new();
    let is_good = (200..300).contains(&status);
    match members.get("code").and_then(Value::as_u64) {
        Some(code) if (code == 0) == is_good => {}
        other => problems.push(format!("code {other:?} with {status}")),
    }
    if !members.get("message").is_some_and(Value::is_string) {
        problems.push("no message".to_owned());
    }
    if !is_good && members.len() != 2 {
        let names: Vec<&String> = members.keys().collect();
        problems.push(format!("a refusal has {names:?}"));
    }
    problems
}

fn of_operation(
    method: &Method,
    found: &Described,
    status: u16,
    members: &Map<String, Value>,
) -> Vec<String> {
    let template = found.template;
    let published = found.answers[method.as_str()].as_object().unwrap();
    let as_published = published.get(&status.to_string());
    let slip = STATUSES
        .iter()
        .find(|(of, at, ..)| *of == method.as_str() && *at == template);
    let answers = match (as_published, slip) {
        (Some(answers), _) => answers,
        // An upsert by a unique custom field that created.
        (None, None) if method == Method::PUT && status == 201 && !template.contains('{') => {
            &published["200"]
        }
        (None, Some((_, _, real, _))) if *real == status => {
            published
                .iter()
                .find(|(name, _)| *name != "file")
                .unwrap()
                .1
        }
        _ => {
            return vec![format!(
                "{status} is not published, but {:?}",
                published.keys()
            )];
        }
    };
    let kin = Kin::of(method, template);
    let mut schemas: Vec<&Value> = answers.as_array().unwrap().iter().map(resolved).collect();
    schemas.extend(kin.schemas.iter().copied());
    let is_described = schemas
        .iter()
        .filter_map(|schema| schema["properties"].as_object())
        .flat_map(Map::keys)
        .any(|name| !matches!(name.as_str(), "code" | "message" | "page_context"));
    if kin.key.is_some() && !is_described {
        return Vec::new(); // what was added in 2026 has no schemas
    }
    let mut problems = Vec::new();
    for (name, value) in members {
        if matches!(name.as_str(), "code" | "message") {
            continue;
        }
        let place = format!("{template} {name}");
        if name == "page_context" {
            if !value.is_object() {
                problems.push(format!("{place}: no object"));
            }
            continue;
        }
        let is_main = kin.key == Some(name.as_str());
        let mut said = Said::default();
        for schema in &schemas {
            said.published
                .extend(schema["properties"].get(name.as_str()).map(resolved));
        }
        if said.published.is_empty() {
            if !is_slip(&place) {
                let names: Vec<&String> = schemas
                    .iter()
                    .filter_map(|schema| schema["properties"].as_object())
                    .flat_map(Map::keys)
                    .collect();
                problems.push(format!("{place}: published are {names:?}"));
            }
            continue;
        }
        if is_main {
            said.recorded = kin.recorded;
            said.bodies.clone_from(&kin.bodies);
            said.published.extend(&kin.rows);
        }
        match value {
            Value::Array(rows) if is_main => {
                let is_list = said.published.iter().any(|schema| is_type(schema, "array"));
                if !is_list && !is_slip(&place) {
                    problems.push(format!("{place}: a list, published as {}", said.kinds()));
                }
                let said = Said {
                    published: said
                        .published
                        .iter()
                        .filter_map(|schema| schema.get("items"))
                        .map(resolved)
                        .collect(),
                    ..said
                };
                rows.iter()
                    .for_each(|row| fits(&said, row, &place, &mut problems));
            }
            value => fits(&said, value, &place, &mut problems),
        }
    }
    problems
}

/// What belongs to the same record type: a created, a changed and a read record look the same.
struct Kin {
    key: Option<&'static str>,
    recorded: Option<&'static Value>,
    schemas: Vec<&'static Value>,
    /// Members that a body may have: what was sent may stand in an answer.
    bodies: Vec<&'static Value>,
    /// Rows of lists, where no single record was recorded.
    rows: Vec<&'static Value>,
}

impl Kin {
    fn of(method: &Method, template: &str) -> Self {
        let operations = REGISTRY["operations"].as_array().unwrap();
        let operation = operations.iter().find(|operation| {
            operation["method"] == method.as_str() && operation["path"] == template
        });
        let mut kin = Self {
            key: None,
            recorded: None,
            schemas: Vec::new(),
            bodies: Vec::new(),
            rows: Vec::new(),
        };
        let Some((mut role, kind)) = operation.and_then(|operation| {
            let kind = usize::try_from(operation["kind"].as_u64()?).ok()?;
            Some((operation["role"].as_str()?, REGISTRY["types"].get(kind)?))
        }) else {
            return kin;
        };
        if role == "action" && method == Method::PUT && !template.contains('{') {
            role = "update"; // by a unique custom field
        }
        if template == "/invoices/fromsalesorder" {
            role = "create"; // the invoice as it is read
        }
        let (shape, key) = match role {
            "list" => ("list", "list_key"),
            "get" | "create" | "update" => ("detail", "item_key"),
            _ => return kin,
        };
        let name = kind["name"].as_str().unwrap();
        let unnamed = if name.ends_with("_comment") {
            "comment"
        } else {
            "data"
        };
        kin.key = kind[key].as_str().or(Some(unnamed));
        kin.recorded = RECORDED.get(format!("{name}.{shape}"));
        if role == "list" {
            return kin;
        }
        kin.bodies = vec![&kind["create"], &kind["update"]];
        if kin.recorded.is_none() {
            kin.bodies.extend(RECORDED.get(format!("{name}.list")));
            let lists = operations.iter().filter(|other| {
                other["kind"] == operation.unwrap()["kind"] && other["role"] == "list"
            });
            for list in lists {
                let answers = &PUBLISHED["paths"][list["path"].as_str().unwrap()]["GET"]["200"];
                let schemas = answers.as_array().into_iter().flatten().map(resolved);
                let rows = schemas
                    .filter_map(|schema| schema["properties"].get(kind["list_key"].as_str()?));
                kin.rows.extend(
                    rows.map(resolved)
                        .map(|list| list.get("items").map_or(list, resolved)),
                );
            }
        }
        for other in operations.iter().filter(|other| {
            other["kind"] == operation.unwrap()["kind"]
                && matches!(other["role"].as_str(), Some("get" | "create" | "update"))
        }) {
            let answers = &PUBLISHED["paths"][other["path"].as_str().unwrap()]
                [other["method"].as_str().unwrap()];
            let schemas = answers
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(_, schemas)| schemas.as_array());
            kin.schemas.extend(schemas.flatten().map(resolved));
        }
        kin
    }
}

/// What is said of a value.
#[derive(Default, Clone)]
struct Said {
    published: Vec<&'static Value>,
    recorded: Option<&'static Value>,
    /// Rules of bodies, as the registry writes them: members below `f`.
    bodies: Vec<&'static Value>,
}

impl Said {
    fn member(&self, name: &str) -> Option<Self> {
        let of_schema = self
            .published
            .iter()
            .filter_map(|schema| schema["properties"].get(name));
        let of_body = self.bodies.iter().filter_map(|body| body.get(name));
        let said = Self {
            published: of_schema.map(resolved).collect(),
            recorded: self.recorded.and_then(|shape| shape.get(name)),
            bodies: of_body.map(|rule| &rule["f"]).collect(),
        };
        let is_known =
            !said.published.is_empty() || said.recorded.is_some() || !said.bodies.is_empty();
        is_known.then_some(said)
    }

    fn part(&self) -> Self {
        Self {
            published: self
                .published
                .iter()
                .filter_map(|schema| schema.get("items"))
                .map(resolved)
                .collect(),
            recorded: self.recorded.and_then(|shape| shape.get(0)),
            bodies: self.bodies.clone(),
        }
    }

    /// Nothing is known of what is within.
    fn is_open(&self) -> bool {
        let is_empty = |value: &&Value| value.as_object().is_none_or(Map::is_empty);
        self.recorded.as_ref().is_none_or(is_empty)
            && self
                .published
                .iter()
                .all(|schema| is_empty(&&schema["properties"]))
            && self.bodies.iter().all(is_empty)
    }

    fn kinds(&self) -> String {
        match self.recorded {
            Some(shape) => shape.to_string(),
            None => self
                .published
                .iter()
                .map(|schema| schema["type"].to_string())
                .collect::<Vec<_>>()
                .join(" or "),
        }
    }

    /// Whether a list or an object may stand here.
    fn may_be(&self, kind: &str) -> bool {
        match self.recorded {
            Some(shape) => {
                if kind == "array" {
                    shape.is_array()
                } else {
                    shape.is_object()
                }
            }
            None => {
                self.published.is_empty()
                    || self.published.iter().any(|schema| is_type(schema, kind))
            }
        }
    }
}

fn resolved(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str() {
        Some(name) => resolved(&PUBLISHED["schemas"][name]),
        None => schema,
    }
}

/// Whether a place (`/path member.member`) is one that is not compared.
fn is_slip(place: &str) -> bool {
    MEMBERS.iter().any(|(at, name, _)| {
        let (of, member) = place.rsplit_once([' ', '.']).unwrap_or(("", place));
        *name == member && (at.is_empty() || of.starts_with(at))
    })
}

fn fits(said: &Said, value: &Value, place: &str, problems: &mut Vec<String>) {
    if is_slip(place) {
        return;
    }
    match value {
        Value::Array(parts) => {
            if !said.may_be("array") {
                problems.push(format!("{place}: a list, said to be {}", said.kinds()));
                return;
            }
            let part = said.part();
            for value in parts {
                fits(&part, value, place, problems);
            }
        }
        Value::Object(members) => {
            if said.is_open()
                && said
                    .published
                    .iter()
                    .all(|schema| is_type(schema, "object"))
            {
                return;
            }
            if !said.may_be("object") {
                problems.push(format!("{place}: an object, said to be {}", said.kinds()));
                return;
            }
            for (name, value) in members {
                let place = format!("{place}.{name}");
                match said.member(name) {
                    Some(said) => fits(&said, value, &place, problems),
                    None if name.starts_with("cf_") || is_slip(&place) => {}
                    None if place.contains(".custom_fields.")
                        && CUSTOM_FIELD.contains(&name.as_str()) => {}
                    None => problems.push(format!("{place}: neither published nor recorded")),
                }
            }
            for (name, _) in said
                .recorded
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                if !members.contains_key(name) && !is_slip(&format!("{place}.{name}")) {
                    problems.push(format!("{place}.{name}: recorded, and missing"));
                }
            }
        }
        Value::String(text) if text.is_empty() => {}
        plain => {
            let kinds: Vec<&str> = match said.recorded {
                Some(Value::String(kinds)) => kinds.split(" or ").collect(),
                Some(other) => {
                    problems.push(format!("{place}: {plain}, recorded as {other}"));
                    return;
                }
                None => {
                    let named = said
                        .published
                        .iter()
                        .flat_map(|schema| [&schema["type"], &schema["sample"]]);
                    named.filter_map(Value::as_str).collect()
                }
            };
            if !kinds.is_empty() && !kinds.iter().any(|kind| is_plain(kind, plain, place)) {
                problems.push(format!("{place}: {plain} is no {}", kinds.join(" or ")));
            }
        }
    }
}

fn is_type(schema: &Value, kind: &str) -> bool {
    schema["type"].is_null() || schema["type"] == kind || schema["sample"] == kind
}

fn is_plain(kind: &str, value: &Value, place: &str) -> bool {
    match (kind, value) {
        ("number" | "integer", Value::Number(_))
        | ("boolean", Value::Bool(_))
        | ("string", Value::String(_))
        | ("null", Value::Null) => true,
        ("number" | "integer", Value::String(text)) => {
            (place.ends_with("_id") || place.ends_with("_ids"))
                && text.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

static TEMPLATES: LazyLock<BTreeMap<usize, Vec<&'static String>>> = LazyLock::new(|| {
    let mut all: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
    for template in PUBLISHED["paths"].as_object().unwrap().keys() {
        all.entry(template.split('/').count())
            .or_default()
            .push(template);
    }
    all
});

/// The published path with the most literal parts, the left ones counting more.
fn describing(path: &str) -> Option<Described> {
    let path = path.trim_end_matches('/');
    let candidates = TEMPLATES.get(&path.split('/').count())?;
    let literals = |template: &str| -> Vec<bool> {
        template
            .split('/')
            .map(|part| !part.starts_with('{'))
            .collect()
    };
    let found = candidates.iter().filter(|template| is_like(template, path));
    let best = found.max_by_key(|template| {
        let literals = literals(template);
        (literals.iter().filter(|is| **is).count(), literals)
    })?;
    Some(Described {
        template: best,
        answers: &PUBLISHED["paths"][best.as_str()],
    })
}

fn is_like(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    let is_part = |(wanted, part): (&&str, &&str)| {
        wanted == part || (wanted.starts_with('{') && !part.is_empty())
    };
    template.len() == path.len() && template.iter().zip(&path).all(is_part)
}

#[test]
fn an_answer_that_does_not_fit_is_seen() {
    let get = |path: &str, body: Value| {
        problems(
            &Method::GET,
            &format!("/books/v3{path}"),
            200,
            &body.to_string(),
        )
    };
    let list = |row: Value| json!({"code": 0, "message": "success", "currencies": [row], "page_context": {}});
    let row = || {
        let shape = RECORDED["currency.list"].as_object().unwrap();
        let members = shape.iter().map(|(name, kind)| {
            let value = match kind.as_str().unwrap() {
                "boolean" => json!(false),
                "string" => json!(""),
                _ => json!(0),
            };
            (name.clone(), value)
        });
        Value::Object(members.collect())
    };
    let good = get("/settings/currencies", list(row()));
    assert_eq!(good, Vec::<String>::new());
    let change = |name: &str, value: Option<Value>| {
        let mut row = row();
        match value {
            Some(value) => row[name] = value,
            None => drop(row.as_object_mut().unwrap().remove(name)),
        }
        get("/settings/currencies", list(row))
    };
    for (name, value) in [
        ("price_precisions", Some(json!(2))),
        ("currency_code", Some(json!(7))),
        ("currency_code", Some(json!({"a": 1}))),
        ("currency_code", Some(json!([1]))),
        ("is_base_currency", Some(json!("true"))),
        ("exchange_rate", None),
    ] {
        assert_eq!(change(name, value.clone()).len(), 1, "{name} {value:?}");
    }
    let other_key = json!({"code": 0, "message": "success", "currency_list": []});
    let coded = json!({"code": 2, "message": "success", "currencies": []});
    for body in [other_key, coded, json!([]), json!({"code": 0})] {
        assert_ne!(get("/settings/currencies", body), Vec::<String>::new());
    }
    let refused =
        |status, body: Value| problems(&Method::POST, "/books/v3/items", status, &body.to_string());
    assert_eq!(
        refused(400, json!({"code": 2, "message": "x"})),
        Vec::<String>::new()
    );
    assert_ne!(
        refused(400, json!({"code": 2, "message": "x", "item": {}})),
        Vec::<String>::new()
    );
    assert_ne!(
        refused(400, json!({"code": 0, "message": "x"})),
        Vec::<String>::new()
    );
    assert_ne!(
        refused(200, json!({"code": 0, "message": "x"})),
        Vec::<String>::new(),
        "201 is published"
    );
    assert_ne!(refused(500, json!("Internal error")), Vec::<String>::new());
}
