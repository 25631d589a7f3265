//! The path of a raw call: checked so that it can lead nowhere but to the API.

use crate::Error;

type Query = Vec<(String, String)>;

/// Which API a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Crm,
    Books,
}

impl Api {
    fn start(self) -> &'static str {
        match self {
            Api::Crm => "/crm/",
            Api::Books => "/books/",
        }
    }

    /// The version that this crate speaks.
    fn version(self) -> &'static str {
        match self {
            Api::Crm => "/crm/v8",
            Api::Books => "/books/v3",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Api::Crm => "/crm/v8/org",
            Api::Books => "/books/v3/contacts",
        }
    }
}

/// The whole path of a call, and the query that was written behind it.
///
/// Paths may leave out the API: `/v2/Leads` is `/crm/v2/Leads`, `/bulk/v8/read` is `/crm/bulk/v8/read`; and the version
/// with it: `/Leads` is `/crm/v8/Leads`.
pub(super) fn target(api: Api, given: &str) -> Result<(String, Query), Error> {
    let (path, query) = match given.split_once('?') {
        Some((path, query)) => (path, read_query(query)?),
        None => (given, Vec::new()),
    };
    let path = match left_out(path) {
        LeftOut::Nothing => path.to_owned(),
        LeftOut::Api => format!("{}{path}", api.start().trim_end_matches('/')),
        LeftOut::Version => format!("{}{path}", api.version()),
    };
    check_raw_path(&path, api.start(), api.example())?;
    Ok((path, query))
}

enum LeftOut {
    Nothing,
    Api,
    Version,
}

/// First parts that are never a module or setting; they are not completed, but judged as they are.
const NO_SHORT_STARTS: [&str; 4] = ["books", "bulk", "crm", "oauth"];

fn left_out(path: &str) -> LeftOut {
    let after_bulk = path.strip_prefix("/bulk").unwrap_or(path);
    let has_version = after_bulk
        .strip_prefix("/v")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if has_version {
        return LeftOut::Api;
    }
    let first = path
        .strip_prefix('/')
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_default();
    let is_name = first.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && first
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_taken = NO_SHORT_STARTS
        .iter()
        .any(|start| first.eq_ignore_ascii_case(start));
    match is_name && !is_taken {
        true => LeftOut::Version,
        false => LeftOut::Nothing,
    }
}

fn read_query(query: &str) -> Result<Query, Error> {
    let is_plain = query.bytes().all(|byte| byte.is_ascii_graphic()) && !query.contains('#');
    if !is_plain || query.len() > 16_384 {
        let remedy = "write it percent-encoded, without spaces and #, or give its parts apart";
        return Err(Error::input("query", query, remedy));
    }
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    Ok(pairs.into_owned().collect())
}

/// Only plain path characters pass, so that no encoding can hide a host or a way up.
pub(crate) fn check_raw_path(path: &str, start: &str, example: &str) -> Result<(), Error> {
    let Some(remedy) = flaw(path, start) else {
        return Ok(());
    };
    let remedy = format!("{remedy}; use a plain path that begins with {start}, such as {example}");
    Err(Error::input("path", path, &remedy))
}

fn flaw(path: &str, start: &str) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
    let has = |c: char| path.contains(c);
    Some(if path.contains("://") {
        "it names a server, and calls go to the connection's own only"
    } else if path.contains("//") {
        "// could name another server"
    } else if has('@') {
        "@ could name another server"
    } else if has('\\') {
        "\\ could name another server"
    } else if has('%') {
        "encoded characters could hide where it leads"
    } else if has('?') || has('#') {
        "the query has to be given apart, and # leads nowhere"
    } else if path.chars().any(char::is_control) {
        "it holds control characters"
    } else if path.split('/').any(|part| part == "." || part == "..") {
        ". and .. could lead out of the API"
    } else if path.len() > 2048 {
        "it is longer than 2048 characters"
    } else if !path.chars().all(is_plain) {
        "only letters, digits, _, - and . belong into it"
    } else if !path.starts_with(start) {
        "it does not belong to the API"
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(given: &str) -> Option<String> {
        target(Api::Crm, given).ok().map(|(path, _)| path)
    }

    #[test]
    fn paths_of_the_api_pass_and_short_ones_are_completed() {
        for (given, expected) in [
            ("/crm/v8/org", "/crm/v8/org"),
            (
                "/crm/v8/Leads/5112233000001234567/actions/convert",
                "/crm/v8/Leads/5112233000001234567/actions/convert",
            ),
            ("/crm/bulk/v8/read", "/crm/bulk/v8/read"),
            ("/crm/v2.1/Leads", "/crm/v2.1/Leads"),
            ("/v2/Leads", "/crm/v2/Leads"),
            ("/v8/Leads", "/crm/v8/Leads"),
            ("/bulk/v8/read", "/crm/bulk/v8/read"),
            ("/v8/__features", "/crm/v8/__features"),
            (
                "/Leads/5/actions/convert",
                "/crm/v8/Leads/5/actions/convert",
            ),
            ("/__composite_requests", "/crm/v8/__composite_requests"),
        ] {
            assert_eq!(path_of(given).as_deref(), Some(expected), "{given}");
        }
        let books = target(Api::Books, "/v3/contacts").unwrap();
        assert_eq!(books.0, "/books/v3/contacts");
        let books = target(Api::Books, "/organizations").unwrap();
        assert_eq!(books.0, "/books/v3/organizations");
    }

    #[test]
    fn a_query_behind_the_path_is_taken_apart() {
        let (path, query) = target(Api::Crm, "/v8/Leads?fields=Email&word=a%20b%26c").unwrap();
        assert_eq!(path, "/crm/v8/Leads");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(query, [pair("fields", "Email"), pair("word", "a b&c")]);
        for given in [
            "/v8/Leads?a=b#c",
            "/v8/Leads?a b",
            "/v8/Leads?a=\r\nHost: x",
        ] {
            assert!(target(Api::Crm, given).is_err(), "{given:?}");
        }
    }

    #[test]
    fn ways_to_another_host_or_upwards_are_refused() {
        for path in [
            "https://evil.example/crm/v8/org",
            "HTTPS://evil.example",
            "http:/evil.example/crm/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "//evil.example/crm/",
            "///evil.example",
            "/crm//evil.example",
            "/crm/v8//",
            "/v8//evil.example",
            "/crm/@evil.example",
            "@evil.example/crm/v8",
            "/crm/v8/user:pass@evil.example",
            ".evil.example/crm/v8",
            ":8080/crm/v8",
            "/crm/../oauth/v2/token",
            "/v8/../../oauth/v2/token",
            "/crm/v8/..",
            "/crm/./v8",
            "/crm/.",
            "/crm/%2e%2e/oauth",
            "/crm/%2E./oauth",
            "/crm/%252e%252e/oauth",
            "/crm/v8%2f..%2foauth",
            "/crm/v8/%00",
            "/crm/v8/%0d%0aHost:x",
            "/crm/v8/%c0%ae%c0%ae/",
            "/crm/v8\\..\\x",
            "\\\\evil.example\\crm",
            "/\\evil.example",
            "/crm/v8/org#x",
            "/crm/v8/;x=y",
            "/crm/v8/\u{2025}/x",
            "/crm/v8/\u{ff0f}\u{ff0f}x",
            "/crm/v8/\u{202e}gro",
            "/crm\u{2044}v8",
            "/crm/v8/a b",
            " /crm/v8/org",
            "/crm/v8/org ",
            "/crm/v8/a\tb",
            "/crm/v8/a\r\nHost: x",
            "/crm/v8/a\0b",
            "/crm/v8/a\u{7f}",
            "/oauth/v2/token",
            "/books/v3/contacts",
            "/CRM/v8/org",
            "/bulk/read",
            "/2/Leads",
            "/Leads/../../oauth",
            "/Leads//evil.example",
            "/evil.example/x",
            "/evil:80/x",
            "crm/v8/org",
            "v8/org",
            "/",
            "",
        ] {
            let error = target(Api::Crm, path).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Input, "{path:?}");
        }
        assert!(target(Api::Crm, &format!("/crm/v8/{}", "a".repeat(2048))).is_err());
        assert!(target(Api::Books, "/crm/v8/org").is_err());
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (path, expected) in [
            ("https://evil.example/", "names a server"),
            ("/crm/%2e%2e/", "encoded characters"),
            ("/crm/v8/a\u{7}", "control characters"),
            ("/crm/../", "lead out of the API"),
            ("/oauth/v2", "does not belong"),
        ] {
            let text = target(Api::Crm, path).unwrap_err().to_string();
            assert!(text.contains(expected), "{path:?}: {text}");
        }
    }
}
