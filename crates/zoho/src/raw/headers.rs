//! Which headers and methods a caller may choose.

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};

use crate::Error;

/// They say who calls, where to, or how the body travels.
const OURS: [&str; 20] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "cookie2",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    // A call would be taken for another one than it is.
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

const OUR_PREFIXES: [&str; 3] = ["proxy-", "sec-", "x-forwarded-"];

const VALUE_BYTES_MAX: usize = 8192;

pub(super) fn checked(name: &str, value: String) -> Result<(HeaderName, String), Error> {
    let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(Error::input("header", name, "it is no name of a header"));
    };
    let text = header.as_str();
    if OURS.contains(&text) || OUR_PREFIXES.iter().any(|start| text.starts_with(start)) {
        let remedy = "this header is set for you; leave it out";
        return Err(Error::input("header", name, remedy));
    }
    if value.len() > VALUE_BYTES_MAX || HeaderValue::from_str(&value).is_err() {
        let remedy = "its value must be visible ASCII in one line, up to 8192 bytes";
        return Err(Error::input("header", name, remedy));
    }
    Ok((header, value))
}

pub(super) fn content_type(value: String) -> Result<String, Error> {
    let is_type = HeaderValue::from_str(&value).is_ok()
        && value.len() <= 255
        && value
            .split_once('/')
            .is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty());
    match is_type {
        true => Ok(value),
        false => Err(Error::input(
            "content type",
            &value,
            "use a media type, such as text/csv",
        )),
    }
}

pub(super) fn check_method(method: &Method) -> Result<(), Error> {
    let is_known = matches!(
        method.as_str(),
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"
    );
    match is_known {
        true => Ok(()),
        false => Err(Error::input(
            "method",
            method.as_str(),
            "use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_are_not_the_callers_are_refused() {
        for name in [
            "Authorization",
            "AUTHORIZATION",
            "Host",
            "Cookie",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Proxy-Authorization",
            "X-Forwarded-Host",
            "X-HTTP-Method-Override",
            "",
            "a b",
            "a\r\nHost",
            ":authority",
            "h\u{f6}st",
        ] {
            assert!(checked(name, "x".to_owned()).is_err(), "{name:?}");
        }
        for value in ["a\r\nHost: evil.example", "a\0b", "gr\u{fc}n\n"] {
            assert!(
                checked("X-EXTERNAL", value.to_owned()).is_err(),
                "{value:?}"
            );
        }
        let (name, value) =
            checked("If-Modified-Since", "2026-01-01T00:00:00Z".to_owned()).unwrap();
        assert_eq!((name.as_str(), value.len()), ("if-modified-since", 20));
    }

    #[test]
    fn methods_that_open_tunnels_are_refused() {
        assert!(check_method(&Method::PATCH).is_ok());
        for name in ["CONNECT", "TRACE", "get", "BREW"] {
            let method = Method::from_bytes(name.as_bytes()).unwrap();
            assert!(check_method(&method).is_err(), "{name}");
        }
    }

    #[test]
    fn content_types_are_media_types() {
        assert!(content_type("text/csv; charset=utf-8".to_owned()).is_ok());
        for text in ["", "text", "/", "text/csv\r\nHost: x"] {
            assert!(content_type(text.to_owned()).is_err(), "{text:?}");
        }
    }
}
