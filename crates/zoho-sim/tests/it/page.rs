//! The page for people.

use serde_json::json;

use crate::support::{Wired, got};

async fn post(wired: &Wired, path: &str, form: &[(&str, &str)]) -> crate::support::Got {
    got(wired
        .http
        .post(wired.url(path))
        .form(form)
        .send()
        .await
        .unwrap())
    .await
}

#[tokio::test]
async fn hostile_records_stay_text_everywhere() {
    let wired = Wired::start().await;
    let hostile = "<script>alert('x')</script>\"&";
    let id = wired
        .record(
            "Leads",
            json!({"Last_Name": hostile, "Description": "</textarea><img src=x>"}),
        )
        .await;
    wired
        .post("/crm/v8/Leads", &json!({"data": [{"Last_Name": hostile}]}))
        .await;
    for path in [
        "/__sim/modules/Leads".to_owned(),
        format!("/__sim/modules/Leads/{id}"),
        "/__sim/journal".to_owned(),
        "/__sim/modules/Leads?filter=%3Cscript%3E".to_owned(),
        "/__sim/modules/%3Cscript%3Ealert(".to_owned(),
    ] {
        let page = wired.get(&path).await.text;
        assert!(
            !page.contains("<script>alert(") && !page.contains("<img src=x>"),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn a_person_creates_edits_and_deletes_a_record() {
    let wired = Wired::start().await;
    let refused = post(
        &wired,
        "/__sim/modules/Leads/new",
        &[("Company", "Orchard"), ("No_of_Employees", "many")],
    )
    .await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("No_of_Employees") && refused.text.contains("Orchard"));
    let made = post(
        &wired,
        "/__sim/modules/Leads/new",
        &[
            ("Last_Name", "Ray"),
            ("No_of_Employees", "7"),
            ("Email", ""),
        ],
    )
    .await;
    assert_eq!(made.status, 303);
    let path = made.headers["location"].to_str().unwrap().to_owned();
    assert!(wired.get(&path).await.text.contains("Ray"));
    assert_eq!(
        post(
            &wired,
            &path,
            &[
                ("Last_Name", "Ray"),
                ("City", "Rome"),
                ("Email_Opt_Out", "true")
            ]
        )
        .await
        .status,
        303
    );
    let record = wired.simulator.records("Leads").unwrap().remove(0);
    assert_eq!(
        (
            &record["City"],
            &record["No_of_Employees"],
            &record["Email_Opt_Out"]
        ),
        (&json!("Rome"), &json!(7), &json!(true))
    );
    assert_eq!(
        post(&wired, &format!("{path}/delete"), &[]).await.status,
        303
    );
    assert_eq!(wired.simulator.count("Leads"), Ok(0));
    assert_eq!(wired.get(&path).await.status, 404);
}

#[tokio::test]
async fn faults_limits_and_clock_are_set_by_their_forms() {
    let wired = Wired::start().await;
    let form = [
        ("kind", "server_error"),
        ("parameter", "503"),
        ("method", ""),
        ("path_prefix", "/crm/"),
        ("module", ""),
        ("times", "1"),
        ("probability", ""),
    ];
    assert_eq!(post(&wired, "/__sim/faults", &form).await.status, 303);
    assert!(
        wired
            .get("/__sim/faults")
            .await
            .text
            .contains("server_error")
    );
    assert_eq!(wired.get("/crm/v8/org").await.status, 503);
    assert_eq!(post(&wired, "/__sim/faults/remove", &[]).await.status, 303);
    assert_eq!(
        post(
            &wired,
            "/__sim/limits",
            &[("credits_max", "77"), ("concurrency_max", "")]
        )
        .await
        .status,
        303
    );
    assert_eq!(
        (
            wired.simulator.limits().credits_max,
            wired.simulator.limits().concurrency_max
        ),
        (Some(77), None)
    );
    assert_eq!(
        post(&wired, "/__sim/limits", &[("credits_max", "few")])
            .await
            .status,
        422
    );
    let before = wired.simulator.now();
    assert_eq!(
        post(&wired, "/__sim/clock", &[("seconds", "3600")])
            .await
            .status,
        303
    );
    assert!(wired.simulator.now() >= before + 3600);
    for path in [
        "/__sim/",
        "/__sim/limits",
        "/__sim/clock",
        "/__sim/modules/Deals/new",
    ] {
        assert_eq!(wired.get(path).await.status, 200, "{path}");
    }
}
