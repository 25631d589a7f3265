//! The control API.

use serde_json::{Value, json};
use zoho_sim::{ClockStart, Config, Seed, Site};

use crate::support::{CLIENT_ID, Wired};

#[tokio::test]
async fn records_are_handled_as_a_person_would_and_cost_nothing() {
    let wired = Wired::start().await;
    let id = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let path = format!("/__sim/v1/records/Leads/{id}");
    assert_eq!(
        wired.put(&path, &json!({"City": "Rome"})).await.json()["City"],
        "Rome"
    );
    assert_eq!(wired.get(&path).await.json()["Last_Name"], "Ray");
    assert_eq!(
        wired.get("/__sim/v1/records/leads").await.json()["count"],
        1
    );
    assert_eq!(wired.delete(&path).await.status, 200);
    assert_eq!(
        wired.get("/__sim/v1/limits").await.json()["credits_used"],
        0
    );
    assert_eq!(
        wired.get("/__sim/v1/journal?path=/__sim").await.json()["journal"],
        json!([])
    );
}

#[tokio::test]
async fn problems_quote_the_beginning_of_long_values() {
    let wired = Wired::start().await;
    let long = "x".repeat(100_000);
    for (key, begins) in [
        ("method", "method is `xxx"),
        ("path_prefix", "path_prefix is `xxx"),
        ("module", "module is `xxx"),
        ("kind", "not a fault: there is no kind `xxx"),
        ("times", "not a fault: "),
        (&long, "`xxx"),
    ] {
        let mut fault = json!({"kind": "refuse"});
        fault[key] = json!(long);
        let refused = wired.post("/__sim/v1/faults", &fault).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.starts_with(begins) && detail.len() < 1_000,
            "{detail}"
        );
    }
    let path = format!("/__sim/v1/{}", "y".repeat(5_000));
    let refused = wired.get(&path).await;
    assert_eq!(refused.status, 404);
    assert!(refused.text.len() < 1_000);
    let callbacks = wired.get("/__sim/v1/callbacks").await.json();
    assert_eq!(
        (&callbacks["sent"], &callbacks["dropped"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn problems_say_what_is_wrong() {
    let wired = Wired::start().await;
    let mut problems = Vec::new();
    for (path, body) in [
        ("/__sim/v1/records/Leads", json!({"Email": "no"})),
        ("/__sim/v1/records/Nothing", json!({})),
        (
            "/__sim/v1/faults",
            json!({"kind": "latency", "milliseconds": 1, "tiems": 2}),
        ),
        (
            "/__sim/v1/faults",
            json!({"kind": "server_error", "status": 404}),
        ),
        (
            "/__sim/v1/faults",
            json!({"kind": "refuse", "probability": 2}),
        ),
        (
            "/__sim/v1/grants",
            json!({"client_id": "1000.NOBODY", "kind": "code", "scopes": ["ZohoCRM.org.READ"]}),
        ),
        ("/__sim/v1/clock/advance", json!({"seconds": -1})),
        ("/__sim/v1/nothing", json!({})),
        ("/__sim/v1/health", json!({})),
    ] {
        let got = wired.post(path, &body).await;
        assert!(got.status.is_client_error());
        assert_eq!(got.headers["content-type"], "application/problem+json");
        problems.push(format!(
            "{path} {} {}",
            got.status.as_u16(),
            got.json()["detail"].as_str().unwrap()
        ));
    }
    insta::assert_snapshot!("problems", problems.join("\n"));
}

#[tokio::test]
async fn the_journal_has_bodies_and_written_records_and_no_secrets() {
    let wired = Wired::start().await;
    wired
        .post(
            "/crm/v8/Leads/upsert",
            &json!({"data": [{"Last_Name": "Ray", "Email": "a@b.co"}]}),
        )
        .await;
    let journal = wired.get("/__sim/v1/journal").await;
    for secret in [
        "leadway-demo-secret",
        "leadway-demo-refresh",
        wired.token.as_str(),
    ] {
        assert!(
            !journal.text.contains(secret),
            "{secret} stands in the journal"
        );
    }
    let entries = journal.json()["journal"].clone();
    let last = entries.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["status"], &last["credits"], &last["client_id"]),
        (&json!(200), &json!(1), &json!(CLIENT_ID))
    );
    assert!(last["request_body"].as_str().unwrap().contains("a@b.co"));
    assert_eq!(last["records_written"][0]["action"], "insert");
    let after = wired
        .get(&format!("/__sim/v1/journal?after={}", last["sequence"]))
        .await
        .json();
    assert_eq!(after["journal"], json!([]));
}

#[tokio::test]
async fn a_reset_brings_the_seed_back() {
    let wired = Wired::start().await;
    let seeded = wired.simulator.records("Contacts").unwrap();
    wired.record("Contacts", json!({"Last_Name": "New"})).await;
    assert_eq!(wired.post("/__sim/v1/reset", &json!({})).await.status, 200);
    let again = wired.simulator.records("Contacts").unwrap();
    let ids = |records: &[Value]| {
        records
            .iter()
            .map(|record| record["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&seeded), ids(&again));
    assert_eq!(
        wired.get("/crm/v8/org").await.json()["code"],
        "INVALID_TOKEN"
    );
}

#[tokio::test]
async fn two_simulators_of_one_seed_give_the_same_ids_and_tokens() {
    let config = || Config {
        clock: ClockStart::At(1_768_035_600),
        ..Config::default()
    };
    let (left, right) = (Wired::with(config()).await, Wired::with(config()).await);
    assert_eq!(left.token, right.token);
    assert_eq!(
        left.record("Leads", json!({"Last_Name": "A"})).await,
        right.record("Leads", json!({"Last_Name": "A"})).await
    );
    left.simulator.stop().await;
}

#[tokio::test]
async fn a_seed_may_bring_own_fields_unique_ones_and_pipelines() {
    let seed = json!({
        "organisation": {"company_name": "Own", "primary_email": "o@o.example", "zgid": "6", "time_zone": "UTC", "utc_offset_minutes": 0, "id_prefix": 1234567},
        "users": [{"first_name": "A", "last_name": "B", "email": "o@o.example"}],
        "clients": [{"client_id": CLIENT_ID, "client_secret": "leadway-demo-secret"}],
        "refresh_tokens": [{"refresh_token": "1000.leadway-demo-refresh", "client_id": CLIENT_ID, "scopes": ["ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL"]}],
        "pipelines": [{"name": "Long", "stages": ["Qualification", "Closed Won"]}, {"name": "Short", "stages": ["Closed Won"]}],
        "fields": {"Leads": [{"api_name": "External_Id", "data_type": "text", "length": 40, "is_unique": true}, {"api_name": "Score", "data_type": "double"}]},
        "unique_fields": {"Contacts": ["Email"]},
    });
    let seed = Seed::from_json(&seed.to_string()).unwrap();
    let wired = Wired::with(Config {
        seed,
        ..Config::default()
    })
    .await;
    let lead = json!({"data": [{"Last_Name": "A", "External_Id": "e1", "Score": 1.5}], "duplicate_check_fields": ["External_Id"]});
    wired.post("/crm/v8/Leads/upsert", &lead).await;
    let again = wired.post("/crm/v8/Leads/upsert", &lead).await.json();
    assert_eq!(again["data"][0]["duplicate_field"], "External_Id");
    let contact = json!({"data": [{"Last_Name": "A", "Email": "a@b.co"}]});
    wired.post("/crm/v8/Contacts", &contact).await;
    let taken = wired.post("/crm/v8/Contacts", &contact).await;
    assert_eq!(
        (
            taken.status.as_u16(),
            taken.json()["data"][0]["code"].as_str()
        ),
        (400, Some("DUPLICATE_DATA"))
    );
    let deal = |pipeline: Value, stage: &str| json!({"data": [{"Deal_Name": "D", "Pipeline": pipeline, "Stage": stage}]});
    for (body, code) in [
        (deal(Value::Null, "Closed Won"), "MANDATORY_NOT_FOUND"),
        (deal(json!("Short"), "Qualification"), "MAPPING_MISMATCH"),
        (deal(json!("Nothing"), "Qualification"), "INVALID_DATA"),
        (deal(json!("Short"), "Closed Won"), "SUCCESS"),
    ] {
        assert_eq!(
            wired.post("/crm/v8/Deals", &body).await.json()["data"][0]["code"],
            code
        );
    }
}

const START: i64 = 1_768_035_600;

#[tokio::test]
async fn the_clock_is_set_frozen_and_hurried_but_not_turned_back() {
    let wired = Wired::start().await;
    let clock = "/__sim/v1/clock";
    let later = wired.simulator.now() + 1_000_000;
    let set = wired
        .put(clock, &json!({"now": later, "speed": 0}))
        .await
        .json();
    assert_eq!(
        (&set["seconds"], &set["speed"]),
        (&json!(later), &json!(0.0))
    );
    assert_eq!(wired.get(clock).await.json()["seconds"], later);
    let back = wired
        .put(clock, &json!({"now": "2026-01-10T09:00:00Z"}))
        .await;
    assert_eq!(
        (back.status.as_u16(), &back.json()["field"]),
        (400, &json!("now"))
    );
    assert_eq!(
        wired.get("/crm/v8/org").await.json()["code"],
        "INVALID_TOKEN",
        "tokens end when the clock is set"
    );
    for (body, field) in [
        (json!({"speed": -1}), "speed"),
        (json!({"speed": 1e9}), "speed"),
        (json!({"now": "yesterday"}), "now"),
        (json!({"now": i64::MAX}), "now"),
    ] {
        let refused = wired.put(clock, &body).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["field"]),
            (400, &json!(field)),
            "{body}"
        );
    }
    assert_eq!(wired.get(clock).await.json()["seconds"], later);
}

#[tokio::test]
async fn a_reset_with_a_start_makes_ids_tokens_and_times_the_same_again() {
    let mut wired = Wired::start().await;
    let reset = json!({"seed": "demo", "chance_seed": 7, "starts_at": START, "speed": 0, "edition": "free"});
    let mut runs = Vec::new();
    for _ in 0..2 {
        assert_eq!(wired.post("/__sim/v1/reset", &reset).await.status, 200);
        wired.token = wired.refresh().await.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let made = wired
            .post("/crm/v8/Leads", &json!({"data": [{"Last_Name": "Ray"}]}))
            .await;
        runs.push((wired.token.clone(), made.text));
        wired.simulator.advance(60);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(
        runs[0].1.contains("2026-01-10T14:30:00+05:30"),
        "{}",
        runs[0].1
    );
    assert_eq!(
        wired.get("/__sim/v1/health").await.json()["edition"],
        "free"
    );
    assert_eq!(wired.simulator.limits().credits_max, Some(5_000));
    wired.simulator.reset().unwrap();
    assert_eq!(
        wired.simulator.now(),
        START,
        "a plain reset comes back to the same start"
    );
}

#[tokio::test]
async fn a_seed_file_is_planted_while_it_runs_and_a_bad_one_changes_nothing() {
    let wired = Wired::start().await;
    let seed = json!({
        "organisation": {"company_name": "Planted", "primary_email": "o@o.example", "zgid": "6", "time_zone": "UTC", "utc_offset_minutes": 0, "id_prefix": 1234567},
        "users": [{"first_name": "A", "last_name": "B", "email": "o@o.example"}],
        "records": {"Leads": [{"Last_Name": "Ray"}, {"Last_Name": "Moon"}]},
    });
    let planted = wired.post("/__sim/v1/seed", &seed).await;
    assert_eq!(
        (planted.status.as_u16(), &planted.json()["records"]["Leads"]),
        (200, &json!(2))
    );
    let mut bad = seed.clone();
    bad["records"]["Leads"][1] = json!({"Last_Name": 5});
    let refused = wired.post("/__sim/v1/seed", &bad).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("Last_Name"), "{}", refused.text);
    let mut misspelt = seed;
    misspelt["users"][0]["frist_name"] = json!("A");
    let refused = wired
        .post("/__sim/v1/reset", &json!({"seed": misspelt}))
        .await;
    assert_eq!(
        refused.json()["field"],
        "users[0].frist_name",
        "{}",
        refused.text
    );
    wired.simulator.reset().unwrap();
    assert_eq!(
        wired.simulator.count("Leads"),
        Ok(2),
        "resets come back to the planted seed"
    );
}

#[tokio::test]
async fn the_journal_is_filtered_and_forgotten() {
    let wired = Wired::start().await;
    wired
        .post(
            "/crm/v8/Leads",
            &json!({"data": [{"Last_Name": "Orchard"}]}),
        )
        .await;
    wired.get("/crm/v8/Leads").await;
    wired.get("/crm/v8/org").await;
    wired
        .post(
            "/__sim/v1/faults",
            &json!({"kind": "too_many_requests", "times": 1}),
        )
        .await;
    wired.get("/crm/v8/org").await;
    for (query, count) in [
        ("module=leads", 2),
        ("module=leads&method=post", 1),
        ("status=4xx", 2),
        ("status=429", 1),
        ("status=none", 0),
        ("fault=too_many_requests", 1),
        ("text=orchard", 1),
        (&format!("client_id={CLIENT_ID}"), 4),
        ("path=/oauth/", 1),
        ("limit=2", 2),
        ("after=3", 2),
    ] {
        let got = wired
            .get(&format!("/__sim/v1/journal?{query}"))
            .await
            .json();
        assert_eq!(
            got["journal"].as_array().unwrap().len(),
            count,
            "{query}: {got}"
        );
    }
    let newest = wired
        .get("/__sim/v1/journal?order=desc&limit=1")
        .await
        .json();
    assert_eq!(newest["journal"][0]["sequence"], 5);
    assert_eq!(
        wired.get("/__sim/v1/journal/2").await.json()["method"],
        "POST"
    );
    for (query, field) in [
        ("limt=1", "limt"),
        ("after=x", "after"),
        ("status=bad", "status"),
        ("order=up", "order"),
    ] {
        let refused = wired.get(&format!("/__sim/v1/journal?{query}")).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json()["field"]),
            (400, &json!(field))
        );
    }
    assert_eq!(wired.delete("/__sim/v1/journal").await.json()["deleted"], 5);
    assert_eq!(wired.get("/__sim/v1/journal/2").await.status, 404);
    assert_eq!(
        wired.get("/__sim/v1/journal").await.json(),
        json!({"journal": [], "served": 5})
    );
}

#[tokio::test]
async fn changes_tell_who_did_what_by_which_way() {
    let wired = Wired::start().await;
    let before = wired.get("/__sim/v1/changes").await.json()["last"]
        .as_u64()
        .unwrap();
    let made = wired
        .post(
            "/__sim/v1/records/Leads?user=ben.okafor@leadway.example",
            &json!({"Last_Name": "Ray"}),
        )
        .await;
    assert_eq!(
        made.json()["Created_By"]["name"],
        "Ben Okafor",
        "{}",
        made.text
    );
    let id = made.json()["id"].as_str().unwrap().to_owned();
    wired
        .put(
            &format!("/crm/v8/Leads/{id}"),
            &json!({"data": [{"City": "Rome"}]}),
        )
        .await;
    wired.delete(&format!("/__sim/v1/records/Leads/{id}")).await;
    let got = wired
        .get(&format!("/__sim/v1/changes?after={before}&module=Leads"))
        .await
        .json();
    let told: Vec<_> = got["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (
                change["action"].clone(),
                change["source"].clone(),
                change["user"].clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!("insert"), json!("crm_ui"), json!("Ben Okafor")),
            (json!("update"), json!("crm_api"), json!("Ada Ray")),
            (json!("delete"), json!("crm_ui"), json!("Ada Ray")),
        ]
    );
    assert!(
        got["changes"][1]["fields"]
            .as_array()
            .unwrap()
            .contains(&json!("City"))
    );
    let unknown = wired
        .post(
            "/__sim/v1/records/Leads?user=nobody",
            &json!({"Last_Name": "Ray"}),
        )
        .await;
    assert_eq!(
        (unknown.status.as_u16(), &unknown.json()["field"]),
        (400, &json!("user"))
    );
}

#[tokio::test]
async fn records_are_filtered_and_paged() {
    let wired = Wired::start().await;
    for name in ["Ray", "Moon", "Rayman"] {
        wired.record("Leads", json!({"Last_Name": name})).await;
    }
    let rays = wired.get("/__sim/v1/records/Leads?filter=ray").await.json();
    assert_eq!(
        (rays["data"].as_array().unwrap().len(), &rays["count"]),
        (3, &json!(3)),
        "all have Ada Ray for their owner"
    );
    let named = wired
        .get("/__sim/v1/records/Leads?filter=rayman")
        .await
        .json();
    assert_eq!(named["data"].as_array().unwrap().len(), 1);
    let first = wired.get("/__sim/v1/records/Leads?limit=1").await.json()["data"][0].clone();
    assert_eq!(first["Last_Name"], "Rayman");
    let next = format!(
        "/__sim/v1/records/Leads?limit=1&before={}",
        first["id"].as_str().unwrap()
    );
    assert_eq!(
        wired.get(&next).await.json()["data"][0]["Last_Name"],
        "Moon"
    );
}

#[tokio::test]
async fn pages_of_other_origins_cannot_write() {
    let wired = Wired::start().await;
    for path in [
        "/__sim/v1/reset",
        "/__sim/modules/Leads/new",
        "/__sim/clock",
    ] {
        let request = wired
            .http
            .post(wired.url(path))
            .header("Origin", "http://elsewhere.example")
            .body("Last_Name=Ray&seconds=1");
        let got = crate::support::got(request.send().await.unwrap()).await;
        assert_eq!(got.status, 403, "{path}");
    }
    let own = wired
        .http
        .post(wired.url("/__sim/v1/reset"))
        .header("Origin", wired.simulator.url());
    assert_eq!(own.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn nobody_comes_by_a_name_that_is_not_the_simulators() {
    let wired = Wired::with(Config {
        further: vec![Site {
            host: Some("eu.crm.test".to_owned()),
            ..Site::new("eu".parse().unwrap())
        }],
        hosts: vec!["zoho-sim".to_owned()],
        ..Config::default()
    })
    .await;
    let port = wired.simulator.address().port();
    for (host, expected) in [
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example", 403),
        ("evil.localhost", 200),
        ("localhost", 200),
        ("LocalHost.", 200),
        ("[::1]", 200),
        ("192.168.1.7", 200),
        ("eu.crm.test", 200),
        ("crm.test", 403),
        ("zoho-sim", 200),
        ("accounts.zoho.eu", 200),
    ] {
        for path in ["/__sim/v1/health", "/__sim/", "/__sim/v1/journal"] {
            for host in [host.to_owned(), format!("{host}:{port}")] {
                let request = wired.http.get(wired.url(path)).header("Host", &host);
                let got = crate::support::got(request.send().await.unwrap()).await;
                assert_eq!(got.status, expected, "{host} {path}: {}", got.text);
                if expected == 403 {
                    assert!(got.text.contains("--allow-host"), "{}", got.text);
                }
            }
        }
    }
}

#[tokio::test]
async fn the_control_api_lists_its_paths() {
    let wired = Wired::start().await;
    let listed = wired.get("/__sim/v1").await.json();
    for entry in listed["paths"].as_array().unwrap() {
        let (path, methods) = (
            entry["path"].as_str().unwrap(),
            entry["methods"].as_str().unwrap(),
        );
        let path = path
            .replace("{module}", "Leads")
            .replace("{id}", "1")
            .replace("{sequence}", "1");
        let got = wired
            .call(reqwest::Method::PATCH, &format!("/__sim/v1/{path}"), None)
            .await;
        assert_eq!(got.status, 405, "{path}");
        let mut allowed: Vec<&str> = got.headers["allow"]
            .to_str()
            .unwrap()
            .split(',')
            .filter(|method| *method != "HEAD")
            .collect();
        let mut promised: Vec<&str> = methods.split(", ").collect();
        allowed.sort_unstable();
        promised.sort_unstable();
        assert_eq!(allowed, promised, "{path}");
    }
}

#[tokio::test]
async fn what_means_nothing_is_refused_with_its_remedy() {
    let wired = Wired::start().await;
    for (path, body, said) in [
        (
            "faults",
            json!({"kind": "refuse", "times": 0}),
            "times is 0",
        ),
        (
            "faults",
            json!({"kind": "slow", "piece_bytes": 0}),
            "piece_bytes is 0",
        ),
        (
            "faults",
            json!({"kind": "slow", "pause_ms": 999_999_999}),
            "pause_ms is 999999999",
        ),
        (
            "faults",
            json!({"kind": "refuse", "module": "Laeds"}),
            "module is `Laeds`",
        ),
        (
            "faults",
            json!({"kind": "refuse", "method": "FETCH"}),
            "method is `FETCH`",
        ),
        (
            "faults",
            json!({"kind": "refuse", "path_prefix": "crm"}),
            "path_prefix is `crm`",
        ),
        (
            "faults",
            json!({"kind": "callback_duplicate", "copies": 1_000}),
            "copies is 1000",
        ),
        (
            "clock/advance",
            json!({"seconds": 5_000_000_000_u64}),
            "seconds is 5000000000",
        ),
        (
            "reset",
            json!({"starts_at": {"year": 2026}}),
            "starts_at is `{",
        ),
    ] {
        let got = wired.post(&format!("/__sim/v1/{path}"), &body).await;
        assert_eq!(got.status, 400, "{body}: {}", got.text);
        assert!(got.text.contains(said), "{body}: {}", got.text);
    }
    let long = json!({"Last_Name": "Ray", "Email": "x".repeat(50_000)});
    let got = wired.post("/__sim/v1/records/Leads", &long).await;
    assert!(got.text.len() < 2_000, "{} bytes", got.text.len());
}

#[tokio::test]
async fn people_find_the_page_and_the_list_of_paths() {
    let wired = Wired::start().await;
    for (path, place) in [("/", "/__sim/"), ("/__sim/v1/", "/__sim/v1")] {
        let got = wired.get(path).await;
        assert_eq!(got.status, 307, "{path}");
        assert_eq!(got.headers["location"], place);
        assert_eq!(wired.get(place).await.status, 200, "{place}");
    }
}

#[tokio::test]
async fn a_call_that_a_reset_overtakes_is_not_acted_on_in_the_new_world() {
    let wired = Wired::start().await;
    let fault = json!({"kind": "latency", "milliseconds": 1_000, "module": "Leads"});
    assert_eq!(wired.post("/__sim/v1/faults", &fault).await.status, 201);
    let request = wired.http.post(wired.url("/crm/v8/Leads"));
    let request = request
        .bearer_auth(&wired.token)
        .json(&json!({"data": [{"Last_Name": "Late"}]}));
    let call =
        tokio::spawn(async move { crate::support::got(request.send().await.unwrap()).await });
    let in_flight =
        || async { wired.get("/__sim/v1/limits").await.json()["calls_in_flight"].as_u64() };
    while in_flight().await != Some(1) {}
    let before = wired.get("/__sim/v1/records/Leads").await.json()["count"].clone();
    assert_eq!(wired.post("/__sim/v1/reset", &json!({})).await.status, 200);
    assert_eq!(call.await.unwrap().status, 401);
    assert_eq!(
        wired.get("/__sim/v1/records/Leads").await.json()["count"],
        before
    );
}
