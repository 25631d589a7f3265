//! The console: logging in, pages, forms with their token, and the live stream.

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::json;

use crate::world::{ADMIN_TOKEN, Answer, World, eventually};

/// The value of a hidden input.
pub(crate) fn hidden(page: &Answer, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .text
        .split_once(&marker)
        .unwrap_or_else(|| panic!("no {name} in {}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

fn cookie(answer: &Answer) -> String {
    answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

async fn try_token(world: &World, token: &str) -> Answer {
    let page = world.get("/login?next=%2Fevents").await;
    let form = [
        ("csrf", hidden(&page, "csrf")),
        ("next", hidden(&page, "next")),
        ("token", token.to_owned()),
    ];
    world
        .send(
            world
                .request(Method::POST, "/login")
                .header("cookie", cookie(&page))
                .form(&form),
        )
        .await
}

/// A session's cookie.
pub(crate) async fn log_in(world: &World) -> String {
    let answer = try_token(world, ADMIN_TOKEN).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/events"),
        "{}",
        answer.text
    );
    let set = answer.header("set-cookie");
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Strict"),
        "{set}"
    );
    cookie(&answer)
}

pub(crate) async fn page(world: &World, session: &str, path: &str) -> Answer {
    world
        .send(world.request(Method::GET, path).header("cookie", session))
        .await
}

#[tokio::test]
async fn a_stranger_is_sent_to_the_login_and_comes_back_where_they_wanted() {
    let world = World::start().await;
    let answer = world.get("/dead-letters?code=X").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/login?next=%2Fdead-letters%3Fcode%3DX")
    );
    let session = log_in(&world).await;
    for path in [
        "/",
        "/events",
        "/dead-letters",
        "/connections",
        "/actions",
        "/routes",
    ] {
        let page = page(&world, &session, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("script-src 'self'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(
            !page.text.contains(" style=") && !page.text.contains("<script>"),
            "{path} has inline code"
        );
    }
}

#[tokio::test]
async fn wrong_tokens_are_counted() {
    let world = World::start().await;
    for _ in 0..10 {
        assert_eq!(try_token(&world, "wrong").await.status, 401);
    }
    assert_eq!(try_token(&world, ADMIN_TOKEN).await.status, 429);
}

#[tokio::test]
async fn forms_need_the_token_of_their_session() {
    let world = World::start().await;
    let session = log_in(&world).await;
    let overview = page(&world, &session, "/").await;
    let out = |csrf: &str| {
        let form = [("csrf", csrf.to_owned())];
        world.send(
            world
                .request(Method::POST, "/logout")
                .header("cookie", session.clone())
                .form(&form),
        )
    };
    assert_eq!(out("wrong").await.status, 403);
    assert_eq!(page(&world, &session, "/").await.status, 200);
    assert_eq!(out(&hidden(&overview, "csrf")).await.status, 303);
    assert_eq!(page(&world, &session, "/").await.status, 303);
}

#[tokio::test]
async fn an_event_appears_in_the_live_list() {
    let mut world = World::start().await;
    let session = log_in(&world).await;
    let stream = world
        .request(Method::GET, "/live")
        .header("cookie", session.clone())
        .send()
        .await
        .unwrap();
    let mut pieces = stream.bytes_stream();
    // At once: something may have changed since the page was rendered.
    let piece = pieces.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&piece).contains("event: changed"));
    let event =
        json!({"messageId": "m-1", "event": "Lead <Generated>", "userId": "ada"}).to_string();
    assert_eq!(world.post("/v1/track", event).await.status, 200);
    let piece = pieces.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&piece).contains("event: changed"));
    let fragment = eventually("the list has the event", || async {
        let request = world
            .request(Method::GET, "/events?q=ada")
            .header("cookie", session.clone());
        let fragment = world.send(request.header("hx-request", "true")).await;
        fragment
            .text
            .contains("Lead &#60;Generated&#62;")
            .then_some(fragment)
    })
    .await;
    assert!(!fragment.text.contains("<html"), "{}", fragment.text);
    let serving = world.stop();
    while pieces.next().await.is_some() {}
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn files_and_the_demo_page_are_served() {
    let world = World::start().await;
    for name in [
        "leadway.css",
        "theme.js",
        "console.js",
        "htmx.min.js",
        "icon.svg",
    ] {
        assert_eq!(
            world.get(&format!("/assets/{name}")).await.status,
            200,
            "{name}"
        );
    }
    let demo = world.get("/demo").await;
    assert!(
        demo.text.contains("action=\"/v1/forms/contact\"") && demo.text.contains("/leadway.js")
    );
    assert_eq!(world.get("/assets/../Cargo.toml").await.status, 404);
}

#[tokio::test]
async fn the_settings_of_a_connection_are_changed_and_its_secrets_stay() {
    let simulator = zoho_sim::Simulator::start(zoho_sim::Config::default())
        .await
        .unwrap();
    let world = World::with_zoho(&simulator).await;
    let session = log_in(&world).await;
    let form = page(&world, &session, "/connections/demo/settings").await;
    assert_eq!(form.status, 200, "{}", form.text);
    assert!(
        form.text.contains("value=\"1000.LEADWAYDEMO\"")
            && !form.text.contains("leadway-demo-secret"),
        "{}",
        form.text
    );
    let csrf = hidden(&form, "csrf");
    let url = simulator.url();
    let send = async |more: &[(&str, &str)]| {
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("data_center", "us"),
            ("environment", "production"),
            ("client_id", "1000.LEADWAYDEMO"),
            ("accounts_url", url.as_str()),
        ];
        fields.extend(more);
        let request = world.request(Method::POST, "/connections/demo/settings");
        world
            .send(request.header("cookie", &session).form(&fields))
            .await
    };
    let saved = send(&[
        ("nickname", "Sales"),
        ("feature", "books"),
        ("credit_limit", "5000"),
    ])
    .await;
    assert!(
        saved.text.contains("The settings are saved."),
        "{}",
        saved.text
    );
    let shown = world
        .api(Method::GET, "connections/demo", None)
        .await
        .json();
    assert_eq!(
        (
            &shown["nickname"],
            &shown["credits"]["limit"],
            &shown["state"]
        ),
        (&json!("Sales"), &json!(5000), &json!("ready")),
        "{shown}"
    );
    let form = page(&world, &session, "/connections/demo/settings").await;
    assert!(
        form.text.contains("value=\"books\" checked"),
        "{}",
        form.text
    );
    // The stored secrets serve on.
    let path = "connections/demo/actions/crm.get_org";
    let done = world.api(Method::POST, path, Some(json!({}))).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let refused = send(&[("credit_limit", "7")]).await;
    assert!(
        refused.status == 422 && refused.text.contains("credit_limit"),
        "{}",
        refused.text
    );
    let nobody = page(&world, &session, "/connections/nobody/settings").await;
    assert_eq!(nobody.status, 404);
}
