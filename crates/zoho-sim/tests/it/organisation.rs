//! Users, profiles, roles, variables and global picklists, made and changed through the API.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Wired, got};

async fn id_of(wired: &Wired, path: &str, root: &str, name: &str) -> String {
    let list = wired.get(path).await.json()[root].clone();
    let found = list
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["name"] == name)
        .cloned();
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn new_user(wired: &Wired, email: &str) -> String {
    let role = id_of(wired, "/crm/v8/settings/roles", "roles", "Manager").await;
    let profile = id_of(wired, "/crm/v8/settings/profiles", "profiles", "Standard").await;
    let body = json!({"users": [{"last_name": "Noor", "first_name": "Dina", "email": email, "role": {"id": role}, "profile": profile}]});
    let made = wired.post("/crm/v8/users", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["users"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn users_are_invited_changed_switched_off_and_deleted() {
    let wired = Wired::start().await;
    let id = new_user(&wired, "dina@leadway.example").await;
    let path = format!("/crm/v8/users/{id}");
    let user = wired.get(&path).await.json()["users"][0].clone();
    assert_eq!(
        (
            &user["full_name"],
            &user["confirm"],
            &user["profile"]["name"]
        ),
        (&json!("Dina Noor"), &json!(false), &json!("Standard"))
    );
    let unconfirmed = wired
        .get("/crm/v8/users?type=NotConfirmedUsers")
        .await
        .json();
    assert_eq!(unconfirmed["users"][0]["id"], id.as_str());

    let change = json!({"users": [{"phone": "+1 555 0199", "time_zone": "Europe/Berlin", "status": "inactive"}]});
    let changed = wired.put(&path, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let user = wired.get(&path).await.json()["users"][0].clone();
    assert_eq!(
        (&user["phone"], &user["time_zone"], &user["status"]),
        (
            &json!("+1 555 0199"),
            &json!("Europe/Berlin"),
            &json!("inactive")
        )
    );
    let again = wired
        .put(&path, &json!({"users": [{"status": "inactive"}]}))
        .await
        .json();
    assert_eq!(again["users"][0]["code"], "ID_ALREADY_DEACTIVATED");

    assert_eq!(
        wired.delete(&path).await.json()["users"][0]["message"],
        "User deleted"
    );
    assert_eq!(
        wired.delete(&path).await.json()["users"][0]["code"],
        "ID_ALREADY_DELETED"
    );
    let count = |kind: &str| format!("/crm/v8/users/actions/count?type={kind}");
    assert_eq!(wired.get(&count("DeletedUsers")).await.json()["count"], 1);
    assert_eq!(wired.get(&count("AllUsers")).await.json()["count"], 3);
    let late = wired
        .put(&path, &json!({"users": [{"phone": "1"}]}))
        .await
        .json();
    assert_eq!(late["users"][0]["code"], "CANNOT_UPDATE_DELETED_USER");
}

#[tokio::test]
async fn users_that_cannot_be_are_refused() {
    let wired = Wired::start().await;
    new_user(&wired, "dina@leadway.example").await;
    let role = id_of(&wired, "/crm/v8/settings/roles", "roles", "CEO").await;
    let profile = id_of(&wired, "/crm/v8/settings/profiles", "profiles", "Standard").await;
    let good =
        json!({"last_name": "X", "email": "x@leadway.example", "role": role, "profile": profile});
    for (change, code) in [
        (json!({"email": "DINA@leadway.example"}), "DUPLICATE_DATA"),
        (json!({"email": "nobody"}), "INVALID_DATA"),
        (json!({"role": null}), "MANDATORY_NOT_FOUND"),
        (json!({"profile": "77"}), "INVALID_DATA"),
        (json!({"created_by": "77"}), "NOT_SUPPORTED"),
        (json!({"Reporting_To": "77"}), "FEATURE_NOT_ENABLED"),
        (
            json!({"number_separator": "Comma", "decimal_separator": "Comma"}),
            "MAPPING_MISMATCH",
        ),
    ] {
        let mut user = good.clone();
        user.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let got = wired.post("/crm/v8/users", &json!({"users": [user]})).await;
        assert_eq!(
            (got.status.as_u16(), got.json()["users"][0]["code"].as_str()),
            (400, Some(code)),
            "{change}"
        );
    }
    let me = wired.get("/crm/v8/users?type=CurrentUser").await.json()["users"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let off = wired
        .put(
            &format!("/crm/v8/users/{me}"),
            &json!({"users": [{"status": "inactive"}]}),
        )
        .await
        .json();
    assert_eq!(
        off["users"][0]["message"],
        "Primary Contact cannot be deactivated"
    );
    // Ten licences: two active users of the seed, and the new one.
    for number in 0..7 {
        new_user(&wired, &format!("u{number}@leadway.example")).await;
    }
    let eleventh = wired
        .post("/crm/v8/users", &json!({"users": [good]}))
        .await
        .json();
    assert_eq!(eleventh["users"][0]["code"], "LICENSE_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn records_of_a_deleted_user_get_another_owner() {
    let wired = Wired::start().await;
    let gone = new_user(&wired, "dina@leadway.example").await;
    let heir = wired.get("/crm/v8/users?type=CurrentUser").await.json()["users"][0]["id"].clone();
    let lead = wired
        .record("Leads", json!({"Last_Name": "Ray", "Owner": {"id": gone}}))
        .await;
    let body = json!({"transfer_and_delete": [{"transfer": {"records": true, "assignment": true, "criteria": false, "id": heir}}]});
    let path = format!("/crm/v8/users/{gone}/actions/transfer_and_delete");
    let got = wired.post(&path, &body).await;
    assert_eq!(got.status, 200, "{}", got.text);
    let job = got.json()["transfer_and_delete"][0]["details"]["jobId"]
        .as_str()
        .unwrap()
        .to_owned();
    let status = wired
        .get(&format!(
            "/crm/v8/users/actions/transfer_and_delete?job_id={job}"
        ))
        .await
        .json();
    assert_eq!(status["transfer_and_delete"][0]["status"], "completed");
    let lead = wired.get(&format!("/crm/v8/Leads/{lead}")).await.json();
    assert_eq!(lead["data"][0]["Owner"]["id"], heir);
}

#[tokio::test]
async fn roles_form_a_hierarchy() {
    let wired = Wired::start().await;
    let ceo = id_of(&wired, "/crm/v8/settings/roles", "roles", "CEO").await;
    let manager = id_of(&wired, "/crm/v8/settings/roles", "roles", "Manager").await;
    let body = json!({"roles": [{"name": "Sales", "reporting_to": {"id": manager}, "share_with_peers": true}]});
    let made = wired.post("/crm/v8/settings/roles", &body).await;
    assert_eq!(
        (
            made.status.as_u16(),
            made.json()["roles"][0]["message"].clone()
        ),
        (201, json!("Role added"))
    );
    let sales = made.json()["roles"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        wired.post("/crm/v8/settings/roles", &body).await.json()["roles"][0]["code"],
        "DUPLICATE_DATA"
    );
    let circle = json!({"roles": [{"reporting_to": {"id": sales}}]});
    let refused = wired
        .put(&format!("/crm/v8/settings/roles/{manager}"), &circle)
        .await
        .json();
    assert_eq!(refused["roles"][0]["details"]["api_name"], "reporting_to");
    let path = format!("/crm/v8/settings/roles/{manager}");
    assert_eq!(
        wired.delete(&path).await.json()["code"],
        "REQUIRED_PARAM_MISSING"
    );
    let deleted = wired.delete(&format!("{path}?transfer_to_id={ceo}")).await;
    assert_eq!(deleted.json()["roles"][0]["message"], "Role Deleted");
    let role = wired
        .get(&format!("/crm/v8/settings/roles/{sales}"))
        .await
        .json();
    assert_eq!(role["roles"][0]["reporting_to"]["name"], "CEO");
    assert_eq!(wired.get(&path).await.status, 204);
}

#[tokio::test]
async fn profiles_are_cloned_and_permissions_count() {
    let wired = Wired::start().await;
    let standard = id_of(&wired, "/crm/v8/settings/profiles", "profiles", "Standard").await;
    let administrator = id_of(
        &wired,
        "/crm/v8/settings/profiles",
        "profiles",
        "Administrator",
    )
    .await;
    let body = json!({"profiles": [{"name": "Makers", "description": "Make fields"}]});
    let path = format!("/crm/v8/settings/profiles/{administrator}/actions/clone");
    let made = wired.post(&path, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let makers = made.json()["profiles"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/crm/v8/settings/profiles/{makers}");
    let profile = wired.get(&path).await.json()["profiles"][0].clone();
    let permissions = profile["permissions_details"].as_array().unwrap();
    let customize = permissions
        .iter()
        .find(|known| known["name"] == "Crm_Implied_Customize_Zoho_CRM")
        .unwrap();
    assert_eq!(customize["enabled"], true);
    assert_eq!(profile["sections"][0]["categories"][0]["module"], "Leads");
    let off =
        json!({"profiles": [{"permissions_details": [{"id": customize["id"], "enabled": false}]}]});
    assert_eq!(wired.put(&path, &off).await.status, 200);

    let me = wired.get("/crm/v8/users?type=CurrentUser").await.json()["users"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let change = json!({"users": [{"profile": {"id": makers}}]});
    assert_eq!(
        wired
            .put(&format!("/crm/v8/users/{me}"), &change)
            .await
            .status,
        200
    );
    let field = json!({"fields": [{"field_label": "A", "data_type": "text"}]});
    let refused = wired
        .post("/crm/v8/settings/fields?module=Leads", &field)
        .await;
    assert_eq!(
        (
            refused.status.as_u16(),
            refused.json()["details"]["permissions"][0].clone()
        ),
        (403, json!("Crm_Implied_Customize_Zoho_CRM"))
    );

    let system = wired
        .delete(&format!(
            "/crm/v8/settings/profiles/{standard}?transfer_to={makers}"
        ))
        .await;
    assert_eq!(system.json()["code"], "NOT_ALLOWED");
    let deleted = wired
        .delete(&format!("{path}?transfer_to={standard}"))
        .await;
    assert_eq!(deleted.json()["message"], "Profile deleted");
    let user = wired.get(&format!("/crm/v8/users/{me}")).await.json();
    assert_eq!(user["users"][0]["profile"]["name"], "Standard");
}

#[tokio::test]
async fn variables_have_types_and_groups() {
    let wired = Wired::start().await;
    assert_eq!(wired.get("/crm/v8/settings/variables").await.status, 204);
    let groups = wired.get("/crm/v8/settings/variable_groups").await.json();
    let general = &groups["variable_groups"][0]["id"];
    let body = json!({"variables": [
        {"name": "Rate", "api_name": "Rate", "type": "integer", "value": 55, "variable_group": {"id": general}},
        {"name": "Motto", "api_name": "Motto", "type": "text", "value": "Onwards", "variable_group": {"name": "Words"}},
        {"name": "Bad", "api_name": "Bad", "type": "integer", "value": "many", "variable_group": {"id": general}},
        {"name": "Again", "api_name": "Rate", "type": "text", "variable_group": {"id": general}},
    ]});
    let made = wired.post("/crm/v8/settings/variables", &body).await;
    assert_eq!(made.status, 207, "{}", made.text);
    let codes: Vec<Value> = made.json()["variables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["code"].clone())
        .collect();
    assert_eq!(
        codes,
        ["SUCCESS", "SUCCESS", "INVALID_DATA", "DUPLICATE_DATA"]
    );
    assert_eq!(
        made.json()["variables"][2]["details"]["expected_data_type"],
        "integer"
    );
    let words = wired
        .get("/crm/v8/settings/variables?group=Words")
        .await
        .json();
    assert_eq!(words["variables"][0]["value"], "Onwards");
    let missing = wired.get("/crm/v8/settings/variables/Rate").await.json();
    assert_eq!(missing["details"]["param_name"], "group");
    let rate = wired
        .get("/crm/v8/settings/variables/Rate?group=General")
        .await
        .json();
    let id = rate["variables"][0]["id"].as_str().unwrap();
    let change = json!({"variables": [{"value": 7}]});
    assert_eq!(
        wired
            .put("/crm/v8/settings/variables/Rate", &change)
            .await
            .status,
        200
    );
    let rate = wired
        .get(&format!("/crm/v8/settings/variables/{id}?group=General"))
        .await
        .json();
    assert_eq!(rate["variables"][0]["value"], 7);
    let deleted = wired
        .delete(&format!("/crm/v8/settings/variables?ids={id},5"))
        .await;
    assert_eq!(deleted.status, 207);
}

#[tokio::test]
async fn global_picklists_feed_the_fields_that_use_them() {
    let wired = Wired::start().await;
    let body = json!({"global_picklists": [{"display_label": "Regions", "pick_list_values": [
        {"display_value": "North", "type": "used"}, {"display_value": "South", "type": "used"}]}]});
    let made = wired.post("/crm/v8/settings/global_picklists", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["global_picklists"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let field = json!({"fields": [{"field_label": "Region", "data_type": "picklist", "global_picklist": {"id": id}}]});
    let made = wired
        .post("/crm/v8/settings/fields?module=Leads", &field)
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let lead = wired
        .record("Leads", json!({"Last_Name": "Ray", "Region": "North"}))
        .await;
    let path = format!("/crm/v8/settings/global_picklists/{id}");
    let list = wired
        .get(&format!("{path}?include=used_in_modules"))
        .await
        .json()["global_picklists"][0]
        .clone();
    assert_eq!(list["used_in_modules"][0]["api_name"], "Leads");
    let north = list["pick_list_values"][0]["id"].clone();
    let change = json!({"global_picklists": [{"pick_list_values": [{"display_value": "East"}, {"id": north, "display_value": "Far North"}]}]});
    let changed = wired.call(Method::PATCH, &path, Some(&change)).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let fields = wired
        .get("/crm/v8/settings/fields?module=Leads")
        .await
        .json();
    let region = fields["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["api_name"] == "Region")
        .unwrap();
    let texts: Vec<&Value> = region["pick_list_values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| &value["display_value"])
        .collect();
    assert_eq!(texts, ["Far North", "South", "East"]);

    let replace = json!({"replace_picklist_values": [{"old_value": {"id": north}, "new_value": {"display_value": "East"}}]});
    let replaced = wired
        .post(&format!("{path}/actions/replace_picklist_values"), &replace)
        .await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
    let lead = wired.get(&format!("/crm/v8/Leads/{lead}")).await.json();
    assert_eq!(lead["data"][0]["Region"], "East");
    assert_eq!(
        wired
            .get(&format!("{path}/actions/associations"))
            .await
            .json()["associations"][0]["field"]["api_name"],
        "Region"
    );
    assert_eq!(
        wired.delete(&path).await.json()["global_picklists"][0]["code"],
        "NOT_ALLOWED"
    );
}

#[tokio::test]
async fn groups_gather_users_and_roles() {
    let wired = Wired::start().await;
    let path = "/crm/v8/settings/user_groups";
    assert_eq!(wired.get(path).await.status, 204);
    let me = wired.get("/crm/v8/users?type=CurrentUser").await.json()["users"][0]["id"].clone();
    let ceo = id_of(&wired, "/crm/v8/settings/roles", "roles", "CEO").await;
    let body = json!({"user_groups": [
        {"name": "All", "sources": [{"type": "roles", "source": {"id": ceo}, "subordinates": true}]},
        {"name": "Me", "sources": [{"type": "users", "source": {"id": me}}]},
        {"name": "Nobody", "sources": [{"type": "users", "source": {"id": "5"}}]},
    ]});
    let made = wired.post(path, &body).await;
    assert_eq!(made.status, 207, "{}", made.text);
    assert_eq!(made.json()["user_groups"][2]["code"], "INVALID_DATA");
    let own = made.json()["user_groups"][1]["details"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let one = wired.get(&format!("{path}/{own}")).await.json();
    assert_eq!(
        one["user_groups"][0]["sources"][0]["source"]["name"],
        "Ada Ray"
    );
    let users = wired.get("/crm/v8/users?type=ActiveUsers").await.json();
    let ben = users["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["first_name"] == "Ben")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let of_ben = wired
        .get(&format!("/crm/v8/users/{ben}/actions/associated_groups"))
        .await
        .json();
    assert_eq!(
        (
            of_ben["info"]["count"].clone(),
            of_ben["user_groups"][0]["name"].clone()
        ),
        (json!(1), json!("All"))
    );
    let taken = json!({"user_groups": [{"name": "all"}]});
    assert_eq!(
        wired.put(&format!("{path}/{own}"), &taken).await.json()["user_groups"][0]["code"],
        "DUPLICATE_DATA"
    );
    assert_eq!(wired.delete(&format!("{path}/{own}")).await.status, 200);
    assert_eq!(wired.get(&format!("{path}/{own}")).await.status, 204);
}

#[tokio::test]
async fn the_organisation_has_a_photo() {
    let wired = Wired::start().await;
    let path = "/crm/v8/org/photo";
    assert_eq!(wired.get(path).await.status, 204);
    let send = async |bytes: &[u8]| {
        let head =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
        let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
        let request = wired
            .http
            .post(wired.url(path))
            .header("Authorization", format!("Zoho-oauthtoken {}", wired.token))
            .header("Content-Type", "multipart/form-data; boundary=b");
        got(request.body(body).send().await.unwrap()).await
    };
    assert_eq!(send(b"words").await.status, 400);
    let sent = send(b"\x89PNG picture").await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let org = wired.get("/crm/v8/org").await.json();
    assert_eq!(org["org"][0]["photo_id"], sent.json()["details"]["id"]);
    let request = wired.http.get(wired.url(path));
    let request = request.header("Authorization", format!("Zoho-oauthtoken {}", wired.token));
    let photo = request.send().await.unwrap();
    assert_eq!(photo.headers()["content-type"], "image/png");
    assert_eq!(photo.bytes().await.unwrap(), b"\x89PNG picture".as_slice());
    assert_eq!(wired.delete(path).await.json()["message"], "Photo deleted");
    assert_eq!(wired.get(path).await.status, 204);
}

#[tokio::test]
async fn setup_needs_its_own_scopes() {
    let wired = Wired::start().await;
    let token = wired.token_with(&["ZohoCRM.settings.roles.READ"]).await;
    for (path, status) in [("roles", 200), ("profiles", 401), ("variables", 401)] {
        let request = wired
            .http
            .get(wired.url(&format!("/crm/v8/settings/{path}")));
        let request = request.header("Authorization", format!("Zoho-oauthtoken {token}"));
        assert_eq!(
            got(request.send().await.unwrap()).await.status,
            status,
            "{path}"
        );
    }
}
