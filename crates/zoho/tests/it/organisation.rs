//! Modules, fields, layouts, the organisation and raw calls, against the simulator.

use zoho::Method;
use zoho::crm::Field;

use crate::simulated::{client, simulator};

#[tokio::test]
async fn modules_are_listed_and_found_by_name() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let modules = crm.modules().await.unwrap();
    for name in ["Leads", "Contacts", "Accounts", "Deals"] {
        let module = modules
            .iter()
            .find(|module| module.api_name == name)
            .unwrap();
        assert!(module.api_supported && module.creatable, "{module:?}");
    }
    assert_eq!(
        crm.module("Leads").await.unwrap().unwrap().plural_label,
        "Leads"
    );
    assert_eq!(crm.module("Nonsense").await.unwrap(), None);
}

#[tokio::test]
async fn the_fields_of_leads_carry_what_a_check_needs() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let fields = crm.fields("Leads").await.unwrap();
    let field = |name: &str| fields.iter().find(|field| field.api_name == name).unwrap();
    let last_name = field("Last_Name");
    assert!(last_name.system_mandatory && last_name.is_creatable && last_name.is_updatable);
    assert_eq!(
        (
            last_name.data_type.as_str(),
            last_name.json_type.as_deref(),
            last_name.length
        ),
        ("text", Some("string"), Some(80))
    );
    assert!(!field("Company").system_mandatory);
    assert!(!field("Created_Time").is_creatable);
    let sources = &field("Lead_Source").pick_list_values;
    assert!(
        sources
            .iter()
            .any(|value| value.display_value == "Cold Call"),
        "{sources:?}"
    );
    let contacts = crm.fields("Contacts").await.unwrap();
    let account = contacts
        .iter()
        .find(|field| field.api_name == "Account_Name")
        .unwrap();
    assert_eq!(account.lookup_module.as_deref(), Some("Accounts"));

    let stored = serde_json::to_string(&fields).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Field>>(&stored).unwrap(), fields);
    assert_eq!(
        crm.fields("Nonsense").await.unwrap_err().code(),
        Some("INVALID_MODULE")
    );
}

#[tokio::test]
async fn a_layout_tells_what_it_makes_mandatory() {
    let simulator = simulator().await;
    let layouts = client(&simulator).crm().layouts("Leads").await.unwrap();
    let fields: Vec<_> = layouts[0]
        .sections
        .iter()
        .flat_map(|section| &section.fields)
        .collect();
    let is_required = |name: &str| {
        fields
            .iter()
            .any(|field| field.field.api_name == name && field.required)
    };
    assert!(is_required("Company") && is_required("Last_Name") && !is_required("City"));
    let stored = serde_json::to_string(&layouts).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<zoho::crm::Layout>>(&stored).unwrap(),
        layouts
    );
}

#[tokio::test]
async fn organisation_and_user_are_known() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let org = crm.org().await.unwrap();
    assert_eq!(
        (
            org.company_name.as_str(),
            org.edition.as_deref(),
            org.kind.as_deref()
        ),
        ("LeadwayDemo", Some("enterprise"), Some("production"))
    );
    assert!(org.zgid.is_some() && org.time_zone.is_some());
    let stored = serde_json::to_string(&org).unwrap();
    assert_eq!(
        serde_json::from_str::<zoho::crm::Organization>(&stored).unwrap(),
        org
    );
    let user = crm.current_user().await.unwrap();
    assert!(
        user.email.contains('@') && user.profile.is_some(),
        "{user:?}"
    );
    let stored = serde_json::to_string(&user).unwrap();
    assert_eq!(
        serde_json::from_str::<zoho::crm::User>(&stored).unwrap(),
        user
    );
}

#[tokio::test]
async fn a_raw_call_gives_the_answer_as_it_is() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let answer = crm
        .raw(
            Method::GET,
            "/crm/v8/Leads",
            &[("fields", "Last_Name"), ("per_page", "1")],
            None,
        )
        .await
        .unwrap();
    assert!(matches!(answer.status, 200 | 204));
    let body = r#"{"data":[{"Last_Name":"Raw"}]}"#;
    let answer = crm
        .raw(Method::POST, "/crm/v8/Leads", &[], Some(body.into()))
        .await
        .unwrap();
    assert_eq!(answer.status, 201);
    let refused = crm
        .raw(Method::GET, "/crm/v8/Nonsense", &[("fields", "A")], None)
        .await
        .unwrap();
    assert_eq!(refused.status, 400);
    assert!(
        std::str::from_utf8(&refused.body)
            .unwrap()
            .contains("INVALID_MODULE")
    );
}
