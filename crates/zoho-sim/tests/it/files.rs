//! Attachments, the file store, file fields and photos.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use zoho_sim::{Config, Seed};

use crate::support::{Got, Wired, got};

fn part(name: &str, bytes: &[u8]) -> Part {
    Part::bytes(bytes.to_vec()).file_name(name.to_owned())
}

async fn send(wired: &Wired, path: &str, form: Form) -> Got {
    let request = wired
        .http
        .post(wired.url(path))
        .header("Authorization", format!("Zoho-oauthtoken {}", wired.token))
        .multipart(form);
    let got = got(request.send().await.unwrap()).await;
    crate::oas::check(&Method::POST, path, got.status.as_u16(), &got.text);
    got
}

async fn lead(wired: &Wired) -> String {
    wired
        .record("Leads", json!({"Last_Name": "One", "Company": "C"}))
        .await
}

#[tokio::test]
async fn files_are_attached_listed_downloaded_and_deleted() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let path = format!("/crm/v8/Leads/{lead}/Attachments");
    assert_eq!(
        wired.get(&format!("{path}?fields=File_Name")).await.status,
        204
    );
    assert_eq!(
        wired.get(&path).await.json()["code"],
        "REQUIRED_PARAM_MISSING"
    );

    let got = send(
        &wired,
        &path,
        Form::new().part("file", part("größe 1.txt", b"\0\x01hello")),
    )
    .await;
    assert_eq!(got.status, 200, "{}", got.text);
    let item = got.json()["data"][0].clone();
    assert_eq!(item["message"], "attachment uploaded successfully");
    let file = item["details"]["id"].as_str().unwrap().to_owned();
    let form = Form::new()
        .text("attachmentUrl", "https://zylker.example/a")
        .text("title", "Price list");
    let link = send(&wired, &path, form).await.json()["data"][0]["details"]["id"].clone();

    let listed = wired
        .get(&format!(
            "{path}?fields=File_Name,Size,Parent_Id,Owner,$type,$file_id,$link_url,$se_module"
        ))
        .await
        .json();
    assert_eq!(listed["info"]["count"], 2);
    let (first, second) = (&listed["data"][0], &listed["data"][1]);
    assert_eq!(
        (&first["id"], &first["File_Name"], &first["Size"]),
        (&link, &json!("Price list"), &json!("0"))
    );
    assert_eq!(
        (&first["$type"], &first["$link_url"], &first["$file_id"]),
        (
            &json!("Link URL"),
            &json!("https://zylker.example/a"),
            &Value::Null
        )
    );
    assert_eq!(
        (&second["File_Name"], &second["Size"], &second["$type"]),
        (&json!("größe 1.txt"), &json!("7"), &json!("File"))
    );
    assert_eq!(
        (&second["$se_module"], &second["Parent_Id"]["id"]),
        (&json!("Leads"), &json!(lead))
    );

    let page = wired
        .get(&format!("{path}?fields=File_Name&per_page=1"))
        .await
        .json();
    let token = page["info"]["next_page_token"].as_str().unwrap();
    let page = wired
        .get(&format!(
            "{path}?fields=File_Name&per_page=1&page_token={token}"
        ))
        .await
        .json();
    assert_eq!(
        (&page["data"][0]["id"], &page["info"]["page"]),
        (&json!(file), &json!(2))
    );

    let (status, headers, bytes) = wired.download(&format!("{path}/{file}")).await;
    assert_eq!(
        (status.as_u16(), bytes.as_slice()),
        (200, b"\0\x01hello".as_slice())
    );
    assert_eq!(
        headers["content-disposition"],
        "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.txt"
    );
    let got = wired
        .get(&format!("{path}/{}", link.as_str().unwrap()))
        .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (400, &json!("DOWNLOAD_NOT_ALLOWED"))
    );

    assert_eq!(
        wired.delete(&format!("{path}/{file}")).await.json()["data"][0]["message"],
        "record deleted"
    );
    let got = wired.get(&format!("{path}/{file}")).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (404, &json!("INVALID_DATA"))
    );
    let got = wired
        .delete(&format!("{path}?ids={},{file}", link.as_str().unwrap()))
        .await;
    assert_eq!(got.status, 207, "{}", got.text);
    assert_eq!(
        wired.get(&format!("{path}?fields=File_Name")).await.status,
        204
    );
}

#[tokio::test]
async fn what_cannot_be_attached_is_refused() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let path = format!("/crm/v8/Leads/{lead}/Attachments");
    let link = |url: String| Form::new().text("attachmentUrl", url);
    for (form, status, code) in [
        (Form::new().text("other", "x"), 400, "MANDATORY_NOT_FOUND"),
        (link("no address".to_owned()), 400, "INVALID_URL_PATTERN"),
        (
            link(format!("https://x.example/{}", "a".repeat(3_000))),
            400,
            "INVALID_DATA",
        ),
    ] {
        let got = send(&wired, &path, form).await;
        assert_eq!(
            (got.status.as_u16(), &got.json()["code"]),
            (status, &json!(code))
        );
    }
    let got = send(
        &wired,
        "/crm/v8/Leads/5725767000000999999/Attachments",
        Form::new().part("file", part("a", b"x")),
    )
    .await;
    assert_eq!(got.json()["details"], json!({"resource_path_index": 1}));

    let large = vec![b'x'; 33 * 1024 * 1024];
    let got = send(
        &wired,
        &path,
        Form::new().part("file", part("large.bin", &large)),
    )
    .await;
    assert_eq!(got.status, 200, "{}", got.text);

    let token = wired.token_with(&["ZohoCRM.modules.leads.ALL"]).await;
    let request = wired
        .http
        .get(wired.url(&format!("{path}?fields=id")))
        .bearer_auth(token);
    assert_eq!(request.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn stored_files_fill_file_fields() {
    let seed = include_str!("../../src/seeds/demo.json");
    let mut seed: Value = serde_json::from_str(seed).unwrap();
    seed["fields"] = json!({"Leads": [{"api_name": "Contract", "label": "Contract", "data_type": "fileupload"}]});
    let wired = Wired::with(Config {
        seed: Seed::from_json(&seed.to_string()).unwrap(),
        ..Config::default()
    })
    .await;
    let form = Form::new()
        .part("file", part("a.txt", b"one"))
        .part("file", part("b.txt", b"two"));
    let got = send(&wired, "/crm/v8/files", form).await;
    assert_eq!(got.status, 200, "{}", got.text);
    let items = got.json()["data"].clone();
    assert_eq!(items[0]["message"], "a.txt uploaded Succeessfully");
    let id = |number: usize| items[number]["details"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        wired
            .download(&format!("/crm/v8/files?id={}", id(1)))
            .await
            .2,
        b"two"
    );
    assert_eq!(wired.get("/crm/v8/files?id=00").await.status, 204);
    assert_eq!(
        wired.get("/crm/v8/files").await.json()["code"],
        "REQUIRED_PARAM_MISSING"
    );

    let row = |file: &str| json!({"data": [{"Last_Name": "L", "Company": "C", "Contract": [{"File_Id__s": file}]}]});
    let got = wired.post("/crm/v8/Leads", &row("unknown")).await;
    assert_eq!(got.json()["data"][0]["code"], "INVALID_DATA");
    let lead =
        wired.post("/crm/v8/Leads", &row(&id(0))).await.json()["data"][0]["details"]["id"].clone();
    let lead = lead.as_str().unwrap();
    let contract =
        wired.get(&format!("/crm/v8/Leads/{lead}")).await.json()["data"][0]["Contract"][0].clone();
    assert_eq!(
        (&contract["File_Name__s"], &contract["Size__s"]),
        (&json!("a.txt"), &json!(3))
    );
    let path = format!("/crm/v8/Leads/{lead}/actions/download_fields_attachment");
    let part_id = contract["id"].as_str().unwrap();
    assert_eq!(
        wired
            .download(&format!("{path}?fields_attachment_id={part_id}"))
            .await
            .2,
        b"one"
    );
    assert_eq!(
        wired
            .download(&format!("{path}?fields_attachment_id=1"))
            .await
            .0,
        400
    );

    let got = send(&wired, "/crm/v8/files", Form::new().text("file", "x")).await;
    assert_eq!(got.json()["code"], "failure_in_attachment_handling");
    let eleven = (0..11).fold(Form::new(), |form, _| form.part("file", part("a", b"x")));
    assert_eq!(send(&wired, "/crm/v8/files", eleven).await.status, 400);
    let large = vec![0; 20 * 1024 * 1024 + 1];
    let got = send(
        &wired,
        "/crm/v8/files",
        Form::new().part("file", part("a", &large)),
    )
    .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (415, &json!("FILE_SIZE_MORE_THAN_ALLOWED_SIZE"))
    );
}

#[tokio::test]
async fn records_have_photos() {
    let wired = Wired::start().await;
    let lead = lead(&wired).await;
    let path = format!("/crm/v8/Leads/{lead}/photo");
    let photo = |width: u8| {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, width, 0, 0, 0, 0x10, 0]);
        Form::new().part("file", part("me.png", &png))
    };
    assert_eq!(wired.get(&path).await.status, 204);
    let got = send(&wired, &path, photo(1)).await;
    assert_eq!(
        got.json(),
        json!({"code": "SUCCESS", "details": {}, "message": "photo uploaded successfully", "status": "success"})
    );
    let (status, headers, bytes) = wired.download(&path).await;
    assert_eq!(
        (status.as_u16(), &headers["content-type"], bytes.len()),
        (200, &"image/png".parse().unwrap(), 24)
    );
    let image = async || {
        wired.get(&format!("/crm/v8/Leads/{lead}")).await.json()["data"][0]["Record_Image"].clone()
    };
    assert!(image().await.is_string());

    let got = send(&wired, &path, photo(255)).await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["code"]),
        (415, &json!("FILE_SIZE_MORE_THAN_ALLOWED_SIZE"))
    );
    let got = send(
        &wired,
        &path,
        Form::new().part("file", part("a.pdf", b"%PDF")),
    )
    .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["message"]),
        (400, &json!("invalid file type"))
    );
    assert_eq!(wired.delete(&path).await.json()["message"], "Photo deleted");
    assert_eq!(wired.get(&path).await.status, 204);
    assert!(image().await.is_null());
    let task = wired.record("Tasks", json!({"Subject": "S"})).await;
    let got = send(&wired, &format!("/crm/v8/Tasks/{task}/photo"), photo(1)).await;
    assert_eq!(got.json()["code"], "INVALID_MODULE");
}
