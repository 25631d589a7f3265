//! Connecting from the console: the form for a new connection, one connection's page with the three ways in, and its end.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header::SET_COOKIE};
use axum::response::Response;
use leadway_engine::model::config::{ConnectionConfig, Environment, Feature, Secret};
use leadway_engine::model::status::{ConnectionEvent, ConnectionStatus, Finding};
use leadway_engine::{Engine, Grant};

use super::refusal::Refusal;
use super::view::Frame;
use super::visitor::{Fields, Posted, Visitor};
use crate::answer;
use crate::api::v1::connections::status;
use crate::app::App;
use crate::callback::CONNECT_COOKIE;
use crate::extract::Named;
use crate::own_url::{is_https, redirect_uri};
use crate::problem::Problem;

/// Data centers with what people know them by.
pub(crate) const DATA_CENTERS: [(&str, &str); 10] = [
    ("us", "United States (zoho.com)"),
    ("eu", "Europe (zoho.eu)"),
    ("in", "India (zoho.in)"),
    ("au", "Australia (zoho.com.au)"),
    ("jp", "Japan (zoho.jp)"),
    ("cn", "China (zoho.com.cn)"),
    ("ca", "Canada (zohocloud.ca)"),
    ("sa", "Saudi Arabia (zoho.sa)"),
    ("uk", "United Kingdom (zoho.uk)"),
    ("ae", "United Arab Emirates (zoho.ae)"),
];

#[derive(askama::Template)]
#[template(path = "connection_new.html")]
struct NewPage {
    frame: Frame,
    redirect_uri: String,
    /// What is filled in already.
    settings: ConnectionConfig,
    is_new: bool,
}

#[derive(askama::Template)]
#[template(path = "connection_settings.html")]
struct SettingsPage {
    frame: Frame,
    settings: ConnectionConfig,
    is_new: bool,
}

#[derive(askama::Template)]
#[template(path = "connection.html")]
struct ConnectionPage {
    frame: Frame,
    connection: ConnectionStatus,
    config: ConnectionConfig,
    redirect_uri: String,
    events: Vec<ConnectionEvent>,
    /// What the doctor found just now.
    findings: Option<Vec<Finding>>,
    /// What has just been done.
    notice: Option<&'static str>,
}

/// Shows the form for a new connection.
pub(crate) async fn show_new(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    Ok(answer::page(&NewPage {
        frame: visitor.frame("connections"),
        redirect_uri: redirect_uri(&app, &headers),
        settings: ConnectionConfig::default(),
        is_new: true,
    })?)
}

/// Shows a connection's settings, to change them. Secrets are not among them.
pub(crate) async fn show_settings(
    State(engine): State<Engine>,
    Named(name): Named<String>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let mut all = engine.config().connections.into_iter();
    let settings = all
        .find(|config| config.name == name)
        .ok_or_else(|| Problem::no_such("connection", &name))?;
    Ok(answer::page(&SettingsPage {
        frame: visitor.frame("connections"),
        settings,
        is_new: false,
    })?)
}

/// Changes a connection's settings.
pub(crate) async fn change_settings(
    State(app): State<App>,
    Named(name): Named<String>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Refusal> {
    let mut settings = read(&fields)?;
    settings.name.clone_from(&name);
    app.engine
        .change_connection(settings)
        .await
        .map_err(Problem::from)?;
    let notice = "The settings are saved.";
    show(&app, &visitor, &headers, &name, None, Some(notice)).await
}

/// Adds a connection, and goes to Zoho's consent page at once if that way was chosen.
pub(crate) async fn add_connection(
    State(app): State<App>,
    State(engine): State<Engine>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Refusal> {
    let config = read(&fields)?;
    let name = config.name.clone();
    engine.add_connection(config).await.map_err(Problem::from)?;
    if fields.get("next") == Some("consent") {
        return to_zoho(&app, &visitor, &headers, &name).await;
    }
    Ok(answer::see_other(&address(&name)))
}

/// Shows one connection.
pub(crate) async fn show_connection(
    State(app): State<App>,
    Named(name): Named<String>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    show(&app, &visitor, &headers, &name, None, None).await
}

/// Asks the doctor, who calls Zoho, and shows what it found.
pub(crate) async fn examine_connection(
    State(app): State<App>,
    Named(name): Named<String>,
    visitor: Visitor,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Refusal> {
    let findings = app
        .engine
        .doctor(&name)
        .await
        .ok_or_else(|| Problem::no_such("connection", &name))?;
    show(&app, &visitor, &headers, &name, Some(findings), None).await
}

/// Goes to Zoho's consent page.
pub(crate) async fn authorize(
    State(app): State<App>,
    Named(name): Named<String>,
    visitor: Visitor,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Refusal> {
    to_zoho(&app, &visitor, &headers, &name).await
}

/// Connects with a self client's code or a refresh token.
pub(crate) async fn grant(
    State(app): State<App>,
    Named(name): Named<String>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, Refusal> {
    let grant = match (fields.get("code"), fields.get("refresh_token")) {
        (Some(code), _) => Grant::Code(code.to_owned().into()),
        (None, Some(token)) => Grant::RefreshToken(token.to_owned().into()),
        (None, None) => {
            let problem = Problem::bad_request("wrong_grant", "nothing was filled in")
                .with_field("code")
                .with_remedy("go back and paste the code or the refresh token");
            return Err(problem.into());
        }
    };
    app.engine
        .grant(&name, grant)
        .await
        .map_err(Problem::from)?;
    let notice = "Zoho is connected. What waited for it is delivered now.";
    show(&app, &visitor, &headers, &name, None, Some(notice)).await
}

/// Removes a connection.
pub(crate) async fn remove(
    State(engine): State<Engine>,
    Named(name): Named<String>,
    Posted(fields): Posted,
) -> Result<Response, Refusal> {
    let keeps_token = fields.get("keep_token").is_some();
    engine
        .remove_connection(&name, !keeps_token)
        .await
        .map_err(Problem::from)?;
    Ok(answer::see_other("/connections"))
}

async fn show(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    name: &str,
    findings: Option<Vec<Finding>>,
    notice: Option<&'static str>,
) -> Result<Response, Refusal> {
    let connection = status(&app.engine, name).await?;
    let config = app.engine.config().connections;
    let config = config.into_iter().find(|config| config.name == name);
    Ok(answer::page(&ConnectionPage {
        frame: visitor.frame("connections"),
        connection,
        config: config.unwrap_or_default(),
        redirect_uri: redirect_uri(app, headers),
        events: app
            .engine
            .connection_events(name)
            .await?
            .unwrap_or_default(),
        findings,
        notice,
    })?)
}

/// Begins an authorization that only this session can finish.
async fn to_zoho(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    name: &str,
) -> Result<Response, Refusal> {
    let token = app
        .sessions
        .connect_token(&visitor.session_id)
        .ok_or_else(Problem::internal)?;
    let authorization = app
        .engine
        .begin_authorization(name, &redirect_uri(app, headers), Some(&token))
        .await
        .map_err(Problem::from)?;
    let secure = if is_https(app, headers) {
        "; Secure"
    } else {
        ""
    };
    // Lax, since the browser comes back by a link on another site.
    let cookie = format!(
        "{CONNECT_COOKIE}={token}; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=900{secure}"
    );
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Problem::internal())?;
    let mut response = answer::see_other(&authorization.url);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

fn address(name: &str) -> String {
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/connections/{name}")
}

fn number(fields: &Fields, name: &'static str) -> Result<Option<u64>, Problem> {
    let text = fields
        .get(name)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let number = text.map(|text| {
        text.parse()
            .map_err(|_| wrong(name, text, "a whole number of credits, or nothing"))
    });
    number.transpose()
}

/// The environment that was chosen.
pub(super) fn environment(fields: &Fields) -> Result<Option<Environment>, Problem> {
    let read = |word: &str| {
        let mut all = Environment::ALL.into_iter();
        all.find(|environment| environment.as_str() == word)
            .ok_or_else(|| wrong("environment", word, "production, sandbox or developer"))
    };
    fields.get("environment").map(read).transpose()
}

/// The uses that were ticked.
pub(super) fn features(fields: &Fields) -> Result<Vec<Feature>, Problem> {
    let ticked = fields.0.iter().filter(|(name, _)| name == "feature");
    let read = |(_, word): &(String, String)| {
        let mut all = Feature::ALL.into_iter();
        all.find(|feature| feature.as_str() == word)
            .ok_or_else(|| wrong("feature", word, "one of the form's"))
    };
    ticked.map(read).collect()
}

/// Reads the form for a new connection.
fn read(fields: &Fields) -> Result<ConnectionConfig, Problem> {
    let text = |name: &str| fields.get(name).map(str::to_owned);
    let scopes = fields.get("scopes").unwrap_or_default();
    let scopes = scopes
        .split(|letter: char| letter == ',' || letter.is_whitespace())
        .filter(|scope| !scope.is_empty());
    Ok(ConnectionConfig {
        name: text("name").unwrap_or_default(),
        nickname: text("nickname"),
        owner: text("owner"),
        data_center: text("data_center").unwrap_or_default(),
        environment: environment(fields)?.unwrap_or_default(),
        scopes: scopes.map(str::to_owned).collect(),
        features: features(fields)?,
        client_id: text("client_id").unwrap_or_default(),
        client_secret: fields.get("client_secret").map(Secret::new),
        refresh_token: None,
        accounts_url: text("accounts_url"),
        api_domain: text("api_domain"),
        credit_limit: number(fields, "credit_limit")?,
        credits_kept_for_deliveries: number(fields, "credits_kept_for_deliveries")?,
    })
}

fn wrong(field: &'static str, value: &str, choices: &str) -> Problem {
    Problem::bad_request("wrong_field", format!("{field} is none that there is"))
        .with_field(field)
        .with_value(value)
        .with_remedy(format!("choose {choices}"))
}
