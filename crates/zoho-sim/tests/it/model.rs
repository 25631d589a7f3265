//! Random sequences of calls, compared with a small model of what Zoho promises: no record is lost, unique stays unique, ids are
//! never used twice, pages walk without loss or repeats while records change, counts and queries agree with lists, what was deleted
//! is listed, credits add up, and a restored snapshot is the same world.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::{Config, Seed};

use crate::support::{Got, Wired};

#[derive(Debug, Clone)]
enum Step {
    Insert {
        email: u8,
        name: u8,
    },
    Update {
        nth: usize,
        name: u8,
    },
    Upsert {
        email: u8,
        name: u8,
    },
    Delete {
        nth: usize,
    },
    Walk {
        per_page: usize,
        is_by_time: bool,
    },
    /// Rows in one call, which may name one e-mail address twice.
    InsertMany {
        emails: Vec<u8>,
    },
    DeleteMany {
        nths: Vec<usize>,
    },
    /// A walk by id with a change after each page.
    WalkWhileChanging {
        per_page: usize,
        nths: Vec<usize>,
    },
    Count,
    Query,
    ListDeleted,
    /// Takes a snapshot, spoils the world, and restores it.
    Restore,
    Advance {
        seconds: u32,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..12u8, any::<u8>()).prop_map(|(email, name)| Step::Insert { email, name }),
        2 => (0..20usize, any::<u8>()).prop_map(|(nth, name)| Step::Update { nth, name }),
        4 => (0..12u8, any::<u8>()).prop_map(|(email, name)| Step::Upsert { email, name }),
        2 => (0..20usize).prop_map(|nth| Step::Delete { nth }),
        1 => (1..5usize, any::<bool>()).prop_map(|(per_page, is_by_time)| Step::Walk { per_page, is_by_time }),
        1 => prop::collection::vec(0..12u8, 2..15).prop_map(|emails| Step::InsertMany { emails }),
        1 => prop::collection::vec(0..20usize, 1..4).prop_map(|nths| Step::DeleteMany { nths }),
        1 => (1..4usize, prop::collection::vec(0..20usize, 8)).prop_map(|(per_page, nths)| Step::WalkWhileChanging { per_page, nths }),
        1 => Just(Step::Count),
        1 => Just(Step::Query),
        1 => Just(Step::ListDeleted),
        1 => Just(Step::Restore),
        1 => (1..400u32).prop_map(|seconds| Step::Advance { seconds }),
    ]
}

/// What must be true: id → (email, name).
#[derive(Default)]
struct Model {
    records: BTreeMap<String, (String, String)>,
    ids: BTreeSet<String>,
    deleted: BTreeSet<String>,
    credits: u64,
}

/// Sends a call and counts its credits: one, and one more for each started ten rows beyond the first ten. (A query of up to 200
/// rows costs one too.)
async fn call(
    wired: &Wired,
    model: &mut Model,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Got {
    let rows = body
        .and_then(|body| body["data"].as_array())
        .map_or(1, Vec::len);
    model.credits += rows.div_ceil(10).max(1) as u64;
    wired.call(method, path, body).await
}

impl Model {
    fn holder(&self, email: &str) -> Option<String> {
        self.records
            .iter()
            .find(|(_, (known, _))| known == email)
            .map(|(id, _)| id.clone())
    }

    fn nth(&self, nth: usize) -> Option<String> {
        self.records.keys().nth(nth).cloned()
    }

    fn delete(&mut self, id: &str) {
        self.records.remove(id);
        self.deleted.insert(id.to_owned());
    }

    fn added(&mut self, id: &str, email: String, name: String) {
        assert!(
            self.ids.insert(id.to_owned()),
            "the id {id} was used before"
        );
        self.records.insert(id.to_owned(), (email, name));
    }
}

async fn take(wired: &Wired, model: &mut Model, step: Step) {
    match step {
        Step::Insert { email, name } => {
            let (email, name) = (format!("p{email}@x.example"), format!("N{name}"));
            let body = json!({"data": [{"Last_Name": name, "Email": email.to_uppercase()}]});
            let item = call(wired, model, Method::POST, "/crm/v8/Leads", Some(&body))
                .await
                .json()["data"][0]
                .clone();
            if model.holder(&email).is_some() {
                assert_eq!(item["code"], "DUPLICATE_DATA");
            } else {
                model.added(item["details"]["id"].as_str().unwrap(), email, name);
            }
        }
        Step::Upsert { email, name } => {
            let (email, name) = (format!("p{email}@x.example"), format!("N{name}"));
            let body = json!({"data": [{"Last_Name": name, "Email": email}]});
            let item = call(
                wired,
                model,
                Method::POST,
                "/crm/v8/Leads/upsert",
                Some(&body),
            )
            .await
            .json()["data"][0]
                .clone();
            let id = item["details"]["id"].as_str().unwrap().to_owned();
            match model.holder(&email) {
                None => {
                    assert_eq!(item["action"], "insert");
                    model.added(&id, email, name);
                }
                Some(holder) => {
                    assert_eq!((&item["action"], &id), (&json!("update"), &holder));
                    model.records.insert(id, (email, name));
                }
            }
        }
        Step::Update { nth, name } => {
            let Some(id) = model.nth(nth) else { return };
            update(wired, model, &id, format!("N{name}")).await;
        }
        Step::Delete { nth } => {
            let Some(id) = model.nth(nth) else { return };
            let path = format!("/crm/v8/Leads/{id}");
            assert_eq!(
                call(wired, model, Method::DELETE, &path, None).await.status,
                200
            );
            model.delete(&id);
            assert_eq!(
                call(wired, model, Method::DELETE, &path, None).await.status,
                400
            );
        }
        Step::Walk {
            per_page,
            is_by_time,
        } => walk(wired, model, per_page, is_by_time).await,
        Step::InsertMany { emails } => insert_many(wired, model, &emails).await,
        Step::DeleteMany { nths } => delete_many(wired, model, &nths).await,
        Step::WalkWhileChanging { per_page, nths } => {
            walk_while_changing(wired, model, per_page, nths).await
        }
        Step::Count => {
            let got = call(
                wired,
                model,
                Method::GET,
                "/crm/v8/Leads/actions/count",
                None,
            )
            .await;
            assert_eq!(got.json()["count"], model.records.len());
        }
        Step::Query => query(wired, model).await,
        Step::ListDeleted => list_deleted(wired, model).await,
        Step::Restore => restore(wired, model).await,
        Step::Advance { seconds } => wired.simulator.advance(seconds),
    }
}

async fn update(wired: &Wired, model: &mut Model, id: &str, name: String) {
    let body = json!({"data": [{"id": id, "Last_Name": name}]});
    let got = call(wired, model, Method::PUT, "/crm/v8/Leads", Some(&body)).await;
    assert_eq!(got.status, 200);
    model.records.get_mut(id).unwrap().1 = name;
}

async fn insert_many(wired: &Wired, model: &mut Model, emails: &[u8]) {
    let rows: Vec<Value> = emails
        .iter()
        .map(|email| json!({"Last_Name": "Many", "Email": format!("p{email}@x.example")}))
        .collect();
    let body = json!({"data": rows});
    let got = call(wired, model, Method::POST, "/crm/v8/Leads", Some(&body))
        .await
        .json();
    let items = got["data"].as_array().unwrap();
    assert_eq!(items.len(), emails.len());
    for (email, item) in emails.iter().zip(items) {
        let email = format!("p{email}@x.example");
        if model.holder(&email).is_some() {
            assert_eq!(item["code"], "DUPLICATE_DATA", "{item}");
        } else {
            model.added(
                item["details"]["id"].as_str().unwrap(),
                email,
                "Many".to_owned(),
            );
        }
    }
}

async fn delete_many(wired: &Wired, model: &mut Model, nths: &[usize]) {
    let ids: BTreeSet<String> = nths.iter().filter_map(|nth| model.nth(*nth)).collect();
    if ids.is_empty() {
        return;
    }
    let listed: Vec<&str> = ids.iter().map(String::as_str).collect();
    let path = format!("/crm/v8/Leads?ids={}", listed.join(","));
    assert_eq!(
        call(wired, model, Method::DELETE, &path, None).await.status,
        200
    );
    for id in &ids {
        model.delete(id);
    }
}

/// A walk by id sees each record that is there from its beginning to its end exactly once, whatever changes meanwhile.
async fn walk_while_changing(wired: &Wired, model: &mut Model, per_page: usize, nths: Vec<usize>) {
    let base = format!("/crm/v8/Leads?fields=Email&per_page={per_page}");
    let mut stayed: BTreeSet<String> = model.records.keys().cloned().collect();
    let mut seen = BTreeSet::new();
    let mut path = base.clone();
    let mut changes = nths.into_iter();
    loop {
        let got = call(wired, model, Method::GET, &path, None).await;
        if got.status == 204 {
            break;
        }
        let page = got.json();
        for row in page["data"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap().to_owned();
            assert!(seen.insert(id.clone()), "{id} came twice");
        }
        let Value::String(token) = &page["info"]["next_page_token"] else {
            break;
        };
        path = format!("{base}&page_token={token}");
        let Some(nth) = changes.next() else { continue };
        match model.nth(nth) {
            Some(id) if nth % 2 == 0 => update(wired, model, &id, format!("W{nth}")).await,
            Some(id) => {
                let path = format!("/crm/v8/Leads/{id}");
                assert_eq!(
                    call(wired, model, Method::DELETE, &path, None).await.status,
                    200
                );
                model.delete(&id);
                stayed.remove(&id);
            }
            None => insert_many(wired, model, &[u8::try_from(nth).unwrap()]).await,
        }
    }
    let lost: Vec<&String> = stayed.difference(&seen).collect();
    assert!(lost.is_empty(), "lost on the way: {lost:?}");
}

async fn query(wired: &Wired, model: &mut Model) {
    let wanted = json!({"select_query": "select Email, Last_Name from Leads where Last_Name like 'N%' order by id asc limit 200"});
    let got = call(wired, model, Method::POST, "/crm/v8/coql", Some(&wanted)).await;
    let found: Vec<String> = match got.status.as_u16() {
        204 => Vec::new(),
        _ => {
            let rows = got.json()["data"].as_array().unwrap().clone();
            rows.iter()
                .map(|row| row["id"].as_str().unwrap().to_owned())
                .collect()
        }
    };
    let known = model
        .records
        .iter()
        .filter(|(_, (_, name))| name.starts_with('N'));
    let known: Vec<String> = known.map(|(id, _)| id.clone()).collect();
    assert_eq!(found, known);
}

async fn list_deleted(wired: &Wired, model: &mut Model) {
    let path = "/crm/v8/Leads/deleted?type=all&per_page=200";
    let got = call(wired, model, Method::GET, path, None).await;
    let listed: BTreeSet<String> = match got.status.as_u16() {
        204 => BTreeSet::new(),
        _ => {
            let rows = got.json()["data"].as_array().unwrap().clone();
            rows.iter()
                .map(|row| row["id"].as_str().unwrap().to_owned())
                .collect()
        }
    };
    assert_eq!(listed, model.deleted);
}

async fn restore(wired: &Wired, model: &Model) {
    let snapshot = wired.simulator.snapshot().unwrap();
    let before = wired.simulator.records("Leads").unwrap();
    let extra = json!({"data": [{"Last_Name": "To be forgotten"}]});
    assert_eq!(wired.post("/crm/v8/Leads", &extra).await.status, 201);
    for id in model.records.keys().take(2) {
        assert_eq!(
            wired.delete(&format!("/crm/v8/Leads/{id}")).await.status,
            200
        );
    }
    wired.simulator.restore(&snapshot).unwrap();
    assert_eq!(wired.simulator.records("Leads").unwrap(), before);
}

async fn walk(wired: &Wired, model: &mut Model, per_page: usize, is_by_time: bool) {
    let sort = if is_by_time {
        "&sort_by=Modified_Time"
    } else {
        ""
    };
    let base = format!("/crm/v8/Leads?fields=Email,Last_Name&per_page={per_page}{sort}");
    let mut seen = BTreeMap::new();
    let mut path = base.clone();
    loop {
        let got = call(wired, model, Method::GET, &path, None).await;
        if got.status == 204 {
            break;
        }
        let page = got.json();
        for row in page["data"].as_array().unwrap() {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            let is_new = seen
                .insert(
                    text("id"),
                    (text("Email").to_lowercase(), text("Last_Name")),
                )
                .is_none();
            assert!(is_new, "{} came twice", row["id"]);
        }
        match &page["info"]["next_page_token"] {
            Value::String(token) => path = format!("{base}&page_token={token}"),
            _ => break,
        }
    }
    assert_eq!(&seen, &model.records);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_sequences_agree_with_the_model(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut seed: Value = serde_json::from_str(include_str!("../../src/seeds/demo.json")).unwrap();
            seed["unique_fields"] = json!({"Leads": ["Email"]});
            let seed = Seed::from_json(&seed.to_string()).unwrap();
            let wired = Wired::with(Config { seed, ..Config::default() }).await;
            let mut model = Model::default();
            for step in steps {
                take(&wired, &mut model, step).await;
            }
            walk(&wired, &mut model, 3, false).await;
            walk(&wired, &mut model, 200, true).await;
            list_deleted(&wired, &mut model).await;
            let limits = wired.get("/__sim/v1/limits").await.json();
            prop_assert_eq!(&limits["credits_used"], model.credits);
            Ok(())
        })?;
    }
}
