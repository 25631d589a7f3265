//! Devices with little input: a code typed elsewhere, and polling.

use serde_json::{Value, json};
use zoho_sim::{Config, Site};

use crate::support::{CLIENT_ID, Got, Wired, got};

struct Device {
    id: String,
    secret: String,
}

async fn device(wired: &Wired, more: Value) -> Device {
    let mut client = json!({"kind": "non_browser", "name": "Wall display"});
    client
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let client = wired.post("/__sim/v1/clients", &client).await.json();
    Device {
        id: client["client_id"].as_str().unwrap().to_owned(),
        secret: client["client_secret"].as_str().unwrap().to_owned(),
    }
}

async fn post(wired: &Wired, url: String, form: &[(&str, &str)]) -> Got {
    got(wired.http.post(url).form(form).send().await.unwrap()).await
}

async fn begin(wired: &Wired, device: &Device, more: &[(&str, &str)]) -> Value {
    let mut form = vec![
        ("client_id", device.id.as_str()),
        ("grant_type", "device_request"),
        ("access_type", "offline"),
    ];
    form.push(("scope", "ZohoCRM.org.READ"));
    form.retain(|(name, _)| more.iter().all(|(given, _)| given != name));
    form.extend(more);
    post(wired, wired.url("/oauth/v3/device/code"), &form)
        .await
        .json()
}

async fn poll(wired: &Wired, server: &str, device: &Device, begun: &Value) -> Value {
    let form = [
        ("client_id", device.id.as_str()),
        ("client_secret", device.secret.as_str()),
        ("grant_type", "device_token"),
        ("code", begun["device_code"].as_str().unwrap()),
    ];
    let got = post(wired, format!("{server}/oauth/v3/device/token"), &form).await;
    assert_eq!(got.status, 200);
    got.json()
}

fn error(word: &str) -> Value {
    json!({"error": word})
}

#[tokio::test]
async fn a_device_waits_for_its_person_and_then_gets_both_tokens_once() {
    let wired = Wired::start().await;
    let device = device(&wired, json!({})).await;
    assert!(device.id.starts_with("1004."), "{}", device.id);
    let begun = begin(&wired, &device, &[]).await;
    let page = begun["verification_url"].as_str().unwrap();
    assert_eq!(page, wired.url("/oauth/v3/device"));
    let here = wired.simulator.url();
    assert_eq!(
        poll(&wired, &here, &device, &begun).await,
        error("authorization_pending")
    );
    assert_eq!(
        poll(&wired, &here, &device, &begun).await,
        error("slow_down")
    );
    wired.simulator.advance(30);
    assert_eq!(
        poll(&wired, &here, &device, &begun).await,
        error("authorization_pending")
    );

    let user_code = begun["user_code"].as_str().unwrap();
    let typed = user_code.to_lowercase();
    let asked = got(wired
        .http
        .get(page)
        .query(&[("user_code", &typed)])
        .send()
        .await
        .unwrap())
    .await;
    assert!(
        asked.text.contains("Wall display") && asked.text.contains("ZohoCRM.org.READ"),
        "{}",
        asked.text
    );
    let form = [
        ("user_code", user_code),
        ("decision", "accept"),
        ("user", "ben.okafor@leadway.example"),
    ];
    assert_eq!(post(&wired, page.to_owned(), &form).await.status, 200);
    wired.simulator.advance(30);
    let answer = poll(&wired, &here, &device, &begun).await;
    assert!(
        answer["refresh_token"]
            .as_str()
            .unwrap()
            .starts_with("1004."),
        "{answer}"
    );
    let token = answer["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        poll(&wired, &here, &device, &begun).await,
        error("invalid_code")
    );
    let wired = Wired { token, ..wired };
    assert_eq!(wired.get("/crm/v8/org").await.status, 200);
}

#[tokio::test]
async fn denied_and_old_requests_give_no_token() {
    let wired = Wired::start().await;
    let device = device(&wired, json!({})).await;
    let here = wired.simulator.url();
    let denied = begin(&wired, &device, &[]).await;
    let decision = json!({"user_code": denied["user_code"], "is_accepted": false});
    assert_eq!(wired.post("/__sim/v1/devices", &decision).await.status, 200);
    assert_eq!(
        poll(&wired, &here, &device, &denied).await,
        error("access_denied")
    );
    assert_eq!(
        wired.post("/__sim/v1/devices", &decision).await.status,
        404,
        "it is decided"
    );

    let old = begin(&wired, &device, &[]).await;
    wired.simulator.advance(300);
    let late = json!({"user_code": old["user_code"], "is_accepted": true});
    assert_eq!(wired.post("/__sim/v1/devices", &late).await.status, 404);
    assert_eq!(poll(&wired, &here, &device, &old).await, error("expired"));
    wired
        .put(
            "/__sim/v1/limits",
            &json!({"device_code_seconds": 5, "device_poll_seconds": 1}),
        )
        .await;
    let short = begin(&wired, &device, &[]).await;
    assert_eq!(
        (&short["expires_in"], &short["interval"]),
        (&json!(5_000), &json!(1_000))
    );
    wired.simulator.advance(5);
    assert_eq!(poll(&wired, &here, &device, &short).await, error("expired"));
}

#[tokio::test]
async fn a_person_of_another_data_center_sends_the_device_there() {
    let config = Config {
        further: vec![Site::new("eu".parse().unwrap())],
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let (us, eu) = (
        wired.simulator.url(),
        wired.simulator.url_of("eu".parse().unwrap()).unwrap(),
    );
    let at_home = device(&wired, json!({})).await;
    let begun = begin(&wired, &at_home, &[]).await;
    let decision = |begun: &Value| json!({"user_code": begun["user_code"], "is_accepted": true, "user": "eve.holm@eu.example"});
    assert_eq!(
        wired
            .post("/__sim/v1/devices", &decision(&begun))
            .await
            .status,
        400,
        "the client is not switched on for eu"
    );

    let both = device(&wired, json!({"elsewhere": {"eu": null}})).await;
    let begun = begin(&wired, &both, &[]).await;
    assert_eq!(
        wired
            .post("/__sim/v1/devices", &decision(&begun))
            .await
            .status,
        200
    );
    assert_eq!(
        poll(&wired, &us, &both, &begun).await,
        json!({"error": "other_dc", "user_location": "eu"})
    );
    let answer = poll(&wired, &eu, &both, &begun).await;
    assert_eq!(answer["api_domain"], json!(eu), "{answer}");
}

#[tokio::test]
async fn only_devices_begin_and_only_with_scopes_that_exist() {
    let wired = Wired::start().await;
    let device = device(&wired, json!({})).await;
    assert_eq!(
        begin(&wired, &device, &[("client_id", CLIENT_ID)]).await,
        error("invalid_client")
    );
    assert_eq!(
        begin(&wired, &device, &[("grant_type", "token")]).await,
        error("unsupported_grant_type")
    );
    assert_eq!(
        begin(&wired, &device, &[("scope", "ZohoCRM.moons.ALL")]).await,
        error("invalid_scope")
    );
    let page = wired.get("/oauth/v3/device?user_code=%3Cscript%3E").await;
    assert!(page.status == 400 && !page.text.contains("<script>alert"));
}
