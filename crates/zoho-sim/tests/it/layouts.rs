//! Layouts, pipelines, related lists and currencies, read and changed through the API.

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::{Config, Seed};

use crate::support::Wired;

const LAYOUTS: &str = "/crm/v8/settings/layouts";

async fn layouts(wired: &Wired, module: &str) -> Value {
    let got = wired.get(&format!("{LAYOUTS}?module={module}")).await;
    got.json()["layouts"].clone()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A simulator whose leads have a second layout.
async fn with_layout() -> (Wired, String, String) {
    let mut seed: Value = serde_json::from_str(include_str!("../../src/seeds/demo.json")).unwrap();
    seed["layouts"] = json!({"Leads": [{"name": "Short", "fields": ["Company", "Phone"], "mandatory": ["Phone"]}]});
    let config = Config {
        seed: Seed::from_json(&seed.to_string()).unwrap(),
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let all = layouts(&wired, "Leads").await;
    (wired, text(&all[0]["id"]), text(&all[1]["id"]))
}

#[tokio::test]
async fn layouts_show_their_own_sections_fields_and_rules() {
    let (wired, _, short) = with_layout().await;
    let all = layouts(&wired, "Leads").await;
    assert_eq!(
        (&all[1]["name"], &all[1]["generated_type"]),
        (&json!("Short"), &json!("custom"))
    );
    let fields = all[1]["sections"][0]["fields"].as_array().unwrap();
    let phone = fields
        .iter()
        .find(|field| field["api_name"] == "Phone")
        .unwrap();
    assert_eq!(phone["required"], true);
    assert!(!fields.iter().any(|field| field["api_name"] == "Fax"));
    let fax = wired
        .get("/crm/v8/settings/fields?module=Leads")
        .await
        .json();
    let fax = fax["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["api_name"] == "Fax")
        .unwrap()
        .clone();
    assert_eq!(fax["layout_associations"].as_array().unwrap().len(), 1);
    let quotes = layouts(&wired, "Quotes").await;
    let sections = quotes[0]["sections"].as_array().unwrap();
    assert!(
        sections
            .iter()
            .any(|section| section["isSubformSection"] == json!(true))
    );
    assert_eq!(
        wired
            .get(&format!("{LAYOUTS}/{short}?module=Contacts"))
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn sections_and_fields_are_moved_made_mandatory_and_taken_out() {
    let (wired, standard, _) = with_layout().await;
    let path = format!("{LAYOUTS}/{standard}?module=Leads");
    let field = |fields: &Value, name: &str| {
        text(
            &fields
                .as_array()
                .unwrap()
                .iter()
                .find(|field| field["api_name"] == name)
                .unwrap()["id"],
        )
    };
    let all = layouts(&wired, "Leads").await;
    let (section, fields) = (
        text(&all[0]["sections"][0]["id"]),
        &all[0]["sections"][0]["fields"],
    );
    let (fax, city, last_name) = (
        field(fields, "Fax"),
        field(fields, "City"),
        field(fields, "Last_Name"),
    );
    let body = json!({"layouts": [{"name": "Long", "sections": [
        {"display_label": "Address", "sequence_number": 2, "fields": [{"id": city, "required": true}, {"field_label": "Berth", "data_type": "text"}]},
        {"id": section, "display_label": "Person", "fields": [{"id": fax, "_delete": {"permanent": false}}]},
    ]}]});
    let got = wired.call(Method::PATCH, &path, Some(&body)).await;
    assert_eq!(got.status, 200, "{}", got.text);
    let layout = layouts(&wired, "Leads").await[0].clone();
    assert_eq!(
        (
            &layout["name"],
            &layout["sections"][0]["name"],
            &layout["sections"][1]["name"]
        ),
        (&json!("Long"), &json!("Person"), &json!("Address"))
    );
    let names: Vec<&Value> = layout["sections"][1]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| &field["api_name"])
        .collect();
    assert_eq!(names, ["City", "Berth"]);
    let unused = wired
        .get("/crm/v8/settings/fields?module=Leads&type=unused")
        .await
        .json();
    assert_eq!(unused["fields"][0]["api_name"], "Fax");
    let row =
        json!({"data": [{"Last_Name": "Ray", "Company": "Orchard", "Layout": {"id": standard}}]});
    let refused = wired.post("/crm/v8/Leads", &row).await.json();
    assert_eq!(refused["data"][0]["details"]["api_name"], "City");

    let needed = json!({"layouts": [{"sections": [{"id": section, "fields": [{"id": last_name, "_delete": {"permanent": false}}]}]}]});
    let refused = wired.call(Method::PATCH, &path, Some(&needed)).await.json();
    assert_eq!(refused["layouts"][0]["code"], "NOT_ALLOWED");
    let nameless = json!({"layouts": [{"sections": [{"sequence_number": 1}]}]});
    let refused = wired
        .call(Method::PATCH, &path, Some(&nameless))
        .await
        .json();
    assert_eq!(refused["layouts"][0]["code"], "EXPECTED_FIELD_MISSING");
    let address = text(&layout["sections"][1]["id"]);
    let body =
        json!({"layouts": [{"sections": [{"id": address, "_delete": {"permanent": true}}]}]});
    assert_eq!(
        wired.call(Method::PATCH, &path, Some(&body)).await.status,
        200
    );
    assert_eq!(
        layouts(&wired, "Leads").await[0]["sections"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn records_of_a_deleted_layout_get_another() {
    let (wired, standard, short) = with_layout().await;
    let lead = wired
        .record(
            "Leads",
            json!({"Last_Name": "Ray", "Phone": "1", "Layout": {"id": short}}),
        )
        .await;
    let of = |lead: &Value| lead["data"][0]["Layout"]["id"].clone();
    let path = format!("/crm/v8/Leads/{lead}");
    assert_eq!(of(&wired.get(&path).await.json()), json!(short));
    let layout = format!("{LAYOUTS}/{short}?module=Leads");
    assert_eq!(
        wired.delete(&layout).await.json()["details"]["param_name"],
        "transfer_to"
    );
    let off = format!("{LAYOUTS}/{short}/actions/activate?module=Leads");
    assert_eq!(
        wired
            .delete(&format!("{off}&transfer_to={standard}"))
            .await
            .status,
        200
    );
    assert_eq!(of(&wired.get(&path).await.json()), json!(standard));
    assert_eq!(layouts(&wired, "Leads").await[1]["status"], "inactive");
    assert_eq!(wired.post(&off, &json!({})).await.status, 200);
    assert_eq!(layouts(&wired, "Leads").await[1]["status"], "active");
    let gone = wired
        .delete(&format!("{layout}&transfer_to={standard}"))
        .await;
    assert_eq!(gone.json()["layouts"][0]["message"], "layout deleted");
    assert_eq!(layouts(&wired, "Leads").await.as_array().unwrap().len(), 1);
    let last = wired
        .delete(&format!(
            "{LAYOUTS}/{standard}?module=Leads&transfer_to={short}"
        ))
        .await;
    assert_eq!(last.json()["code"], "NOT_ALLOWED");
}

#[tokio::test]
async fn pipelines_are_made_and_emptied_into_others() {
    let wired = Wired::start().await;
    let layout = text(&layouts(&wired, "Deals").await[0]["id"]);
    let path = format!("/crm/v8/settings/pipeline?layout_id={layout}");
    let standard = wired.get(&path).await.json()["pipeline"][0].clone();
    let stage = |name: &str| {
        standard["maps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|stage| stage["display_value"] == name)
            .unwrap()["id"]
            .clone()
    };
    let body = json!({"pipeline": [{"display_value": "Partners", "maps": [
        {"id": stage("Closed Won"), "sequence_number": 2}, {"id": stage("Qualification"), "sequence_number": 1}]}]});
    let made = wired.post(&path, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let partners = text(&made.json()["pipeline"][0]["details"]["id"]);
    let one = wired
        .get(&format!(
            "/crm/v8/settings/pipeline/{partners}?layout_id={layout}"
        ))
        .await
        .json();
    let stages: Vec<&Value> = one["pipeline"][0]["maps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stage| &stage["display_value"])
        .collect();
    assert_eq!(stages, ["Qualification", "Closed Won"]);
    assert_eq!(
        wired.post(&path, &body).await.json()["pipeline"][0]["message"],
        "Duplicate pipeline label found"
    );

    let unnamed = json!({"data": [{"Deal_Name": "A", "Stage": "Qualification"}]});
    let refused = wired.post("/crm/v8/Deals", &unnamed).await.json();
    assert_eq!(
        refused["data"][0]["details"]["api_name"], "Pipeline",
        "two pipelines make it mandatory"
    );
    let deal = json!({"data": [{"Deal_Name": "A", "Stage": "Closed Won", "Pipeline": "Partners", "Closing_Date": "2026-12-01"}]});
    let deal = wired.post("/crm/v8/Deals", &deal).await;
    assert_eq!(deal.status, 201, "{}", deal.text);
    let deal = text(&deal.json()["data"][0]["details"]["id"]);
    let wrong =
        json!({"data": [{"Deal_Name": "A", "Stage": "Closed Lost", "Pipeline": "Partners"}]});
    assert_eq!(
        wired.post("/crm/v8/Deals", &wrong).await.json()["data"][0]["code"],
        "MAPPING_MISMATCH"
    );

    let one = format!("/crm/v8/settings/pipeline/{partners}?layout_id={layout}");
    let rename = json!({"pipeline": [{"display_value": "Friends"}]});
    assert_eq!(wired.put(&one, &rename).await.status, 200);
    let got = wired.get(&format!("/crm/v8/Deals/{deal}")).await.json();
    assert_eq!(got["data"][0]["Pipeline"], "Friends");
    let delete = json!({"pipeline": [{"_delete": {"permanent": true}}]});
    let full = wired.call(Method::PATCH, &one, Some(&delete)).await.json();
    assert_eq!(full["pipeline"][0]["code"], "NOT_ALLOWED");

    let transfer = json!({"transfer_pipeline": [{"pipeline": {"from": partners, "to": standard["id"]}, "stages": [
        {"from": stage("Qualification"), "to": stage("Qualification")}, {"from": stage("Closed Won"), "to": stage("Closed Lost")}]}]});
    let got = wired
        .post(
            &format!("/crm/v8/settings/pipeline/actions/transfer?layout_id={layout}"),
            &transfer,
        )
        .await;
    assert_eq!(got.status, 200, "{}", got.text);
    let got = wired.get(&format!("/crm/v8/Deals/{deal}")).await.json();
    assert_eq!(
        (&got["data"][0]["Pipeline"], &got["data"][0]["Stage"]),
        (&standard["actual_value"], &json!("Closed Lost"))
    );
    assert_eq!(
        wired.get(&path).await.json()["pipeline"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        wired.post("/crm/v8/Deals", &unnamed).await.status,
        201,
        "one pipeline need not be named"
    );
    let elsewhere = wired
        .post("/crm/v8/settings/pipeline?layout_id=5", &body)
        .await
        .json();
    assert_eq!(elsewhere["message"], "Invalid layoutid");
}

#[tokio::test]
async fn one_related_list_can_be_asked_for() {
    let wired = Wired::start().await;
    let lists = wired
        .get("/crm/v8/settings/related_lists?module=Leads")
        .await
        .json();
    let id = text(&lists["related_lists"][1]["id"]);
    let one = wired
        .get(&format!("/crm/v8/settings/related_lists/{id}?module=Leads"))
        .await
        .json();
    assert_eq!(one["related_lists"][0], lists["related_lists"][1]);
    assert_eq!(
        wired
            .get("/crm/v8/settings/related_lists/5?module=Leads")
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn currencies_are_switched_on_added_and_changed() {
    let wired = Wired::start().await;
    let off = wired.get("/crm/v8/org/currencies").await;
    assert_eq!(
        (off.status.as_u16(), off.json()["code"].clone()),
        (403, json!("CURRENCIES_NOT_ENABLED"))
    );
    let base = json!({"base_currency": {"name": "US Dollar - USD", "iso_code": "USD", "symbol": "$", "exchange_rate": "1.000000000",
        "format": {"decimal_separator": "Period", "thousand_separator": "Comma", "decimal_places": "2"}}});
    let on = wired
        .post("/crm/v8/org/currencies/actions/enable", &base)
        .await;
    assert_eq!(on.status, 200, "{}", on.text);
    let again = wired
        .post("/crm/v8/org/currencies/actions/enable", &base)
        .await
        .json();
    assert_eq!(again["base_currency"]["code"], "ALREADY_ENABLED");
    let euro = json!({"currencies": [{"name": "Euro - EUR", "iso_code": "EUR", "symbol": "€", "exchange_rate": "10.5"}]});
    let added = wired.post("/crm/v8/org/currencies", &euro).await;
    assert_eq!(added.status, 200, "{}", added.text);
    assert_eq!(
        wired.post("/crm/v8/org/currencies", &euro).await.json()["currencies"][0]["code"],
        "DUPLICATE_DATA"
    );
    let deals = ["USD", "EUR"].map(
        |code| json!({"Deal_Name": code, "Stage": "Qualification", "Amount": 5, "Currency": code}),
    );
    let deals = wired.post("/crm/v8/Deals", &json!({"data": deals})).await;
    assert_eq!(deals.status, 201, "{}", deals.text);
    let deals = wired
        .get("/crm/v8/Deals?fields=Currency,Exchange_Rate&per_page=3")
        .await
        .json();
    let shown = |place: usize| {
        let deal = &deals["data"][place];
        (deal["Currency"].clone(), deal["Exchange_Rate"].clone())
    };
    assert_eq!(shown(0), (json!("EUR"), json!(10.5)));
    assert_eq!(shown(1), (json!("USD"), json!(1.0)));
    assert_eq!(shown(2), (json!("USD"), json!(1.0)), "it was there before");
    let id = text(&added.json()["currencies"][0]["details"]["id"]);
    let path = format!("/crm/v8/org/currencies/{id}");
    assert_eq!(
        wired.get(&path).await.json()["currencies"][0]["exchange_rate"],
        "10.500000000"
    );
    let off = json!({"currencies": [{"is_active": false}]});
    assert_eq!(
        wired.put(&path, &off).await.json()["currencies"][0]["message"],
        "The currency updated successfully."
    );
    let all = wired.get("/crm/v8/org/currencies").await.json();
    assert_eq!(
        (
            &all["currencies"][0]["is_base"],
            &all["currencies"][1]["is_active"]
        ),
        (&json!(true), &json!(false))
    );
    let known = wired
        .get("/crm/v8/org/currencies/actions/available_currencies")
        .await
        .json();
    assert_eq!(known["available_currencies"][1]["iso_code"], "EUR");
}
