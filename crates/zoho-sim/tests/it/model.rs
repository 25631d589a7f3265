//! Random sequences of writes and walks, compared with a small model of what Zoho promises: unique stays unique, ids are
//! never used twice, pages walk without loss or repeats.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use zoho_sim::{Config, Seed};

use crate::support::Wired;

#[derive(Debug, Clone)]
enum Step {
    Insert { email: u8, name: u8 },
    Update { nth: usize, name: u8 },
    Upsert { email: u8, name: u8 },
    Delete { nth: usize },
    Walk { per_page: usize, is_by_time: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..12u8, any::<u8>()).prop_map(|(email, name)| Step::Insert { email, name }),
        2 => (0..20usize, any::<u8>()).prop_map(|(nth, name)| Step::Update { nth, name }),
        4 => (0..12u8, any::<u8>()).prop_map(|(email, name)| Step::Upsert { email, name }),
        2 => (0..20usize).prop_map(|nth| Step::Delete { nth }),
        1 => (1..5usize, any::<bool>()).prop_map(|(per_page, is_by_time)| Step::Walk { per_page, is_by_time }),
    ]
}

/// What must be true: id → (email, name).
#[derive(Default)]
struct Model {
    records: BTreeMap<String, (String, String)>,
    ids: BTreeSet<String>,
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
            let item = wired.post("/crm/v8/Leads", &body).await.json()["data"][0].clone();
            if model.holder(&email).is_some() {
                assert_eq!(item["code"], "DUPLICATE_DATA");
            } else {
                model.added(item["details"]["id"].as_str().unwrap(), email, name);
            }
        }
        Step::Upsert { email, name } => {
            let (email, name) = (format!("p{email}@x.example"), format!("N{name}"));
            let body = json!({"data": [{"Last_Name": name, "Email": email}]});
            let item = wired.post("/crm/v8/Leads/upsert", &body).await.json()["data"][0].clone();
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
            let name = format!("N{name}");
            let got = wired
                .put(
                    "/crm/v8/Leads",
                    &json!({"data": [{"id": id, "Last_Name": name}]}),
                )
                .await;
            assert_eq!(got.status, 200);
            model.records.get_mut(&id).unwrap().1 = name;
        }
        Step::Delete { nth } => {
            let Some(id) = model.nth(nth) else { return };
            assert_eq!(
                wired.delete(&format!("/crm/v8/Leads/{id}")).await.status,
                200
            );
            model.records.remove(&id);
            assert_eq!(
                wired.delete(&format!("/crm/v8/Leads/{id}")).await.status,
                400
            );
        }
        Step::Walk {
            per_page,
            is_by_time,
        } => walk(wired, model, per_page, is_by_time).await,
    }
}

async fn walk(wired: &Wired, model: &Model, per_page: usize, is_by_time: bool) {
    let sort = if is_by_time {
        "&sort_by=Modified_Time"
    } else {
        ""
    };
    let base = format!("/crm/v8/Leads?fields=Email,Last_Name&per_page={per_page}{sort}");
    let mut seen = BTreeMap::new();
    let mut path = base.clone();
    loop {
        let got = wired.get(&path).await;
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
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

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
            walk(&wired, &model, 3, false).await;
            walk(&wired, &model, 200, true).await;
        });
    }
}
