//! Modules, fields, layouts, related lists, pipelines, users, organisation.

use serde_json::{Value, json};

use crate::support::Wired;

#[tokio::test]
async fn fields_have_every_documented_key_and_ids_of_digits() {
    let wired = Wired::start().await;
    for module in ["Leads", "Contacts", "Accounts", "Deals"] {
        let got = wired
            .get(&format!("/crm/v8/settings/fields?module={module}"))
            .await;
        assert_eq!(got.status, 200);
        for field in got.json()["fields"].as_array().unwrap() {
            for key in [
                "json_type",
                "length",
                "api_name",
                "data_type",
                "decimal_place",
                "system_mandatory",
                "display_label",
                "pick_list_values",
            ] {
                assert!(
                    field.get(key).is_some(),
                    "{module} {} lacks {key}",
                    field["api_name"]
                );
            }
            assert!(
                field["id"]
                    .as_str()
                    .unwrap()
                    .bytes()
                    .all(|byte| byte.is_ascii_digit())
            );
            for key in ["unique", "formula", "currency", "private"] {
                assert!(!field[key].is_boolean(), "{key}");
            }
        }
    }
}

#[tokio::test]
async fn leads_have_their_documented_types_and_lengths() {
    let wired = Wired::start().await;
    let fields = wired
        .get("/crm/v8/settings/fields?module=Leads")
        .await
        .json()["fields"]
        .clone();
    let table: Vec<String> = fields
        .as_array()
        .unwrap()
        .iter()
        .map(|field| {
            let flags = [
                ("system_mandatory", " mandatory"),
                ("read_only", " read-only"),
            ];
            let flags: String = flags
                .iter()
                .filter(|(key, _)| field[*key] == json!(true))
                .map(|(_, text)| *text)
                .collect();
            let text = |key: &str| field[key].as_str().unwrap().to_owned();
            format!(
                "{} {}/{} {}{flags}",
                text("api_name"),
                text("data_type"),
                text("json_type"),
                field["length"]
            )
        })
        .collect();
    insta::assert_snapshot!("leads_fields", table.join("\n"));
    let sources = fields
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["api_name"] == "Lead_Source")
        .unwrap();
    let online = sources["pick_list_values"]
        .as_array()
        .unwrap()
        .iter()
        .find(|value| value["actual_value"] == "OnlineStore");
    assert_eq!(online.unwrap()["reference_value"], "Online Store");
}

#[tokio::test]
async fn one_field_one_layout_one_module_can_be_asked_for() {
    let wired = Wired::start().await;
    let fields = wired
        .get("/crm/v8/settings/fields?module=Deals")
        .await
        .json();
    let id = fields["fields"][3]["id"].as_str().unwrap();
    let one = wired
        .get(&format!("/crm/v8/settings/fields/{id}?module=Deals"))
        .await
        .json();
    assert_eq!(one["fields"], json!([fields["fields"][3]]));
    let layouts = wired
        .get("/crm/v8/settings/layouts?module=Leads")
        .await
        .json();
    let layout = layouts["layouts"][0]["id"].as_str().unwrap().to_owned();
    let one = wired
        .get(&format!("/crm/v8/settings/layouts/{layout}?module=Leads"))
        .await
        .json();
    assert_eq!(one, layouts);
    let required: Vec<&Value> = layouts["layouts"][0]["sections"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|field| field["required"] == json!(true))
        .map(|field| &field["api_name"])
        .collect();
    assert_eq!(required, ["Company", "Last_Name"]);
    let body = json!({"data": [{"Last_Name": "Ray", "Layout": {"id": layout}}]});
    let refused = wired.post("/crm/v8/Leads", &body).await.json();
    assert_eq!(
        refused["data"][0]["details"]["api_name"], "Company",
        "the layout's own mandatory fields count with Layout"
    );

    let modules = wired.get("/crm/v8/settings/modules").await.json();
    let named = |name: &str| {
        let modules = modules["modules"].as_array().unwrap();
        modules
            .iter()
            .find(|module| module["api_name"] == name)
            .unwrap()
    };
    assert_eq!(modules["modules"][0]["api_name"], "Leads");
    assert_eq!(named("Events")["module_name"], "Meetings");
    assert_eq!(named("Home")["api_supported"], false);
    let items = named("Quoted_Items");
    assert_eq!(items["generated_type"], "subform");
    assert_eq!(items["parent_module"]["api_name"], "Quotes");
    assert_eq!(
        wired.get("/crm/v8/settings/modules/Leads").await.json()["modules"][0]["generated_type"],
        "default"
    );
    assert_eq!(
        wired.get("/crm/v8/settings/modules/Nothing").await.json()["code"],
        "INVALID_MODULE"
    );
}

#[tokio::test]
async fn module_is_mandatory_for_settings() {
    let wired = Wired::start().await;
    for path in ["fields", "layouts", "related_lists"] {
        let got = wired.get(&format!("/crm/v8/settings/{path}")).await;
        assert_eq!(
            (
                got.status.as_u16(),
                got.json()["details"]["param_name"].as_str()
            ),
            (400, Some("module"))
        );
        let got = wired
            .get(&format!("/crm/v8/settings/{path}?module=Nothing"))
            .await;
        assert_eq!(got.json()["code"], "INVALID_MODULE");
    }
    let lists = wired
        .get("/crm/v8/settings/related_lists?module=Accounts")
        .await
        .json();
    assert_eq!(lists["related_lists"][2]["module"]["api_name"], "Contacts");
}

#[tokio::test]
async fn stages_stand_in_the_pipeline_of_the_deals_layout() {
    let wired = Wired::start().await;
    let layout = wired
        .get("/crm/v8/settings/layouts?module=Deals")
        .await
        .json()["layouts"][0]["id"]
        .clone();
    let path = format!(
        "/crm/v8/settings/pipeline?layout_id={}",
        layout.as_str().unwrap()
    );
    let got = wired.get(&path).await.json();
    assert_eq!(got["pipeline"][0]["display_value"], "Standard (Standard)");
    assert_eq!(got["pipeline"][0]["maps"].as_array().unwrap().len(), 9);
    assert_eq!(
        wired
            .get("/crm/v8/settings/pipeline?layout_id=5")
            .await
            .status,
        204
    );
    assert_eq!(
        wired.get("/crm/v8/settings/pipeline").await.json()["code"],
        "REQUIRED_PARAM_MISSING"
    );
}

#[tokio::test]
async fn users_and_organisation_have_what_clients_need() {
    let wired = Wired::start().await;
    let current = wired.get("/crm/v8/users?type=CurrentUser").await.json();
    assert_eq!(current["users"][0]["email"], "ada.ray@leadway.example");
    assert_eq!(
        wired.get("/crm/v8/users?type=DeactiveUsers").await.json()["info"]["count"],
        1
    );
    assert_eq!(
        wired.get("/crm/v8/users?type=DeletedUsers").await.status,
        204
    );
    assert_eq!(
        wired.get("/crm/v8/users/actions/count").await.json(),
        json!({"count": 3})
    );
    let id = current["users"][0]["id"].as_str().unwrap();
    assert_eq!(
        wired.get(&format!("/crm/v8/users/{id}")).await.json()["users"][0]["full_name"],
        "Ada Ray"
    );
    let org = wired.get("/crm/v8/org").await.json();
    assert_eq!(
        (&org["org"][0]["zgid"], &org["org"][0]["type"]),
        (&json!("60007654321"), &json!("production"))
    );
    assert_eq!(org["org"][0]["company_name"], "LeadwayDemo");
}
