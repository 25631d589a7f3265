//! Somebody who tries actions in the console, with scripts and without.

use serde_json::json;

use super::demo::log_in;
use super::driver::Browser;
use crate::program::until;
use crate::world::{TOKEN, World};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_finds_an_action_and_runs_it() {
    let world = World::start().await;
    let browser = Browser::start().await;
    log_in(&browser, &format!("{}/", world.url()), TOKEN).await;
    browser.press(".menu a[href='/actions']").await;
    browser
        .until_text("#found", &["Convert lead", "Zoho Books"])
        .await;
    browser.type_into("#q", "upsert one crm change the").await;
    browser
        .until_text("#found", &["No action has all these words"])
        .await;
    browser.type_into("#q", "create_record make a").await;
    browser.until_text("#found", &["Create record"]).await;
    browser
        .press("#found a[href='/actions/crm.create_record']")
        .await;
    browser.until_text("h1", &["Create record"]).await;

    // Names come from the organisation, and the call follows what is typed.
    browser.type_into("#input-module", "Leads\t").await;
    until("the module's fields are offered", async || {
        let script = "const names = [...document.querySelectorAll('#offer-fields option')].map(option => option.value);
            return names.includes('Last_Name') && names.includes('Lead_Source');";
        (browser.run(script, vec![]).await == json!(true)).then_some(())
    })
    .await;
    browser
        .type_into("[name='input.values.0.name']", "Last_Name")
        .await;
    browser
        .type_into("[name='input.values.0.value']", "O'Neil")
        .await;
    browser
        .type_into("[name='input.values.1.name']", "Zip_Code")
        .await;
    browser
        .type_into("[name='input.values.1.value']", "12345")
        .await;
    browser
        .type_into("[name='input.values.2.name']", "Lead_Source\t")
        .await;
    let offered =
        "return document.querySelector('[name=\"input.values.2.value\"]').list.options[1].value";
    assert!(browser.run(offered, vec![]).await.is_string());
    browser
        .type_into("[name='input.values.2.value']", "Cold Call")
        .await;
    browser.press("[data-add-row]").await;
    browser
        .type_into("[name='input.values.3.name']", "Company")
        .await;
    browser
        .type_into("[name='input.values.3.value']", "Orchard")
        .await;
    let command = [
        "leadway crm create-record",
        r"--set 'Last_Name=O'\''Neil'",
        r#"--set 'Zip_Code="12345"'"#,
        "--set 'Lead_Source=Cold Call'",
        "--set Company=Orchard",
    ];
    browser.until_text("#call-command", &command).await;
    let curl = [
        "/connections/main/actions/crm.create_record",
        "$LEADWAY_ADMIN_TOKEN",
        "\"Zip_Code\": \"12345\"",
    ];
    browser.until_text("#call-curl", &curl).await;
    browser.press("#run").await;
    browser
        .until_text("#answer", &["done", "written", "1 credit"])
        .await;
    assert_eq!(world.leads("Last_Name"), ["O'Neil"]);
    assert_eq!(world.leads("Lead_Source"), ["Cold Call"]);
    let kept = "return document.querySelector('[name=\"input.values.3.value\"]').value";
    assert_eq!(browser.run(kept, vec![]).await, "Orchard");

    // A list takes several names, each offered behind the ones before.
    browser
        .open(&format!("{}/actions/crm.list_records", world.url()))
        .await;
    browser.type_into("#input-module", "Leads\t").await;
    until("fields are offered", async || {
        let script = "return document.querySelectorAll('#offer-fields option').length > 5";
        (browser.run(script, vec![]).await == json!(true)).then_some(())
    })
    .await;
    browser.type_into("#input-fields", "Last_Name,").await;
    let offered = "return [...document.getElementById('input-fields').list.options].some(option => option.value === 'Last_Name,Email')";
    assert_eq!(browser.run(offered, vec![]).await, true);
    browser.press("#run").await;
    browser.until_text("#answer", &["O'Neil"]).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_without_scripts_and_asks_before_it_destroys() {
    let world = World::start().await;
    let lead = [
        "crm",
        "create-record",
        "--module=Leads",
        "--set=Last_Name=Ray",
    ];
    let lead = world.json(&lead).await;
    let browser = Browser::start().await;
    log_in(&browser, &format!("{}/", world.url()), TOKEN).await;
    browser
        .devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": true}),
        )
        .await;
    browser
        .open(&format!("{}/actions/crm.delete_record", world.url()))
        .await;
    browser.type_into("#input-module", "Leads").await;
    browser
        .type_into("#input-record_id", lead["id"].as_str().unwrap())
        .await;
    browser.press("noscript button").await;
    browser
        .until_text("#call-command", &["--module Leads", "--yes"])
        .await;
    browser.press("#run").await;
    browser
        .until_text(".confirm", &["cannot be taken back, and was not confirmed"])
        .await;
    assert_eq!(world.leads("Last_Name"), ["Ray"]);
    browser.press("#yes").await;
    browser.press("#run").await;
    browser.until_text("#answer", &["done", "written"]).await;
    assert!(world.leads("Last_Name").is_empty());
    browser.end().await;
}
