//! HTTPS with a certificate made at the start.

use reqwest::{Certificate, Client};
use serde_json::json;
use zoho_sim::{Config, Simulator};

use crate::support::{CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, got};

async fn encrypted() -> (Simulator, Client) {
    let config = Config {
        tls: true,
        ..Config::default()
    };
    let simulator = Simulator::start(config).await.unwrap();
    let authority = Certificate::from_pem(simulator.certificate().unwrap().as_bytes()).unwrap();
    let address = simulator.address();
    let http = Client::builder()
        .tls_certs_only([authority])
        .resolve("www.zohoapis.com", address)
        .build()
        .unwrap();
    (simulator, http)
}

#[tokio::test]
async fn clients_that_trust_the_certificate_are_served_and_told_https() {
    let (simulator, http) = encrypted().await;
    let url = simulator.url();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", REFRESH_TOKEN),
    ];
    let request = http.post(format!("{url}/oauth/v2/token")).form(&form);
    let answer = got(request.send().await.unwrap()).await.json();
    assert_eq!(answer["api_domain"], json!(url));
    let token = answer["access_token"].as_str().unwrap();
    let port = simulator.address().port();
    let named = format!("https://www.zohoapis.com:{port}/crm/v8/org");
    let org = got(http.get(named).bearer_auth(token).send().await.unwrap()).await;
    assert_eq!(
        org.status, 200,
        "the certificate is good for Zoho's own names too"
    );
}

#[tokio::test]
async fn strangers_and_plain_words_are_not_served() {
    let (simulator, http) = encrypted().await;
    let url = simulator.url();
    let stranger = Client::builder().build().unwrap();
    assert!(
        stranger
            .get(format!("{url}/__sim/v1/health"))
            .send()
            .await
            .is_err()
    );
    let plain = url.replace("https://", "http://");
    assert!(
        stranger
            .get(format!("{plain}/__sim/v1/health"))
            .send()
            .await
            .is_err()
    );
    let health = http
        .get(format!("{url}/__sim/v1/health"))
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), 200);
}

#[tokio::test]
async fn connections_are_cut_inside_encryption_too() {
    let (simulator, http) = encrypted().await;
    let url = simulator.url();
    for kind in ["refuse", "truncated"] {
        let fault = json!({"kind": kind, "times": 1, "path_prefix": "/oauth/"});
        let request = http
            .post(format!("{url}/__sim/v1/faults"))
            .body(fault.to_string());
        assert_eq!(request.send().await.unwrap().status(), 201);
        let answer = http.get(format!("{url}/oauth/serverinfo")).send().await;
        let is_broken = match answer {
            Ok(answer) => answer.text().await.is_err(),
            Err(_) => true,
        };
        assert!(is_broken, "{kind}");
        assert_eq!(
            http.get(format!("{url}/oauth/serverinfo"))
                .send()
                .await
                .unwrap()
                .status(),
            200
        );
    }
    simulator.stop().await;
}
