//! Writes to `/__sim/` from web pages of other origins are refused: any page that a person visits could send them.
//!
//! Programs send neither `Origin` nor `Sec-Fetch-Site`, browsers both with everything that writes.

use axum::extract::Request;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Problem;

pub(crate) async fn check_origin(request: Request, next: Next) -> Response {
    if is_foreign(&request) {
        return Problem::foreign(
            "this comes from a web page of another origin; call from a program, or from the simulator's own page",
        )
        .into_response();
    }
    next.run(request).await
}

fn is_foreign(request: &Request) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return false;
    }
    let text = |name: &str| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let is_cross_site = text("sec-fetch-site").is_some_and(|site| {
        !site.eq_ignore_ascii_case("same-origin") && !site.eq_ignore_ascii_case("none")
    });
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let is_other_host = text(header::ORIGIN.as_str()).is_some_and(|origin| {
        let named = origin.split_once("://").map_or("", |(_, host)| host);
        !named.eq_ignore_ascii_case(host)
    });
    is_cross_site || is_other_host
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(method: Method, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn only_writes_of_other_origins_are_foreign() {
        let host = ("host", "127.0.0.1:4010");
        for (method, headers, expected) in [
            (Method::POST, vec![host], false),
            (
                Method::POST,
                vec![host, ("origin", "http://127.0.0.1:4010")],
                false,
            ),
            (
                Method::POST,
                vec![host, ("origin", "http://evil.example")],
                true,
            ),
            (Method::POST, vec![host, ("origin", "null")], true),
            (
                Method::GET,
                vec![host, ("origin", "http://evil.example")],
                false,
            ),
            (
                Method::DELETE,
                vec![host, ("sec-fetch-site", "cross-site")],
                true,
            ),
            (
                Method::POST,
                vec![host, ("sec-fetch-site", "same-origin")],
                false,
            ),
        ] {
            assert_eq!(
                is_foreign(&request(method, &headers)),
                expected,
                "{headers:?}"
            );
        }
    }
}
