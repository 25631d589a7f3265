//! What else is done with tokens: revoke, introspect, tell of the user; and what the accounts host says of itself.

use serde_json::{Value, json};

use crate::support::{CLIENT_ID, CLIENT_SECRET, Got, REFRESH_TOKEN, Wired, got};

async fn basic(wired: &Wired, path: &str, secret: &str, form: &[(&str, &str)]) -> Got {
    let request = wired
        .http
        .post(wired.url(path))
        .basic_auth(CLIENT_ID, Some(secret));
    got(request.form(form).send().await.unwrap()).await
}

#[tokio::test]
async fn a_client_may_say_who_it_is_by_basic() {
    let wired = Wired::start().await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH_TOKEN),
    ];
    let answer = basic(&wired, "/oauth/v2/token", CLIENT_SECRET, &form)
        .await
        .json();
    assert!(answer["access_token"].is_string(), "{answer}");
    let wrong = basic(&wired, "/oauth/v2/token", "wrong", &form)
        .await
        .json();
    assert_eq!(wrong, json!({"error": "invalid_client_secret"}));
}

#[tokio::test]
async fn a_client_revokes_its_own_tokens_by_type() {
    let wired = Wired::start().await;
    let path = "/oauth/v2/revoke/token";
    let token = wired.token.clone();
    let access = [("token", token.as_str()), ("token_type", "access_token")];
    let word = |got: &Got| (got.status.as_u16(), got.json());
    let refused = basic(&wired, path, "wrong", &access).await;
    assert_eq!(
        word(&refused),
        (400, json!({"error": "invalid_client_secret"}))
    );
    let wrong_type = [("token", token.as_str()), ("token_type", "refresh_token")];
    assert_eq!(
        basic(&wired, path, CLIENT_SECRET, &wrong_type).await.status,
        400
    );
    assert_eq!(
        basic(&wired, path, CLIENT_SECRET, &[("token", &token)])
            .await
            .status,
        400
    );
    assert_eq!(wired.get("/crm/v8/org").await.status, 200, "it still lives");
    assert_eq!(
        word(&basic(&wired, path, CLIENT_SECRET, &access).await),
        (200, json!({"status": "success"}))
    );
    assert_eq!(wired.get("/crm/v8/org").await.status, 401);

    let other = json!({"client_id": "1000.OTHER", "client_secret": "s"});
    wired.post("/__sim/v1/clients", &other).await;
    let form = [("token", REFRESH_TOKEN), ("token_type", "refresh_token")];
    let request = wired
        .http
        .post(wired.url(path))
        .basic_auth("1000.OTHER", Some("s"))
        .form(&form);
    assert_eq!(
        request.send().await.unwrap().status(),
        400,
        "it is another client's"
    );
    assert_eq!(basic(&wired, path, CLIENT_SECRET, &form).await.status, 200);
    assert_eq!(
        wired.refresh().await.json(),
        json!({"error": "invalid_code"})
    );
}

#[tokio::test]
async fn introspection_tells_a_client_of_its_own_living_tokens() {
    let wired = Wired::start().await;
    let token = wired.token.clone();
    let look = async |secret: &str, token: &str| {
        basic(&wired, "/oauth/v2/introspect", secret, &[("token", token)]).await
    };
    let seen = look(CLIENT_SECRET, &token).await.json();
    assert_eq!(
        (&seen["active"], &seen["client_id"]),
        (&json!(true), &json!(CLIENT_ID))
    );
    assert_eq!(
        seen["exp"].as_i64().unwrap() - seen["iat"].as_i64().unwrap(),
        3_600
    );
    assert_eq!(
        look(CLIENT_SECRET, REFRESH_TOKEN).await.json()["active"],
        true
    );
    assert_eq!(look("wrong", &token).await.status, 401);
    wired.simulator.advance(3_600);
    assert_eq!(
        look(CLIENT_SECRET, &token).await.json(),
        json!({"active": false})
    );
}

#[tokio::test]
async fn the_user_is_told_to_whom_may_know() {
    let wired = Wired::start().await;
    let ask = async |path: &str, token: &str| {
        let request = wired
            .http
            .get(wired.url(path))
            .header("Authorization", format!("Zoho-oauthtoken {token}"));
        got(request.send().await.unwrap()).await
    };
    let token = wired.token_with(&["AaaServer.profile.READ"]).await;
    let profile = ask("/oauth/user/info", &token).await.json();
    assert_eq!(
        (&profile["Email"], &profile["Display_Name"]),
        (&json!("ada.ray@leadway.example"), &json!("Ada Ray"))
    );
    assert!(profile["ZUID"].is_u64());
    let claims = ask("/oauth/v2/userinfo", &token).await.json();
    assert_eq!(claims["email"], "ada.ray@leadway.example");
    let narrow = wired.token_with(&["ZohoCRM.org.READ"]).await;
    for (token, word) in [
        (narrow.as_str(), "INVALID_OAUTHSCOPE"),
        ("none", "INVALID_OAUTHTOKEN"),
    ] {
        let refused = ask("/oauth/user/info", token).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()),
            (401, json!({"error": word}))
        );
    }
}

#[tokio::test]
async fn the_accounts_host_describes_itself() {
    let wired = Wired::start().await;
    let document = wired.get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["issuer"], json!(wired.simulator.url()));
    assert_eq!(
        document["code_challenge_methods_supported"],
        json!(["plain", "S256"])
    );
    for (name, method) in [
        ("token_endpoint", "POST"),
        ("revocation_endpoint", "POST"),
        ("introspection_endpoint", "POST"),
        ("device_authorization_endpoint", "POST"),
        ("authorization_endpoint", "GET"),
        ("userinfo_endpoint", "GET"),
        ("jwks_uri", "GET"),
    ] {
        let url = document[name].as_str().unwrap();
        let request = wired.http.request(method.parse().unwrap(), url);
        assert_ne!(request.send().await.unwrap().status(), 404, "{name}");
    }
    let info = wired.get("/oauth/serverinfo").await.json();
    assert_eq!(
        info,
        json!({"result": "success", "locations": {"us": wired.simulator.url()}})
    );
    let unknown = wired.get("/oauth/v2/nothing").await;
    assert_eq!(
        (unknown.status.as_u16(), &unknown.json()["code"]),
        (404, &Value::from("INVALID_URL_PATTERN"))
    );
}

#[tokio::test]
async fn limits_of_tokens_are_made_small() {
    let wired = Wired::start().await;
    let limits = json!({"access_token_seconds": 60, "code_seconds": 10, "access_tokens_max": 2, "refresh_tokens_max": 1,
        "access_tokens_per_window_max": null, "codes_per_window_max": 2, "token_window_seconds": 100});
    wired.put("/__sim/v1/limits", &limits).await;
    let first = wired.refresh().await.json();
    assert_eq!(first["expires_in"], 60);
    for _ in 0..2 {
        wired.refresh().await;
    }
    let first = first["access_token"].as_str().unwrap().to_owned();
    let wired = Wired {
        token: first,
        ..wired
    };
    assert_eq!(
        wired.get("/crm/v8/org").await.json()["code"],
        "INVALID_TOKEN",
        "the third has ended it"
    );
    let grant = json!({"client_id": CLIENT_ID, "kind": "code", "scopes": ["ZohoCRM.org.READ"]});
    for expected in [201, 201, 400] {
        assert_eq!(
            wired.post("/__sim/v1/grants", &grant).await.status,
            expected
        );
    }
    wired.simulator.advance(100);
    assert_eq!(wired.post("/__sim/v1/grants", &grant).await.status, 201);
    let grant =
        json!({"client_id": CLIENT_ID, "kind": "refresh_token", "scopes": ["ZohoCRM.org.READ"]});
    wired.post("/__sim/v1/grants", &grant).await;
    assert_eq!(
        wired.refresh().await.json(),
        json!({"error": "invalid_code"}),
        "the second refresh token has ended the first"
    );
}

#[tokio::test]
async fn a_refresh_token_gets_more_scopes_when_its_person_agrees() {
    let wired = Wired::start().await;
    let redirect = "http://127.0.0.1:8080/connections/callback";
    let grant =
        json!({"client_id": CLIENT_ID, "kind": "refresh_token", "scopes": ["ZohoCRM.users.READ"]});
    let granted = wired.post("/__sim/v1/grants", &grant).await.json();
    let refresh_token = granted["refresh_token"].as_str().unwrap();
    let base = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("refresh_token", refresh_token),
    ];
    let post = async |path: &str, more: &[(&str, &str)]| {
        let form: Vec<_> = base.iter().chain(more).collect();
        got(wired
            .http
            .post(wired.url(path))
            .form(&form)
            .send()
            .await
            .unwrap())
        .await
    };
    let token = post("/oauth/v2/token", &[("grant_type", "refresh_token")])
        .await
        .json();
    let enhance = [("grant_type", "update_scopes_token")];
    let begun = post("/oauth/v2/token/scopeenhance", &enhance).await.json();
    assert_eq!(
        (&begun["token_type"], &begun["expires_in"]),
        (&json!("Bearer"), &json!(600))
    );
    let text = begun["access_token"].as_str().unwrap();
    let ask = [
        ("client_id", CLIENT_ID),
        ("response_type", "update_scopes"),
        ("redirect_uri", redirect),
        ("scope", "ZohoCRM.users.READ,ZohoCRM.org.READ"),
        ("enhance_token", text),
        ("logout", "true"),
    ];
    let path = "/oauth/v2/token/addextrascope";
    let page = got(wired
        .http
        .get(wired.url(path))
        .query(&ask)
        .send()
        .await
        .unwrap())
    .await;
    assert!(
        page.text.contains("<code>ZohoCRM.org.READ")
            && !page.text.contains("<code>ZohoCRM.users.READ"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Ada Ray") && !page.text.contains("Ben Okafor"));
    let decide = async |word: &str| {
        let form: Vec<_> = ask.iter().copied().chain([("decision", word)]).collect();
        got(wired
            .http
            .post(wired.url(path))
            .form(&form)
            .send()
            .await
            .unwrap())
        .await
    };
    let denied = decide("deny").await;
    assert_eq!(
        denied.headers["location"],
        format!("{redirect}?error=access_denied")
    );
    let org = async || {
        let token = token["access_token"].as_str().unwrap();
        let request = wired.http.get(wired.url("/crm/v8/org")).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(org().await, 401);
    let accepted = decide("accept").await;
    assert_eq!(
        accepted.headers["location"],
        format!("{redirect}?status=success&scope_enhanced=true")
    );
    assert_eq!(org().await, 200);
    let again = post("/oauth/v2/token", &[("grant_type", "refresh_token")])
        .await
        .json();
    assert_eq!(again["scope"], "ZohoCRM.users.READ ZohoCRM.org.READ");
    assert_eq!(decide("accept").await.status, 400, "it is used");
    assert_eq!(
        post("/oauth/v2/token/scopeenhance", &[]).await.json(),
        json!({"error": "unsupported_grant_type"})
    );
}
