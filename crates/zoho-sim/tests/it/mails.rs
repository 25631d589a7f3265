//! Mails sent from records.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Wired, got};

async fn lead(wired: &Wired) -> String {
    wired
        .record("Leads", json!({"Last_Name": "One", "Company": "C"}))
        .await
}

#[tokio::test]
async fn a_mail_is_sent_recorded_and_shown_below_its_record() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let addresses = wired
        .get("/crm/v8/settings/emails/actions/from_addresses")
        .await
        .json();
    let from = addresses["from_addresses"][0].clone();
    assert_eq!(from["default"], true);
    let path = format!("/crm/v8/Leads/{lead}/Emails");
    assert_eq!(wired.get(&path).await.status, 204);
    let used = async || {
        wired.get("/__sim/v1/limits").await.json()["credits_used"]
            .as_u64()
            .unwrap()
    };
    let before = used().await;
    for number in 0..11 {
        let mail = json!({"from": {"user_name": from["user_name"], "email": from["email"]},
            "to": [{"user_name": "You", "email": "you@example.org"}], "cc": [{"email": "cc@example.org"}],
            "subject": format!("Hello {number}"), "content": "<b>Hi</b>", "mail_format": "html"});
        let got = wired
            .post(
                &format!("/crm/v8/Leads/{lead}/actions/send_mail"),
                &json!({"data": [mail]}),
            )
            .await;
        assert_eq!(got.status, 200, "{}", got.text);
        assert!(got.json()["data"][0]["details"]["message_id"].is_string());
    }
    assert_eq!(used().await - before, 220);

    let page = wired.get(&path).await.json();
    assert_eq!(page["Emails"][0]["subject"], "Hello 10");
    assert_eq!(page["Emails"][0]["linked_record"]["id"], json!(lead));
    assert_eq!(
        (&page["info"]["count"], &page["info"]["more_records"]),
        (&json!(10), &json!(true))
    );
    let next = page["info"]["next_index"].as_str().unwrap();
    let rest = wired.get(&format!("{path}?index={next}")).await.json();
    assert_eq!(
        (&rest["Emails"][0]["subject"], &rest["info"]["more_records"]),
        (&json!("Hello 0"), &json!(false))
    );
    let id = rest["Emails"][0]["message_id"].as_str().unwrap();
    let one = wired.get(&format!("{path}/{id}")).await.json();
    assert_eq!(one["Emails"][0]["content"], "<b>Hi</b>");
}

#[tokio::test]
async fn mails_that_cannot_be_sent_are_refused() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let from = wired
        .get("/crm/v8/settings/emails/actions/from_addresses")
        .await
        .json()["from_addresses"][0]["email"]
        .clone();
    let mail = |more: Value| {
        let mut mail =
            json!({"from": {"email": from}, "to": [{"email": "you@example.org"}], "subject": "S"});
        for (key, value) in more.as_object().unwrap() {
            mail[key] = value.clone();
        }
        json!({"data": [mail]})
    };
    for (body, code, path) in [
        (
            mail(json!({"from": null})),
            "MANDATORY_NOT_FOUND",
            "$.data[0].from",
        ),
        (
            mail(json!({"from": {"email": "stranger@example.org"}})),
            "INVALID_DATA",
            "$.data[0].from.email",
        ),
        (
            mail(json!({"to": []})),
            "MANDATORY_NOT_FOUND",
            "$.data[0].to",
        ),
        (
            mail(json!({"to": [{"email": "nobody"}]})),
            "INVALID_DATA",
            "$.data[0].to[0].email",
        ),
        (
            mail(json!({"subject": null})),
            "MANDATORY_NOT_FOUND",
            "$.data[0].subject",
        ),
        (
            mail(json!({"attachments": [{"id": "00"}]})),
            "INVALID_DATA",
            "$.data[0].attachments[0].id",
        ),
        (
            mail(json!({"scheduled_time": "2001-01-01T00:00:00+00:00"})),
            "INVALID_DATA",
            "$.data[0].scheduled_time",
        ),
    ] {
        let got = wired
            .post(&format!("/crm/v8/Leads/{lead}/actions/send_mail"), &body)
            .await;
        assert_eq!(got.status, 400, "{}", got.text);
        let item = &got.json()["data"][0];
        assert_eq!(
            (&item["code"], &item["details"]["json_path"]),
            (&json!(code), &json!(path))
        );
    }
    let got = wired
        .post("/crm/v8/Leads/42/actions/send_mail", &mail(json!({})))
        .await;
    assert_eq!(got.json()["details"], json!({"resource_path_index": 1}));
}

#[tokio::test]
async fn people_and_tests_see_the_mails_that_were_sent() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let addresses = "/crm/v8/settings/emails/actions/from_addresses";
    let from = wired.get(addresses).await.json()["from_addresses"][0]["email"].clone();
    let mail = json!({"from": {"email": from}, "to": [{"email": "you@example.org"}],
        "subject": "<script>Hello", "content": "Hi"});
    let path = format!("/crm/v8/Leads/{lead}/actions/send_mail");
    let got = wired.post(&path, &json!({"data": [mail]})).await;
    assert_eq!(got.status, 200, "{}", got.text);

    let listed = wired.get("/__sim/v1/mails").await.json();
    let listed = &listed["mails"][0];
    assert_eq!(listed["subject"], "<script>Hello");
    assert_eq!(listed["to"], json!(["you@example.org"]));
    assert_eq!(
        (&listed["module"], &listed["id"]),
        (&json!("Leads"), &json!(lead))
    );
    let page = wired.get("/__sim/mails").await.text;
    assert!(page.contains("you@example.org") && page.contains("&lt;script&gt;Hello"));
    assert!(page.contains(&format!("/__sim/modules/Leads/{lead}")));
    assert!(!page.contains("<script>Hello"));
    assert!(wired.get("/__sim/").await.text.contains("/__sim/mails"));
}

/// Uploads a file and gives its id.
async fn uploaded(wired: &Wired, query: &str, name: &str, bytes: &[u8]) -> String {
    let file = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    let request = wired
        .http
        .post(wired.url(&format!("/crm/v8/files{query}")))
        .header("Authorization", format!("Zoho-oauthtoken {}", wired.token))
        .multipart(Form::new().part("file", file));
    let got = got(request.send().await.unwrap()).await;
    assert_eq!(got.status, 200, "{}", got.text);
    let id = got.json()["data"][0]["details"]["id"].clone();
    id.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_and_inline_images_of_a_mail_are_listed_and_downloaded() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let addresses = "/crm/v8/settings/emails/actions/from_addresses";
    let from = wired.get(addresses).await.json()["from_addresses"][0].clone();
    let attached = uploaded(&wired, "", "offer ä.txt", b"offer").await;
    let image = uploaded(&wired, "?type=inline", "logo.png", b"\x89PNG").await;
    let other = uploaded(&wired, "?type=inline", "other.png", b"other").await;
    let content = format!(
        "<p>{other}</p><img src=\"cid:{image}\"><img src=\"cid:{attached}\"><img src=\"cid:none\">"
    );
    let mail = json!({"from": {"email": from["email"]}, "to": [{"email": "you@example.org"}],
        "subject": "Offer", "content": content, "attachments": [{"id": attached}]});
    let sent = wired
        .post(
            &format!("/crm/v8/Leads/{lead}/actions/send_mail"),
            &json!({"data": [mail]}),
        )
        .await
        .json();
    let message = sent["data"][0]["details"]["message_id"].as_str().unwrap();

    let path = format!("/crm/v8/Leads/{lead}/Emails");
    let listed = wired.get(&path).await.json()["Emails"][0].clone();
    assert_eq!(
        listed["attachments"],
        json!([{"size": "5", "name": "offer ä.txt", "id": attached}])
    );
    assert_eq!(listed["has_attachment"], true);
    let one = wired.get(&format!("{path}/{message}")).await.json();
    let shown = one["Emails"][0]["content"].as_str().unwrap();
    assert!(shown.contains(&format!("<img img_id=\"{image}\" src=\"cid:{image}\">")));
    assert_eq!(shown.matches("img_id").count(), 1, "{shown}");

    let user = from["id"].as_str().unwrap();
    let file = format!("{path}/actions/download_attachments?message_id={message}&user_id={user}");
    let name = "offer%20%C3%A4.txt";
    let (status, headers, bytes) = wired
        .download(&format!("{file}&id={attached}&name={name}"))
        .await;
    assert_eq!((status.as_u16(), bytes.as_slice()), (200, &b"offer"[..]));
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, format!("attachment; filename*=UTF-8''{name}"));
    let inline = format!("{path}/actions/download_inline_images");
    let images = format!("{inline}?message_id={message}&user_id={user}");
    let (status, _, bytes) = wired.download(&format!("{images}&id={image}")).await;
    assert_eq!((status.as_u16(), bytes.as_slice()), (200, &b"\x89PNG"[..]));

    for (path, code, param) in [
        (
            format!("{file}&name={name}"),
            "REQUIRED_PARAM_MISSING",
            "id",
        ),
        (
            format!("{file}&id={attached}"),
            "REQUIRED_PARAM_MISSING",
            "name",
        ),
        (format!("{images}&id="), "REQUIRED_PARAM_MISSING", "id"),
        (
            format!("{inline}?message_id={message}&id={image}"),
            "REQUIRED_PARAM_MISSING",
            "user_id",
        ),
        (
            format!("{file}&id={attached}&name=else"),
            "INVALID_DATA",
            "name",
        ),
        (
            format!("{file}&id={image}&name={name}"),
            "INVALID_DATA",
            "id",
        ),
        (format!("{images}&id={attached}"), "INVALID_DATA", "id"),
        (format!("{images}&id={other}"), "INVALID_DATA", "id"),
        (
            format!("{inline}?message_id=none&user_id={user}&id={image}"),
            "INVALID_DATA",
            "message_id",
        ),
        (
            format!("{inline}?message_id={message}&user_id=1&id={image}"),
            "INVALID_DATA",
            "user_id",
        ),
        (
            format!("{inline}?message_id={message}&user_id=%C3%A4&id={image}"),
            "INVALID_DATA",
            "user_id",
        ),
    ] {
        let got = wired.get(&path).await;
        let refused = got.json();
        assert_eq!(got.status, 400, "{path}: {}", got.text);
        assert_eq!(
            (&refused["code"], &refused["details"]["param_name"]),
            (&json!(code), &json!(param)),
            "{path}"
        );
    }
    let page = wired.get("/__sim/mails").await.text;
    assert!(page.contains("offer ä.txt, logo.png (inline)"), "{page}");
    let controlled = wired.get("/__sim/v1/mails").await.json();
    assert_eq!(controlled["mails"][0]["inline_images"], json!([image]));
}

#[tokio::test]
async fn files_of_mails_need_the_scopes_of_mails_and_of_the_module() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    for action in ["download_attachments", "download_inline_images"] {
        let path = format!("/crm/v8/Leads/{lead}/Emails/actions/{action}");
        for (scopes, status, code) in [
            (
                &["ZohoCRM.modules.leads.READ"][..],
                401,
                "OAUTH_SCOPE_MISMATCH",
            ),
            (
                &["ZohoCRM.modules.emails.READ"],
                401,
                "OAUTH_SCOPE_MISMATCH",
            ),
            (
                &["ZohoCRM.modules.emails.READ", "ZohoCRM.modules.leads.READ"],
                400,
                "REQUIRED_PARAM_MISSING",
            ),
        ] {
            let token = wired.token_with(scopes).await;
            let request = wired.http.get(wired.url(&path));
            let request = request.header("Authorization", format!("Zoho-oauthtoken {token}"));
            let got = got(request.send().await.unwrap()).await;
            assert_eq!(
                (got.status.as_u16(), got.code().as_str()),
                (status, code),
                "{action} {scopes:?}"
            );
        }
    }
}
