//! Who looks at a page: the session in the cookie, or else the way to the login.

use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::view::Frame;
use crate::answer;
use crate::app::App;
use crate::problem::Problem;
use crate::secret;

/// Name of the session's cookie.
pub(crate) const SESSION_COOKIE: &str = "leadway_session";
/// A form of the console has few fields; a record that is mended has at most some hundred.
const FORM_BYTES_MAX: usize = 512 * 1024;

/// A person who has logged in.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) session_id: String,
    csrf: String,
    is_demo: bool,
    /// Whether htmx asks, for a part of a page.
    pub(crate) wants_fragment: bool,
}

impl Visitor {
    /// What stands around the page with this entry of the menu.
    pub(crate) fn frame(&self, active: &'static str) -> Frame {
        Frame {
            active,
            csrf: self.csrf.clone(),
            demo_url: self.is_demo.then_some("/demo"),
        }
    }

    /// The token for forms in a fragment.
    pub(crate) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Refuses a form that does not carry the session's token.
    pub(crate) fn check_csrf(&self, token: Option<&str>) -> Result<(), Problem> {
        if secret::is_same(token.unwrap_or(""), &self.csrf) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "wrong_csrf_token",
            "the form does not belong to this session",
        )
        .with_remedy("go back, reload the page, and send the form again"))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let wants_fragment = parts.headers.contains_key("hx-request");
        let found = cookie(&parts.headers, SESSION_COOKIE)
            .and_then(|id| Some((id.to_owned(), app.sessions.find(id)?)));
        match found {
            Some((session_id, session)) => Ok(Self {
                session_id,
                csrf: session.csrf,
                is_demo: app.options.demo.is_some(),
                wants_fragment,
            }),
            // htmx would put a login page into the middle of this one, unless it is told to go there.
            None if wants_fragment => {
                Err((StatusCode::UNAUTHORIZED, [("hx-redirect", "/login")]).into_response())
            }
            None => Err(answer::see_other(&login_address(parts))),
        }
    }
}

fn login_address(parts: &Parts) -> String {
    let uri = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |original| &original.0);
    let wanted = uri.path_and_query().map_or("/", |path| path.as_str());
    if parts.method != Method::GET || wanted == "/" || wanted == "/live" {
        return "/login".to_owned();
    }
    let next: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    format!("/login?next={next}")
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value)
}

/// The fields of a form of the console, whose token fits the session.
#[derive(Debug)]
pub(crate) struct Posted(pub(crate) Fields);

/// A form's fields in their order.
#[derive(Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    /// Reads a url-encoded body.
    pub(crate) async fn read(request: Request) -> Result<Self, Problem> {
        Self::read_up_to(request, FORM_BYTES_MAX).await
    }

    /// The same of a form that may be larger.
    pub(crate) async fn read_up_to(request: Request, bytes_max: usize) -> Result<Self, Problem> {
        let bytes = axum::body::to_bytes(request.into_body(), bytes_max)
            .await
            .map_err(|_| {
                Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "body_too_large",
                    "the form is too large",
                )
            })?;
        Ok(Self(
            url::form_urlencoded::parse(&bytes).into_owned().collect(),
        ))
    }

    /// The first field of a name, unless it is blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(own, _)| own == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let fields = Fields::read(Request::from_parts(parts, body))
            .await
            .map_err(|problem| Refusal::from(problem).into_response())?;
        visitor
            .check_csrf(fields.get("csrf"))
            .map_err(|problem| Refusal::from(problem).into_response())?;
        Ok(Self(fields))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; leadway_session=abc"));
        headers.append(COOKIE, HeaderValue::from_static("b=2"));
        assert_eq!(cookie(&headers, SESSION_COOKIE), Some("abc"));
        assert_eq!(cookie(&headers, "b"), Some("2"));
        assert_eq!(cookie(&headers, "session"), None);
    }
}
