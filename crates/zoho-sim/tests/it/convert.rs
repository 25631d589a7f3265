//! A lead becomes a contact, an account and a deal.

use serde_json::{Value, json};

use crate::support::Wired;

async fn lead(wired: &Wired) -> String {
    let row = json!({
        "Last_Name": "Ray", "First_Name": "Ada", "Company": "Cedar Ltd", "Email": "ada@cedar.example", "City": "Rome",
        "Designation": "CTO", "No_of_Employees": 12, "Tag": [{"name": "vip"}, {"name": "cold"}],
    });
    wired.record("Leads", row).await
}

async fn read(wired: &Wired, module: &str, id: &Value) -> Value {
    let id = id.as_str().unwrap();
    wired.get(&format!("/crm/v8/{module}/{id}")).await.json()["data"][0].clone()
}

#[tokio::test]
async fn a_lead_becomes_contact_account_and_deal_and_what_it_had_moves_on() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let note = json!({"data": [{"Note_Content": "called"}]});
    let note = wired
        .post(&format!("/crm/v8/Leads/{lead}/Notes"), &note)
        .await;
    assert_eq!(note.status, 201, "{}", note.text);
    let task = json!({"Subject": "Call back", "What_Id": {"id": lead}, "$se_module": "Leads"});
    let task = wired.record("Tasks", task).await;
    let order = json!({"data": [{
        "Deals": {"Deal_Name": "Cedar deal", "Closing_Date": "2027-01-31", "Stage": "Qualification", "Amount": 500},
        "carry_over_tags": {"Contacts": ["vip"]},
    }]});
    let got = wired
        .post(&format!("/crm/v8/Leads/{lead}/actions/convert"), &order)
        .await;
    assert_eq!(got.status, 200, "{}", got.text);
    let details = got.json()["data"][0]["details"].clone();
    assert_eq!(
        (
            &details["Contacts"]["name"],
            &details["Accounts"]["name"],
            &details["Deals"]["name"]
        ),
        (&json!("Ada Ray"), &json!("Cedar Ltd"), &json!("Cedar deal"))
    );

    let contact = read(&wired, "Contacts", &details["Contacts"]["id"]).await;
    assert_eq!(
        (
            &contact["Title"],
            &contact["Mailing_City"],
            &contact["Account_Name"]["id"]
        ),
        (&json!("CTO"), &json!("Rome"), &details["Accounts"]["id"])
    );
    assert_eq!(contact["Tag"].as_array().unwrap().len(), 1);
    assert_eq!(contact["Tag"][0]["name"], "vip");
    let account = read(&wired, "Accounts", &details["Accounts"]["id"]).await;
    assert_eq!(
        (&account["Employees"], &account["Tag"]),
        (&json!(12), &json!([]))
    );
    let deal = read(&wired, "Deals", &details["Deals"]["id"]).await;
    assert_eq!(deal["Contact_Name"]["id"], details["Contacts"]["id"]);
    let lead_now = read(&wired, "Leads", &json!(lead)).await;
    assert_eq!(lead_now["Converted__s"], true);
    assert_eq!(lead_now["Converted_Deal"]["id"], details["Deals"]["id"]);
    let task = read(&wired, "Tasks", &json!(task)).await;
    assert_eq!(
        (&task["Who_Id"]["id"], &task["What_Id"]["id"]),
        (&details["Contacts"]["id"], &details["Deals"]["id"])
    );
    let notes = format!(
        "/crm/v8/Contacts/{}/Notes?fields=Note_Content,Parent_Id",
        details["Contacts"]["id"].as_str().unwrap()
    );
    assert_eq!(
        wired.get(&notes).await.json()["data"][0]["Note_Content"],
        "called"
    );

    let list = |converted: &str| format!("/crm/v8/Leads?fields=Last_Name{converted}");
    assert_eq!(wired.get(&list("")).await.status, 204);
    for converted in ["&converted=true", "&converted=both"] {
        assert_eq!(wired.get(&list(converted)).await.json()["info"]["count"], 1);
    }
    let again = wired
        .post(&format!("/crm/v8/Leads/{lead}/actions/convert"), &order)
        .await;
    assert_eq!(
        (again.status.as_u16(), again.json()["code"].as_str()),
        (400, Some("ID_ALREADY_CONVERTED"))
    );
}

#[tokio::test]
async fn a_refused_conversion_changes_nothing() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let path = format!("/crm/v8/Leads/{lead}/actions/convert");
    let deal = |changed: Value| {
        let mut deal =
            json!({"Deal_Name": "D", "Closing_Date": "2027-01-31", "Stage": "Qualification"});
        deal.as_object_mut()
            .unwrap()
            .extend(changed.as_object().unwrap().clone());
        json!({"data": [{"Deals": deal}]})
    };
    for (body, code, place) in [
        (json!({}), "MANDATORY_NOT_FOUND", "$.data"),
        (json!({"data": [5]}), "INVALID_DATA", "$.data[0]"),
        (
            deal(json!({"Stage": null})),
            "MANDATORY_NOT_FOUND",
            "$.data[0].Deals.Stage",
        ),
        (
            deal(json!({"Stage": "Nowhere"})),
            "MAPPING_MISMATCH",
            "$.data[0].Deals.Stage",
        ),
        (
            deal(json!({"Amount": "x"})),
            "INVALID_DATA",
            "$.data[0].Deals.Amount",
        ),
        (
            json!({"data": [{"Accounts": {"id": "5"}}]}),
            "INVALID_DATA",
            "$.data[0].Accounts",
        ),
        (
            json!({"data": [{"overwrite": "yes"}]}),
            "INVALID_DATA",
            "$.data[0].overwrite",
        ),
        (
            json!({"data": [{"assign_to": {"id": "5"}}]}),
            "INVALID_DATA",
            "$.data[0].assign_to",
        ),
    ] {
        let got = wired.post(&path, &body).await;
        let item = got.json()["data"][0].clone();
        assert_eq!(
            (
                got.status.as_u16(),
                item["code"].as_str(),
                item["details"]["json_path"].as_str()
            ),
            (400, Some(code), Some(place)),
            "{body}"
        );
    }
    let accounts = wired.simulator.count("Accounts").unwrap();
    assert_eq!(
        (accounts, wired.simulator.count("Contacts").unwrap()),
        (3, 2)
    );
    let unknown = wired
        .post(
            "/crm/v8/Leads/5725767000999999999/actions/convert",
            &json!({"data": [{}]}),
        )
        .await;
    assert_eq!(
        (unknown.status.as_u16(), &unknown.json()["code"]),
        (400, &json!("INVALID_DATA"))
    );
}

#[tokio::test]
async fn an_existing_contact_is_kept_or_overwritten_and_the_second_version_has_plain_ids() {
    let wired = Wired::start().await;
    let contact = wired
        .record("Contacts", json!({"Last_Name": "Old", "Phone": "1"}))
        .await;
    for (overwrite, name) in [(false, "Old"), (true, "Ray")] {
        let lead = lead(&wired).await;
        let body = json!({"data": [{"Contacts": contact, "overwrite": overwrite}]});
        let got = wired
            .post(&format!("/crm/v2/Leads/{lead}/actions/convert"), &body)
            .await;
        let item = got.json()["data"][0].clone();
        assert_eq!(
            (&item["Contacts"], &item["Deals"]),
            (&json!(contact), &Value::Null),
            "{}",
            got.text
        );
        let now = read(&wired, "Contacts", &json!(contact)).await;
        assert_eq!(
            (now["Last_Name"].as_str(), &now["Phone"]),
            (Some(name), &json!("1"))
        );
        assert!(now["Account_Name"].is_object());
    }
    let nobody = wired.record("Leads", json!({"Last_Name": "Alone"})).await;
    let got = wired
        .post(
            &format!("/crm/v8/Leads/{nobody}/actions/convert"),
            &json!({"data": [{}]}),
        )
        .await;
    assert!(
        got.json()["data"][0]["details"]["Accounts"].is_null(),
        "{}",
        got.text
    );
}
