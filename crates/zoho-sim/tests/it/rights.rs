//! What users may do with records, and who may still call.

use serde_json::{Value, json};

use crate::support::{CLIENT_ID, CLIENT_SECRET, Wired, got};

/// An access token of a user, by e-mail address.
async fn token_of(wired: &Wired, email: &str) -> String {
    let grant = json!({"client_id": CLIENT_ID, "kind": "refresh_token", "user": email,
        "scopes": ["ZohoCRM.modules.ALL", "ZohoCRM.coql.READ", "ZohoCRM.bulk.ALL", "ZohoCRM.composite_requests.CUSTOM", "ZohoSearch.securesearch.READ"]});
    let granted = wired.post("/__sim/v1/grants", &grant).await;
    let form = json!({"grant_type": "refresh_token", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
        "refresh_token": granted.json()["refresh_token"]});
    let request = wired.http.post(wired.url("/oauth/v2/token")).form(&form);
    let token = got(request.send().await.unwrap()).await.json();
    token["access_token"].as_str().unwrap().to_owned()
}

/// The second user of the demo organisation, who has the standard profile: id and e-mail address.
async fn other_user(wired: &Wired) -> (String, String) {
    let users = wired.get("/crm/v8/users").await.json()["users"].clone();
    let text = |key: &str| users[1][key].as_str().unwrap().to_owned();
    (text("id"), text("email"))
}

/// Switches permissions of the second user's profile on or off.
async fn switch(wired: &Wired, user: &str, names: &[&str], enabled: bool) {
    let user = wired.get(&format!("/crm/v8/users/{user}")).await.json();
    let profile = user["users"][0]["profile"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/crm/v8/settings/profiles/{profile}");
    let profile = wired.get(&path).await.json();
    let details = profile["profiles"][0]["permissions_details"]
        .as_array()
        .unwrap();
    let changes: Vec<Value> = details
        .iter()
        .filter(|known| names.contains(&known["name"].as_str().unwrap()))
        .map(|known| json!({"id": known["id"], "enabled": enabled}))
        .collect();
    assert_eq!(changes.len(), names.len());
    let body = json!({"profiles": [{"permissions_details": changes}]});
    let changed = wired.put(&path, &body).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

#[tokio::test]
async fn a_profile_decides_what_its_users_do_with_records() {
    let wired = Wired::start().await;
    let (user, email) = other_user(&wired).await;
    let id = wired.record("Leads", json!({"Last_Name": "Ray"})).await;
    let token = token_of(&wired, &email).await;
    let theirs = Wired { token, ..wired };
    let admin = theirs.refresh().await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let one = format!("/crm/v8/Leads/{id}");
    let rows = json!({"data": [{"Last_Name": "Holm"}]});
    let refused = |answer: crate::support::Got, permission: &str| {
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (
                403,
                json!({"code": "NO_PERMISSION", "details": {"permissions": [permission]}, "message": "Permission denied", "status": "error"})
            )
        );
    };

    assert_eq!(theirs.post("/crm/v8/Leads", &rows).await.status, 201);
    let theirs = as_admin(
        theirs,
        &admin,
        &user,
        &["Crm_Implied_Create_Leads", "Crm_Implied_Delete_Leads"],
    )
    .await;
    refused(
        theirs.post("/crm/v8/Leads", &rows).await,
        "Crm_Implied_Create_Leads",
    );
    refused(
        theirs.post("/crm/v8/Leads/upsert", &rows).await,
        "Crm_Implied_Create_Leads",
    );
    refused(
        theirs
            .post(&format!("{one}/actions/clone"), &json!({}))
            .await,
        "Crm_Implied_Create_Leads",
    );
    refused(theirs.delete(&one).await, "Crm_Implied_Delete_Leads");
    assert_eq!(theirs.put(&one, &rows).await.status, 200);
    assert_eq!(theirs.get(&one).await.status, 200);
    assert_eq!(theirs.post("/crm/v8/Contacts", &rows).await.status, 201);

    let theirs = as_admin(
        theirs,
        &admin,
        &user,
        &["Crm_Implied_Edit_Leads", "Crm_Implied_View_Leads"],
    )
    .await;
    refused(theirs.put(&one, &rows).await, "Crm_Implied_Edit_Leads");
    refused(
        theirs.get("/crm/v8/Leads?fields=Last_Name").await,
        "Crm_Implied_View_Leads",
    );
    refused(
        theirs.get("/crm/v8/Leads/search?word=Ray").await,
        "Crm_Implied_View_Leads",
    );
    let query = json!({"select_query": "select Last_Name from Leads where id is not null"});
    refused(
        theirs.post("/crm/v8/coql", &query).await,
        "Crm_Implied_View_Leads",
    );
    let query = json!({"query": {"module": {"api_name": "Leads"}}});
    refused(
        theirs.post_json("/crm/bulk/v8/read", &query).await,
        "Crm_Implied_View_Leads",
    );
    let within = json!({"__composite_requests": [{"sub_request_id": "1", "method": "POST", "uri": "/crm/v8/Leads", "body": rows}]});
    let composite = theirs
        .post("/crm/v8/__composite_requests", &within)
        .await
        .json();
    assert_eq!(
        composite["__composite_requests"][0]["details"]["response"]["body"]["code"],
        "NO_PERMISSION"
    );
    let admin = Wired {
        token: admin,
        ..theirs
    };
    assert_eq!(
        admin.get(&one).await.status,
        200,
        "another profile is as it was"
    );
}

/// Switches permissions off with the token of the administrator, and gives the other one back.
async fn as_admin(wired: Wired, admin: &str, user: &str, names: &[&str]) -> Wired {
    let own = wired.token.clone();
    let wired = Wired {
        token: admin.to_owned(),
        ..wired
    };
    switch(&wired, user, names, false).await;
    Wired {
        token: own,
        ..wired
    }
}

#[tokio::test]
async fn tokens_of_users_who_were_switched_off_do_not_work() {
    let wired = Wired::start().await;
    let (user, email) = other_user(&wired).await;
    let token = token_of(&wired, &email).await;
    let list = async || {
        let request = wired.http.get(wired.url("/crm/v8/Leads?fields=Last_Name"));
        let answer = got(request.bearer_auth(&token).send().await.unwrap()).await;
        (answer.status.as_u16(), answer.code())
    };
    let refused = || (403, "INACTIVE_USER".to_owned());
    assert_ne!(list().await, refused());
    let path = format!("/crm/v8/users/{user}");
    let status = |word: &str| json!({"users": [{"status": word}]});
    assert_eq!(wired.put(&path, &status("inactive")).await.status, 200);
    assert_eq!(list().await, refused());
    assert_eq!(wired.put(&path, &status("active")).await.status, 200);
    assert_ne!(list().await, refused());
    assert_eq!(wired.delete(&path).await.status, 200);
    assert_eq!(list().await, refused());
}

#[tokio::test]
async fn invited_users_accept_by_the_control_api() {
    let wired = Wired::start().await;
    let (user, email) = other_user(&wired).await;
    let known = wired.get(&format!("/crm/v8/users/{user}")).await.json()["users"][0].clone();
    let invited = json!({"users": [{"first_name": "Dina", "last_name": "Noor", "email": "dina@leadway.example",
        "role": known["role"]["id"], "profile": known["profile"]["id"]}]});
    let made = wired.post("/crm/v8/users", &invited).await.json();
    let id = made["users"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let state = async || {
        let user = wired.get(&format!("/crm/v8/users/{id}")).await.json()["users"][0].clone();
        (
            user["confirm"].clone(),
            user["status"].clone(),
            user["zuid"].is_string(),
        )
    };
    assert_eq!(state().await, (json!(false), json!("disabled"), false));
    let accept = async |who: &str| {
        let path = format!("/__sim/v1/users/{who}/confirm");
        wired.post(&path, &json!({})).await.status.as_u16()
    };
    assert_eq!(accept("Dina@leadway.example").await, 200);
    assert_eq!(state().await, (json!(true), json!("active"), true));
    assert_eq!(
        (
            accept(&id).await,
            accept(&email).await,
            accept("nobody").await
        ),
        (200, 200, 404)
    );
    assert_eq!(
        wired.delete(&format!("/crm/v8/users/{id}")).await.status,
        200
    );
    assert_eq!(accept(&id).await, 400);
}

#[tokio::test]
async fn unique_values_of_leads_are_compared_with_contacts_when_the_preference_says_so() {
    let wired = Wired::start().await;
    let contact = wired
        .record(
            "Contacts",
            json!({"Last_Name": "Ray", "Email": "ray@x.example"}),
        )
        .await;
    let lead = |email: &str| json!({"data": [{"Last_Name": "Ray", "Email": email}]});
    assert_eq!(
        wired
            .post("/crm/v8/Leads", &lead("ray@x.example"))
            .await
            .status,
        201
    );
    let path = "/crm/v8/settings/duplicate_check_preference?module=Leads";
    let preference = |field: &str| {
        json!({"duplicate_check_preference": {"type": "mapped_module_records", "type_configurations": [{
        "mapped_module": {"api_name": "Contacts"},
        "field_mappings": [{"current_field": {"api_name": field}, "mapped_field": {"api_name": "Email"}}]}]}})
    };
    let wrong = wired.post(path, &preference("City")).await.json();
    assert_eq!(wrong["duplicate_check_preference"]["code"], "INVALID_DATA");
    assert_eq!(wired.post(path, &preference("Email")).await.status, 200);

    let refused = wired.post("/crm/v8/Leads", &lead("RAY@x.example")).await;
    let row = refused.json()["data"][0].clone();
    assert_eq!(
        (refused.status.as_u16(), &row["code"]),
        (400, &json!("DUPLICATE_DATA"))
    );
    assert_eq!(
        (
            &row["details"]["id"],
            &row["details"]["json_path"],
            &row["details"]["duplicate_record"]["module"]["api_name"]
        ),
        (
            &json!(contact),
            &json!("$.data[0].Email"),
            &json!("Contacts")
        )
    );
    let id = wired
        .record(
            "Leads",
            json!({"Last_Name": "Oak", "Email": "oak@x.example"}),
        )
        .await;
    let one = format!("/crm/v8/Leads/{id}");
    assert_eq!(wired.put(&one, &lead("oak@x.example")).await.status, 200);
    assert_eq!(
        wired.put(&one, &lead("ray@x.example")).await.code(),
        "DUPLICATE_DATA"
    );
    assert_eq!(wired.delete(path).await.status, 200);
    assert_eq!(wired.put(&one, &lead("ray@x.example")).await.status, 200);
    let other = wired
        .get("/crm/v8/settings/duplicate_check_preference?module=Deals")
        .await;
    assert_eq!(other.code(), "NOT_SUPPORTED");
}

#[tokio::test]
async fn lists_are_narrowed_to_approved_records_and_to_territories() {
    let wired = Wired::start().await;
    wired.record("Contacts", json!({"Last_Name": "Ray"})).await;
    let status = async |more: &str| {
        let path = format!("/crm/v8/Contacts?fields=Last_Name&{more}");
        wired.get(&path).await.status.as_u16()
    };
    assert_eq!(
        (
            status("approved=true").await,
            status("approved=false").await
        ),
        (200, 204)
    );
    assert_eq!(
        (
            status("approved=maybe").await,
            status("territory_id=1").await
        ),
        (400, 400)
    );
}
