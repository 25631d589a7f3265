//! Who may call the REST API: whoever sends the admin token as Bearer.

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use secrecy::ExposeSecret;

use crate::app::App;
use crate::problem::Problem;
use crate::secret;

/// Lets a request through that carries the admin token.
pub(crate) async fn require_token(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some(given) = given else {
        return Err(Problem::unauthorised("the request carries no token"));
    };
    let token = given
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match token {
        Some((_, token))
            if secret::is_same(token.trim(), app.options.admin_token.expose_secret()) =>
        {
            Ok(next.run(request).await)
        }
        Some(_) => Err(Problem::unauthorised(
            "the token is not the admin token of this gateway",
        )),
        None => Err(Problem::unauthorised(
            "the Authorization header is not of the form: Bearer TOKEN",
        )),
    }
}
