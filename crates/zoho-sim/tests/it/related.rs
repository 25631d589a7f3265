//! Records below a record: lists by lookup and by link, notes, counts, clones.

use serde_json::{Value, json};

use crate::support::Wired;

fn codes(got: &crate::support::Got) -> Vec<String> {
    let items = got.json()["data"].as_array().unwrap().clone();
    items
        .iter()
        .map(|item| item["code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn lists_by_lookup_are_paged_sorted_and_filtered() {
    let wired = Wired::start().await;
    let account = wired
        .record("Accounts", json!({"Account_Name": "Cedar"}))
        .await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let row = json!({"Last_Name": format!("C{number}"), "Account_Name": {"id": account}});
        ids.push(wired.record("Contacts", row).await);
    }
    let base = format!("/crm/v8/Accounts/{account}/Contacts");
    let first = wired
        .get(&format!("{base}?fields=Last_Name&per_page=2"))
        .await
        .json();
    assert_eq!(first["data"][0], json!({"Last_Name": "C4", "id": ids[4]}));
    assert_eq!(first["info"]["more_records"], true);
    let token = first["info"]["next_page_token"].as_str().unwrap();
    let second = wired
        .get(&format!(
            "{base}?fields=Last_Name&per_page=2&page_token={token}"
        ))
        .await
        .json();
    assert_eq!(
        (&second["data"][0]["Last_Name"], &second["info"]["page"]),
        (&json!("C2"), &json!(2))
    );
    let token = second["info"]["previous_page_token"].as_str().unwrap();
    let back = wired
        .get(&format!(
            "{base}?fields=Last_Name&per_page=2&page_token={token}"
        ))
        .await
        .json();
    assert_eq!(back["data"], first["data"]);
    let some = format!(
        "{base}?fields=Last_Name&ids={},{}&sort_order=asc",
        ids[3], ids[1]
    );
    let some = wired.get(&some).await.json();
    assert_eq!(
        (&some["data"][0]["id"], &some["info"]["count"]),
        (&json!(ids[1]), &json!(2))
    );

    for (path, status, code) in [
        (base.clone(), 400, "REQUIRED_PARAM_MISSING"),
        (
            format!("/crm/v8/Accounts/{account}/Nothing?fields=id"),
            400,
            "INVALID_DATA",
        ),
        (
            "/crm/v8/Accounts/5725767000999999999/Contacts?fields=id".to_owned(),
            400,
            "INVALID_DATA",
        ),
        (format!("{base}/5725767000999999999"), 400, "INVALID_DATA"),
        (
            "/crm/v8/Accounts/actions/nothing".to_owned(),
            404,
            "INVALID_URL_PATTERN",
        ),
    ] {
        let got = wired.get(&path).await;
        assert_eq!(
            (got.status.as_u16(), got.json()["code"].as_str()),
            (status, Some(code)),
            "{path}"
        );
    }
    assert_eq!(
        wired
            .get(&format!("/crm/v8/Accounts/{account}/Deals?fields=id"))
            .await
            .status,
        204
    );
    let one = wired.get(&format!("{base}/{}", ids[0])).await.json();
    assert_eq!(one["data"][0]["Full_Name"], "C0");
    wired.delete(&format!("/crm/v8/Accounts/{account}")).await;
    let below = wired
        .get(&format!(
            "/crm/v8/Accounts/deleted/{account}/Contacts?fields=id"
        ))
        .await;
    assert_eq!(below.json()["info"]["count"], 5, "{}", below.text);
}

#[tokio::test]
async fn links_are_made_and_ended_and_carry_facts() {
    let wired = Wired::start().await;
    let campaign = wired
        .record("Campaigns", json!({"Campaign_Name": "Spring"}))
        .await;
    let lead = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let path = format!("/crm/v8/Campaigns/{campaign}/Leads");
    let body = json!({"data": [{"id": lead, "Member_Status": "Active"}, {"id": "5"}, {}]});
    let got = wired.put(&path, &body).await;
    assert_eq!(
        (got.status.as_u16(), codes(&got)),
        (
            207,
            vec![
                "SUCCESS".into(),
                "INVALID_DATA".into(),
                "INVALID_DATA".into()
            ]
        )
    );
    assert_eq!(got.json()["data"][0]["message"], "relation added");
    let listed = wired
        .get(&format!("{path}?fields=Last_Name,Member_Status"))
        .await
        .json();
    assert_eq!(
        listed["data"][0],
        json!({"Last_Name": "Ray", "id": lead, "Member_Status": "Active"})
    );
    let other_side = wired
        .get(&format!(
            "/crm/v8/Leads/{lead}/Campaigns?fields=Campaign_Name"
        ))
        .await
        .json();
    assert_eq!(other_side["data"][0]["Campaign_Name"], "Spring");
    let ended = wired.delete(&format!("{path}/{lead}")).await;
    assert_eq!(ended.json()["data"][0]["message"], "relation removed");
    assert_eq!(wired.get(&format!("{path}?fields=id")).await.status, 204);
    assert_eq!(
        codes(&wired.delete(&format!("{path}?ids={lead}")).await),
        ["INVALID_DATA"]
    );

    let contact = wired.record("Contacts", json!({"Last_Name": "Ray"})).await;
    let deal = wired
        .record("Deals", json!({"Deal_Name": "D", "Stage": "Qualification"}))
        .await;
    let path = format!("/crm/v8/Deals/{deal}/Contact_Roles");
    let body = json!({"data": [{"Contact_Role": "Decision Maker"}]});
    assert_eq!(
        wired.put(&format!("{path}/{contact}"), &body).await.status,
        200
    );
    let listed = wired
        .get(&format!("{path}?fields=Last_Name,Contact_Role"))
        .await
        .json();
    assert_eq!(listed["data"][0]["Contact_Role"]["name"], "Decision Maker");
    let body = json!({"data": [{"Contact_Role": "Nobody"}]});
    assert_eq!(
        codes(&wired.put(&format!("{path}/{contact}"), &body).await),
        ["INVALID_DATA"]
    );
    let by_lookup = wired
        .put(
            &format!("/crm/v8/Deals/{deal}/Quotes/5"),
            &json!({"data": [{}]}),
        )
        .await;
    assert_eq!(
        (
            by_lookup.status.as_u16(),
            by_lookup.json()["details"]["resource_path_index"].as_u64()
        ),
        (400, Some(2))
    );
}

#[tokio::test]
async fn activities_stand_together_with_their_modules() {
    let wired = Wired::start().await;
    let deal = wired
        .record("Deals", json!({"Deal_Name": "D", "Stage": "Qualification"}))
        .await;
    for (subject, status) in [("Open", "Not Started"), ("Done", "Completed")] {
        let row = json!({"Subject": subject, "Status": status, "What_Id": {"id": deal}, "$se_module": "Deals"});
        wired.record("Tasks", row).await;
    }
    let event = json!({
        "Event_Title": "Meet", "Start_DateTime": "2090-01-01T10:00:00+00:00", "End_DateTime": "2090-01-01T11:00:00+00:00",
        "What_Id": {"id": deal}, "$se_module": "Deals",
    });
    wired.record("Events", event).await;
    let path = format!("/crm/v8/Deals/{deal}/Activities_Chronological_View?fields=Subject,$module");
    let open = wired.get(&path).await.json();
    let modules: Vec<&Value> = open["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["$module"])
        .collect();
    assert_eq!(modules, ["Events", "Tasks"]);
    let path = format!("/crm/v8/Deals/{deal}/Activities_Chronological_View_History?fields=Subject");
    assert_eq!(wired.get(&path).await.json()["data"][0]["Subject"], "Done");
    let lists = json!({"get_related_records_count": [{"related_list": {"api_name": "Tasks"}}, {"related_list": {"api_name": "Notes"}}]});
    let counts = wired
        .post(
            &format!("/crm/v8/Deals/{deal}/actions/get_related_records_count"),
            &lists,
        )
        .await
        .json();
    assert_eq!(
        counts["get_related_records_count"][0][0]["count"], 2,
        "{counts}"
    );
    assert_eq!(counts["get_related_records_count"][1][0]["count"], 0);
}

#[tokio::test]
async fn notes_are_written_below_a_record_and_as_a_module() {
    let wired = Wired::start().await;
    let lead = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let path = format!("/crm/v8/Leads/{lead}/Notes");
    let body = json!({"data": [{"Note_Title": "One", "Note_Content": "first"}, {"Note_Title": "No content"}]});
    let got = wired.post(&path, &body).await;
    assert_eq!(
        (got.status.as_u16(), codes(&got)),
        (207, vec!["SUCCESS".into(), "MANDATORY_NOT_FOUND".into()])
    );
    let note = got.json()["data"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let parent = json!({"module": {"api_name": "Leads"}, "id": lead});
    let body = json!({"data": [{"Note_Content": "second", "Parent_Id": parent}]});
    assert_eq!(wired.post("/crm/v8/Notes", &body).await.status, 201);
    let listed = wired
        .get(&format!(
            "{path}?fields=Note_Content,Parent_Id&sort_order=asc"
        ))
        .await
        .json();
    assert_eq!(listed["info"]["count"], 2);
    assert_eq!(
        listed["data"][0]["Parent_Id"]["module"]["api_name"],
        "Leads"
    );
    let changed = wired
        .put(
            &format!("{path}/{note}"),
            &json!({"data": [{"Note_Content": "new"}]}),
        )
        .await;
    assert_eq!(changed.json()["data"][0]["message"], "record updated");
    assert_eq!(
        wired.get(&format!("{path}/{note}")).await.json()["data"][0]["Note_Content"],
        "new"
    );
    assert_eq!(wired.delete(&format!("{path}/{note}")).await.status, 200);
    assert_eq!(
        wired.get(&format!("{path}?fields=id")).await.json()["info"]["count"],
        1
    );
}

#[tokio::test]
async fn a_clone_has_the_values_of_its_record_and_those_of_the_body() {
    let wired = Wired::start().await;
    let lead = wired
        .record(
            "Leads",
            json!({"Last_Name": "Ray", "City": "Rome", "Phone": "1"}),
        )
        .await;
    let path = format!("/crm/v8/Leads/{lead}/actions/clone");
    let got = wired
        .post(&path, &json!({"data": [{"City": "Oslo"}]}))
        .await;
    assert_eq!(got.status, 201, "{}", got.text);
    let id = got.json()["data"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let copy = wired.get(&format!("/crm/v8/Leads/{id}")).await.json()["data"][0].clone();
    assert_eq!(
        (&copy["Phone"], &copy["City"], copy["id"] != json!(lead)),
        (&json!("1"), &json!("Oslo"), true)
    );
    let plain = wired.call(reqwest::Method::POST, &path, None).await;
    assert_eq!(plain.status, 201);
    let unknown = wired
        .post(
            "/crm/v8/Leads/5725767000999999999/actions/clone",
            &json!({}),
        )
        .await;
    assert_eq!(unknown.status, 400);
}
