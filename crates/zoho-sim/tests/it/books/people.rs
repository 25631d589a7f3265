//! What people do with Books: the page, and the control API.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ORGANISATION, call, created, start};
use crate::support::{Got, Wired, got};

fn at(path: &str) -> String {
    format!("/__sim/books/{ORGANISATION}/{path}")
}

async fn post(wired: &Wired, path: &str, form: &[(&str, &str)]) -> Got {
    let request = wired.http.post(wired.url(path)).form(form);
    got(request.send().await.unwrap()).await
}

async fn customer(wired: &Wired, name: &str) -> String {
    let contact = created(wired, "/contacts", "contact", json!({"contact_name": name})).await;
    contact["contact_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_record_type_has_its_pages() {
    let wired = start().await;
    customer(&wired, "Halden").await;
    let books = wired.get("/__sim/v1/books").await.json();
    let counts = books["data"][0]["records"].as_object().unwrap().clone();
    let page = wired.get("/__sim/books").await.text;
    for (kind, count) in &counts {
        let list = at(kind);
        assert!(page.contains(&format!("href=\"{list}\"")), "{kind}");
        let shown = wired.get(&list).await;
        assert!(shown.text.contains(&format!("{count} records")), "{kind}");
        let records = wired
            .get(&format!("/__sim/v1/books/{ORGANISATION}/{kind}?limit=1"))
            .await
            .json();
        let link = shown
            .text
            .split("<td><a href=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let link = link.unwrap_or_else(|| panic!("{kind} has {}", records["count"]));
        assert_eq!(wired.get(link).await.status, 200, "{link}");
    }
    for path in ["contact/17", "nothing", "nothing/17", "files/17"] {
        assert_eq!(wired.get(&at(path)).await.status, 404, "{path}");
    }
    assert_eq!(wired.get("/__sim/books/17/contact").await.status, 404);
}

#[tokio::test]
async fn hostile_records_of_books_stay_text_everywhere() {
    let wired = start().await;
    let hostile = "<script>alert('x')</script>\"&</textarea><img src=x>";
    let id = customer(&wired, hostile).await;
    let line = json!({"name": hostile, "description": hostile, "rate": 1, "quantity": 1});
    let invoice = json!({"customer_id": id, "notes": hostile, "line_items": [line]});
    let invoice = created(&wired, "/invoices", "invoice", invoice).await;
    let invoice = invoice["invoice_id"].as_str().unwrap();
    let comment = json!({"description": hostile});
    let comments = format!("/invoices/{invoice}/comments");
    call(&wired, Method::POST, &comments, Some(&comment), &[]).await;
    for path in [
        at("contact"),
        at(&format!("contact/{id}")),
        at("invoice?filter=%3Cscript%3Ealert("),
        at(&format!("invoice/{invoice}")),
        at("invoice/new?notes=%3C/textarea%3E%3Cscript%3Ealert("),
        at("invoice/new"),
        at("%3Cscript%3Ealert("),
        at("contact/%3Cscript%3Ealert("),
        "/__sim/books/%3Cscript%3Ealert(/contact".to_owned(),
    ] {
        let page = wired.get(&path).await.text;
        assert!(
            !page.contains("<script>alert(") && !page.contains("<img src=x>"),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn a_person_writes_sends_comments_and_deletes_an_invoice() {
    let wired = start().await;
    let customer = customer(&wired, "Halden").await;
    let form = [
        ("customer_id", customer.as_str()),
        ("line_items.0.name", "Chair"),
        ("line_items.0.quantity", "2"),
        ("line_items.0.rate", "12.50"),
        ("line_items.1.name", ""),
    ];
    let made = post(&wired, &at("invoice/new"), &form).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let path = made.headers["location"].to_str().unwrap().to_owned();
    let page = wired.get(&path).await.text;
    assert!(page.contains("25.00 USD") && page.contains("Halden"));

    // Only what was changed is sent: the line keeps its id.
    let read = |of: &str| {
        let path = path.replace("/__sim/books/", "/__sim/v1/books/");
        let of = of.to_owned();
        let wired = &wired;
        async move { wired.get(&path).await.json()[&of].clone() }
    };
    let line = read("line_items").await[0]["line_item_id"].clone();
    let form = [
        ("notes", "soon"),
        ("line_items.0.name", "Chair"),
        ("line_items.0.quantity", "3"),
        ("line_items.0.rate", "12.50"),
    ];
    let changed = post(&wired, &path, &form).await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    assert_eq!(read("total").await, json!(37.5));
    assert_eq!(read("notes").await, "soon");
    assert_eq!(read("line_items").await[0]["line_item_id"], line);

    let refused = post(&wired, &path, &[("line_items.0.rate", "dear")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("Invalid value passed for rate"));

    let act = format!("{path}/act");
    let sent = post(&wired, &act, &[("action", "status/sent")]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    assert_eq!(read("status").await, "sent");
    let unknown = post(&wired, &act, &[("action", "status/../../x")]).await;
    assert_eq!(unknown.status, 422);

    let comments = format!("{path}/comments");
    let said = post(&wired, &comments, &[("description", "they called")]).await;
    assert_eq!(said.status, 303);
    assert!(wired.get(&path).await.text.contains("they called"));

    let file = reqwest::multipart::Part::bytes(b"GIF89a".to_vec()).file_name("seal.gif");
    let parts = reqwest::multipart::Form::new().part("attachment", file);
    let request = wired.http.post(wired.url(&format!("{path}/files")));
    let added = request.multipart(parts).send().await.unwrap();
    assert_eq!(added.status(), 303);
    let page = wired.get(&path).await.text;
    let link = page.split("/files/").nth(1).unwrap();
    let link = at(&format!("files/{}", link.split('"').next().unwrap()));
    let file = wired.get(&link).await;
    assert_eq!(file.text, "GIF89a");
    assert_eq!(file.headers["content-type"], "application/octet-stream");
    let disposition = file.headers["content-disposition"].to_str().unwrap();
    assert!(disposition.contains("seal.gif"), "{disposition}");

    let deleted = post(&wired, &format!("{path}/delete"), &[]).await;
    assert_eq!(deleted.status, 303);
    assert_eq!(wired.get(&path).await.status, 404);
}

#[tokio::test]
async fn people_act_by_the_control_api_and_no_limit_counts() {
    let wired = start().await;
    let contact = customer(&wired, "Halden").await;
    let limits = json!({"books_calls_per_minute_max": 1});
    let path = "/__sim/v1/limits";
    assert_eq!(
        wired.call(Method::PUT, path, Some(&limits)).await.status,
        200
    );
    let root = format!("/__sim/v1/books/{ORGANISATION}/contact");
    for action in ["inactive", "active", "inactive"] {
        let acted = wired
            .post(&format!("{root}/{contact}/{action}"), &json!({}))
            .await;
        assert_eq!(acted.status, 200, "{}", acted.text);
    }
    let read = wired.get(&format!("{root}/{contact}")).await.json();
    assert_eq!(read["status"], "inactive");
    let mail = json!({"to_mail_ids": ["a@example.com"], "subject": "Hi"});
    let mailed = wired.post(&format!("{root}/{contact}/email"), &mail).await;
    assert_eq!(mailed.status, 200, "{}", mailed.text);
    let mails = wired
        .get(&format!("/__sim/v1/books/{ORGANISATION}/mails"))
        .await
        .json();
    assert_eq!(mails["data"][0]["body"]["subject"], "Hi");
    let unknown = wired
        .post(&format!("{root}/{contact}/nothing"), &json!({}))
        .await;
    assert_eq!(unknown.status, 404);
    let foreign = wired.post(&format!("{root}/17/active"), &json!({})).await;
    assert_eq!(foreign.status, 404);

    let filtered = wired
        .get(&format!("{root}?filter=status=inactive&limit=5"))
        .await;
    let found: Value = filtered.json();
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(found["data"][0]["contact_id"], contact.as_str());
    let none = wired
        .get(&format!("{root}?filter=nobody-has-this"))
        .await
        .json();
    assert_eq!(none["data"], json!([]));
}
