//! The page itself: what is asked for, the way to Zoho, and what came of it.

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use leadway_engine::ConnectError;
use leadway_engine::model::connect::Connected;
use leadway_engine::model::connect_session::{ConnectSession, Offer};
use serde_json::json;

use super::foreign_origin;
use crate::answer;
use crate::app::App;
use crate::callback::binding_cookie;
use crate::console::connect::DATA_CENTERS;
use crate::console::visitor::Fields;
use crate::own_url::{is_https, redirect_uri};
use crate::problem::Problem;
use crate::secret;

#[derive(askama::Template)]
#[template(path = "connect_start.html")]
struct StartPage;

#[derive(askama::Template)]
#[template(path = "connect_offer.html")]
struct OfferPage<'a> {
    offer: &'a Offer,
    token: &'a str,
    product: &'a str,
    origins: String,
    expires_at: String,
    minutes: i64,
    data_centers: &'static [(&'static str, &'static str)],
}

#[derive(askama::Template)]
#[template(path = "connect_result.html")]
struct ResultPage<'a> {
    outcome: &'a Outcome<'a>,
    product: &'a str,
    origins: String,
    message: String,
    /// Whether the same session may be tried again.
    is_open: bool,
    /// Where a customer is led back to who came by a link.
    return_url: Option<String>,
}

/// What came of it.
pub(crate) enum Outcome<'a> {
    /// A connection.
    Connected(&'a Connected),
    /// The customer said no.
    Declined,
    /// Something went wrong.
    Failed(Problem),
}

impl Outcome<'_> {
    /// What a customer may know of an error. How the product has set its connections up is none of it; the session keeps
    /// the whole reason for the product.
    pub(crate) fn failed(error: ConnectError) -> Self {
        let is_internal = matches!(
            error,
            ConnectError::WrongOwner { .. }
                | ConnectError::NoSuchConnection(_)
                | ConnectError::Exists(_)
                | ConnectError::Unusable(_)
                | ConnectError::ChangedMeanwhile { .. }
                | ConnectError::Config(_)
                | ConnectError::Vault(_)
        );
        if let ConnectError::WrongEnvironment { is, wanted, .. } = &error {
            let message = format!("{is} was chosen at Zoho, and {wanted} is asked for");
            return Self::Failed(
                Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "wrong_environment",
                    message,
                )
                .with_remedy("try again, and choose the other organisation on Zoho's page"),
            );
        }
        if !is_internal {
            return Self::Failed(error.into());
        }
        tracing::warn!(%error, "a customer could not connect");
        let message = "the connection cannot be made as the website has asked for it";
        Self::Failed(
            Problem::new(
                Problem::from(error).status(),
                "connection_unusable",
                message,
            )
            .with_remedy("tell the website that sent you here; its operators can see the reason"),
        )
    }
}

/// Shows the page that takes the token out of its own address.
pub(super) async fn show_start() -> Result<Response, Problem> {
    answer::page(&StartPage)
}

/// Shows what is asked for.
pub(super) async fn show_offer(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request).await?;
    let token = fields.get("session").unwrap_or_default();
    let session = app.engine.connect_session_of(token).await;
    if let Ok(session) = &session
        && let Err(problem) = may_open(&app, &headers, &fields, session)
    {
        return result_page(&Outcome::Failed(problem), None);
    }
    let offer = match app.engine.connect_offer(token).await {
        Ok(offer) => offer,
        Err(error) => return failed(error, session.ok()),
    };
    let expires_at = offer.session.expires_at;
    let left = expires_at.duration_since(app.engine.now());
    answer::page(&OfferPage {
        product: product(&offer.session),
        origins: origins(&offer.session),
        expires_at: expires_at.to_string(),
        minutes: left.as_mins().max(1),
        data_centers: &DATA_CENTERS,
        token,
        offer: &offer,
    })
}

/// Goes to Zoho's consent page. Only this browser can come back from it.
pub(super) async fn begin(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let fields = Fields::read(request).await?;
    let token = fields.get("session").unwrap_or_default();
    let session = app.engine.connect_session_of(token).await;
    if let Ok(session) = &session
        && let Err(problem) = may_open(&app, &headers, &fields, session)
    {
        return result_page(&Outcome::Failed(problem), None);
    }
    let binding = secret::random_token().map_err(|_| Problem::internal())?;
    let begun = app
        .engine
        .begin_connect_session(
            token,
            fields.get("data_center"),
            &redirect_uri(&app, &headers),
            &binding,
        )
        .await;
    let authorization = match begun {
        Ok(authorization) => authorization,
        Err(error) => return failed(error, session.ok()),
    };
    let secure = match is_https(&app, &headers) {
        true => "; Secure",
        false => "",
    };
    // Each has a cookie of its own, since a customer may have several windows open.
    let cookie = format!(
        "{}={binding}; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=900{secure}",
        binding_cookie(&authorization.state)
    );
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Problem::internal())?;
    let mut response = answer::see_other(&authorization.url);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// The last page, which tells the product's own page what came of it.
pub(crate) fn result_page(
    outcome: &Outcome<'_>,
    session: Option<&ConnectSession>,
) -> Result<Response, Problem> {
    let (status, message) = match outcome {
        Outcome::Connected(connected) => (
            StatusCode::OK,
            json!({"type": "connected", "connection": connected.name, "owner": connected.owner}),
        ),
        Outcome::Declined => (
            StatusCode::OK,
            json!({
                "type": "failed", "code": "access_declined", "message": "the customer did not accept on Zoho's page",
            }),
        ),
        Outcome::Failed(problem) => (
            problem.status(),
            json!({"type": "failed", "code": problem.code, "message": problem.message}),
        ),
    };
    let is_open = session.is_some_and(|session| session.state.as_str() == "open");
    let page = ResultPage {
        outcome,
        product: session.map_or("the website that sent you here", product),
        origins: session.map_or_else(|| "[]".to_owned(), origins),
        message: message.to_string(),
        is_open: is_open && !matches!(outcome, Outcome::Connected(_)),
        return_url: session.and_then(|session| return_url(session, outcome)),
    };
    answer::page_with_status(status, &page)
}

fn failed(error: ConnectError, session: Option<ConnectSession>) -> Result<Response, Problem> {
    tracing::info!(%error, "a connect page could not be shown");
    result_page(&Outcome::failed(error), session.as_ref())
}

/// Whether the page was opened from where the session allows: our own address, or one of its origins.
fn may_open(
    app: &App,
    headers: &HeaderMap,
    fields: &Fields,
    session: &ConnectSession,
) -> Result<(), Problem> {
    let own = crate::own_url::own_url(app, headers);
    let opener = fields.get("opened_by").filter(|opener| *opener != own);
    // Browsers say `null` for a page that keeps its address to itself, as ours does after Zoho's redirect.
    let sender = foreign_origin(app, headers).filter(|origin| *origin != "null");
    for origin in [sender, opener].into_iter().flatten() {
        if !session.allowed_origins.iter().any(|known| known == origin) {
            let message = "this page was opened from a website that may not do so";
            return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_origin", message)
                .with_field("allowed_origins")
                .with_value(origin)
                .with_remedy("close this page, and begin again on the website that you know"));
        }
    }
    Ok(())
}

/// The product's backend asks what became of the session; a query is no proof.
fn return_url(session: &ConnectSession, outcome: &Outcome<'_>) -> Option<String> {
    let mut url = url::Url::parse(session.return_url.as_deref()?).ok()?;
    let result = match outcome {
        Outcome::Connected(_) => "connected",
        Outcome::Declined => "declined",
        Outcome::Failed(_) => "failed",
    };
    url.query_pairs_mut()
        .append_pair("leadway_session", &session.id)
        .append_pair("leadway_result", result);
    Some(url.into())
}

fn product(session: &ConnectSession) -> &str {
    session
        .product
        .as_deref()
        .unwrap_or("the website that sent you here")
}

fn origins(session: &ConnectSession) -> String {
    json!(session.allowed_origins).to_string()
}
