//! Requests of all published operations, spoilt at random: wrong types, missing and extra keys, huge numbers, deep nesting, bytes
//! that are no text, long texts, odd headers and methods, broken JSON and multipart bodies. None may get a 5xx, a panic or a
//! closed connection.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

use crate::oas::OPERATIONS;
use crate::operations::{Known, PNG, Request};

/// Panics anywhere in this process, also in tasks that no call waits for.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// One thing that is wrong with a request. Numbers choose a place, whatever the size of the request.
#[derive(Debug, Clone)]
enum Spoil {
    Segment(usize, String),
    Parameter(usize, String),
    ExtraParameter(&'static str, String),
    Replace(usize, Value),
    Remove(usize),
    Repeat(usize, usize),
    Cut(usize),
    Bytes(Vec<u8>),
    Nest(usize),
    /// Names of a part of a form and of its file.
    Part(String, String),
    Header(&'static str, &'static [u8]),
    Verb(&'static str),
}

fn text() -> impl Strategy<Value = String> {
    let known = [
        "",
        " ",
        "0",
        "-1",
        "1",
        "null",
        "true",
        "[]",
        "{}",
        "\u{0}",
        "é",
        "💩",
        "'",
        "\"",
        "\\",
        "%",
        "%zz",
        "((",
        "))",
        ",",
        ":",
        "99999999999999999999",
        "18446744073709551615",
        "-9223372036854775808",
        "1e400",
        "NaN",
        "2026-02-30",
        "2026-13-01T25:61:61+99:99",
        "+275760-09-13T00:00:00Z",
        "0000-00-00",
        "${Leads.id}",
        "Leads",
        "Deals",
        "Last_Name",
        "5725767000000002326",
        "id,id,id",
        "(Last_Name:equals:)",
        "((Amount:between:1,)and(",
        "https://",
        "Leads.create",
        "select id from Leads where id in () limit 0",
        "select * from Leads",
        "select COUNT(id), Owner from Deals where ((Amount > 1 and Amount < 1e30)) group by Owner order by Amount limit 2000, 2000",
    ];
    prop_oneof![
        6 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        2 => "\\PC{0,12}",
        1 => Just("é".repeat(70_000)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => Just(json!(u64::MAX)),
        1 => any::<f64>().prop_map(|number| json!(number)),
        // Written without its quotes when it is sent.
        1 => Just(json!(BEYOND)),
        1 => Just(json!([])),
        1 => Just(json!({})),
        1 => Just(json!([[1], [{}], null])),
        1 => Just(json!({"id": null, "name": [], "module": {"api_name": 1}})),
        1 => (2..60usize).prop_map(|depth| (0..depth).fold(json!(1), |inner, _| json!({"group": [inner]}))),
    ]
}

/// A number beyond every type.
const BEYOND: &str = "@1e400@";

const BODIES: &[&[u8]] = &[
    b"",
    b"{",
    b"[]",
    b"null",
    b"{\"data\":}",
    b"{\"data\":[{}],\"data\":[{}]}",
    b"\xff\xfe\x00",
    b"{\"data\":[{\"Last_Name\":\"\xff\"}]}",
    b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc",
    b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n",
    b"--x--\r\n",
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
];

const HEADERS: &[(&str, &[u8])] = &[
    ("content-type", b"multipart/form-data; boundary=x"),
    ("content-type", b"multipart/form-data"),
    ("content-type", b"\xff/\xff"),
    ("if-modified-since", b"yesterday"),
    ("if-modified-since", b"2026-02-30T00:00:00+00:00"),
    ("if-unmodified-since", b"9999-99-99T99:99:99Z"),
    ("x-external", b"Leads.Last_Name"),
    ("x-external", b"."),
    ("x-crm-org", b"\xc3\xa9"),
    ("feature", b"bulk-write"),
    ("range", b"bytes=5-1"),
    ("authorization", b"Zoho-oauthtoken \xff"),
    ("accept-encoding", b"br;q=zz"),
    ("x-zcsrf-token", b"1"),
];

fn spoil() -> impl Strategy<Value = Spoil> {
    let names = [
        "page",
        "per_page",
        "fields",
        "ids",
        "page_token",
        "cvid",
        "criteria",
        "module",
        "type",
        "filters",
        "sort_by",
    ];
    prop_oneof![
        2 => (any::<usize>(), text()).prop_map(|(at, text)| Spoil::Segment(at, text)),
        3 => (any::<usize>(), text()).prop_map(|(at, text)| Spoil::Parameter(at, text)),
        2 => (prop::sample::select(names.to_vec()), text()).prop_map(|(name, text)| Spoil::ExtraParameter(name, text)),
        9 => (any::<usize>(), value()).prop_map(|(at, value)| Spoil::Replace(at, value)),
        3 => any::<usize>().prop_map(Spoil::Remove),
        1 => (any::<usize>(), prop::sample::select(vec![2usize, 11, 101, 1_001])).prop_map(|(at, times)| Spoil::Repeat(at, times)),
        1 => any::<usize>().prop_map(Spoil::Cut),
        1 => prop::sample::select(BODIES).prop_map(|bytes| Spoil::Bytes(bytes.to_vec())),
        1 => prop::sample::select(vec![10usize, 127, 129, 20_000]).prop_map(Spoil::Nest),
        2 => (text(), text()).prop_map(|(name, file)| Spoil::Part(name, file)),
        2 => prop::sample::select(HEADERS).prop_map(|(name, value)| Spoil::Header(name, value)),
        1 => prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ODD"]).prop_map(Spoil::Verb),
    ]
}

/// Acts on the value at a place, counted through the whole tree.
fn at(value: &mut Value, place: &mut usize, act: &mut dyn FnMut(&mut Value)) {
    if *place == 0 {
        act(value);
        *place = usize::MAX;
        return;
    }
    *place = place.saturating_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| at(item, place, act)),
        Value::Object(object) => object.values_mut().for_each(|inner| at(inner, place, act)),
        _ => {}
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(object) => object.values().map(size).sum::<usize>(),
        _ => 0,
    }
}

struct Odd {
    method: String,
    request: Request,
    raw: Option<Vec<u8>>,
    headers: Vec<(&'static str, &'static [u8])>,
}

impl Odd {
    fn spoil(&mut self, spoil: Spoil) {
        match spoil {
            Spoil::Segment(place, text) => {
                let mut parts: Vec<String> =
                    self.request.path.split('/').map(str::to_owned).collect();
                let place = 1 + place % (parts.len() - 1);
                let bytes = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
                parts[place] = if text == "%zz" {
                    "%FF%00".to_owned()
                } else {
                    bytes
                };
                self.request.path = parts.join("/");
            }
            Spoil::Parameter(place, text) => {
                let count = self.request.query.len().max(1);
                if let Some(parameter) = self.request.query.get_mut(place % count) {
                    parameter.1 = text;
                }
            }
            Spoil::ExtraParameter(name, text) => self.request.query.push((name.to_owned(), text)),
            Spoil::Replace(place, new) => self.change(place, &mut |value| *value = new.clone()),
            Spoil::Remove(place) => self.change(place, &mut |value| match value {
                Value::Array(items) => drop(items.pop()),
                Value::Object(object) => {
                    let key = object.keys().next().cloned().unwrap_or_default();
                    object.remove(&key);
                }
                other => *other = Value::Null,
            }),
            Spoil::Repeat(place, times) => self.change(place, &mut |value| {
                if size(value) * times < 200_000 {
                    *value = Value::Array(vec![value.clone(); times]);
                }
            }),
            Spoil::Cut(place) => {
                let mut bytes = self.bytes();
                bytes.truncate(place % (bytes.len() + 1));
                self.raw = Some(bytes);
            }
            Spoil::Bytes(bytes) => self.raw = Some(bytes),
            Spoil::Nest(depth) => {
                let inner = ["{\"data\":", &"[".repeat(depth), &"]".repeat(depth), "}"].concat();
                self.raw = Some(inner.into_bytes());
            }
            Spoil::Part(name, file) if self.request.is_form() => {
                self.raw = Some(form(&name, &file))
            }
            // In a body without parts it is a member more.
            Spoil::Part(name, file) => self.change(0, &mut |value| {
                if let Value::Object(object) = value {
                    object.insert(name.clone(), json!(file));
                }
            }),
            Spoil::Header(name, value) => self.headers.push((name, value)),
            Spoil::Verb(verb) => self.method = verb.to_owned(),
        }
    }

    fn change(&mut self, place: usize, act: &mut dyn FnMut(&mut Value)) {
        if let Some(body) = self.request.json_mut() {
            let mut place = place % size(body);
            at(body, &mut place, act);
        }
    }

    fn bytes(&self) -> Vec<u8> {
        if self.request.is_form() {
            return form("file", "photo.png");
        }
        let whole = self
            .request
            .json()
            .map(Value::to_string)
            .unwrap_or_default();
        whole
            .replace(&format!("\"{BEYOND}\""), "1e400")
            .into_bytes()
    }

    /// Fails when the answer is a fault of the server, or there is none.
    async fn send(&self, known: &Known) {
        let wired = &known.wired;
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let mut request = wired
            .http
            .request(method, wired.url(&self.request.path))
            .query(&self.request.query)
            .header("Authorization", format!("Zoho-oauthtoken {}", wired.token));
        for (name, value) in self.request.headers() {
            request = request.header(name, value);
        }
        if self.request.is_form() && !self.headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "multipart/form-data; boundary=x");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        let body = self.raw.clone().unwrap_or_else(|| self.bytes());
        let answer = match request.body(body.clone()).send().await {
            Err(error) if error.is_builder() => return,
            answer => answer,
        };
        let shown: String = String::from_utf8_lossy(&body).chars().take(1_500).collect();
        let asked = format!(
            "{} {} {:?} {:?} {shown}",
            self.method, self.request.path, self.request.query, self.headers
        );
        let answer = answer.unwrap_or_else(|error| panic!("no answer to {asked}: {error:?}"));
        let status = answer.status().as_u16();
        let text = answer.text().await;
        assert!(status < 500, "{status} to {asked}: {text:?}");
        assert!(text.is_ok(), "half an answer to {asked}");
    }
}

/// A form with a picture.
fn form(name: &str, file: &str) -> Vec<u8> {
    let mut form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(PNG);
    form.extend_from_slice(b"\r\n--x--\r\n");
    form
}

/// A world in which there is something of every kind that can be made, and the requests to it.
struct World {
    /// Method and full request of each operation that is built, and of a few others.
    requests: Vec<(String, Request)>,
    snapshot: Vec<u8>,
    token: String,
}

static WORLD: OnceLock<World> = OnceLock::new();

async fn build(known: &mut Known) -> World {
    let missing: BTreeSet<&str> = include_str!("operations/missing.txt").lines().collect();
    let is_missing = |line: &str| missing.contains(line);
    for operation in OPERATIONS
        .iter()
        .filter(|operation| operation.method == "POST")
    {
        if !is_missing(&format!("POST {}", operation.template))
            && !operation.template.contains("/actions/")
        {
            let request = Request::of(operation, known, true).await;
            let made = request.send(&known.wired, &Method::POST).await.unwrap();
            assert!(
                made.status.as_u16() < 500,
                "{} gave {}",
                request.path,
                made.text
            );
        }
    }
    known.look_again();
    let mut requests = Vec::new();
    for (nth, operation) in OPERATIONS.iter().enumerate() {
        let line = format!("{} {}", operation.method, operation.template);
        if is_missing(&line) && nth % 10 > 0 {
            continue;
        }
        let request = Request::of(operation, known, true).await;
        requests.push((operation.method.clone(), request));
    }
    World {
        requests,
        snapshot: known.wired.simulator.snapshot().unwrap(),
        token: known.wired.token.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoilt_requests_are_answered_below_500(
        spoils in prop::collection::vec((any::<usize>(), prop::collection::vec(spoil(), 1..4)), 200),
        seconds in prop::sample::select(vec![1u32, 60, 4_000, 90_000]),
    ) {
        let earlier = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            earlier(info);
        }));
        let before = PANICS.load(Ordering::SeqCst);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut known = Known::start(None).await;
            if WORLD.get().is_none() {
                let _ = WORLD.set(build(&mut known).await);
            }
            let world = WORLD.get().unwrap();
            known.restore(&world.snapshot, &world.token);
            let all = &world.requests;
            for (nth, spoils) in spoils {
                let (method, request) = all[nth % all.len()].clone();
                let mut odd = Odd { method, request, raw: None, headers: Vec::new() };
                for spoil in spoils {
                    odd.spoil(spoil);
                }
                odd.send(&known).await;
            }
            // What was begun goes on with the clock, and everything can be told, saved and asked for afterwards.
            known.wired.simulator.advance(seconds);
            for path in ["/__sim/v1/health", "/__sim/", "/__sim/v1/journal?limit=5"] {
                prop_assert!(known.wired.get(path).await.status.as_u16() < 500, "{path}");
            }
            prop_assert_eq!(PANICS.load(Ordering::SeqCst), before, "something panicked");
            Ok(())
        })?;
    }
}
