//! No request to the accounts host, however odd, gets a 5xx, and none gets a token that it should not have.

use proptest::prelude::*;
use reqwest::Method;
use zoho_sim::{Config, Limits, Site};

use crate::support::{CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, Wired, got};

fn path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/oauth/v2/auth",
        "/oauth/v2/auth/refresh",
        "/oauth/v2/token",
        "/oauth/v2/token/revoke",
        "/oauth/v2/token/scopeenhance",
        "/oauth/v2/token/addextrascope",
        "/oauth/v2/revoke/token",
        "/oauth/v2/introspect",
        "/oauth/v2/userinfo",
        "/oauth/user/info",
        "/oauth/v3/device",
        "/oauth/v3/device/code",
        "/oauth/v3/device/token",
        "/oauth/serverinfo",
        "/oauth/",
        "/oauth/v2/%F0%9F%92%A9",
        "/.well-known/openid-configuration",
        "/.well-known/x",
    ])
}

/// Parameters, right and odd, but never the right secret.
fn form() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let name = prop::sample::select(vec![
        "client_id",
        "client_secret",
        "grant_type",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "refresh_token",
        "token",
        "token_type",
        "user",
        "user_code",
        "decision",
        "prompt",
        "access_type",
        "soid",
        "enhance_token",
        "for_session",
    ]);
    let known = prop::sample::select(vec![
        CLIENT_ID,
        "1004.DEVICE",
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "device_request",
        "device_token",
        "update_scopes_token",
        "http://127.0.0.1:8080/connections/callback",
        "ZohoCRM.modules.ALL",
        "ZohoCRM.60007654321",
        "token",
        "offline",
        "consent",
        "eu-1",
        "us-99999999999999999999999",
        "S256",
        "é%00",
        "\r\nSet-Cookie: a=b",
    ]);
    let value =
        prop_oneof![3 => known.prop_map(str::to_owned), 1 => "\\PC{0,40}", 1 => "[.,]{0,6}"];
    prop::collection::vec((name, value), 0..8)
}

fn header() -> impl Strategy<Value = (&'static str, String)> {
    let name = prop::sample::select(vec![
        "Authorization",
        "Cookie",
        "Content-Type",
        "X-Forwarded-Proto",
    ]);
    let value = prop::sample::select(vec![
        "Basic",
        "Basic ====",
        "Basic 6Q==",
        "Bearer x",
        "Zoho-oauthtoken ",
        "zoho_sim_user=us-1",
        "zoho_sim_user=; zoho_sim_user",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "https",
    ]);
    (name, value.prop_map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn odd_requests_get_neither_a_5xx_nor_a_token(
        requests in prop::collection::vec((any::<bool>(), path(), form(), form(), header()), 30)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let config = Config {
                limits: Some(Limits::off()),
                further: vec![Site::new("eu".parse().unwrap())],
                ..Config::default()
            };
            let wired = Wired::with(config).await;
            for (is_post, path, query, form, (name, value)) in requests {
                let method = if is_post { Method::POST } else { Method::GET };
                let request = wired.http.request(method, wired.url(path)).query(&query).form(&form).header(name, value);
                let got = got(request.send().await.unwrap()).await;
                prop_assert!(got.status.as_u16() < 500, "{path} {query:?} {form:?} gave {}", got.status);
                prop_assert!(!got.text.contains("\"access_token\""), "{path} {query:?} {form:?} gave {}", got.text);
                prop_assert!(!got.text.contains(REFRESH_TOKEN) && !got.text.contains(CLIENT_SECRET));
                let cookies = got.headers.get_all("set-cookie").iter().count();
                prop_assert!(cookies <= 1);
            }
            Ok(())
        })?;
    }
}
