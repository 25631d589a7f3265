//! Whether a write comes from a web page of another origin: any page that a person visits could send one.
//!
//! Programs send neither `Origin` nor `Sec-Fetch-Site`, browsers one or both with everything that writes.

use axum::http::{HeaderMap, header};

pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
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
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn what_pages_of_other_origins_send_is_foreign() {
        let host = ("host", "127.0.0.1:4010");
        for (headers, expected) in [
            (vec![host], false),
            (vec![host, ("origin", "http://127.0.0.1:4010")], false),
            (vec![host, ("origin", "http://127.0.0.1:4011")], true),
            (vec![host, ("origin", "http://evil.example")], true),
            (vec![host, ("origin", "null")], true),
            (vec![host, ("sec-fetch-site", "cross-site")], true),
            (vec![host, ("sec-fetch-site", "same-site")], true),
            (vec![host, ("sec-fetch-site", "same-origin")], false),
        ] {
            let pairs = headers.iter().map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            assert_eq!(is_foreign(&pairs.collect()), expected, "{headers:?}");
        }
    }
}
