//! Modules, fields and their options, made, changed and taken out through the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Wired;

/// The id of a profile by its name.
async fn profile(wired: &Wired, name: &str) -> Value {
    let module = wired.get("/crm/v8/settings/modules/Leads").await.json();
    let profiles = module["modules"][0]["profiles"].as_array().unwrap().clone();
    let found = profiles.iter().find(|profile| profile["name"] == name);
    found.unwrap()["id"].clone()
}

async fn field(wired: &Wired, module: &str, name: &str) -> Value {
    let path = format!("/crm/v8/settings/fields?module={module}&type=all");
    let fields = wired.get(&path).await.json()["fields"].clone();
    let found = fields
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["api_name"] == name);
    found.cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_module_is_made_renamed_and_holds_records() {
    let wired = Wired::start().await;
    let administrator = profile(&wired, "Administrator").await;
    let body = json!({"modules": [{
        "plural_label": "Boats", "singular_label": "Boat", "profiles": [{"id": administrator}],
        "display_field": {"field_label": "Boat Number", "data_type": "autonumber",
            "auto_number": {"prefix": "B-", "suffix": "", "start_number": "7"}},
    }]});
    let made = wired.post("/crm/v8/settings/modules", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["modules"][0]["details"]["id"].clone();
    let again = wired.post("/crm/v8/settings/modules", &body).await.json();
    assert_eq!(again["modules"][0]["code"], "DUPLICATE_DATA");

    let row = json!({"data": [{"Email": "sail@boats.example"}]});
    let inserted = wired.post("/crm/v8/Boats", &row).await;
    assert_eq!(inserted.status, 201, "{}", inserted.text);
    let listed = wired.get("/crm/v8/Boats?fields=Name,Email").await.json();
    assert_eq!(listed["data"][0]["Name"], "B-7");

    let renamed =
        json!({"modules": [{"id": id, "plural_label": "Ships", "singular_label": "Ship"}]});
    let answer = wired.put("/crm/v8/settings/modules", &renamed).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let module = wired.get("/crm/v8/settings/modules/Boats").await.json()["modules"][0].clone();
    assert_eq!(
        (
            &module["plural_label"],
            &module["generated_type"],
            &module["profile_count"]
        ),
        (&json!("Ships"), &json!("custom"), &json!(1))
    );
    let taken = json!({"modules": [{"plural_label": "Leads"}]});
    let refused = wired
        .put("/crm/v8/settings/modules/Boats", &taken)
        .await
        .json();
    assert_eq!(
        refused["modules"][0]["details"]["json_path"],
        "$.modules[0].plural_label"
    );
}

#[tokio::test]
async fn a_module_needs_labels_profiles_and_a_good_name() {
    let wired = Wired::start().await;
    let administrator = profile(&wired, "Administrator").await;
    let good = json!({"plural_label": "Ships", "singular_label": "Ship", "profiles": [{"id": administrator}]});
    for (change, code, key) in [
        (
            json!({"singular_label": null}),
            "MANDATORY_NOT_FOUND",
            "singular_label",
        ),
        (json!({"profiles": null}), "MANDATORY_NOT_FOUND", "profiles"),
        (json!({"profiles": [{"id": "5"}]}), "INVALID_DATA", "id"),
        (json!({"plural_label": 5}), "INVALID_DATA", "plural_label"),
        (
            json!({"plural_label": "x".repeat(51)}),
            "INVALID_DATA",
            "plural_label",
        ),
        (json!({"api_name": "9lives"}), "INVALID_DATA", "api_name"),
        (json!({"api_name": "Leads"}), "DUPLICATE_DATA", "api_name"),
        (
            json!({"api_name": "settings"}),
            "RESERVED_KEYWORD_NOT_ALLOWED",
            "api_name",
        ),
        (
            json!({"display_field": {"field_label": "N", "data_type": "autonumber"}}),
            "DEPENDENT_FIELD_MISSING",
            "auto_number",
        ),
    ] {
        let mut module = good.clone();
        module
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let got = wired
            .post("/crm/v8/settings/modules", &json!({"modules": [module]}))
            .await;
        assert_eq!(got.status, 400);
        let item = &got.json()["modules"][0];
        assert_eq!(
            (item["code"].as_str(), item["details"]["api_name"].as_str()),
            (Some(code), Some(key)),
            "{change}"
        );
    }
}

#[tokio::test]
async fn modules_are_filtered_by_status() {
    let wired = Wired::start().await;
    let hidden = wired
        .get("/crm/v8/settings/modules?status=system_hidden")
        .await
        .json();
    let names: Vec<&Value> = hidden["modules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|module| &module["api_name"])
        .collect();
    assert!(names.contains(&&json!("Notes")) && !names.contains(&&json!("Leads")));
    assert_eq!(
        wired
            .get("/crm/v8/settings/modules?status=user_hidden")
            .await
            .status,
        204
    );
    assert_eq!(
        wired
            .get("/crm/v8/settings/modules?status=lost")
            .await
            .json()["code"],
        "INVALID_DATA"
    );
}

#[tokio::test]
async fn fields_of_all_types_are_made_and_take_values() {
    let wired = Wired::start().await;
    wired.record("Leads", json!({"Last_Name": "Before"})).await;
    let bodies = [
        json!([
            {"field_label": "Boat Name", "data_type": "text", "length": 40, "unique": {"case_sensitive": false},
             "tooltip": {"name": "static_text", "value": "As painted"}},
            {"field_label": "Hull", "data_type": "picklist", "pick_list_values": [
                {"display_value": "Wood"}, {"display_value": "Steel", "actual_value": "steel", "colour_code": "#ff0000"}]},
            {"field_label": "Berths", "data_type": "integer", "length": 4},
            {"field_label": "Draught", "data_type": "double", "decimal_place": 3},
            {"field_label": "Harbour", "data_type": "lookup", "lookup": {"module": {"api_name": "Accounts"}}},
        ]),
        json!([
            {"field_label": "Story", "data_type": "textarea", "textarea": {"type": "rich_text"}},
            {"field_label": "Boat No", "data_type": "autonumber", "auto_number": {"prefix": "L", "start_number": "10"}},
            {"field_label": "Double", "data_type": "formula", "formula": {"return_type": "double", "expression": "${Leads.Berths} * 2"}},
            {"field_label": "Crew", "data_type": "subform", "fields": [{"field_label": "Sailor", "data_type": "text"}]},
            {"field_label": "Products wanted", "data_type": "multiselectlookup", "multiselectlookup": {"connected_module": {"api_name": "Products"}}},
        ]),
    ];
    for body in bodies {
        let got = wired
            .post(
                "/crm/v8/settings/fields?module=Leads",
                &json!({"fields": body}),
            )
            .await;
        assert_eq!(got.status, 201, "{}", got.text);
    }
    let row = json!({"data": [{"Last_Name": "After", "Boat_Name": "Gull", "Hull": "Steel", "Berths": 3, "Draught": 1.25,
        "Crew": [{"Sailor": "Ann"}]}]});
    let got = wired.post("/crm/v8/Leads", &row).await;
    assert_eq!(got.status, 201, "{}", got.text);
    let id = got.json()["data"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let lead = wired.get(&format!("/crm/v8/Leads/{id}")).await.json()["data"][0].clone();
    assert_eq!(lead["Boat_No"], "L11");
    assert_eq!(lead["Double"], json!(6.0));
    assert_eq!(lead["Crew"][0]["Sailor"], "Ann");
    let hull = field(&wired, "Leads", "Hull").await;
    assert_eq!(hull["pick_list_values"][1]["actual_value"], "steel");
    assert_eq!(hull["pick_list_values"][1]["colour_code"], "#ff0000");
    assert_eq!(hull["custom_field"], true);
    assert_eq!(
        field(&wired, "Leads", "Boat_Name").await["tooltip"]["value"],
        "As painted"
    );
    assert_eq!(field(&wired, "Leads", "Story").await["length"], 50_000);
    let twice = wired.post("/crm/v8/Leads", &row).await.json();
    assert_eq!(twice["data"][0]["code"], "DUPLICATE_DATA");
}

#[tokio::test]
async fn a_field_that_cannot_be_is_refused_with_its_path() {
    let wired = Wired::start().await;
    for (body, code, path) in [
        (
            json!({"data_type": "text"}),
            "MANDATORY_NOT_FOUND",
            "$.fields[0].field_label",
        ),
        (
            json!({"field_label": "A"}),
            "MANDATORY_NOT_FOUND",
            "$.fields[0].data_type",
        ),
        (
            json!({"field_label": "A", "data_type": "colour"}),
            "INVALID_DATA",
            "$.fields[0].data_type",
        ),
        (
            json!({"field_label": "Company", "data_type": "text"}),
            "DUPLICATE_DATA",
            "$.fields[0].field_label",
        ),
        (
            json!({"field_label": "A", "data_type": "text", "length": 256}),
            "INVALID_DATA",
            "$.fields[0].length",
        ),
        (
            json!({"field_label": "A", "data_type": "picklist"}),
            "DEPENDENT_FIELD_MISSING",
            "$.fields[0].pick_list_values",
        ),
        (
            json!({"field_label": "A", "data_type": "picklist", "pick_list_values": [{"display_value": "x"}, {"display_value": "X"}]}),
            "DUPLICATE_DATA",
            "$.fields[0].pick_list_values[1].display_value",
        ),
        (
            json!({"field_label": "A", "data_type": "lookup"}),
            "DEPENDENT_FIELD_MISSING",
            "$.fields[0].lookup",
        ),
        (
            json!({"field_label": "A", "data_type": "lookup", "lookup": {"module": {"api_name": "Moons"}}}),
            "INVALID_DATA",
            "$.fields[0].lookup.module.api_name",
        ),
        (
            json!({"field_label": "A", "data_type": "formula", "formula": {"return_type": "double", "expression": "(1"}}),
            "MISSING_BRACES",
            "$.fields[0].formula.expression",
        ),
    ] {
        let got = wired
            .post(
                "/crm/v8/settings/fields?module=Leads",
                &json!({"fields": [body]}),
            )
            .await;
        assert_eq!(got.status, 400);
        let item = &got.json()["fields"][0];
        assert_eq!(
            (item["code"].as_str(), item["details"]["json_path"].as_str()),
            (Some(code), Some(path)),
            "{}",
            got.text
        );
    }
    let six: Vec<Value> = (0..6)
        .map(|number| json!({"field_label": format!("F{number}"), "data_type": "text"}))
        .collect();
    let got = wired
        .post(
            "/crm/v8/settings/fields?module=Leads",
            &json!({"fields": six}),
        )
        .await
        .json();
    assert_eq!(got["details"]["maximum_length"], 5);
}

#[tokio::test]
async fn options_are_renamed_and_fields_deleted_with_their_values() {
    let wired = Wired::start().await;
    let body = json!({"fields": [
        {"field_label": "Hull", "data_type": "picklist", "pick_list_values": [{"display_value": "Wood"}, {"display_value": "Steel"}]},
        {"field_label": "Sails", "data_type": "integer"},
    ]});
    wired
        .post("/crm/v8/settings/fields?module=Leads", &body)
        .await;
    let id = wired.record("Leads", json!({"Last_Name": "Ray", "Company": "Orchard", "Hull": "Wood", "Sails": 2, "Phone": "1"})).await;
    let hull = field(&wired, "Leads", "Hull").await;
    let hull_id = hull["id"].as_str().unwrap();
    let wood = &hull["pick_list_values"][0]["id"];
    let body = json!({"fields": [{"field_label": "Hull Material", "pick_list_values": [
        {"id": wood, "display_value": "Oak", "sequence_number": 2}, {"display_value": "Glass"}]}]});
    let path = format!("/crm/v8/settings/fields/{hull_id}?module=Leads");
    let got = wired.call(Method::PATCH, &path, Some(&body)).await;
    assert_eq!(got.status, 200, "{}", got.text);
    let values = wired
        .get(&format!(
            "/crm/v8/settings/fields/{hull_id}/pick_list_values?module=Leads"
        ))
        .await
        .json();
    let texts: Vec<(&Value, &Value)> = values["pick_list_values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| (&value["display_value"], &value["reference_value"]))
        .collect();
    assert_eq!(
        texts,
        [
            (&json!("Steel"), &json!("Steel")),
            (&json!("Oak"), &json!("Wood")),
            (&json!("Glass"), &json!("Glass"))
        ]
    );

    let company = field(&wired, "Leads", "Company").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = wired
        .delete(&format!("/crm/v8/settings/fields/{company}?module=Leads"))
        .await;
    assert_eq!(refused.json()["code"], "NOT_ALLOWED");
    let got = wired.delete(&path).await;
    assert_eq!(
        (
            got.status.as_u16(),
            got.json()["fields"][0]["message"].clone()
        ),
        (200, json!("field deleted"))
    );
    let lead = wired.get(&format!("/crm/v8/Leads/{id}")).await.json()["data"][0].clone();
    assert!(lead.get("Hull").is_none());
    assert_eq!(
        (&lead["Sails"], &lead["Company"], &lead["Phone"]),
        (&json!(2), &json!("Orchard"), &json!("1"))
    );
    assert_eq!(wired.delete(&path).await.json()["code"], "INVALID_DATA");
}
