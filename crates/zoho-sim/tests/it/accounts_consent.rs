//! Who consents to what: the choice of the user, consent that is remembered, clients in the browser and on phones.

use reqwest::Url;
use serde_json::{Value, json};

use crate::support::{CLIENT_ID, CLIENT_SECRET, Got, Wired, got};

const REDIRECT: &str = "http://127.0.0.1:8080/connections/callback";

fn request<'a>(
    client_id: &'a str,
    response_type: &'a str,
    redirect: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let base = [
        ("client_id", client_id),
        ("response_type", response_type),
        ("redirect_uri", redirect),
        ("scope", "ZohoCRM.users.READ"),
        ("state", "s&1"),
    ];
    let is_given = |name: &str| more.iter().any(|(given, _)| *given == name);
    base.into_iter()
        .filter(|(name, _)| !is_given(name))
        .chain(more.iter().copied())
        .collect()
}

async fn visit(wired: &Wired, path: &str, query: &[(&str, &str)], cookie: Option<&str>) -> Got {
    let mut request = wired.http.get(wired.url(path)).query(query);
    if let Some(cookie) = cookie {
        request = request.header("Cookie", format!("other=1; {cookie}"));
    }
    got(request.send().await.unwrap()).await
}

async fn decide(wired: &Wired, form: &[(&str, &str)]) -> Got {
    let request = wired.http.post(wired.url("/oauth/v2/auth")).form(form);
    got(request.send().await.unwrap()).await
}

fn target(got: &Got) -> Url {
    assert_eq!(got.status, 302, "{}", got.text);
    Url::parse(got.headers["location"].to_str().unwrap()).unwrap()
}

fn pair(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

fn fragment(url: &Url) -> Value {
    let pairs = url::form_urlencoded::parse(url.fragment().unwrap_or_default().as_bytes());
    pairs
        .into_owned()
        .map(|(name, value)| (name, json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn cookie(got: &Got) -> String {
    let cookie = got.headers["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn exchange(
    wired: &Wired,
    client: (&str, &str),
    redirect: &str,
    code: &str,
    more: &[(&str, &str)],
) -> Value {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client.0),
        ("client_secret", client.1),
        ("redirect_uri", redirect),
        ("code", code),
    ];
    form.extend(more);
    let request = wired.http.post(wired.url("/oauth/v2/token")).form(&form);
    got(request.send().await.unwrap()).await.json()
}

#[tokio::test]
async fn the_token_is_of_the_user_who_was_chosen() {
    let wired = Wired::start().await;
    let page = visit(
        &wired,
        "/oauth/v2/auth",
        &request(CLIENT_ID, "code", REDIRECT, &[]),
        None,
    )
    .await;
    assert!(page.text.contains("Ada Ray") && page.text.contains("Ben Okafor"));
    assert!(!page.text.contains("Cleo Lindt"), "she is not active");
    let start = page.text.find("value=\"us-").unwrap();
    let keys: Vec<&str> = page.text[start..]
        .split("value=\"us-")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let ben = format!("us-{}", keys[1]);
    let form = request(
        CLIENT_ID,
        "code",
        REDIRECT,
        &[("decision", "accept"), ("user", &ben)],
    );
    let code = pair(&target(&decide(&wired, &form).await), "code").unwrap();
    let answer = exchange(&wired, (CLIENT_ID, CLIENT_SECRET), REDIRECT, &code, &[]).await;
    let wired = Wired {
        token: answer["access_token"].as_str().unwrap().to_owned(),
        ..wired
    };
    let users = wired.get("/crm/v8/users?type=CurrentUser").await.json();
    assert_eq!(users["users"][0]["email"], "ben.okafor@leadway.example");
    let nobody = request(
        CLIENT_ID,
        "code",
        REDIRECT,
        &[("decision", "accept"), ("user", "us-1")],
    );
    assert_eq!(decide(&wired, &nobody).await.status, 400);
}

#[tokio::test]
async fn who_has_consented_is_sent_back_at_once_unless_asked_again() {
    let wired = Wired::start().await;
    let path = "/oauth/v2/auth";
    let query = request(CLIENT_ID, "code", REDIRECT, &[]);
    let accepted = decide(
        &wired,
        &request(CLIENT_ID, "code", REDIRECT, &[("decision", "accept")]),
    )
    .await;
    let cookie = cookie(&accepted);
    assert_eq!(
        visit(&wired, path, &query, None).await.status,
        200,
        "a stranger is asked"
    );
    let back = target(&visit(&wired, path, &query, Some(&cookie)).await);
    assert_eq!(pair(&back, "state").as_deref(), Some("s&1"));
    let code = pair(&back, "code").unwrap();
    assert!(
        exchange(&wired, (CLIENT_ID, CLIENT_SECRET), REDIRECT, &code, &[]).await["access_token"]
            .is_string()
    );
    for more in [
        ("prompt", "consent"),
        ("scope", "ZohoCRM.users.READ,ZohoCRM.org.READ"),
    ] {
        let query = request(CLIENT_ID, "code", REDIRECT, &[more]);
        assert_eq!(
            visit(&wired, path, &query, Some(&cookie)).await.status,
            200,
            "{more:?}"
        );
    }
}

#[tokio::test]
async fn a_client_in_the_browser_gets_its_token_in_the_fragment_and_may_renew_it() {
    let wired = Wired::start().await;
    let redirect = "https://app.example/back";
    let client = json!({"kind": "client_based", "redirect_uris": [redirect]});
    let client = wired.post("/__sim/v1/clients", &client).await.json();
    assert_eq!(client["client_secret"], "");
    let client_id = client["client_id"].as_str().unwrap();
    let once = decide(
        &wired,
        &request(client_id, "token", redirect, &[("decision", "accept")]),
    )
    .await;
    let given = target(&once);
    assert_eq!(given.query(), None);
    let answer = fragment(&given);
    assert_eq!(
        (
            &answer["state"],
            &answer["location"],
            &answer["expires_in"],
            &answer["api_domain"]
        ),
        (
            &json!("s&1"),
            &json!("us"),
            &json!("3600"),
            &json!(wired.simulator.url())
        )
    );
    assert!(answer.get("refresh_token").is_none() && answer.get("granted_for_session").is_none());
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let wired = Wired { token, ..wired };
    assert_eq!(wired.get("/crm/v8/users").await.status, 200);

    let query = request(client_id, "token", redirect, &[]);
    let renew = "/oauth/v2/auth/refresh";
    let refused = target(&visit(&wired, renew, &query, Some(&cookie(&once))).await);
    assert_eq!(
        fragment(&refused)["error"],
        "access_denied",
        "it was not allowed for the session"
    );
    let form = request(
        client_id,
        "token",
        redirect,
        &[("decision", "accept"), ("for_session", "true")],
    );
    let accepted = decide(&wired, &form).await;
    assert_eq!(fragment(&target(&accepted))["granted_for_session"], "true");
    let renewed = target(&visit(&wired, renew, &query, Some(&cookie(&accepted))).await);
    assert!(fragment(&renewed)["access_token"].is_string());
    let denied = target(
        &decide(
            &wired,
            &request(client_id, "token", redirect, &[("decision", "deny")]),
        )
        .await,
    );
    assert_eq!(
        fragment(&denied),
        json!({"state": "s&1", "error": "access_denied"})
    );

    for (id, response_type, redirect) in [
        (client_id, "code", redirect),
        (CLIENT_ID, "token", REDIRECT),
        (CLIENT_ID, "id", REDIRECT),
    ] {
        let page = visit(
            &wired,
            "/oauth/v2/auth",
            &request(id, response_type, redirect, &[]),
            None,
        )
        .await;
        assert!(page.status == 400 && page.text.contains("Invalid Response Type"));
    }
}

#[tokio::test]
async fn a_phone_comes_back_by_its_own_scheme_with_a_plain_challenge() {
    let wired = Wired::start().await;
    let redirect = "leadway://";
    let client = json!({"kind": "mobile", "redirect_uris": [redirect]});
    let client = wired.post("/__sim/v1/clients", &client).await.json();
    let id = client["client_id"].as_str().unwrap();
    let secret = client["client_secret"].as_str().unwrap();
    let verifier = "plain-words-that-are-long-enough-to-be-a-verifier";
    for (method, given) in [
        (None, verifier),
        (Some("plain"), verifier),
        (Some("plain"), "other words"),
    ] {
        let mut more = vec![("decision", "accept"), ("code_challenge", verifier)];
        more.extend(method.map(|method| ("code_challenge_method", method)));
        let back = target(&decide(&wired, &request(id, "code", redirect, &more)).await);
        assert_eq!(back.scheme(), "leadway");
        let code = pair(&back, "code").unwrap();
        let answer = exchange(
            &wired,
            (id, secret),
            redirect,
            &code,
            &[("code_verifier", given)],
        )
        .await;
        assert_eq!(
            answer["access_token"].is_string(),
            given == verifier,
            "{answer}"
        );
    }
    let odd = request(
        id,
        "code",
        redirect,
        &[
            ("code_challenge", verifier),
            ("code_challenge_method", "S512"),
        ],
    );
    assert_eq!(
        visit(&wired, "/oauth/v2/auth", &odd, None).await.status,
        400
    );
}
